/*
 * digits: numbers in decimal, and bytes in hexadecimal.
 *
 * The readers accept digits and nothing else: no sign, no blank, no 0x. They
 * accept leading zeros; a caller that forbids them checks the first byte
 * itself. If a number is refused, `*number` is unchanged.
 */
#ifndef HOOKLINE_BASE_DIGITS_H
#define HOOKLINE_BASE_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DECIMAL_SIZE 21		/* the longest uint64_t and a NUL */

/* Writes a number without leading zeros, and a NUL; returns its length. */
size_t decimal_write(uint64_t number, char out[DECIMAL_SIZE]);

/* Writes the last `width` digits of a number, and no NUL. */
void decimal_write_fixed(uint64_t number, size_t width, char *out);

/*
 * Reads the number at the start of `text`, which has `length` bytes. Returns
 * the count of its digits, or 0 if there is none or the number is above `most`.
 */
size_t decimal_prefix(const char *text, size_t length, uint64_t most,
    uint64_t *number);

/* Reads a number of at most `most` that takes up all `length` bytes. False for
 * anything else, including a length of 0. */
bool decimal_read(const char *text, size_t length, uint64_t most,
    uint64_t *number);

/* Writes two lower-case digits for each byte, and a NUL. */
void hex_write(const uint8_t *bytes, size_t count, char *out);

/*
 * Reads two digits, of either case, for each byte. Stops at the first other
 * character and returns false, so `text` may be shorter if it ends with a NUL.
 * `bytes` is undefined then.
 */
bool hex_read(const char *text, size_t count, uint8_t *bytes);

/* Whether all are digits that hex_write() writes; true if there are none. */
bool hex_is_lower(const char *text, size_t length);

#endif
