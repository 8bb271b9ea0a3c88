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
 * Reads from `fd`, which the caller owns and keeps open until
 * lines_back_close(), what is before `end` (in bytes). Whatever follows the
 * last newline there is left out. NULL if memory runs out.
 */
struct lines_back *lines_back_open(int fd, uint64_t end);
void lines_back_close(struct lines_back *lines);	/* NULL is allowed */

/*
 * Gives the line before the last one, without its newline, valid until the next
 * call. If the file has been cut short meanwhile, it goes on with the last
 * whole line that is left. False if there is none: lines_back_error() says why:
 * ERR_NONE at the beginning of the file; ERR_INPUT: a line is longer than
 * LINE_READER_MAX; ERR_IO; ERR_MEMORY.
 */
bool lines_back_next(struct lines_back *lines, const char **line,
    size_t *length);
enum error lines_back_error(const struct lines_back *lines);

/*
 * Where a line begins that is a record of this seq or a later one, such that
 * no record of the file between it and the next lower seq is passed over; the
 * file's `size` if there is none. Seqs rise in a file, so it needs to look at
 * few places.
 */
uint64_t lines_back_find(int fd, uint64_t size, uint64_t seq);

#endif
