#include "inbox/view_parts.h"

/* What each reason means, or may mean. */
static const char *const reasons[REFUSALS] = {
	[REFUSAL_PATH] = "there is no endpoint for the path",
	[REFUSAL_METHOD] = "neither GET nor POST",
	[REFUSAL_HUB_PARAMETERS] = "a verification request with a part missing",
	[REFUSAL_VERIFY_TOKEN] = "the verify token is not in hookline.conf",
	[REFUSAL_HUB_MODE] = "a verification request with another mode",
	[REFUSAL_CONTENT_LENGTH] = "the announced length is not a number",
	[REFUSAL_TOO_LARGE] = "larger than max_body",
	[REFUSAL_BODY_BROKEN_OFF] = "the sender went away or was too slow",
	[REFUSAL_BODY_LENGTH] = "shorter than announced",
	[REFUSAL_BODY_EMPTY] = "a POST without a body",
	[REFUSAL_SIGNATURE_MISSING] = "not signed, so not from Meta",
	[REFUSAL_SIGNATURE_REPEATED] = "signed more than once",
	[REFUSAL_SIGNATURE] = "the app secret is another app's?",
	[REFUSAL_CLIENT_CERTIFICATE] = "not Meta's client certificate",
	[REFUSAL_NOT_JSON] = "signed, but not JSON",
	[REFUSAL_STORAGE] = "could not be stored: see hookline's log",
};

/* Whether a reason comes before another one: the more frequent one does. */
static bool
precedes(const struct strip *strip, unsigned one, unsigned other)
{
	uint64_t count = strip->refused[one];

	return count != strip->refused[other] ?
	    count > strip->refused[other] : one < other;
}

/* The reason that comes after `last`, or the first one for REFUSAL_NONE. */
static enum refusal
next_of(const struct strip *strip, enum refusal last)
{
	unsigned it, next = REFUSAL_NONE;

	for (it = REFUSAL_NONE + 1; it < REFUSALS; it++) {
		if (strip->refused[it] == 0 || (last != REFUSAL_NONE &&
		    !precedes(strip, last, it)))
			continue;
		if (next == REFUSAL_NONE || precedes(strip, it, next))
			next = it;
	}
	return (enum refusal)next;
}

void
view_refused(struct html *html, const struct strip *strip)
{
	enum refusal it = next_of(strip, REFUSAL_NONE);

	if (it == REFUSAL_NONE) {
		html_put(html, "<p>Nothing was refused.</p>\n");
		return;
	}
	html_put(html, "<ul class=\"refused\">\n");
	for (; it != REFUSAL_NONE; it = next_of(strip, it)) {
		html_format(html, "<li><code>%s</code> <b>", refusal_word(it));
		html_number(html, strip->refused[it]);
		html_put(html, "</b> <span>");
		html_string(html, reasons[it]);
		html_put(html, "</span></li>\n");
	}
	html_put(html, "</ul>\n");
}
