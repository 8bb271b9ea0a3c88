/*
 * Tests how notifications in the receiver wait for each other. tests/servers
 * tests the answers.
 */
#include "config_fixture.h"

#include "auth/signature.h"
#include "base/clock.h"
#include "journal/counters_view.h"
#include "journal/durable.h"
#include "journal/relays.h"
#include "receiver/receiver.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <time.h>

#define BODY_MAX (66 * 1024)

/* A request in memory, and its answer. */
struct sent {
	char method[32];
	char length[32];
	char signature[128];
	char body[BODY_MAX];
	size_t read;
	char *env[8];
	struct request request;
	struct exchange exchange;
	char answer[1024];	/* "" until there is one */
	bool held, ended;
};

static struct sent sents[EXCHANGES_MAX + 1];
static char *process_env[2];
static char config_setting[256];
static struct receiver *receiver;

/* How the next requests are signed: the header, the secret, and the signed
 * length, as the number of bytes beyond the body, which is then longer. */
static const char *header, *secret;
static int signed_more;
static char uri[128];		/* with REQUEST_URI= in front */
static char origin[128];	/* like uri; "" for none */
static const char *log_of_test;	/* NULL if no test reads it */
static bool logged_early;	/* a hint was logged before the answers */

/* How often a text occurs in the log. */
static int
count_in_log(const char *text)
{
	static char log[65536];
	FILE *file = fopen(log_of_test, "r");
	const char *at = log;
	size_t length;
	int count = 0;

	assert_non_null(file);
	length = fread(log, 1, sizeof log - 1, file);
	log[length] = '\0';
	fclose(file);
	for (; (at = strstr(at, text)) != NULL; at++)
		count++;
	return count;
}

static bool
log_has(const char *text)
{
	return count_in_log(text) > 0;
}

static ssize_t
read_body(void *context, void *bytes, size_t length)
{
	struct sent *sent = context;
	size_t left = strlen(sent->body) - sent->read;

	if (length > left)
		length = left;
	memcpy(bytes, sent->body + sent->read, length);
	sent->read += length;
	return (ssize_t)length;
}

static void
hold(void *context)
{
	struct sent *sent = context;

	assert_string_equal(sent->answer, "");
	sent->held = true;
}

static bool
send_answer(void *context, const char *bytes, size_t length)
{
	struct sent *sent = context;

	assert_string_equal(sent->answer, "");
	assert_true(length < sizeof sent->answer);
	memcpy(sent->answer, bytes, length);
	logged_early |= log_of_test != NULL && log_has("hint=");
	return true;
}

static void
end(void *context)
{
	struct sent *sent = context;

	assert_string_not_equal(sent->answer, "");
	assert_false(sent->ended);
	sent->ended = true;
}

static void
sign(struct sent *sent)
{
	const EVP_MD *kind = strstr(header, "sha1=") != NULL ? EVP_sha1() :
	    EVP_sha256();
	unsigned char digest[32];
	unsigned length = sizeof digest, i;
	char *out = sent->signature + sprintf(sent->signature, "%s", header);
	size_t body = (size_t)((int)strlen(sent->body) + signed_more);

	/* These bytes follow the body and are not read. */
	if (signed_more > 0)
		sent->body[body - 1] = '\n';
	assert_non_null(HMAC(kind, secret, (int)strlen(secret),
	    (const unsigned char *)sent->body, body, digest, &length));
	if (signed_more > 0)
		sent->body[body - 1] = '\0';
	for (i = 0; i < length; i++)
		out += sprintf(out, "%02x", digest[i]);
}

/* Passes request `i` to the receiver: `method`, with `body`. */
static struct sent *
send_request(size_t i, const char *method, const char *body)
{
	static char peer[] = "REMOTE_ADDR=192.0.2.1";
	struct sent *sent = &sents[i];

	memset(sent, 0, sizeof *sent);
	assert_true(strlen(body) + 2 < sizeof sent->body);
	strcpy(sent->body, body);
	(void)sprintf(sent->method, "REQUEST_METHOD=%s", method);
	(void)sprintf(sent->length, "CONTENT_LENGTH=%zu", strlen(body));
	sign(sent);
	sent->env[0] = sent->method;
	sent->env[1] = sent->length;
	sent->env[2] = sent->signature;
	sent->env[3] = uri;
	sent->env[4] = peer;
	sent->env[5] = *origin != '\0' ? origin : NULL;
	request_parse(&sent->request, sent->env);
	sent->exchange = (struct exchange){ .request = &sent->request,
	    .read = read_body, .hold = hold, .send = send_answer,
	    .end = end, .context = sent };
	receiver_handle(receiver, &sent->exchange);
	return sent;
}

static struct sent *
post(size_t i)
{
	char body[64];

	(void)sprintf(body, "{\"object\":\"page\",\"number\":%zu}", i);
	return send_request(i, "POST", body);
}

static bool
answered(const struct sent *sent, int status)
{
	char start[16];

	(void)sprintf(start, "Status: %d", status);
	return sent->ended && strncmp(sent->answer, start, strlen(start)) == 0;
}

static void
configure_endpoint(const char *lines, const char *endpoint)
{
	static char text[16384];

	(void)snprintf(text, sizeof text, "directory = \"%s\"\n%s\n%s",
	    in_folder("journal"), lines, endpoint);
	/* Makes a new file, because file times are coarse. */
	write_file("next", text, 0600);
	assert_int_equal(rename(in_folder("next"), in_folder("conf")), 0);
}

static void
configure(const char *lines)
{
	configure_endpoint(lines, ENDPOINT);
}

