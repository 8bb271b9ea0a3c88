/*
 * tail_signals: INT, TERM and HUP ask tail to end. It ends after the record in
 * hand; at the second signal a command that runs is ended, too, and without a
 * command the program ends at once, as it would without this file. Signals
 * within 100 ms of the first one are no second one.
 */
#ifndef HOOKLINE_HOOKCTL_TAIL_SIGNALS_H
#define HOOKLINE_HOOKCTL_TAIL_SIGNALS_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

/* Catches them, and SIGCHLD, from now on. */
void signals_take(void);

/* How often tail was asked to end. */
unsigned signals_stops(void);

/* From signals_hold() to signals_release() they come only in signals_poll(), so
 * that it cannot miss one. A command runs meanwhile. */
void signals_hold(void);
void signals_release(void);

/* Like poll(2), but a signal ends it early. `ms` may be any number; less than 0
 * means 0. */
void signals_poll(struct pollfd *fds, nfds_t count, int64_t ms);

/* Sleeps; false if a signal asked tail to end, now or before. */
bool signals_sleep(int64_t ms);

/* In a child, before it becomes another program: all as it was at the start of
 * a process. */
void signals_reset(void);

#endif
