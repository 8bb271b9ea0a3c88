/*
 * output: what people see: colours on a terminal, text that no terminal obeys,
 * tables, and a bar for what takes long.
 */
#ifndef HOOKLINE_HOOKCTL_OUTPUT_H
#define HOOKLINE_HOOKCTL_OUTPUT_H

#include "base/amount.h"
#include "base/buffer.h"
#include "base/span.h"
#include "hookctl/hookctl.h"

#include <stdint.h>
#include <stdio.h>

enum tone { TONE_PLAIN, TONE_GOOD, TONE_WARNING, TONE_BAD, TONE_DIM,
	TONE_STRONG };

/*
 * What begins and ends a text in this tone on this stream: an escape sequence
 * on a terminal, unless NO_COLOR is set (https://no-color.org) or TERM is
 * "dumb"; otherwise "".
 */
const char *tone_begin(FILE *stream, enum tone tone);
const char *tone_end(FILE *stream, enum tone tone);

/* Columns of the terminal that the stream writes to; 0 if it is none. */
size_t output_columns(FILE *stream);

/*
 * Appends `text` in a form that a terminal shows and does not obey: control
 * characters, those that change the direction of writing, and line separators
 * become \u202e and the like, and bytes that are not UTF-8 become \xff. At most
 * `columns` columns are used (0: any number); a longer text is cut, and ends
 * with "…". Returns the columns used. If memory runs out, the text ends early.
 */
size_t text_append(struct buffer *out, struct span text, size_t columns);

/* The same, to a stream. */
size_t text_print(FILE *stream, struct span text, size_t columns);

/* "record 7", or "records 7 to 12"; 64 bytes. */
const char *seqs_text(uint64_t first, uint64_t last, char out[64]);

/* Microseconds as "3.1 ms", "14 ms"; 40 bytes. */
const char *duration_text(uint64_t microseconds, char out[40]);

/*
 * A bar on standard error while `total` things are done, if that is a terminal;
 * it is drawn at most ten times a second.
 *
 *   [##########----------]  52 %  5,204  498/s  10 s left
 */
struct progress {
	uint64_t total, done;
	int64_t began, drawn;	/* clock_monotonic_ms() */
	bool shown;
};

void progress_begin(struct progress *progress, uint64_t total);
void progress_step(struct progress *progress, uint64_t done);
void progress_hide(struct progress *progress); /* until the next step */
void progress_end(struct progress *progress); /* removes it */

/*
 * Flushes standard output at a program's end. Returns `status`, or, if it could
 * not be written, STATUS_FAILED after saying so; a reader that went away is
 * fine.
 */
enum status output_end(enum status status);

/* Flushes standard output. False if nobody will read more of it: end, with
 * what output_end() returns. */
bool output_flush(void);

/* Whether the reader of standard output, if that is a pipe, has gone away. */
bool output_closed(void);

#endif
