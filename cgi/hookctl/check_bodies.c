/*
 * check_bodies: notifications that servers and firewalls are known to stop. All
 * have a wrong signature, so hookline's own 401 says that one came through.
 */
#include "hookctl/check_url.h"

#include <stdio.h>
#include <string.h>

#define UPDATES 250
#define WRONG_SIGNATURE "sha256=" \
	"0000000000000000000000000000000000000000000000000000000000000000"

/* Why the core rules stop a WhatsApp message: they take ".profile" for a file
 * of that name. */
#define PROFILE_RULE "930120"

#define MB3 ((size_t)3 * 1024 * 1024)	/* WhatsApp's largest */

static bool
append(struct buffer *body, const char *text)
{
	return buffer_append(body, text, strlen(text)) == ERR_NONE;
}

static bool
begin(struct buffer *body)
{
	char id[PROBE_ID_SIZE], text[128];

	probe_id(id);
	(void)snprintf(text, sizeof text,
	    "{\"object\":\"hookline_check\",\"entry\":[{\"id\":\"%s\","
	    "\"changes\":[", id);
	return append(body, text);
}

static bool
end(struct buffer *body)
{
	return append(body, "]}]}");
}

/* A change of a WhatsApp account: a message with this text. */
static bool
add_message(struct buffer *body, const char *contacts, const char *text)
{
	return append(body, "{\"field\":\"messages\",\"value\":{"
	    "\"messaging_product\":\"whatsapp\",\"metadata\":{"
	    "\"display_phone_number\":\"15550001111\","
	    "\"phone_number_id\":\"61\"},") && append(body, contacts) &&
	    append(body, "\"messages\":[{\"from\":\"15550002222\","
	    "\"id\":\"wamid.A\",\"timestamp\":\"1603059201\",\"text\":{"
	    "\"body\":\"") && append(body, text) &&
	    append(body, "\"},\"type\":\"text\"}]}}");
}

/* A message of `length` bytes in all. */
static bool
fill(struct buffer *body, size_t length)
{
	static const char words[] = "Is the shop open today? ";
	const size_t tail = strlen("\"}}]}]}");

	if (!begin(body) || !append(body,
	    "{\"field\":\"feed\",\"value\":{\"message\":\""))
		return false;
	while (body->length + tail < length) {
		size_t room = length - tail - body->length;

		if (buffer_append(body, words, room < sizeof words - 1 ? room :
		    sizeof words - 1) != ERR_NONE)
			return false;
	}
	return append(body, "\"}}]}]}");
}

/* Sends a body, and adds the row. */
static void
send_body(struct probe *probe, const char *check, const struct buffer *body,
    bool made, const char *rule)
{
	if (!made) {
		report_row(probe->report, check, FINDING_WARNING,
		    "not tested: out of memory");
		return;
	}
	(void)probe_post(probe, &(struct probe_body){ .bytes = body->bytes,
	    .length = body->length, .type = "application/json",
	    .signature = WRONG_SIGNATURE });
	if (probe_said(probe, 401, "unauthorized"))
		report_row(probe->report, check, FINDING_OK,
		    "it comes through");
	else
		probe_blame(probe, check, "", rule);
}

static void
send_message(struct probe *probe, const char *check, const char *contacts,
    const char *text, const char *rule)
{
	struct buffer body = { 0 };
	bool made = begin(&body) && add_message(&body, contacts, text) &&
	    end(&body);

	send_body(probe, check, &body, made, rule);
	buffer_free(&body);
}

static void
send_size(struct probe *probe, const char *check, size_t length)
{
	struct buffer body = { 0 };
	bool made = fill(&body, length);

	send_body(probe, check, &body, made, "");
	buffer_free(&body);
}

void
check_bodies(struct probe *probe)
{
	send_message(probe, "WhatsApp text",
	    "\"contacts\":[{\"profile\":{\"name\":\"Ana Lima\"},"
	    "\"wa_id\":\"15550002222\"}],", "Is the shop open?",
	    PROFILE_RULE);
	send_size(probe, "132 kB", 132000);
	send_size(probe, "3 MB", MB3);
}

void
check_firewall(struct probe *probe)
{
	struct buffer body = { 0 };
	bool made = begin(&body);
	int i;

	send_message(probe, "<script>", "", "<script>alert(1)</script>", "");
	send_message(probe, "' or 1=1--", "", "' or 1=1--", "");
	send_message(probe, "../etc/passwd", "", "../../etc/passwd", "");
	for (i = 0; made && i < UPDATES; i++)
		made = (i == 0 || append(&body, ",")) &&
		    add_message(&body, "", "Is the shop open?");
	made = made && end(&body);
	send_body(probe, "250 updates", &body, made, "");
	buffer_free(&body);
}
