/*
 * boot_stamp: a moment of this boot in one word that processes share in a file.
 * It counts the time that the machine is suspended, no change of the clock
 * touches it, and after a restart it is known to be of another boot.
 *
 * 16 bits of a digest of the boot's id, 48 bits of microseconds since then. By
 * chance one stamp in 65,536 of an earlier boot passes for one of this boot.
 */
#ifndef HOOKLINE_JOURNAL_BOOT_STAMP_H
#define HOOKLINE_JOURNAL_BOOT_STAMP_H

#include <stdint.h>

/* Now; never 0, which is free to mean "not yet". */
uint64_t boot_stamp(void);

/* How many microseconds before `now` the stamp was; -1 where it is 0, later, or
 * of another boot. */
int64_t boot_stamp_age(uint64_t stamp, uint64_t now);

#endif
