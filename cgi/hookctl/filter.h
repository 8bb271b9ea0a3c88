/*
 * filter: which records tail shows.
 */
#ifndef HOOKLINE_HOOKCTL_FILTER_H
#define HOOKLINE_HOOKCTL_FILTER_H

#include "base/buffer.h"
#include "hookctl/options.h"
#include "payload/record.h"

struct filter_options {
	struct texts object, field, entry, endpoint, not_object, not_field,
	    not_entry, not_endpoint;
	const char *text;
};

#define FILTER_ROW_(type, member, letter, name, kind, what)		\
	{ letter, name, kind, offsetof(type, member.what), "TEXT",	\
	    "only these", 0, 0, NULL }
#define FILTER_ROWS(type, member)					\
	FILTER_ROW_(type, member, '\0', "object", OPTION_TEXTS, object), \
	FILTER_ROW_(type, member, '\0', "not-object", OPTION_TEXTS,	\
	    not_object),						\
	FILTER_ROW_(type, member, '\0', "field", OPTION_TEXTS, field),	\
	FILTER_ROW_(type, member, '\0', "not-field", OPTION_TEXTS, not_field), \
	FILTER_ROW_(type, member, '\0', "entry", OPTION_TEXTS, entry),	\
	FILTER_ROW_(type, member, '\0', "not-entry", OPTION_TEXTS, not_entry), \
	FILTER_ROW_(type, member, '\0', "endpoint", OPTION_TEXTS, endpoint), \
	FILTER_ROW_(type, member, '\0', "not-endpoint", OPTION_TEXTS,	\
	    not_endpoint),						\
	FILTER_ROW_(type, member, 'g', "grep", OPTION_TEXT, text)

struct filter;

struct filter *filter_new(const struct filter_options *options);
void filter_free(struct filter *filter);
bool filter_is_set(const struct filter *filter);
bool filter_passes(struct filter *filter, const struct record *record);
void filter_describe(const struct filter *filter, struct buffer *out);

#endif
