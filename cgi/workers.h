/*
 * workers: keeps processes that serve one socket: the same program as a web
 * server would start, with the socket as descriptor 0.
 *
 * Each is started from the program's file, and so is a new one in its place
 * when it has ended: after 1 s, then 2 and so on up to 30, until one has lived
 * for 30 s. One that ends well after such a time makes room for a new one (see
 * receiver.h), which is started at once. They end when their parent does.
 *
 *   SIGHUP                     starts them anew, one by one: the old one goes
 *                              on until the new one has lived for half a
 *                              second; where that ends before, the old ones
 *                              stay
 *   SIGTERM, SIGINT, SIGUSR1   end: workers finish what has begun, for 15 s at
 *                              most
 *
 * Whatever else ends as its child is reaped, so it may be process 1.
 */
#ifndef HOOKLINE_WORKERS_H
#define HOOKLINE_WORKERS_H

#include <stddef.h>

#define WORKERS_MAX 64

struct workers_start {
	int listener;		/* close-on-exec */
	size_t count;		/* 1 to WORKERS_MAX */
	/* The program's path and its arguments, and a NULL. Where the file
	 * cannot be executed, the one that runs is. */
	char *const *arguments;
};

/* Returns when it has been told to end, with the exit status: 1 where a worker
 * had to be killed, else 0. No signal must be caught when it is called. */
int workers_run(const struct workers_start *start);

#endif
