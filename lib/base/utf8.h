/*
 * utf8: UTF-8 (RFC 3629), one character at a time.
 */
#ifndef HOOKLINE_BASE_UTF8_H
#define HOOKLINE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads the character at the start of `bytes`, of which there are `room`, at
 * least one. Returns how many bytes it has, 1 to 4, and its code point; 0 if
 * they are not UTF-8: cut short, overlong, a surrogate, or above U+10FFFF.
 */
size_t utf8_read(const char *bytes, size_t room, uint32_t *code);

/*
 * Whether a character cannot be seen and yet does something: controls, what
 * changes the direction of writing, separators of lines, invisible tags and
 * marks. Text from outside must not bring one to a terminal or a page. U+200D,
 * which joins the parts of many an emoji, and U+200C, which separates letters
 * in Persian, are not among them.
 */
bool utf8_is_unseen(uint32_t code);

#endif
