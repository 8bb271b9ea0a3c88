/*
 * refusal: why a request is refused. The log shows the word. .state/counters
 * counts by number, so a change to this list needs a new COUNTERS_LAYOUT.
 * Readers of that file need the words without the receiver, so they are here.
 */
#ifndef HOOKLINE_JOURNAL_REFUSAL_H
#define HOOKLINE_JOURNAL_REFUSAL_H

enum refusal {
	REFUSAL_NONE,
	REFUSAL_PATH,
	REFUSAL_METHOD,
	REFUSAL_HUB_PARAMETERS,
	REFUSAL_VERIFY_TOKEN,
	REFUSAL_HUB_MODE,
	REFUSAL_CONTENT_LENGTH,
	REFUSAL_TOO_LARGE,
	REFUSAL_BODY_BROKEN_OFF,
	REFUSAL_BODY_LENGTH,
	REFUSAL_BODY_EMPTY,
	REFUSAL_SIGNATURE_MISSING,
	REFUSAL_SIGNATURE_REPEATED,
	REFUSAL_SIGNATURE,
	REFUSAL_CLIENT_CERTIFICATE,
	REFUSAL_NOT_JSON,
	REFUSAL_STORAGE,
	REFUSALS		/* how many there are */
};

/* "signature-missing" and so on; "none" for REFUSAL_NONE. */
const char *refusal_word(enum refusal refusal);

#endif
