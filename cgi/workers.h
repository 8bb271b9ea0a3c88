/*
 * workers: keeps processes running that serve one socket: the same program that
 * a web server would start, with the socket as descriptor 0.
 *
 * Each is started from the program's file, and is replaced when it ends: after
 * 1 s, then 2 and so on up to 30, until one has lived for 30 s. A worker that
 * ends well after 30 s makes room for a new one (see receiver.h), which is
 * started at once. Workers end when their parent does.
 *
 *   SIGHUP                     replaces them, one by one: the old one goes on
 *                              until the new one has lived for a second;
 *                              if that ends sooner, the old ones stay
 *   SIGTERM, SIGINT,           end: workers finish what has begun, for 15 s at
 *   SIGUSR1, SIGQUIT           most
 *
 * Every child that ends is reaped, so this process may be process 1.
 */
#ifndef HOOKLINE_WORKERS_H
#define HOOKLINE_WORKERS_H

#include <stddef.h>

#define WORKERS_MAX 64

struct workers_start {
	int listener;		/* close-on-exec */
	size_t count;		/* 1 to WORKERS_MAX */
	/* The program's path, its arguments, and a NULL. If the file cannot be
	 * executed, the running program is. */
	char *const *arguments;
};

/* Returns the exit status when it has been told to end: 1 if a worker had to be
 * killed, else 0. No signal may have a handler when it is called. */
int workers_run(const struct workers_start *start);

#endif