static int
start(void **state)
{
	static struct receiver_start how = {
		.process_env = process_env };

	make_folder(state);
	/* If root runs the receiver, it does not create this folder. */
	assert_int_equal(mkdir(in_folder("journal"), 0750), 0);
	configure("");
	header = "HTTP_X_HUB_SIGNATURE_256=sha256=";
	secret = APP_SECRET;
	signed_more = 0;
	(void)strcpy(uri, "REQUEST_URI=/webhook");
	origin[0] = '\0';
	log_of_test = NULL;
	logged_early = false;
	(void)snprintf(config_setting, sizeof config_setting,
	    "HOOKLINE_CONFIG=%s", in_folder("conf"));
	process_env[0] = config_setting;
	receiver = receiver_new(&how);
	return receiver == NULL;
}

static int
stop(void **state)
{
	receiver_free(receiver);
	return remove_folder(state);
}

static void
only_good_notifications_wait(void **state)
{
	struct sent *good, *other;

	(void)state;
	good = post(0);
	assert_string_equal(good->answer, "");
	other = send_request(1, "GET", "");
	assert_true(answered(other, 200));
	other = send_request(2, "POST", "no JSON");
	assert_true(answered(other, 400));
	assert_string_equal(good->answer, "");
	receiver_settle(receiver);
	assert_true(answered(good, 200));
	/* No request is answered twice. */
	receiver_settle(receiver);
}

static void
as_many_wait_as_there_is_room_for(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < EXCHANGES_MAX - 1; i++)
		assert_string_equal(post(i)->answer, "");
	assert_true(answered(post(i), 200));
	for (i = 0; i < EXCHANGES_MAX - 1; i++)
		assert_true(answered(&sents[i], 200));
	assert_string_equal(post(EXCHANGES_MAX)->answer, "");
	receiver_settle(receiver);
	assert_true(answered(&sents[EXCHANGES_MAX], 200));
}

static void
many_updates_do_not_wait(void **state)
{
	char body[BODY_MAX];
	int i, at;

	(void)state;
	configure("lines = \"update\"");
	at = sprintf(body, "{\"object\":\"page\",\"entry\":[{\"id\":\"1\","
	    "\"time\":1,\"changes\":[0");
	for (i = 1; i <= 64; i++)
		at += sprintf(body + at, ",%d", i);
	(void)sprintf(body + at, "]}]}");
	assert_true(answered(send_request(0, "POST", body), 200));
}

static void
a_body_without_room_beside_others_comes_after_them(void **state)
{
	char body[3072];
	struct sent *before, *after;

	(void)state;
	configure("rotate_size = \"4K\"");
	memset(body, ' ', sizeof body);
	memcpy(body, "{}", 2);
	body[sizeof body - 1] = '\0';
	before = send_request(0, "POST", body);
	assert_string_equal(before->answer, "");
	body[2] = '\n';
	after = send_request(1, "POST", body);
	assert_true(answered(before, 200));
	assert_string_equal(after->answer, "");
	receiver_settle(receiver);
	assert_true(answered(after, 200));
}

static void
waiting_ones_keep_their_configuration(void **state)
{
	struct sent *before;

	(void)state;
	before = post(0);
	configure("max_body = 10");
	assert_string_equal(before->answer, "");
	assert_true(answered(post(1), 413));
	assert_true(answered(before, 200));
}

static void
without_a_configuration_all_are_answered(void **state)
{
	struct sent *before;

	(void)state;
	before = post(0);
	write_file("conf", "nonsense", 0600);
	assert_true(answered(post(1), 503));
	assert_true(answered(before, 200));
}

/* Whether a verification request at this path reaches the endpoint with this
 * token. */
static bool
is_for(const char *path, const char *token)
{
	(void)sprintf(uri, "REQUEST_URI=%s?hub.mode=subscribe&hub.challenge=1"
	    "&hub.verify_token=%s", path, token);
	return answered(send_request(0, "GET", ""), 200);
}

static void
a_trailing_slash_is_ignored_unless_configured(void **state)
{
	static const char some[] =
	    "endpoint \"/a\" { verify_token = \"a\" app_secret = \"s\" }\n"
	    "endpoint \"/b/\" { verify_token = \"b\" app_secret = \"s\" }\n"
	    "endpoint \"/c\" { verify_token = \"c\" app_secret = \"s\" }\n"
	    "endpoint \"/c/\" { verify_token = \"d\" app_secret = \"s\" }\n";
	char all[1024];

	(void)state;
	configure_endpoint("", some);
	assert_true(is_for("/a", "a"));
	assert_true(is_for("/a/", "a"));
	assert_true(is_for("/b/", "b"));
	assert_true(is_for("/c", "c"));
	assert_true(is_for("/c/", "d"));
	assert_false(is_for("/a//", "a"));
	assert_false(is_for("/b", "b"));
	assert_true(answered(&sents[0], 404));
	assert_false(is_for("/ax", "a"));
	assert_true(answered(&sents[0], 404));
	assert_false(is_for("/", "a"));
	assert_true(answered(&sents[0], 404));
	(void)sprintf(all, "%sendpoint \"*\" { verify_token = \"x\" "
	    "app_secret = \"s\" }\n", some);
	configure_endpoint("", all);
	assert_true(is_for("/a/", "a"));
	assert_true(is_for("/c/", "d"));
	assert_true(is_for("/a//", "x"));
	assert_true(is_for("/b", "x"));
	assert_true(is_for("/", "x"));
}

/*
 * Hints
 */

/* Configures a log for tests to read, and `endpoint` instead of ENDPOINT. */
static void
log_and_configure(const char *endpoint)
{
	static char path[256], line[300];

	(void)strcpy(path, in_folder("log"));
	(void)sprintf(line, "log_file = \"%s\"", path);
	write_file("log", "", 0600);
	configure_endpoint(line, endpoint);
	log_of_test = path;
}

/* The hint that a body gets, "" for none. A journal's first refusal may always
 * have one. */
