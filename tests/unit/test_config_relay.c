/*
 * Relay sections of hookline.conf: what they become, and what is refused.
 */
#include "config_fixture.h"

#define FILE_NAME "/f/hookline.conf"
#define UNSIGNED "endpoint '/q8Zr2Tn5Vx1Lw9Kc3Mb7Hd' {\n" \
    "name = 'quiet' unsigned = accept verify_token = 'one of ours'\n}\n"

static struct config_problem problem;

static enum config_status
parse(const char *text, struct config **config)
{
	char *copy = strdup(text);
	enum config_status status;

	assert_non_null(copy);
	problem.text[0] = '\0';
	status = parse_as(FILE_NAME, copy, strlen(text), config, &problem);
	free(copy);
	return status;
}

static struct config *
parsed(const char *text)
{
	struct config *config;

	if (parse(text, &config) != CONFIG_OK)
		fail_msg("%s\n-> %s", text, problem.text);
	return config;
}

static void
defaults_are_those_of_the_manual(void **state)
{
	struct config *config = parsed(ENDPOINT
	    "relay 'second-host' { url = 'https://b.example/webhook' }\n"
	    "relay \"warehouse\" { url = \"postgresql://db1,db2/hooks\" }\n");
	const struct relay *relay = config->relays;

	(void)state;
	assert_int_equal(config->relay_count, 2);
	assert_string_equal(relay[0].name, "second-host");
	assert_int_equal(relay[0].kind, RELAY_HTTP);
	assert_string_equal(relay[0].url, "https://b.example/webhook");
	assert_string_equal(relay[0].sign, "");
	assert_int_equal(relay[0].endpoints.count, 0);
	assert_int_equal(relay[0].objects.count, 0);
	assert_false(relay[0].relayed);
	assert_int_equal(relay[0].in_flight, 1);
	assert_int_equal(relay[0].timeout, 10);
	assert_int_equal(relay[0].give_up, 7 * 24 * 3600);
	assert_string_equal(relay[0].table, "notifications");
	assert_int_equal(relay[0].replicas, 0);
	assert_int_equal(relay[1].kind, RELAY_POSTGRESQL);
	assert_true(relay[1].relayed);
	/* The journal's retention looks after them by name. */
	assert_int_equal(config->journal.relay_count, 2);
	assert_string_equal(config->journal.relays[1], "warehouse");
	config_free(config);
}

static void
every_key_is_taken(void **state)
{
	/* The endpoint may come after it. */
	struct config *config = parsed("relay 'a1-' {\n"
	    "url = 'http://10.0.0.7:8080/h?x=1' sign = '/webhook'\n"
	    "endpoints = {'/webhook'} objects = {'page', 'user',}\n"
	    "relayed = send in_flight = 64 timeout = 2m give_up = 36h\n"
	    "table = 'hooks_2' replicas = 0\n}\n" ENDPOINT);
	const struct relay *relay = config->relays;

	(void)state;
	assert_string_equal(relay->sign, "/webhook");
	assert_int_equal(relay->endpoints.count, 1);
	assert_string_equal(relay->endpoints.texts[0], "/webhook");
	assert_int_equal(relay->objects.count, 2);
	assert_string_equal(relay->objects.texts[1], "user");
	assert_true(relay->relayed);
	assert_int_equal(relay->in_flight, 64);
	assert_int_equal(relay->timeout, 120);
	assert_int_equal(relay->give_up, 36 * 3600);
	assert_string_equal(relay->table, "hooks_2");
	config_free(config);
}

static void
urls_that_are_fine(void **state)
{
	static const char *const urls[] = { "https://b.example",
	    "https://b.example:8443/a?b=c", "http://127.0.0.1:8080/webhook",
	    "http://localhost/w", "http://[::1]:80/w", "http://192.168.1.2/w",
	    "http://172.31.0.1/w", "http://169.254.1.1/w",
	    "http://[fd00::7]/w", "http://[fe80::1]/w", "postgresql://",
	    "postgresql:///hooks?host=/run/postgresql",
	    "postgresql://user@db1:5432,db2/hooks?passfile=/etc/pass",
	    "postgresql://h/hooks?passwordless=1&service=hooks" };
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof urls / sizeof urls[0]; i++) {
		(void)snprintf(text, sizeof text,
		    ENDPOINT "relay 'a' { url = '%s' }\n", urls[i]);
		config_free(parsed(text));
	}
}

