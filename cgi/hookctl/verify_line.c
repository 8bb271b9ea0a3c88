#include "hookctl/verify_line.h"

#include "base/buffer.h"
#include "base/digits.h"
#include "hookctl/verify_body.h"
#include "hookctl/verify_fault.h"
#include "hookctl/verify_quick.h"
#include "payload/json.h"
#include "payload/name.h"
#include "payload/record.h"

#include <stdlib.h>
#include <string.h>

#define KEEP ((size_t)1 << 20)	/* memory kept from line to line */

#define BIT(member) (1u << (member))
/* Members that depend on parts of the body that an update's line lacks. */
#define OF_BODY (BIT(HEAD_DELIVERY_ID) | BIT(HEAD_UPDATE_INDEX) | \
	BIT(HEAD_UPDATE_COUNT) | BIT(HEAD_SIGNATURE))
/* Members that 0.1.0 did not write yet, or not always. */
#define LATER (BIT(HEAD_REPEAT_KEY) | BIT(HEAD_DISTINCT) | BIT(HEAD_META_ID))

struct line_checker {
	struct notification *notification;
	struct record_batch batch;
	struct buffer body;	/* made from an update's line */
	struct quick quick;
};

struct line_checker *
line_checker_new(void)
{
	struct line_checker *checker = calloc(1, sizeof *checker);

	if (checker == NULL)
		return NULL;
	checker->notification = notification_new();
	if (checker->notification != NULL)
		return checker;
	free(checker);
	return NULL;
}

void
line_checker_free(struct line_checker *checker)
{
	if (checker == NULL)
		return;
	notification_free(checker->notification);
	record_batch_free(&checker->batch);
	buffer_free(&checker->body);
	free(checker);
}

/* ---- comparing ---- */

static bool
same(struct span left, struct span right)
{
	return left.length == right.length && (left.length == 0 ||
	    memcmp(left.bytes, right.bytes, left.length) == 0);
}

/* The offset of the first byte in which two values differ. */
static size_t
first_difference(struct span left, struct span right)
{
	size_t i = 0;

	while (i < left.length && i < right.length &&
	    left.bytes[i] == right.bytes[i])
		i++;
	return i;
}

static void
wrong_member(struct line_check *check, const char *line,
    enum head_member member, struct span right)
{
	const struct head *head = &check->head;
	struct span value = head->values[member];
	const char *name = head_name(member);
	struct span digits;

	if (value.bytes == NULL)
		fault_say(check, LINE_MEMBER, 0, "%s is missing", name);
	else if (right.bytes == NULL)
		fault_say(check, LINE_MEMBER, fault_offset(line, value),
		    "%s should not be there", name);
	else if (member == HEAD_ID || member == HEAD_REPEAT_KEY) {
		digits = head_inside(head, member);
		fault_digest(check, line, digits, right.bytes + 1, member);
	} else
		fault_say(check, LINE_MEMBER, fault_offset(line, value) +
		    first_difference(value, right), "%s does not match the "
		    "%s", name, head_name(head->values[HEAD_UPDATE].bytes
		    != NULL ? HEAD_UPDATE : HEAD_PAYLOAD));
}

/* Compares all members but the exempt ones. */
static void
compare(struct line_check *check, const char *line,
    const struct head *right, unsigned exempt)
{
	enum head_member member;

	for (member = HEAD_ID; member < HEAD_MEMBERS; member++)
		if ((exempt & BIT(member)) == 0 &&
		    !same(check->head.values[member], right->values[member])) {
			wrong_member(check, line, member,
			    right->values[member]);
			return;
		}
}

/* Members in which the line may differ from what this version writes. */
static unsigned
exempt_of(const struct head *head)
{
	unsigned exempt = 0;
	enum head_member member;

	/* Such a member is missing because an older version wrote the line:
	 * damage would have left traces. */
	for (member = HEAD_ID; member < HEAD_MEMBERS; member++)
		if (head->values[member].bytes == NULL)
			exempt |= BIT(member) & LATER;
	/* The digests are of the body with its line breaks, which are gone. */
	if (head->values[HEAD_REFORMATTED].bytes != NULL)
		exempt |= BIT(HEAD_REFORMATTED) | (head->values[
		    HEAD_PAYLOAD].bytes != NULL ? BIT(HEAD_ID) |
		    BIT(HEAD_REPEAT_KEY) : 0);
	return exempt;
}

