/*
 * check_store: one real notification, from here into the journal.
 */
#include "hookctl/check_url.h"

#include "base/clock.h"
#include "hookctl/output.h"
#include "journal/reader.h"
#include "payload/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CHECK "--store"
#define PATIENCE_MS 5000	/* until it is in the journal */
#define MARGIN CLOCK_HOUR	/* clocks may differ by less */

/* What was sent. */
struct sent {
	char id[PROBE_ID_SIZE];
	char update[256];
	char body[512];
};

/* One change: in both modes of `lines` it becomes one record. */
static void
make(struct sent *sent)
{
	int64_t seconds = clock_now() / CLOCK_SECOND;

	probe_id(sent->id);
	(void)snprintf(sent->update, sizeof sent->update,
	    "{\"field\":\"hookline_check\",\"value\":{\"id\":\"%s\","
	    "\"timestamp\":%" PRId64 "}}", sent->id, seconds);
	(void)snprintf(sent->body, sizeof sent->body,
	    "{\"object\":\"hookline_check\",\"entry\":[{\"id\":\"1\","
	    "\"time\":%" PRId64 ",\"changes\":[%s]}]}", seconds,
	    sent->update);
}

static bool
post(struct probe *probe, const struct sent *sent)
{
	const struct secrets *secrets = &probe->target->endpoint->app_secrets;
	char signature[SIGNATURE_TEXT_MAX];
	struct probe_body body = { .bytes = sent->body,
	    .length = strlen(sent->body), .type = "application/json" };

	if (secrets->count > 0) {
		if (!check_sign(secrets->texts[0], body.bytes, body.length,
		    signature))
			return false;
		body.signature = signature;
	}
	return probe_post(probe, &body);
}

static bool
is_it(const struct reader_line *line, const struct sent *sent)
{
	struct record record;

	return memmem(line->bytes, line->length, sent->id,
	    strlen(sent->id)) != NULL &&
	    record_decode(line->bytes, line->length, &record) == ERR_NONE &&
	    (span_is(record.payload, sent->body) ||
	    span_is(record.update, sent->update));
}

/* Looks until it is there or the time is over; its seq, or 0. */
static uint64_t
find(struct reader *reader, const struct sent *sent)
{
	int64_t last = clock_monotonic_ms() + PATIENCE_MS, left;
	struct reader_line line;

	for (;;) {
		while (reader_next(reader, &line))
			if (is_it(&line, sent))
				return line.seq;
		left = last - clock_monotonic_ms();
		if (left <= 0)
			return 0;
		reader_wait(reader, (int)left);
	}
}

/* It is stored somewhere: is it here? */
static void
report_stored(const struct probe *probe, const struct sent *sent)
{
	const char *directory = probe->target->config->directory;
	struct reader *reader;
	enum error error = reader_open(&(struct reader_options){
	    .directory = directory, .from_time = clock_now() - MARGIN },
	    &reader);
	char seq_text[32];
	uint64_t seq;

	if (error != ERR_NONE) {
		report_row(probe->report, CHECK, FINDING_WARNING,
		    "200 ok, but %s cannot be read here", directory);
		report_more(probe->report, "on the machine of that journal, "
		    "run it as root or as the journal's owner");
		return;
	}
	seq = find(reader, sent);
	reader_close(reader);
	if (seq != 0) {
		report_row(probe->report, CHECK, FINDING_OK,
		    "200 ok, and in the journal: record %s, object "
		    "hookline_check", number_text(seq, seq_text));
		return;
	}
	report_row(probe->report, CHECK, FINDING_FAILURE,
	    "200 ok, but it is not in %s", directory);
	report_more(probe->report, "another machine, or another configuration, "
	    "answers there and has it in its journal");
}

void
check_store(struct probe *probe)
{
	struct sent sent;

	if (probe->target->endpoint->client_cert != CLIENT_CERT_OFF) {
		report_row(probe->report, CHECK, FINDING_WARNING,
		    "not tested: it takes Meta's certificate (mTLS)");
		return;
	}
	make(&sent);
	(void)post(probe, &sent);
	if (probe_said(probe, 200, "ok"))
		report_stored(probe, &sent);
	else if (probe_said(probe, 401, "unauthorized"))
		report_row(probe->report, CHECK, FINDING_FAILURE, "401 by "
		    "hookline: the receiver there has another secret");
	else
		probe_blame(probe, CHECK, "", "");
}
