#include "http/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SIGNATURE "HTTP_X_HUB_SIGNATURE_256"
#define VARIABLES_MOST 8

/* Parses the given variables, up to the NULL at their end. */
#define PARSE(...) parse((const char *const[]){ __VA_ARGS__, NULL })

static struct request
parse(const char *const *variables)
{
	static char *env[VARIABLES_MOST + 1];
	struct request request;
	size_t i;

	for (i = 0; env[i] != NULL; i++)
		free(env[i]);
	for (i = 0; variables[i] != NULL; i++) {
		assert_true(i < VARIABLES_MOST);
		env[i] = strdup(variables[i]);
	}
	env[i] = NULL;
	memset(&request, 0x5a, sizeof request);
	request_parse(&request, env);
	return request;
}

/* Frees the environment of the last parse(). */
static int
forget_environment(void **state)
{
	(void)state;
	(void)parse((const char *const[]){ NULL });
	return 0;
}

static void
methods_are_exact(void **state)
{
	(void)state;
	assert_int_equal(PARSE("REQUEST_METHOD=GET").method, METHOD_GET);
	assert_int_equal(PARSE("REQUEST_METHOD=HEAD").method, METHOD_HEAD);
	assert_int_equal(PARSE("REQUEST_METHOD=POST").method, METHOD_POST);
	assert_int_equal(PARSE("REQUEST_METHOD=post").method, METHOD_OTHER);
	assert_int_equal(PARSE("REQUEST_METHOD=POSTX").method, METHOD_OTHER);
	assert_int_equal(PARSE("REQUEST_METHOD=").method, METHOD_OTHER);
	assert_int_equal(PARSE("A=1").method, METHOD_OTHER);
}

static void
an_empty_environment_is_a_request(void **state)
{
	struct request request = parse((const char *const[]){ NULL });

	(void)state;
	assert_int_equal(request.method, METHOD_OTHER);
	assert_string_equal(request.path, "/");
	assert_string_equal(request.query, "");
	assert_int_equal(request.length_kind, LENGTH_ABSENT);
}

static void
the_path_ends_at_the_query(void **state)
{
	(void)state;
	assert_string_equal(PARSE("REQUEST_URI=/webhook").path, "/webhook");
	assert_string_equal(PARSE("REQUEST_URI=/webhook?a=b").path,
	    "/webhook");
	assert_string_equal(PARSE("REQUEST_URI=/a/b/?").path, "/a/b/");
	assert_string_equal(PARSE("REQUEST_URI=/a#b?c").path, "/a");
	assert_string_equal(PARSE("REQUEST_URI=?a").path, "/");
}

static void
the_path_is_not_decoded(void **state)
{
	(void)state;
	assert_string_equal(PARSE("REQUEST_URI=/w%65b/../x//y%3Fz").path,
	    "/w%65b/../x//y%3Fz");
}

static void
scheme_and_host_are_cut_off(void **state)
{
	(void)state;
	assert_string_equal(PARSE("REQUEST_URI=http://a.example/webhook?x")
	    .path, "/webhook");
	assert_string_equal(PARSE("REQUEST_URI=https://a:443/w/h").path,
	    "/w/h");
	assert_string_equal(PARSE("REQUEST_URI=HTTPS://a/w").path, "/w");
	assert_string_equal(PARSE("REQUEST_URI=https://a").path, "/");
	assert_string_equal(PARSE("REQUEST_URI=https://a?/x").path, "/");
	assert_string_equal(PARSE("REQUEST_URI=/http://a/x").path,
	    "/http://a/x");
	assert_string_equal(PARSE("REQUEST_URI=//a/x").path, "//a/x");
}

