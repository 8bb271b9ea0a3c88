#include "payload/json_string.h"

#include "base/digits.h"
#include "payload/json.h"

#include <stdint.h>
#include <string.h>

#define UNICODE_NONE UINT32_MAX

/* The four digits of \uXXXX. */
static uint32_t
code_unit(const char *digits)
{
	uint8_t bytes[2] = { 0 };

	(void)hex_read(digits, 2, bytes);	/* they were looked at before */
	return (uint32_t)bytes[0] << 8 | bytes[1];
}

/*
 * Reads an escape at `*p`, a pair of surrogates as one, and moves behind it.
 * UNICODE_NONE for a surrogate alone.
 */
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

static size_t
utf8_put(uint32_t character, char out[4])
{
	if (character < 0x80) {
		out[0] = (char)character;
		return 1;
	}
	if (character < 0x800) {
		out[0] = (char)(0xc0 | character >> 6);
		out[1] = (char)(0x80 | (character & 0x3f));
		return 2;
	}
	if (character < 0x10000) {
		out[0] = (char)(0xe0 | character >> 12);
		out[1] = (char)(0x80 | (character >> 6 & 0x3f));
		out[2] = (char)(0x80 | (character & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | character >> 18);
	out[1] = (char)(0x80 | (character >> 12 & 0x3f));
	out[2] = (char)(0x80 | (character >> 6 & 0x3f));
	out[3] = (char)(0x80 | (character & 0x3f));
	return 4;
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

bool
json_string_decode(struct span token, char *out, size_t room, size_t *length)
{
	const char *p = token.bytes + 1;
	const char *end = token.bytes + token.length - 1;
	char bytes[4];
	size_t count, done = 0;
	uint32_t character;

	while (p < end) {
		count = 1;
		if (*p != '\\') {
			bytes[0] = *p++;
		} else {
			character = escaped_character(&p);
			if (character == UNICODE_NONE)
				return false;
			count = utf8_put(character, bytes);
		}
		if (room - done < count)
			return false;
		memcpy(out + done, bytes, count);
		done += count;
	}
	*length = done;
	return true;
}

static enum error
append_escape(struct buffer *buffer, char byte)
{
	static const char digits[] = "0123456789abcdef";
	char escape[6] = { '\\', 'u', '0', '0', '0', '0' };

	if (byte == '"' || byte == '\\') {
		escape[1] = byte;
		return buffer_append(buffer, escape, 2);
	}
	escape[4] = digits[byte >> 4];
	escape[5] = digits[byte & 0xf];
	return buffer_append(buffer, escape, sizeof escape);
}

enum error
json_string_append(struct buffer *buffer, struct span text)
{
	enum error error = buffer_append(buffer, "\"", 1);
	size_t start = buffer->length, done = 0, i;

	/* What needs no escape goes in by runs. */
	for (i = 0; i < text.length && error == ERR_NONE; i++) {
		char byte = text.bytes[i];

		if (byte != '"' && byte != '\\' && (unsigned char)byte >= ' ')
			continue;
		error = buffer_append(buffer, text.bytes + done, i - done);
		done = i + 1;
		if (error == ERR_NONE)
			error = append_escape(buffer, byte);
	}
	if (error == ERR_NONE)
		error = buffer_append(buffer, text.bytes + done, i - done);
	if (error == ERR_NONE)
		error = buffer_append(buffer, "\"", 1);
	if (error != ERR_NONE)
		return error;
	start--;
	if (!json_scan(buffer->bytes + start, buffer->length - start, NULL,
	    NULL))
		return ERR_INPUT;
	return ERR_NONE;
}
