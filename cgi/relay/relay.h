/*
 * relay: hookline-relay(8), and what its files share.
 *
 *   main.c       the command line, --check, --once
 *   family.c     the parent: one process for each relay of the configuration
 *   claim.c      the lock that keeps a second hookline-relay away
 *   child.c      such a process: what it opens, its signals, how it ends
 *   http.c       sends records to an HTTP endpoint
 *   sender.c     judges the answers, and does what follows
 *   letters.c    whose fault a failure is, and when to give up
 *   sql.c        sends records to a database; the statements, the connection
 *                and all that belong to it are in sql_*.c
 *   tell.c       says whether the destination takes records
 *   postbox.c    dead letters, the cursor, the published status
 *   passed.c     what receivers may acknowledge
 *   source.c     the records to be sent
 *   wanted.c     which of them are sent at all
 *   window.c     which of them are done
 *   common.c     configuration and signals
 */
#ifndef HOOKLINE_RELAY_RELAY_H
#define HOOKLINE_RELAY_RELAY_H

#include "config/config.h"

#include <stdbool.h>

enum relay_exit {
	EXIT_DONE = 0,
	EXIT_WRONG = 1,		/* dead letters were written */
	EXIT_USAGE = 2,
	EXIT_FAILED = 3
};

/* What the command line says. */
struct relay_start {
	const char *config_file;	/* or NULL: it is searched for */
	bool once;
};

/* How long requests in flight may take after SIGTERM, in milliseconds. */
#define RELAY_STOP_MS 10000

/* common.c: loads the configuration; NULL after a log line. */
struct config *relay_config(const struct relay_start *start);

/* For a child: makes SIGTERM and SIGINT end any wait, and be remembered. */
void relay_take_signals(void);

/* Whether one of them has come. */
bool relay_must_end(void);

/* family.c: runs all relays until SIGTERM or SIGINT, or, with `once`, until
 * each has sent everything. Frees the configuration. */
enum relay_exit family_run(const struct relay_start *start,
    struct config *config);

/* child.c: runs the relay of this name, in a process of its own. */
enum relay_exit child_run(const struct relay_start *start, const char *name);

#endif