static const char *
hint_for(const char *body)
{
	static char hint[400];
	char line[200], *end;
	FILE *file;

	assert_true(answered(send_request(0, "POST", body), 401));
	receiver_settle(receiver);
	assert_false(logged_early);
	(void)sprintf(line, "endpoint=/webhook bytes=%zu peer=192.0.2.1\n",
	    strlen(body));
	assert_true(log_has("event=rejected reason=signature "));
	assert_true(log_has(line));
	hint[0] = '\0';
	file = fopen(log_of_test, "r");
	assert_non_null(file);
	while (fgets(hint, sizeof hint, file) != NULL &&
	    strstr(hint, " hint=") == NULL)
		hint[0] = '\0';
	fclose(file);
	if (hint[0] == '\0')
		return hint;
	end = strstr(hint, " endpoint=");
	assert_non_null(end);
	*end = '\0';
	return strstr(hint, " hint=") + strlen(" hint=");
}

static void
no_hint_if_nothing_fits(void **state)
{
	(void)state;
	log_and_configure(ENDPOINT);
	secret = "another";
	assert_string_equal(hint_for("{}"), "");
}

static void
no_hint_without_a_signature(void **state)
{
	(void)state;
	log_and_configure(ENDPOINT);
	header = "HTTP_X=sha256=";
	assert_true(answered(send_request(0, "POST", "{}"), 401));
	assert_true(log_has("reason=signature-missing endpoint="));
	receiver_settle(receiver);
	assert_false(log_has("hint="));
}

static void
a_malformed_signature_does_not_wait_for_a_hint(void **state)
{
	(void)state;
	log_and_configure(ENDPOINT);
	header = "HTTP_X_HUB_SIGNATURE_256=sha256=0";
	assert_true(answered(send_request(0, "POST", "{}"), 401));
	assert_true(log_has("reason=signature endpoint="));
	header = "HTTP_X_HUB_SIGNATURE_256=sha256=";
	signed_more = 1;
	assert_string_equal(hint_for("{}"), "newline-lost");
}

static void
hints_at_a_newline(void **state)
{
	(void)state;
	log_and_configure(ENDPOINT);
	signed_more = 1;
	assert_string_equal(hint_for("{}"), "newline-lost");
}

static void
hints_at_an_extra_newline(void **state)
{
	(void)state;
	log_and_configure(ENDPOINT);
	signed_more = -1;
	assert_string_equal(hint_for("{}\n"), "newline-added");
}

static void
hints_at_a_line_break_of_two_bytes(void **state)
{
	(void)state;
	log_and_configure(ENDPOINT);
	signed_more = -2;
	assert_string_equal(hint_for("{}\r\n"), "newline-added");
}

static void
a_byte_other_than_newline_gives_no_hint(void **state)
{
	(void)state;
	log_and_configure(ENDPOINT);
	signed_more = -1;
	assert_string_equal(hint_for("{} "), "");
}

static void
hints_at_quotes(void **state)
{
	(void)state;
	log_and_configure("endpoint \"/webhook\" { verify_token = \"x\"\n"
	    "app_secret = {\"another\", '\"" APP_SECRET "\"'} }\n");
	assert_string_equal(hint_for("{}"), "secret-quoted");
}

static void
hints_at_single_quotes(void **state)
{
	(void)state;
	log_and_configure("endpoint \"/webhook\" { verify_token = \"x\"\n"
	    "app_secret = \"'" APP_SECRET "'\" }\n");
	assert_string_equal(hint_for("{}"), "secret-quoted");
}

static void
quotes_of_two_kinds_give_no_hint(void **state)
{
	(void)state;
	log_and_configure("endpoint \"/webhook\" { verify_token = \"x\"\n"
	    "app_secret = \"'" APP_SECRET "\\\"\" }\n");
	assert_string_equal(hint_for("{}"), "");
}

static void
other_bytes_around_a_secret_give_no_hint(void **state)
{
	(void)state;
	log_and_configure("endpoint \"/webhook\" { verify_token = \"x\"\n"
	    "app_secret = \"x" APP_SECRET "x\" }\n");
	assert_string_equal(hint_for("{}"), "");
}

static void
hints_at_sha1_if_that_is_off(void **state)
{
	(void)state;
	log_and_configure(ENDPOINT);
	header = "HTTP_X_HUB_SIGNATURE=sha1=";
	assert_string_equal(hint_for("{}"), "sha1-only");
}

static void
sha1_in_the_other_header_gives_no_hint(void **state)
{
	(void)state;
	log_and_configure(ENDPOINT);
	header = "HTTP_X_HUB_SIGNATURE_256=sha1=";
	assert_string_equal(hint_for("{}"), "");
}

/* ENDPOINT and this many others, /1 and so on, each with its number as its
 * secret. */
static const char *
with_others(int count)
{
	static char text[8192];
	int at = sprintf(text, ENDPOINT), i;

	for (i = 1; i <= count; i++)
		at += sprintf(text + at, "endpoint \"/%d\" { verify_token = "
		    "\"x\" app_secret = \"%d\" }\n", i, i);
	return text;
}

static void
hints_at_another_endpoint(void **state)
{
	(void)state;
	log_and_configure(with_others(16));
	secret = "16";
	assert_string_equal(hint_for("{}"), "secret-of:/16");
}

static void
tries_at_most_32_secrets(void **state)
{
	(void)state;
	log_and_configure(with_others(17));
	secret = "17";
	assert_string_equal(hint_for("{}"), "");
}

static void
a_body_of_64_kb_gets_a_hint(void **state)
{
	static char body[65537];

	(void)state;
	log_and_configure(ENDPOINT);
	memset(body, ' ', 65536);
	signed_more = 1;
	assert_string_equal(hint_for(body), "newline-lost");
}

