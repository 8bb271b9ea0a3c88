#include "journal/stamp.h"

#include "base/clock.h"

#include <string.h>

static const char before_seq[] = "{\"seq\":";
static const char before_time[] = ",\"received_at\":\"";
static const char after_time[] = "\",";

#define PUT(at, text) (memcpy((at), (text), sizeof(text) - 1), sizeof(text) - 1)

/* Decimal digits of a number, without a NUL; returns how many. */
static size_t
digits(uint64_t number, char *out)
{
	char reversed[20];
	size_t count = 0, i;

	do {
		reversed[count++] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	for (i = 0; i < count; i++)
		out[i] = reversed[count - 1 - i];
	return count;
}

size_t
stamp_write(uint64_t seq, int64_t received_at, char out[STAMP_MAX])
{
	size_t length = 0;

	length += PUT(out, before_seq);
	length += digits(seq, out + length);
	length += PUT(out + length, before_time);
	clock_format(received_at, out + length);
	length += CLOCK_RFC3339_LENGTH;
	length += PUT(out + length, after_time);
	return length;
}

/* Reads up to 19 digits without a leading zero; returns how many, 0 if none. */
static size_t
parse_seq(const char *text, size_t length, uint64_t *seq)
{
	size_t i;

	*seq = 0;
	for (i = 0; i < length && i < 19; i++) {
		if (text[i] < '0' || text[i] > '9')
			break;
		*seq = *seq * 10 + (uint64_t)(text[i] - '0');
	}
	return i > 0 && text[0] != '0' ? i : 0;
}

bool
stamp_read(const char *line, size_t length, uint64_t *seq,
    int64_t *received_at)
{
	size_t at = sizeof before_seq - 1, count;

	if (length < at || memcmp(line, before_seq, at) != 0)
		return false;
	count = parse_seq(line + at, length - at, seq);
	at += count;
	if (count == 0 || length - at < sizeof before_time - 1 +
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
