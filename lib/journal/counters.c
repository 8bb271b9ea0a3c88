#include "journal/counters.h"

#include "base/clock.h"
#include "journal/boot_stamp.h"
#include "journal/counters_file.h"
#include "journal/guard.h"

#include <sys/mman.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* boot_stamp() of the last attempts to store; 0: there was none. */
struct attempts {
	uint64_t failed, stored;
};

struct counters {
	struct counters_place place;
	struct counters_file *own;	/* in memory, not a file; or NULL */
	struct attempts attempts;	/* of this process */
};

struct counters *
counters_open(int directory, const char *path, mode_t mode)
{
	struct counters *counters = calloc(1, sizeof *counters);

	if (counters == NULL)
		return NULL;
	counters->place.directory = directory == -1 ? AT_FDCWD : directory;
	counters->place.path = strdup(directory == -1 ? path : ".");
	counters->place.mode = mode;
	if (counters->place.path == NULL) {
		free(counters);
		return NULL;
	}
	guard_install();
	return counters;
}

void
counters_close(struct counters *counters)
{
	if (counters == NULL)
		return;
	counters_unmap(&counters->place.map);
	if (counters->own != NULL)
		(void)munmap(counters->own, COUNTERS_SIZE);
	free(counters->place.path);
	free(counters);
}

/* One change to the counts, or one query about them. */
struct change {
	struct counters_file *file;
	const struct counters_event *event;
	struct attempts attempts;
	enum counters_about about;
	uint32_t lines_max;
	uint64_t left_out, window;
	unsigned which;
	bool yes;
};

/* Applies it to the file, or, if that is missing or gives way, to the counts in
 * our own memory. If we have neither, nothing changes. */
static void
apply(struct counters *counters, void (*function)(void *argument),
    struct change *change)
{
	counters_follow(&counters->place, true);
	change->file = counters->place.map.file;
	change->lines_max = COUNTERS_LINES_MAX;
	if (change->file != NULL && guard_run(function, change))
		return;
	counters_unmap(&counters->place.map);
	if (counters->own == NULL)
		counters->own = counters_memory();
	change->file = counters->own;
	change->lines_max = COUNTERS_LINES_ALONE;
	if (change->file == NULL)
		return;
	if (change->file->window < counters->place.window)
		change->file->window = counters->place.window;
	function(change);
}

bool
counters_shared(struct counters *counters)
{
	if (counters == NULL)
		return false;
	counters_follow(&counters->place, true);
	return counters->place.map.file != NULL;
}

/*
 * Adding
 */

static uint64_t
digest_of(const char *name)
{
	uint64_t digest = UINT64_C(14695981039346656037);	/* FNV-1a */

	for (; *name != '\0'; name++)
		digest = (digest ^ (unsigned char)*name) *
		    UINT64_C(1099511628211);
	return digest != 0 ? digest : 1;
}

/* Finds an endpoint's slot, or takes one for it; 0 if all are taken. */
static size_t
slot_of(struct counters_file *file, const char *name)
{
	uint64_t digest, seen;
	size_t slot, length;

	if (name == NULL)
		return 0;
	digest = digest_of(name);
	for (slot = 1; slot < COUNTERS_SLOTS; slot++) {
		seen = atomic_load_explicit(&file->digests[slot],
		    memory_order_relaxed);
		if (seen == 0 && atomic_compare_exchange_strong(
		    &file->digests[slot], &seen, digest))
			seen = digest;
		if (seen == digest)
			break;
	}
	if (slot == COUNTERS_SLOTS)
		return 0;
	/* The process that took it may have been killed before it wrote the
	 * name. */
	if (file->names[slot][0] == '\0') {
		length = strnlen(name, COUNTERS_NAME_SIZE - 1);
		memcpy(file->names[slot], name, length);
	}
	return slot;
}

/*
 * Gives a place in the ring to a new hour. What the place counted before is
 * subtracted, not overwritten: others may add to the new hour meanwhile. If a
 * process is killed here, one hour's numbers stay too high.
 */
static void
begin_hour(struct counters_hour *place, uint32_t hour)
{
	uint32_t old[COUNTERS], seen = place->hour;
	uint64_t bytes = place->bytes;
	size_t i;

	for (i = 0; i < COUNTERS; i++)
		old[i] = place->counts[i];
	if (seen == hour ||
	    !atomic_compare_exchange_strong(&place->hour, &seen, hour))
		return;
	for (i = 0; i < COUNTERS; i++)
		if (old[i] != 0)
			place->counts[i] -= old[i];
	place->bytes -= bytes;
}

static void
count(struct counters_totals *totals, struct counters_hour *hour, size_t which)
{
	atomic_fetch_add_explicit(&totals->counts[which], 1,
	    memory_order_relaxed);
	atomic_fetch_add_explicit(&hour->counts[which], 1,
	    memory_order_relaxed);
}

static size_t
bucket_of(int64_t took_us)
{
	static const int64_t ends_ms[] = { COUNTERS_TIMES_MS };
	size_t bucket = 0;

	while (bucket < sizeof ends_ms / sizeof ends_ms[0] &&
	    took_us > ends_ms[bucket] * 1000)
		bucket++;
	return bucket;
}

static void
add_accepted(struct counters_totals *totals, struct counters_hour *hour,
    const struct counters_event *event)
{
	count(totals, hour, COUNTER_ACCEPTED);
	if (event->secret < COUNTERS_SECRETS)
		count(totals, hour, COUNTER_SECRETS + event->secret);
	atomic_fetch_add_explicit(&totals->bytes, event->bytes,
	    memory_order_relaxed);
	atomic_fetch_add_explicit(&hour->bytes, event->bytes,
	    memory_order_relaxed);
}

