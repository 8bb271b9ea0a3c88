/*
 * receiver: the whole story of a request, from the environment to the answer.
 *
 *   request -> endpoint -> authenticate -> validate -> journal -> answer
 *
 * (Meta, "Webhooks: Getting Started".) Whatever is not understood, or cannot be
 * stored, is answered 503: the sender keeps it and comes again.
 *
 * Notifications that are there at the same time go into the journal together:
 * one lock, one write and one sync for all of them.
 */
#ifndef HOOKLINE_RECEIVER_RECEIVER_H
#define HOOKLINE_RECEIVER_RECEIVER_H

#include "http/exchange.h"

/* How the program was started. */
struct receiver_start {
	const char *config_file; /* --config FILE, or NULL */
	char *const *process_env;
	bool cgi;		/* one request, then the end */
	bool tcp;		/* as struct config_search has it */
};

struct receiver;

/*
 * Looks for the configuration, and says in the log where it is not usable;
 * the receiver then answers 503 until it is. `start` must outlive it. NULL
 * when memory is short.
 */
struct receiver *receiver_new(const struct receiver_start *start);
void receiver_free(struct receiver *receiver);

/*
 * Handles one request; `receiver` is a struct receiver. Answers it, unless it
 * is a good notification: that is kept, and `exchange` has to stay, until
 * receiver_settle(), which is called from here too where EXCHANGES_MAX wait.
 */
void receiver_handle(void *receiver, const struct exchange *exchange);

/* Stores the notifications that are kept, all or none, and answers them. Then
 * does what has time until all are answered. */
void receiver_settle(void *receiver);

/*
 * How many milliseconds the process may go on serving; -1: without an end.
 * Where the program, or what its sandbox is tied to, has been replaced, it is
 * to end then, and a new one has to be started.
 */
int receiver_rest(void *receiver);

#endif
