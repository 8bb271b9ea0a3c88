/*
 * missed_place: finds the endpoint that a path in an access log belongs to.
 */
#ifndef HOOKLINE_HOOKCTL_MISSED_PLACE_H
#define HOOKLINE_HOOKCTL_MISSED_PLACE_H

#include "base/span.h"
#include "config/config.h"

#include <stdbool.h>
#include <stddef.h>

#define MISSED_SHOWN 256

/*
 * Finds the endpoint that has this path, or has it in its callback_url, where a
 * slash at the end does not count. Otherwise, gives the endpoint "*" without a
 * callback_url, and sets `*any`: the path may be another program's. False if
 * there is no such endpoint.
 */
bool missed_place_find(const struct config *config, struct span path,
    size_t *endpoint, bool *any);

/* Writes the path for people, or "" if it is long or may be a secret. */
void missed_place_show(const struct config *config, struct span path,
    char out[MISSED_SHOWN]);

#endif
