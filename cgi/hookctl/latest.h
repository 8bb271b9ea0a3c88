/*
 * latest: a journal's size in records, and its last ones, without reading the
 * rest.
 */
#ifndef HOOKLINE_HOOKCTL_LATEST_H
#define HOOKLINE_HOOKCTL_LATEST_H

#include "base/error.h"
#include "payload/record.h"

#include <stdbool.h>
#include <stdint.h>

/* The `object` of what hookctl itself sends to see whether it arrives. */
#define CHECK_OBJECT "hookline_check"

struct latest {
	uint64_t records;	/* from the first file that is there */
	bool any;		/* some record other than hookctl's own was
				 * found, and this is the last one: */
	uint64_t seq;
	int64_t received_at;	/* microseconds since 1970 */
};

/*
 * Looks at the journal in this folder. If only hookctl's own records are at its
 * end, another one is looked for in at most the last LATEST_BYTES of each file,
 * and never in a compressed file. ERR_MISSING: there is no such folder.
 */
enum error latest_find(const char *directory, struct latest *latest);

/* The same for the last record of one endpoint, by its name. */
enum error latest_of(const char *directory, const char *endpoint,
    struct latest *latest);

/* Whether hookctl itself has sent this record. */
bool latest_is_own(const struct record *record);

#define LATEST_BYTES (UINT64_C(64) << 20)

#endif
