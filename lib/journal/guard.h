/*
 * guard: survives the truncation of a file that we have mapped.
 *
 * Touching a page that the file no longer has raises SIGBUS; here that becomes
 * a return value. Memory and descriptors that the guarded function holds at
 * that moment are leaked: it happens once, if ever.
 */
#ifndef HOOKLINE_JOURNAL_GUARD_H
#define HOOKLINE_JOURNAL_GUARD_H

#include <stdbool.h>

/* Installs the SIGBUS handler; calling it again does no harm. */
void guard_install(void);

/* Calls `function(argument)`. False if a map gave way: the function then
 * stopped there. Calls must not be nested, and must come from one thread. */
bool guard_run(void (*function)(void *argument), void *argument);

#endif
