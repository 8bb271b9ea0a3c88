#include "check_config.h"

#include "base/error.h"
#include "config/config.h"
#include "journal/journal.h"

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
    "       hookline.fcgi --version\n"
    "       hookline.fcgi --help\n"
    "A web server runs it by CGI or FastCGI, without arguments or with\n"
    "--config FILE (FastCGI only).\n";

static const struct option *
find_option(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof options / sizeof options[0]; i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

/* One action, and --config with --check-config alone; nothing twice. */
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
	if (!config->journal.sync)
		print_warning(NULL, "sync = false: notifications are "
		    "acknowledged before the disk has them");
}

static void
print_endpoint(const struct endpoint *endpoint)
{
	static const char *const certificates[] = {
		[CLIENT_CERT_OFF] = "none asked for",
		[CLIENT_CERT_SERVER] = "checked by the web server",
		[CLIENT_CERT_ALB] = "checked by an AWS load balancer" };

	printf("endpoint:         %s\n", endpoint->path);
	printf("  app secrets:    %zu\n", endpoint->secret_count);
	printf("  signatures:     %s\n", endpoint->allow_sha1 ?
	    "SHA-256, or SHA-1 where that is all there is" : "SHA-256");
	printf("  certificate:    %s\n", certificates[endpoint->client_cert]);
	if (endpoint->client_cert != CLIENT_CERT_OFF)
		printf("  its name:       %s\n", endpoint->client_cert_cn);
}

/* Whether the receiver could write to the journal, as this user. */
static int
check_directory(const struct config *config)
{
	static const char *const states[] = {
		[ERR_NONE] = NULL,
		[ERR_INPUT] = "cannot be used",
		[ERR_MISSING] = "its parent folder is not there",
		[ERR_UNSAFE] = "cannot be written by this user, is a link, may be "
		    "written by others, or is on NFS",
		[ERR_BUSY] = "cannot be used at the moment",
		[ERR_FULL] = "there is no room left",
		[ERR_IO] = "cannot be used",
	};
	enum error error = journal_check(&config->journal);

	if (error != ERR_NONE) {
		(void)fflush(stdout);
		fprintf(stderr, "hookline.fcgi: %s: %s: %s\n",
		    error == ERR_FULL ? "disk-full" : "not-writable",
		    config->directory, states[error]);
		return 1;
	}
	printf("journal:          %s\n", access(config->directory, F_OK) == 0 ?
	    "is there and can be written" :
	    "is made when the first notification comes");
	return 0;
}

static int
print_config(const struct config *config)
{
	size_t i;

	print_general(config);
	for (i = 0; i < config->endpoint_count; i++)
		print_endpoint(&config->endpoints[i]);
	return check_directory(config);
}

static void
print_places(const struct config_search *search)
{
	char **places = config_places(search);
	size_t i;

	fprintf(stderr, "Looked for, in this order:\n");
	for (i = 0; places != NULL && places[i] != NULL; i++)
		fprintf(stderr, "  %s\n", places[i]);
	config_places_free(places);
	fprintf(stderr, "and then for the environment variables "
	    "HOOKLINE_VERIFY_TOKEN,\nHOOKLINE_APP_SECRET and "
	    "HOOKLINE_DIRECTORY.\n");
}

static int
print_problem(const struct config_search *search, enum config_status status,
    const struct config_problem *problem)
{
	(void)fflush(stdout);
	fprintf(stderr, "hookline.fcgi: %s: %s\n", config_status_word(status),
	    problem->text);
	if (status == CONFIG_NONE && search->file == NULL &&
	    search->env_file == NULL)
		print_places(search);
	if (status == CONFIG_UNSAFE && geteuid() == 0)
		fprintf(stderr, "This was asked as root; the web server's own "
		    "user may own the file: ask as that user.\n");
	return 1;
}

static int
check(const char *file)
{
	struct config_search search = { .file = file, .warn = print_warning };
	struct config_problem problem;
	struct config *config;
	enum config_status status;
	int exit_status;

	config_search_process(&search, environ, false);
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
