#include "check_config.h"
#include "check_facts.h"
#include "check_user.h"

#include "config/config.h"
#include "journal/journal.h"

#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum action { ACTION_NONE, ACTION_CHECK, ACTION_VERSION, ACTION_HELP };

struct arguments {
	enum action action;
	const char *file;	/* --config, or NULL */
};

static const struct option {
	const char *name;
	enum action action;	/* ACTION_NONE: it takes a file */
} options[] = {
	{ "--check-config", ACTION_CHECK },
	{ "--version", ACTION_VERSION },
	{ "--help", ACTION_HELP },
	{ "--config", ACTION_NONE },
};

static const char usage[] =
    "usage: hookline.fcgi --check-config [--config FILE]\n"
    "       hookline.fcgi --listen unix:PATH [--processes N] [--config FILE]\n"
    "                     [--socket-mode MODE] [--socket-group GROUP]\n"
    "       hookline.fcgi --listen HOST:PORT|systemd [--public]\n"
    "                     [--processes N] [--config FILE]\n"
    "       hookline.fcgi --version\n"
    "       hookline.fcgi --help\n"
    "A web server runs it by CGI or FastCGI, without arguments or with\n"
    "--config FILE (FastCGI only). With --listen it serves FastCGI by itself,\n"
    "on a socket of its own.\n";

