/*
 * stats_lines: the lines below the table of hookctl stats. All but those about
 * the journal are left out if there is nothing to say.
 */
#ifndef HOOKLINE_HOOKCTL_STATS_LINES_H
#define HOOKLINE_HOOKCTL_STATS_LINES_H

#include "hookctl/stats.h"

void stats_print_refused(const struct counts *counts);
void stats_print_secrets(const struct stats *stats);
void stats_print_gone(const struct stats *stats);

/* The objects and fields; `fields` must be known. */
void stats_print_fields(const struct stats *stats);
void stats_print_journal(const struct stats *stats);
void stats_print_relays(const struct stats *stats);

/* Prints a name from the counters, escaped. Returns the columns used. */
size_t stats_print_name(const char *name);

/* Like when_text(), without the seconds. */
const char *stats_minute_text(const struct stats *stats, int64_t time,
    char out[32]);

#endif
