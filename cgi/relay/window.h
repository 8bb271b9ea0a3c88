/*
 * window: which of the records that were read are done, and up to which place
 * all of them are. The cursor moves to that place.
 */
#ifndef HOOKLINE_RELAY_WINDOW_H
#define HOOKLINE_RELAY_WINDOW_H

#include "journal/cursor.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct window;

/* Holds at most `size` records, counted from the first one that is not done.
 * NULL when memory is short. */
struct window *window_new(size_t size);

/* NULL is allowed. */
void window_free(struct window *window);

/* Forgets all records, and the place. */
void window_clear(struct window *window);

bool window_full(const struct window *window);

/* Adds the next record, in the order of the journal; the window must not be
 * full. Returns its number. */
uint64_t window_add(struct window *window, const struct cursor_place *place);

/* Marks the record of this number as done. */
void window_finish(struct window *window, uint64_t number);

/* The place up to which all are done; NULL if there is none yet. */
const struct cursor_place *window_place(const struct window *window);

#endif
