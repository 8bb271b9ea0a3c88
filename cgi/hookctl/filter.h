/*
 * filter: which records hookctl tail shows.
 *
 * Of one kind, such as --object, one of the values must apply; of several
 * kinds, each. Of the kinds --not-... none may apply at all. A notification has
 * many entries and fields: it is enough if one of them is meant. Its fields are
 * those of its changes, "messaging" and "standby", and what changed_fields
 * names.
 */
#ifndef HOOKLINE_HOOKCTL_FILTER_H
#define HOOKLINE_HOOKCTL_FILTER_H

#include "base/buffer.h"
#include "hookctl/options.h"
#include "payload/record.h"

#include <stdbool.h>

struct filter_options {
	struct texts object, field, entry, endpoint;
	struct texts not_object, not_field, not_entry, not_endpoint;
	const char *text;	/* -g: what the sender's JSON must contain */
};

/* Rows for a command's table: `member` is its struct filter_options. */
#define FILTER_ROW(type, member, name, value, help)			\
	{ '\0', name, OPTION_TEXTS, offsetof(type, member), value, help, 0, \
	    0, NULL }
#define FILTER_ROWS(type, member)					\
	FILTER_ROW(type, member.object, "object", "OBJECT",		\
	    "only records of this object; may be given many times"), \
	FILTER_ROW(type, member.field, "field", "FIELD",		\
	    "only those with this field"),				\
	FILTER_ROW(type, member.entry, "entry", "ID",			\
	    "only those with an entry of this id"),			\
	FILTER_ROW(type, member.endpoint, "endpoint", "NAME",		\
	    "only those of this endpoint"),				\
	FILTER_ROW(type, member.not_object, "not-object", "OBJECT",	\
	    "none of this object"),					\
	FILTER_ROW(type, member.not_field, "not-field", "FIELD",	\
	    "none with this field"),					\
	FILTER_ROW(type, member.not_entry, "not-entry", "ID",		\
	    "none with an entry of this id"),				\
	FILTER_ROW(type, member.not_endpoint, "not-endpoint", "NAME",	\
	    "none of this endpoint"),					\
	{ 'g', "grep", OPTION_TEXT, offsetof(type, member.text), "TEXT", \
	    "only those with this text in a string; a and A are the same", \
	    0, 0, NULL }

struct filter;

/* The options' texts are not copied: they must outlive the filter. NULL when
 * memory is short. */
struct filter *filter_new(const struct filter_options *options);

/* NULL is allowed. */
void filter_free(struct filter *filter);

/* Whether it may hide anything. */
bool filter_is_set(const struct filter *filter);

/* Whether a decoded record is shown. Only what is asked for is looked at. */
bool filter_passes(struct filter *filter, const struct record *record);

/* Appends the options as they could be typed, without a NUL: "--object=page
 * --not-field=feed -g \"Kim Lee\"". */
void filter_describe(const struct filter *filter, struct buffer *out);

#endif
