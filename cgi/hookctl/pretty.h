/*
 * pretty: JSON with one member or item to a line. Every token stays as the
 * sender wrote it: numbers of any size, escapes, repeated names.
 */
#ifndef HOOKLINE_HOOKCTL_PRETTY_H
#define HOOKLINE_HOOKCTL_PRETTY_H

#include "base/buffer.h"
#include "base/span.h"

#include <stdbool.h>

struct pretty_style {
	bool escaped;		/* for a terminal: see text_append() */
	const char *name_begin;	/* around each name; may be "" */
	const char *name_end;
};

/* Appends a JSON text, indented by two blanks a level, without a newline at its
 * end. False: it is none, or memory is short. */
bool pretty_append(struct buffer *out, struct span json,
    const struct pretty_style *style);

#endif
