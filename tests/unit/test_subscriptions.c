#include "hookctl/subscriptions_answer.h"
#include "hookctl/subscriptions_mask.h"
#include "hookctl/subscriptions_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SECRET "5ec4e70f7e57500000000000000000a1"

static void
secrets_are_hidden(void **state)
{
	static const struct { const char *text, *shown; } cases[] = {
		{ "", "" }, { "no secret", "no secret" },
		{ SECRET, "***" }, { "<" SECRET ">", "<***>" },
		{ SECRET SECRET, "******" },
		{ "app|" SECRET ": wrong", "app|***: wrong" },
		/* Parts of it, from 12 bytes on. */
		{ "5ec4e70f7e57...", "***..." },
		{ "5ec4e70f7e5...", "5ec4e70f7e5..." },
		{ "0000000000a1", "***" }, { "x0000000000a", "x0000000000a" },
		{ "4e70f7e5750", "4e70f7e5750" }, { "4e70f7e57500", "***" },
		/* Of this one, only the whole is a secret. */
		{ "meatyhamhock", "***" }, { "meatyhamhoc", "meatyhamhoc" },
		{ "ab", "**" }, { "abc", "**c" },
		/* As URLs have it. */
		{ "v=c%2Fd+e%2b&", "v=***&" }, { "c%2Fd%20e%2B", "***" },
		{ "c%2Fd%2", "c%2Fd%2" }, { "%6deatyh%61mhock%", "***%" },
		{ "%35ec4e70f7e57", "***" }, { "%35ec4e70f7e5",
		    "%35ec4e70f7e5" } };
	struct mask mask = { 0 };
	char text[128];
	size_t i;

	(void)state;
	mask_add(&mask, SECRET, true);
	mask_add(&mask, "meatyhamhock", false);
	mask_add(&mask, "ab", true);
	mask_add(&mask, "", true);
	mask_add(&mask, NULL, true);
	mask_add(&mask, "c/d e+", false);
	assert_int_equal(mask.count, 4);
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		(void)snprintf(text, sizeof text, "%s", cases[i].text);
		mask_text(&mask, text);
		assert_string_equal(text, cases[i].shown);
	}
	for (i = 0; i < 2 * MASK_MOST; i++)
		mask_add(&mask, "another one", true);
	assert_int_equal(mask.count, MASK_MOST);
}

static void
fields_and_objects_are_checked(void **state)
{
	static const char *const good[] = { "feed", "feed,messages", "a,b,c",
		"ab,a,b", "message_template_status_update" };
	static const char *const bad[] = { "", ",", "feed,", ",feed", "a,,b",
		"a, b", "a,b,a", "feed,messages,feed", "a&b", "a=b", "f\303\251",
		"a%2c", "a\nb" };
	char many[4100];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_null(fields_fault(good[i]));
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_non_null(fields_fault(bad[i]));
	memset(many, 'x', sizeof many);
	many[100] = '\0';
	assert_null(fields_fault(many));
	assert_null(object_fault(many));
	many[100] = 'x';
	many[101] = '\0';
	assert_non_null(fields_fault(many));
	assert_non_null(object_fault(many));
	assert_null(object_fault("whatsapp_business_account"));
	assert_non_null(object_fault(""));
	assert_non_null(object_fault("page,user"));
	assert_non_null(object_fault("../page"));
}

static void
ids_versions_and_tokens_are_checked(void **state)
{
	static const char digits[] = "012345678901234567890123456789012";

	(void)state;
	assert_true(is_graph_id("7"));
	assert_true(is_graph_id(digits + 1));
	assert_false(is_graph_id(digits));
	assert_false(is_graph_id(""));
	assert_false(is_graph_id("me"));
	assert_false(is_graph_id("7/8"));
	assert_true(is_graph_version("v26.0"));
	assert_true(is_graph_version("v2.12"));
	assert_false(is_graph_version("26.0"));
	assert_false(is_graph_version("v26"));
	assert_false(is_graph_version("v26."));
	assert_false(is_graph_version("v.0"));
	assert_false(is_graph_version("v26.0/"));
	assert_false(is_graph_version("v26.00000"));
	assert_null(token_fault("123|abc"));
	assert_non_null(token_fault(""));
	assert_non_null(token_fault("a b"));
	assert_non_null(token_fault("a\r\nX: y"));
	assert_non_null(token_fault("\302\240"));
}

