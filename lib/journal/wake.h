/*
 * wake: how a process waits for a word in a map that others change. They may
 * be killed before they wake it, so it waits no longer than it is told, and
 * then looks again.
 */
#ifndef HOOKLINE_JOURNAL_WAKE_H
#define HOOKLINE_JOURNAL_WAKE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define WAKE_ANY UINT32_MAX	/* all bits */

/*
 * Sleeps until somebody wakes one of these bits, but not at all if the word is
 * no longer what was seen. The map may be read-only. False if `wait_ms`
 * milliseconds went by.
 */
bool wake_wait(const _Atomic uint32_t *word, uint32_t seen, uint32_t bits,
    int wait_ms);

/* Wakes up to `count` of those who sleep with one of these bits. */
void wake_some(const _Atomic uint32_t *word, int count, uint32_t bits);

#endif
