/*
 * letters: decides what becomes of a record that a destination did not take, by
 * what is known of the record and of the destination.
 */
#ifndef HOOKLINE_RELAY_LETTERS_H
#define HOOKLINE_RELAY_LETTERS_H

#include <stdbool.h>
#include <stdint.h>

/* Of one record; all zero at first. */
struct letter {
	uint64_t tries;
	unsigned refusals;	/* tries that were the record's fault */
	unsigned failures;	/* and the destination's */
	int64_t alive_then;	/* the destination's alive_ms at the first try
				 * that failed */
};

/* Of the destination; all zero at first. */
struct letters {
	unsigned dead_in_row;	/* since it last took a record */
	uint64_t buried;
	int64_t alive_ms;	/* how long it has been taking records */
	int64_t taken_at;	/* when it last took one; 0: never */
};

enum letter_fate {
	LETTER_TAKEN,
	LETTER_REFUSED,		/* try this one again, a few times */
	LETTER_HELD,		/* try again until the destination recovers */
	LETTER_DEAD
};

/* After this many dead letters in a row, a refusal counts as the destination's
 * fault. */
#define LETTERS_DEAD_MAX 10

/*
 * Judges an answer; a `status` of 0 means that there was none. `give_up` is
 * in seconds, and counts only while the destination takes other records.
 */
enum letter_fate letters_judge(const struct letters *letters,
    struct letter *letter, int status, uint64_t give_up);

/* Whether refusals now count as the destination's fault. */
bool letters_are_full(const struct letters *letters);

/* Notes that the destination has taken a record; `now` in milliseconds. */
void letters_taken(struct letters *letters, int64_t now);

/* Notes that a record has become a dead letter. */
void letters_buried(struct letters *letters);

#endif
