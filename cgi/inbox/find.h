/*
 * find: the records that the inbox shows, newest first. It reads the journal
 * through lib/journal's readers, writes nothing and takes no lock. It gives
 * only durable records; if the journal has no state, all of them.
 */
#ifndef HOOKLINE_INBOX_FIND_H
#define HOOKLINE_INBOX_FIND_H

#include "inbox/ask.h"
#include "base/error.h"
#include "journal/left_out.h"
#include "payload/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A search ends at the first of these. */
#define FIND_HITS ((size_t)50)
#define FIND_MS 2000
#define FIND_BYTES (UINT64_C(2) << 30)	/* uncompressed */
#define FIND_KEPT ((size_t)16 << 20)	/* bytes of the hits' lines: a page ends
				 * with the one that reaches it */
#define FIND_ONE_MS 10000	/* for one record of a compressed file */

struct find_record {
	char *line;		/* without its newline */
	size_t length;
	struct record record;	/* `line` taken apart */
};

struct find_result {
	struct find_record *records;	/* newest first, by falling seq */
	size_t count;
	bool older;		/* there are older records, which may match:
				 * go on with `before` = `back_to_seq` */
	uint64_t back_to_seq;	/* the last record that was looked at; 0: there
				 * was none */
	int64_t back_to;	/* its received_at */
	uint64_t latest;	/* seq of the newest durable record of all; 0:
				 * the journal is empty */
	int64_t latest_at;	/* its received_at */
	struct left_out left_out;	/* EFBIG: longer than FIND_MS */
};

struct find_limits {
	size_t hits, kept;
	int64_t ms;
	uint64_t bytes;
};

/*
 * Finds what `ask` asks for, without ask->seq and ask->after, within the limits
 * above. ERR_MISSING: there is no such folder; ERR_UNSAFE: it may not be read.
 * On any error but ERR_MEMORY, errno says why. The caller frees the result with
 * find_free(), whatever is returned.
 */
enum error find_list(const char *directory, const struct ask *ask,
    struct find_result *result);

/* The same within other limits; but at least one record is looked at. */
enum error find_within(const char *directory, const struct ask *ask,
    const struct find_limits *limits, struct find_result *result);

/*
 * The one record of this seq. ERR_MISSING: there is none, or no such folder, or
 * it may be in what `left_out` names; ERR_BUSY: it took too long; ERR_DAMAGED:
 * its line is not what it should be. Otherwise like find_list(). Its line is
 * freed with find_record_free(), whatever is returned.
 */
enum error find_one(const char *directory, uint64_t seq,
    struct find_record *record, struct left_out *left_out);

/* How many durable records are newer than `after`, and the newest one's seq; by
 * the seqs alone, without reading what is between. Errors as above. */
enum error find_news(const char *directory, uint64_t after, uint64_t *count,
    uint64_t *latest);

void find_free(struct find_result *result);
void find_record_free(struct find_record *record);

#endif
