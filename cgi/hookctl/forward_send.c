#include "hookctl/forward_send.h"

#include "base/clock.h"
#include "deliver.h"
#include "hookctl/hookctl.h"
#include "hookctl/output.h"
#include "hookctl/send_answer.h"
#include "hookctl/tail_signals.h"

#include <sys/random.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* "http 422", or why there was no answer. */
static void
set_error(struct forward_sender *sender)
{
	const struct client_answer *answer = &sender->answer;

	if (answer->status != 0)
		(void)snprintf(sender->error, sizeof sender->error, "http %d",
		    answer->status);
	else
		(void)snprintf(sender->error, sizeof sender->error, "%s",
		    answer->error);
}

static uint32_t
random_number(void)
{
	uint32_t number;

	if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
		number = (uint32_t)clock_now();
	return number;
}

/* More about the last answer: ", ..." or "". */
static const char *
about(const struct forward_sender *sender, char out[TALLY_TEXT_MAX])
{
	if (sender->answer.status == 0)
		return "";	/* the error is all that is known */
	answer_about(&sender->answer, out + 2, TALLY_TEXT_MAX - 2);
	if (out[2] == '\0')
		return "";
	memcpy(out, ", ", 2);
	return out;
}

/*
 * A record that is refused
 */

/* Says how long the other tries may take. */
static void
note_refusal(const struct forward_sender *sender, uint64_t seq)
{
	char more[TALLY_TEXT_MAX], age[32];
	int64_t wait = 0;
	unsigned i;

	for (i = 1; i < DELIVER_TRIES; i++)
		wait += deliver_refused_pause_ms(i);
	note("record %" PRIu64 " is refused: %s%s; trying it %d more times, "
	    "within %s", seq, sender->error, about(sender, more),
	    DELIVER_TRIES - 1, age_text(wait / 1000, age));
}

/* False if we are asked to end. */
static bool
wait_refused(const struct forward_sender *sender, unsigned refusals,
    uint64_t seq)
{
	if (refusals == 1)
		note_refusal(sender, seq);
	return signals_sleep(deliver_refused_pause_ms(refusals));
}

/*
 * A destination that fails
 */

static void
note_failure(const struct forward_sender *sender, uint64_t seq)
{
	char more[TALLY_TEXT_MAX], age[32];

	note("record %" PRIu64 " has to wait: %s%s; trying again for up to %s",
	    seq, sender->error, about(sender, more),
	    age_text(sender->give_up, age));
}

/* To be called when the destination has answered properly. */
static void
end_failures(struct forward_sender *sender)
{
	char age[32];

	if (sender->failures > 0)
		note("the destination answers again, after %s", age_text(
		    (clock_monotonic_ms() - sender->held_since) / 1000, age));
	sender->failures = 0;
}

static void
tell_given_up(const struct forward_sender *sender, int64_t asked)
{
	char age[32], more[32];

	if (asked > 0)
		note("the destination takes nothing: %s; it asks for a pause "
		    "of %s, and --give-up is %s", sender->error,
		    age_text(asked / 1000, more),
		    age_text(sender->give_up, age));
	else
		note("the destination has taken nothing for %s: %s",
		    age_text(sender->give_up, age), sender->error);
}

/* Waits until the next try. False if there will be none: `*result` says why. */
static bool
wait_held(struct forward_sender *sender, uint64_t seq,
    enum forward_result *result)
{
	int64_t now = clock_monotonic_ms(), left, wait, asked;

	if (sender->failures++ == 0)
		sender->held_since = now;
	left = sender->held_since + sender->give_up * 1000 - now;
	asked = deliver_retry_after_ms(&sender->answer, clock_now());
	if (left <= 0 || asked > left) {
		tell_given_up(sender, left <= 0 ? 0 : asked);
		*result = FORWARD_GIVEN_UP;
		return false;
	}
	if (sender->failures == 1)
		note_failure(sender, seq);
	wait = deliver_held_pause_ms(sender->failures, random_number());
	if (wait < asked)
		wait = asked;
	*result = FORWARD_STOPPED;
	return signals_sleep(wait < left ? wait : left);
}

enum forward_result
forward_send(struct forward_sender *sender,
    const struct client_request *request, uint64_t seq)
{
	enum forward_result result;
	unsigned refusals = 0;

	for (;;) {
		(void)client_send(sender->client, request, &sender->answer);
		set_error(sender);
		if (!tally_add(sender->tally, request, &sender->answer))
			return FORWARD_NO_MEMORY;
		switch (deliver_judge(sender->answer.status)) {
		case DELIVER_TAKEN:
			end_failures(sender);
			return FORWARD_TAKEN;
		case DELIVER_REFUSED:
			end_failures(sender);
			if (++refusals == DELIVER_TRIES)
				return FORWARD_REFUSED;
			if (!wait_refused(sender, refusals, seq))
				return FORWARD_STOPPED;
			break;
		case DELIVER_HELD:
			if (!wait_held(sender, seq, &result))
				return result;
			break;
		}
	}
}

void
forward_sender_free(struct forward_sender *sender)
{
	client_free(sender->client);
	client_answer_free(&sender->answer);
}
