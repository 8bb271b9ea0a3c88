/*
 * listen_main: what hookline.fcgi does with --listen: it makes a socket, and
 * keeps workers that serve it, see workers.h.
 */
#ifndef HOOKLINE_LISTEN_MAIN_H
#define HOOKLINE_LISTEN_MAIN_H

#include <stdbool.h>

/* Whether one of the arguments is --listen. */
bool listen_is_asked(int argc, char **argv);

/*
 *   --listen unix:PATH|HOST:PORT|systemd [--processes N] [--config FILE]
 *   [--socket-mode MODE] [--socket-group GROUP] [--public]
 *
 * in any order, each once. Returns the exit status when it has been told to
 * end: see workers_run(); 1 where there is no socket, or what is configured
 * must not be served on it; 2 for arguments that are not understood. What is
 * wrong goes to standard error.
 */
int listen_main(int argc, char **argv);

#endif
