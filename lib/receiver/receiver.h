/*
 * receiver: the whole story of a request, from the environment to the answer.
 *
 *   request -> endpoint -> authenticate -> validate -> journal -> answer
 *
 * (Meta, "Webhooks: Getting Started".) A notification that cannot be stored is
 * answered 503: the sender keeps it and tries again.
 *
 * Notifications that arrive at the same time go into the journal together: with
 * one lock, one write and one sync.
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
 * Looks for the configuration, and logs why it is not usable; the receiver then
 * answers 503 until it is. `start` must outlive the receiver. NULL if memory
 * runs out.
 */
struct receiver *receiver_new(const struct receiver_start *start);
void receiver_free(struct receiver *receiver);

/*
 * Handles one request; `receiver` is a struct receiver. Answers at once, except
 * for a good notification: it is kept, and `exchange` must stay valid, until
 * receiver_settle(). If EXCHANGES_MAX wait, that is called from here. At most
 * EXCHANGES_LIVE may be unanswered at a time.
 */
void receiver_handle(void *receiver, const struct exchange *exchange);

/* Stores the notifications that are kept, all or none, and answers them, except
 * those that must wait for a relay. Then does the work that could wait for the
 * answers. */
void receiver_settle(void *receiver);

/* Does the work of exchange_handler.revisit(), for those that wait for a
 * relay. */
size_t receiver_revisit(void *receiver, int wait_ms);

/*
 * How many milliseconds the process may go on serving; -1: no limit. If the
 * program, or what its sandbox is tied to, has been replaced, it must end by
 * then, and a new one must be started.
 */
int receiver_rest(void *receiver);

#endif
