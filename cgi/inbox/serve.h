/*
 * serve: the whole way of a request through the inbox, from the environment to
 * the answer:
 *
 *   request -> logged in? -> method -> query -> journal -> answer
 *
 * The inbox only reads. It knows no secret, and never looks at hookline.conf.
 */
#ifndef HOOKLINE_INBOX_SERVE_H
#define HOOKLINE_INBOX_SERVE_H

#include "http/exchange.h"

#include <stdbool.h>

/* How the program was started. */
struct serve_start {
	const char *directory;	/* --directory DIR, or NULL */
	char *const *process_env;
	bool cgi;		/* one request, then the end */
};

struct serve;

/* Keeps `start`, which must outlive it. NULL if memory runs out. */
struct serve *serve_new(const struct serve_start *start);
void serve_free(struct serve *serve);

/* Answers one request; `serve` is a struct serve. */
void serve_handle(void *serve, const struct exchange *exchange);

/*
 * For how many milliseconds the process may go on serving. -1: no limit; 0: it
 * must end, since the program or the journal's folder has been replaced.
 */
int serve_rest(void *serve);

#endif
