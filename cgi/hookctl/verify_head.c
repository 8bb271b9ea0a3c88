#include "hookctl/verify_head.h"

#include "base/clock.h"
#include "hookctl/verify_value.h"
#include "journal/stamp.h"
#include "payload/json_string.h"

#include <string.h>

/* ---- members ---- */

static const struct member {
	const char *before;	/* the text in front of the value */
	const char *name;
	taker *take;
	const char *form;	/* what the value must be, for messages */
} members[HEAD_MEMBERS] = {
#define MEMBER(comma, name) comma "\"" name "\":", name
	[HEAD_ID] = { MEMBER("", "id"), take_digest, "64 hex digits" },
	[HEAD_SIGNATURE] = { MEMBER(",", "signature"), take_signature,
	    "a signature or null" },
	[HEAD_DELIVERY_ID] = { MEMBER(",", "delivery_id"), take_digest,
	    "64 hex digits" },
	[HEAD_UPDATE_INDEX] = { MEMBER(",", "update_index"), take_number,
	    "a number" },
	[HEAD_UPDATE_COUNT] = { MEMBER(",", "update_count"), take_number,
	    "a number" },
	[HEAD_ENDPOINT] = { MEMBER(",", "endpoint"), take_name,
	    "the name of an endpoint" },
	[HEAD_OBJECT] = { MEMBER(",", "object"), take_string_or_null,
	    "a string or null" },
	[HEAD_ENTRY_ID] = { MEMBER(",", "entry_id"), take_string, "a string" },
	[HEAD_ENTRY_TIME] = { MEMBER(",", "entry_time"), take_token,
	    "a time or null" },
	[HEAD_ARRAY] = { MEMBER(",", "array"), take_array_name,
	    "the name of an array" },
	[HEAD_FIELD] = { MEMBER(",", "field"), take_string_or_null,
	    "a string or null" },
	[HEAD_META_ID] = { MEMBER(",", "meta_id"), take_string, "a string" },
	[HEAD_ENVELOPE] = { MEMBER(",", "envelope"), take_object, "an object" },
	[HEAD_ENTRY] = { MEMBER(",", "entry"), take_object, "an object" },
	[HEAD_VALUE] = { MEMBER(",", "value"), take_object, "an object" },
	[HEAD_REPEAT_KEY] = { MEMBER(",", "repeat_key"), take_digest,
	    "64 hex digits" },
	[HEAD_DISTINCT] = { MEMBER(",", "distinct"), take_false, "false" },
	[HEAD_RELAYED] = { MEMBER(",", "relayed"), take_origin,
	    "a journal's id and a seq" },
	[HEAD_REFORMATTED] = { MEMBER(",", "reformatted"), take_true, "true" },
	[HEAD_PAYLOAD] = { MEMBER(",", "payload"), take_rest,
	    "JSON and a brace" },
	[HEAD_UPDATE] = { MEMBER(",", "update"), take_rest,
	    "JSON and a brace" },
#undef MEMBER
};

/* The members of the two kinds of lines, in order. Those without `must` may be
 * missing. */
static const struct step {
	enum head_member member;
	bool must;
} notification[] = {
	{ HEAD_ID, true }, { HEAD_SIGNATURE, true }, { HEAD_ENDPOINT, true },
	{ HEAD_OBJECT, true }, { HEAD_REPEAT_KEY, false },
	{ HEAD_DISTINCT, false }, { HEAD_RELAYED, false },
	{ HEAD_REFORMATTED, false }, { HEAD_PAYLOAD, true },
	{ HEAD_MEMBERS, true }
}, update[] = {
	{ HEAD_ID, true }, { HEAD_DELIVERY_ID, true },
	{ HEAD_UPDATE_INDEX, true }, { HEAD_UPDATE_COUNT, true },
	{ HEAD_ENDPOINT, true }, { HEAD_OBJECT, true },
	{ HEAD_ENTRY_ID, true }, { HEAD_ENTRY_TIME, true },
	{ HEAD_ARRAY, true }, { HEAD_FIELD, true }, { HEAD_META_ID, false },
	{ HEAD_ENVELOPE, false }, { HEAD_ENTRY, false }, { HEAD_VALUE, false },
	{ HEAD_DISTINCT, false }, { HEAD_RELAYED, false },
	{ HEAD_REFORMATTED, false }, { HEAD_UPDATE, true },
	{ HEAD_MEMBERS, true }
};

/* Finds which member comes next, and leaves the cursor in front of its value.
 * If it is none of those that may come, returns NULL and leaves the cursor at
 * the first byte that is wrong. */