static void
a_larger_body_gets_no_hint(void **state)
{
	static char body[65538];

	(void)state;
	log_and_configure(ENDPOINT);
	memset(body, ' ', 65537);
	signed_more = 1;
	assert_string_equal(hint_for(body), "");
}

static void
a_hint_waits_until_all_are_answered(void **state)
{
	struct sent *good, *bad;

	(void)state;
	log_and_configure(ENDPOINT);
	good = post(0);
	signed_more = 1;
	bad = send_request(1, "POST", "{}");
	assert_true(answered(bad, 401));
	assert_true(bad->held);
	assert_false(log_has("rejected"));
	/* By then the request may be gone, and another body may have been
	 * read. */
	memset(bad->env, 0, sizeof bad->env);
	signed_more = 0;
	assert_string_equal(post(2)->answer, "");
	receiver_settle(receiver);
	assert_true(answered(good, 200));
	assert_true(answered(&sents[2], 200));
	assert_false(logged_early);
	assert_true(log_has(" hint=newline-lost endpoint=/webhook bytes=2 "
	    "peer=192.0.2.1\n"));
	receiver_settle(receiver);
	assert_int_equal(count_in_log("rejected"), 1);
}

/* The line's place is reserved until the hint is known. */
static void
no_other_hint_takes_its_line(void **state)
{
	time_t before = time(NULL);

	(void)state;
	log_and_configure(ENDPOINT);
	signed_more = 1;
	(void)send_request(0, "POST", "{}");
	while (time(NULL) == before)
		continue;
	(void)send_request(1, "POST", "{ }");
	receiver_settle(receiver);
	assert_true(log_has(" hint=newline-lost endpoint=/webhook bytes=2 "));
	assert_true(log_has("reason=signature endpoint=/webhook bytes=3 "));
}

/* Sends two requests within one second; repeats that if it took longer. */
static void
one_refusal_a_second_gets_a_hint(void **state)
{
	time_t before;

	(void)state;
	signed_more = 1;
	do {
		log_and_configure(ENDPOINT);
		before = time(NULL);
		(void)send_request(0, "POST", "{}");
		receiver_settle(receiver);
		(void)send_request(0, "POST", "{ }");
		receiver_settle(receiver);
	} while (time(NULL) != before);
	assert_false(log_has("hint=newline-lost endpoint=/webhook bytes=2") &&
	    log_has("hint=newline-lost endpoint=/webhook bytes=3"));
	assert_true(log_has("reason=signature endpoint=/webhook bytes=3"));
}

static bool
verifies(size_t i, const char *token)
{
	bool good;

	(void)sprintf(uri, "REQUEST_URI=/tokens?hub.mode=subscribe&"
	    "hub.challenge=77&hub.verify_token=%s", token);
	good = answered(send_request(i, "GET", ""), 200);
	if (!good)
		assert_true(answered(&sents[i], 403));
	(void)strcpy(uri, "REQUEST_URI=/webhook");
	return good;
}

static void
each_of_several_verify_tokens_counts(void **state)
{
	(void)state;
	configure("endpoint \"/tokens\" { verify_token = { \"one\", \"two\", "
	    "\"three\" } app_secret = \"x\" }");
	assert_true(verifies(0, "one"));
	assert_true(verifies(1, "two"));
	assert_true(verifies(2, "three"));
	assert_false(verifies(3, "four"));
	assert_false(verifies(4, "onetwo"));
	assert_false(verifies(5, ""));
}

/*
 * Repeats
 */

/* A line of the journal, with its newline; "" beyond the last one. */
static const char *
line_of_journal(int number)
{
	static char line[4096];
	FILE *file = fopen(in_folder("journal/notifications.jsonl"), "r");

	assert_non_null(file);
	do {
		if (fgets(line, sizeof line, file) == NULL)
			line[0] = '\0';
	} while (line[0] != '\0' && --number > 0);
	fclose(file);
	return line;
}

static bool
line_has(int number, const char *text)
{
	return strstr(line_of_journal(number), text) != NULL;
}

#define SAMPLE "{\"object\":\"user\",\"entry\":[{\"id\":\"0\"," \
    "\"time\":1520383571,\"changed_fields\":[\"photos\"]}]}"

/* Both are answered 200, like everything that is stored, now or before. */
static void
settle_two(const char *one, const char *other)
{
	struct sent *first = send_request(0, "POST", one);
	struct sent *second = send_request(1, "POST", other);

	assert_string_equal(first->answer, "");
	assert_string_equal(second->answer, "");
	receiver_settle(receiver);
	assert_true(answered(first, 200));
	assert_true(answered(second, 200));
	assert_string_equal(first->answer, second->answer);
}

static void
a_repeat_is_logged_with_the_first_ones_seq(void **state)
{
	(void)state;
	log_and_configure(ENDPOINT);
	settle_two("{\"n\":1,\"timestamp\":1}", "{\"n\":2,\"timestamp\":1}");
	assert_false(log_has("event=repeat"));
	/* Two repeats: one of an earlier record, the other within the
	 * gathering. */
	settle_two("{\"n\":2,\"timestamp\":1}", "{\"n\":3,\"timestamp\":1}");
	assert_int_equal(count_in_log("event=repeat"), 1);
	assert_true(log_has("level=info "));
	assert_true(log_has("event=repeat seq=2 endpoint=/webhook\n"));
	settle_two("{\"n\":4,\"timestamp\":1}", "{\"n\":4,\"timestamp\":1}");
	assert_int_equal(count_in_log("event=repeat"), 2);
	assert_true(log_has("event=repeat seq=4 endpoint=/webhook\n"));
	/* The second one repeats a repeat. */
	settle_two("{\"n\":1,\"timestamp\":1}", "{\"n\":1,\"timestamp\":1}");
	assert_int_equal(count_in_log("event=repeat seq=1 "), 2);
	assert_string_equal(line_of_journal(5), "");
}

