#include "receiver_internal.h"

#include "base/log.h"

static const char *const words[] = {
	[REFUSAL_NONE] = "none",
	[REFUSAL_PATH] = "path",
	[REFUSAL_METHOD] = "method",
	[REFUSAL_HUB_PARAMETERS] = "hub-parameters",
	[REFUSAL_VERIFY_TOKEN] = "verify-token",
	[REFUSAL_HUB_MODE] = "hub-mode",
	[REFUSAL_CONTENT_LENGTH] = "content-length",
	[REFUSAL_TOO_LARGE] = "too-large",
	[REFUSAL_BODY_BROKEN_OFF] = "body-broken-off",
	[REFUSAL_BODY_LENGTH] = "body-length",
	[REFUSAL_SIGNATURE_MISSING] = "signature-missing",
	[REFUSAL_SIGNATURE_REPEATED] = "signature-repeated",
	[REFUSAL_SIGNATURE] = "signature",
	[REFUSAL_CLIENT_CERTIFICATE] = "client-certificate",
	[REFUSAL_NOT_JSON] = "not-json",
	[REFUSAL_STORAGE] = "storage",
};

_Static_assert(sizeof words / sizeof words[0] <= TALLY_KINDS,
    "each refusal has a count");

void
receiver_refused(const struct work *work, int status)
{
	struct receiver *receiver = work->receiver;
	uint64_t left_out = 0;

	if (work->refusal == REFUSAL_NONE)
		return;
	/* All processes count together, in the journal's folder. */
	if (receiver->tally == NULL || !tally_shared(receiver->tally)) {
		if (receiver->tally == NULL)
			receiver_open_journal(receiver);
		tally_close(receiver->tally);
		receiver->tally = tally_open(receiver->directory,
		    receiver->config->journal.file_mode);
	}
	if (receiver->tally != NULL && !tally_add(receiver->tally,
	    work->refusal, &left_out))
		return;
	if (left_out > 0)
		LOG(LOG_LEVEL_WARNING, "rejected-more",
		    LOG_NUMBER("count", left_out));
	LOG(status == 503 ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING,
	    status == 503 ? "unavailable" : "rejected",
	    LOG_TEXT("reason", work->error != ERR_NONE ?
	    error_word(work->error) : words[work->refusal]),
	    LOG_TEXT("endpoint", work->endpoint != NULL ?
	    work->endpoint->path : work->request.path),
	    LOG_NUMBER("bytes", work->bytes),
	    LOG_TEXT("peer", request_variable(&work->request,
	    "REMOTE_ADDR")));
}
