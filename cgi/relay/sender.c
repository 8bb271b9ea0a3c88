#include "relay/sender.h"

#include "deliver.h"
#include "relay/tell.h"

#include "base/clock.h"

#include <sys/random.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Which of two records to try first: the older one, as a rule. While nothing
 * gets through, the one with fewer tries: a record that never gets through must
 * not keep the others away. */
static bool
goes_before(const struct sender *sender, const struct parcel *one,
    const struct parcel *other)
{
	if (sender->failures >= SENDER_PROBING &&
	    one->letter.tries != other->letter.tries)
		return one->letter.tries < other->letter.tries;
	return one->number < other->number;
}

struct parcel *
sender_due(struct sender *sender, int64_t now)
{
	struct parcel *first = NULL, *parcel;
	size_t i;

	for (i = 0; i < sender->count; i++) {
		parcel = &sender->parcels[i];
		if (parcel->used && !parcel->flying && parcel->due <= now &&
		    (first == NULL || goes_before(sender, parcel, first)))
			first = parcel;
	}
	return first;
}

struct parcel *
sender_free(struct sender *sender)
{
	size_t i;

	for (i = 0; i < sender->count; i++)
		if (!sender->parcels[i].used)
			return &sender->parcels[i];
	return NULL;
}

/* The record was taken or buried. */
static void
finish(struct sender *sender, struct parcel *parcel)
{
	parcel->used = false;
	window_finish(sender->window, parcel->number);
}

void
sender_bury(struct sender *sender, struct parcel *parcel)
{
	const struct grave *grave = &parcel->grave;

	sender->stuck = !postbox_bury(sender->postbox, parcel->record.seq,
	    (struct span){ parcel->line.bytes, parcel->line.length },
	    parcel->letter.tries, grave->error,
	    (struct span){ grave->answer, grave->length });
	if (sender->stuck) {
		parcel->due = clock_monotonic_ms() +
		    deliver_held_pause_ms(++parcel->grave.failures, 0);
		return;
	}
	letters_buried(&sender->letters, &parcel->letter);
	finish(sender, parcel);
}

void
sender_give_up(struct sender *sender, struct parcel *parcel,
    const char *error, struct span answer)
{
	struct grave *grave = &parcel->grave;
	size_t length = answer.length < sizeof grave->answer ? answer.length :
	    sizeof grave->answer;

	*grave = (struct grave){ .dug = true, .length = length };
	(void)snprintf(grave->error, sizeof grave->error, "%s", error);
	if (length > 0)
		memcpy(grave->answer, answer.bytes, length);
	sender_bury(sender, parcel);
}

const char *
sender_remedy(const struct sender *sender)
{
	const char *advice = deliver_advice(sender->status);

	if (*advice != '\0')
		return advice;
	return sender->start->once ? "none is needed once the destination is "
	    "well: the next run starts with the same record" :
	    "none is needed once the destination is well";
}

void
sender_tell(struct sender *sender, const char *problem)
{
	tell(sender->postbox, &(struct tidings){ .relay = sender->relay->name,
	    .problem = problem, .remedy = sender_remedy(sender),
	    .failures = sender->failures, .worth = SENDER_PROBING,
	    .next_try = sender->next_try, .said = &sender->said });
}

/* A record whose dead letter could not be written, or NULL. */
static const struct parcel *
unburied(const struct sender *sender)
{
	size_t i;

	for (i = 0; i < sender->count; i++)
		if (sender->parcels[i].used && sender->parcels[i].grave.dug)
			return &sender->parcels[i];
	return NULL;
}

void
sender_tell_trouble(struct sender *sender)
{
	struct relays_status *status = postbox_status(sender->postbox);
	const struct parcel *parcel = unburied(sender);

	if (sender->failures > 0)
		return;
	if (parcel != NULL)
		(void)snprintf(status->text, sizeof status->text, "record %"
		    PRIu64 ": its dead letter cannot be written",
		    parcel->record.seq);
	else if (sender->found == SOURCE_FAILED)
		strcpy(status->text, TELL_UNREADABLE);
	else {
		if (status->state == RELAYS_FAILED)
			sender_tell(sender, NULL);
		return;
	}
	status->state = RELAYS_FAILED;
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
	sender->next_try = sender->hold_until > now ? sender->hold_until :
	    parcel->due;
	sender_tell(sender, problem);
}

/* Whether there is no room for other records, and all that wait have failed
 * while others were taken. With no others to send, they would never be given
 * up. */
static bool
is_in_the_way(const struct sender *sender)
{
	size_t i;

	for (i = 0; i < sender->count; i++)
		if (sender->parcels[i].used && !letters_suspect(
		    &sender->letters, &sender->parcels[i].letter))
			return false;
	return window_full(sender->window);
}

void
sender_judge(struct sender *sender, struct parcel *parcel,
    const struct client_answer *answer)
{
	char problem[sizeof answer->error];
	const struct span body = { answer->body.bytes, answer->body.length };
	int64_t asked = deliver_retry_after_ms(answer, clock_now());

	if (answer->status != 200)
		sender->status = answer->status;
	if (answer->status != 0)
		(void)snprintf(problem, sizeof problem, "http %d%s",
		    answer->status, letters_are_full(&sender->letters) ?
		    ", after ten dead letters in a row" : "");
	else
		(void)snprintf(problem, sizeof problem, "%s", answer->error);
	if (is_in_the_way(sender))
		letters_alive(&sender->letters, clock_monotonic_ms());
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
		sender_give_up(sender, parcel, problem, body);
		break;
	}
}
