/*
 * boot_stamp: a moment of this boot, in one word that processes can share in a
 * file. It counts the time the machine was suspended, is unaffected by setting
 * the clock, and after a restart is recognised as belonging to another boot.
 *
 * It consists of 16 bits of a digest of the boot's id, and 48 bits of
 * microseconds since boot. One stamp in 65,536 from an earlier boot happens to
 * pass for one of this boot.
 */
#ifndef HOOKLINE_JOURNAL_BOOT_STAMP_H
#define HOOKLINE_JOURNAL_BOOT_STAMP_H

#include <stdint.h>

/* Now; never 0, which is free to mean "not yet". */
uint64_t boot_stamp(void);

/* How many microseconds before `now` the stamp was; -1 if it is 0, later, or
 * from another boot. */
int64_t boot_stamp_age(uint64_t stamp, uint64_t now);

#endif
