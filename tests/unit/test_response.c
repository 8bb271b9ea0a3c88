#include "http/response.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COMMON \
	"Content-Type: text/plain; charset=utf-8\r\n" \
	"X-Content-Type-Options: nosniff\r\n" \
	"Cache-Control: no-store\r\n"

static char out[RESPONSE_MAX];

/* Checks the Content-Length and takes its line out. */
static void
take_length_out(const struct response *response)
{
	char line[48], *at;

	snprintf(line, sizeof line, "Content-Length: %zu\r\n",
	    strlen(response->body));
	at = strstr(out, line);
	assert_non_null(at);
	memmove(at, at + strlen(line), strlen(at + strlen(line)) + 1);
}

static const char *
formatted(const struct response *response, bool head_only)
{
	size_t length;

	memset(out, '?', sizeof out);
	length = response_format(response, head_only, out);
	assert_true(length < RESPONSE_MAX);
	assert_int_equal(length, strlen(out));
	take_length_out(response);
	return out;
}

static void
ok_is_exactly_this(void **state)
{
	struct response response;

	(void)state;
	response_status(&response, 200);
	assert_string_equal(formatted(&response, false),
	    "Status: 200 OK\r\n" COMMON "\r\nok\n");
}

static void
each_status_has_its_word(void **state)
{
	static const struct {
		int status;
		const char *line, *header, *body;
	} cases[] = {
		{ 400, "400 Bad Request", "", "bad-request\n" },
		{ 401, "401 Unauthorized", "", "unauthorized\n" },
		{ 403, "403 Forbidden", "", "forbidden\n" },
		{ 404, "404 Not Found", "", "not-found\n" },
		{ 405, "405 Method Not Allowed", "Allow: GET, HEAD, POST\r\n",
		    "method-not-allowed\n" },
		{ 413, "413 Content Too Large", "", "too-large\n" },
		{ 503, "503 Service Unavailable", "Retry-After: 30\r\n",
		    "unavailable\n" },
	};
	struct response response;
	char expected[RESPONSE_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		response_status(&response, cases[i].status);
		assert_int_equal(response.status, cases[i].status);
		assert_string_equal(response.body, cases[i].body);
		(void)snprintf(expected, sizeof expected,
		    "Status: %s\r\n" COMMON "%s\r\n%s", cases[i].line,
		    cases[i].header, cases[i].body);
		assert_string_equal(formatted(&response, false), expected);
	}
}

static void
a_word_gets_its_newline(void **state)
{
	struct response response;

	(void)state;
	response_word(&response, 503, "no-config");
	assert_string_equal(formatted(&response, false),
	    "Status: 503 Service Unavailable\r\n" COMMON
	    "Retry-After: 30\r\n\r\nno-config\n");
}

static void
a_text_stands_alone(void **state)
{
	struct response response;

	(void)state;
	response_text(&response, 200, "1158201444");
	assert_string_equal(formatted(&response, false),
	    "Status: 200 OK\r\n" COMMON "\r\n1158201444");
}

static void
the_longest_challenge_fits(void **state)
{
	struct response response;
	char challenge[257];

	(void)state;
	memset(challenge, 'x', 256);
	challenge[256] = '\0';
	response_text(&response, 200, challenge);
	assert_string_equal(response.body, challenge);
	assert_string_equal(formatted(&response, false) +
	    strlen("Status: 200 OK\r\n" COMMON "\r\n"), challenge);
}

static void
what_is_too_long_is_cut(void **state)
{
	struct response response;
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	response_text(&response, 503, text);
	assert_int_equal(strlen(response.body), sizeof response.body - 1);
	response_word(&response, 503, text);
	assert_int_equal(strlen(response.body), sizeof response.body - 1);
	assert_true(strlen(formatted(&response, false)) < RESPONSE_MAX);
}

static void
head_has_no_body(void **state)
{
	struct response response;

	(void)state;
	response_word(&response, 200, "ready");
	assert_string_equal(formatted(&response, true),
	    "Status: 200 OK\r\n" COMMON "\r\n");
}

static void
an_unknown_status_is_unavailable(void **state)
{
	struct response response;

	(void)state;
	response_status(&response, 500);
	assert_int_equal(response.status, 503);
	assert_string_equal(response.body, "unavailable\n");
	response.status = 204;
	assert_memory_equal(formatted(&response, false), "Status: 503 ", 12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ok_is_exactly_this),
		cmocka_unit_test(each_status_has_its_word),
		cmocka_unit_test(a_word_gets_its_newline),
		cmocka_unit_test(a_text_stands_alone),
		cmocka_unit_test(the_longest_challenge_fits),
		cmocka_unit_test(what_is_too_long_is_cut),
		cmocka_unit_test(head_has_no_body),
		cmocka_unit_test(an_unknown_status_is_unavailable),
	};

	return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
