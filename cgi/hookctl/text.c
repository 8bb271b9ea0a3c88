/*
 * text: text that a terminal shows and does not obey; see output.h.
 */
#include "hookctl/output.h"

#include <string.h>
#include <wchar.h>

#define ELLIPSIS "\342\200\246"	/* U+2026 */

/* One character of a text. */
struct character {
	size_t length;		/* bytes of it in the text */
	wchar_t code;
	bool valid;		/* false: one byte that is not UTF-8 */
};

/* The length of a sequence by its first byte, 0 if there is none, and the least
 * code point that needs this length. */
static size_t
sequence_length(unsigned char first, wchar_t *least)
{
	if (first < 0x80) {
		*least = 0;
		return 1;
	}
	if (first >= 0xc2 && first < 0xe0) {
		*least = 0x80;
		return 2;
	}
	if (first >= 0xe0 && first < 0xf0) {
		*least = 0x800;
		return 3;
	}
	*least = 0x10000;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

static struct character
next_character(const unsigned char *bytes, size_t room)
{
	struct character none = { 1, bytes[0], false }, it = { 0 };
	wchar_t least;
	size_t i;

	it.length = sequence_length(bytes[0], &least);
	if (it.length == 0 || it.length > room)
		return none;
	it.code = it.length == 1 ? bytes[0] :
	    bytes[0] & (0x7f >> it.length);
	for (i = 1; i < it.length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return none;
		it.code = it.code << 6 | (bytes[i] & 0x3f);
	}
	it.valid = it.code >= least && it.code <= 0x10ffff &&
	    (it.code < 0xd800 || it.code > 0xdfff);
	return it.valid ? it : none;
}

/* Whether a terminal might obey it: controls, what changes the direction of
 * writing, separators of lines, invisible tags and marks. */
static bool
is_dangerous(wchar_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
	    code == 0x061c || (code >= 0x200b && code <= 0x200f) ||
	    (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2060 && code <= 0x206f) || code == 0xfeff ||
	    (code >= 0xfff9 && code <= 0xfffb) ||
	    (code >= 0xe0000 && code <= 0xe007f);
}

/* How a character is shown: `shown` gets up to 12 bytes. Returns columns. */
static size_t
show(const struct character *it, const unsigned char *bytes, char shown[16])
{
	int width;

	if (!it->valid)
		return (size_t)snprintf(shown, 16, "\\x%02x",
		    (unsigned)it->code);
	/* U+200D joins the parts of many an emoji, and U+200C separates letters
	 * in Persian. */
	if (is_dangerous(it->code) && it->code != 0x200c &&
	    it->code != 0x200d)
		return (size_t)snprintf(shown, 16, it->code > 0xffff ?
		    "\\U%08x" : "\\u%04x", (unsigned)it->code);
	memcpy(shown, bytes, it->length);
	shown[it->length] = '\0';
	width = wcwidth(it->code);
	/* Without a locale for UTF-8 the width is not known. */
	return width < 0 ? 1 : (size_t)width;
}

size_t
text_append(struct buffer *out, struct span text, size_t columns)
{
	const unsigned char *bytes = (const unsigned char *)text.bytes;
	size_t at = 0, used = 0, cut_used = 0, cut = out->length;

	while (at < text.length) {
		struct character it = next_character(bytes + at,
		    text.length - at);
		char shown[16];
		size_t width = show(&it, bytes + at, shown);

		if (columns > 0 && used + width > columns) {
			out->length = cut;
			(void)buffer_append(out, ELLIPSIS, strlen(ELLIPSIS));
			return cut_used + 1;
		}
		if (buffer_append(out, shown, strlen(shown)) != ERR_NONE)
			break;
		used += width;
		at += it.length;
		/* Here one more column is free for the ellipsis. */
		if (used < columns) {
			cut = out->length;
			cut_used = used;
		}
	}
	return used;
}
