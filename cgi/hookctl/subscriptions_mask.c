#include "hookctl/subscriptions_mask.h"

#include <string.h>

#define STARS ((size_t)3)

void
mask_add(struct mask *mask, const char *secret, bool parts)
{
	size_t length = secret != NULL ? strlen(secret) : 0;

	if (length == 0 || mask->count == MASK_MOST)
		return;
	mask->secrets[mask->count].text = secret;
	mask->secrets[mask->count].least = parts && length > MASK_PART ?
	    MASK_PART : length;
	mask->count++;
}

/* The most bytes at the start of `text` that are a part of this secret. */
static size_t
longest_part(const char *secret, const char *text)
{
	size_t longest = 0, length;

	for (; *secret != '\0'; secret++) {
		length = 0;
		while (text[length] != '\0' && text[length] == secret[length])
			length++;
		if (length > longest)
			longest = length;
	}
	return longest;
}

/* How many bytes at the start of `text` are to be hidden. */
static size_t
hidden(const struct mask *mask, const char *text)
{
	size_t longest = 0, length, i;

	for (i = 0; i < mask->count; i++) {
		length = longest_part(mask->secrets[i].text, text);
		if (length >= mask->secrets[i].least && length > longest)
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
