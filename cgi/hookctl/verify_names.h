/*
 * verify_names: counts the endpoints that the records name, and finds names
 * with a changed bit.
 *
 * A name that is not in the configuration is taken for damage if it differs in
 * one bit from a name with at least twenty times as many records. In most
 * lines, nothing else shows such damage.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_NAMES_H
#define HOOKLINE_HOOKCTL_VERIFY_NAMES_H

#include "base/span.h"
#include "hookctl/verify_findings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAME_PLACES 16		/* places that are kept of each name */

struct name {
	char *text;
	bool known;		/* by the configuration or an option */
	uint64_t records;
	struct place places[NAME_PLACES]; /* of the first records */
	uint64_t other;		/* its records with an unknown secret, */
	uint64_t other_first;	/* and the seq of the first of them */
};

/* All zero at first. */
struct names {
	struct name *list;
	size_t count;
	size_t latest;
};

void names_free(struct names *names);

/* Adds a name that is certainly right. False if memory runs out. */
bool names_add_known(struct names *names, const char *text);

/* Counts a record's endpoint. The pointer is valid until the next call; NULL if
 * memory runs out. */
struct name *names_count(struct names *names, struct span text,
    const struct place *place);

/* Reports the names that are damaged. */
void names_judge(const struct names *names, struct findings *findings);

#endif