static const struct step *
next_step(struct cursor *cursor, const struct step *steps,
    const char **expected)
{
	struct cursor best = *cursor, at;

	*expected = members[steps->member].before;
	for (;; steps++) {
		at = *cursor;
		if (take_text(&at, members[steps->member].before)) {
			*cursor = at;
			return steps;
		}
		if (at.p > best.p) {
			best = at;
			*expected = members[steps->member].before;
		}
		if (steps->must)
			break;
	}
	*cursor = best;
	return NULL;
}

static bool
read_members(struct cursor *cursor, const struct step *steps,
    struct head *head)
{
	const struct member *member;
	const char *begin;

	while (steps->member != HEAD_MEMBERS) {
		steps = next_step(cursor, steps, &head->expected);
		if (steps == NULL)
			return false;
		member = &members[steps->member];
		begin = cursor->p;
		head->expected = member->form;
		if (!member->take(cursor))
			return false;
		head->values[steps->member] = (struct span){ begin,
		    (size_t)(cursor->p - begin) };
		steps++;
	}
	head->expected = "}";
	return take_text(cursor, "}") && cursor->p == cursor->end;
}

/* Whether the line looks more like an update's than like a notification's. */
static bool
is_update(struct cursor cursor)
{
	struct cursor as_update;

	if (!take_text(&cursor, members[HEAD_ID].before) ||
	    !take_digest(&cursor))
		return false;
	as_update = cursor;
	(void)take_text(&cursor, members[HEAD_SIGNATURE].before);
	(void)take_text(&as_update, members[HEAD_DELIVERY_ID].before);
	return as_update.p > cursor.p;
}

/* ---- the stamp ---- */

/* Finds the byte at which a stamp is wrong. */
static void
stamp_fault(struct cursor *cursor, struct head *head)
{
	static const char form[] = "0000-00-00T00:00:00.000000Z";
	const char *begin, *digit;
	size_t i;

	head->expected = "{\"seq\":";
	if (!take_text(cursor, head->expected))
		return;
	digit = cursor->p;
	head->expected = "a number from 1";
	while (cursor->p < cursor->end && *cursor->p >= '0' &&
	    *cursor->p <= '9')
		cursor->p++;
	if (cursor->p == digit || *digit == '0' || cursor->p - digit > 19) {
		cursor->p = digit;
		return;
	}
	head->expected = ",\"received_at\":\"";
	if (!take_text(cursor, head->expected))
		return;
	begin = cursor->p;
	head->expected = "a time as in 2026-11-21T06:00:00.123456Z";
	for (i = 0; form[i] != '\0' && cursor->p < cursor->end &&
	    (form[i] == '0' ? *cursor->p >= '0' && *cursor->p <= '9' :
	    *cursor->p == form[i]); i++)
		cursor->p++;
	if (form[i] != '\0')
		return;
	head->expected = "\",";
	if (take_text(cursor, head->expected)) {
		head->expected = "a time that exists";
		cursor->p = begin;
	}
}

static bool
read_stamp(struct cursor *cursor, struct head *head)
{
	size_t length = (size_t)(cursor->end - cursor->p);
	char stamp[STAMP_MAX];

	head->stamped = stamp_read(cursor->p, length, &head->seq,
	    &head->received_at);
	if (!head->stamped) {
		stamp_fault(cursor, head);
		return false;
	}
	head->tail = stamp_write(head->seq, head->received_at, stamp);
	head->time = head->tail - CLOCK_RFC3339_LENGTH - 2;
	cursor->p += head->tail;
	return true;
}

/* ---- the functions of the header ---- */

static bool
read_from(const char *line, struct cursor *cursor, struct head *head)
{
	bool good = read_members(cursor, is_update(*cursor) ? update :
	    notification, head);

	head->bad = (size_t)(cursor->p - line);
	return good;
}

bool
head_read(const char *line, size_t length, struct head *head)
{
	struct cursor cursor = { line, line + length };

	memset(head, 0, sizeof *head);
	if (!read_stamp(&cursor, head)) {
		head->bad = (size_t)(cursor.p - line);
		return false;
	}
	return read_from(line, &cursor, head);
}

bool
head_read_tail(const char *tail, size_t length, struct head *head)
{
	struct cursor cursor = { tail, tail + length - 1 };

	memset(head, 0, sizeof *head);
	return read_from(tail, &cursor, head);
}

const char *
head_name(enum head_member member)
{
	return members[member].name;
}

struct span
head_token(const struct head *head, enum head_member member)
{
	const struct span none = { NULL, 0 };

	return span_is(head->values[member], "null") ? none :
	    head->values[member];
}

struct span
head_inside(const struct head *head, enum head_member member)
{
	struct span token = head_token(head, member);

	return token.bytes == NULL ? token : json_string_inside(token);
}
