/*
 * http: sends a relay's records to an HTTP endpoint, several at once if its
 * in_flight allows that.
 *
 * What the destination refuses (deliver.h) is tried five times and then becomes
 * a dead letter. What it cannot take at the moment is held and tried again; it
 * is given up after give_up, but only the time counts in which the destination
 * took other records. While nothing gets through, one record at a time tries,
 * and each has its turn.
 */
#ifndef HOOKLINE_RELAY_HTTP_H
#define HOOKLINE_RELAY_HTTP_H

#include "relay/postbox.h"
#include "relay/relay.h"
#include "relay/source.h"

/* Sends until the process must end, or, with `once`, until there is nothing
 * left to send, or nothing gets through. */
enum relay_exit http_run(const struct relay_start *start,
    const struct config *config, const struct relay *relay,
    struct source *source, struct postbox *postbox);

/* Asks the destination for a page, to see whether it can be reached. Writes the
 * result in words; true if there was an answer. */
bool http_check(const struct relay *relay, char *text, size_t room);

#endif
