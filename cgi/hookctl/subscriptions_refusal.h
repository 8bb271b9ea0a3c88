/*
 * subscriptions_refusal: says why the Graph API did not do what it was asked.
 */
#ifndef HOOKLINE_HOOKCTL_SUBSCRIPTIONS_REFUSAL_H
#define HOOKLINE_HOOKCTL_SUBSCRIPTIONS_REFUSAL_H

#include "hookctl/subscriptions_graph.h"

/*
 * Whether the last answer is anything but JSON that reports no error; it is
 * printed then, with what would mend it. `answer` is its body, or NULL if that
 * is not JSON.
 */
bool refused(const struct graph *graph, const struct graph_request *request,
    struct json_object *answer);

/* Prints that the last answer is not one that the API gives. STATUS_FAILED. */
enum status not_understood(const struct graph *graph);

#endif
