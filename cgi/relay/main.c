/*
 * hookline-relay: sends records on to other places. See hookline-relay(8).
 */
#include "relay/http.h"
#include "relay/relay.h"
#include "relay/sql.h"

#include "base/io.h"
#include "host/sandbox.h"

#include <sys/stat.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: hookline-relay [--config FILE] [--once | --check]\n"
    "       hookline-relay [--config FILE] --sql NAME | --create NAME\n"
    "       hookline-relay --version | --help\n"
    "\n"
    "Sends each notification on to the relays that hookline.conf names, until\n"
    "it is told to end.\n"
    "\n"
    "  --once         send what is in the journal, then end (for cron)\n"
    "  --check        say whether each destination can be reached, then end\n"
    "  --sql NAME     print the SQL that makes the tables of this relay\n"
    "  --create NAME  make those that are missing\n"
    "  --config FILE  the configuration, instead of the one that is found\n";

/* Connects to each destination. */
static enum relay_exit
check(const struct config *config)
{
	enum relay_exit result = EXIT_DONE;
	const struct relay *relay = config->relays;
	char text[256];
	size_t i;

	if (config->relay_count == 0) {
		printf("%s has no relay section\n", config->file);
		return EXIT_FAILED;
	}
	for (i = 0; i < config->relay_count; i++, relay++) {
		bool good = relay->kind == RELAY_POSTGRESQL ?
		    sql_check(config, relay, text, sizeof text) :
		    http_check(relay, text, sizeof text);

		printf("%s  %s  %s: %s\n", relay->name, good ? "ok" :
		    "FAILURE", relay->url, text);
		if (!good)
			result = EXIT_WRONG;
	}
	return result;
}

static enum relay_exit
wrong_usage(const char *word)
{
	fprintf(stderr, "hookline-relay: \"%s\" is not understood here; see "
	    "--help\n", word);
	return EXIT_USAGE;
}

static enum relay_exit
print(const char *text)
{
	fputs(text, stdout);
	return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

/* The relay of this name, if it sends to a database. */
static const struct relay *
find_database(const struct config *config, const char *name)
{
	size_t i;

	for (i = 0; i < config->relay_count; i++)
		if (strcmp(config->relays[i].name, name) == 0)
			break;
	if (i < config->relay_count &&
	    config->relays[i].kind == RELAY_POSTGRESQL)
		return &config->relays[i];
	fprintf(stderr, "hookline-relay: %s: %s \"%.64s\"%s\n", config->file,
	    i < config->relay_count ? "the url of relay" :
	    "there is no relay", name, i < config->relay_count ?
	    " does not begin with postgresql://" : "");
	return NULL;
}

enum work { WORK_SEND, WORK_CHECK, WORK_PRINT, WORK_CREATE };

static enum relay_exit
do_work(enum work work, const struct config *config, const char *name)
{
	const struct relay *relay;

	if (work == WORK_CHECK)
		return check(config);
	relay = find_database(config, name);
	if (relay == NULL)
		return EXIT_FAILED;
	return work == WORK_PRINT ? sql_print(relay) : sql_create(relay);
}

/* Takes an option that says what is to be done; false if it is another, or not
 * the first of them. */
static bool
take_work(char **argv, int *i, enum work *work, struct relay_start *start,
    const char **name)
{
	if (*work != WORK_SEND || start->once)
		return false;
	if (strcmp(argv[*i], "--once") == 0)
		start->once = true;
	else if (strcmp(argv[*i], "--check") == 0)
		*work = WORK_CHECK;
	else if (strcmp(argv[*i], "--sql") == 0 && argv[*i + 1] != NULL)
		*work = WORK_PRINT;
	else if (strcmp(argv[*i], "--create") == 0 && argv[*i + 1] != NULL)
		*work = WORK_CREATE;
	else
		return false;
	if (*work == WORK_PRINT || *work == WORK_CREATE)
		*name = argv[++*i];
	return true;
}

int
main(int argc, char **argv)
{
	struct relay_start start = { NULL, false };
	struct config *config;
	enum relay_exit result;
	enum work work = WORK_SEND;
	const char *name = NULL;
	int i;

	io_fill_standard();
	signal(SIGPIPE, SIG_IGN);
	umask(0);
	for (i = 1; i < argc; i++)
		if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
			start.config_file = argv[++i];
		else if (argc == 2 && strcmp(argv[i], "--help") == 0)
			return (int)print(usage);
		else if (argc == 2 && strcmp(argv[i], "--version") == 0)
			return (int)print("hookline-relay " HOOKLINE_VERSION
			    "\n");
		else if (!take_work(argv, &i, &work, &start, &name))
			return (int)wrong_usage(argv[i]);
	sandbox_start();
	config = relay_config(&start);
	if (config == NULL)
		return (int)EXIT_FAILED;
	if (work == WORK_SEND)
		return (int)family_run(&start, config);
	result = do_work(work, config, name);
	config_free(config);
	return (int)result;
}
