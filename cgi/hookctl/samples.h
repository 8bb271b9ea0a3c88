/*
 * samples: notifications as Meta writes them, each with ids and times of its
 * own (Meta, "Webhooks: Getting Started", and the references of its products).
 */
#ifndef HOOKLINE_HOOKCTL_SAMPLES_H
#define HOOKLINE_HOOKCTL_SAMPLES_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* See samples.c for the parts of the text. */
struct sample {
	const char *name;
	const char *about;	/* one line, without a full stop */
	const char *head, *item, *tail;
	bool bare;		/* one update has no brackets around it */
};

/* What makes a notification differ from others. */
struct sample_moment {
	uint64_t serial;	/* of its first update, the next one has the
				 * next; above 0, below SAMPLE_SERIAL_END */
	int64_t happened;	/* microseconds since 1970 */
	int64_t sent;		/* the same; the entries' own time */
};

/* An id is the serial, with 17 digits. */
#define SAMPLE_SERIAL_END UINT64_C(100000000000000000)

/* All samples; the last row has no name. */
extern const struct sample samples[];

/* The one with this name, or NULL. */
const struct sample *sample_find(const char *name);

/* Whether its entries have a time of their own, which differs when Meta sends
 * them again later. WhatsApp's have none. */
bool sample_has_time(const struct sample *sample);

/*
 * Appends a body with this many updates, at least one. The same sample, moment
 * and count give the same bytes. False when memory is short.
 */
bool sample_write(const struct sample *sample,
    const struct sample_moment *moment, size_t updates, struct buffer *out);

#endif
