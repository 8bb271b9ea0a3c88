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
		letter->alive_then = letters->alive_ms;
	if (verdict == DELIVER_REFUSED && !letters_are_full(letters)) {
		letter->refusals++;
		return letter->refusals < DELIVER_TRIES ? LETTER_REFUSED :
		    LETTER_DEAD;
	}
	letter->failures++;
	return letters->alive_ms - letter->alive_then <
	    (int64_t)give_up * 1000 ? LETTER_HELD : LETTER_DEAD;
}

void
letters_taken(struct letters *letters, int64_t now)
{
	if (letters->taken_at != 0 && now - letters->taken_at <= ALIVE_MS)
		letters->alive_ms += now - letters->taken_at;
	letters->taken_at = now;
	letters->dead_in_row = 0;
}

void
letters_buried(struct letters *letters)
{
	letters->buried++;
	letters->dead_in_row++;
}