static void
script_name_and_path_info_are_used(void **state)
{
	(void)state;
	assert_string_equal(PARSE("SCRIPT_NAME=/h.fcgi", "PATH_INFO=/x").path,
	    "/h.fcgi/x");
	assert_string_equal(PARSE("SCRIPT_NAME=/h.fcgi").path, "/h.fcgi");
	assert_string_equal(PARSE("PATH_INFO=/x").path, "/x");
	assert_string_equal(PARSE("REQUEST_URI=", "SCRIPT_NAME=/h").path,
	    "/h");
	assert_string_equal(PARSE("REQUEST_URI=/w", "SCRIPT_NAME=/h",
	    "PATH_INFO=/x").path, "/w");
}

static void
a_path_that_is_too_long_is_empty(void **state)
{
	char uri[1100] = "REQUEST_URI=/", script[600] = "SCRIPT_NAME=/";
	char info[600] = "PATH_INFO=/";

	(void)state;
	memset(uri + 13, 'x', 1080);
	assert_string_equal(PARSE(uri).path, "");
	uri[12 + 1024] = '\0';
	assert_string_equal(PARSE(uri).path, "");
	uri[12 + 1023] = '\0';
	assert_string_equal(PARSE(uri).path, uri + 12);
	memset(script + 13, 'x', 511);		/* a path of 512 */
	memset(info + 11, 'y', 511);		/* and another */
	assert_string_equal(PARSE(script, info).path, "");
	info[10 + 511] = '\0';
	assert_int_equal(strlen(PARSE(script, info).path), 1023);
}

static void
the_query_comes_from_its_variable(void **state)
{
	(void)state;
	assert_string_equal(PARSE("QUERY_STRING=a=b", "REQUEST_URI=/w?c=d")
	    .query, "a=b");
	assert_string_equal(PARSE("QUERY_STRING=", "REQUEST_URI=/w?c=d")
	    .query, "");
	assert_string_equal(PARSE("QUERY_STRING=a=b", "SCRIPT_NAME=/w").query,
	    "a=b");
}

static void
the_query_may_come_from_the_uri(void **state)
{
	(void)state;
	assert_string_equal(PARSE("REQUEST_URI=/w?c=d?e").query, "c=d?e");
	assert_string_equal(PARSE("REQUEST_URI=https://a?c=d").query, "c=d");
	assert_string_equal(PARSE("REQUEST_URI=/w").query, "");
	assert_string_equal(PARSE("REQUEST_URI=/w#x?c=d").query, "");
}

static void
content_length_is_all_digits(void **state)
{
	struct request request = PARSE("CONTENT_LENGTH=4194304");

	(void)state;
	assert_int_equal(request.length_kind, LENGTH_GIVEN);
	assert_true(request.length == 4194304);
	request = PARSE("CONTENT_LENGTH=0");
	assert_int_equal(request.length_kind, LENGTH_GIVEN);
	assert_true(request.length == 0);
	request = PARSE("CONTENT_LENGTH=9223372036854775807");
	assert_int_equal(request.length_kind, LENGTH_GIVEN);
	assert_true(request.length == INT64_MAX);
}

static void
a_missing_content_length_is_absent(void **state)
{
	(void)state;
	assert_int_equal(PARSE("CONTENT_LENGTH=").length_kind, LENGTH_ABSENT);
	assert_int_equal(PARSE("A=1").length_kind, LENGTH_ABSENT);
	assert_int_equal(PARSE("HTTP_CONTENT_LENGTH=5").length_kind,
	    LENGTH_ABSENT);
}

static void
bad_content_lengths_are_malformed(void **state)
{
	static const char *const bad[] = {
		"-1", "+1", " 1", "1 ", "0x10", "1.0", "1e3", "1,1", "1, 1",
		"abc", "9223372036854775808", "18446744073709551616",
		"18446744073709551617", "99999999999999999999999999",
	};
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		(void)snprintf(text, sizeof text, "CONTENT_LENGTH=%s",
		    bad[i]);
		assert_int_equal(PARSE(text).length_kind, LENGTH_MALFORMED);
	}
}

