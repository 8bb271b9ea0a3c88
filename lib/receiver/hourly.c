/*
 * What is true all the time, and would fill the log if each process said it, or
 * each CGI request: once an hour is enough for all of them together.
 */
#include "receiver/internal.h"

#include "base/log.h"
#include "journal/counters_layout.h"

#include <string.h>

_Static_assert(HOURLY_KINDS <= COUNTERS_HOURLY, "each has a stamp");

bool
receiver_say_hourly(struct receiver *receiver, enum hourly which)
{
	bool say = !receiver->setup->cgi && !receiver->told[which];

	if (counters_shared(receiver->counters))
		return counters_hourly(receiver->counters, which);
	receiver->told[which] = true;
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
		weak->say = receiver_say_hourly(weak->receiver, HOURLY_SECRETS);
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
