/*
 * rebuild_body: the body that an update's line could have come from, for
 * sending the update on.
 *
 * The line no longer says how its updates were grouped, nor the order of
 * members. So the body holds this update alone, in the shape that its array
 * had, with all that was around it. A receiver that keeps updates, under the
 * same endpoint name, gives it the same id.
 *
 * There is one exception: an update may have equal ones before it in its body,
 * and its id counts them. As many equal ones come before it here, too, unless
 * the update is to be alone: its id is then that of the first one, and an
 * origin of its own has to tell it from the others.
 */
#ifndef HOOKLINE_PAYLOAD_REBUILD_BODY_H
#define HOOKLINE_PAYLOAD_REBUILD_BODY_H

#include "base/buffer.h"
#include "base/error.h"
#include "payload/record.h"

#include <stdbool.h>

/*
 * Replaces what is in `body` by the body of a decoded update's line. The same
 * line always gives the same bytes. ERR_INPUT: the record's id is not that of
 * its update, so the line is damaged; ERR_MEMORY: memory is short.
 */
enum error rebuild_body(const struct record *record, bool alone,
    struct buffer *body);

#endif
