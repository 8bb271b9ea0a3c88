/*
 * stats_fields: counts the updates of each object and field.
 */
#ifndef HOOKLINE_HOOKCTL_STATS_FIELDS_H
#define HOOKLINE_HOOKCTL_STATS_FIELDS_H

#include "base/span.h"
#include "payload/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The names are the sender's: UTF-8, decoded from JSON and cut to 100 bytes,
 * but not escaped; "" if there is none. */
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
 * counts as an update. False when memory is short. */
bool fields_add(struct fields *fields, const struct record *record);

/* Lists them, the most frequent first. The list is valid until the next
 * call. */
struct field *const *fields_list(struct fields *fields, size_t *count);

/* How many updates were not listed, since there are more than FIELDS_MAX
 * objects and fields. */
uint64_t fields_others(const struct fields *fields);

#define FIELDS_MAX 4096

#endif
