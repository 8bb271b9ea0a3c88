/*
 * missed_own: hookline's own answers to a POST, as an access log and the
 * counters show them.
 *
 * Each is one word and a newline, so where a log has the size of the body, that
 * tells hookline's answer from another's. Where it has the headers' size in it
 * (%O, as Debian's Apache), only the counters tell.
 */
#ifndef HOOKLINE_HOOKCTL_MISSED_OWN_H
#define HOOKLINE_HOOKCTL_MISSED_OWN_H

#include "hookctl/missed_line.h"
#include "journal/counters_view.h"

#include <stdint.h>

/* What an answer's size says about it. */
enum missed_size {
	SIZE_OWN,		/* the body is hookline's, to the byte */
	SIZE_ZIPPED,		/* it may be, compressed by the server */
	SIZE_HEADERS,		/* it may be, if headers are counted */
	SIZE_BEFORE,		/* the same, before counting began */
	SIZE_OTHER,		/* it is another's */
	SIZES
};

enum missed_size missed_own_size(const struct missed_line *line);

/* How many POSTs hookline has answered with this status, by its counters. */
uint64_t missed_own_count(int status, const struct counters_numbers *numbers);

/* How many of its 400s are about a body that did not arrive whole. */
uint64_t missed_own_cut(const struct counters_numbers *numbers);

#endif
