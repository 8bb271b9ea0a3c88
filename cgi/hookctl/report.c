#include "hookctl/report.h"

#include <json-c/json.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct report {
	struct json_object *rows;
	struct json_object *more;
	char section[2048];
	int warnings, failures;
};

struct report *
report_new(bool json)
{
	struct report *report = calloc(1, sizeof *report);

	if (report != NULL && json)
		report->rows = json_object_new_array();
	return report;
}

void
report_section(struct report *report, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(report->section, sizeof report->section, format,
	    arguments);
	va_end(arguments);
	if (report->rows == NULL)
		puts(report->section);
}

void
report_row(struct report *report, const char *check, enum finding finding,
    const char *format, ...)
{
	static const char *const names[] = { "ok", "WARNING", "FAILURE" };
	static const char *const results[] = { "ok", "warning", "failure" };
	struct json_object *row;
	char text[4096];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	report->warnings += finding == FINDING_WARNING;
	report->failures += finding == FINDING_FAILURE;
	if (report->rows == NULL) {
		printf("  %-13s  %-7s  %s\n", check, names[finding], text);
		return;
	}
	row = json_object_new_object();
	report->more = json_object_new_array();
	json_object_object_add(row, "section",
	    json_object_new_string(report->section));
	json_object_object_add(row, "check", json_object_new_string(check));
	json_object_object_add(row, "result",
	    json_object_new_string(results[finding]));
	json_object_object_add(row, "text", json_object_new_string(text));
	json_object_object_add(row, "more", report->more);
	json_object_array_add(report->rows, row);
}

void
report_more(struct report *report, const char *format, ...)
{
	char text[4096];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (report->rows == NULL)
		printf("%26s%s\n", "", text);
	else
		json_object_array_add(report->more,
		    json_object_new_string(text));
}

enum status
report_end(struct report *report, bool strict)
{
	enum status status = report->failures > 0 ||
	    (strict && report->warnings > 0) ? STATUS_WRONG : STATUS_DONE;

	if (report->rows != NULL) {
		puts(json_object_to_json_string_ext(report->rows,
		    JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(report->rows);
	} else
		printf("%d warnings, %d failures\n", report->warnings,
		    report->failures);
	free(report);
	return status;
}
