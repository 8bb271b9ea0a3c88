/*
 * subscriptions_print: prints what list has found, for people.
 */
#include "hookctl/subscriptions.h"

#include "hookctl/report.h"
#include "hookctl/subscriptions_answer.h"
#include "hookctl/subscriptions_found.h"
#include "hookctl/subscriptions_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_COLUMNS 25		/* "whatsapp_business_account" */

/* "feed, messages"; the caller frees it. NULL when memory is short. */
static char *
joined(struct json_object *fields, const char *between)
{
	struct buffer text = { 0 };
	struct json_object *field;
	const char *name;
	size_t i;

	for (i = 0; i < json_object_array_length(fields); i++) {
		field = json_object_array_get_idx(fields, i);
		name = json_object_is_type(field, json_type_string) ?
		    json_object_get_string(field) : answer_text(field, "name");
		if (i > 0)
			(void)buffer_append(&text, between, strlen(between));
		(void)buffer_append(&text, name, strlen(name));
	}
	(void)buffer_append(&text, "", 1);
	return text.bytes;
}

/* Prints a row that says where a level's notifications go. `why` is "", or a
 * text such as ", by its override"; `fields` may be NULL. */
static enum finding
print_goes(struct report *report, const char *name, struct json_object *level,
    const char *url, const char *why, struct json_object *fields)
{
	const char *goes = answer_text(level, "goes");
	char *list = fields != NULL ? joined(fields, ", ") : NULL;
	const char *colon = list != NULL && *list != '\0' ? ": " : "";
	const char *names = list != NULL ? list : "";
	enum finding finding = FINDING_OK;

	if (strcmp(goes, GOES_HERE) == 0)
		report_row(report, name, FINDING_OK, "goes here%s%s%s", why,
		    colon, names);
	else if (strcmp(goes, GOES_ENDPOINT) == 0)
		report_row(report, name, FINDING_OK, "goes to the endpoint "
		    "%s%s%s%s", answer_text(level, "endpoint"), why, colon,
		    names);
	else {
		finding = FINDING_FAILURE;
		report_row(report, name, finding, "goes to %s%s%s%s",
		    *url != '\0' ? url : "another address", why, colon, names);
	}
	free(list);
	return finding;
}

/*
 * The app
 */

/* Prints the command that makes the subscription anew, unless its words have
 * characters that the command would refuse. */
static void
suggest(struct report *report, const char *object, struct json_object *fields)
{
	char *list = joined(fields, ",");

	if (list != NULL && object_fault(object) == NULL &&
	    (*list == '\0' || fields_fault(list) == NULL))
		report_more(report, "hookctl subscriptions add %s --fields %s",
		    object, *list != '\0' ? list : "FIELD,...");
	free(list);
}

static void
print_app_row(struct report *report, struct json_object *row)
{
	struct json_object *fields = answer_member(row, "fields");
	const char *object = answer_text(row, "object");
	enum finding finding = FINDING_FAILURE;

	if (strcmp(answer_text(row, "goes"), GOES_NOWHERE) == 0)
		report_row(report, object, finding, "goes nowhere: %s",
		    json_object_get_boolean(json_object_object_get(row,
		    "active")) ? "it has no fields" :
		    "Meta has switched it off");
	else
		finding = print_goes(report, object, row,
		    answer_text(row, "callback_url"), "", fields);
	if (finding == FINDING_FAILURE)
		suggest(report, object, fields);
}

static void
print_app(struct report *report, struct json_object *found)
{
	struct json_object *rows = answer_member(found, "app");
	size_t i;

	report_section(report, "app %s, to %s", answer_text(found, "app_id"),
	    answer_text(found, "callback_url"));
	for (i = 0; i < json_object_array_length(rows); i++)
		print_app_row(report, json_object_array_get_idx(rows, i));
	if (i > 0)
		return;
	report_row(report, "no subscription", FINDING_FAILURE,
	    "Meta sends nothing for this app");
	report_more(report, "hookctl subscriptions add OBJECT --fields "
	    "FIELD,...");
}

/*
 * A Page, and a WhatsApp Business Account
 */

/* If a level's notifications go nowhere, prints that and why; otherwise returns
 * false. */
static bool
print_nowhere(struct report *report, struct json_object *level,
    const char *object, const char *add)
{
	if (strcmp(answer_text(level, "goes"), GOES_NOWHERE) != 0)
		return false;
	if (!json_object_get_boolean(json_object_object_get(level,
	    "subscribed"))) {
		report_row(report, "subscribed_apps", FINDING_FAILURE,
		    "goes nowhere: this app is not among them");
		report_more(report, "hookctl subscriptions add %s %s", add,
		    answer_text(level, "id"));
		return true;
	}
	report_row(report, "subscribed_apps", FINDING_FAILURE,
	    "goes nowhere: the app has no active subscription to %s", object);
	report_more(report, "hookctl subscriptions add %s --fields FIELD,...",
	    object);
	return true;
}

static void
print_page(struct report *report, struct json_object *page)
{
	struct json_object *fields = answer_member(page, "fields");
	struct json_object *without = answer_member(page, "without_app");
	char *list;

	report_section(report, "Page %s", answer_text(page, "id"));
	if (print_nowhere(report, page, "page",
	    "--fields FIELD,... --page"))
		return;
	(void)print_goes(report, "subscribed_apps", page, "",
	    ", as the app's", fields);
	if (json_object_array_length(without) == 0)
		return;
	list = joined(without, ", ");
	report_row(report, "fields", FINDING_WARNING, "the app is not "
	    "subscribed to: %s", list != NULL ? list : "");
	free(list);
}

static void
print_number(struct report *report, struct json_object *row)
{
	const char *override = answer_text(row, "override");
	const char *name = answer_text(row, "number");

	if (*name == '\0')
		name = answer_text(row, "id");
	if (strcmp(answer_text(row, "goes"), GOES_NOWHERE) == 0)
		report_row(report, name, FINDING_FAILURE, "goes nowhere, as "
		    "the account's");
	else
		(void)print_goes(report, name, row, override,
		    *override != '\0' ? ", by its own override" :
		    ", as the account's", NULL);
}

static void
print_waba(struct report *report, struct json_object *waba)
{
	struct json_object *numbers = answer_member(waba, "numbers");
	const char *override = answer_text(waba, "override");
	size_t i;

	report_section(report, "WhatsApp Business Account %s",
	    answer_text(waba, "id"));
	if (!print_nowhere(report, waba, "whatsapp_business_account",
	    "--waba"))
		(void)print_goes(report, "subscribed_apps", waba, override,
		    *override != '\0' ? ", by its override" :
		    ", as the app's", NULL);
	if (numbers == NULL) {
		report_row(report, "numbers", FINDING_WARNING,
		    "unknown: they could not be listed");
		return;
	}
	for (i = 0; i < json_object_array_length(numbers); i++)
		print_number(report, json_object_array_get_idx(numbers, i));
}

void
subscriptions_print(struct json_object *found)
{
	struct report *report = report_new(false);
	struct json_object *page = answer_member(found, "page");
	struct json_object *waba = answer_member(found, "waba");

	if (report == NULL) {
		(void)fail(STATUS_FAILED, "out of memory");
		return;
	}
	report_columns(report, NAME_COLUMNS);
	print_app(report, found);
	if (page != NULL)
		print_page(report, page);
	if (waba != NULL)
		print_waba(report, waba);
	(void)report_end(report, false);
}
