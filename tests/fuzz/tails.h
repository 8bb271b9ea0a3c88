/*
 * tails: the records that are made of a body. For fuzz_notification.c, which
 * says what must hold for them.
 */
#ifndef HOOKLINE_TESTS_TAILS_H
#define HOOKLINE_TESTS_TAILS_H

#include "payload/notification.h"
#include "payload/record.h"


/* Makes the records, takes them apart again, and compares. */
void tails_check(const struct record_source *source,
    const struct notification *notification);

#endif
