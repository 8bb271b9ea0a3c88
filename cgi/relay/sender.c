#include "relay/sender.h"

#include "deliver.h"
#include "relay/tell.h"

#include "base/clock.h"

#include <sys/random.h>

#include <inttypes.h>
#include <stdio.h>

/* The record was taken or buried. */
static void
finish(struct sender *sender, struct parcel *parcel)
{
	parcel->used = false;
	window_finish(sender->window, parcel->number);
}

void
sender_bury(struct sender *sender, struct parcel *parcel, const char *error,
    struct span answer)
{
	if (postbox_bury(sender->postbox, parcel->record.seq,
	    (struct span){ parcel->line.bytes, parcel->line.length },
	    parcel->letter.tries, error, answer)) {
		letters_buried(&sender->letters);
		finish(sender, parcel);
	} else
		parcel->due = clock_monotonic_ms() + SENDER_AGAIN_MS;
}

void
sender_tell(struct sender *sender, const char *problem)
{
	tell(sender->postbox, &(struct tidings){ .relay = sender->relay->name,
	    .problem = problem, .failures = sender->failures,
	    .worth = SENDER_PROBING, .next_try = sender->hold_until });
}

/* The destination is well, whatever it says of this record. */
static void
resume(struct sender *sender)
{
	sender_tell(sender, NULL);
	sender->failures = 0;
	sender->hold_until = 0;
}

static void
taken(struct sender *sender, struct parcel *parcel)
{
	resume(sender);
	letters_taken(&sender->letters, clock_monotonic_ms());
	postbox_status(sender->postbox)->sent++;
	finish(sender, parcel);
}

/* Another try may succeed, so the record waits for it. */
static void
refused(struct sender *sender, struct parcel *parcel, const char *problem)
{
	const struct letter *letter = &parcel->letter;
	struct relays_status *status = postbox_status(sender->postbox);

	resume(sender);
	parcel->due = clock_monotonic_ms() +
	    deliver_refused_pause_ms(letter->refusals);
	(void)snprintf(status->text, sizeof status->text, "record %" PRIu64
	    ": %.100s, try %u of %d", parcel->record.seq, problem,
	    letter->refusals, DELIVER_TRIES);
}

/* Lets the record wait, and all others too if the destination seems down. */
static void
hold(struct sender *sender, struct parcel *parcel, int64_t asked,
    const char *problem)
{
	int64_t now = clock_monotonic_ms(), pause;
	uint32_t random = 0;
	bool another = parcel->launch > sender->failed;

	if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0)
		random = (uint32_t)now;
	pause = deliver_held_pause_ms(parcel->letter.failures, random);
	parcel->due = now + (asked > pause ? asked : pause);
	if (another) {
		sender->failures++;
		sender->failed = sender->launches;
	}
	if (sender->count == 1 || asked > 0) {
		if (sender->hold_until < parcel->due)
			sender->hold_until = parcel->due;
	} else if (another && sender->failures >= SENDER_PROBING)
		sender->hold_until = now + deliver_held_pause_ms(
		    sender->failures - SENDER_PROBING + 1, random);
	sender_tell(sender, problem);
}

void
sender_judge(struct sender *sender, struct parcel *parcel,
    const struct client_answer *answer)
{
	char problem[sizeof answer->error];
	const struct span body = { answer->body.bytes, answer->body.length };
	int64_t asked = deliver_retry_after_ms(answer, clock_now());

	if (answer->status != 0)
		(void)snprintf(problem, sizeof problem, "http %d%s",
		    answer->status, letters_are_full(&sender->letters) ?
		    ", after ten dead letters in a row" : "");
	else
		(void)snprintf(problem, sizeof problem, "%s", answer->error);
	switch (letters_judge(&sender->letters, &parcel->letter,
	    answer->status, sender->relay->give_up)) {
	case LETTER_TAKEN:
		taken(sender, parcel);
		break;
	case LETTER_REFUSED:
		refused(sender, parcel, problem);
		break;
	case LETTER_HELD:
		hold(sender, parcel, asked, problem);
		break;
	case LETTER_DEAD:
		resume(sender);
		sender_bury(sender, parcel, problem, body);
		break;
	}
}