static void
urls_that_lead_to_the_same(void **state)
{
	static const struct { const char *one, *two; bool same; } cases[] = {
		{ "https://a.example/w", "https://a.example/w", true },
		{ "https://a.example/w/", "https://a.example/w", true },
		{ "https://a.example", "https://a.example/", true },
		{ "HTTPS://A.Example:443/w", "https://a.example/w", true },
		{ "https://a.example/w?a=1", "https://a.example/w/?a=1",
		    true },
		{ "https://a.example/w?a=1", "https://a.example/w", false },
		{ "https://a.example/W", "https://a.example/w", false },
		{ "https://a.example/w//", "https://a.example/w", false },
		{ "https://a.example/ww", "https://a.example/w", false },
		{ "http://a.example/w", "https://a.example/w", false },
		{ "https://a.example:8443/w", "https://a.example/w", false },
		{ "https://b.example/w", "https://a.example/w", false },
		{ "", "https://a.example/w", false },
		{ "https://a.example/w", "nothing", false } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(leads_to(cases[i].one, cases[i].two),
		    cases[i].same);
}

static void
a_next_page_without_its_secrets(void **state)
{
	static const struct { const char *url, *query; } cases[] = {
		{ "https://a/b?access_token=1%7C2&limit=25&after=x",
		    "limit=25&after=x" },
		{ "https://a/b?after=x&appsecret_proof=1&access_token=2",
		    "after=x" },
		{ "?after=x&&b=%20", "after=x&b=%20" } };
	static const char *const bad[] = { "https://a/b", "https://a/b?", "",
		"https://a/b?access_token=1", "https://a/b?a=1#b",
		"https://a/b?a= b", "https://a/b?a=\n", "https://a/b?a=\303",
		"https://a/b?a=1234567890123456789012345678901" };
	char query[32];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_true(query_of_next(cases[i].url, query, sizeof query));
		assert_string_equal(query, cases[i].query);
	}
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(query_of_next(bad[i], query, sizeof query));
}

static struct json_object *
parsed(const char *text)
{
	return answer_parse((struct span){ text, strlen(text) });
}

static void
what_is_a_success(void **state)
{
	static const struct { const char *text; bool success; } cases[] = {
		{ "true", true }, { " true\n", true }, { "\"true\"", true },
		{ "{\"success\":true}", true },
		{ "{\"id\":\"1\",\"success\":\"true\"}", true },
		{ "false", false }, { "\"false\"", false }, { "1", false },
		{ "null", false }, { "{}", false }, { "[true]", false },
		{ "{\"success\":1}", false },
		{ "{\"success\":false}", false },
		{ "{\"success\":{\"success\":true}}", false } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct json_object *answer = parsed(cases[i].text);

		assert_int_equal(answer_is_success(answer), cases[i].success);
		json_object_put(answer);
	}
}

