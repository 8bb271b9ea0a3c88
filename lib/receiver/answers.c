#include "receiver/internal.h"

#include <stdio.h>
#include <string.h>

#define RETRY_AFTER "Retry-After: 30\r\n"	/* seconds */
#define ALLOW "Allow: GET, HEAD, POST\r\n"

struct row {
	int status;
	const char *word;
	const char *header;	/* "" if it has none of its own */
};

static const struct row rows[] = {
	{ 200, "ok", "" },
	{ 400, "bad-request", "" },
	{ 401, "unauthorized", "" },
	{ 403, "forbidden", "" },
	{ 404, "not-found", "" },
	{ 405, "method-not-allowed", ALLOW },
	{ 413, "too-large", "" },
	{ 503, "unavailable", RETRY_AFTER },
};

/* The row of a status; the last one, 503, if it is not in the table. */
static const struct row *
row_of(int status)
{
	const struct row *last = rows + sizeof rows / sizeof rows[0] - 1;
	const struct row *row = rows;

	while (row < last && row->status != status)
		row++;
	return row;
}

void
answer_text(struct answer *answer, int status, const char *text)
{
	answer->status = status;
	(void)snprintf(answer->body, sizeof answer->body, "%s", text);
}

void
answer_word(struct answer *answer, int status, const char *word)
{
	answer->status = status;
	(void)snprintf(answer->body, sizeof answer->body, "%s\n", word);
}

void
answer_status(struct answer *answer, int status)
{
	const struct row *row = row_of(status);

	answer_word(answer, row->status, row->word);
}

size_t
answer_format(const struct answer *answer, bool head_only,
    char out[ANSWER_MAX])
{
	const struct row *row = row_of(answer->status);
	size_t length = strlen(answer->body);
	const struct response response = { .status = row->status,
	    .type = "text/plain; charset=utf-8", .length = length,
	    .others = row->header };
	size_t head = response_head(&response, out);

	if (head_only)
		return head;
	memcpy(out + head, answer->body, length + 1);
	return head + length;
}

int
delivery_refuse(struct delivery *delivery, int status, enum refusal refusal)
{
	delivery->refusal = refusal;
	return status;
}

int
delivery_fail(struct delivery *delivery, enum error error)
{
	delivery->error = error;
	return delivery_refuse(delivery, 503, REFUSAL_STORAGE);
}
