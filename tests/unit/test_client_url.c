#include "client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *url, *scheme, *host;
	unsigned port;
	const char *path;
	bool loopback;
} good[] = {
	{ "http://a.example", "http", "a.example", 80, "/", false },
	{ "HTTPS://A.example/webhook", "https", "A.example", 443, "/webhook",
	    false },
	{ "https://a.example:8443/w/?a=1&b=/c", "https", "a.example", 8443,
	    "/w/?a=1&b=/c", false },
	{ "https://a.example?a=1", "https", "a.example", 443, "/?a=1",
	    false },
	{ "http://a_b-c.example:65535/%2e/", "http", "a_b-c.example", 65535,
	    "/%2e/", false },
	{ "http://localhost:1/", "http", "localhost", 1, "/", true },
	{ "http://LocalHost/", "http", "LocalHost", 80, "/", true },
	{ "http://127.0.0.1/", "http", "127.0.0.1", 80, "/", true },
	{ "http://127.255.1.9/", "http", "127.255.1.9", 80, "/", true },
	{ "http://[::1]:8080/w", "http", "::1", 8080, "/w", true },
	{ "http://[0:0:0:0:0:0:0:1]/", "http", "0:0:0:0:0:0:0:1", 80, "/",
	    true },
	{ "http://[2001:db8::7]/", "http", "2001:db8::7", 80, "/", false },
	/* These only look like this machine. */
	{ "http://127.0.0.1.example/", "http", "127.0.0.1.example", 80, "/",
	    false },
	{ "http://127.0.0.1.5/", "http", "127.0.0.1.5", 80, "/", false },
	{ "http://127.evil.example/", "http", "127.evil.example", 80, "/",
	    false },
	{ "http://localhost.example/", "http", "localhost.example", 80, "/",
	    false },
	{ "http://128.0.0.1/", "http", "128.0.0.1", 80, "/", false },
};

static void
a_url_is_taken_apart(void **state)
{
	struct client_url parts;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_true(client_url_parse(good[i].url, &parts));
		assert_string_equal(parts.scheme, good[i].scheme);
		assert_string_equal(parts.host, good[i].host);
		assert_int_equal(parts.port, good[i].port);
		assert_string_equal(parts.path, good[i].path);
		assert_int_equal(client_url_is_loopback(&parts),
		    good[i].loopback);
	}
}

static void
what_is_no_url_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "/webhook", "a.example", "a.example/webhook", "http:",
		"http:/a.example", "http://", "https:///webhook",
		"ftp://a.example/", "file:///etc/passwd",
		/* user, password and fragment */
		"http://me@a.example/", "http://me:pw@a.example/",
		"http://me:80@a.example/", "http://a.example/#x",
		"http://a.example#x", "http://127.0.0.1\\@a.example/",
		/* ports */
		"http://a.example:/", "http://a.example:0/",
		"http://a.example:65536/", "http://a.example:8x/",
		"http://a.example:+80/", "http://a.example:80:81/",
		/* hosts */
		"http://:80/", "http://a b/", "http://a%2eexample/",
		"http://a\\b/", "http://gr\303\274n.example/", "http://::1/",
		"http://[::1/", "http://[::1]x/", "http://[localhost]/",
		"http://[]/", "http://[127.0.0.1]/", "http://[::1%25lo]/",
		"http://a\texample/",
		/* paths */
		"http://a.example/b c", "http://a.example/\n",
		"http://a.example/\302\240" };
	struct client_url parts;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (client_url_parse(bad[i], &parts))
			fail_msg("\"%s\" was taken", bad[i]);
}

static void
the_room_for_host_and_path_is_known(void **state)
{
	char url[4096] = "http://";
	struct client_url parts;
	size_t i;

	(void)state;
	memset(url + 7, 'a', 255);
	strcpy(url + 7 + 255, "/");
	assert_true(client_url_parse(url, &parts));
	memset(url + 7, 'a', 256);
	strcpy(url + 7 + 256, "/");
	assert_false(client_url_parse(url, &parts));
	strcpy(url, "http://a/");
	for (i = 9; i < 8 + 2047; i++)
		url[i] = 'b';
	url[i] = '\0';
	assert_true(client_url_parse(url, &parts));
	assert_int_equal(strlen(parts.path), 2047);
	url[i] = 'b';
	url[i + 1] = '\0';
	assert_false(client_url_parse(url, &parts));
}

static void
set_head(struct client_answer *answer, const char *head)
{
	answer->head.length = 0;
	assert_int_equal(buffer_append(&answer->head, head, strlen(head)),
	    ERR_NONE);
}

static void
a_header_is_found_by_its_name(void **state)
{
	struct client_answer answer = { 0 };
	char value[16];

	(void)state;
	assert_false(client_header(&answer, "Server", value, sizeof value));
	set_head(&answer, "HTTP/1.1 200 OK\r\nX-Server: a\r\n"
	    "sErVer: \t b c \r\nEmpty:\r\nServers: d\r\nServer: e\r\n"
	    "Long: 12345678901234567890\r\n\r\n");
	assert_true(client_header(&answer, "Server", value, sizeof value));
	assert_string_equal(value, "b c");
	assert_true(client_header(&answer, "empty", value, sizeof value));
	assert_string_equal(value, "");
	assert_true(client_header(&answer, "Long", value, sizeof value));
	assert_string_equal(value, "123456789012345");
	assert_false(client_header(&answer, "Serve", value, sizeof value));
	assert_false(client_header(&answer, "HTTP/1.1 200 OK", value,
	    sizeof value));
	set_head(&answer, "Server: cut");
	assert_false(client_header(&answer, "Server", value, sizeof value));
	client_answer_free(&answer);
}

static void
every_fault_has_its_advice(void **state)
{
	struct client_answer answer = { 0 };
	int fault;

	(void)state;
	assert_string_equal(client_advice(&answer), "");
	for (fault = CLIENT_OTHER_FAULT + 1; fault <= CLIENT_CERT_OTHER;
	    fault++) {
		answer.fault = (enum client_fault)fault;
		assert_non_null(client_advice(&answer));
		assert_true(*client_advice(&answer) != '\0');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_url_is_taken_apart),
		cmocka_unit_test(what_is_no_url_is_refused),
		cmocka_unit_test(the_room_for_host_and_path_is_known),
		cmocka_unit_test(a_header_is_found_by_its_name),
		cmocka_unit_test(every_fault_has_its_advice),
	};

	return cmocka_run_group_tests_name("client_url", tests, NULL, NULL);
}
