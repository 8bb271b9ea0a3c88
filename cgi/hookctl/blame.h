/*
 * blame: what stopped a request before it reached hookline, told by what came
 * back: one table of causes, each with the line that changes it.
 */
#ifndef HOOKLINE_HOOKCTL_BLAME_H
#define HOOKLINE_HOOKCTL_BLAME_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

/* What is known about a request and its answer. From an access log that is the
 * status, the length if it is logged, and the server whose log it is. */
struct blame_facts {
	int status;
	bool get;		/* GET or HEAD, otherwise POST */
	const char *server;	/* "Apache/2.4 (Debian)", ...; "": unknown */
	const char *word;	/* hookline's own, if it answered; or "" */
	struct span head;	/* of the answer; absent if unknown */
	struct span body;	/* the same */
	size_t sent;		/* bytes of the request's body; 0: unknown */
	const char *rule;	/* of ModSecurity's core rules, known to stop
				 * what was sent; "": none is known */
};

struct blame {
	const char *name;	/* "FcgidMaxRequestLen": for a table */
	const char *text;	/* what follows the status in a sentence:
				 * " by nginx: client_max_body_size 8m; ..." */
	const char *mend;	/* another line: what to do; or NULL */
};

/* The cause that fits best; never NULL. */
const struct blame *blame_find(const struct blame_facts *facts);

#endif
