#include "hookctl/verify_findings.h"

#include <json-c/json.h>

#include <inttypes.h>
#include <stdarg.h>

#define TEXT_MAX 1024

bool
findings_begin(struct findings *findings, bool json,
    struct progress *progress)
{
	*findings = (struct findings){ .progress = progress };
	if (!json)
		return true;
	findings->list = json_object_new_array();
	findings->notes = json_object_new_array();
	return findings->list != NULL && findings->notes != NULL;
}

void
findings_free(struct findings *findings)
{
	(void)json_object_put(findings->list);
	(void)json_object_put(findings->notes);
}

static struct json_object *
string_of(struct span text)
{
	struct buffer escaped = { 0 };
	struct json_object *string;

	(void)text_append(&escaped, text, 0);
	string = json_object_new_string_len(escaped.length > 0 ?
	    escaped.bytes : "", (int)escaped.length);
	buffer_free(&escaped);
	return string;
}

static void
add_number(struct json_object *object, const char *name, uint64_t number)
{
	(void)json_object_object_add(object, name, number > 0 ?
	    json_object_new_uint64(number) : NULL);
}

static void
add_json(struct json_object *list, const struct place *place,
    const char *kind, struct span text)
{
	struct json_object *finding = json_object_new_object();

	(void)json_object_object_add(finding, "file",
	    json_object_new_string(place->file));
	(void)json_object_object_add(finding, "compressed",
	    json_object_new_boolean(place->compressed));
	(void)json_object_object_add(finding, "byte",
	    json_object_new_uint64(place->byte));
	add_number(finding, "line", place->line);
	add_number(finding, "seq", place->seq);
	(void)json_object_object_add(finding, "kind",
	    json_object_new_string(kind));
	(void)json_object_object_add(finding, "text", string_of(text));
	(void)json_object_array_add(list, finding);
}

static void
print(const struct place *place, struct span text)
{
	const struct span file = { place->file, strlen(place->file) };

	(void)text_print(stdout, file, 0);
	printf(": %sbyte %" PRIu64, place->compressed ? "uncompressed " : "",
	    place->byte);
	if (place->line > 0)
		printf(", line %" PRIu64, place->line);
	if (place->seq > 0)
		printf(", seq %" PRIu64, place->seq);
	printf(": ");
	(void)text_print(stdout, text, 0);
	puts("");
}

void
findings_add(struct findings *findings, const struct place *place,
    const char *kind, const char *format, ...)
{
	char text[TEXT_MAX];
	struct span span = { text, 0 };
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	span.length = strlen(text);
	findings->count++;
	if (findings->list != NULL) {
		add_json(findings->list, place, kind, span);
		return;
	}
	if (findings->progress != NULL)
		progress_hide(findings->progress);
	print(place, span);
}

void
findings_note(struct findings *findings, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (findings->notes != NULL) {
		(void)json_object_array_add(findings->notes, string_of(
		    (struct span){ text, strlen(text) }));
		return;
	}
	if (findings->progress != NULL)
		progress_hide(findings->progress);
	note("%s", text);
}
