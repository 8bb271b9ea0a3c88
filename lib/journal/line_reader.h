/*
 * line_reader: reads a plain or gzip file line by line, forwards.
 */
#ifndef HOOKLINE_JOURNAL_LINE_READER_H
#define HOOKLINE_JOURNAL_LINE_READER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

#define LINE_READER_MAX ((size_t)1 << 30)	/* bytes of a line */

struct line_reader;

/*
 * Reads from `fd`, which the caller owns and keeps open until
 * line_reader_close(). `offset` is where a line begins in a plain file; it is 0
 * for a compressed one. NULL if memory or descriptors run out.
 */
struct line_reader *line_reader_open(int fd, bool compressed, uint64_t offset);
void line_reader_close(struct line_reader *lines);	/* NULL is allowed */

/* Gives the next bytes of a text, like read(2). */
typedef ssize_t line_reader_source(void *context, void *bytes, size_t length);

/* Reads from a source instead. ERR_IO: it returned -1. NULL if memory runs
 * out. */
struct line_reader *line_reader_open_source(line_reader_source *source,
    void *context);

/*
 * Gives the next whole line, without its newline, valid until the next call.
 * False if there is none: line_reader_error() says why, line_reader_offset() is
 * then the end of the last whole line, and line_reader_torn() counts the bytes
 * after it, which have no newline. Another call checks whether a plain file has
 * grown.
 */
bool line_reader_next(struct line_reader *lines, const char **line,
    size_t *length);

/*
 * Why the last line_reader_next() gave no line. ERR_NONE: the file ends here;
 * ERR_INPUT: a line is longer than LINE_READER_MAX, or a compressed file is
 * damaged; ERR_IO; ERR_MEMORY.
 */
enum error line_reader_error(const struct line_reader *lines);

/* Where the next line begins, in uncompressed bytes. */
uint64_t line_reader_offset(const struct line_reader *lines);
uint64_t line_reader_torn(const struct line_reader *lines);

/* In a plain file: continues at this byte, where a line begins, and reads the
 * file again from there. */
void line_reader_seek(struct line_reader *lines, uint64_t offset);

#endif
