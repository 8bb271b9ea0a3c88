#include "hookctl/verify_order.h"

#include "base/clock.h"
#include "base/digits.h"

#include <inttypes.h>
#include <string.h>

/*
 * seq
 */

/* Whether two numbers, as they are written, differ in one bit. */
static bool
one_bit_apart(uint64_t left, uint64_t right)
{
	char a[DECIMAL_SIZE], b[DECIMAL_SIZE];
	size_t length = decimal_write(left, a), i;
	unsigned bits = 0;

	if (decimal_write(right, b) != length)
		return false;
	for (i = 0; i < length; i++)
		bits += (unsigned)__builtin_popcount((unsigned char)a[i] ^
		    (unsigned char)b[i]);
	return bits == 1;
}

static void
say_damaged(struct order *order, bool alone)
{
	findings_add(order->findings, &order->odd_place, "seq", "seq is %"
	    PRIu64 ", where %" PRIu64 " was due%s", order->got, order->wanted,
	    alone ? "; the records around it are in order" : "");
}

static void
say_jumped(struct order *order)
{
	uint64_t last = order->got - 1;

	if (order->got < order->wanted)
		findings_add(order->findings, &order->odd_place, "seq",
		    "seq %" PRIu64 " comes again, where %" PRIu64 " was due",
		    order->got, order->wanted);
	else if (last == order->wanted)
		findings_add(order->findings, &order->odd_place, "seq",
		    "record %" PRIu64 " is missing before this one", last);
	else
		findings_add(order->findings, &order->odd_place, "seq",
		    "records %" PRIu64 " to %" PRIu64 " are missing before "
		    "this one", order->wanted, last);
}

static bool
is_due(const struct order *order, uint64_t seq)
{
	return order->due == 0 || (seq >= order->due &&
	    seq - order->due <= order->unread);
}

/* Decides by the record after an odd one whether that one's seq was damaged, or
 * records are missing. If this record is out of order too, it is the next odd
 * one. */
static void
settle_odd(struct order *order, uint64_t seq)
{
	uint64_t unread = order->unread;
	bool again = seq > order->got && seq - order->got - 1 <= unread;
	bool skips = (seq > order->wanted && seq - order->wanted - 1 <=
	    unread) || (order->after > 0 && seq > order->after &&
	    seq - order->after - 1 <= unread);

	order->odd = false;
	order->due = seq;
	if (again)
		say_jumped(order);
	else
		say_damaged(order, skips);
	if (skips || again) {
		order->unread = 0;
		return;
	}
	/* This record is odd as well. */
	order->after = order->got + 1;
	order->due = order->wanted + 1;
}

static void
take_seq(struct order *order, uint64_t seq, const struct place *place)
{
	order->after = 0;
	if (order->odd)
		settle_odd(order, seq);
	if (is_due(order, seq)) {
		order->due = seq + 1;
		order->unread = 0;
		return;
	}
	order->odd = true;
	order->got = seq;
	order->wanted = order->due;
	order->odd_place = *place;
	order->unread = 0;
}

/* Judges an odd record that is the last one. */
static void
end_odd(struct order *order)
{
	if (!order->odd)
		return;
	order->odd = false;
	order->due = order->got + 1;
	if (one_bit_apart(order->got, order->wanted))
		say_damaged(order, true);
	else
		say_jumped(order);
}

/*
 * Times
 */

/* Whether one changed bit in a time would put it into this range. */
static bool
one_bit_from(int64_t time, int64_t least, int64_t most)
{
	char text[CLOCK_RFC3339_LENGTH + 1];
	int64_t other;
	size_t i;
	int bit;

	clock_format(time, text);
	for (i = 0; i < CLOCK_RFC3339_LENGTH; i++)
		for (bit = 0; bit < 4; bit++) {
			text[i] = (char)(text[i] ^ (1 << bit));
			if (clock_parse(text, &other) && other >= least &&
			    other <= most)
				return true;
			text[i] = (char)(text[i] ^ (1 << bit));
		}
	return false;
}

static void
say_time(struct order *order, const struct moment *moment,
    const struct moment *other)
{
	char text[CLOCK_RFC3339_LENGTH + 1];

	clock_format(other->time, text);
	findings_add(order->findings, &moment->place, "time", "received_at is "
	    "out of order: %s, %s", moment == &order->last &&
	    other != &order->before ? "it is after that of the next record" :
	    "it is before that of the record before", text);
}

static void
note_clock(struct order *order)
{
	char from[CLOCK_RFC3339_LENGTH + 1], to[CLOCK_RFC3339_LENGTH + 1];

	clock_format(order->before.time, from);
	clock_format(order->last.time, to);
	findings_note(order->findings, "the clock was set back before record "
	    "%" PRIu64 ": from %s to %s", order->last.place.seq, from, to);
}

/* The last record is much earlier than the one before it. Decides whether its
 * time is damaged, or the clock was set back. */
static void
settle_back(struct order *order, int64_t least, int64_t most)
{
	order->back = false;
	if (most >= least && one_bit_from(order->last.time, least, most))
		say_time(order, &order->last, &order->before);
	else
		note_clock(order);
}

/* This record is earlier than the last one. */
static void
went_back(struct order *order, const struct moment *moment)
{
	int64_t least = order->moments > 1 ? order->before.time :
	    moment->time - CLOCK_HOUR;

	if (least <= moment->time &&
	    one_bit_from(order->last.time, least, moment->time))
		say_time(order, &order->last, moment);
	else if (order->last.time - moment->time <= CLOCK_HOUR)
		say_time(order, moment, &order->last);
	else
		order->back = true;
}

static void
take_time(struct order *order, const struct moment *moment)
{
	if (order->back)
		settle_back(order, order->before.time, moment->time);
	if (order->moments > 0 && moment->time < order->last.time)
		went_back(order, moment);
	order->before = order->last;
	order->last = *moment;
	if (order->moments < 2)
		order->moments++;
}

/* Judges the time of the last record. */
static void
end_time(struct order *order, int64_t now)
{
	if (order->back)
		settle_back(order, order->before.time,
		    order->before.time + CLOCK_HOUR);
	else if (order->moments > 1 && order->last.time > now &&
	    one_bit_from(order->last.time, order->before.time, now))
		findings_add(order->findings, &order->last.place, "time",
		    "received_at is in the future, but one changed bit would "
		    "put it in order");
}

/*
 * Both
 */

void
order_take(struct order *order, uint64_t seq, int64_t time,
    const struct place *seq_place, const struct place *time_place)
{
	const struct moment moment = { time, *time_place };

	take_seq(order, seq, seq_place);
	take_time(order, &moment);
}

void
order_pass(struct order *order)
{
	order->unread++;
}

void
order_jump(struct order *order, uint64_t seq)
{
	end_odd(order);
	order->due = seq;
	order->unread = 0;
}

void
order_end(struct order *order, int64_t now)
{
	end_odd(order);
	end_time(order, now);
}
