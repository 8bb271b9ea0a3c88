/*
 * guard: survives a mapped file that somebody truncates under us.
 *
 * A page of a map that the file no longer has is a SIGBUS at the next touch;
 * here it becomes a return value. Memory and descriptors that the guarded
 * function holds at that moment are leaked: it happens once, if ever.
 */
#ifndef HOOKLINE_JOURNAL_GUARD_H
#define HOOKLINE_JOURNAL_GUARD_H

#include <stdbool.h>

/* Installs the SIGBUS handler; any number of times. */
void guard_install(void);

/*
 * Calls `function(argument)`. False when a map gave way in it: then it stopped
 * there. Not to be nested; from one thread only.
 */
bool guard_run(void (*function)(void *argument), void *argument);

#endif
