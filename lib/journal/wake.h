/*
 * wake: lets a process wait for a word in a shared map to change. A process
 * that changes it may be killed before it wakes the others, so every wait has a
 * limit, after which the caller looks again.
 */
#ifndef HOOKLINE_JOURNAL_WAKE_H
#define HOOKLINE_JOURNAL_WAKE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define WAKE_ANY UINT32_MAX	/* all bits */

/*
 * Sleeps until one of these bits is woken. Returns at once if the word is no
 * longer `seen`. The map may be read-only. False if `wait_ms` milliseconds went
 * by.
 */
bool wake_wait(const _Atomic uint32_t *word, uint32_t seen, uint32_t bits,
    int wait_ms);

/* Wakes up to `count` sleepers that have one of these bits. */
void wake_some(const _Atomic uint32_t *word, int count, uint32_t bits);

#endif
