/*
 * tail_place: the last record that tail has seen, so that it goes on after it:
 * from one run to the next by a cursor file, and within a run if the journal's
 * folder is replaced.
 */
#ifndef HOOKLINE_HOOKCTL_TAIL_PLACE_H
#define HOOKLINE_HOOKCTL_TAIL_PLACE_H

#include "journal/cursor.h"

#include <stdbool.h>
#include <stdint.h>

struct place;

/* Whether a file of ours may be there: not in the journal's folder. False after
 * a message. */
bool place_is_outside(const char *directory, const char *file);

/* Whether a file is none of those that the cursor needs. False after a
 * message. */
bool place_is_apart(const char *cursor_file, const char *file);

/* With a cursor file, takes its lock and reads it; NULL otherwise. NULL after a
 * message. */
struct place *place_open(const char *directory, const char *cursor_file);

/* NULL is allowed. */
void place_close(struct place *place);

/* NULL if there is no cursor file. */
struct cursor *place_cursor(const struct place *place);

/* Notes a record that was read. */
void place_set(struct place *place, const struct reader_line *line);

/* Whether a record has been read in this run. */
bool place_was_set(const struct place *place);

/*
 * Finds the record to go on with in the journal that is there now. `*known` is
 * false if no record was read before; otherwise `*first` is the next seq.
 * Without a cursor file another journal is read from its first record, after a
 * note. False after a message: the cursor does not fit.
 */
bool place_find(struct place *place, bool *known, uint64_t *first);

#endif
