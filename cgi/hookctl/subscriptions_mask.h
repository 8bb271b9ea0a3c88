/*
 * subscriptions_mask: hides secrets in texts that others have written. Meta's
 * errors may quote a token, whole or cut.
 */
#ifndef HOOKLINE_HOOKCTL_SUBSCRIPTIONS_MASK_H
#define HOOKLINE_HOOKCTL_SUBSCRIPTIONS_MASK_H

#include <stdbool.h>
#include <stddef.h>

#define MASK_MOST 4096		/* secrets; of more, see mask_add() */
#define MASK_PART 12		/* the shortest part that is recognized */

struct mask {			/* all zero: it hides nothing */
	struct {
		const char *text;
		size_t least;	/* bytes of it that are hidden */
	} secrets[MASK_MOST];
	size_t count;
};

/*
 * Hides this text from now on, and with `parts` also each part of it that has
 * at least MASK_PART bytes. The text is the caller's, and stays in use. An
 * empty one, or NULL, is nothing to hide. If there are too many, one without
 * `parts` is not hidden, and one with them takes the place of the last.
 */
void mask_add(struct mask *mask, const char *secret, bool parts);

/* Replaces every secret in `text`, also if it is percent-encoded, by "***", or
 * by as many stars as it has bytes if these are fewer. */
void mask_text(const struct mask *mask, char *text);

#endif
