/*
 * The receiver's notifications that wait for each other. What it answers is
 * tests/servers' affair.
 */
#include "config_fixture.h"

#include "auth/signature.h"
#include "receiver/receiver.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#define BODY_MAX 16384

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
	bool ended;
};

static struct sent sents[EXCHANGES_MAX + 1];
static char *process_env[2];
static char config_setting[256];
static char uri[128] = "REQUEST_URI=/webhook";
static struct receiver *receiver;

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
	(void)context;
}

static bool
send_answer(void *context, const char *bytes, size_t length)
{
	struct sent *sent = context;

	assert_string_equal(sent->answer, "");
	assert_true(length < sizeof sent->answer);
	memcpy(sent->answer, bytes, length);
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
	static const char secret[] = APP_SECRET;
	unsigned char digest[32];
	unsigned length = sizeof digest, i;
	char *out = sent->signature + sprintf(sent->signature,
	    "HTTP_X_HUB_SIGNATURE_256=sha256=");

	assert_non_null(HMAC(EVP_sha256(), secret, sizeof secret - 1,
	    (const unsigned char *)sent->body, strlen(sent->body), digest,
	    &length));
	for (i = 0; i < length; i++)
		out += sprintf(out, "%02x", digest[i]);
}

/* Hands request `i` to the receiver; `method` with `body`. */
static struct sent *
send_request(size_t i, const char *method, const char *body)
{
	struct sent *sent = &sents[i];

	memset(sent, 0, sizeof *sent);
	assert_true(strlen(body) < sizeof sent->body);
	strcpy(sent->body, body);
	(void)sprintf(sent->method, "REQUEST_METHOD=%s", method);
	(void)sprintf(sent->length, "CONTENT_LENGTH=%zu", strlen(body));
	sign(sent);
	sent->env[0] = sent->method;
	sent->env[1] = sent->length;
	sent->env[2] = sent->signature;
	sent->env[3] = uri;
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
configure(const char *lines)
{
	char text[512];

	(void)snprintf(text, sizeof text, "directory = \"%s\"\n%s\n" ENDPOINT,
	    in_folder("journal"), lines);
	/* Another file, since the clock of files is coarse. */
	write_file("next", text, 0600);
	assert_int_equal(rename(in_folder("next"), in_folder("conf")), 0);
}

static int
start(void **state)
{
	static struct receiver_start how = { NULL, process_env, false };

	make_folder(state);
	/* Root's receiver does not make it. */
	assert_int_equal(mkdir(in_folder("journal"), 0750), 0);
	configure("");
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
	/* Nobody is answered twice. */
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
many_updates_wait_for_nobody(void **state)
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
what_does_not_fit_beside_those_that_wait_comes_after_them(void **state)
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
another_configuration_is_not_for_those_who_wait(void **state)
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
without_a_configuration_they_are_answered_too(void **state)
{
	struct sent *before;

	(void)state;
	before = post(0);
	write_file("conf", "nonsense", 0600);
	assert_true(answered(post(1), 503));
	assert_true(answered(before, 200));
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
		TEST(only_good_notifications_wait),
		TEST(as_many_wait_as_there_is_room_for),
		TEST(many_updates_wait_for_nobody),
		TEST(what_does_not_fit_beside_those_that_wait_comes_after_them),
		TEST(another_configuration_is_not_for_those_who_wait),
		TEST(without_a_configuration_they_are_answered_too),
		TEST(each_of_several_verify_tokens_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
