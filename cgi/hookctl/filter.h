/*
 * filter: the options by which hookctl tail chooses records; record_filter.h
 * says what they mean.
 */
#ifndef HOOKLINE_HOOKCTL_FILTER_H
#define HOOKLINE_HOOKCTL_FILTER_H

#include "base/buffer.h"
#include "hookctl/options.h"
#include "record_filter.h"

#include <stddef.h>

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

/* Appends the options as they could be typed, without a NUL: "--object=page
 * --not-field=feed -g \"Kim Lee\"". */
void filter_describe(const struct filter *filter, struct buffer *out);

#endif