static void
nothing_is_a_repeat_if_repeats_are_kept(void **state)
{
	(void)state;
	log_and_configure("duplicate_window = 0\n" ENDPOINT);
	settle_two("{\"timestamp\":1}", "{\"timestamp\":1}");
	settle_two("{\"timestamp\":1}", "{\"timestamp\":1}");
	assert_true(line_has(4, "\"seq\":4,"));
	assert_false(log_has("event=repeat"));
}

static void
each_sample_is_stored(void **state)
{
	(void)state;
	log_and_configure(ENDPOINT);
	settle_two(SAMPLE, SAMPLE);
	settle_two(SAMPLE, SAMPLE);
	assert_true(line_has(4, "\"distinct\":false,"));
	assert_true(line_has(4, "\"seq\":4,"));
	assert_false(log_has("event=repeat"));
}

static void
each_sample_is_stored_as_an_update(void **state)
{
	(void)state;
	log_and_configure("lines = \"update\"\n" ENDPOINT);
	settle_two(SAMPLE, SAMPLE);
	settle_two(SAMPLE, SAMPLE);
	assert_true(line_has(4, "\"update\":"));
	assert_false(log_has("event=repeat"));
}

/* It contains no time at all, so it counts as the same event if it comes again
 * at once. */
static void
indistinct_events_are_merged(void **state)
{
	(void)state;
	log_and_configure(ENDPOINT);
	settle_two("{\"errors\":[{\"code\":130429}]}",
	    "{\"errors\":[{\"code\":130429}]}");
	assert_true(line_has(1, "\"distinct\":false,"));
	assert_string_equal(line_of_journal(2), "");
	assert_true(log_has("event=repeat seq=1 endpoint=/webhook\n"));
}

#define REDELIVERED(time) "{\"object\":\"page\",\"entry\":[{\"id\":\"1\"," \
    "\"time\":" time ",\"messaging\":[{\"message\":{\"mid\":\"m\"}}]}]}"

static void
another_time_of_an_entry_is_a_repeat(void **state)
{
	(void)state;
	log_and_configure(ENDPOINT);
	settle_two(REDELIVERED("1"), REDELIVERED("2"));
	settle_two(REDELIVERED("3"), REDELIVERED("4"));
	assert_true(line_has(1, "\"repeat_key\":\""));
	assert_string_equal(line_of_journal(2), "");
	assert_int_equal(count_in_log("event=repeat seq=1 "), 3);
}

/* A line of version 0.1.0 is recognized by its id. */
static void
an_older_line_is_known_by_its_id(void **state)
{
	static struct receiver_start how = {
		.process_env = process_env };
	char line[4096], *mark;

	(void)state;
	log_and_configure(ENDPOINT);
	settle_two(REDELIVERED("1"), "{\"timestamp\":1}");
	receiver_free(receiver);
	(void)strcpy(line, line_of_journal(1));
	mark = strstr(line, "\"repeat_key\"");
	assert_non_null(mark);
	memmove(mark, strstr(mark, "\"payload\""),
	    strlen(strstr(mark, "\"payload\"")) + 1);
	write_file("journal/notifications.jsonl", line, 0640);
	assert_int_equal(rename(in_folder("journal/.state"),
	    in_folder("journal/.lost")), 0);
	receiver = receiver_new(&how);
	assert_non_null(receiver);
	settle_two(REDELIVERED("1"), "{\"timestamp\":2}");
	assert_true(log_has("event=repeat seq=1 "));
	assert_true(line_has(2, "\"timestamp\":2"));
	assert_string_equal(line_of_journal(3), "");
}

/* A notification repeats one of those that wait. This is found both before and
 * after it turns out that there is no room for it beside them. */
static void
no_repeat_is_logged_twice(void **state)
{
	static const char form[] = "{\"object\":\"page\",\"entry\":[{\"id\":"
	    "\"1\",\"time\":1,\"changes\":[\"both\",\"%d%*s\"]}]}";
	char one[4096], other[4096];
	struct sent *second;

	(void)state;
	log_and_configure("lines = \"update\" rotate_size = \"4K\"\n" ENDPOINT);
	(void)sprintf(one, form, 1, 2000, "");
	(void)sprintf(other, form, 2, 2000, "");
	assert_string_equal(send_request(0, "POST", one)->answer, "");
	second = send_request(1, "POST", other);
	assert_true(answered(&sents[0], 200));
	assert_string_equal(second->answer, "");
	assert_false(log_has("event=repeat"));
	receiver_settle(receiver);
	assert_true(answered(second, 200));
	assert_int_equal(count_in_log("event=repeat"), 1);
	assert_true(log_has("event=repeat seq=1 "));
}

/*
 * Origins
 */

#define RELAY "0123456789abcdef0123456789abcdef"

static void
post_from(const char *of, const char *body)
{
	(void)sprintf(origin, "HTTP_X_HOOKLINE_ORIGIN=%s", of);
	assert_string_equal(send_request(0, "POST", body)->answer, "");
	receiver_settle(receiver);
	assert_true(answered(&sents[0], 200));
	origin[0] = '\0';
}

static void
an_origin_identifies_an_event(void **state)
{
	(void)state;
	log_and_configure(ENDPOINT);
	post_from(RELAY "/41288", SAMPLE);
	assert_true(line_has(1, ",\"distinct\":false,\"relayed\":\"" RELAY
	    "/41288\",\"payload\":"));
	post_from(RELAY "/41288", SAMPLE);
	assert_true(log_has("event=repeat seq=1 endpoint=/webhook\n"));
	post_from(RELAY "/41289", SAMPLE);
	assert_true(line_has(2, "\"relayed\":\"" RELAY "/41289\""));
	/* Distinct notifications are recognized without their origin. */
	post_from(RELAY "/1", "{\"timestamp\":1}");
	post_from(RELAY "/2", "{\"timestamp\":1}");
	assert_true(line_has(3, "\"relayed\":\"" RELAY "/1\""));
	assert_string_equal(line_of_journal(4), "");
}