static const struct option *
find_option(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof options / sizeof options[0]; i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

/* Accepts one action, --config only with --check-config, and nothing twice. */
static int
read_arguments(int argc, char **argv, struct arguments *arguments)
{
	int i;

	for (i = 1; i < argc; i++) {
		const struct option *option = find_option(argv[i]);

		if (option == NULL)
			return 0;
		if (option->action == ACTION_NONE) {
			if (arguments->file != NULL || i + 1 == argc)
				return 0;
			arguments->file = argv[++i];
			continue;
		}
		if (arguments->action != ACTION_NONE)
			return 0;
		arguments->action = option->action;
	}
	return arguments->action != ACTION_NONE &&
	    (arguments->file == NULL || arguments->action == ACTION_CHECK);
}

static void
print_warning(void *argument, const char *text)
{
	(void)argument;
	printf("warning:          %s\n", text);
}

static void
print_size(const char *label, uint64_t size, const char *none)
{
	static const char units[] = " KMG";
	size_t unit = 0;

	if (size == 0) {
		printf("%-17s %s\n", label, none);
		return;
	}
	while (size % 1024 == 0 && units[unit + 1] != '\0') {
		size /= 1024;
		unit++;
	}
	printf("%-17s %" PRIu64 "%.*s\n", label, size, unit > 0,
	    units + unit);
}

static void
print_count(const char *label, uint64_t count, const char *none)
{
	if (count == 0)
		printf("%-17s %s\n", label, none);
	else
		printf("%-17s %" PRIu64 "\n", label, count);
}

static void
print_seconds(const char *label, int64_t seconds, const char *none)
{
	if (seconds == 0)
		printf("%-17s %s\n", label, none);
	else if (seconds % 86400 == 0)
		printf("%-17s %" PRId64 "d\n", label, seconds / 86400);
	else if (seconds % 3600 == 0)
		printf("%-17s %" PRId64 "h\n", label, seconds / 3600);
	else
		printf("%-17s %" PRId64 "s\n", label, seconds);
}

static void
print_acknowledge(const struct config *config)
{
	const char *relay = config_acknowledging(config);
	const char *warning = check_acknowledge(config);

	if (relay == NULL)
		printf("acknowledged:     when on disk\n");
	else
		printf("acknowledged:     when relay %s has passed it, within "
		    "%" PRIu64 " ms\n", relay, config->acknowledge_within);
	if (warning != NULL)
		print_warning(NULL, warning);
}

static void
print_rotation(const struct journal_options *journal)
{
	static const char *const periods[] = { [PERIOD_NEVER] = "never by time",
	    [PERIOD_HOUR] = "every hour", [PERIOD_DAY] = "every day" };

	printf("rotation:         %s\n", periods[journal->rotate_every]);
	print_size("rotation at:", journal->rotate_size, "never by size");
	print_count("files kept:", journal->keep_files, "all");
	print_count("days kept:", journal->keep_days, "for ever");
	print_size("size kept:", journal->keep_size, "no limit");
	printf("rotated files:    %s\n", journal->compress ?
	    "compressed by gzip" : "plain");
}

static void
print_general(const struct config *config)
{
	printf("configuration:    %s\n", config->file != NULL ? config->file :
	    "environment variables");
	printf("directory:        %s\n", config->directory);
	printf("file mode:        %04o\n", (unsigned)config->journal.file_mode);
	print_rotation(&config->journal);
	printf("a line for each:  %s\n", config->lines == LINES_UPDATE ?
	    "update" : "notification");
	print_seconds("duplicate window:", config->journal.window,
	    "none: duplicates are kept");
	print_size("largest body:", config->max_body, "");
	printf("log:              %s\n", config->log_file[0] != '\0' ?
	    config->log_file : "the web server's error log");
	if (check_sync(config) != NULL)
		print_warning(NULL, check_sync(config));
	print_acknowledge(config);
}

static void
print_endpoint(const struct endpoint *endpoint)
{
	static const char *const certificates[] = {
		[CLIENT_CERT_OFF] = "not required",
		[CLIENT_CERT_SERVER] = "checked by the web server",
		[CLIENT_CERT_ALB] = "checked by an AWS load balancer" };

	printf("endpoint:         %s\n", endpoint->name);
	if (endpoint->accept_unsigned)
		printf("  path:           not shown: it must stay secret\n");
	else if (strcmp(endpoint->name, endpoint->path) != 0)
		printf("  path:           %s\n", endpoint->path);
	printf("  app secrets:    %zu\n", endpoint->app_secrets.count);
	printf("  verify tokens:  %zu\n", endpoint->verify_tokens.count);
	printf("  signatures:     %s%s\n",
	    endpoint->app_secrets.count == 0 ? "not checked" :
	    endpoint->allow_sha1 ?
	    "SHA-256, or SHA-1 if that is all there is" : "SHA-256",
	    endpoint->accept_unsigned && endpoint->app_secrets.count > 0 ?
	    ", or none at all" : "");
	printf("  certificate:    %s\n", certificates[endpoint->client_cert]);
	if (endpoint->client_cert != CLIENT_CERT_OFF)
		printf("  its name:       %s\n", endpoint->client_cert_cn);
}

static int
print_journal(const struct config *config)
{
	struct check_journal found;

	check_journal(config, &found);
	if (found.word != NULL) {
		(void)fflush(stdout);
		fprintf(stderr, "hookline.fcgi: %s: %s\n", found.word,
		    found.why);
		return 1;
	}
	if (found.warning != NULL)
		print_warning(NULL, found.warning);
	printf("journal:          %s\n", found.exists ?
	    "exists and can be written to" :
	    "is created when the first notification comes");
	return 0;
}

/* The receiver would go on without it, and log where nobody may be looking. */
static int
print_log(const struct config *config)
{
	char why[512];

	if (check_log(config, why, sizeof why))
		return 0;
	(void)fflush(stdout);
	fprintf(stderr, "hookline.fcgi: log_file: %s: %s: events go to the web "
	    "server's error log\n", config->log_file, why);
	return 1;
}

static int
print_config(const struct config *config)
{
	int exit_status;
	size_t i;

	config_weak(config, print_warning, NULL);
	print_general(config);
	printf("sandbox:          %s\n", check_sandbox());
	for (i = 0; i < config->endpoint_count; i++)
		print_endpoint(&config->endpoints[i]);
	exit_status = print_log(config);
	return print_journal(config) | exit_status;
}

/* Prints a place, and says so if something there may not be examined. */
static void
print_place(const char *path)
{
	struct stat status;

	fprintf(stderr, "  %s", path);
	if (lstat(path, &status) == -1 && errno != ENOENT && errno != ENOTDIR)
		fprintf(stderr, ": %s", strerror(errno));
	fputc('\n', stderr);
}

static void
print_places(const struct config_search *search)
{
	char **places = config_places(search);
	size_t i;

	fprintf(stderr, "hookline.fcgi: %s: there is no hookline.conf.\n"
	    "These places were searched, in this order:\n",
	    config_status_word(CONFIG_NONE));
	for (i = 0; places != NULL && places[i] != NULL; i++)
		print_place(places[i]);
	config_places_free(places);
	fprintf(stderr, "and then the environment variables "
	    "HOOKLINE_VERIFY_TOKEN,\nHOOKLINE_APP_SECRET and "
	    "HOOKLINE_DIRECTORY.\n");
}

static int
print_problem(const struct config_search *search, enum config_status status,
    const struct config_problem *problem)
{
	(void)fflush(stdout);
	if (status == CONFIG_NONE && search->file == NULL &&
	    (search->env_file == NULL || *search->env_file == '\0')) {
		print_places(search);
		return 1;
	}
	fprintf(stderr, "hookline.fcgi: %s: %s\n", config_status_word(status),
	    problem->text);
	return 1;
}

/* If root calls this, it becomes the user that it checks as. */
static bool
change_user(const struct config_search *search)
{
	struct check_user user;

	if (geteuid() != 0)
		return true;
	check_user_choose(search, &user);
	printf("checked as:       %s (%s)\n", user.account.name, user.why);
	if (check_user_become(&user.account))
		return true;
	(void)fflush(stdout);
	fprintf(stderr, "hookline.fcgi: cannot check as %s: %s\n",
	    user.account.name, strerror(errno));
	return false;
}

static int
check(const char *file)
{
	struct account owner = { 0 };
	struct config_search search;
	struct config_problem problem;
	struct config *config;
	enum config_status status;
	int exit_status;

	check_search(&search, file, &owner);
	search.warn = print_warning;
	if (!change_user(&search))
		return 1;
	status = config_load(&search, &config, &problem);
	if (status != CONFIG_OK)
		return print_problem(&search, status, &problem);
	exit_status = print_config(config);
	config_free(config);
	return exit_status;
}

int
check_config_main(int argc, char **argv)
{
	struct arguments arguments = { 0 };

	if (!read_arguments(argc, argv, &arguments)) {
		fputs(usage, stderr);
		return 2;
	}
	if (arguments.action == ACTION_VERSION)
		puts("hookline " HOOKLINE_VERSION);
	else if (arguments.action == ACTION_HELP)
		fputs(usage, stdout);
	else
		return check(arguments.file);
	return 0;
}
