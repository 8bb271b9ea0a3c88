/*
 * listen_main: what a program does with --listen: it makes a socket, and keeps
 * workers running that serve it (workers.h).
 */
#ifndef HOOKLINE_LISTEN_MAIN_H
#define HOOKLINE_LISTEN_MAIN_H

#include <stdbool.h>

struct listen_program {
	const char *name;	/* for messages */
	const char *own_option;	/* such as --config: workers get it, and its
				 * value, as their arguments */
	/* Whether it may be served by TCP, with this value or NULL, at the
	 * address with this name. If not, prints why not. */
	bool (*may_serve_tcp)(const char *value, const char *address);
	/* Why the own option cannot have this value, in words such as "must be
	 * ..."; NULL: it can. Without this member, it can. */
	const char *(*why_not)(const char *value);
};

/* Whether one of the arguments is --listen. */
bool listen_is_asked(int argc, char **argv);

/*
 *   --listen unix:PATH|HOST:PORT|systemd [--processes N] [OWN VALUE]
 *   [--socket-mode MODE] [--socket-group GROUP] [--public]
 *
 * in any order, each once; OWN is the program's own option. Returns the exit
 * status: that of workers_run(), when told to end; 1 if there is no socket, or
 * it must not be served by TCP; 2 if the arguments are not understood. Problems
 * are reported on standard error.
 */
int listen_main(const struct listen_program *program, int argc, char **argv);

#endif
