/*
 * record_filter: which records hookctl tail and the inbox show.
 *
 * A record must match one of the values of each kind that is given, such as
 * `object`, and none of the values of the not_... kinds. A notification may
 * have many entries and fields: one that matches is enough. Its fields are
 * those of its changes, "messaging" and "standby", and those that
 * changed_fields names.
 */
#ifndef HOOKLINE_RECORD_FILTER_H
#define HOOKLINE_RECORD_FILTER_H

#include "base/buffer.h"
#include "base/span.h"
#include "payload/record.h"

#include <stdbool.h>
#include <stddef.h>

/* A list of values; not owned. */
struct texts {
	const char **texts;
	size_t count;
};

struct filter_options {
	struct texts object, field, entry, endpoint;
	struct texts not_object, not_field, not_entry, not_endpoint;
	const char *text;	/* what the sender's JSON must contain, as in
				 * payload/search.h; NULL: anything */
};

struct filter;

/* The options' texts are not copied: they must outlive the filter. NULL when
 * memory is short. */
struct filter *filter_new(const struct filter_options *options);

/* NULL is allowed. */
void filter_free(struct filter *filter);

/* The options that it was made from. */
const struct filter_options *filter_options(const struct filter *filter);

/* Whether there is any condition at all. */
bool filter_is_set(const struct filter *filter);

/* Whether a decoded record is shown. */
bool filter_passes(struct filter *filter, const struct record *record);

/* A quick look at a line before it is decoded: false if its record cannot
 * pass. */
bool filter_may_pass(const struct filter *filter, struct span line);

/* Whether `text` is one of a list; an empty list has none. */
bool texts_has(const struct texts *list, const char *text, size_t length);

#endif
