#include "hookctl/relay_words.h"

#include "base/clock.h"
#include "hookctl/output.h"
#include "journal/layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define POSTGRESQL "postgresql"

/*
 * Where it sends
 */

static size_t
append(struct buffer *out, const char *text, size_t length)
{
	return text_append(out, (struct span){ text, length }, 0);
}

size_t
relay_words_to(const struct relay *relay, struct buffer *out)
{
	const char *rest = relay->url + strlen(POSTGRESQL "://"), *at;
	size_t length;

	if (relay->kind == RELAY_HTTP)
		return append(out, relay->url, strcspn(relay->url, "?"));
	length = strcspn(rest, "?");
	at = memrchr(rest, '@', strcspn(rest, "/?"));
	if (at != NULL) {
		length -= (size_t)(at + 1 - rest);
		rest = at + 1;
	}
	return append(out, POSTGRESQL " ", strlen(POSTGRESQL " ")) +
	    append(out, rest, length);
}

/*
 * How it is doing
 */

const char *
relay_words_is(const struct relay_facts *facts)
{
	static const char *const words[] = {
		[RELAY_IS_IN_STEP] = "in-step",
		[RELAY_IS_SENDING] = "sending", [RELAY_IS_HELD] = "held",
		[RELAY_IS_REFUSED] = "refused",
		[RELAY_IS_FAILED] = "failed",
		[RELAY_IS_STOPPED] = "not-running",
		[RELAY_IS_UNKNOWN] = "unknown" };

	return words[facts->is];
}

static void
append_text(struct buffer *out, const char *text)
{
	(void)append(out, text, strlen(text));
}

static int64_t
seconds_left(const struct relays_status *status)
{
	int64_t left = status->next_try - clock_boottime_us();

	return left > 0 ? (left + CLOCK_SECOND - 1) / CLOCK_SECOND : 0;
}

static void
append_try(const struct relays_status *status, struct buffer *out)
{
	int64_t left = seconds_left(status);
	char age[32], text[96];

	if (left > 0)
		(void)snprintf(text, sizeof text, "; try %" PRIu64 " in %s",
		    status->tries + 1, age_short_text(left, age));
	else
		(void)snprintf(text, sizeof text, "; try %" PRIu64 " now",
		    status->tries + 1);
	append_text(out, text);
}

static void
append_failure(const struct relay_facts *facts, struct buffer *out)
{
	if (!facts->malformed) {
		append_text(out, *facts->status.text != '\0' ?
		    facts->status.text : "its log says why");
		return;
	}
	append_text(out, RELAY_FOLDER "/");
	append_text(out, facts->relay->name);
	append_text(out, RELAY_CURSOR " is malformed; restore it, or remove "
	    "it to send every record in the journal");
}

/* Whether records that come after the one that waits wait for it. */
static bool
holds_up_others(const struct relay_facts *facts)
{
	return (facts->is == RELAY_IS_HELD || facts->is == RELAY_IS_REFUSED) &&
	    facts->relay->kind == RELAY_HTTP &&
	    facts->relay->in_flight == 1 && facts->behind > 1;
}

void
relay_words_state(const struct relay_facts *facts, struct buffer *out)
{
	static const char *const words[] = {
		[RELAY_IS_IN_STEP] = "in step",
		[RELAY_IS_SENDING] = "sending", [RELAY_IS_HELD] = "held: ",
		[RELAY_IS_REFUSED] = "refused: ",
		[RELAY_IS_FAILED] = "failed: ",
		[RELAY_IS_STOPPED] = "not running: \"systemctl enable --now "
		    "hookline-relay\" starts it",
		[RELAY_IS_UNKNOWN] = "not known" };

	append_text(out, words[facts->is]);
	if (facts->is == RELAY_IS_IN_STEP && !facts->running)
		append_text(out, ", not running");
	if (facts->is == RELAY_IS_FAILED)
		append_failure(facts, out);
	if (facts->is == RELAY_IS_HELD || facts->is == RELAY_IS_REFUSED)
		append_text(out, facts->status.text);
	if (facts->is == RELAY_IS_HELD)
		append_try(&facts->status, out);
	if (holds_up_others(facts))
		append_text(out, "; the others wait for it");
}
