/*
 * lines_back: reads a plain file line by line, from its end to its beginning.
 */
#ifndef HOOKLINE_JOURNAL_LINES_BACK_H
#define HOOKLINE_JOURNAL_LINES_BACK_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lines_back;

/*
 * Reads the file `fd` from byte `end` backwards. What comes after the last
 * newline before `end` is left out. The caller keeps `fd` open until
 * lines_back_close(). NULL if memory runs out.
 */
struct lines_back *lines_back_open(int fd, uint64_t end);
void lines_back_close(struct lines_back *lines);	/* NULL is allowed */

/*
 * Gives the next line back, without its newline, valid until the next call. If
 * the file has been cut short meanwhile, it goes on with the last whole line
 * that is left. False if there is no line; lines_back_error() then says why:
 * ERR_NONE at the beginning of the file; ERR_INPUT if a line is longer than
 * LINE_READER_MAX; ERR_IO; ERR_MEMORY.
 */
bool lines_back_next(struct lines_back *lines, const char **line,
    size_t *length);
enum error lines_back_error(const struct lines_back *lines);

/*
 * Finds a place from which to read backwards so that no record below `seq` is
 * missed: the beginning of a line whose record has this seq or a higher one, or
 * the file's `size`. Seqs rise in a file, so it looks at few places only.
 */
uint64_t lines_back_find(int fd, uint64_t size, uint64_t seq);

#endif
