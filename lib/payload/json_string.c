#include "payload/json_string.h"

#include "base/digits.h"

#include <stdint.h>
#include <string.h>

#define UNICODE_NONE UINT32_MAX
#define REPLACEMENT 0xfffd
#define ELLIPSIS "\342\200\246"	/* U+2026 */

/* The four digits of \uXXXX. */
static uint32_t
code_unit(const char *digits)
{
	uint8_t bytes[2] = { 0 };

	(void)hex_read(digits, 2, bytes);	/* they were checked before */
	return (uint32_t)bytes[0] << 8 | bytes[1];
}

/* Reads an escape at `*p`, a pair of surrogates as one, and moves past it.
 * UNICODE_NONE for a surrogate alone. */
static uint32_t
escaped_character(const char **p)
{
	static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
	const char *letter, *at = *p;
	uint32_t high, low;

	*p = at + 2;
	if (at[1] != 'u') {
		letter = strchr(letters, at[1]);
		return letter == NULL ? (uint32_t)(unsigned char)at[1] :
		    (uint32_t)meant[letter - letters];
	}
	*p = at + 6;
	high = code_unit(at + 2);
	if (high < 0xd800 || high > 0xdfff)
		return high;
	/* A closing quote follows the last escape, so at[6] can be read. */
	if (high > 0xdbff || at[6] != '\\' || at[7] != 'u')
		return UNICODE_NONE;
	low = code_unit(at + 8);
	if (low < 0xdc00 || low > 0xdfff)
		return UNICODE_NONE;
	*p = at + 12;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

bool
json_string_is(struct span token, const char *text)
{
	const char *p = token.bytes + 1;
	const char *end = token.bytes + token.length - 1;
	uint32_t character;

	for (; p < end; text++) {
		if (*p == '\\')
			character = escaped_character(&p);
		else
			character = (unsigned char)*p++;
		if (*text == '\0' || character != (unsigned char)*text)
			return false;
	}
	return *text == '\0';
}

/* Writes a character; returns its length. */
static size_t
utf8_write(uint32_t character, char out[4])
{
	static const unsigned char firsts[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t length, i;

	if (character == UNICODE_NONE)
		character = REPLACEMENT;
	length = character < 0x80 ? 1 : character < 0x800 ? 2 :
	    character < 0x10000 ? 3 : 4;
	for (i = length - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (character & 0x3f));
		character >>= 6;
	}
	out[0] = (char)(firsts[length] | character);
	return length;
}

/* Moves past the next character of an inside; it is written as UTF-8. */
static size_t
next_character(const char **p, const char *end, char out[4])
{
	unsigned first = (unsigned char)**p;
	size_t length;

	if (first == '\\')
		return utf8_write(escaped_character(p), out);
	length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (length > (size_t)(end - *p))
		length = (size_t)(end - *p);
	memcpy(out, *p, length);
	*p += length;
	return length;
}

enum error
json_string_append(struct buffer *out, struct span inside, size_t most)
{
	const char *p = inside.bytes, *end = p + inside.length;
	size_t start = out->length, length;
	char character[4];

	/* No escape is shorter than what it spells. */
	if (buffer_reserve(out, (inside.length < most ? inside.length :
	    most) + strlen(ELLIPSIS)) != ERR_NONE)
		return ERR_MEMORY;
	while (p < end) {
		length = next_character(&p, end, character);
		if (out->length - start + length > most)
			return buffer_append(out, ELLIPSIS, strlen(ELLIPSIS));
		memcpy(out->bytes + out->length, character, length);
		out->length += length;
	}
	return ERR_NONE;
}
