/*
 * stats_fields: how many updates there were of each object and field.
 */
#ifndef HOOKLINE_HOOKCTL_STATS_FIELDS_H
#define HOOKLINE_HOOKCTL_STATS_FIELDS_H

#include "base/span.h"
#include "payload/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The names are the sender's: UTF-8, decoded from JSON, cut at 100 bytes, and
 * otherwise raw; "" if there is none. */
struct field {
	struct span object, field;
	uint64_t count;
};

struct fields;

/* NULL when memory is short. */
struct fields *fields_new(void);

/* NULL is allowed. */
void fields_free(struct fields *fields);

/* Counts the updates of a decoded record. Each field that changed_fields names
 * is an update of its own. False when memory is short. */
bool fields_add(struct fields *fields, const struct record *record);

/* Lists them, the most frequent first. The list is valid until the next
 * call. */
struct field *const *fields_list(struct fields *fields, size_t *count);

/* The updates of more objects and fields than FIELDS_MAX, which are not
 * listed. */
uint64_t fields_others(const struct fields *fields);

#define FIELDS_MAX 4096

#endif
