/*
 * lines: reads a plain or gzip file line by line, forwards.
 */
#ifndef HOOKLINE_JOURNAL_LINE_READER_H
#define HOOKLINE_JOURNAL_LINE_READER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A longer line is ERR_INPUT, as is damage in a compressed file. */
#define LINE_READER_MAX ((size_t)1 << 30)

struct line_reader;

/*
 * Reads `fd`, which stays the caller's unless `compressed`: then it is closed
 * by line_reader_close(). `offset` is a byte of a plain file where a line begins, 0
 * in a compressed one. NULL when memory is short.
 */
struct line_reader *line_reader_open(int fd, bool compressed, uint64_t offset);
void line_reader_close(struct line_reader *lines);

/*
 * The next whole line, without its newline, valid until the next call.
 * ERR_MISSING at the end: line_reader_offset() is then behind the last whole line,
 * and line_reader_torn() says how many bytes without a newline follow. After
 * ERR_MISSING in a plain file another call looks whether more has come.
 */
enum error line_reader_next(struct line_reader *lines, const char **line, size_t *length);

/* Where the line after the last one given begins, in uncompressed bytes. */
uint64_t line_reader_offset(const struct line_reader *lines);
uint64_t line_reader_torn(const struct line_reader *lines);

#endif
