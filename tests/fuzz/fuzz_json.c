/*
 * fuzz_json: compares the strict scanner with three other parsers.
 *
 *  - It accepts exactly what a second, slow reader accepts; that one follows
 *    the grammar rule by rule (tests/unit/json_made.h).
 *  - Its SSE2 version and its portable version report the same.
 *  - json-c in strict mode accepts everything that it accepts. Whatever only
 *    json-c accepts is one of json-c's known leniencies (lenient.h).
 *  - Every value that is reported lies in the text and is JSON by itself; a key
 *    is a string; a string that json-c decodes to ASCII is recognized by
 *    json_string_is().
 */
#include "fuzz.h"

#include "lenient.h"
#include "slow.h"

#include "payload/json.h"
#include "payload/json_string.h"

/* This is the portable version, renamed; the library has the fast one. */
bool json_scan_portable(const char *bytes, size_t length,
    const struct json_visitor *visitor, bool *newline);
#define JSON_PORTABLE
#define json_scan json_scan_portable
#define json_wrong_token json_wrong_token_portable
const char *json_wrong_token_portable(const char *bytes, size_t length,
    bool line);
#include "payload/json.c"
#undef json_scan
#undef json_wrong_token

#include <json-c/json.h>

#include <stdlib.h>

struct listener {
	struct span text;
	unsigned choices;	/* which containers to enter */
	bool check;		/* also check values, which is slow */
	uint64_t heard;		/* a digest of all that was reported */
};

static void
hear(struct listener *listener, const struct json_value *value, bool opens)
{
	const uint64_t facts[] = { opens, value->depth, value->kind,
	    (uint64_t)(value->bytes.bytes - listener->text.bytes),
	    value->bytes.length, value->key.bytes == NULL ? 0 :
	    (uint64_t)(value->key.bytes - listener->text.bytes),
	    value->key.length };
	size_t i;

	for (i = 0; i < sizeof facts / sizeof facts[0]; i++)
		listener->heard = (listener->heard ^ facts[i]) *
		    UINT64_C(0x100000001b3);
}

static bool
on_open_value(void *context, const struct json_value *value)
{
	struct listener *listener = context;

	hear(listener, value, true);
	return listener->choices >> (value->depth + value->key.length) % 8 & 1;
}

/* Compares the text of an ASCII string; other strings are skipped. */
static void
check_string(struct span token)
{
	char *copy = fuzz_text(token), *text;
	struct json_object *string = json_tokener_parse(copy);
	size_t i, length;

	free(copy);
	if (!json_object_is_type(string, json_type_string)) {
		json_object_put(string);
		return;
	}
	length = (size_t)json_object_get_string_len(string);
	text = malloc(length + 1);
	memcpy(text, json_object_get_string(string), length + 1);
	json_object_put(string);
	for (i = 0; i < length; i++)
		if (text[i] <= 0)
			break;
	if (i == length) {
		MUST(json_string_is(token, text));
		if (length > 0) {
			text[length / 2] ^= 1;
			MUST(!json_string_is(token, text));
		}
	}
	free(text);
}

static void
on_ended_value(void *context, const struct json_value *value)
{
	struct listener *listener = context;

	hear(listener, value, false);
	if (!listener->check)
		return;
	MUST(fuzz_inside(value->bytes, listener->text));
	MUST(json_scan(value->bytes.bytes, value->bytes.length, NULL, NULL));
	if (value->kind == JSON_STRING)
		check_string(value->bytes);
	if (value->key.bytes != NULL) {
		MUST(fuzz_inside(value->key, listener->text));
		MUST(*value->key.bytes == '"');
		check_string(value->key);
	}
}

static bool
json_c_accepts(struct span text)
{
	struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_MAX + 2);
	struct json_object *object;
	char *copy = fuzz_text(text);
	bool good;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT |
	    JSON_TOKENER_VALIDATE_UTF8);
	object = json_tokener_parse_ex(tokener, copy, (int)text.length + 1);
	good = json_tokener_get_error(tokener) == json_tokener_success;
	json_object_put(object);
	json_tokener_free(tokener);
	free(copy);
	return good;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span text = { (const char *)data, size };
	struct listener fast = { text, size > 0 ? data[size / 2] ^ 0xffu : 0,
	    true, 0 }, plain = { text, fast.choices, false, 0 };
	const struct json_visitor to_fast = { on_open_value, on_ended_value,
	    &fast, size % 8 == 7 }, to_plain = { on_open_value,
	    on_ended_value, &plain, to_fast.line };
	bool newline = false, newline_too = false, valid;

	/* Values are reported before the whole text is known to be valid. */
	fast.check = valid = json_scan(text.bytes, size, NULL, &newline);
	MUST(valid == slow_valid(text.bytes, size));
	MUST(valid == json_scan_portable(text.bytes, size, NULL,
	    &newline_too));
	MUST(newline == newline_too);
	MUST(json_scan(text.bytes, size, &to_fast, &newline) ==
	    json_scan_portable(text.bytes, size, &to_plain, &newline_too));
	MUST(newline == newline_too && fast.heard == plain.heard);

	if (valid)
		MUST(json_c_accepts(text));
	else if (size > 0 && !lenient(text))
		MUST(!json_c_accepts(text));
	return 0;
}
