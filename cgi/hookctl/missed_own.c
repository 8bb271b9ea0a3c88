#include "hookctl/missed_own.h"

#include <string.h>

/* With its headers, even if HTTP/2 compresses them, an answer of hookline's is
 * neither shorter nor longer than this. */
#define HEADERS_LEAST 40
#define HEADERS_MOST 2000

/* How many bytes gzip adds to such a short text. */
#define GZIP_LEAST 19
#define GZIP_MOST 32

#define COUNTS_MOST 6

/* The receiver's answers to a POST. A 404 is its answer to a path that belongs
 * to no endpoint. */
static const struct own {
	int status;
	const char *body;
	int counts[COUNTS_MOST];
	size_t count;
} own[] = {
	{ 200, "ok\n", { COUNTER_ACCEPTED, COUNTER_REPEATS }, 2 },
	{ 400, "bad-request\n", {
	    COUNTER_REFUSED + (int)REFUSAL_NOT_JSON,
	    COUNTER_REFUSED + (int)REFUSAL_CONTENT_LENGTH,
	    COUNTER_REFUSED + (int)REFUSAL_BODY_BROKEN_OFF,
	    COUNTER_REFUSED + (int)REFUSAL_BODY_LENGTH,
	    COUNTER_REFUSED + (int)REFUSAL_BODY_EMPTY }, 5 },
	{ 401, "unauthorized\n", {
	    COUNTER_REFUSED + (int)REFUSAL_SIGNATURE_MISSING,
	    COUNTER_REFUSED + (int)REFUSAL_SIGNATURE_REPEATED,
	    COUNTER_REFUSED + (int)REFUSAL_SIGNATURE }, 3 },
	{ 403, "forbidden\n", {
	    COUNTER_REFUSED + (int)REFUSAL_CLIENT_CERTIFICATE }, 1 },
	{ 404, "not-found\n", { 0 }, 0 },
	{ 413, "too-large\n", {
	    COUNTER_REFUSED + (int)REFUSAL_TOO_LARGE }, 1 },
	{ 503, "unavailable\n", { COUNTER_UNAVAILABLE }, 1 },
};

static const struct own *
find(int status)
{
	size_t i;

	for (i = 0; i < sizeof own / sizeof own[0]; i++)
		if (own[i].status == status)
			return &own[i];
	return NULL;
}

enum missed_size
missed_own_size(const struct missed_line *line)
{
	const struct own *row = find(line->status);
	size_t length;

	if (row == NULL || line->dash)
		return SIZE_OTHER;
	length = strlen(row->body);
	if (line->size == length)
		return SIZE_OWN;
	if (line->size >= length + GZIP_LEAST &&
	    line->size <= length + GZIP_MOST)
		return SIZE_ZIPPED;
	return line->size >= HEADERS_LEAST && line->size <= HEADERS_MOST ?
	    SIZE_HEADERS : SIZE_OTHER;
}

uint64_t
missed_own_count(int status, const struct counters_numbers *numbers)
{
	const struct own *row = find(status);
	uint64_t sum = 0;
	size_t i;

	for (i = 0; row != NULL && i < row->count; i++)
		sum += numbers->counts[row->counts[i]];
	return sum;
}

uint64_t
missed_own_cut(const struct counters_numbers *numbers)
{
	const struct own *row = find(400);

	/* All but not-json and content-length. */
	return missed_own_count(400, numbers) -
	    numbers->counts[row->counts[0]] - numbers->counts[row->counts[1]];
}
