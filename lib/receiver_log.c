#include "receiver_internal.h"

#include "base/log.h"

#include <string.h>

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

_Static_assert(HOURLY_KINDS <= TALLY_HOURLY, "each has a stamp");

/* All processes count together, in the journal's folder, as soon as that can
 * be had. NULL when memory is short. */
static struct tally *
open_tally(struct receiver *receiver)
{
	if (receiver->tally == NULL || !tally_shared(receiver->tally)) {
		tally_close(receiver->tally);
		receiver->tally = tally_open(receiver->directory,
		    receiver->config->file_mode);
	}
	return receiver->tally;
}

bool
receiver_say_hourly(struct receiver *receiver, enum hourly which)
{
	struct tally *tally = open_tally(receiver);
	bool say;

	if (tally != NULL && tally_shared(tally))
		return tally_hourly(tally, which);
	say = !receiver->setup->cgi && !receiver->said[which];
	receiver->said[which] = true;
	return say;
}

static void
say_sandbox(struct receiver *receiver)
{
	if (receiver_say_hourly(receiver, HOURLY_SANDBOX))
		LOG(LOG_LEVEL_INFO, "sandbox",
		    LOG_TEXT("landlock", receiver->sandbox.files ? "yes" :
		    "no"),
		    LOG_TEXT("seccomp", receiver->sandbox.calls ? "yes" :
		    "no"));
}

struct weak {
	struct receiver *receiver;
	bool asked, say;
};

/* The first of the warnings asks for all of them. */
static void
say_weak(void *argument, const char *text)
{
	struct weak *weak = argument;
	const char *file = weak->receiver->config->file;

	if (!weak->asked)
		weak->say = receiver_say_hourly(weak->receiver,
		    HOURLY_SECRETS);
	weak->asked = true;
	if (weak->say)
		LOG(LOG_LEVEL_WARNING, "config",
		    LOG_TEXT("file", file != NULL ? file : "environment"),
		    LOG_TEXT("warning", text));
}

void
receiver_say_due(struct receiver *receiver)
{
	struct weak weak = { .receiver = receiver };

	if (receiver->config == NULL)
		return;
	if (receiver->due[HOURLY_SANDBOX])
		say_sandbox(receiver);
	if (receiver->due[HOURLY_SECRETS])
		config_weak(receiver->config, say_weak, &weak);
	memset(receiver->due, 0, sizeof receiver->due);
}

void
receiver_refused(const struct work *work, int status)
{
	struct receiver *receiver = work->receiver;
	struct tally *tally;
	uint64_t left_out = 0;

	if (work->refusal == REFUSAL_NONE)
		return;
	if (receiver->tally == NULL)
		receiver_open_journal(receiver);
	tally = open_tally(receiver);
	if (tally != NULL && !tally_add(tally, work->refusal, &left_out))
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
