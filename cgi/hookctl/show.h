/*
 * show: a record as hookctl tail prints it.
 *
 *   raw       the journal's line as it is
 *   short     a line for people:
 *             06:00:01  18203  page  feed +2  1015…402  Kim Lee commented
 *   payload   the sender's bytes, or the update
 *   pretty    a line with seq, time and endpoint, then the JSON indented
 *
 * On a terminal nothing that was received is obeyed by it: see text_append().
 * Other streams get raw and payload unchanged.
 */
#ifndef HOOKLINE_HOOKCTL_SHOW_H
#define HOOKLINE_HOOKCTL_SHOW_H

#include "journal/reader.h"
#include "payload/record.h"

#include <stdbool.h>
#include <stdio.h>

enum show_format { SHOW_RAW, SHOW_SHORT, SHOW_PAYLOAD, SHOW_PRETTY };

struct show;

/* `utc`: times are not local. NULL when memory is short. */
struct show *show_new(enum show_format format, bool utc);

/* NULL is allowed. */
void show_free(struct show *show);

/*
 * Prints a record, always to the same stream, which says whether it could.
 * `record` is the line decoded; raw does not need it. If it is NULL, the line
 * is no record, and is printed whole, escaped.
 */
void show_record(struct show *show, FILE *stream,
    const struct reader_line *line, const struct record *record);

#endif
