/*
 * line_reader: reads a plain or gzip file line by line, forwards.
 */
#ifndef HOOKLINE_JOURNAL_LINE_READER_H
#define HOOKLINE_JOURNAL_LINE_READER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_READER_MAX ((size_t)1 << 30)	/* bytes of a line */

struct line_reader;

/*
 * Reads `fd`, which stays the caller's and open until line_reader_close().
 * `offset` is a byte of a plain file where a line begins, 0 in a compressed
 * one. NULL when memory or descriptors are short.
 */
struct line_reader *line_reader_open(int fd, bool compressed, uint64_t offset);
void line_reader_close(struct line_reader *lines);	/* NULL is allowed */

/*
 * The next whole line, without its newline, valid until the next call. False
 * where there is none: line_reader_error() says why, line_reader_offset() is
 * then the end of the last whole line, and line_reader_torn() says how many
 * bytes without a newline follow. In a plain file another call looks whether
 * more has come.
 */
bool line_reader_next(struct line_reader *lines, const char **line,
    size_t *length);

/*
 * What the last line_reader_next() met: ERR_NONE, also at the end; ERR_INPUT: a
 * line longer than LINE_READER_MAX, or damage in a compressed file; ERR_IO,
 * ERR_MEMORY.
 */
enum error line_reader_error(const struct line_reader *lines);

/* Where the line after the last one given begins, in uncompressed bytes. */
uint64_t line_reader_offset(const struct line_reader *lines);
uint64_t line_reader_torn(const struct line_reader *lines);

/* In a plain file: goes on at this byte, where a line begins, and reads from
 * the file anew. */
void line_reader_seek(struct line_reader *lines, uint64_t offset);

#endif
