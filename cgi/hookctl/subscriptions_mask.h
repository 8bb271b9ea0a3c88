/*
 * subscriptions_mask: hides secrets in texts that others have written. Meta's
 * errors may quote a token, or a part of it.
 */
#ifndef HOOKLINE_HOOKCTL_SUBSCRIPTIONS_MASK_H
#define HOOKLINE_HOOKCTL_SUBSCRIPTIONS_MASK_H

#include <stdbool.h>
#include <stddef.h>

#define MASK_MOST 4096		/* secrets; for more, see mask_add() */
#define MASK_PART 12		/* the shortest part that is recognized */

struct mask {			/* all zero: it hides nothing */
	struct {
		const char *text;
		size_t least;	/* bytes of the shortest part to hide */
	} secrets[MASK_MOST];
	size_t count;
};

/*
 * Hides this text from now on, and with `parts`, also each part of it that has
 * MASK_PART bytes or more. The text must outlive the mask. NULL and an empty
 * text are ignored. Once there are MASK_MOST secrets, one without `parts` is
 * ignored, and one with them takes the place of the last.
 */
void mask_add(struct mask *mask, const char *secret, bool parts);

/* Replaces every secret in `text`, even if it is percent-encoded, by "***", or
 * by fewer stars if it has fewer bytes. */
void mask_text(const struct mask *mask, char *text);

#endif
