/*
 * missed_judge: decides which of the POSTs in an access log were answered by
 * hookline, and which by something before it.
 */
#ifndef HOOKLINE_HOOKCTL_MISSED_JUDGE_H
#define HOOKLINE_HOOKCTL_MISSED_JUDGE_H

#include "config/config.h"
#include "hookctl/missed_tally.h"
#include "journal/counters_view.h"

#include <stdbool.h>

/* What hookline has counted, hour by hour. */
struct missed_counts {
	const struct config *config;
	struct counters_view *view; /* NULL: there are no counts */
	int64_t now;		/* as clock_now() */
};

/* Opens the counters of the journal's folder; without them, a note says why,
 * unless nothing has ever been counted. */
void missed_counts_open(struct missed_counts *counts,
    const struct config *config);
void missed_counts_close(struct missed_counts *counts);

/* When counting began, in seconds; INT64_MAX without counts. */
int64_t missed_counts_since(const struct missed_counts *counts);

/* What was counted for an endpoint in this hour; false if nothing was counted
 * then, or the counts are no longer kept. */
bool missed_counts_hour(const struct missed_counts *counts, int64_t hour,
    size_t endpoint, struct counters_numbers *numbers);

/*
 * Fills in each cell's verdict. If sizes do not decide, hookline answered as
 * many POSTs as it has counted in that hour, and the others were stopped. Of
 * these, as many as possible are taken for Meta's. A log and the counters may
 * put a POST near the full hour into different hours.
 *
 * Without counts, a 200 is taken for hookline's, and any other answer is not.
 */
void missed_judge(struct missed_tally *tally,
    const struct missed_counts *counts);

#endif
