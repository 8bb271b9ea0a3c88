/*
 * check_said: what the answer to the plain GET says.
 */
#include "hookctl/check_url.h"

#include <stdio.h>
#include <string.h>

/* What hookline answers to the plain GET when it cannot work. */
static const struct reason {
	const char *word, *meaning, *mend;
	bool works;		/* verification, at least */
} reasons[] = {
	{ "no-config", "it finds no hookline.conf",
	    "hookline.fcgi --check-config, on that machine, says where it "
	    "looks", false },
	{ "bad-config", "there is a mistake in hookline.conf",
	    "hookline.fcgi --check-config, on that machine, says where",
	    false },
	{ "unsafe-config", "others may read or write its files, or they are "
	    "inside the document root",
	    "hookline.fcgi --check-config, on that machine, says which",
	    false },
	{ "no-secret", "a verify token or an app secret is missing",
	    "fill it in, in hookline.conf", false },
	{ "not-writable", "it may not write to the journal's folder",
	    "hookctl check, on that machine, says why", true },
	{ "disk-full", "the disk of the journal is full",
	    "make room; Meta sends again what was refused", true },
	{ "failing", "the last notifications could not be stored",
	    "its log says why; Meta sends them again", true },
};

static const struct reason *
find_reason(const struct probe *probe)
{
	size_t i;

	for (i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (probe_said(probe, 503, reasons[i].word))
			return &reasons[i];
	return NULL;
}

/*
 * Answers that are not hookline's, or not any more
 */

/* Whether hookline's "ready" is there, with something around it. */
static bool
has_additions(const struct client_answer *answer)
{
	static const char ready[] = "ready\n";
	const struct buffer *body = &answer->body;
	const size_t length = sizeof ready - 1;
	char value[32];

	if (body->length <= length)
		return false;
	return memcmp(body->bytes, ready, length) == 0 ||
	    memcmp(body->bytes + body->length - length, ready, length) == 0 ||
	    (client_header(answer, "X-Content-Type-Options", value,
	    sizeof value) &&
	    memmem(body->bytes, body->length, ready, length) != NULL);
}

/* Says how hookline's answer was changed; false if this is not one. */
static bool
report_changed(const struct probe *probe, const char *where)
{
	const struct client_answer *answer = &probe->answer;
	char coding[64];

	if (answer->status != 200)
		return false;
	if (client_header(answer, "Content-Encoding", coding, sizeof coding)) {
		report_row(probe->report, "address", FINDING_FAILURE,
		    "%scompressed (%s), though not asked for: Meta cannot "
		    "read the challenge", where, coding);
		report_more(probe->report, "Apache: SetEnv no-gzip 1 for this "
		    "path; nginx: gzip off; or switch it off in the panel");
		return true;
	}
	if (!has_additions(answer))
		return false;
	report_row(probe->report, "address", FINDING_FAILURE,
	    "%s%zu bytes were added to hookline's answer (HTML?): Meta's "
	    "verification fails", where,
	    answer->body.length - strlen("ready\n"));
	report_more(probe->report, "switch off what adds them: the host's "
	    "banner, statistics or protection (panel)");
	return true;
}

/* Says where a redirect leads; false if it is none. */
static bool
report_redirect(const struct probe *probe, const char *where)
{
	const struct client_url *parts = &probe->target->parts;
	int status = probe->answer.status;
	char to[2048], base[512] = "";

	if (status < 300 || status > 399 || !client_header(&probe->answer,
	    "Location", to, sizeof to))
		return false;
	if (to[0] == '/' && to[1] != '/')
		(void)snprintf(base, sizeof base, "%s://%.*s", parts->scheme,
		    (int)strcspn(strstr(probe->target->url, "//") + 2, "/?"),
		    strstr(probe->target->url, "//") + 2);
	report_row(probe->report, "address", FINDING_FAILURE,
	    "%s%d: a redirect to %s%s", where, status, base, to);
	if (strcasestr(to, "login") != NULL)
		report_more(probe->report, "that is a login page: exempt this "
		    "path from the login");
	else
		report_more(probe->report, "Meta does not follow redirects; "
		    "enter %s%s", base, to);
	return true;
}

/* hookline's word in the answer; by the word alone if its headers have been
 * changed. */
static const char *
own_word(struct probe *probe)
{
	const char *word = probe_word(probe);

	if (*word != '\0')
		return word;
	probe->words_alone = true;
	word = probe_word(probe);
	probe->words_alone = *word != '\0';
	return word;
}

enum said
check_said(struct probe *probe, const char *where)
{
	const char *word = own_word(probe);
	const struct reason *reason = find_reason(probe);

	if (probe_said(probe, 200, "ready"))
		return SAID_READY;
	if (reason != NULL) {
		report_row(probe->report, "address", FINDING_FAILURE,
		    "%shookline says %s: %s", where, word, reason->meaning);
		report_more(probe->report, "%s", reason->mend);
		return reason->works ? SAID_UNREADY : SAID_OTHER;
	}
	if (report_changed(probe, where))
		return SAID_CHANGED;
	if (!report_redirect(probe, where))
		probe_blame(probe, "address", where, "");
	return SAID_OTHER;
}