static const struct {
	const char *text, *problem;
} refusals[] = {
	/* names */
	{ "relay { }", ":5: relay: needs a name in quotes" },
	{ "relay '' { }", ":5: relay: its name must be 1 to 32 of" },
	{ "relay 'disk' { }", ":5: relay: its name must be" },
	{ "relay '1a' { }", ":5: relay: its name must be" },
	{ "relay '-a' { }", ":5: relay: its name must be" },
	{ "relay 'Host' { }", ":5: relay: its name must be" },
	{ "relay 'a_b' { }", ":5: relay: its name must be" },
	{ "relay '../a' { }", ":5: relay: its name must be" },
	{ "relay 'abcdefghijklmnopqrstuvwxyz0123456' { }",
	  ":5: relay: its name must be" },
	{ "relay 'a' url", ":5: relay: its name must be followed by {" },
	{ "relay 'a' {\nurl = 'https://x'",
	  ":6: the file ends inside a relay block: } is missing" },
	{ "relay 'a' { = }", ":5: expected a key, or } at the end of the "
	  "relay block" },
	{ "relay 'a' { url = 'https://x' }\nrelay 'a' { }",
	  ":6: relay: given twice, first on line 5" },
	/* keys */
	{ "relay 'a' { sync = true }",
	  ":5: sync: does not belong inside a relay block" },
	{ "relay 'a' { app_secret = 'x' }",
	  ":5: app_secret: belongs inside an endpoint block" },
	{ "timeout = 3s", ":5: timeout: belongs inside a relay block" },
	{ "relay 'a' { relay_url = 'x' }", ":5: relay_url: unknown key" },
	{ "relay 'a' { in_flight = 2\nin_flight = 3 }",
	  ":6: in_flight: given twice, first on line 5" },
	{ "relay 'a' { in_flight = 0 }", ":5: in_flight: must be" },
	{ "relay 'a' { in_flight = 65 }", ":5: in_flight: must be" },
	{ "relay 'a' { timeout = 0 }", ":5: timeout: must be" },
	{ "relay 'a' { timeout = 11m }", ":5: timeout: must be" },
	{ "relay 'a' { give_up = 0 }", ":5: give_up: must be" },
	{ "relay 'a' { relayed = yes }", ":5: relayed: must be" },
	{ "relay 'a' { objects = {''} }", ":5: objects: must be" },
	{ "relay 'a' { table = 'A' }", ":5: table: must be" },
	{ "relay 'a' { table = '1' }", ":5: table: must be" },
	{ "relay 'a' { table = 'a;b' }", ":5: table: must be" },
	{ "relay 'a' { url = 'postgresql://' replicas = 17 }",
	  ":5: replicas: must be" },
	{ "relay 'a' { url = 'https://x'\nreplicas = 1 }",
	  ":6: replicas: is only for postgresql://" },
	/* urls */
	{ "relay 'a' {\n}", ":5: url: is missing" },
	{ "relay 'a' { url = '' }", ":5: url: is missing" },
	{ "relay 'a' { url = 'ftp://x' }", ":5: url: must begin with" },
	{ "relay 'a' { url = 'https://' }", ":5: url: must begin with" },
	{ "relay 'a' { url = 'https:///w' }", ":5: url: must begin with" },
	{ "relay 'a' { url = 'https://x y' }", ":5: url: must begin with" },
	{ "relay 'a' { url = 'https://u:p@x/' }",
	  ":5: url: must not contain a user name" },
	{ "relay 'a' { url = 'https://x/#b' }", ":5: url: must not contain #" },
	{ "relay 'a' { url = 'http://b.example/' }",
	  ":5: url: http:// is only for" },
	{ "relay 'a' { url = 'http://8.8.8.8/' }",
	  ":5: url: http:// is only for" },
	{ "relay 'a' { url = 'http://172.32.0.1/' }",
	  ":5: url: http:// is only for" },
	{ "relay 'a' { url = 'http://[2001:db8::1]/' }",
	  ":5: url: http:// is only for" },
	{ "relay 'a' { url = 'http://127.0.0.1.example/' }",
	  ":5: url: http:// is only for" },
	{ "relay 'a' { url = 'postgresql://u:p@h/d' }",
	  ":5: url: must not contain a password" },
	{ "relay 'a' { url = 'postgresql://h/d?a=b&password=p' }",
	  ":5: url: must not contain a password" },
	{ "relay 'a' { url = 'postgresql:///d?p%61ss%77ord=p' }",
	  ":5: url: must not contain a password" },
	{ "relay 'a' { url = 'postgresql:///d?sslpassword=p' }",
	  ":5: url: must not contain a password" },
	/* relays and endpoints */
	{ "relay 'a' { url = 'https://x' endpoints = {'/none'} }",
	  ":5: endpoints: relay a: no endpoint has the name \"/none\"" },
	{ "relay 'a' { url = 'https://x' sign = '/none' }",
	  ":5: sign: relay a: no endpoint has the name \"/none\"" },
	{ "relay 'a' { url = 'postgresql://' sign = '/webhook' }",
	  ":5: sign: relay a: nothing is signed for a database" },
	{ "lines = update\nrelay 'a' { url = 'https://x' }",
	  ":6: sign: relay a: with lines = \"update\"" },
	{ UNSIGNED "relay 'a' { url = 'https://x' }",
	  ":8: sign: relay a: the endpoint quiet accepts" },
	{ UNSIGNED "relay 'a' { url = 'https://x' endpoints = {'quiet'} }",
	  ":8: sign: relay a: the endpoint quiet accepts" },
	{ UNSIGNED "relay 'a' { url = 'https://x' sign = 'quiet' }",
	  ":8: sign: relay a: the endpoint quiet has no app secret" },
	/* acknowledge */
	{ "relay 'a' { url = 'https://x' }\nacknowledge = 'b'",
	  ":6: acknowledge: no relay has the name \"b\"" },
	{ "\nacknowledge = 'a' relay 'a' { url = 'https://x' } sync = false",
	  ":6: acknowledge: needs sync = true" },
};

