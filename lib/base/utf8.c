#include "base/utf8.h"

/* By length: the first byte without its mark, and the least code point. */
static const struct {
	unsigned char mark, mask;
	uint32_t least;
} forms[] = {
	[1] = { 0x00, 0x80, 0 },
	[2] = { 0xc0, 0xe0, 0x80 },
	[3] = { 0xe0, 0xf0, 0x800 },
	[4] = { 0xf0, 0xf8, 0x10000 },
};

size_t
utf8_read(const char *bytes, size_t room, uint32_t *code)
{
	const unsigned char *at = (const unsigned char *)bytes;
	size_t length = 1, i;
	uint32_t found;

	while (length <= 4 && (at[0] & forms[length].mask) !=
	    forms[length].mark)
		length++;
	if (length > 4 || length > room)
		return 0;
	found = at[0] & (unsigned char)~forms[length].mask;
	for (i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		found = found << 6 | (at[i] & 0x3f);
	}
	if (found < forms[length].least || found > 0x10ffff ||
	    (found >= 0xd800 && found <= 0xdfff))
		return 0;
	*code = found;
	return length;
}

bool
utf8_is_unseen(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
	    code == 0x061c || code == 0x200b || code == 0x200e ||
	    code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2060 && code <= 0x206f) || code == 0xfeff ||
	    (code >= 0xfff9 && code <= 0xfffb) ||
	    (code >= 0xe0000 && code <= 0xe007f);
}
