#include "receiver/internal.h"

#include "base/digest.h"

#include <string.h>

_Static_assert((int)REPEAT_SOON_SECONDS == (int)JOURNAL_SOON_SECONDS,
    "the rule is the payload's, and the journal keeps to it");

void
key_make(struct span endpoint, struct span id, struct span origin,
    uint8_t key[JOURNAL_KEY_SIZE])
{
	const struct span parts[] = { endpoint, { "", 1 }, id, { "", 1 },
	    origin };
	uint8_t digest[DIGEST_SHA256_SIZE];

	digest_sha256(parts, origin.bytes != NULL ? 5 : 3, digest);
	memcpy(key, digest, JOURNAL_KEY_SIZE);
}

enum journal_repeat
key_repeat(enum repeat repeat)
{
	static const enum journal_repeat of[] = {
		[REPEAT_IN_WINDOW] = JOURNAL_IN_WINDOW,
		[REPEAT_SOON] = JOURNAL_SOON,
		[REPEAT_NEVER] = JOURNAL_NEVER,
	};

	return of[repeat];
}

bool
key_of_line(const char *line, size_t length, struct journal_record *record)
{
	struct record_identity identity;

	if (!record_identify(line, length, &identity))
		return false;
	key_make(identity.endpoint, identity.key, identity.origin,
	    record->key);
	record->repeat = key_repeat(identity.repeat);
	return true;
}