/* ---- notifications ---- */

/* Encodes a body as the receiver does. ERR_INPUT: it is not JSON. */
static enum error
encode(struct line_checker *checker, const struct head *head, struct span body,
    bool updates)
{
	const struct record_source source = {
		.endpoint = head_inside(head, HEAD_ENDPOINT),
		.signature = head_inside(head, HEAD_SIGNATURE),
		.relayed = head_inside(head, HEAD_RELAYED),
		.body = body };
	enum error error = notification_parse(checker->notification,
	    body.bytes, body.length, updates);

	record_batch_clear(&checker->batch);
	return error != ERR_NONE ? error : record_encode(&checker->batch,
	    &source, checker->notification);
}

/* Whether the encoder made just the same line, after its stamp. */
static bool
is_made(const struct line_checker *checker, const char *line, size_t length,
    size_t tail)
{
	const struct buffer *made = &checker->batch.text;

	return made->length == length - tail + 1 &&
	    memcmp(made->bytes, line + tail, length - tail) == 0;
}

static bool
open_body(void *context, const struct json_value *value)
{
	(void)context;
	return value->depth == 0 && value->kind == JSON_OBJECT;
}

static void
find_object(void *context, const struct json_value *value)
{
	struct span *object = context;

	if (value->depth == 1 && name_of(value->key) == NAME_OBJECT)
		*object = value->kind == JSON_STRING ? value->bytes :
		    (struct span){ NULL, 0 };
}

/* Whether a line without repeat_key and distinct holds. Only id and object are
 * made from the payload; the other members are copied into the line. */
static bool
plain_holds(const struct head *head)
{
	struct span object = { NULL, 0 };
	const struct json_visitor visitor = { open_body, find_object, &object,
	    false };
	struct span payload = head->values[HEAD_PAYLOAD];
	char id[RECORD_ID_LENGTH + 1];
	uint8_t digest[DIGEST_SHA256_SIZE];
	bool newline;

	if (!json_scan(payload.bytes, payload.length, &visitor, &newline) ||
	    newline || !same(object, head_token(head, HEAD_OBJECT)))
		return false;
	digest_sha256(&payload, 1, digest);
	hex_write(digest, sizeof digest, id);
	return memcmp(head->values[HEAD_ID].bytes + 1, id,
	    RECORD_ID_LENGTH) == 0;
}

/* A quick check, which most lines pass. False: it takes a closer look. */
static bool
holds(struct line_checker *checker, const char *line, size_t length,
    struct head *head)
{
	if (!quick_read(&checker->quick, line, length, head))
		return false;
	return !checker->quick.marked ? plain_holds(head) :
	    encode(checker, head, head->values[HEAD_PAYLOAD], false) ==
	    ERR_NONE && is_made(checker, line, length, head->tail);
}

static enum error
check_notification(struct line_checker *checker, const char *line,
    size_t length, struct line_check *check)
{
	const struct buffer *made = &checker->batch.text;
	struct head right;
	enum error error = encode(checker, &check->head,
	    check->head.values[HEAD_PAYLOAD], false);

	if (error == ERR_MEMORY)
		return error;
	if (error != ERR_NONE ||
	    !head_read_tail(made->bytes, made->length, &right))
		fault_form(check, line, length);
	else
		compare(check, line, &right, exempt_of(&check->head));
	return ERR_NONE;
}

/* ---- updates ---- */

/* Whether the id is that of an update with equal ones before it in its body.
 * `right` comes with the id of the first one, and becomes the one that the
 * line's id equals or resembles, or else the last one. */
static bool
is_later_id(const struct head *head, char right[RECORD_ID_LENGTH + 1])
{
	struct span id = head_inside(head, HEAD_ID);
	struct span index = head->values[HEAD_UPDATE_INDEX];
	uint8_t first[DIGEST_SHA256_SIZE], next[DIGEST_SHA256_SIZE];
	uint64_t most = 0, i;
	size_t at;

	(void)hex_read(right, sizeof first, first);
	(void)decimal_read(index.bytes, index.length,
	    NOTIFICATION_UPDATES_MAX - 1, &most);
	for (i = 1; i <= most && !digits_alike(id.bytes, right,
	    RECORD_ID_LENGTH, &at); i++) {
		repeat_key_next(first, (size_t)i, next);
		hex_write(next, sizeof next, right);
	}
	return memcmp(id.bytes, right, RECORD_ID_LENGTH) == 0;
}

