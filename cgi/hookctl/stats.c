/*
 * hookctl stats: what was received, how fast, and what was refused.
 */
#include "hookctl/stats.h"

#include "base/clock.h"
#include "base/io.h"
#include "hookctl/options.h"
#include "hookctl/where.h"
#include "when.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define SINCE "24h"		/* without --since */

struct stats_options {
	struct where where;
	bool json, prometheus, utc;
	const char *since, *endpoint;
	int64_t silent_for;	/* seconds; 0: not asked for */
};

#define ROW(name, kind, member, value, help, least, most)		\
	{ '\0', name, kind, offsetof(struct stats_options, member),	\
	    value, help, least, most, NULL }

static const struct option_row rows[] = {
	ROW("since", OPTION_TEXT, since, "TIME",
	    "objects and fields from this time on (24h)", 0, 0),
	ROW("utc", OPTION_FLAG, utc, NULL, "read and show times as UTC", 0,
	    0),
	ROW("json", OPTION_FLAG, json, NULL, "print one object of JSON", 0, 0),
	ROW("prometheus", OPTION_FLAG, prometheus, NULL,
	    "print metrics in Prometheus's text format", 0, 0),
	ROW("silent-for", OPTION_SECONDS, silent_for, "TIME",
	    "only report if nothing arrived for so long", 1, 31536000),
	ROW("endpoint", OPTION_TEXT, endpoint, "NAME",
	    "with --silent-for: only at this endpoint", 0, 0),
	WHERE_DIRECTORY_ROW(struct stats_options, where),
	WHERE_CONFIG_ROW(struct stats_options, where),
	{ 0 }
};

/* Checks options that depend on each other, and reads --since. */
static enum status
check_options(const struct stats_options *options, struct stats *stats)
{
	const char *form = options->json ? "json" :
	    options->prometheus ? "prometheus" : NULL;

	if (options->json && options->prometheus)
		return usage_error(&command_stats, "--json and --prometheus "
		    "exclude each other");
	if (options->silent_for != 0 && (form != NULL ||
	    options->since != NULL))
		return usage_error(&command_stats, "--silent-for and --%s "
		    "exclude each other", form != NULL ? form : "since");
	if (options->prometheus && options->since != NULL)
		return usage_error(&command_stats, "--since does not go with "
		    "--prometheus: its counters cover all time");
	if (options->endpoint != NULL && options->silent_for == 0)
		return usage_error(&command_stats, "--endpoint needs "
		    "--silent-for");
	if (!when_parse(options->since != NULL ? options->since : SINCE,
	    stats->now, options->utc, &stats->since))
		return usage_error(&command_stats, "--since: \"%s\" is not "
		    WHEN_FORMS, options->since);
	return STATUS_DONE;
}

/*
 * Where to look
 */

/* A configuration and its journal, or a journal alone. */
struct place {
	struct config *config;	/* NULL: none was read */
	char *directory;
	int folder;		/* -1: there is none yet */
};

static bool
is_set(const char *text)
{
	return text != NULL && *text != '\0';
}

/* False after a message. */
static bool
find_place(const struct where *where, struct place *place)
{
	if (where->config == NULL && (where->directory != NULL ||
	    is_set(getenv("HOOKLINE_DIRECTORY")))) {
		place->directory = where_directory(where);
		return place->directory != NULL;
	}
	place->config = where_config(where);
	if (place->config == NULL)
		return false;
	place->directory = strdup(where->directory != NULL ?
	    where->directory : place->config->directory);
	if (place->directory == NULL)
		(void)fail(STATUS_FAILED, "out of memory");
	return place->directory != NULL;
}

/* The folder may be missing: the receiver may not have made it yet. */
static bool
open_place(const struct where *where, struct place *place)
{
	place->folder = open(place->directory, O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC);
	if (place->folder != -1 || (errno == ENOENT &&
	    place->config != NULL && where->directory == NULL))
		return true;
	(void)fail(STATUS_FAILED, "the journal %s cannot be read: %s%s",
	    place->directory, strerror(errno), errno != EACCES ? "" :
	    "; run hookctl as root, or as the folder's owner");
	return false;
}

static void
close_place(struct place *place)
{
	if (place->folder != -1)
		(void)io_close(place->folder);
	config_free(place->config);
	free(place->directory);
}

/*
 * The work
 */

static enum status
silence(const struct stats_options *options, const struct stats *stats)
{
	const char *name = options->endpoint;
	const struct endpoint *endpoint;

	if (name != NULL && stats->config != NULL) {
		endpoint = where_endpoint(stats->config, name);
		if (endpoint == NULL)
			return STATUS_FAILED;
		name = endpoint->name;
	}
	return stats_silence(stats, name, options->silent_for);
}

static bool
print(const struct stats_options *options, const struct stats *stats)
{
	if (options->json)
		return stats_print_json(stats);
	if (!options->prometheus)
		return stats_print_table(stats);
	stats_print_prometheus(stats);
	return true;
}

static enum status
work(const struct stats_options *options, struct stats *stats, int folder)
{
	int64_t from = options->silent_for != 0 ? stats->now -
	    options->silent_for * CLOCK_SECOND : stats->now;
	enum error error = counts_read(folder, stats->config, stats->now,
	    from, &stats->counts);
	bool whole = true;

	if (error != ERR_NONE)
		return fail(STATUS_FAILED, "the counters of the journal %s "
		    "cannot be read: %s", stats->directory,
		    error_word(error));
	if (options->silent_for != 0)
		return silence(options, stats);
	error = stats->absent ? ERR_NONE : stats_measure(stats, folder);
	if (error == ERR_NONE && stats->config != NULL)
		error = relay_facts_read(stats->config, stats->directory,
		    folder, &stats->relays);
	if (error != ERR_NONE)
		return fail(STATUS_FAILED, "the journal %s cannot be read: %s",
		    stats->directory, error_word(error));
	if (!options->prometheus && !stats->absent)
		whole = stats_survey(stats);
	if (!print(options, stats))
		return fail(STATUS_FAILED, "out of memory");
	return whole ? STATUS_DONE : STATUS_FAILED;
}

static enum status
run(char **words)
{
	struct stats_options options = { 0 };
	struct stats stats = { .now = clock_now() };
	struct place place = { .folder = -1 };
	enum status status = options_read(&command_stats, words, &options,
	    NULL);

	if (status == STATUS_DONE)
		status = check_options(&options, &stats);
	if (status != STATUS_DONE)
		return status;
	/* cron mails whatever is printed. */
	options.where.quiet = options.silent_for != 0 || options.prometheus;
	status = STATUS_FAILED;
	if (find_place(&options.where, &place) &&
	    open_place(&options.where, &place)) {
		stats.config = place.config;
		stats.directory = place.directory;
		stats.absent = place.folder == -1;
		stats.utc = options.utc;
		status = work(&options, &stats, place.folder);
	}
	counts_free(&stats.counts);
	relay_facts_free(&stats.relays);
	fields_free(stats.fields);
	close_place(&place);
	return status;
}

const struct command command_stats = {
	.name = "stats",
	.operands = "",
	.summary = "show what was received, refused, and how fast",
	.about = "\nThe table counts since .state/counters was made. With "
	    "--silent-for it prints\nnothing, and exits 0, if something "
	    "arrived in that time.\n",
	.options = rows,
	.run = run
};
