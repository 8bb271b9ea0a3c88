/*
 * find: finds the records that the inbox shows, newest first. It reads the
 * journal through lib/journal's readers, writes nothing and takes no lock. It
 * gives only durable records, or all of them if the journal has no state.
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

/* A search ends when it reaches one of these limits. */
#define FIND_HITS ((size_t)50)
#define FIND_MS 2000
#define FIND_BYTES (UINT64_C(2) << 30)	/* uncompressed */
#define FIND_KEPT ((size_t)16 << 20)	/* bytes of the hits' lines: the hit
					 * that reaches it is the last */
#define FIND_ONE_MS 10000	/* for one record of a compressed file */

struct find_record {
	char *line;		/* without its newline */
	size_t length;
	struct record record;	/* `line`, decoded */
};

struct find_result {
	struct find_record *records;	/* newest first, by seq */
	size_t count;
	bool older;		/* there are older records, which may match: go
				 * on with `before` = `back_to_seq` */
	uint64_t back_to_seq;	/* the oldest record that was looked at; 0: none
				 * was */
	int64_t back_to;	/* its received_at */
	uint64_t latest;	/* seq of the newest durable record of all; 0:
				 * the journal is empty */
	int64_t latest_at;	/* its received_at */
	struct left_out left_out;	/* EFBIG: it took longer than FIND_MS */
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

/* The same within other limits, but looks at one record at least. */
enum error find_within(const char *directory, const struct ask *ask,
    const struct find_limits *limits, struct find_result *result);

/*
 * Finds the record of this seq. ERR_MISSING: there is none, or no such folder,
 * or it may be in what `left_out` names; ERR_BUSY: it took too long;
 * ERR_DAMAGED: its line is not a record. Otherwise like find_list(). The caller
 * calls find_record_free(), whatever is returned.
 */
enum error find_one(const char *directory, uint64_t seq,
    struct find_record *record, struct left_out *left_out);

/* Counts the durable records that are newer than `after`, and gives the newest
 * one's seq. Goes by the seqs, without reading the records. Errors as above. */
enum error find_news(const char *directory, uint64_t after, uint64_t *count,
    uint64_t *latest);

void find_free(struct find_result *result);
void find_record_free(struct find_record *record);

#endif
