/*
 * utf8: UTF-8 (RFC 3629), one character at a time.
 */
#ifndef HOOKLINE_BASE_UTF8_H
#define HOOKLINE_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads the character at the start of `bytes`, of which there are `room`, at
 * least one. Returns how many bytes it has, 1 to 4, and its code point; 0 if
 * they are not UTF-8: cut short, overlong, a surrogate, or above U+10FFFF.
 */
size_t utf8_read(const char *bytes, size_t room, uint32_t *code);

#endif
