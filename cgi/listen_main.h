/*
 * listen_main: what hookline.fcgi does with --listen: it makes a socket, and
 * keeps workers running that serve it (workers.h).
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
 * in any order, each once. Returns the exit status: that of workers_run(), when
 * told to end; 1 if there is no socket, or what is configured must not be
 * served on it; 2 if the arguments are not understood. Problems are reported on
 * standard error.
 */
int listen_main(int argc, char **argv);

#endif
