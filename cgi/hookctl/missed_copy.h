/*
 * missed_copy: finds logs that are contained in another one, such as a copy, a
 * compressed copy, or a backup of a log that has grown since.
 */
#ifndef HOOKLINE_HOOKCTL_MISSED_COPY_H
#define HOOKLINE_HOOKCTL_MISSED_COPY_H

#include <stddef.h>

struct missed_copies;

/* Looks at the first lines of the logs, a list that ends with NULL and must
 * last. NULL if memory runs out. */
struct missed_copies *missed_copies_new(const char *const *logs);
void missed_copies_free(struct missed_copies *copies);

/*
 * The log that begins with all of the log at this place, or NULL. Of several
 * equal logs, the first one is not a copy. Neither is anything but a regular
 * file, which could be read only once.
 */
const char *missed_copies_find(const struct missed_copies *copies, size_t at);

#endif
