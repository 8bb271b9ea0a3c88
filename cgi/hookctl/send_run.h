/*
 * send_run: sends what a maker makes, at a given rate, and counts what comes
 * back.
 */
#ifndef HOOKLINE_HOOKCTL_SEND_RUN_H
#define HOOKLINE_HOOKCTL_SEND_RUN_H

#include "hookctl/hookctl.h"
#include "hookctl/send_maker.h"
#include "hookctl/send_tally.h"

#include <stdbool.h>
#include <stdint.h>

struct send_run {
	struct send_maker *maker;
	struct tally *tally;
	uint64_t total;		/* requests */
	uint64_t rate;		/* a second; 0: as fast as the answers come */
	uint64_t connections;	/* 1 or more */
	double seconds;		/* how long it took */
};

/*
 * Requests begin when the rate says so, whether or not earlier ones have been
 * answered, as long as there is a connection without one. SIGINT or SIGTERM
 * ends the run, without waiting for the requests that are in flight.
 *
 * STATUS_DONE, or STATUS_WRONG if it was ended or the rate was not reached, or
 * STATUS_FAILED, after a message, if nothing could be connected to or memory is
 * short.
 */
enum status send_run(struct send_run *run);

#endif
