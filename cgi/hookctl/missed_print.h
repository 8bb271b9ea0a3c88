/*
 * missed_print: the table of hookctl missed, and the remarks below it.
 */
#ifndef HOOKLINE_HOOKCTL_MISSED_PRINT_H
#define HOOKLINE_HOOKCTL_MISSED_PRINT_H

#include "hookctl/hookctl.h"
#include "hookctl/missed_judge.h"
#include "hookctl/missed_scan.h"

#include <stdbool.h>

/* Prints all of it. STATUS_WRONG if anything was stopped. */
enum status missed_print(const struct missed_scan *scan,
    const struct missed_counts *counts, bool utc);

#endif
