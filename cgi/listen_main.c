#include "listen_main.h"

#include "listen.h"
#include "workers.h"

#include "base/digits.h"
#include "base/log.h"

#include <sys/stat.h>

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum option { OPTION_LISTEN, OPTION_PROCESSES, OPTION_OWN, OPTION_MODE,
    OPTION_GROUP, OPTION_PUBLIC, OPTIONS };

#define KIND(kind) (1U << (kind))

static const struct {
	const char *name;	/* NULL: what the program calls its own */
	const char *standard;	/* its value if it is not given */
	bool alone;		/* it takes no value */
	unsigned not_with;	/* kinds of sockets */
} options[OPTIONS] = {
	[OPTION_LISTEN] = { .name = "--listen" },
	[OPTION_PROCESSES] = { .name = "--processes", .standard = "4" },
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
	char *own;		/* the own option's value, or NULL */
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
wrong(const struct listen_program *program, const char *option,
    const char *why)
{
	fprintf(stderr, "%s: %s: %s; see --help\n", program->name, option,
	    why);
	return false;
}

static size_t
find_option(const struct listen_program *program, const char *name)
{
	size_t i = 0;

	if (strcmp(program->own_option, name) == 0)
		return OPTION_OWN;
	while (i < OPTIONS && (options[i].name == NULL ||
	    strcmp(options[i].name, name) != 0))
		i++;
	return i;
}

/* Sets each value: NULL if not given, or the name of an option without one. */
static bool
read_values(const struct listen_program *program, int argc, char **argv,
    char *values[OPTIONS])
{
	int i;

	for (i = 1; i < argc; i++) {
		size_t option = find_option(program, argv[i]);

		if (option == OPTIONS)
			return wrong(program, argv[i],
			    "is not known with --listen");
		if (values[option] != NULL)
			return wrong(program, argv[i], "is given twice");
		if (!options[option].alone && ++i == argc)
			return wrong(program, argv[i - 1], "needs a value");
		values[option] = argv[i];
	}
	return true;
}

/* Whether each option suits the requested kind of socket. */
static bool
belong_together(const struct listen_program *program,
    char *const values[OPTIONS], enum listen_kind kind)
{
	size_t i;

	for (i = 0; i < OPTIONS; i++)
		if (values[i] != NULL && (options[i].not_with & KIND(kind)))
			return wrong(program, options[i].name,
			    kind == LISTEN_UNIX ? "is not for unix:PATH" :
			    "is for unix:PATH only");
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
read_mode(const struct listen_program *program, const char *text,
    mode_t *mode)
{
	*mode = 0;
	for (; *text >= '0' && *text <= '7' && *mode <= 0777; text++)
		*mode = *mode * 8 + (mode_t)(*text - '0');
	return (*text == '\0' && *mode > 0 && *mode <= 0777) ||
	    wrong(program, options[OPTION_MODE].name,
	    "must be a mode such as 0660");
}

static bool
read_processes(const struct listen_program *program, const char *text,
    size_t *processes)
{
	uint64_t number;

	if (!decimal_read(text, strlen(text), WORKERS_MAX, &number) ||
	    number == 0)
		return wrong(program, options[OPTION_PROCESSES].name,
		    "must be a number from 1 to 64");
	*processes = (size_t)number;
	return true;
}

static bool
read_settings(const struct listen_program *program, int argc, char **argv,
    struct settings *settings)
{
	struct listen_options *socket = &settings->socket;
	char *values[OPTIONS] = { NULL };
	const char *why;

	if (!read_values(program, argc, argv, values))
		return false;
	settings->own = values[OPTION_OWN];
	if (settings->own != NULL && program->why_not != NULL &&
	    (why = program->why_not(settings->own)) != NULL)
		return wrong(program, program->own_option, why);
	socket->program = program->name;
	socket->group = values[OPTION_GROUP];
	socket->public = values[OPTION_PUBLIC] != NULL;
	if (values[OPTION_LISTEN] == NULL ||
	    !listen_parse(values[OPTION_LISTEN], &socket->address))
		return wrong(program, options[OPTION_LISTEN].name,
		    "must be unix:PATH (of up to 107 bytes), HOST:PORT or "
		    "systemd");
	return belong_together(program, values, socket->address.kind) &&
	    read_mode(program, value_of(values, OPTION_MODE), &socket->mode) &&
	    read_processes(program, value_of(values, OPTION_PROCESSES),
	    &settings->processes);
}

/*
 * What is served
 */

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
serve(const struct listen_program *program, const struct settings *settings,
    char *name, int listener)
{
	char path[PATH_MAX], option[32];
	char *const arguments[] = { find_program(name, path),
	    settings->own != NULL ? option : NULL, settings->own, NULL };
	const struct workers_start start = { .listener = listener,
	    .count = settings->processes, .arguments = arguments };

	(void)snprintf(option, sizeof option, "%s", program->own_option);
	LOG(LOG_LEVEL_INFO, "listening",
	    LOG_TEXT("address", settings->socket.address.text),
	    LOG_NUMBER("processes", settings->processes));
	return workers_run(&start);
}

int
listen_main(const struct listen_program *program, int argc, char **argv)
{
	struct settings settings = { 0 };
	struct listener listener;
	int status = 1;

	if (!read_settings(program, argc, argv, &settings))
		return 2;
	if (!listen_open(&settings.socket, &listener))
		return 1;
	if (!listener.tcp || program->may_serve_tcp(settings.own,
	    settings.socket.address.text))
		status = serve(program, &settings, argv[0], listener.fd);
	listen_close(&listener);
	return status;
}
