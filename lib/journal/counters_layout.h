/*
 * counters_layout: the file .state/counters, on one page.
 *
 * How many requests each endpoint got, and what became of them: since the file
 * was made, and for each of the last 192 hours. Its 2,199,552 bytes are all
 * allocated when it is made; only the pages that are touched use memory.
 *
 * The receiver's processes map it and add to it with relaxed atomic operations:
 * a reader may see a request in one number and not yet in another. Nothing that
 * a sender chooses is a key in it. It may be deleted at any time: the next one
 * begins with zeros.
 */
#ifndef HOOKLINE_JOURNAL_COUNTERS_LAYOUT_H
#define HOOKLINE_JOURNAL_COUNTERS_LAYOUT_H

#include "base/error.h"
#include "journal/layout.h"
#include "journal/refusal.h"

#include <sys/stat.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define COUNTERS_MAGIC "hookcnt"	/* and a NUL: 8 bytes */
#define COUNTERS_LAYOUT 1

#define COUNTERS_SLOTS 64	/* endpoints; 0 is for the others, and for
				 * requests that name none */
#define COUNTERS_HOURS 192
#define COUNTERS_NAME_SIZE 128	/* of an endpoint's name, truncated
				 * to fit, with a NUL */
#define COUNTERS_TIMES 13
#define COUNTERS_SECRETS 8	/* later ones have no number here */
#define COUNTERS_HOURLY 16
#define COUNTERS_HEAD 4096

/* The upper ends of the first twelve ranges of answer times, in milliseconds;
 * the last range is for longer times. */
#define COUNTERS_TIMES_MS 1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000

/* What is counted. The last three each begin a row of numbers. */
enum counter {
	COUNTER_ACCEPTED,	/* POSTs answered 200 that brought a record */
	COUNTER_REPEATS,	/* POSTs answered 200 that brought none */
	COUNTER_UNAVAILABLE,	/* POSTs answered 503 */
	COUNTER_REFUSED,	/* + enum refusal: requests of any method */
	COUNTER_TIMES = (int)COUNTER_REFUSED + (int)REFUSALS, /* POSTs to an
				 * endpoint answered 200 or 503, by the time
				 * from their arrival to the answer */
	COUNTER_SECRETS = COUNTER_TIMES + COUNTERS_TIMES, /* accepted, by the
				 * place of the secret in the configuration */
	COUNTERS = COUNTER_SECRETS + COUNTERS_SECRETS
};

struct counters_totals {
	_Atomic uint64_t counts[COUNTERS];
	_Atomic uint64_t bytes;		/* of the accepted bodies */
};

/* One hour of one slot, at place hour % COUNTERS_HOURS. The numbers are those
 * of that hour only if `hour` says so. */
struct counters_hour {
	_Atomic uint32_t hour;		/* since 1970, UTC */
	_Atomic uint32_t counts[COUNTERS];
	_Atomic uint64_t bytes;
};

struct counters_start {
	char magic[8];
	uint32_t layout;
	uint32_t size;			/* of the file */
	int64_t since;			/* when it was made, as clock_now() */
};

struct counters_file {
	struct counters_start start;
	_Atomic uint64_t window;	/* second << 32 | refusals in it */
	_Atomic uint64_t failed;	/* boot_stamp() of the last attempt */
	_Atomic uint64_t stored;	/* to store that failed, or succeeded */
	_Atomic uint32_t hourly[COUNTERS_HOURLY]; /* the hour, plus one, of the
				 * last time each thing was logged */
	_Atomic uint64_t digests[COUNTERS_SLOTS]; /* of the endpoint's whole
				 * name; 0: the slot is free */
	_Atomic uint64_t repeats, hints; /* like `window` */
	char unused[COUNTERS_HEAD - sizeof(struct counters_start) - 5 * 8 -
	    COUNTERS_HOURLY * 4 - COUNTERS_SLOTS * 8];
	char names[COUNTERS_SLOTS][COUNTERS_NAME_SIZE];
	struct counters_totals totals[COUNTERS_SLOTS];
	_Atomic uint64_t took_us[COUNTERS_SLOTS]; /* of all in COUNTER_TIMES,
				 * in microseconds; version 0.2.0 added nothing
				 * here */
	char unused2[6 * COUNTERS_HEAD - COUNTERS_SLOTS *
	    (sizeof(struct counters_totals) + 8)];
	struct counters_hour hours[COUNTERS_SLOTS][COUNTERS_HOURS];
};

_Static_assert(COUNTERS == 41 && sizeof(struct counters_file) == 2199552,
    "the file is the same for every program that maps it: otherwise it has "
    "another COUNTERS_LAYOUT");

#define COUNTERS_SIZE sizeof(struct counters_file)

/* The mapped file, and which one it is. All zero: none. */
struct counters_map {
	struct counters_file *file;	/* or NULL */
	int64_t since;			/* as in its start */
	struct stat status;		/* when it was mapped */
};

/* Maps an open file. ERR_DAMAGED: it is not a file of this layout, and never
 * will be; ERR_IO or ERR_MEMORY: it cannot be used now. */
enum error counters_map(int fd, bool writable, struct counters_map *map);
void counters_unmap(struct counters_map *map);

#endif
