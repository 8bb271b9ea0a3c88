/*
 * missed_own: hookline's own answers to a POST, as an access log and the
 * counters show them.
 *
 * Each is one word and a newline. If a log has the size of the body, that size
 * tells hookline's answers from others. If the size includes the headers (%O,
 * as in Debian's Apache), only the counters can tell.
 */
#ifndef HOOKLINE_HOOKCTL_MISSED_OWN_H
#define HOOKLINE_HOOKCTL_MISSED_OWN_H

#include "hookctl/missed_line.h"
#include "journal/counters_view.h"

#include <stdint.h>

/* What an answer's size says about it. */
enum missed_size {
	SIZE_OWN,		/* just that of hookline's body */
	SIZE_ZIPPED,		/* perhaps that, compressed by the server */
	SIZE_HEADERS,		/* perhaps that, with the headers */
	SIZE_BEFORE,		/* the same, but before counting began */
	SIZE_OTHER,		/* not hookline's */
	SIZES
};

enum missed_size missed_own_size(const struct missed_line *line);

/* How many POSTs hookline has answered with this status, as its counters
 * say. */
uint64_t missed_own_count(int status, const struct counters_numbers *numbers);

/* How many of its 400s were for a body that did not arrive as a whole. */
uint64_t missed_own_cut(const struct counters_numbers *numbers);

#endif
