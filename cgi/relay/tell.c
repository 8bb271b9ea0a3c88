#include "relay/tell.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <string.h>

/* Whether the log has to say why nothing gets through. */
static bool
is_news(const struct relays_status *status, const struct tidings *tidings)
{
	if (tidings->problem == NULL || tidings->failures < tidings->worth)
		return false;
	return status->tries < tidings->worth || (tidings->each &&
	    strncmp(status->text, tidings->problem,
	    sizeof status->text - 1) != 0);
}

void
tell(struct postbox *postbox, const struct tidings *tidings)
{
	struct relays_status *status = postbox_status(postbox);
	bool held = tidings->problem != NULL;

	if (is_news(status, tidings))
		LOG(LOG_LEVEL_WARNING, "relay-held",
		    LOG_TEXT("relay", tidings->relay),
		    LOG_TEXT("problem", tidings->problem),
		    LOG_NUMBER("tries", tidings->failures));
	if (!held && tidings->failures >= tidings->worth)
		LOG(LOG_LEVEL_INFO, "relay-resumed",
		    LOG_TEXT("relay", tidings->relay),
		    LOG_NUMBER("tries", tidings->failures));
	status->state = held ? RELAYS_HELD : RELAYS_SENDING;
	status->tries = held ? tidings->failures : 0;
	status->next_try = held ? clock_boottime_us() +
	    (tidings->next_try - clock_monotonic_ms()) * 1000 : 0;
	(void)snprintf(status->text, sizeof status->text, "%.*s",
	    (int)sizeof status->text - 1, held ? tidings->problem : "");
	postbox_publish(postbox, held != (tidings->failures > 0));
}

void
tell_given_up(struct postbox *postbox, const char *relay)
{
	LOG(LOG_LEVEL_ERROR, "relay-given-up", LOG_TEXT("relay", relay),
	    LOG_TEXT("problem", postbox_status(postbox)->text),
	    LOG_TEXT("remedy", "none is needed: the next run goes on with the "
	    "same record"));
}