/* Whether the id is made by the rule of 0.1.0, which did not write the members
 * distinct and relayed. */
static bool
is_old_id(const struct head *head, const char *line, size_t length)
{
	struct record record;

	return head->values[HEAD_DISTINCT].bytes == NULL &&
	    head->values[HEAD_RELAYED].bytes == NULL &&
	    record_decode(line, length, &record) == ERR_NONE &&
	    record_verify(&record) == RECORD_HOLDS;
}

static void
check_id(struct line_check *check, const char *line, size_t length,
    const struct head *right)
{
	char id[RECORD_ID_LENGTH + 1] = "";

	memcpy(id, head_inside(right, HEAD_ID).bytes, RECORD_ID_LENGTH);
	if (!is_later_id(&check->head, id) &&
	    !is_old_id(&check->head, line, length))
		fault_digest(check, line, head_inside(&check->head, HEAD_ID),
		    id, HEAD_ID);
}

static void
check_place(struct line_check *check, const char *line)
{
	const struct span *values = check->head.values;
	uint64_t index = 0, count = 0;

	(void)decimal_read(values[HEAD_UPDATE_INDEX].bytes,
	    values[HEAD_UPDATE_INDEX].length, UINT32_MAX, &index);
	(void)decimal_read(values[HEAD_UPDATE_COUNT].bytes,
	    values[HEAD_UPDATE_COUNT].length, UINT32_MAX, &count);
	if (index >= count || count > NOTIFICATION_UPDATES_MAX)
		fault_say(check, LINE_MEMBER, fault_offset(line,
		    values[HEAD_UPDATE_INDEX]), "update_index and "
		    "update_count contradict each other");
}

static enum error
check_update(struct line_checker *checker, const char *line, size_t length,
    struct line_check *check)
{
	const struct buffer *made = &checker->batch.text;
	struct head right;
	enum error error = body_of_update(&check->head, &checker->body);

	if (error == ERR_NONE)
		error = encode(checker, &check->head, (struct span){
		    checker->body.bytes, checker->body.length }, true);
	if (error == ERR_INPUT) {
		fault_form(check, line, length);
		return ERR_NONE;
	}
	if (error != ERR_NONE)
		return error;
	buffer_reset(&checker->body, KEEP);
	/* 0.1.0 did not split WhatsApp's changes. */
	if (span_is(check->head.values[HEAD_ARRAY], "\"changes\"") &&
	    notification_update_count(checker->notification) > 0 &&
	    memmem(made->bytes, made->length, "\"array\":\"changes\"", 17) ==
	    NULL && is_old_id(&check->head, line, length))
		return ERR_NONE;
	if (checker->batch.count != 1 ||
	    !head_read_tail(made->bytes, made->length, &right) ||
	    right.values[HEAD_UPDATE].bytes == NULL) {
		fault_say(check, LINE_MEMBER, fault_offset(line,
		    check->head.values[HEAD_UPDATE]), "the update that begins "
		    "here does not match the other members");
		return ERR_NONE;
	}
	check_id(check, line, length, &right);
	if (check->kind == LINE_HOLDS)
		compare(check, line, &right, exempt_of(&check->head) |
		    OF_BODY | BIT(HEAD_ID));
	if (check->kind == LINE_HOLDS)
		check_place(check, line);
	return ERR_NONE;
}

enum error
line_check(struct line_checker *checker, const char *line, size_t length,
    struct line_check *check)
{
	check->kind = LINE_HOLDS;
	check->cut = false;
	if (holds(checker, line, length, &check->head))
		return ERR_NONE;
	if (!head_read(line, length, &check->head)) {
		fault_form(check, line, length);
		return ERR_NONE;
	}
	return check->head.values[HEAD_UPDATE].bytes != NULL ?
	    check_update(checker, line, length, check) :
	    check_notification(checker, line, length, check);
}
