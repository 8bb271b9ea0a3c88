#include "journal/origin.h"

#include "base/digits.h"
#include "journal/cursor_text.h"
#include "journal/stamp.h"

size_t
origin_prefix(const char *text, size_t length, bool *whole)
{
	size_t at = 0, digits;
	uint64_t seq;

	*whole = false;
	while (at < CURSOR_JOURNAL_LENGTH && at < length &&
	    hex_is_lower(text + at, 1))
		at++;
	if (at < CURSOR_JOURNAL_LENGTH || at == length || text[at] != '/')
		return at;
	at++;
	digits = decimal_prefix(text + at, length - at, STAMP_SEQ_MOST, &seq);
	if (digits == 0 || text[at] == '0')
		return at;
	*whole = true;
	return at + digits;
}

bool
origin_well_formed(struct span text)
{
	bool whole;

	return origin_prefix(text.bytes, text.length, &whole) == text.length &&
	    whole;
}
