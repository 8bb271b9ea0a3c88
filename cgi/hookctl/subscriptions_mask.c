#include "hookctl/subscriptions_mask.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define STARS ((size_t)3)

void
mask_add(struct mask *mask, const char *secret, bool parts)
{
	size_t length = secret != NULL ? strlen(secret) : 0;

	if (length == 0 || (mask->count == MASK_MOST && !parts))
		return;
	mask->count -= mask->count == MASK_MOST;
	mask->secrets[mask->count].text = secret;
	mask->secrets[mask->count].least = parts && length > MASK_PART ?
	    MASK_PART : length;
	mask->count++;
}

/* Whether `text` begins with this byte, plain or percent-encoded; `*used` is
 * then how many bytes that takes. */
static bool
is_byte(const char *text, char byte, size_t *used)
{
	char digits[3] = { 0 }, *end;

	*used = 1;
	if (*text == byte)
		return true;
	if (*text != '%' || text[1] == '\0')
		return *text == '+' && byte == ' ';
	memcpy(digits, text + 1, 2);
	*used = 3;
	return isxdigit((unsigned char)*digits) &&
	    strtoul(digits, &end, 16) == (unsigned char)byte &&
	    end == digits + 2;
}

/* How many bytes at the beginning of `text` are a part of this secret; 0 if no
 * part of `least` bytes or more is there. */
static size_t
longest_part(const char *secret, size_t least, const char *text)
{
	size_t longest = 0, length, at, used;

	for (; *secret != '\0'; secret++) {
		at = 0;
		for (length = 0; text[at] != '\0' && secret[length] != '\0' &&
		    is_byte(text + at, secret[length], &used); length++)
			at += used;
		if (length >= least && at > longest)
			longest = at;
	}
	return longest;
}

/* How many bytes at the beginning of `text` have to be hidden. */
static size_t
hidden(const struct mask *mask, const char *text)
{
	size_t longest = 0, length, i;

	for (i = 0; i < mask->count; i++) {
		length = longest_part(mask->secrets[i].text,
		    mask->secrets[i].least, text);
		if (length > longest)
			longest = length;
	}
	return longest;
}

void
mask_text(const struct mask *mask, char *text)
{
	size_t length, stars;
	char *to = text;

	while (*text != '\0') {
		length = hidden(mask, text);
		if (length == 0) {
			*to++ = *text++;
			continue;
		}
		stars = length < STARS ? length : STARS;
		memset(to, '*', stars);
		to += stars;
		text += length;
	}
	*to = '\0';
}
