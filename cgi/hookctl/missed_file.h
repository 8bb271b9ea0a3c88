/*
 * missed_file: reads an access log line by line, plain or compressed by gzip,
 * in a fixed amount of memory. It may be a pipe.
 */
#ifndef HOOKLINE_HOOKCTL_MISSED_FILE_H
#define HOOKLINE_HOOKCTL_MISSED_FILE_H

#include "base/span.h"

#include <stdbool.h>

struct missed_file;

/* NULL, after a message that names the file, if it cannot be opened. If
 * `quiet`, no message is printed, here and later. */
struct missed_file *missed_file_open(const char *name, bool quiet);
void missed_file_close(struct missed_file *file);	/* NULL is allowed */

/*
 * Gives the next line, without its newline, valid until the next call. The last
 * line need not have a newline. Of a line above 64 kB, which no server writes,
 * only the beginning is given. False at the end, or after a message that names
 * the file: missed_file_failed() says which. Whole lines before the damage are
 * given first.
 */
bool missed_file_next(struct missed_file *file, struct span *line);
bool missed_file_failed(const struct missed_file *file);

#endif
