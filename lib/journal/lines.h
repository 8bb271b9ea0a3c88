/*
 * lines: reads a plain or gzip file line by line, forwards.
 */
#ifndef HOOKLINE_JOURNAL_LINES_H
#define HOOKLINE_JOURNAL_LINES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A longer line is ERR_INPUT, as is damage in a compressed file. */
#define LINES_MAX ((size_t)1 << 30)

struct lines;

/*
 * Reads `fd`, which stays the caller's unless `compressed`: then it is closed
 * by lines_close(). `offset` is a byte of a plain file where a line begins, 0
 * in a compressed one. NULL when memory is short.
 */
struct lines *lines_open(int fd, bool compressed, uint64_t offset);
void lines_close(struct lines *lines);

/*
 * The next whole line, without its newline, valid until the next call.
 * ERR_MISSING at the end: lines_offset() is then behind the last whole line,
 * and lines_torn() says how many bytes without a newline follow. After
 * ERR_MISSING in a plain file another call looks whether more has come.
 */
enum error lines_next(struct lines *lines, const char **line, size_t *length);

/* Where the line after the last one given begins, in uncompressed bytes. */
uint64_t lines_offset(const struct lines *lines);
uint64_t lines_torn(const struct lines *lines);

#endif
