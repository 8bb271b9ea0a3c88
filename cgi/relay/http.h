/*
 * http: sends a relay's records to an HTTP endpoint, several at once if its
 * in_flight allows that.
 *
 * A record that the destination refuses (deliver.h) is tried five times and
 * then becomes a dead letter. One that it cannot take at the moment is held and
 * tried again until give_up has passed; only time in which the destination took
 * other records counts. While nothing gets through, one record at a time is
 * tried.
 */
#ifndef HOOKLINE_RELAY_HTTP_H
#define HOOKLINE_RELAY_HTTP_H

#include "relay/postbox.h"
#include "relay/relay.h"
#include "relay/source.h"

/* Sends until the process must end. With `once`, it also ends when nothing is
 * left to send or nothing gets through. */
enum relay_exit http_run(const struct relay_start *start,
    const struct config *config, const struct relay *relay,
    struct source *source, struct postbox *postbox);

/* Sends the destination a GET request to see whether it can be reached. Writes
 * the result in words; true if there was any answer. */
bool http_check(const struct relay *relay, char *text, size_t room);

#endif
