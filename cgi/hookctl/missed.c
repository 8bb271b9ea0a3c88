#include "base/clock.h"
#include "hookctl/hookctl.h"
#include "hookctl/missed_copy.h"
#include "hookctl/missed_print.h"
#include "hookctl/options.h"
#include "hookctl/where.h"
#include "when.h"

#include <inttypes.h>
#include <stddef.h>

#define LOGS_MOST 1000
#define SLACK 2		/* seconds: how much later a logged POST is counted */

struct missed_options {
	struct where where;
	const char *since;
	bool utc;
};

static const struct option_row rows[] = {
	{ '\0', "since", OPTION_TEXT, offsetof(struct missed_options, since),
	    "TIME", "only from this hour on, such as \"2 days ago\"", 0, 0,
	    NULL },
	{ '\0', "utc", OPTION_FLAG, offsetof(struct missed_options, utc),
	    NULL, "read and show times as UTC", 0, 0, NULL },
	WHERE_CONFIG_ROW(struct missed_options, where),
	{ 0 }
};

static enum status run(char **words);

const struct command command_missed = {
	.name = "missed",
	.operands = "ACCESS-LOG...",
	.operands_most = LOGS_MOST,
	.summary = "find in access logs what was stopped before hookline",
	.about = "\nThe logs are those of the web server, in the common or the "
	    "combined format, plain\nor compressed by gzip, in any order. The "
	    "exit status is 1 if anything was stopped.\n",
	.options = rows,
	.run = run
};

/* Rounds --since down to a full hour, since counts are for whole hours. */
static enum status
read_since(const struct missed_options *options, int64_t *since)
{
	int64_t time = 0;

	if (options->since != NULL && !when_parse(options->since, clock_now(),
	    options->utc, &time))
		return usage_error(&command_missed, "--since: \"%s\" is not "
		    WHEN_FORMS, options->since);
	*since = time / CLOCK_HOUR * MISSED_HOUR;
	return STATUS_DONE;
}

static void
say_unread(const struct missed_scan *scan)
{
	if (scan->unread > 0 && scan->read > 0)
		note("%" PRIu64 " of %" PRIu64 " lines are in an unknown "
		    "format, and do not count", scan->unread,
		    scan->read + scan->unread);
	if (scan->homeless > 0)
		note("%" PRIu64 " POSTs do not count: the log names no "
		    "User-Agent, and the endpoint \"*\" has no path; set "
		    "callback_url in hookline.conf", scan->homeless);
}

/* If a log cannot be read, goes on with the others. */
static enum status
scan_all(struct missed_scan *scan, const char *const *logs)
{
	struct missed_copies *copies = missed_copies_new(logs);
	enum status status = STATUS_DONE;
	const char *whole;
	size_t i;

	if (copies == NULL)
		return fail(STATUS_FAILED, "out of memory");
	for (i = 0; logs[i] != NULL; i++) {
		whole = missed_copies_find(copies, i);
		if (whole != NULL)
			note("%s begins like %s: it is taken for a copy, and "
			    "not counted", logs[i], whole);
		else if (missed_scan_file(scan, logs[i]) != STATUS_DONE)
			status = STATUS_FAILED;
	}
	missed_copies_free(copies);
	say_unread(scan);
	return scan->homeless > 0 && scan->tally.count == 0 ? STATUS_FAILED :
	    status;
}

static enum status
report(const struct config *config, const char *const *logs, int64_t since,
    bool utc)
{
	struct missed_counts counts;
	struct missed_scan scan;
	enum status status, found;

	missed_counts_open(&counts, config);
	missed_scan_begin(&scan, config);
	scan.since = since;
	scan.counted_since = missed_counts_since(&counts) - SLACK;
	status = scan_all(&scan, logs);
	if (scan.read > 0 || status == STATUS_DONE) {
		missed_judge(&scan.tally, &counts);
		found = missed_print(&scan, &counts, utc);
		if (status == STATUS_DONE)
			status = found;
	}
	missed_scan_end(&scan);
	missed_counts_close(&counts);
	return status;
}

static enum status
run(char **words)
{
	struct missed_options options = { 0 };
	const char *logs[LOGS_MOST + 1] = { NULL };
	struct config *config;
	enum status status;
	int64_t since = 0;

	status = options_read(&command_missed, words, &options, logs);
	if (status != STATUS_DONE)
		return status;
	status = read_since(&options, &since);
	if (status != STATUS_DONE)
		return status;
	if (logs[0] == NULL)
		return usage_error(&command_missed, "which log? Apache: "
		    "/var/log/apache2/access.log*");
	config = where_config(&options.where);
	if (config == NULL)
		return STATUS_FAILED;
	status = report(config, logs, since, options.utc);
	config_free(config);
	return status;
}
