#include "hookctl/verify_fault.h"

#include "payload/json_stop.h"
#include "payload/record.h"

#include <stdarg.h>
#include <stdio.h>

bool
digits_alike(const char *left, const char *right, size_t count, size_t *at)
{
	size_t same = 0, i;

	*at = count;
	for (i = 0; i < count; i++)
		if (left[i] == right[i])
			same++;
		else if (*at == count)
			*at = i;
	return 2 * same >= count;
}

void
fault_say(struct line_check *check, enum line_kind kind, size_t at,
    const char *format, ...)
{
	va_list arguments;

	check->kind = kind;
	check->at = at;
	va_start(arguments, format);
	(void)vsnprintf(check->text, sizeof check->text, format, arguments);
	va_end(arguments);
}

/* A byte as it is shown in a message. */
static const char *
byte_text(const char *line, size_t length, size_t at, char out[32])
{
	unsigned byte;

	if (at >= length)
		return "the line ends";
	byte = (unsigned char)line[at];
	(void)snprintf(out, 32, byte > ' ' && byte < 0x7f && byte != '"' ?
	    "there is \"%c\"" : "there is the byte 0x%02x", byte);
	return out;
}

void
fault_form(struct line_check *check, const char *line, size_t length)
{
	size_t stop = json_stop(line, length, true);
	const char *expected = check->head.expected;
	char byte[32];

	if (stop <= check->head.bad || expected == NULL) {
		fault_say(check, LINE_MALFORMED, stop, "not JSON: here %s",
		    byte_text(line, length, stop, byte));
		check->cut = stop == length;
		return;
	}
	fault_say(check, LINE_MALFORMED, check->head.bad, "not a record: here "
	    "%s, where %s belongs", byte_text(line, length, check->head.bad,
	    byte), expected);
}

void
fault_digest(struct line_check *check, const char *line, struct span digits,
    const char *right, enum head_member member)
{
	const enum head_member content = check->head.values[HEAD_UPDATE].bytes
	    != NULL ? HEAD_UPDATE : HEAD_PAYLOAD;
	const char *name = head_name(member);
	size_t at;

	if (digits_alike(digits.bytes, right, RECORD_ID_LENGTH, &at))
		fault_say(check, LINE_MEMBER, fault_offset(line, digits) + at,
		    "%s is damaged: from this digit on it is not the digest "
		    "of the %s", name, head_name(content));
	else if (member == HEAD_REPEAT_KEY)
		fault_say(check, LINE_MEMBER, fault_offset(line,
		    check->head.values[HEAD_ENDPOINT]), "endpoint and payload "
		    "do not match the repeat_key; the payload matches its "
		    "digest, so the endpoint that begins here is damaged");
	else
		fault_say(check, LINE_DIGEST, fault_offset(line,
		    check->head.values[content]), "the %s that begins here "
		    "does not match its digest", head_name(content));
}
