#include "journal/stamp.h"

#include "base/clock.h"
#include "base/digits.h"

#include <string.h>

static const char before_seq[] = "{\"seq\":";
static const char before_time[] = ",\"received_at\":\"";
static const char after_time[] = "\",";

#define PUT(at, text) (memcpy((at), (text), sizeof(text) - 1), sizeof(text) - 1)

size_t
stamp_write(uint64_t seq, int64_t received_at, char out[STAMP_MAX])
{
	size_t length = 0;

	length += PUT(out, before_seq);
	length += decimal_write(seq, out + length);
	length += PUT(out + length, before_time);
	clock_format(received_at, out + length);
	length += CLOCK_RFC3339_LENGTH;
	length += PUT(out + length, after_time);
	return length;
}

bool
stamp_read(const char *line, size_t length, uint64_t *seq,
    int64_t *received_at)
{
	size_t at = sizeof before_seq - 1, count;

	if (length < at || memcmp(line, before_seq, at) != 0)
		return false;
	count = decimal_prefix(line + at, length - at, STAMP_SEQ_MOST, seq);
	if (count == 0 || line[at] == '0')
		return false;
	at += count;
	if (length - at < sizeof before_time - 1 +
	    CLOCK_RFC3339_LENGTH + sizeof after_time - 1)
		return false;
	if (memcmp(line + at, before_time, sizeof before_time - 1) != 0)
		return false;
	at += sizeof before_time - 1;
	if (!clock_parse(line + at, received_at))
		return false;
	at += CLOCK_RFC3339_LENGTH;
	return memcmp(line + at, after_time, sizeof after_time - 1) == 0;
}
