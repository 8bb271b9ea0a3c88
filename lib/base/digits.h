/*
 * digits: numbers in decimal, and bytes in hexadecimal.
 *
 * The readers take digits and nothing else: no sign, no blank, no 0x. Leading
 * zeros are digits like others; a caller that allows none looks at the first
 * byte itself. A number that is refused leaves `*number` as it was.
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
 * Reads the number that `text` begins with, no further than `length` bytes.
 * Returns how many digits it has; 0 where there is none, or it is above `most`.
 */
size_t decimal_prefix(const char *text, size_t length, uint64_t most,
    uint64_t *number);

/* Reads `length` bytes that are one number up to `most`; false for anything
 * else, and for no bytes. */
bool decimal_read(const char *text, size_t length, uint64_t most,
    uint64_t *number);

/* Writes two lower-case digits for each byte, and a NUL. */
void hex_write(const uint8_t *bytes, size_t count, char *out);

/*
 * Reads two digits of either case for each byte. At the first other character
 * it stops and returns false, so that `text` may end with a NUL before; `bytes`
 * then holds anything.
 */
bool hex_read(const char *text, size_t count, uint8_t *bytes);

/* Whether all are digits as hex_write() has them; true for none. */
bool hex_is_lower(const char *text, size_t length);

#endif
