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
 * Appends `text` in such a way that a terminal shows it and obeys none of it:
 * control characters, those that change the direction of writing, and line
 * separators become \u202e and the like, bytes that are no UTF-8 become \xff.
 * At most `columns` columns are used (0: any number); what is longer ends with
 * one "…" in their place. Returns the columns used. ERR_MEMORY is left out:
 * the text then ends early.
 */
size_t text_append(struct buffer *out, struct span text, size_t columns);

/* The same, to a stream. */
size_t text_print(FILE *stream, struct span text, size_t columns);

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

/* Whether the reader of standard output, a pipe say, went away. */
bool output_closed(void);

#endif
