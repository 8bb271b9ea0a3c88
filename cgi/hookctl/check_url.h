/*
 * check_url: the stages of hookctl check that ask a URL from outside, in their
 * order. Each adds its rows to the report.
 */
#ifndef HOOKLINE_HOOKCTL_CHECK_URL_H
#define HOOKLINE_HOOKCTL_CHECK_URL_H

#include "auth/signature.h"
#include "hookctl/probe.h"

#include <stdint.h>

enum reach {
	REACH_NOTHING,		/* hookline does not answer there */
	REACH_CHANGED,		/* its answers arrive changed */
	REACH_HOOKLINE
};

/* What the plain GET was answered; all but the last is reported. */
enum said {
	SAID_OTHER,		/* not by a hookline that works */
	SAID_CHANGED,		/* by hookline, with something added */
	SAID_UNREADY,		/* by hookline: it cannot store */
	SAID_READY
};

enum said check_said(struct probe *probe, const char *where);

/* Addresses, what the plain GET says, redirects. With https, *certificate_end
 * is when the first of the certificates ends, or 0; and *refused says why one
 * was refused, or is "". */
enum reach check_address(struct probe *probe, int64_t *certificate_end,
    char refused[PROBE_NOTE_SIZE]);

/* TLS, or the lack of it. */
void check_certificate(struct probe *probe, int64_t end, const char *refused);

/* What lies between changes: the clock, caches, compression, headers. */
void check_between(struct probe *probe);

/* Meta's verification request, with the right token and a wrong one. */
void check_verification(struct probe *probe);

/* The app secrets. True if what has a wrong signature is known to be refused
 * there. */
bool check_signature(struct probe *probe);

/* Sends bodies that something on the way may stop, with wrong signatures. */
void check_bodies(struct probe *probe);
void check_firewall(struct probe *probe);

/* One real notification, to be found in the journal of this machine. */
void check_store(struct probe *probe);

/* Signs a body with a secret, as X-Hub-Signature-256 has it. False when memory
 * is short. */
bool check_sign(const char *secret, const void *body, size_t length,
    char signature[SIGNATURE_TEXT_MAX]);

#endif
