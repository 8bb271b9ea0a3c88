#include "inbox/strip.h"

#include "base/clock.h"
#include "base/io.h"
#include "journal/counters_view.h"

#include <sys/statvfs.h>

#include <fcntl.h>
#include <string.h>


/* Adds the counts of one slot in one hour of the strip. */
static void
add_hour(const struct counters_view *view, size_t slot, uint32_t hour,
    size_t place, struct strip *strip)
{
	struct counters_numbers numbers;
	const uint64_t *counts = numbers.counts;
	size_t refusal;

	if (!counters_view_hour(view, slot, hour, &numbers))
		return;
	strip->received[place] += counts[COUNTER_ACCEPTED] +
	    counts[COUNTER_REPEATS];
	strip->received_total += counts[COUNTER_ACCEPTED] +
	    counts[COUNTER_REPEATS];
	strip->repeats += counts[COUNTER_REPEATS];
	strip->unavailable += counts[COUNTER_UNAVAILABLE];
	for (refusal = REFUSAL_NONE + 1; refusal < REFUSALS; refusal++) {
		strip->refused[refusal] += counts[COUNTER_REFUSED + refusal];
		strip->refused_total += counts[COUNTER_REFUSED + refusal];
	}
}

static void
add_slot(const struct counters_view *view, size_t slot, int64_t now,
    struct strip *strip)
{
	uint32_t last = (uint32_t)(now / CLOCK_HOUR);
	char name[COUNTERS_NAME_SIZE];
	size_t place;

	if (!counters_view_name(view, slot, name))
		return;
	for (place = 0; place < STRIP_HOURS; place++)
		add_hour(view, slot, last - (STRIP_HOURS - 1 -
		    (uint32_t)place), place, strip);
}

/* Finds the longest run of hours without anything, the last one if several are
 * equal. Hours before counting began do not count as quiet. */
static void
find_quiet(struct strip *strip, int64_t now)
{
	int64_t first = now / CLOCK_HOUR - (STRIP_HOURS - 1);
	size_t place, run = 0, longest = 2;

	for (place = 0; place < STRIP_HOURS; place++) {
		int64_t hour = first + (int64_t)place;

		run = strip->received[place] > 0 ||
		    hour * CLOCK_HOUR < strip->since ? 0 : run + 1;
		if (run < longest)
			continue;
		longest = run;
		strip->quiet_from = (hour + 1 - (int64_t)run) * CLOCK_HOUR;
		strip->quiet_to = place == STRIP_HOURS - 1 ? 0 :
		    (hour + 1) * CLOCK_HOUR;
	}
}

static void
look_at_disk(const char *directory, struct strip *strip)
{
	struct statvfs disk;

	if (statvfs(directory, &disk) != 0)
		return;
	strip->free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
	strip->total_bytes = (uint64_t)disk.f_blocks * disk.f_frsize;
}

/* Adds a relay that needs attention. Its position may be beyond `latest`, which
 * was read before. */
static void
add_relay(const struct relays_status *status, uint64_t latest,
    struct strip *strip)
{
	struct strip_relay *relay = &strip->relays[strip->relay_count];

	relay->behind = status->position < latest ?
	    latest - status->position : 0;
	relay->alive = relays_alive(status);
	relay->held = relay->alive && status->state == RELAYS_HELD;
	memcpy(relay->name, status->name, sizeof relay->name);
	if (relay->behind > 0 ||
	    (!relay->alive && status->state != RELAYS_ENDED))
		strip->relay_count++;
}

static void
look_at_relays(const char *directory, uint64_t latest, struct strip *strip)
{
	struct relays_status statuses[RELAYS_MAX];
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t count = 0, i;

	if (fd == -1)
		return;
	(void)relays_list(fd, statuses, &count);
	io_close(fd);
	for (i = 0; i < count; i++)
		add_relay(&statuses[i], latest, strip);
}

void
strip_look(const char *directory, int64_t now, uint64_t latest,
    int64_t last_received, struct strip *strip)
{
	struct counters_view *view = NULL;
	size_t slot;

	*strip = (struct strip){ .last_received = last_received };
	look_at_disk(directory, strip);
	look_at_relays(directory, latest, strip);
	if (counters_view_open(-1, directory, &view) != ERR_NONE)
		return;
	strip->counted = true;
	strip->since = counters_view_since(view);
	for (slot = 0; slot < COUNTERS_SLOTS; slot++)
		add_slot(view, slot, now, strip);
	find_quiet(strip, now);
	counters_view_close(view);
}
