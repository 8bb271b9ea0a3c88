/*
 * show: records as tail prints them.
 */
#ifndef HOOKLINE_HOOKCTL_SHOW_H
#define HOOKLINE_HOOKCTL_SHOW_H

#include "journal/reader.h"
#include "payload/record.h"

#include <stdbool.h>
#include <stdio.h>

enum show_format { SHOW_RAW, SHOW_SHORT, SHOW_PAYLOAD, SHOW_PRETTY };

struct show;

struct show *show_new(enum show_format format, bool utc);
void show_free(struct show *show);
void show_record(struct show *show, FILE *stream,
    const struct reader_line *line, const struct record *record);

#endif
