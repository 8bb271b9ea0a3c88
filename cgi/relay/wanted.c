#include "relay/wanted.h"

#include "payload/repeat.h"

#include <string.h>

static bool
is_among(const struct words *words, struct span text)
{
	size_t i;

	for (i = 0; i < words->count; i++)
		if (strlen(words->texts[i]) == text.length &&
		    memcmp(words->texts[i], text.bytes, text.length) == 0)
			return true;
	return words->count == 0;
}

/* The object is a JSON string with its quotes. The names in the configuration
 * need no escapes, so an object that contains some cannot match. */
static bool
object_is_wanted(const struct relay *relay, struct span token)
{
	if (relay->objects.count == 0)
		return true;
	return token.length >= 2 && is_among(&relay->objects,
	    (struct span){ token.bytes + 1, token.length - 2 });
}

/* A sample comes from the Test button of Meta's dashboard. It is not sent on,
 * since another host would take it for an event. */
static bool
is_sample(const struct record *record)
{
	struct record_identity identity;

	if (!record->indistinct)
		return false;
	record_identity_of(record, &identity);
	return identity.repeat == REPEAT_NEVER;
}

bool
wanted(const struct relay *relay, const struct record *record)
{
	return is_among(&relay->endpoints, record->endpoint) &&
	    object_is_wanted(relay, record->object) &&
	    (relay->relayed || record->relayed.bytes == NULL) &&
	    !(relay->kind == RELAY_HTTP && is_sample(record));
}
