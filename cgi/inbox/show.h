/*
 * show: answers a request of somebody who has logged in, from the journal.
 */
#ifndef HOOKLINE_INBOX_SHOW_H
#define HOOKLINE_INBOX_SHOW_H

#include "http/exchange.h"
#include "inbox/ask.h"
#include "inbox/denied.h"

#include <stdbool.h>

struct show {
	const struct exchange *exchange;
	const struct ask *ask;
	const char *directory;	/* the journal's; not needed for file= */
	const struct denied_names *names;
	bool cgi;		/* each request starts a process */
};

/* Answers, and ends the exchange. */
void show_answer(const struct show *show);

#endif
