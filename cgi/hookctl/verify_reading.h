/*
 * verify_reading: a file that is being checked. Private to verify_text.c, which
 * reads it line by line, and verify_record.c, which judges each line.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_READING_H
#define HOOKLINE_HOOKCTL_VERIFY_READING_H

#include "hookctl/verify_gzip.h"
#include "hookctl/verify_run.h"
#include "journal/line_reader.h"

struct reading {
	struct verify_run *run;
	struct file *file;
	const char *name;	/* valid as long as the run */
	struct line_reader *lines;
	struct gunzip *gunzip;	/* NULL for a plain file */
	uint64_t line;		/* number of the current line, from 1 */
	uint64_t *first;	/* seq of the first record; 0: not known */
	bool cut;		/* the last line ended too early */
	bool again;		/* the line at `retried` was read again */
	uint64_t retried;
	bool good;		/* false: memory has run out */
};

/* The place of a byte of the file, in the current line. */
struct place reading_place(const struct reading *reading, uint64_t byte,
    uint64_t seq);

/* Checks a line that begins at this byte. */
void reading_check(struct reading *reading, const char *line, size_t length,
    uint64_t byte);

/* Reports and counts a line that was checked. */
void reading_judge(struct reading *reading, const struct line_check *check,
    const char *line, size_t length, uint64_t byte);

#endif
