#include "payload/json_string.h"

#include "base/digits.h"

#include <stdint.h>
#include <string.h>

#define UNICODE_NONE UINT32_MAX

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
