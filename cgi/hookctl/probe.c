#include "hookctl/probe.h"

#include "base/digits.h"
#include "hookctl/blame.h"

#include <sys/random.h>

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PATIENCE_MS 10000	/* for each request */
#define URL_MAX ((size_t)8192)

/* Meta's words, so that a firewall takes it for Meta; and ours, for the log. */
#define USER_AGENT "User-Agent: facebookexternalua (hookctl check)"

/* All the words of hookline's answers. */
static const char *const words[] = { "ready", "ok", "no-config", "bad-config",
	"unsafe-config", "no-secret", "not-writable", "disk-full", "failing",
	"bad-request", "unauthorized", "forbidden", "not-found",
	"method-not-allowed", "too-large", "unavailable" };

static bool
ask(struct probe *probe, struct client *client,
    const struct client_request *request)
{
	struct client_request own = *request;

	own.timeout_ms = PATIENCE_MS;
	own.ca_file = probe->target->ca_file;
	probe->sent = request->length;
	return client_send(client, &own, &probe->answer);
}

bool
probe_get(struct probe *probe, const char *query, const char *header)
{
	const char *const headers[] = { USER_AGENT, header, NULL };
	const char *own = probe->target->url;
	char url[URL_MAX];

	(void)snprintf(url, sizeof url, "%s%s%s", own, *query == '\0' ? "" :
	    strchr(own, '?') == NULL ? "?" : "&", query);
	return ask(probe, probe->client, &(struct client_request){
	    .method = "GET", .url = url, .headers = headers });
}

bool
probe_get_at(struct probe *probe, const char *address)
{
	static const char *const headers[] = { USER_AGENT, NULL };
	/* Otherwise a connection that is still open would be used, to whatever
	 * address. */
	struct client *client = client_new();
	bool answered;

	if (client == NULL) {
		(void)snprintf(probe->answer.error,
		    sizeof probe->answer.error, "out of memory");
		probe->answer.fault = CLIENT_OTHER_FAULT;
		return false;
	}
	answered = ask(probe, client, &(struct client_request){
	    .method = "GET", .url = probe->target->url, .headers = headers,
	    .address = address });
	client_free(client);
	return answered;
}

bool
probe_post(struct probe *probe, const struct probe_body *body)
{
	char type[128], signature[128];
	const char *const headers[] = { USER_AGENT, type,
	    body->signature != NULL ? signature : NULL, NULL };

	(void)snprintf(type, sizeof type, "Content-Type: %s", body->type);
	if (body->signature != NULL)
		(void)snprintf(signature, sizeof signature,
		    "X-Hub-Signature-256: %s", body->signature);
	return ask(probe, probe->client, &(struct client_request){
	    .method = "POST", .url = probe->target->url, .headers = headers,
	    .body = body->bytes, .length = body->length });
}

bool
probe_body_is(const struct probe *probe, const char *text)
{
	const struct buffer *body = &probe->answer.body;

	return body->length == strlen(text) &&
	    memcmp(body->bytes, text, body->length) == 0;
}

static bool
header_is(const struct client_answer *answer, const char *name,
    const char *wanted)
{
	char value[256];

	return client_header(answer, name, value, sizeof value) &&
	    strcasecmp(value, wanted) == 0;
}

static bool
has_own_headers(const struct probe *probe)
{
	return probe->words_alone ||
	    (header_is(&probe->answer, "Content-Type",
	    "text/plain; charset=utf-8") &&
	    header_is(&probe->answer, "X-Content-Type-Options", "nosniff"));
}

const char *
probe_word(const struct probe *probe)
{
	char line[32];
	size_t i;

	if (probe->answer.status == 0 || !has_own_headers(probe))
		return "";
	for (i = 0; i < sizeof words / sizeof words[0]; i++) {
		(void)snprintf(line, sizeof line, "%s\n", words[i]);
		if (probe_body_is(probe, line))
			return words[i];
	}
	return "";
}

bool
probe_said(const struct probe *probe, int status, const char *word)
{
	return probe->answer.status == status &&
	    strcmp(probe_word(probe), word) == 0;
}

/* No answer at all. */
static void
blame_silence(const struct probe *probe, const char *check, const char *where)
{
	const struct client_answer *answer = &probe->answer;

	if (answer->fault != CLIENT_TIME_OUT) {
		report_row(probe->report, check, FINDING_FAILURE,
		    "%sno answer: %s", where, answer->error);
		if (probe->sent > 0)
			report_more(probe->report, "what cuts the connection "
			    "is a firewall or a limit, as a rule");
		return;
	}
	report_row(probe->report, check, FINDING_FAILURE,
	    "%sno answer within %d s", where, PATIENCE_MS / 1000);
	report_more(probe->report, probe->sent > 0 ?
	    "a firewall drops it, or has banned this machine's address; or no "
	    "process is free" :
	    "a firewall drops it, or the server hangs");
}

void
probe_blame(const struct probe *probe, const char *check, const char *where,
    const char *rule)
{
	const struct client_answer *answer = &probe->answer;
	const struct blame *blame;
	char server[256] = "";

	if (answer->status == 0) {
		blame_silence(probe, check, where);
		return;
	}
	(void)client_header(answer, "Server", server, sizeof server);
	blame = blame_find(&(struct blame_facts){ .status = answer->status,
	    .get = probe->sent == 0, .server = server,
	    .word = probe_word(probe), .sent = probe->sent, .rule = rule,
	    .head = { answer->head.bytes, answer->head.length },
	    .body = { answer->body.bytes, answer->body.length } });
	report_row(probe->report, check, FINDING_FAILURE, "%s%d%s", where,
	    answer->status, blame->text);
	if (blame->mend != NULL)
		report_more(probe->report, "%s", blame->mend);
}

void
probe_id(char id[PROBE_ID_SIZE])
{
	uint8_t bytes[(PROBE_ID_SIZE - 1) / 2] = { 0 };

	/* It never fails for so few, from Linux 3.17 on. */
	(void)!getrandom(bytes, sizeof bytes, 0);
	hex_write(bytes, sizeof bytes, id);
}

bool
probe_is_private(const struct probe *probe)
{
	const struct client_url *parts = &probe->target->parts;

	return strcmp(parts->scheme, "https") == 0 ||
	    client_url_is_loopback(parts);
}