static void
mistakes_are_refused_by_line_and_key(void **state)
{
	char text[1024];
	struct config *config;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		(void)snprintf(text, sizeof text, "%s%s", ENDPOINT,
		    refusals[i].text);
		assert_int_equal(parse(text, &config), CONFIG_BAD);
		assert_null(config);
		if (strncmp(problem.text + strlen(FILE_NAME),
		    refusals[i].problem, strlen(refusals[i].problem)) != 0)
			fail_msg("%s\n-> %s\nnot %s", refusals[i].text,
			    problem.text, refusals[i].problem);
	}
}

/* Unsigned records can be sent if they are signed anew, or left out. */
static void
unsigned_endpoints_may_be_signed_anew_or_left_out(void **state)
{
	(void)state;
	config_free(parsed(ENDPOINT UNSIGNED
	    "relay 'a' { url = 'https://x' sign = '/webhook' }"));
	config_free(parsed(ENDPOINT UNSIGNED
	    "relay 'a' { url = 'https://x' endpoints = '/webhook' }"));
	config_free(parsed(ENDPOINT UNSIGNED
	    "relay 'a' { url = 'postgresql://' }"));
	config_free(parsed(ENDPOINT "lines = update\n"
	    "relay 'a' { url = 'https://x' sign = '/webhook' }"));
}

/* The relay may come after it. */
static void
a_relay_may_be_asked_to_acknowledge(void **state)
{
	struct config *config = parsed(ENDPOINT "acknowledge = 'b'\n"
	    "relay 'a' { url = 'https://x' }\n"
	    "relay 'b' { url = 'postgresql://' }\n"
	    "acknowledge_within = '100ms'\n");

	(void)state;
	assert_string_equal(config_acknowledging(config), "b");
	assert_true(config->journal.watched);
	assert_int_equal(config->acknowledge_within, 100);
	config_free(config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_those_of_the_manual),
		cmocka_unit_test(every_key_is_taken),
		cmocka_unit_test(urls_that_are_fine),
		cmocka_unit_test(mistakes_are_refused_by_line_and_key),
		cmocka_unit_test(
		    unsigned_endpoints_may_be_signed_anew_or_left_out),
		cmocka_unit_test(a_relay_may_be_asked_to_acknowledge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
