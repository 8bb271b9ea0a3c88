#include "receiver/internal.h"

#include <stdlib.h>

/* Allocated only when needed: most processes never read an old line. */
struct renewal {
	struct notification *notification;
	struct record_batch batch;
	struct buffer work;
	struct buffer records;
};

void
renew_end(struct renewal *renewal)
{
	if (renewal == NULL)
		return;
	notification_free(renewal->notification);
	record_batch_free(&renewal->batch);
	buffer_free(&renewal->work);
	buffer_free(&renewal->records);
	free(renewal);
}

static struct renewal *
begin(void)
{
	struct renewal *renewal = calloc(1, sizeof *renewal);

	if (renewal == NULL)
		return NULL;
	renewal->notification = notification_new();
	if (renewal->notification == NULL) {
		free(renewal);
		return NULL;
	}
	return renewal;
}

enum error
renew_line(void *context, const char *line, size_t length,
    const struct journal_record **records, size_t *count)
{
	const struct span none = { NULL, 0 };
	struct renewal **kept = context, *renewal;
	struct journal_record *made;
	struct span endpoint;
	enum error error;
	size_t i;

	if (*kept == NULL)
		*kept = begin();
	renewal = *kept;
	if (renewal == NULL)
		return ERR_MEMORY;
	error = record_renew(&renewal->batch, renewal->notification,
	    &renewal->work, line, length, &endpoint);
	*count = renewal->batch.count;
	buffer_reset(&renewal->records, BODY_KEEP);
	if (error == ERR_NONE)
		error = buffer_reserve(&renewal->records,
		    *count * sizeof *made);
	if (error != ERR_NONE)
		return error;
	made = (struct journal_record *)(void *)renewal->records.bytes;
	for (i = 0; i < *count; i++) {
		const struct record_tail *tail = &renewal->batch.tails[i];

		key_make(endpoint, (struct span){ tail->key,
		    RECORD_ID_LENGTH }, none, made[i].key);
		made[i].repeat = key_repeat(tail->repeat);
	}
	*records = made;
	return ERR_NONE;
}
