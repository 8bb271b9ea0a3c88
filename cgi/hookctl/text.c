/*
 * text: text that a terminal shows and does not obey; see output.h.
 */
#include "hookctl/output.h"

#include "base/utf8.h"

#include <string.h>
#include <wchar.h>

#define ELLIPSIS "\342\200\246"	/* U+2026 */

/* One character of a text. */
struct character {
	size_t length;		/* bytes of it in the text */
	uint32_t code;
	bool valid;		/* false: one byte that is not UTF-8 */
};

static struct character
next_character(const char *bytes, size_t room)
{
	struct character it = { .length = utf8_read(bytes, room, &it.code) };

	it.valid = it.length > 0;
	if (!it.valid)
		it = (struct character){ 1, (unsigned char)*bytes, false };
	return it;
}

/* Whether a terminal might obey it: controls, what changes the direction of
 * writing, separators of lines, invisible tags and marks. */
static bool
is_dangerous(uint32_t code)
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
show(const struct character *it, const char *bytes, char shown[16])
{
	int width;

	if (!it->valid)
		return (size_t)snprintf(shown, 16, "\\x%02x", it->code);
	/* U+200D joins the parts of many an emoji, and U+200C separates letters
	 * in Persian. */
	if (is_dangerous(it->code) && it->code != 0x200c &&
	    it->code != 0x200d)
		return (size_t)snprintf(shown, 16, it->code > 0xffff ?
		    "\\U%08x" : "\\u%04x", it->code);
	memcpy(shown, bytes, it->length);
	shown[it->length] = '\0';
	width = wcwidth((wchar_t)it->code);
	/* Without a locale for UTF-8 the width is not known. */
	return width < 0 ? 1 : (size_t)width;
}

size_t
text_append(struct buffer *out, struct span text, size_t columns)
{
	size_t at = 0, used = 0, cut_used = 0, cut = out->length;

	while (at < text.length) {
		struct character it = next_character(text.bytes + at,
		    text.length - at);
		char shown[16];
		size_t width = show(&it, text.bytes + at, shown);

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
