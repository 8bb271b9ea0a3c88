/*
 * report: the rows of hookctl check, and of hookctl subscriptions list.
 *
 *   on this machine, as www-data
 *     configuration  ok       /etc/hookline/hookline.conf, root:www-data 0640
 *     certificate    WARNING  9 days left: see why it was not renewed
 *                             certbot renew --dry-run
 *   1 warning
 *
 * Texts may contain anything: they are escaped for a terminal or for JSON.
 */
#ifndef HOOKLINE_HOOKCTL_REPORT_H
#define HOOKLINE_HOOKCTL_REPORT_H

#include "hookctl/hookctl.h"

#include <stdbool.h>

enum finding { FINDING_OK, FINDING_WARNING, FINDING_FAILURE };

struct report;

/*
 * With `json`, report_end() prints everything as one array of objects
 * {"section", "check", "result": "ok"|"warning"|"failure", "text", "more": []};
 * otherwise each row is printed when it is added. NULL when memory is short.
 */
struct report *report_new(bool json);

/* Begins a section with this title. */
void report_section(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* How many columns the names of rows get, in place of 13. */
void report_columns(struct report *report, size_t columns);

/* Adds a row. `check`, its name, fits into its columns, as a rule. */
void report_row(struct report *report, const char *check,
    enum finding finding, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds a line below the last row's text: what to do, as a rule. */
void report_more(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Prints the totals and frees the report. STATUS_WRONG if anything failed, or,
 * with `strict`, if there was a warning; otherwise STATUS_DONE.
 */
enum status report_end(struct report *report, bool strict);

#endif
