#include "hookctl/verify_quick.h"

#include "base/clock.h"
#include "base/digits.h"
#include "hookctl/verify_value.h"
#include "journal/stamp.h"
#include "payload/record.h"

#include <string.h>

#define IS(p, end, text) ((size_t)((end) - (p)) >= sizeof(text) - 1 && \
	memcmp((p), "" text, sizeof(text) - 1) == 0)
#define SKIP(text) (sizeof(text) - 1)

/* Reads a time, quickly if it is in the same second as the one before. */
static bool
read_time(struct quick *quick, const char *text, int64_t *time)
{
	uint64_t micros;

	if (memcmp(text, quick->second, QUICK_SECOND) == 0) {
		if (text[CLOCK_RFC3339_LENGTH - 1] != 'Z' || !decimal_read(
		    text + QUICK_SECOND, 6, 999999, &micros))
			return false;
		*time = quick->time + (int64_t)micros;
		return true;
	}
	if (!clock_parse(text, time))
		return false;
	memcpy(quick->second, text, QUICK_SECOND);
	quick->time = *time - *time % CLOCK_SECOND;
	return true;
}

static const char *
read_stamp(struct quick *quick, const char *p, const char *end,
    struct head *head)
{
	static const char between[] = ",\"received_at\":\"";
	const char *line = p;
	size_t count;

	if (!IS(p, end, "{\"seq\":"))
		return NULL;
	p += SKIP("{\"seq\":");
	count = decimal_prefix(p, (size_t)(end - p), STAMP_SEQ_MOST,
	    &head->seq);
	if (count == 0 || *p == '0' || (size_t)(end - p) < count +
	    sizeof between + CLOCK_RFC3339_LENGTH)
		return NULL;
	p += count;
	if (!IS(p, end, ",\"received_at\":\""))
		return NULL;
	p += sizeof between - 1;
	head->time = (size_t)(p - line);
	if (!read_time(quick, p, &head->received_at))
		return NULL;
	p += CLOCK_RFC3339_LENGTH;
	if (!IS(p, end, "\","))
		return NULL;
	head->stamped = true;
	head->tail = (size_t)(p + 2 - line);
	return p + 2;
}

/* Takes a value by one of the functions of verify_value.h. */
static const char *
take(const char *p, const char *end, taker *form, struct span *value)
{
	struct cursor cursor = { p, end };

	if (!form(&cursor))
		return NULL;
	*value = (struct span){ p, (size_t)(cursor.p - p) };
	return cursor.p;
}

/* Passes over repeat_key and distinct, between object and payload. */
static const char *
pass_marks(const char *p, const char *end, bool *marked)
{
	static const char key[] = ",\"repeat_key\":\"";

	*marked = !IS(p, end, ",\"payload\":");
	if (IS(p, end, ",\"repeat_key\":\"") &&
	    (size_t)(end - p) > sizeof key + RECORD_ID_LENGTH)
		p += sizeof key + RECORD_ID_LENGTH;
	if (IS(p, end, ",\"distinct\":false"))
		p += SKIP(",\"distinct\":false");
	return IS(p, end, ",\"payload\":") ? p + SKIP(",\"payload\":") : NULL;
}

bool
quick_read(struct quick *quick, const char *line, size_t length,
    struct head *head)
{
	const char *p = line, *end = line + length;

	memset(head, 0, sizeof *head);
	p = read_stamp(quick, p, end, head);
	if (p == NULL || !IS(p, end, "\"id\":\"") || (size_t)(end - p) <
	    RECORD_ID_LENGTH + SKIP("\"id\":\"\""))
		return false;
	head->values[HEAD_ID] = (struct span){ p + SKIP("\"id\":"),
	    RECORD_ID_LENGTH + 2 };
	p += RECORD_ID_LENGTH + SKIP("\"id\":\"");
	if (!IS(p, end, "\",\"signature\":"))
		return false;
	p = take(p + SKIP("\",\"signature\":"), end, take_signature,
	    &head->values[HEAD_SIGNATURE]);
	if (p == NULL || !IS(p, end, ",\"endpoint\":"))
		return false;
	p = take(p + SKIP(",\"endpoint\":"), end, take_name,
	    &head->values[HEAD_ENDPOINT]);
	if (p == NULL || !IS(p, end, ",\"object\":"))
		return false;
	p = take(p + SKIP(",\"object\":"), end, take_string_or_null,
	    &head->values[HEAD_OBJECT]);
	if (p == NULL)
		return false;
	p = pass_marks(p, end, &quick->marked);
	return p != NULL && take(p, end, take_rest,
	    &head->values[HEAD_PAYLOAD]) != NULL;
}
