#include "hookctl/check.h"

#include "hookctl/options.h"
#include "hookctl/subject.h"
#include "hookctl/where.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define WITHOUT_CURL "this hookctl was built without libcurl, so it cannot " \
	"check a URL"

struct check_options {
	struct where where;
	const char *user, *endpoint, *ca_file;
	bool strict, json, firewall, store;
};

#define OPTION(name, kind, value, help)					\
	{ '\0', #name, kind, offsetof(struct check_options, name),	\
	    value, help, 0, 0, NULL }

static const struct option_row rows[] = {
	WHERE_CONFIG_ROW(struct check_options, where),
	OPTION(user, OPTION_TEXT, "NAME", "check as this user (root only)"),
	OPTION(endpoint, OPTION_TEXT, "NAME",
	    "whose token and secret the URL has"),
	OPTION(strict, OPTION_FLAG, NULL, "exit 1 for warnings, too"),
	OPTION(json, OPTION_FLAG, NULL, "print one JSON array"),
	OPTION(firewall, OPTION_FLAG, NULL,
	    "send what a firewall may ban an address for"),
	OPTION(store, OPTION_FLAG, NULL,
	    "send one notification, and find it in the journal"),
	{ '\0', "ca-file", OPTION_TEXT, offsetof(struct check_options, ca_file),
	    "FILE", "certificates to trust besides the system's", 0, 0, NULL },
	{ 0 }
};

/* What is checked. */
struct check {
	struct check_options options;
	const char *url;		/* the operand, or NULL */
	struct client_url parts;	/* of it */
	struct subject subject;
	const struct endpoint *endpoint; /* --endpoint, or NULL */
};

/*
 * The URLs
 */

/* The endpoint whose callback URL this is: the one that says so, else the one
 * that the receiver would choose by its path, else the first. */
static const struct endpoint *
endpoint_of(const struct config *config, const char *url,
    const struct client_url *parts)
{
	const struct endpoint *found;
	char path[sizeof parts->path];
	size_t length = strcspn(parts->path, "?"), i;

	for (i = 0; i < config->endpoint_count; i++)
		if (strcmp(config->endpoints[i].callback_url, url) == 0)
			return &config->endpoints[i];
	memcpy(path, parts->path, length);
	path[length] = '\0';
	found = config_endpoint(config, path);
	/* One slash at its end is ignored unless an endpoint has it. */
	if (path[length - 1] == '/' &&
	    (found == NULL || strcmp(found->path, path) != 0)) {
		path[length - 1] = '\0';
		found = config_endpoint(config, path);
	}
	return found != NULL ? found : &config->endpoints[0];
}

static void
one_url(const struct check *check, struct report *report, const char *url,
    const struct client_url *parts, const struct endpoint *endpoint)
{
	const struct check_options *options = &check->options;
	struct check_target target = { .url = url, .parts = *parts,
	    .config = check->subject.config, .endpoint = endpoint,
	    .firewall = options->firewall, .store = options->store,
	    .ca_file = options->ca_file };

	check_url(report, &target);
}

/* Checks the callback_url of an endpoint; false if it has none. */
static bool
callback(const struct check *check, struct report *report,
    const struct endpoint *endpoint)
{
	const char *url = endpoint->callback_url;
	struct client_url parts;

	if (*url == '\0')
		return false;
	if (!client_available())
		note("the callback_url of %s was not checked: " WITHOUT_CURL,
		    endpoint->name);
	else if (!client_url_parse(url, &parts)) {
		report_section(report, "callback_url of %s", endpoint->name);
		report_row(report, "callback_url", FINDING_WARNING, "not "
		    "checked: it is not an http or https URL without a user, "
		    "a password and a fragment");
	} else
		one_url(check, report, url, &parts, endpoint);
	return true;
}

static void
urls(const struct check *check, struct report *report)
{
	const struct config *config = check->subject.config;
	const struct endpoint *chosen = check->endpoint;
	bool any = false;
	size_t i;

	if (check->url != NULL) {
		one_url(check, report, check->url, &check->parts,
		    chosen != NULL ? chosen : endpoint_of(config, check->url,
		    &check->parts));
		return;
	}
	for (i = 0; i < config->endpoint_count; i++)
		if (chosen == NULL || chosen == &config->endpoints[i])
			any |= callback(check, report, &config->endpoints[i]);
	if (!any)
		note("what lies between Meta and this machine was not "
		    "checked; \"hookctl check https://...\" does that, with "
		    "your callback URL");
}

/*
 * The command
 */

static const struct command *const command = &command_check;

/* Reads the command line. */
static enum status
read_words(struct check *check, char **words)
{
	enum status status = options_read(command, words, &check->options,
	    &check->url);

	if (status == STATUS_DONE && check->options.ca_file != NULL &&
	    access(check->options.ca_file, R_OK) == -1)
		status = fail(STATUS_FAILED, "--ca-file: %s: %s",
		    check->options.ca_file, strerror(errno));
	if (status != STATUS_DONE || check->url == NULL)
		return status;
	if (!client_url_parse(check->url, &check->parts))
		return usage_error(command, "\"%s\" is not an http or https "
		    "URL without a user, a password and a fragment",
		    check->url);
	if (!client_available())
		return fail(STATUS_FAILED, WITHOUT_CURL);
	return STATUS_DONE;
}

/* Whether there is a URL that can be checked. */
static bool
has_url(const struct check *check)
{
	const struct config *config = check->subject.config;
	const struct endpoint *chosen = check->endpoint;
	bool any = check->url != NULL;
	size_t i;

	for (i = 0; client_available() && i < config->endpoint_count; i++)
		any |= (chosen == NULL || chosen == &config->endpoints[i]) &&
		    *config->endpoints[i].callback_url != '\0';
	return any;
}

/* Finds user, configuration and endpoint. */
static enum status
prepare(struct check *check)
{
	const struct check_options *options = &check->options;
	enum status status = subject_find(&check->subject,
	    options->where.config, options->user);

	if (status != STATUS_DONE || check->subject.config == NULL)
		return status;
	if (options->endpoint != NULL) {
		check->endpoint = where_endpoint(check->subject.config,
		    options->endpoint);
		if (check->endpoint == NULL)
			return STATUS_FAILED;
	}
	if ((options->store || options->firewall) && !has_url(check))
		return fail(STATUS_FAILED, "--%s needs a URL: %s",
		    options->store ? "store" : "firewall",
		    client_available() ? "give one, or set callback_url" :
		    WITHOUT_CURL);
	return STATUS_DONE;
}

static enum status
print(const struct check *check)
{
	struct report *report = report_new(check->options.json);

	if (report == NULL)
		return fail(STATUS_FAILED, "out of memory");
	subject_report(&check->subject, report);
	if (check->subject.config != NULL) {
		check_machine(report, check->subject.config,
		    &check->subject.warnings);
		subject_say_whose(&check->subject);
		urls(check, report);
	}
	return report_end(report, check->options.strict);
}

static enum status
run(char **words)
{
	struct check check = { 0 };
	enum status status = read_words(&check, words);

	if (status == STATUS_DONE)
		status = prepare(&check);
	if (status == STATUS_DONE)
		status = print(&check);
	subject_free(&check.subject);
	return status;
}

const struct command command_check = { .name = "check", .operands = "[URL]",
    .operands_most = 1,
    .summary = "see whether notifications can arrive and be kept",
    .about = "\nChecks configuration and journal on this machine, run by root "
    "as the user who\nreceives, and the URL, or each callback_url, as Meta "
    "meets it.\n", .options = rows, .run = run };
