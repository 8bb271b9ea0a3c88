/*
 * fuzz_ask: the query of a request for the inbox.
 *
 *  - A query that is refused has a reason, of printable ASCII.
 *  - The link that asks for the same consists of bytes that are safe in an
 *    attribute, and is read as the same.
 */
#include "fuzz.h"

#include "inbox/ask.h"

#include <stdlib.h>
#include <string.h>

#define NOW INT64_C(1795240800123456)

static void
check_reason(const char *wrong)
{
	const char *p;

	MUST(*wrong != '\0' && strlen(wrong) < 159);
	for (p = wrong; *p != '\0'; p++)
		MUST(*p >= ' ' && *p <= '~');
}

/* The query of a link, as a browser takes it from an attribute. */
static char *
query_of(const struct buffer *link)
{
	char *query = calloc(1, link->length), *out = query;
	size_t i;

	MUST(link->length > 0 && link->bytes[0] == '?');
	for (i = 1; i < link->length; i++) {
		*out++ = link->bytes[i];
		if (link->bytes[i] == '&') {
			MUST(link->length - i > 5 &&
			    memcmp(link->bytes + i, "&amp;", 5) == 0);
			i += 4;
		}
	}
	MUST(strspn(query, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
	    "wxyz0123456789-._~%=&") == strlen(query));
	return query;
}

static void
check_link(const struct ask *ask)
{
	struct buffer link = { 0 };
	char wrong[160], *query;
	struct ask again;

	MUST(ask_link(ask, &link) == ERR_NONE);
	query = query_of(&link);
	MUST(ask_read(&again, query, NOW, wrong) == ERR_NONE);
	MUST(memcmp(again.texts, ask->texts, sizeof again.texts) == 0);
	MUST(again.kind == ask->kind && again.from == ask->from &&
	    again.to == ask->to && again.before == ask->before &&
	    again.seq == ask->seq && again.after == ask->after &&
	    again.all == ask->all && strcmp(again.file, ask->file) == 0);
	free(query);
	buffer_free(&link);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *query = fuzz_text((struct span){ (const char *)data, size });
	char wrong[160];
	struct ask ask;

	if (ask_read(&ask, query, NOW, wrong) == ERR_NONE)
		check_link(&ask);
	else
		check_reason(wrong);
	free(query);
	return 0;
}