static void
an_origin_is_known_when_the_state_is_lost(void **state)
{
	(void)state;
	log_and_configure(ENDPOINT);
	post_from(RELAY "/7", SAMPLE);
	assert_int_equal(rename(in_folder("journal/.state"),
	    in_folder("journal/.lost")), 0);
	post_from(RELAY "/7", SAMPLE);
	post_from(RELAY "/8", SAMPLE);
	assert_true(line_has(2, "\"relayed\":\"" RELAY "/8\""));
	assert_string_equal(line_of_journal(3), "");
}

static void
a_malformed_origin_is_ignored(void **state)
{
	static const char *const none[] = { "", RELAY, RELAY "/", RELAY "/0",
	    RELAY "/01", RELAY "/1 ", RELAY "/-1", RELAY "/1a", RELAY "0/1",
	    RELAY "/10000000000000000000", "0123456789ABCDEF0123456789abcdef/1",
	    "0123456789abcdef0123456789abcde/1", RELAY "/1, " RELAY "/1",
	    RELAY ":1" };
	size_t i;

	(void)state;
	log_and_configure(ENDPOINT);
	for (i = 0; i < sizeof none / sizeof none[0]; i++) {
		post_from(none[i], SAMPLE);
		assert_true(line_has((int)i + 1, "\"payload\""));
		assert_false(line_has((int)i + 1, "relayed"));
	}
	post_from(RELAY "/9999999999999999999", SAMPLE);
	assert_true(line_has((int)i + 1, "\"relayed\":\"" RELAY
	    "/9999999999999999999\""));
}

/*
 * Names, and unsigned notifications
 */

static void
a_name_replaces_the_path(void **state)
{
	(void)state;
	log_and_configure("endpoint \"/webhook\" { name = \"shop\"\n"
	    "verify_token = \"x\" app_secret = \"" APP_SECRET "\" }\n"
	    "endpoint \"/other\" { name = \"blog\"\n"
	    "verify_token = \"x\" app_secret = \"of the blog\" }\n");
	settle_two("{\"timestamp\":1}", "{\"timestamp\":1}");
	assert_true(line_has(1, "\"endpoint\":\"shop\""));
	assert_true(log_has("event=repeat seq=1 endpoint=shop\n"));
	secret = "of the blog";
	assert_true(answered(send_request(0, "POST", "{}"), 401));
	receiver_settle(receiver);
	assert_true(log_has("reason=signature hint=secret-of:blog "
	    "endpoint=shop bytes=2 "));
	assert_false(log_has("/webhook"));
	assert_false(log_has("/other"));
}

#define HARD "/hook/aA0bB1cC2dD3eE4fF5gG6hH7"
#define UNSIGNED(secret) "endpoint \"" HARD "\" { name = \"audit\"\n" \
    "unsigned = \"accept\" verify_token = \"x\" " secret " }\n"

/* Whether a new notification, signed with this header, gets this status. */
static bool
gets(const char *with, int status)
{
	static int number;
	struct sent *sent;
	char body[64];

	(void)strcpy(uri, "REQUEST_URI=" HARD);
	(void)sprintf(body, "{\"timestamp\":%d}", ++number);
	header = with;
	sent = send_request(0, "POST", body);
	receiver_settle(receiver);
	return answered(sent, status);
}

static void
without_a_secret_no_signature_counts(void **state)
{
	int i;

	(void)state;
	log_and_configure(UNSIGNED(""));
	assert_true(gets("HTTP_X=sha256=", 200));
	assert_true(gets("HTTP_X_HUB_SIGNATURE_256=sha256=", 200));
	assert_true(gets("HTTP_X_HUB_SIGNATURE_256=nonsense, twice", 200));
	assert_true(gets("HTTP_X_HUB_SIGNATURE=sha1=", 200));
	for (i = 1; i <= 4; i++) {
		assert_true(line_has(i, "\"signature\":null,"
		    "\"endpoint\":\"audit\","));
		assert_false(line_has(i, HARD));
	}
}

static void
with_a_secret_a_signature_must_be_right(void **state)
{
	(void)state;
	log_and_configure(UNSIGNED("app_secret = \"" APP_SECRET "\""));
	assert_true(gets("HTTP_X=sha256=", 200));
	assert_true(line_has(1, "\"signature\":null,"));
	assert_true(gets("HTTP_X_HUB_SIGNATURE_256=sha256=", 200));
	assert_true(line_has(2, "\"signature\":\"sha256="));
	assert_true(gets("HTTP_X_HUB_SIGNATURE=sha1=", 401));
	assert_true(log_has("reason=signature hint=sha1-only endpoint=audit "));
	assert_true(gets("HTTP_X_HUB_SIGNATURE_256=", 401));
	assert_true(gets("HTTP_X_HUB_SIGNATURE_256=sha256=1", 401));
	assert_true(gets("HTTP_X_HUB_SIGNATURE_256=1,1", 401));
	assert_true(log_has("reason=signature-repeated endpoint=audit "));
	assert_string_equal(line_of_journal(3), "");
	assert_false(log_has(HARD));
}

static void
it_counts_by_name_and_without_a_secret(void **state)
{
	char name[COUNTERS_NAME_SIZE];
	struct counters_numbers numbers;
	struct counters_view *view;

	(void)state;
	log_and_configure(UNSIGNED("app_secret = \"" APP_SECRET "\""));
	assert_true(gets("HTTP_X=sha256=", 200));
	assert_true(gets("HTTP_X=sha256=", 200));
	assert_true(gets("HTTP_X_HUB_SIGNATURE_256=sha256=", 200));
	assert_int_equal(counters_view_open(-1, in_folder("journal"), &view),
	    ERR_NONE);
	assert_true(counters_view_name(view, 1, name));
	assert_string_equal(name, "audit");
	assert_true(counters_view_totals(view, 1, &numbers));
	assert_int_equal(numbers.counts[COUNTER_ACCEPTED], 3);
	assert_int_equal(numbers.counts[COUNTER_SECRETS], 1);
	counters_view_close(view);
}

