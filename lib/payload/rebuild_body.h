/*
 * rebuild_body: a body that an update's line could have come from, so that the
 * update can be sent on.
 *
 * The line does not say how the updates were grouped, or in which order the
 * members were. So the new body holds this update only, in the same kind of
 * array, with everything that was around it. A receiver with lines = "update"
 * and the same endpoint name gives it the same id.
 *
 * There is one exception: the id of an update counts the equal ones that came
 * before it in its body. The same number of equal ones comes before it here,
 * too, unless the update is to be alone: then it gets the id of the first one,
 * and only its own origin tells it from the others.
 */
#ifndef HOOKLINE_PAYLOAD_REBUILD_BODY_H
#define HOOKLINE_PAYLOAD_REBUILD_BODY_H

#include "base/buffer.h"
#include "base/error.h"
#include "payload/record.h"

#include <stdbool.h>

/*
 * Replaces the contents of `body` by the body for a decoded update's line. The
 * same line always gives the same bytes. `alone` leaves out the equal ones.
 * ERR_INPUT: the record's id is not that of its update, so the line is damaged;
 * ERR_MEMORY: memory is short.
 */
enum error rebuild_body(const struct record *record, bool alone,
    struct buffer *body);

#endif
