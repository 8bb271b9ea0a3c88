#include "auth/client_cert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CN "client.webhooks.fbclientcerts.com"

#define COUNT(array) (sizeof (array) / sizeof (array)[0])

static void
server_needs_both(void **state)
{
	(void)state;
	assert_true(client_cert_server_ok("SUCCESS", CN, CN));
	assert_false(client_cert_server_ok(NULL, CN, CN));
	assert_false(client_cert_server_ok("SUCCESS", NULL, CN));
	assert_false(client_cert_server_ok(NULL, NULL, CN));
}

static void
server_verify_must_be_success(void **state)
{
	static const char *const bad[] = {
		"", "NONE", "GENEROUS", "FAILED", "FAILED:SUCCESS", "success",
		"SUCCESS ", "SUCCESSFUL",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++)
		assert_false(client_cert_server_ok(bad[i], CN, CN));
}

static void
server_name_must_match_in_full(void **state)
{
	static const char *const bad[] = {
		"", "x" CN, CN "x", CN ".example.com", "evil." CN, CN " ",
		"Client.webhooks.fbclientcerts.com", "*.fbclientcerts.com",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++)
		assert_false(client_cert_server_ok("SUCCESS", bad[i], CN));
}

static void
an_empty_expected_name_accepts_nothing(void **state)
{
	(void)state;
	assert_false(client_cert_server_ok("SUCCESS", "", ""));
	assert_false(client_cert_subject_ok("CN=", ""));
}

static void
alb_accepts_the_name_at_any_place(void **state)
{
	static const char *const good[] = {
		"CN=" CN,
		"CN=" CN ",O=Meta Platforms\\, Inc.,L=Menlo Park,ST=California,"
		    "C=US",
		"C=US,ST=California,O=\"Meta Platforms, Inc.\",CN=" CN,
		"O=a+CN=" CN "+OU=b,C=US",
		"C=US, CN = " CN " , O= Meta ",
		"cn=" CN, "Cn=" CN, "2.5.4.3=" CN, "oid.2.5.4.3=" CN,
		"CommonName=" CN,
		"CN=\"" CN "\",O=x",
		"CN=client\\2Ewebhooks\\2efbclientcerts.com",
		"1.2.840.113549.1.9.1=#16036140622e63,CN=" CN,
		"O=,CN=" CN, "O=a\\2C\\\"\\+\\\\\\ ,CN=" CN,
		"OU=a=b,CN=" CN,
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++)
		assert_true(client_cert_subject_ok(good[i], CN));
}

static void
alb_refuses_other_names(void **state)
{
	static const char *const bad[] = {
		"CN=x" CN, "CN=" CN "x", "CN=evil." CN, "CN=" CN ".example.com",
		"CN=Client.webhooks.fbclientcerts.com", "CN=*", "CN=",
		"CN=" CN "\\ ", "CN=\\ " CN, "CN=\"" CN " \"", "CN=" CN "\\00",
		"CN=" CN "\\,O=x", "CN=" CN "\\2CO=x", "CN=#" CN,
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++)
		assert_false(client_cert_subject_ok(bad[i], CN));
}

static void
alb_refuses_the_name_in_another_attribute(void **state)
{
	static const char *const bad[] = {
		"O=" CN, "OU=CN\\=" CN, "O=x\\,CN=" CN, "O=x\\2CCN=" CN,
		"O=\"x,CN=" CN "\"", "O=x\\+CN=" CN, "XCN=" CN, "CNX=" CN,
		"2.5.4.33=" CN, "12.5.4.3=" CN, "O=CN=" CN,
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++)
		assert_false(client_cert_subject_ok(bad[i], CN));
}

static void
alb_refuses_a_second_name(void **state)
{
	static const char *const bad[] = {
		"CN=" CN ",CN=" CN, "CN=" CN ",CN=evil", "CN=evil,CN=" CN,
		"CN=" CN "+CN=evil", "CN=evil+CN=" CN, "CN=" CN ",cn=evil",
		"CN=" CN ",2.5.4.3=evil", "OID.2.5.4.3=evil,CN=" CN,
		"CN=" CN ",O=x, CN=evil,O=y", "CN=" CN ",CN=#0c0465766964",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++)
		assert_false(client_cert_subject_ok(bad[i], CN));
}

static void
alb_refuses_malformed_names(void **state)
{
	static const char *const bad[] = {
		"", " ", CN, "CN", "=", "=" CN, "CN=" CN ",", "CN=" CN "+",
		",CN=" CN, "CN=" CN ",,O=x", "CN=" CN ",O", "CN=" CN ",O x=y",
		"CN=" CN ";O=x", "CN=" CN ",O=a<b", "CN=" CN ",O=a>b",
		"CN=" CN ",O=a\"b", "CN=" CN ",O=\"a", "CN=" CN ",O=\"a\"b",
		"CN=" CN ",O=a\\", "CN=" CN ",O=a\\2", "CN=" CN ",O=a\\2g",
		"CN=" CN ",O=a\\x41", "CN=" CN ",O=\"a\\", "/CN=" CN,
		"CN=" CN "\n", "=x,CN=" CN, "O=\"a\"xCN=" CN, "CN=\"" CN "\"xO=y",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++)
		assert_false(client_cert_subject_ok(bad[i], CN));
	assert_false(client_cert_subject_ok(NULL, CN));
}

static void
alb_refuses_a_subject_too_long(void **state)
{
	char subject[4096];

	(void)state;
	memset(subject, 'x', sizeof subject);
	memcpy(subject, "CN=" CN ",O=", strlen("CN=" CN ",O="));
	subject[4095] = '\0';
	assert_false(client_cert_subject_ok(subject, CN));
	subject[2048] = '\0';
	assert_false(client_cert_subject_ok(subject, CN));
	subject[2047] = '\0';
	assert_true(client_cert_subject_ok(subject, CN));
}

/* Types and values that use up all available room. */
static void
alb_reads_the_longest_parts(void **state)
{
	char subject[2048];

	(void)state;
	memset(subject, 'x', sizeof subject);
	subject[2047] = '\0';
	assert_false(client_cert_subject_ok(subject, CN));
	memcpy(subject, "CN=", 3);
	assert_false(client_cert_subject_ok(subject, CN));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(server_needs_both),
		cmocka_unit_test(server_verify_must_be_success),
		cmocka_unit_test(server_name_must_match_in_full),
		cmocka_unit_test(an_empty_expected_name_accepts_nothing),
		cmocka_unit_test(alb_accepts_the_name_at_any_place),
		cmocka_unit_test(alb_refuses_other_names),
		cmocka_unit_test(alb_refuses_the_name_in_another_attribute),
		cmocka_unit_test(alb_refuses_a_second_name),
		cmocka_unit_test(alb_refuses_malformed_names),
		cmocka_unit_test(alb_refuses_a_subject_too_long),
		cmocka_unit_test(alb_reads_the_longest_parts),
	};

	return cmocka_run_group_tests_name("client_cert", tests, NULL, NULL);
}
