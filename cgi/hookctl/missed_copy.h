/*
 * missed_copy: finds logs that another one contains, such as a copy, a
 * compressed one, or a backup of a log that has grown since.
 */
#ifndef HOOKLINE_HOOKCTL_MISSED_COPY_H
#define HOOKLINE_HOOKCTL_MISSED_COPY_H

#include <stddef.h>

/* Of each log, what its first line is like. */
struct missed_copies;

/* Looks at the logs, a list that ends with NULL and stays the caller's. NULL if
 * memory runs out. */
struct missed_copies *missed_copies_new(const char *const *logs);
void missed_copies_free(struct missed_copies *copies);

/*
 * The log that the log at this place is wholly the beginning of, or NULL. Of
 * several that are the same, the first one counts. What is no regular file, and
 * can be read but once, is no copy.
 */
const char *missed_copies_find(const struct missed_copies *copies, size_t at);

#endif
