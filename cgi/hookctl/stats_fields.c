#include "hookctl/stats_fields.h"

#include "base/buffer.h"
#include "payload/json_look.h"
#include "payload/json_string.h"
#include "payload/survey.h"

#include <search.h>
#include <stdlib.h>

#define NAME_MOST 100		/* bytes of a name */

/* A field in the list. The bytes of both its names come after it. */
struct counted {
	struct field field;
	char names[];
};

struct fields {
	void *tree;		/* of struct field, for tsearch(3) */
	struct field *list[FIELDS_MAX];
	size_t count;
	uint64_t others;
	struct buffer names;	/* those of the current update */
	size_t object_length;
	bool short_of_memory;
};

struct fields *
fields_new(void)
{
	return calloc(1, sizeof(struct fields));
}

static int
compare_spans(struct span left, struct span right)
{
	size_t length = left.length < right.length ? left.length :
	    right.length;
	int result = length > 0 ? memcmp(left.bytes, right.bytes, length) : 0;

	return result != 0 ? result : (left.length > right.length) -
	    (left.length < right.length);
}

static int
compare_names(const void *left, const void *right)
{
	const struct field *one = left, *other = right;
	int result = compare_spans(one->object, other->object);

	return result != 0 ? result :
	    compare_spans(one->field, other->field);
}

void
fields_free(struct fields *fields)
{
	size_t i;

	if (fields == NULL)
		return;
	for (i = 0; i < fields->count; i++) {
		(void)tdelete(fields->list[i], &fields->tree, compare_names);
		free(fields->list[i]);
	}
	buffer_free(&fields->names);
	free(fields);
}

static struct field
split(const struct fields *fields, const char *names)
{
	return (struct field){
		.object = { names, fields->object_length },
		.field = { names + fields->object_length,
		    fields->names.length - fields->object_length } };
}

/* Adds a new field; NULL when memory is short. */
static struct field *
insert(struct fields *fields)
{
	size_t length = fields->names.length;
	struct counted *new = malloc(sizeof *new + length);

	if (new == NULL)
		return NULL;
	if (length > 0)
		memcpy(new->names, fields->names.bytes, length);
	new->field = split(fields, new->names);
	if (tsearch(new, &fields->tree, compare_names) == NULL) {
		free(new);
		return NULL;
	}
	fields->list[fields->count++] = &new->field;
	return &new->field;
}

/* Counts the update whose names are in the buffer. */
static void
count(struct fields *fields)
{
	const struct field key = split(fields,
	    fields->names.length > 0 ? fields->names.bytes : "");
	void *node = tfind(&key, &fields->tree, compare_names);
	struct field *found;

	if (node == NULL && fields->count == FIELDS_MAX) {
		fields->others++;
		return;
	}
	found = node != NULL ? *(struct field **)node : insert(fields);
	if (found != NULL)
		found->count++;
	else
		fields->short_of_memory = true;
}

/* Appends the text of a token, if it is a string. */
static void
put_name(struct fields *fields, struct span token)
{
	if (json_begins(token, '"') && json_string_append(&fields->names,
	    json_string_inside(token), NAME_MOST) != ERR_NONE)
		fields->short_of_memory = true;
}

static void
on_changed_field(void *context, struct span token)
{
	struct fields *fields = context;

	fields->names.length = fields->object_length;
	put_name(fields, token);
	count(fields);
}

static void
on_update(void *context, const struct survey_update *update)
{
	struct fields *fields = context;

	fields->names.length = 0;
	put_name(fields, update->object);
	fields->object_length = fields->names.length;
	if (update->array == UPDATE_CHANGED_FIELDS &&
	    json_each(update->item, on_changed_field, fields) > 0)
		return;
	put_name(fields, update->field);
	count(fields);
}

bool
fields_add(struct fields *fields, const struct record *record)
{
	fields->short_of_memory = false;
	(void)survey(record, on_update, fields);
	return !fields->short_of_memory;
}

static int
compare_counts(const void *left, const void *right)
{
	const struct field *one = *(const struct field *const *)left;
	const struct field *other = *(const struct field *const *)right;

	if (one->count != other->count)
		return one->count < other->count ? 1 : -1;
	return compare_names(one, other);
}

struct field *const *
fields_list(struct fields *fields, size_t *count)
{
	qsort(fields->list, fields->count, sizeof fields->list[0],
	    compare_counts);
	*count = fields->count;
	return fields->list;
}

uint64_t
fields_others(const struct fields *fields)
{
	return fields->others;
}
