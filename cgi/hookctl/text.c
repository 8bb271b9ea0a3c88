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

/* How a character is shown: `shown` gets up to 12 bytes. Returns columns. */
static size_t
show(const struct character *it, const char *bytes, char shown[16])
{
	int width;

	if (!it->valid)
		return (size_t)snprintf(shown, 16, "\\x%02x", it->code);
	if (utf8_is_unseen(it->code))
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
