/*
 * fuzz_summary: what people see of a payload, and how they find it.
 *
 *  - Any JSON has a summary, also as an update of any kind. Its texts are
 *    UTF-8, on one line, and not longer than they may be.
 *  - A string spells to us what it spells to json-c.
 *  - Each string is found by what it spells, and so is each part of it.
 */
#include "fuzz.h"

#include "base/buffer.h"
#include "payload/json.h"
#include "payload/json_string.h"
#include "payload/search.h"
#include "payload/summary.h"

#include <json-c/json.h>

#include <stdlib.h>
#include <string.h>

#define STRINGS_MOST 20		/* that are looked for in one input */
#define TEXT_MOST 5000

static struct summary summary;
static struct buffer spelled;

struct strings {
	struct span text;
	unsigned left, part;
};

static bool
on_open(void *context, const struct json_value *value)
{
	(void)context;
	(void)value;
	return true;
}

/* Whether it is UTF-8, says the scanner, which takes no control characters. */
static bool
is_utf8(struct span text)
{
	static struct buffer quoted;
	size_t i;

	quoted.length = 0;
	MUST(buffer_append(&quoted, "\"", 1) == ERR_NONE);
	MUST(buffer_append(&quoted, text.bytes, text.length) == ERR_NONE);
	for (i = 1; i < quoted.length; i++) {
		char *byte = &quoted.bytes[i];

		if ((*byte >= 0 && *byte < ' ') || *byte == '"' ||
		    *byte == '\\')
			*byte = '.';
	}
	MUST(buffer_append(&quoted, "\"", 1) == ERR_NONE);
	return json_scan(quoted.bytes, quoted.length, NULL, NULL);
}

static void
check_with_json_c(struct span token)
{
	char *copy = fuzz_text(token);
	struct json_object *string = json_tokener_parse(copy);

	free(copy);
	if (string != NULL) {
		MUST((size_t)json_object_get_string_len(string) ==
		    spelled.length);
		MUST(spelled.length == 0 || memcmp(
		    json_object_get_string(string), spelled.bytes,
		    spelled.length) == 0);
	}
	json_object_put(string);
}

static void
check_search(struct strings *strings, struct span text)
{
	struct search *search = search_new(text.bytes, text.length);

	MUST(search != NULL);
	MUST(search_finds(search, strings->text));
	MUST(search_may_find(search, strings->text));
	search_free(search);
}

static void
check_string(struct strings *strings, struct span token)
{
	struct span text, part;

	if (strings->left == 0)
		return;
	strings->left--;
	spelled.length = 0;
	MUST(json_string_append(&spelled, json_string_inside(token),
	    SIZE_MAX) == ERR_NONE);
	text = (struct span){ spelled.bytes, spelled.length };
	MUST(is_utf8(text));
	check_with_json_c(token);
	/* A surrogate alone became U+FFFD, which is another character. */
	if (text.length == 0 ||
	    memmem(text.bytes, text.length, "\xef\xbf\xbd", 3) != NULL)
		return;
	check_search(strings, text);
	part.bytes = text.bytes + strings->part % text.length;
	part.length = text.length - strings->part % text.length;
	if (((unsigned char)*part.bytes & 0xc0) != 0x80)
		check_search(strings, part);
}

static void
on_value(void *context, const struct json_value *value)
{
	struct strings *strings = context;

	if (value->key.bytes != NULL)
		check_string(strings, value->key);
	if (value->kind == JSON_STRING)
		check_string(strings, value->bytes);
}

static void
check_text(struct span text)
{
	MUST(text.bytes != NULL && text.length <= 4 * TEXT_MOST);
	MUST(is_utf8(text));
	MUST(memchr(text.bytes, '\n', text.length) == NULL);
}

static void
check_summary(const struct record *record)
{
	MUST(summary_make(&summary, record) == ERR_NONE);
	check_text(summary.object);
	check_text(summary.field);
	check_text(summary.entry);
	check_text(summary.kind);
	check_text(summary.words);
	MUST(summary.kind.length > 0 && summary.words.length > 0);
	MUST(summary.more < 10000);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct span objects[] = { { NULL, 0 }, { "\"page\"", 6 },
		{ "\"whatsapp_business_account\"", 27 },
		{ "\"instagram\"", 11 } };
	struct fuzz_input input = fuzz_input(data, size);
	unsigned choice = fuzz_byte(&input);
	struct span text = { input.bytes, input.left };
	struct strings strings = { text, STRINGS_MOST, choice };
	const struct json_visitor visitor = { on_open, on_value, &strings,
	    false };
	struct record record = { .payload = text };

	if (!json_scan(text.bytes, text.length, NULL, NULL))
		return 0;
	(void)json_scan(text.bytes, text.length, &visitor, NULL);
	check_summary(&record);
	while (text.length > 0 && strchr(" \t\r\n", *text.bytes) != NULL) {
		text.bytes++;
		text.length--;
	}
	record = (struct record){ .update = text,
	    .object = objects[choice % 4],
	    .array = choice / 4 % UPDATE_ARRAYS,
	    .field = { "\"messages\"", 10 } };
	check_summary(&record);
	return 0;
}