static void
a_variable_is_found_by_its_full_name(void **state)
{
	struct request request = PARSE("AB=1", "A=2", "A=3", "C=x=y", "NOVALUE");

	(void)state;
	assert_string_equal(request_variable(&request, "A"), "2");
	assert_string_equal(request_variable(&request, "AB"), "1");
	assert_string_equal(request_last_variable(&request, "A"), "3");
	assert_string_equal(request_variable(&request, "C"), "x=y");
	assert_null(request_variable(&request, "NOVALUE"));
	assert_null(request_variable(&request, "B"));
	assert_null(request_variable(&request, ""));
}

static void
a_header_is_absent_or_once(void **state)
{
	struct request request = PARSE(SIGNATURE "=sha256=ab", "HTTP_EMPTY=");
	const char *value = NULL;

	(void)state;
	assert_int_equal(request_header(&request, "HTTP_X_HUB_SIGNATURE",
	    &value), HEADER_ABSENT);
	assert_null(value);
	assert_int_equal(request_header(&request, SIGNATURE, &value),
	    HEADER_ONCE);
	assert_string_equal(value, "sha256=ab");
	assert_int_equal(request_header(&request, "HTTP_EMPTY", &value),
	    HEADER_ONCE);
	assert_string_equal(value, "");
}

static void
a_second_variable_is_a_repeat(void **state)
{
	struct request request = PARSE(SIGNATURE "=a", "B=1", SIGNATURE "=a");
	const char *value = NULL;

	(void)state;
	assert_int_equal(request_header(&request, SIGNATURE, &value),
	    HEADER_REPEATED);
	assert_null(value);
	request = PARSE(SIGNATURE "=a", SIGNATURE "=");
	assert_int_equal(request_header(&request, SIGNATURE, &value),
	    HEADER_REPEATED);
	assert_null(value);
}

static void
a_comma_is_a_repeat(void **state)
{
	struct request request = PARSE(SIGNATURE "=sha256=ab, sha256=ab");
	const char *value = NULL;

	(void)state;
	assert_int_equal(request_header(&request, SIGNATURE, &value),
	    HEADER_REPEATED);
	assert_null(value);
	request = PARSE(SIGNATURE "=sha256=ab,");
	assert_int_equal(request_header(&request, SIGNATURE, &value),
	    HEADER_REPEATED);
}

static void
a_header_may_contain_commas(void **state)
{
	struct request request = PARSE("HTTP_S=CN=a,O=b", "HTTP_T=a",
	    "HTTP_T=a");
	const char *value = NULL;

	(void)state;
	assert_int_equal(request_header_with_commas(&request, "HTTP_T",
	    &value), HEADER_REPEATED);
	assert_int_equal(request_header_with_commas(&request, "HTTP_U",
	    &value), HEADER_ABSENT);
	assert_null(value);
	assert_int_equal(request_header_with_commas(&request, "HTTP_S",
	    &value), HEADER_ONCE);
	assert_string_equal(value, "CN=a,O=b");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(methods_are_exact),
		cmocka_unit_test(an_empty_environment_is_a_request),
		cmocka_unit_test(the_path_ends_at_the_query),
		cmocka_unit_test(the_path_is_not_decoded),
		cmocka_unit_test(scheme_and_host_are_cut_off),
		cmocka_unit_test(script_name_and_path_info_are_used),
		cmocka_unit_test(a_path_that_is_too_long_is_empty),
		cmocka_unit_test(the_query_comes_from_its_variable),
		cmocka_unit_test(the_query_may_come_from_the_uri),
		cmocka_unit_test(content_length_is_all_digits),
		cmocka_unit_test(a_missing_content_length_is_absent),
		cmocka_unit_test(bad_content_lengths_are_malformed),
		cmocka_unit_test(a_variable_is_found_by_its_full_name),
		cmocka_unit_test(a_header_is_absent_or_once),
		cmocka_unit_test(a_second_variable_is_a_repeat),
		cmocka_unit_test(a_comma_is_a_repeat),
		cmocka_unit_test(a_header_may_contain_commas),
	};

	return cmocka_run_group_tests_name("request", tests, NULL,
	    forget_environment);
}