static void
what_is_not_json(void **state)
{
	static const char *const texts[] = { "", " ", "tru", "true true",
		"<html>", "{", "{}x", "\"a" };
	char deep[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_null(parsed(texts[i]));
	assert_null(answer_parse((struct span){ "{}\0", 3 }));
	assert_null(answer_parse((struct span){ NULL, 0 }));
	memset(deep, '[', 100);
	memset(deep + 100, ']', 100);
	assert_null(answer_parse((struct span){ deep, sizeof deep }));
}

static void
errors_are_taken_apart(void **state)
{
	struct json_object *answer = parsed("{\"error\":{\"message\":\"m\","
	    "\"type\":\"t\",\"code\":190,\"error_subcode\":460,"
	    "\"is_transient\":true,\"fbtrace_id\":\"f\","
	    "\"error_user_title\":\"a\",\"error_user_msg\":\"b\"}}");
	struct refusal refusal;

	(void)state;
	assert_true(answer_refusal(answer, &refusal));
	assert_string_equal(refusal.message, "m");
	assert_string_equal(refusal.type, "t");
	assert_string_equal(refusal.trace, "f");
	assert_string_equal(refusal.title, "a");
	assert_string_equal(refusal.explanation, "b");
	assert_int_equal(refusal.code, 190);
	assert_int_equal(refusal.subcode, 460);
	assert_true(refusal.passes);
	json_object_put(answer);
	answer = parsed("{\"error\":{\"message\":7,\"code\":\"8\"}}");
	assert_true(answer_refusal(answer, &refusal));
	assert_string_equal(refusal.message, "");
	assert_int_equal(refusal.code, 0);
	json_object_put(answer);
	answer = parsed("{\"data\":[],\"error\":null}");
	assert_false(answer_refusal(answer, &refusal));
	json_object_put(answer);
	assert_false(answer_refusal(NULL, &refusal));
}

static void
kinds_of_errors(void **state)
{
	static const struct {
		const char *message;
		int64_t code;
		int status;
		bool passes;
		enum refused kind;
	} cases[] = {
		{ "", 0, 400, false, REFUSED_OTHERWISE },
		{ "", 100, 400, false, REFUSED_OTHERWISE },
		{ "", 2200, 400, false, REFUSED_VERIFICATION },
		{ "Callback Verification failed", 100, 400, false,
		    REFUSED_VERIFICATION },
		{ "", 4, 400, false, REFUSED_RATE },
		{ "", 17, 400, false, REFUSED_RATE },
		{ "", 32, 400, false, REFUSED_RATE },
		{ "", 613, 400, false, REFUSED_RATE },
		{ "", 80000, 400, true, REFUSED_RATE },
		{ "", 80014, 400, false, REFUSED_RATE },
		{ "", 80015, 400, false, REFUSED_OTHERWISE },
		{ "", 0, 429, false, REFUSED_RATE },
		{ "Invalid appsecret_proof", 100, 400, false, REFUSED_PROOF },
		{ "", 190, 401, false, REFUSED_TOKEN },
		{ "Error validating client secret.", 1, 400, false,
		    REFUSED_TOKEN },
		{ "", 200, 403, false, REFUSED_PERMISSION },
		{ "", 299, 403, false, REFUSED_PERMISSION },
		{ "", 10, 403, false, REFUSED_PERMISSION },
		{ "", 1, 400, true, REFUSED_FOR_NOW },
		{ "", 2, 400, false, REFUSED_FOR_NOW },
		{ "", 0, 503, false, REFUSED_FOR_NOW } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct refusal refusal = { .message = cases[i].message,
		    .code = cases[i].code, .passes = cases[i].passes };

		assert_int_equal(answer_kind(&refusal, cases[i].status),
		    cases[i].kind);
	}
}

static void
how_long_to_wait(void **state)
{
	static const struct { const char *usage; int64_t minutes; } cases[] = {
		{ "", 0 }, { "{}", 0 }, { "[1]", 0 }, { "{\"1\":7}", 0 },
		{ "{\"1\":[{\"estimated_time_to_regain_access\":5}]}", 5 },
		{ "{\"1\":[{\"estimated_time_to_regain_access\":5},7,{"
		    "\"estimated_time_to_regain_access\":9}],\"2\":[{"
		    "\"estimated_time_to_regain_access\":\"11\"}]}", 9 } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(answer_patience((struct span){ cases[i].usage,
		    strlen(cases[i].usage) }), cases[i].minutes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_are_hidden),
		cmocka_unit_test(fields_and_objects_are_checked),
		cmocka_unit_test(ids_versions_and_tokens_are_checked),
		cmocka_unit_test(urls_that_lead_to_the_same),
		cmocka_unit_test(a_next_page_without_its_secrets),
		cmocka_unit_test(what_is_a_success),
		cmocka_unit_test(what_is_not_json),
		cmocka_unit_test(errors_are_taken_apart),
		cmocka_unit_test(kinds_of_errors),
		cmocka_unit_test(how_long_to_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