static void
add(void *argument)
{
	const struct change *change = argument;
	const struct counters_event *event = change->event;
	struct counters_file *file = change->file;
	size_t slot = slot_of(file, event->endpoint);
	struct counters_totals *totals = &file->totals[slot];
	uint32_t now = (uint32_t)(clock_now() / CLOCK_HOUR);
	struct counters_hour *hour = &file->hours[slot][now % COUNTERS_HOURS];

	if (hour->hour != now)
		begin_hour(hour, now);
	if (event->accepted)
		add_accepted(totals, hour, event);
	if (event->repeat)
		count(totals, hour, COUNTER_REPEATS);
	if (event->unavailable)
		count(totals, hour, COUNTER_UNAVAILABLE);
	if (event->refusal != REFUSAL_NONE)
		count(totals, hour, COUNTER_REFUSED + (size_t)event->refusal);
	if (event->took_us >= 0) {
		count(totals, hour, COUNTER_TIMES + bucket_of(event->took_us));
		atomic_fetch_add_explicit(&file->took_us[slot],
		    (uint64_t)event->took_us, memory_order_relaxed);
	}
}

void
counters_add(struct counters *counters, const struct counters_event *event)
{
	struct change change = { .event = event };

	if (counters != NULL)
		apply(counters, add, &change);
}

/*
 * Lines in the log
 */

/* Another process may have read its clock a little after us, so `seen` may be
 * slightly ahead. If it is further ahead, the clock was set back. */
static bool
same_window(uint64_t seen, uint64_t now)
{
	uint64_t second = seen >> 32;

	return second >= now >> 32 && second - (now >> 32) < 5;
}

static _Atomic uint64_t *
window_of(struct counters_file *file, enum counters_about about)
{
	return about == ABOUT_REPEATS ? &file->repeats :
	    about == ABOUT_HINTS ? &file->hints : &file->window;
}

static void
ask_for_line(void *argument)
{
	struct change *change = argument;
	_Atomic uint64_t *window = window_of(change->file, change->about);
	uint32_t most = change->about == ABOUT_HINTS ? COUNTERS_HINTS_MAX :
	    change->lines_max;
	uint64_t now = (uint64_t)(clock_now() / CLOCK_SECOND) << 32;
	uint64_t seen = *window, next;

	do
		next = same_window(seen, now) ? seen + 1 : now + 1;
	while (!atomic_compare_exchange_weak(window, &seen, next));
	change->window = next;
	change->yes = (uint32_t)next <= most;
	change->left_out = 0;
	if ((uint32_t)next == 1 && (uint32_t)seen > most)
		change->left_out = (uint32_t)seen - most;
}

bool
counters_line(struct counters *counters, enum counters_about about,
    uint64_t *left_out)
{
	struct change change = { .about = about, .yes = true };

	if (counters != NULL) {
		apply(counters, ask_for_line, &change);
		/* If the file was just replaced, ask the new one instead. */
		if (change.yes && counters_replaced(&counters->place))
			apply(counters, ask_for_line, &change);
		if (about == ABOUT_REFUSALS)
			counters->place.window = change.window;
	}
	*left_out = change.left_out;
	return change.yes;
}

static void
ask_for_hour(void *argument)
{
	struct change *change = argument;
	_Atomic uint32_t *last = &change->file->hourly[change->which];
	uint32_t now = (uint32_t)(clock_now() / CLOCK_HOUR) + 1, seen = *last;

	change->yes = seen != now &&
	    atomic_compare_exchange_strong(last, &seen, now);
}

bool
counters_hourly(struct counters *counters, unsigned which)
{
	struct change change = { .which = which, .yes = true };

	if (counters != NULL)
		apply(counters, ask_for_hour, &change);
	return change.yes;
}

/*
 * Whether storing fails
 */

static void
note(void *argument)
{
	const struct change *change = argument;

	if (change->attempts.failed != 0)
		change->file->failed = change->attempts.failed;
	if (change->attempts.stored != 0)
		change->file->stored = change->attempts.stored;
}

/* Notes it in the process, too, since a new file would not know. */
void
counters_failed(struct counters *counters)
{
	struct change change = { .attempts.failed = boot_stamp() };

	if (counters == NULL)
		return;
	counters->attempts.failed = change.attempts.failed;
	apply(counters, note, &change);
}

void
counters_stored(struct counters *counters)
{
	struct change change = { .attempts.stored = boot_stamp() };

	if (counters == NULL)
		return;
	counters->attempts.stored = change.attempts.stored;
	apply(counters, note, &change);
}

static void
look(void *argument)
{
	struct change *change = argument;

	change->attempts.failed = change->file->failed;
	change->attempts.stored = change->file->stored;
}

/* How long ago the later of two stamps was; INT64_MAX if neither counts. */
static int64_t
age(uint64_t left, uint64_t right, uint64_t now)
{
	int64_t first = boot_stamp_age(left, now);
	int64_t second = boot_stamp_age(right, now);

	if (first == -1)
		first = INT64_MAX;
	return second != -1 && second < first ? second : first;
}

bool
counters_failing(struct counters *counters)
{
	struct change change = { 0 };
	uint64_t now = boot_stamp();
	int64_t failed;

	if (counters == NULL)
		return false;
	counters_follow(&counters->place, false);
	change.file = counters->place.map.file;
	if (change.file != NULL && !guard_run(look, &change))
		counters_unmap(&counters->place.map);
	failed = age(counters->attempts.failed, change.attempts.failed, now);
	return failed < COUNTERS_FAILING_S * CLOCK_SECOND &&
	    age(counters->attempts.stored, change.attempts.stored, now) >
	    failed;
}
