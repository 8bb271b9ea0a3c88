#include "hookctl/verify_names.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TIMES_MORE 20		/* records that the right name must have */

void
names_free(struct names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		free(names->list[i].text);
	free(names->list);
	*names = (struct names){ 0 };
}

static struct name *
add(struct names *names, struct span text)
{
	struct name *more = realloc(names->list,
	    (names->count + 1) * sizeof *more);

	if (more == NULL)
		return NULL;
	names->list = more;
	more += names->count;
	*more = (struct name){ .text = strndup(text.bytes, text.length) };
	if (more->text == NULL)
		return NULL;
	names->latest = names->count++;
	return more;
}

static struct name *
find(struct names *names, struct span text)
{
	size_t i;

	for (i = 0; i < names->count; i++) {
		size_t at = (names->latest + i) % names->count;

		if (span_is(text, names->list[at].text)) {
			names->latest = at;
			return &names->list[at];
		}
	}
	return add(names, text);
}

bool
names_add_known(struct names *names, const char *text)
{
	struct name *name = find(names, (struct span){ text, strlen(text) });

	if (name == NULL)
		return false;
	name->known = true;
	return true;
}

struct name *
names_count(struct names *names, struct span text, const struct place *place)
{
	struct name *name = find(names, text);

	if (name == NULL)
		return NULL;
	if (name->records < NAME_PLACES)
		name->places[name->records] = *place;
	name->records++;
	return name;
}

/* Whether one bit differs; `*at` is its byte. */
static bool
one_bit_apart(const char *left, const char *right, size_t *at)
{
	unsigned bits = 0;
	size_t i;

	if (strlen(left) != strlen(right))
		return false;
	for (i = 0; left[i] != '\0'; i++)
		if (left[i] != right[i]) {
			bits += (unsigned)__builtin_popcount(
			    (unsigned char)left[i] ^ (unsigned char)right[i]);
			*at = i;
		}
	return bits == 1;
}

static void
report(const struct name *name, const struct name *other, size_t at,
    struct findings *findings)
{
	uint64_t i;

	for (i = 0; i < name->records && i < NAME_PLACES; i++) {
		struct place place = name->places[i];

		place.byte += at;
		findings_add(findings, &place, "endpoint", "the endpoint is "
		    "\"%s\", one bit away from \"%s\"; if that is right, "
		    "use --endpoint %s", name->text, other->text, name->text);
	}
	if (name->records > NAME_PLACES)
		findings_note(findings, "\"%s\" is the endpoint of %" PRIu64
		    " records in all", name->text, name->records);
}

void
names_judge(const struct names *names, struct findings *findings)
{
	const struct name *name, *other, *end = names->list + names->count;
	size_t at = 0;

	for (name = names->list; name < end; name++) {
		other = name->known || name->records == 0 ? end : names->list;
		while (other < end && (other->records / TIMES_MORE <
		    name->records || !one_bit_apart(name->text, other->text,
		    &at)))
			other++;
		if (other < end)
			report(name, other, at, findings);
	}
}
