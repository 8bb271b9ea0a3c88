#include "relay/window.h"

#include <stdlib.h>

struct entry {
	struct cursor_place place;
	bool done;
};

struct window {
	size_t size;
	uint64_t first, end;	/* numbers: the first not done, the next one */
	struct cursor_place last;
	bool any;		/* there is a `last` */
	struct entry entries[];	/* number n is at n % size */
};

struct window *
window_new(size_t size)
{
	struct window *window = calloc(1, sizeof *window +
	    size * sizeof window->entries[0]);

	if (window != NULL)
		window->size = size;
	return window;
}

void
window_free(struct window *window)
{
	free(window);
}

void
window_clear(struct window *window)
{
	window->first = window->end;
	window->any = false;
}

bool
window_full(const struct window *window)
{
	return window->end - window->first == window->size;
}

uint64_t
window_add(struct window *window, const struct cursor_place *place)
{
	struct entry *entry = &window->entries[window->end % window->size];

	entry->place = *place;
	entry->done = false;
	return window->end++;
}

void
window_pass(struct window *window, const struct cursor_place *place)
{
	if (window->first < window->end) {
		window->entries[(window->end - 1) % window->size].place =
		    *place;
		return;
	}
	window->last = *place;
	window->any = true;
}

void
window_finish(struct window *window, uint64_t number)
{
	struct entry *entry = &window->entries[number % window->size];

	entry->done = true;
	while (window->first < window->end) {
		entry = &window->entries[window->first % window->size];
		if (!entry->done)
			break;
		window->last = entry->place;
		window->any = true;
		window->first++;
	}
}

const struct cursor_place *
window_place(const struct window *window)
{
	return window->any ? &window->last : NULL;
}
