/*
 * probe: sends what hookctl check asks of a URL, and tells hookline's answers
 * from those of others.
 */
#ifndef HOOKLINE_HOOKCTL_PROBE_H
#define HOOKLINE_HOOKCTL_PROBE_H

#include "hookctl/check.h"

#include <stdbool.h>
#include <stddef.h>

#define PROBE_ID_SIZE 33	/* 32 digits and a NUL */
#define PROBE_NOTE_SIZE 256

struct probe {
	struct report *report;
	const struct check_target *target;
	struct client *client;
	struct client_answer answer;	/* the last one */
	size_t sent;		/* bytes of the last request's body */
	bool words_alone;	/* hookline's headers arrive changed, so its
				 * answers are known by their words alone */
};

/*
 * GET, with `query` added to the URL's own ("": nothing). `header` is one more,
 * or NULL. True if there was an answer.
 */
bool probe_get(struct probe *probe, const char *query, const char *header);

/* The same by a new connection to this address, or to the host's if it is
 * NULL. */
bool probe_get_at(struct probe *probe, const char *address);

struct probe_body {
	const void *bytes;
	size_t length;
	const char *type;	/* its Content-Type */
	const char *signature;	/* X-Hub-Signature-256, or NULL */
};

/* hookline stores the body only if it is JSON and its signature is right, or
 * none is wanted. */
bool probe_post(struct probe *probe, const struct probe_body *body);

/* Whether the last answer is hookline's with this status and word: the word and
 * a newline, its Content-Type and nosniff. */
bool probe_said(const struct probe *probe, int status, const char *word);

/* hookline's word in the last answer, whatever its status; or "". */
const char *probe_word(const struct probe *probe);

/* Whether the last answer's body is exactly this. */
bool probe_body_is(const struct probe *probe, const char *text);

/*
 * Adds a failure: what the last answer, or the lack of one, means, and the line
 * that changes it. `where` comes before it: "", or "2001:db8::7: ". `rule` is
 * one of ModSecurity's core rules, or "".
 */
void probe_blame(const struct probe *probe, const char *check,
    const char *where, const char *rule);

/* 32 random digits, so that nothing is ever sent twice. */
void probe_id(char id[PROBE_ID_SIZE]);

/* Whether the URL may be told the verify token. */
bool probe_is_private(const struct probe *probe);

#endif
