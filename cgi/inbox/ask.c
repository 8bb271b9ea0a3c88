#include "inbox/ask.h"

#include "base/clock.h"
#include "base/digits.h"
#include "base/utf8.h"
#include "http/query.h"
#include "when.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SEQ_MOST UINT64_C(9999999999999999999)	/* 19 digits */

/* How a parameter's value is read. */
enum form { TEXT, TIME, SEQ, SEQ_OR_0, WORD, NAME };

/* In the order of links. `member` is the offset of the value in struct ask. */
static const struct parameter {
	const char *name;
	enum form form;
	enum ask_text text;
	size_t member;
	const char *word;	/* the only value that a WORD may have */
	enum ask_kind kind;	/* what it asks for; ASK_PAGE: any */
} parameters[] = {
	{ "q", TEXT, ASK_Q, 0, NULL, ASK_PAGE },
	{ "object", TEXT, ASK_OBJECT, 0, NULL, ASK_PAGE },
	{ "field", TEXT, ASK_FIELD, 0, NULL, ASK_PAGE },
	{ "entry", TEXT, ASK_ENTRY, 0, NULL, ASK_PAGE },
	{ "endpoint", TEXT, ASK_ENDPOINT, 0, NULL, ASK_PAGE },
	{ "from", TIME, ASK_FROM, offsetof(struct ask, from), NULL, ASK_PAGE },
	{ "to", TIME, ASK_TO, offsetof(struct ask, to), NULL, ASK_PAGE },
	{ "before", SEQ, 0, offsetof(struct ask, before), NULL, ASK_PAGE },
	{ "seq", SEQ, 0, offsetof(struct ask, seq), NULL, ASK_PAGE },
	{ "show", WORD, 0, offsetof(struct ask, all), "all", ASK_PAGE },
	{ "get", WORD, 0, 0, "payload", ASK_PAYLOAD },
	{ "get", WORD, 0, 0, "line", ASK_LINE },
	{ "after", SEQ_OR_0, 0, offsetof(struct ask, after), NULL, ASK_NEWS },
	{ "file", NAME, 0, 0, NULL, ASK_FILE } };

#define PARAMETERS (sizeof parameters / sizeof parameters[0])

#define REFUSE(wrong, ...) \
	((void)snprintf((wrong), 160, __VA_ARGS__), ERR_INPUT)

static void *
member_of(struct ask *ask, const struct parameter *parameter)
{
	return (char *)ask + parameter->member;
}

/* ---- values ---- */

static bool
is_utf8(const char *text)
{
	size_t left = strlen(text), length;
	uint32_t code;

	for (; left > 0; left -= length, text += length)
		if ((length = utf8_read(text, left, &code)) == 0)
			return false;
	return true;
}

/* Whether the text is a day without a time. */
static bool
is_day(const char *text)
{
	return strcasecmp(text, "today") == 0 ||
	    strcasecmp(text, "yesterday") == 0 ||
	    (strlen(text) == strlen("2026-11-21") && text[4] == '-');
}

static enum error
read_text(struct ask *ask, const struct parameter *parameter,
    const char *value, char wrong[160])
{
	if (strlen(value) > ASK_TEXT_MAX)
		return REFUSE(wrong, "%s may have at most %d bytes",
		    parameter->name, ASK_TEXT_MAX);
	if (!is_utf8(value))
		return REFUSE(wrong, "%s is not UTF-8", parameter->name);
	strcpy(ask->texts[parameter->text], value);
	return ERR_NONE;
}

static enum error
read_time(struct ask *ask, const struct parameter *parameter,
    const char *value, int64_t now, char wrong[160])
{
	int64_t *time = member_of(ask, parameter);

	if (!when_parse(value, now, true, time))
		return REFUSE(wrong, "%s must be %s, from 1970 to 9999",
		    parameter->name, WHEN_FORMS);
	if (parameter->text == ASK_TO && is_day(value))
		*time += CLOCK_DAY;
	return read_text(ask, parameter, value, wrong);
}

static enum error
read_seq(struct ask *ask, const struct parameter *parameter,
    const char *value, char wrong[160])
{
	uint64_t *seq = member_of(ask, parameter);

	if (!decimal_read(value, strlen(value), SEQ_MOST, seq) ||
	    (*seq == 0 && parameter->form == SEQ))
		return REFUSE(wrong, "%s must be a record's number",
		    parameter->name);
	return ERR_NONE;
}

static enum error
read_word(struct ask *ask, const struct parameter *parameter,
    const char *value, char wrong[160])
{
	if (parameter->kind == ASK_PAGE && strcmp(value,
	    parameter->word) == 0) {
		*(bool *)member_of(ask, parameter) = true;
		return ERR_NONE;
	}
	for (; parameter->kind != ASK_PAGE && parameter->form == WORD;
	    parameter++)
		if (strcmp(value, parameter->word) == 0) {
			ask->kind = parameter->kind;
			return ERR_NONE;
		}
	return REFUSE(wrong, "a value of show or get is wrong: they are "
	    "show=all, get=payload and get=line");
}

static enum error
read_name(struct ask *ask, const char *value, char wrong[160])
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789._-";

	if (strlen(value) >= sizeof ask->file ||
	    value[strspn(value, allowed)] != '\0')
		return REFUSE(wrong, "there is no such file");
	strcpy(ask->file, value);
	return ERR_NONE;
}