static void
an_unsigned_origin_is_not_believed(void **state)
{
	(void)state;
	log_and_configure(UNSIGNED("app_secret = \"" APP_SECRET "\""));
	(void)strcpy(origin, "HTTP_X_HOOKLINE_ORIGIN=" RELAY "/1");
	assert_true(gets("HTTP_X=sha256=", 200));
	assert_false(line_has(1, "relayed"));
	assert_true(gets("HTTP_X_HUB_SIGNATURE_256=sha256=", 200));
	assert_true(line_has(2, "\"relayed\":\"" RELAY "/1\""));
}

static void
a_secret_path_is_never_logged(void **state)
{
	(void)state;
	log_and_configure(UNSIGNED(""));
	assert_false(is_for(HARD, "wrong"));
	assert_true(log_has("reason=verify-token endpoint=audit "));
	assert_false(is_for(HARD "/below", "x"));
	assert_true(answered(&sents[0], 404));
	assert_true(log_has("reason=path endpoint=audit "));
	assert_false(is_for("/elsewhere" HARD, "x"));
	assert_false(is_for("/elsewhere", "x"));
	assert_true(log_has("reason=path endpoint=/elsewhere "));
	assert_false(log_has(HARD));
}

static void
other_endpoints_take_nothing_unsigned(void **state)
{
	(void)state;
	log_and_configure(UNSIGNED("") ENDPOINT);
	header = "HTTP_X=sha256=";
	assert_true(answered(send_request(0, "POST", SAMPLE), 401));
}

/*
 * A relay that must have passed what is acknowledged
 */

#define WITH_RELAY ENDPOINT "relay 'b' { url = 'https://b.example/' }\n" \
    "acknowledge = 'b'\n"

/* As the relay tells that it has passed what is up to this seq. */
static void
relay_passes(uint64_t seq)
{
	struct relays_status status = { .state = RELAYS_SENDING,
	    .beat_at = clock_boottime_us(), .passed = seq };
	struct durable durable = { .directory =
	    open(in_folder("journal"), O_RDONLY | O_DIRECTORY) };
	struct relays_slot *slot = relays_open(durable.directory, "b");
	uint64_t appended;

	assert_true(durable_mark(&durable, &status.mark, &appended));
	assert_int_equal(cursor_text_journal(durable.directory,
	    status.mark.journal), ERR_NONE);
	relays_publish(slot, &status);
	relays_close(slot);
	durable_close(&durable);
	close(durable.directory);
}

/* Configures such a relay, which waits for news after this first record. */
static void
begin_with_relay(const char *more)
{
	char endpoint[1024];

	(void)sprintf(endpoint, "%s%s", WITH_RELAY, more);
	log_and_configure(endpoint);
	assert_string_equal(post(0)->answer, "");
	receiver_settle(receiver);
	/* It has never been there. */
	assert_true(answered(&sents[0], 503));
	assert_true(log_has("level=error "));
	assert_true(log_has("event=not-acknowledged reason=relay-silent "
	    "relay=b seq=1 endpoint=/webhook bytes="));
	assert_true(line_has(1, "\"number\":0}"));
	relay_passes(0);
}

/* Posts them, and settles them. None is answered. */
static void
post_waiting(size_t first, size_t count)
{
	size_t i;

	for (i = first; i < first + count; i++)
		(void)post(i);
	receiver_settle(receiver);
	for (i = first; i < first + count; i++)
		assert_string_equal(sents[i].answer, "");
}

static void
each_waits_until_the_relay_has_passed_it(void **state)
{
	(void)state;
	begin_with_relay("");
	/* The first one is a repeat, and waits for its own seq. */
	post_waiting(0, 3);
	assert_int_equal(receiver_revisit(receiver, 0), 3);
	relay_passes(1);
	assert_int_equal(receiver_revisit(receiver, 0), 2);
	assert_true(answered(&sents[0], 200));
	assert_string_equal(sents[1].answer, "");
	relay_passes(3);
	assert_int_equal(receiver_revisit(receiver, 1000), 0);
	assert_true(answered(&sents[1], 200));
	assert_true(answered(&sents[2], 200));
	assert_string_equal(line_of_journal(4), "");
	/* What it has passed is answered at once. */
	(void)post(2);
	receiver_settle(receiver);
	assert_true(answered(&sents[2], 200));
	assert_int_equal(count_in_log("not-acknowledged"), 1);
}

static void
others_are_served_meanwhile(void **state)
{
	(void)state;
	begin_with_relay("");
	post_waiting(1, 2);
	assert_true(answered(send_request(3, "GET", ""), 200));
	assert_true(answered(send_request(4, "POST", "no JSON"), 400));
	post_waiting(5, 2);
	/* What another relay brings never waits. */
	(void)sprintf(origin, "HTTP_X_HOOKLINE_ORIGIN=" RELAY "/1");
	(void)post(7);
	origin[0] = '\0';
	(void)post(8);
	receiver_settle(receiver);
	assert_true(answered(&sents[7], 200));
	assert_string_equal(sents[8].answer, "");
	assert_int_equal(receiver_revisit(receiver, 0), 5);
	relay_passes(7);
	assert_int_equal(receiver_revisit(receiver, 0), 0);
	assert_true(answered(&sents[8], 200));
}

