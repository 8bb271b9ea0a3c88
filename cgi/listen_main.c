#include "listen_main.h"

#include "listen.h"
#include "workers.h"

#include "base/digits.h"
#include "base/log.h"
#include "config/config.h"

#include <sys/stat.h>

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

enum option { OPTION_LISTEN, OPTION_PROCESSES, OPTION_CONFIG, OPTION_MODE,
    OPTION_GROUP, OPTION_PUBLIC, OPTIONS };

#define KIND(kind) (1U << (kind))

static const struct {
	const char *name;
	const char *standard;	/* its value if it is not given */
	bool alone;		/* it takes no value */
	unsigned not_with;	/* kinds of sockets */
} options[OPTIONS] = {
	[OPTION_LISTEN] = { .name = "--listen" },
	[OPTION_PROCESSES] = { .name = "--processes", .standard = "4" },
	[OPTION_CONFIG] = { .name = "--config" },
	[OPTION_MODE] = { .name = "--socket-mode", .standard = "0660",
	    .not_with = KIND(LISTEN_TCP) | KIND(LISTEN_SYSTEMD) },
	[OPTION_GROUP] = { .name = "--socket-group",
	    .not_with = KIND(LISTEN_TCP) | KIND(LISTEN_SYSTEMD) },
	[OPTION_PUBLIC] = { .name = "--public", .alone = true,
	    .not_with = KIND(LISTEN_UNIX) },
};

struct settings {
	struct listen_options socket;
	size_t processes;
	char *config_file;	/* NULL: it is searched for */
};

/*
 * The command line
 */

bool
listen_is_asked(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (strcmp(argv[i], options[OPTION_LISTEN].name) == 0)
			return true;
	return false;
}

/* Prints what is wrong with an option; always false. */
static bool
wrong(const char *option, const char *why)
{
	fprintf(stderr, "hookline.fcgi: %s: %s; see --help\n", option, why);
	return false;
}

static size_t
find_option(const char *name)
{
	size_t i = 0;

	while (i < OPTIONS && strcmp(options[i].name, name) != 0)
		i++;
	return i;
}

/* Sets each value: NULL if not given, or the name of an option without one. */
static bool
read_values(int argc, char **argv, char *values[OPTIONS])
{
	int i;

	for (i = 1; i < argc; i++) {
		size_t option = find_option(argv[i]);

		if (option == OPTIONS)
			return wrong(argv[i], "is not known with --listen");
		if (values[option] != NULL)
			return wrong(argv[i], "is given twice");
		if (!options[option].alone && ++i == argc)
			return wrong(argv[i - 1], "needs a value");
		values[option] = argv[i];
	}
	return true;
}

/* Whether each option suits the requested kind of socket. */
static bool
belong_together(char *const values[OPTIONS], enum listen_kind kind)
{
	size_t i;

	for (i = 0; i < OPTIONS; i++)
		if (values[i] != NULL && (options[i].not_with & KIND(kind)))
			return wrong(options[i].name, kind == LISTEN_UNIX ?
			    "is not for unix:PATH" : "is for unix:PATH only");
	return true;
}

static const char *
value_of(char *const values[OPTIONS], enum option option)
{
	return values[option] != NULL ? values[option] :
	    options[option].standard;
}

/* Reads a file mode in octal digits. */
static bool
read_mode(const char *text, mode_t *mode)
{
	*mode = 0;
	for (; *text >= '0' && *text <= '7' && *mode <= 0777; text++)
		*mode = *mode * 8 + (mode_t)(*text - '0');
	return (*text == '\0' && *mode > 0 && *mode <= 0777) ||
	    wrong(options[OPTION_MODE].name, "must be a mode such as 0660");
}

static bool
read_processes(const char *text, size_t *processes)
{
	uint64_t number;

	if (!decimal_read(text, strlen(text), WORKERS_MAX, &number) ||
	    number == 0)
		return wrong(options[OPTION_PROCESSES].name,
		    "must be a number from 1 to 64");
	*processes = (size_t)number;
	return true;
}

static bool
read_settings(int argc, char **argv, struct settings *settings)
{
	struct listen_options *socket = &settings->socket;
	char *values[OPTIONS] = { NULL };

	if (!read_values(argc, argv, values))
		return false;
	settings->config_file = values[OPTION_CONFIG];
	socket->group = values[OPTION_GROUP];
	socket->public = values[OPTION_PUBLIC] != NULL;
	if (values[OPTION_LISTEN] == NULL ||
	    !listen_parse(values[OPTION_LISTEN], &socket->address))
		return wrong(options[OPTION_LISTEN].name, "must be unix:PATH "
		    "(of up to 107 bytes), HOST:PORT or systemd");
	return belong_together(values, socket->address.kind) &&
	    read_mode(value_of(values, OPTION_MODE), &socket->mode) &&
	    read_processes(value_of(values, OPTION_PROCESSES),
	    &settings->processes);
}

/*
 * What is served
 */

static void
drop_warning(void *argument, const char *text)
{
	(void)argument;
	(void)text;
}

static bool
is_usable(struct config_search *search, struct config_problem *problem)
{
	struct config *config;
	bool usable = config_load(search, &config, problem) == CONFIG_OK;

	config_free(config);
	return usable;
}

/*
 * Whether TCP may serve what is configured. A configuration that cannot be used
 * at all does not keep hookline from starting: workers then answer 503, and log
 * why.
 */
static bool
may_serve(const struct settings *settings, const struct listener *listener)
{
	struct config_search search = { .file = settings->config_file,
	    .warn = drop_warning, .look = true };
	struct config_problem problem;

	if (!listener->tcp)
		return true;
	config_search_process(&search, environ, false);
	if (!is_usable(&search, &problem))
		return true;
	search.tcp = true;
	if (is_usable(&search, &problem))
		return true;
	fprintf(stderr, "hookline.fcgi: --listen %s: %s\n",
	    settings->socket.address.text, problem.text);
	return false;
}

/*
 * The path by which the program was started, if `name` is one: whatever file is
 * there when a worker is started counts, and a link may lead to another one by
 * then. Otherwise the path of the running program, stored in `path`.
 */
static char *
find_program(char *name, char path[PATH_MAX])
{
	static const char own[] = "/proc/self/exe";
	struct stat named, running;
	ssize_t length;

	if (*name == '/' && stat(name, &named) == 0 &&
	    stat(own, &running) == 0 && named.st_dev == running.st_dev &&
	    named.st_ino == running.st_ino)
		return name;
	length = readlink(own, path, PATH_MAX - 1);
	if (length <= 0)
		return name;
	path[length] = '\0';
	return path;
}

static int
serve(const struct settings *settings, char *name, int listener)
{
	char path[PATH_MAX], config[] = "--config";
	char *const arguments[] = { find_program(name, path),
	    settings->config_file != NULL ? config : NULL,
	    settings->config_file, NULL };
	const struct workers_start start = { .listener = listener,
	    .count = settings->processes, .arguments = arguments };

	LOG(LOG_LEVEL_INFO, "listening",
	    LOG_TEXT("address", settings->socket.address.text),
	    LOG_NUMBER("processes", settings->processes));
	return workers_run(&start);
}

int
listen_main(int argc, char **argv)
{
	struct settings settings = { 0 };
	struct listener listener;
	int status = 1;

	if (!read_settings(argc, argv, &settings))
		return 2;
	if (!listen_open(&settings.socket, &listener))
		return 1;
	if (may_serve(&settings, &listener))
		status = serve(&settings, argv[0], listener.fd);
	listen_close(&listener);
	return status;
}
