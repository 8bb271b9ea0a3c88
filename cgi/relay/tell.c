#include "relay/tell.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <string.h>

/* Whether the log has to say why nothing gets through. */
static bool
is_news(const struct relays_status *status, const struct tidings *tidings,
    int64_t wait)
{
	if (tidings->problem == NULL ||
	    (tidings->failures < tidings->worth && wait <= TELL_LONG_MS))
		return false;
	return !*tidings->said || (tidings->each && strncmp(status->text,
	    tidings->problem, sizeof status->text - 1) != 0);
}

static void
log_held(const struct tidings *tidings, int64_t wait)
{
	LOG(LOG_LEVEL_WARNING, "relay-held",
	    LOG_TEXT("relay", tidings->relay),
	    LOG_TEXT("problem", tidings->problem),
	    LOG_NUMBER("tries", tidings->failures),
	    LOG_NUMBER("seconds", wait > 0 ? (wait + 999) / 1000 : 0),
	    LOG_TEXT("remedy", tidings->remedy != NULL ? tidings->remedy :
	    "none is needed once the destination is well"));
	*tidings->said = true;
}

void
tell(struct postbox *postbox, const struct tidings *tidings)
{
	struct relays_status *status = postbox_status(postbox);
	int64_t wait = tidings->next_try - clock_monotonic_ms();
	bool held = tidings->problem != NULL;

	if (is_news(status, tidings, wait))
		log_held(tidings, wait);
	if (!held && *tidings->said) {
		LOG(LOG_LEVEL_INFO, "relay-resumed",
		    LOG_TEXT("relay", tidings->relay),
		    LOG_NUMBER("tries", tidings->failures));
		*tidings->said = false;
	}
	status->state = held ? RELAYS_HELD : RELAYS_SENDING;
	status->tries = held ? tidings->failures : 0;
	status->next_try = held ? clock_boottime_us() + wait * 1000 : 0;
	(void)snprintf(status->text, sizeof status->text, "%.*s",
	    (int)sizeof status->text - 1, held ? tidings->problem : "");
	postbox_publish(postbox, held != (tidings->failures > 0));
}

void
tell_given_up(struct postbox *postbox, const char *relay, const char *problem,
    const char *remedy)
{
	struct relays_status *status = postbox_status(postbox);

	if (problem != NULL)
		(void)snprintf(status->text, sizeof status->text, "%s",
		    problem);
	LOG(LOG_LEVEL_ERROR, "relay-given-up", LOG_TEXT("relay", relay),
	    LOG_TEXT("problem", status->text), LOG_TEXT("remedy", remedy));
}
