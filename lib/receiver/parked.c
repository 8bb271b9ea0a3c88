/*
 * Deliveries that are on disk, and wait until a relay has passed them. The
 * process goes on serving meanwhile: two hooklines that mirror each other, and
 * acknowledge through each other, would otherwise wait for each other.
 */
#include "receiver/internal.h"

#include "base/clock.h"

/* What a relay brought is acknowledged from the disk. If it had to wait for the
 * relay that takes it back, both would wait. */
bool
parked_must_wait(const struct delivery *delivery)
{
	return config_acknowledging(delivery->setup->config) != NULL &&
	    delivery->relayed.bytes == NULL;
}

void
parked_add(struct parked *parked, const struct delivery *delivery,
    uint64_t seq)
{
	const struct setup *setup = delivery->setup;
	struct waiting *waiting = &parked->waiting[parked->count++];

	waiting->delivery = *delivery;
	waiting->delivery.awaited = seq;
	waiting->mark = *journal_mark(setup->journal);
	waiting->until = clock_monotonic_ms() +
	    (int64_t)setup->config->acknowledge_within;
}

bool
parked_is_full(const struct parked *parked)
{
	return parked->count == EXCHANGES_LIVE;
}

/* How long to wait, in milliseconds: no longer than any of them may. */
static int
wait_for(const struct parked *parked, int wait_ms)
{
	int64_t now = clock_monotonic_ms(), until = now + wait_ms;
	size_t i;

	for (i = 0; i < parked->count; i++)
		if (parked->waiting[i].until < until)
			until = parked->waiting[i].until;
	return until > now ? (int)(until - now) : 0;
}

void
parked_look(const struct parked *parked, struct setup *setup, int wait_ms)
{
	struct acknowledge *acknowledge = setup_acknowledge(setup);

	if (acknowledge == NULL)
		return;
	if (wait_ms > 0)
		acknowledge_wait(acknowledge, wait_for(parked, wait_ms));
	acknowledge_look(acknowledge);
}

/* 0: it must go on waiting. */
static int
judge(struct waiting *waiting, bool last)
{
	struct delivery *delivery = &waiting->delivery;
	const struct acknowledge *acknowledge = delivery->setup->acknowledge;
	enum acknowledged fate = acknowledge == NULL ? ACKNOWLEDGE_SILENT :
	    acknowledge_passed(acknowledge, &waiting->mark, delivery->awaited);

	if (fate == ACKNOWLEDGE_PASSED)
		return 200;
	if (fate == ACKNOWLEDGE_WAITING && !last &&
	    clock_monotonic_ms() < waiting->until)
		return 0;
	delivery->unpassed = fate == ACKNOWLEDGE_SILENT ? "relay-silent" :
	    "relay-slow";
	return 503;
}

/* The last one takes the place of the one that is taken out: it has been judged
 * by then. */
bool
parked_take(struct parked *parked, size_t *at, bool last,
    struct delivery *delivery, int *status)
{
	struct waiting *waiting = parked->waiting;

	while (*at > 0) {
		*status = judge(&waiting[--*at], last);
		if (*status == 0)
			continue;
		*delivery = waiting[*at].delivery;
		waiting[*at] = waiting[--parked->count];
		return true;
	}
	return false;
}
