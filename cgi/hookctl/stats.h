/*
 * stats: what hookctl stats knows, and the forms in which it is printed.
 */
#ifndef HOOKLINE_HOOKCTL_STATS_H
#define HOOKLINE_HOOKCTL_STATS_H

#include "hookctl/hookctl.h"
#include "hookctl/latest.h"
#include "hookctl/relay_facts.h"
#include "hookctl/stats_counts.h"
#include "hookctl/stats_fields.h"

#include <stdbool.h>
#include <stdint.h>

/* Times are microseconds since 1970. */
struct stats {
	const struct config *config;	/* NULL: none was read */
	const char *directory;		/* the journal's */
	bool absent;			/* there is no such folder yet */
	int64_t now;
	bool utc;			/* how times are shown */
	struct counts counts;
	struct relay_facts_list relays;	/* those of the configuration */

	/* Of the journal's files; see stats_measure(). */
	struct latest latest;
	uint64_t files, bytes;
	uint64_t index_bytes;
	bool index_known;		/* the folder .state could be read */

	/* Of its records; see stats_survey(). */
	int64_t since;
	struct fields *fields;		/* NULL: not known */
};

/* Looks at the files of the journal, whose open folder is `folder`. */
enum error stats_measure(struct stats *stats, int folder);

/* Reads the records from `since` on into `fields`. False after a message; then
 * `fields` is NULL. */
bool stats_survey(struct stats *stats);

/* Each prints everything that is known. False when memory is short. */
bool stats_print_table(const struct stats *stats);
bool stats_print_json(const struct stats *stats);

/* Prints everything but `fields`. The second function is for the first: it
 * prints the relays. */
void stats_print_prometheus(const struct stats *stats);
void stats_print_relay_metrics(const struct stats *stats);

/*
 * Prints nothing if a record that is not hookctl's own, or a repeat, has
 * arrived in the last `seconds`. Otherwise, prints how long nothing has arrived
 * and what that means, and returns STATUS_WRONG. `endpoint` is the name of the
 * only endpoint that counts, or NULL. The counts must be `recent` from that
 * time on.
 */
enum status stats_silence(const struct stats *stats, const char *endpoint,
    int64_t seconds);

#endif
