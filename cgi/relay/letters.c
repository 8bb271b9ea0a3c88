#include "relay/letters.h"

#include "deliver.h"

/* In milliseconds. If the destination takes two records no further apart than
 * this, it counts as up in between: tries may be a minute apart. */
#define ALIVE_MS 120000

bool
letters_are_full(const struct letters *letters)
{
	return letters->dead_in_row >= LETTERS_DEAD_MAX;
}

enum letter_fate
letters_judge(const struct letters *letters, struct letter *letter, int status,
    uint64_t give_up)
{
	enum deliver_verdict verdict = deliver_judge(status);

	letter->tries++;
	if (verdict == DELIVER_TAKEN)
		return LETTER_TAKEN;
	if (letter->tries == 1)
		*letter = (struct letter){ .tries = 1,
		    .alive_then = letters->alive_ms,
		    .taken_then = letters->taken };
	if (verdict == DELIVER_REFUSED && !letters_are_full(letters)) {
		letter->refusals++;
		return letter->refusals < DELIVER_TRIES ? LETTER_REFUSED :
		    LETTER_DEAD;
	}
	letter->failures++;
	return letters->alive_ms - letter->alive_then <
	    (int64_t)give_up * 1000 ? LETTER_HELD : LETTER_DEAD;
}

bool
letters_suspect(const struct letters *letters, const struct letter *letter)
{
	return letter->tries > 0 && letters->taken > letter->taken_then;
}

void
letters_alive(struct letters *letters, int64_t now)
{
	if (letters->alive_at != 0 && now - letters->alive_at <= ALIVE_MS)
		letters->alive_ms += now - letters->alive_at;
	letters->alive_at = now;
}

void
letters_taken(struct letters *letters, int64_t now)
{
	letters_alive(letters, now);
	letters->taken++;
	letters->dead_in_row = 0;
}

void
letters_buried(struct letters *letters, const struct letter *letter)
{
	letters->buried++;
	if (letter->tries > 0)
		letters->dead_in_row++;
}
