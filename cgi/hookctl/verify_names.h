/*
 * verify_names: which endpoints do the records name, and is one of these names
 * another one with a changed bit?
 *
 * A name that the configuration does not have is taken for damage if one bit
 * makes it another name, and that one has twenty times as many records. Nothing
 * else in most lines tells.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_NAMES_H
#define HOOKLINE_HOOKCTL_VERIFY_NAMES_H

#include "base/span.h"
#include "hookctl/verify_findings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAME_PLACES 16		/* that are kept */

struct name {
	char *text;
	bool known;		/* it is in the configuration, say */
	uint64_t records;
	struct place places[NAME_PLACES]; /* of the first records */
	uint64_t other;		/* signed by a secret that is not known, */
	uint64_t other_first;	/* from this seq on */
};

/* All zero at first. */
struct names {
	struct name *list;
	size_t count;
	size_t latest;
};

void names_free(struct names *names);

/* A name that is certainly one. False if memory runs out. */
bool names_add_known(struct names *names, const char *text);

/* Counts a record's endpoint. The pointer is valid until the next call; NULL if
 * memory runs out. */
struct name *names_count(struct names *names, struct span text,
    const struct place *place);

/* Reports the names that are damaged. */
void names_judge(const struct names *names, struct findings *findings);

#endif
