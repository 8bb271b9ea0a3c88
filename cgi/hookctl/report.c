#include "hookctl/report.h"

#include "hookctl/output.h"

#include <json-c/json.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 4096		/* bytes of one text, before escaping */
#define NAME_COLUMNS 13		/* of a row's name, as a rule */
#define AROUND_NAME 13		/* columns before a row's text, but for it */

struct report {
	struct json_object *rows;	/* an array; NULL: print each row */
	struct json_object *more;	/* of the last row */
	struct buffer section;		/* its title, escaped */
	uint64_t counts[FINDING_FAILURE + 1];
	size_t columns;			/* of the names */
};

struct report *
report_new(bool json)
{
	struct report *report = calloc(1, sizeof *report);

	if (report != NULL)
		report->columns = NAME_COLUMNS;
	if (report == NULL || !json)
		return report;
	report->rows = json_object_new_array();
	if (report->rows == NULL) {
		free(report);
		return NULL;
	}
	return report;
}

/* Appends a text, escaped and cut at TEXT_MAX. */
static void
append(struct buffer *out, const char *format, va_list arguments)
{
	char text[TEXT_MAX];
	int length = vsnprintf(text, sizeof text, format, arguments);

	if (length < 0)
		return;
	if ((size_t)length >= sizeof text)
		length = sizeof text - 1;
	(void)text_append(out, (struct span){ text, (size_t)length }, 0);
}

static struct json_object *
string_of(const struct buffer *text)
{
	return json_object_new_string_len(
	    text->length > 0 ? text->bytes : "", (int)text->length);
}

static void
print_line(const struct buffer *text)
{
	(void)fwrite(text->bytes, 1, text->length, stdout);
	(void)fputc('\n', stdout);
	/* The next check may take a while. */
	(void)output_flush();
}

void
report_section(struct report *report, const char *format, ...)
{
	va_list arguments;

	report->section.length = 0;
	va_start(arguments, format);
	append(&report->section, format, arguments);
	va_end(arguments);
	if (report->rows == NULL)
		print_line(&report->section);
}

void
report_columns(struct report *report, size_t columns)
{
	report->columns = columns;
}

static void
print_row(const struct report *report, const char *check,
    enum finding finding, const struct buffer *text)
{
	static const struct {
		const char *word;
		enum tone tone;
	} results[] = { [FINDING_OK] = { "ok", TONE_GOOD },
		[FINDING_WARNING] = { "WARNING", TONE_WARNING },
		[FINDING_FAILURE] = { "FAILURE", TONE_BAD } };
	size_t used;

	fputs("  ", stdout);
	used = text_print(stdout, (struct span){ check, strlen(check) }, 0);
	printf("%*s  %s%-7s%s  ", used < report->columns ?
	    (int)(report->columns - used) : 0, "",
	    tone_begin(stdout, results[finding].tone), results[finding].word,
	    tone_end(stdout, results[finding].tone));
	print_line(text);
}

static void
add_row(struct report *report, const char *check, enum finding finding,
    const struct buffer *text)
{
	static const char *const words[] = { [FINDING_OK] = "ok",
		[FINDING_WARNING] = "warning", [FINDING_FAILURE] = "failure" };
	struct json_object *row = json_object_new_object();

	report->more = json_object_new_array();
	(void)json_object_object_add(row, "section",
	    string_of(&report->section));
	(void)json_object_object_add(row, "check",
	    json_object_new_string(check));
	(void)json_object_object_add(row, "result",
	    json_object_new_string(words[finding]));
	(void)json_object_object_add(row, "text", string_of(text));
	(void)json_object_object_add(row, "more", report->more);
	(void)json_object_array_add(report->rows, row);
}

void
report_row(struct report *report, const char *check, enum finding finding,
    const char *format, ...)
{
	struct buffer text = { 0 };
	va_list arguments;

	va_start(arguments, format);
	append(&text, format, arguments);
	va_end(arguments);
	report->counts[finding]++;
	if (report->rows == NULL)
		print_row(report, check, finding, &text);
	else
		add_row(report, check, finding, &text);
	buffer_free(&text);
}

void
report_more(struct report *report, const char *format, ...)
{
	struct buffer text = { 0 };
	va_list arguments;

	va_start(arguments, format);
	append(&text, format, arguments);
	va_end(arguments);
	if (report->rows == NULL) {
		printf("%*s", (int)report->columns + AROUND_NAME, "");
		print_line(&text);
	} else
		(void)json_object_array_add(report->more, string_of(&text));
	buffer_free(&text);
}

/* "1 warning, 2 failures" */
static void
print_totals(const struct report *report)
{
	uint64_t warnings = report->counts[FINDING_WARNING];
	uint64_t failures = report->counts[FINDING_FAILURE];

	if (warnings > 0)
		printf("%" PRIu64 " warning%s", warnings,
		    warnings == 1 ? "" : "s");
	if (failures > 0)
		printf("%s%" PRIu64 " failure%s", warnings > 0 ? ", " : "",
		    failures, failures == 1 ? "" : "s");
	puts(warnings + failures == 0 ? "all is well" : "");
}

enum status
report_end(struct report *report, bool strict)
{
	bool wrong = report->counts[FINDING_FAILURE] > 0 ||
	    (strict && report->counts[FINDING_WARNING] > 0);

	if (report->rows == NULL)
		print_totals(report);
	else
		puts(json_object_to_json_string_ext(report->rows,
		    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	if (report->rows != NULL)
		(void)json_object_put(report->rows);
	buffer_free(&report->section);
	free(report);
	return wrong ? STATUS_WRONG : STATUS_DONE;
}
