#include "http/response.h"
#include "receiver/internal.h"

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

static char out[ANSWER_MAX];

/* Checks the Content-Length and removes its line. */
static void
take_length_out(const struct answer *answer)
{
	char line[48], *at;

	snprintf(line, sizeof line, "Content-Length: %zu\r\n",
	    strlen(answer->body));
	at = strstr(out, line);
	assert_non_null(at);
	memmove(at, at + strlen(line), strlen(at + strlen(line)) + 1);
}

static const char *
formatted(const struct answer *answer, bool head_only)
{
	size_t length;

	memset(out, '?', sizeof out);
	length = answer_format(answer, head_only, out);
	assert_true(length < ANSWER_MAX);
	assert_int_equal(length, strlen(out));
	take_length_out(answer);
	return out;
}

static void
ok_is_exactly_this(void **state)
{
	struct answer answer;

	(void)state;
	answer_status(&answer, 200);
	assert_string_equal(formatted(&answer, false),
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
	struct answer answer;
	char expected[ANSWER_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		answer_status(&answer, cases[i].status);
		assert_int_equal(answer.status, cases[i].status);
		assert_string_equal(answer.body, cases[i].body);
		(void)snprintf(expected, sizeof expected,
		    "Status: %s\r\n" COMMON "%s\r\n%s", cases[i].line,
		    cases[i].header, cases[i].body);
		assert_string_equal(formatted(&answer, false), expected);
	}
}

static void
a_word_gets_its_newline(void **state)
{
	struct answer answer;

	(void)state;
	answer_word(&answer, 503, "no-config");
	assert_string_equal(formatted(&answer, false),
	    "Status: 503 Service Unavailable\r\n" COMMON
	    "Retry-After: 30\r\n\r\nno-config\n");
}

static void
a_text_is_the_whole_body(void **state)
{
	struct answer answer;

	(void)state;
	answer_text(&answer, 200, "1158201444");
	assert_string_equal(formatted(&answer, false),
	    "Status: 200 OK\r\n" COMMON "\r\n1158201444");
}

static void
the_longest_challenge_fits(void **state)
{
	struct answer answer;
	char challenge[257];

	(void)state;
	memset(challenge, 'x', 256);
	challenge[256] = '\0';
	answer_text(&answer, 200, challenge);
	assert_string_equal(answer.body, challenge);
	assert_string_equal(formatted(&answer, false) +
	    strlen("Status: 200 OK\r\n" COMMON "\r\n"), challenge);
}

static void
a_body_that_is_too_long_is_cut(void **state)
{
	struct answer answer;
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	answer_text(&answer, 503, text);
	assert_int_equal(strlen(answer.body), sizeof answer.body - 1);
	answer_word(&answer, 503, text);
	assert_int_equal(strlen(answer.body), sizeof answer.body - 1);
	assert_true(strlen(formatted(&answer, false)) < ANSWER_MAX);
}

static void
head_has_no_body(void **state)
{
	struct answer answer;

	(void)state;
	answer_word(&answer, 200, "ready");
	assert_string_equal(formatted(&answer, true),
	    "Status: 200 OK\r\n" COMMON "\r\n");
}

static void
an_unknown_status_is_unavailable(void **state)
{
	struct answer answer;

	(void)state;
	answer_status(&answer, 500);
	assert_int_equal(answer.status, 503);
	assert_string_equal(answer.body, "unavailable\n");
	answer.status = 204;
	assert_memory_equal(formatted(&answer, false), "Status: 503 ", 12);
}

/*
 * Heads of other programs
 */

static void
a_head_has_its_own_type_and_headers(void **state)
{
	const struct response response = { .status = 404,
	    .type = "text/html; charset=utf-8", .cache = "private",
	    .length = UINT64_C(12345678901), .others = "ETag: \"x\"\r\n" };
	char head[RESPONSE_HEAD_MAX];
	size_t length = response_head(&response, head);

	(void)state;
	assert_string_equal(head, "Status: 404 Not Found\r\n"
	    "Content-Type: text/html; charset=utf-8\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Cache-Control: private\r\n"
	    "Content-Length: 12345678901\r\n"
	    "ETag: \"x\"\r\n\r\n");
	assert_int_equal(length, strlen(head));
}

static void
a_streamed_body_has_no_length(void **state)
{
	const struct response response = { .status = 299,
	    .type = "application/octet-stream", .length = RESPONSE_STREAMED,
	    .others = "" };
	char head[RESPONSE_HEAD_MAX];

	(void)state;
	assert_int_not_equal(response_head(&response, head), 0);
	assert_string_equal(head, "Status: 299 \r\n"
	    "Content-Type: application/octet-stream\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Cache-Control: no-store\r\n\r\n");
}

static void
a_head_without_room_fails(void **state)
{
	char others[RESPONSE_HEAD_MAX], head[RESPONSE_HEAD_MAX];
	struct response response = { .status = 200, .type = "text/plain",
	    .others = others };
	size_t free;

	(void)state;
	others[0] = '\0';
	free = RESPONSE_HEAD_MAX - 1 - response_head(&response, head);
	memset(others, 'x', sizeof others);
	others[free] = '\0';
	assert_int_equal(response_head(&response, head),
	    RESPONSE_HEAD_MAX - 1);
	others[free] = 'x';
	others[free + 1] = '\0';
	assert_int_equal(response_head(&response, head), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ok_is_exactly_this),
		cmocka_unit_test(each_status_has_its_word),
		cmocka_unit_test(a_word_gets_its_newline),
		cmocka_unit_test(a_text_is_the_whole_body),
		cmocka_unit_test(the_longest_challenge_fits),
		cmocka_unit_test(a_body_that_is_too_long_is_cut),
		cmocka_unit_test(head_has_no_body),
		cmocka_unit_test(an_unknown_status_is_unavailable),
		cmocka_unit_test(a_head_has_its_own_type_and_headers),
		cmocka_unit_test(a_streamed_body_has_no_length),
		cmocka_unit_test(a_head_without_room_fails),
	};

	return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