static enum error
read_value(struct ask *ask, const struct parameter *parameter,
    const char *value, int64_t now, char wrong[160])
{
	if (parameter->form != WORD && parameter->kind != ASK_PAGE)
		ask->kind = parameter->kind;
	switch (parameter->form) {
	case TEXT:
		return read_text(ask, parameter, value, wrong);
	case TIME:
		return read_time(ask, parameter, value, now, wrong);
	case SEQ:
	case SEQ_OR_0:
		return read_seq(ask, parameter, value, wrong);
	case WORD:
		return read_word(ask, parameter, value, wrong);
	case NAME:
	default:
		return read_name(ask, value, wrong);
	}
}

/* ---- the query ---- */

static const struct parameter *
find_parameter(const char *name)
{
	size_t i;

	for (i = 0; i < PARAMETERS; i++)
		if (strcmp(parameters[i].name, name) == 0)
			return &parameters[i];
	return NULL;
}

/* Whether the parameters make sense together. */
static enum error
check_together(const struct ask *ask, size_t count, char wrong[160])
{
	if ((ask->kind == ASK_NEWS || ask->kind == ASK_FILE) && count > 1)
		return REFUSE(wrong, "%s must be the only parameter",
		    ask->kind == ASK_NEWS ? "after" : "file");
	if ((ask->kind == ASK_PAYLOAD || ask->kind == ASK_LINE || ask->all) &&
	    ask->seq == 0)
		return REFUSE(wrong, "%s needs a record: seq",
		    ask->all ? "show" : "get");
	return ERR_NONE;
}

enum error
ask_read(struct ask *ask, const char *query, int64_t now, char wrong[160])
{
	struct query_parameter given;
	const struct parameter *parameter;
	enum query_read read;
	enum error error;
	unsigned seen = 0;
	size_t count = 0;

	memset(ask, 0, sizeof *ask);
	ask->from = INT64_MIN;
	ask->to = INT64_MAX;
	wrong[0] = '\0';
	while ((read = query_next(&query, &given)) == QUERY_PARAMETER) {
		parameter = find_parameter(given.name);
		if (parameter == NULL)
			return REFUSE(wrong, "an unknown parameter; the known "
			    "ones are q, object, field, entry, endpoint, from, "
			    "to, before, seq, show, get, after, file");
		if (seen & 1u << (parameter - parameters))
			return REFUSE(wrong, "%s is given twice",
			    parameter->name);
		seen |= 1u << (parameter - parameters);
		if (given.value[0] == '\0')
			continue;
		count++;
		error = read_value(ask, parameter, given.value, now, wrong);
		if (error != ERR_NONE)
			return error;
	}
	if (read == QUERY_BAD)
		return REFUSE(wrong, "the query has a part that is malformed "
		    "or too long");
	return check_together(ask, count, wrong);
}

bool
ask_is_search(const struct ask *ask)
{
	size_t i;

	for (i = 0; i < ASK_TEXTS; i++)
		if (ask->texts[i][0] != '\0')
			return true;
	return false;
}

/* ---- links ---- */

/* Appends to a link. Once memory has run out, every further call fails, so only
 * the last result counts. */
static enum error
put(struct buffer *out, enum error before, const char *text, size_t length)
{
	return before != ERR_NONE ? before : buffer_append(out, text, length);
}

static enum error
put_escaped(struct buffer *out, enum error error, const char *text)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-._~";
	char escape[4] = "%";
	size_t length;
	uint8_t byte;

	for (; *text != '\0'; text++) {
		length = strspn(text, safe);
		error = put(out, error, text, length);
		text += length;
		if (*text == '\0')
			break;
		byte = (uint8_t)*text;
		hex_write(&byte, 1, escape + 1);
		error = put(out, error, escape, 3);
	}
	return error;
}

/* Writes a parameter's value as text; "" if it is absent. */
static void
value_of(const struct ask *ask, const struct parameter *parameter,
    char value[ASK_TEXT_MAX + 1])
{
	const void *member = (const char *)ask + parameter->member;
	uint64_t seq;

	value[0] = '\0';
	switch (parameter->form) {
	case TEXT:
	case TIME:
		strcpy(value, ask->texts[parameter->text]);
		break;
	case SEQ:
	case SEQ_OR_0:
		memcpy(&seq, member, sizeof seq);
		if (seq > 0 || (parameter->form == SEQ_OR_0 &&
		    ask->kind == parameter->kind))
			(void)decimal_write(seq, value);
		break;
	case WORD:
		if (parameter->kind == ASK_PAGE ? ask->all :
		    ask->kind == parameter->kind)
			strcpy(value, parameter->word);
		break;
	case NAME:
	default:
		strcpy(value, ask->file);
		break;
	}
}

enum error
ask_link(const struct ask *ask, struct buffer *out)
{
	char value[ASK_TEXT_MAX + 1];
	enum error error = buffer_append(out, "?", 1);
	bool first = true;
	size_t i;

	for (i = 0; i < PARAMETERS; i++) {
		value_of(ask, &parameters[i], value);
		if (value[0] == '\0')
			continue;
		if (!first)
			error = put(out, error, "&amp;", strlen("&amp;"));
		first = false;
		error = put(out, error, parameters[i].name,
		    strlen(parameters[i].name));
		error = put(out, error, "=", 1);
		error = put_escaped(out, error, value);
	}
	return error;
}
