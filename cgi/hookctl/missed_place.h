/*
 * missed_place: which endpoint a path in an access log belongs to.
 */
#ifndef HOOKLINE_HOOKCTL_MISSED_PLACE_H
#define HOOKLINE_HOOKCTL_MISSED_PLACE_H

#include "base/span.h"
#include "config/config.h"

#include <stdbool.h>
#include <stddef.h>

#define MISSED_SHOWN 256

/*
 * The endpoint whose path this is, or the path of its callback_url, where one
 * slash at the end does not count; else the "*" that has no callback_url: then
 * `*any` is set, and other programs may be at that path, too. False if there is
 * none.
 */
bool missed_place_find(const struct config *config, struct span path,
    size_t *endpoint, bool *any);

/* The path for people, or "" if it may be somebody's secret, or is long. */
void missed_place_show(const struct config *config, struct span path,
    char out[MISSED_SHOWN]);

#endif