static void
a_repeat_within_a_gathering_waits_for_the_first(void **state)
{
	(void)state;
	begin_with_relay("");
	(void)post(1);
	(void)post(2);
	(void)send_request(3, "POST", sents[2].body);
	receiver_settle(receiver);
	relay_passes(2);
	assert_int_equal(receiver_revisit(receiver, 0), 2);
	assert_true(answered(&sents[1], 200));
	relay_passes(3);
	assert_int_equal(receiver_revisit(receiver, 0), 0);
	assert_true(answered(&sents[2], 200));
	assert_true(answered(&sents[3], 200));
	assert_string_equal(line_of_journal(4), "");
}

static void
a_slow_relay_is_not_waited_for_for_ever(void **state)
{
	int64_t began;

	(void)state;
	begin_with_relay("acknowledge_within = '150ms'\n");
	began = clock_monotonic_ms();
	post_waiting(1, 2);
	while (receiver_revisit(receiver, 1000) > 0)
		assert_true(clock_monotonic_ms() - began < 10000);
	assert_true(clock_monotonic_ms() - began >= 150);
	assert_true(answered(&sents[1], 503));
	assert_true(answered(&sents[2], 503));
	assert_non_null(strstr(sents[2].answer, "Retry-After: 30"));
	assert_true(log_has("event=not-acknowledged reason=relay-slow relay=b "
	    "seq=3 endpoint=/webhook"));
	/* An absent relay is no failure of this host's. */
	assert_true(answered(send_request(3, "GET", ""), 200));
	relay_passes(3);
	(void)post(2);
	receiver_settle(receiver);
	assert_true(answered(&sents[2], 200));
	assert_string_equal(line_of_journal(4), "");
}

static void
all_are_answered_at_the_end(void **state)
{
	(void)state;
	begin_with_relay("");
	post_waiting(1, 2);
	relay_passes(2);
	assert_int_equal(receiver_revisit(receiver, -1), 0);
	assert_true(answered(&sents[1], 200));
	assert_true(answered(&sents[2], 503));
}

static void
a_new_state_has_passed_nothing(void **state)
{
	(void)state;
	begin_with_relay("acknowledge_within = '100ms'\n");
	relay_passes(99);
	(void)post(1);
	receiver_settle(receiver);
	assert_true(answered(&sents[1], 200));
	assert_int_equal(unlink(in_folder("journal/.state/shared")), 0);
	post_waiting(2, 1);
	while (receiver_revisit(receiver, 1000) > 0)
		;
	assert_true(answered(&sents[2], 503));
	relay_passes(3);
	(void)post(2);
	receiver_settle(receiver);
	assert_true(answered(&sents[2], 200));
}

static void
another_configuration_comes_after_those_that_wait(void **state)
{
	(void)state;
	begin_with_relay("acknowledge_within = '100ms'\n");
	post_waiting(1, 1);
	configure("max_body = 10");
	assert_true(answered(post(2), 413));
	assert_true(answered(&sents[1], 503));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
		TEST(only_good_notifications_wait),
		TEST(as_many_wait_as_there_is_room_for),
		TEST(many_updates_do_not_wait),
		TEST(a_body_without_room_beside_others_comes_after_them),
		TEST(waiting_ones_keep_their_configuration),
		TEST(without_a_configuration_all_are_answered),
		TEST(a_trailing_slash_is_ignored_unless_configured),
		TEST(no_hint_if_nothing_fits),
		TEST(no_hint_without_a_signature),
		TEST(a_malformed_signature_does_not_wait_for_a_hint),
		TEST(hints_at_a_newline),
		TEST(hints_at_an_extra_newline),
		TEST(hints_at_a_line_break_of_two_bytes),
		TEST(a_byte_other_than_newline_gives_no_hint),
		TEST(hints_at_quotes),
		TEST(hints_at_single_quotes),
		TEST(quotes_of_two_kinds_give_no_hint),
		TEST(other_bytes_around_a_secret_give_no_hint),
		TEST(hints_at_sha1_if_that_is_off),
		TEST(sha1_in_the_other_header_gives_no_hint),
		TEST(hints_at_another_endpoint),
		TEST(tries_at_most_32_secrets),
		TEST(a_body_of_64_kb_gets_a_hint),
		TEST(a_larger_body_gets_no_hint),
		TEST(a_hint_waits_until_all_are_answered),
		TEST(no_other_hint_takes_its_line),
		TEST(one_refusal_a_second_gets_a_hint),
		TEST(a_repeat_is_logged_with_the_first_ones_seq),
		TEST(nothing_is_a_repeat_if_repeats_are_kept),
		TEST(each_sample_is_stored),
		TEST(each_sample_is_stored_as_an_update),
		TEST(indistinct_events_are_merged),
		TEST(another_time_of_an_entry_is_a_repeat),
		TEST(an_older_line_is_known_by_its_id),
		TEST(no_repeat_is_logged_twice),
		TEST(an_origin_identifies_an_event),
		TEST(an_origin_is_known_when_the_state_is_lost),
		TEST(a_malformed_origin_is_ignored),
		TEST(a_name_replaces_the_path),
		TEST(without_a_secret_no_signature_counts),
		TEST(with_a_secret_a_signature_must_be_right),
		TEST(it_counts_by_name_and_without_a_secret),
		TEST(an_unsigned_origin_is_not_believed),
		TEST(a_secret_path_is_never_logged),
		TEST(other_endpoints_take_nothing_unsigned),
		TEST(each_of_several_verify_tokens_counts),
		TEST(each_waits_until_the_relay_has_passed_it),
		TEST(others_are_served_meanwhile),
		TEST(a_repeat_within_a_gathering_waits_for_the_first),
		TEST(a_slow_relay_is_not_waited_for_for_ever),
		TEST(all_are_answered_at_the_end),
		TEST(a_new_state_has_passed_nothing),
		TEST(another_configuration_comes_after_those_that_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
