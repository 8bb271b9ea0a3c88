/*
 * subscriptions_refusal: says why the Graph API did not do what it was asked.
 */
#ifndef HOOKLINE_HOOKCTL_SUBSCRIPTIONS_REFUSAL_H
#define HOOKLINE_HOOKCTL_SUBSCRIPTIONS_REFUSAL_H

#include "hookctl/subscriptions_graph.h"

/*
 * Whether the last answer is an error, or not from the API at all; prints it
 * then, with what would help. `answer` is its parsed body, or NULL if that is
 * not JSON.
 */
bool refused(const struct graph *graph, const struct graph_request *request,
    struct json_object *answer);

/* Prints that the API does not give answers like the last one.
 * STATUS_FAILED. */
enum status not_understood(const struct graph *graph);

#endif
