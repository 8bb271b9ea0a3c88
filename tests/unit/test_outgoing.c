/* outgoing: the request for a record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/digits.h"
#include "outgoing.h"

#define JOURNAL "0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210/7"
#define BODY "{\"object\":\"user\"}"
#define SHA256 "sha256=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaa"
#define SHA1 "sha1=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define SIGNED "X-Hub-Signature-256: sha256="

static struct outgoing out;
static struct buffer line;
static struct record record;
static struct outgoing_way way;

static int
set_up(void **state)
{
	(void)state;
	way = (struct outgoing_way){ .url = "https://b.example/webhook",
	    .timeout_ms = 5, .journal = JOURNAL };
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	outgoing_free(&out);
	buffer_free(&line);
	return 0;
}

/* The record of a body that came with this signature, NULL for none, and these
 * marks. */
static void
make(const char *signature, const char *marks, const char *body)
{
	struct span bytes = { body, strlen(body) };
	uint8_t digest[DIGEST_SHA256_SIZE];
	char id[RECORD_ID_LENGTH + 1], text[1024];
	int length;

	digest_sha256(&bytes, 1, digest);
	hex_write(digest, sizeof digest, id);
	length = snprintf(text, sizeof text, "{\"seq\":42,\"received_at\":"
	    "\"2026-11-21T06:00:00.123456Z\",\"id\":\"%s\",\"signature\":"
	    "%s%s%s,\"endpoint\":\"/w\",\"object\":\"user\"%s,\"payload\":%s}",
	    id, signature != NULL ? "\"" : "", signature != NULL ? signature :
	    "null", signature != NULL ? "\"" : "", marks, body);
	line.length = 0;
	assert_int_equal(buffer_append(&line, text, (size_t)length), ERR_NONE);
	assert_int_equal(record_decode(line.bytes, line.length, &record),
	    ERR_NONE);
}

static void
has_headers(const char *signature, const char *origin)
{
	const char *const *header = out.request.headers;
	char text[160];

	assert_string_equal(*header++, "User-Agent: hookline");
	assert_string_equal(*header++, "Content-Type: application/json");
	assert_string_equal(*header++, signature);
	assert_int_equal(out.origin, origin != NULL);
	if (origin != NULL) {
		(void)snprintf(text, sizeof text, "X-Hookline-Origin: %s",
		    origin);
		assert_string_equal(*header++, text);
	}
	assert_null(*header);
}

static void
becomes(enum outgoing_result expected)
{
	assert_int_equal(outgoing_make(&way, &record, &out), expected);
	if (expected != OUTGOING_READY)
		assert_true(strlen(outgoing_reason(expected)) > 5);
}

static void
bytes_and_signature_as_they_came(void **state)
{
	(void)state;
	make(SHA256, "", " " BODY "\t");
	becomes(OUTGOING_READY);
	has_headers("X-Hub-Signature-256: " SHA256, JOURNAL "/42");
	assert_string_equal(out.request.method, "POST");
	assert_string_equal(out.request.url, way.url);
	assert_int_equal(out.request.timeout_ms, 5);
	assert_int_equal(out.request.length, sizeof BODY + 1);
	assert_memory_equal(out.request.body, " " BODY "\t", sizeof BODY + 1);
}

static void
sha1_in_its_own_header(void **state)
{
	(void)state;
	make(SHA1, "", BODY);
	becomes(OUTGOING_READY);
	has_headers("X-Hub-Signature: " SHA1, JOURNAL "/42");
}

static void
the_first_origin_is_kept(void **state)
{
	(void)state;
	make(SHA256, ",\"relayed\":\"" OTHER "\"", BODY);
	becomes(OUTGOING_READY);
	has_headers("X-Hub-Signature-256: " SHA256, OTHER);
	way.journal = NULL;
	becomes(OUTGOING_READY);
	has_headers("X-Hub-Signature-256: " SHA256, OTHER);
	make(SHA256, "", BODY);
	becomes(OUTGOING_READY);
	has_headers("X-Hub-Signature-256: " SHA256, NULL);
}

static void
what_is_no_origin_is_left_out(void **state)
{
	static const char *const wrong[] = { "", "x", JOURNAL, JOURNAL "/",
		JOURNAL "/x", JOURNAL "/1\\r\\nX: y", "\\u000a" OTHER,
		JOURNAL "/99999999999999999999" };
	char marks[200];
	size_t i;

	(void)state;
	way.journal = NULL;
	for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		(void)snprintf(marks, sizeof marks, ",\"relayed\":\"%s\"",
		    wrong[i]);
		make(SHA256, marks, BODY);
		becomes(OUTGOING_READY);
		has_headers("X-Hub-Signature-256: " SHA256, NULL);
	}
}

static void
what_has_no_signature_needs_a_key(void **state)
{
	(void)state;
	make(NULL, "", BODY);
	becomes(OUTGOING_UNSIGNED);
	make("sha256=aa", "", BODY);
	becomes(OUTGOING_UNSIGNED);
	make(SHA256 "\\r\\nX: y", "", BODY);
	becomes(OUTGOING_UNSIGNED);
	make(SHA256, ",\"reformatted\":true", BODY);
	becomes(OUTGOING_REFORMATTED);
}

static void
what_is_damaged_is_not_sent(void **state)
{
	(void)state;
	make(SHA256, "", BODY);
	line.bytes[line.length - 4] ^= 1;
	becomes(OUTGOING_DAMAGED);
}

static void
a_key_signs_anew(void **state)
{
	struct hmac_key *key = hmac_key_new(HMAC_SHA256, "secret");
	char header[128] = SIGNED;
	uint8_t mac[HMAC_SHA256_SIZE];

	(void)state;
	assert_non_null(key);
	way.key = key;
	hmac_of(key, BODY, sizeof BODY - 1, mac);
	hex_write(mac, sizeof mac, header + strlen(header));
	make(SHA1, "", BODY);
	becomes(OUTGOING_READY);
	has_headers(header, JOURNAL "/42");
	make(NULL, "", BODY);
	becomes(OUTGOING_READY);
	has_headers(header, JOURNAL "/42");
	make(SHA256, ",\"reformatted\":true", BODY);
	becomes(OUTGOING_READY);
	has_headers(header, JOURNAL "/42");
	line.bytes[line.length - 4] ^= 1;
	becomes(OUTGOING_READY);	/* its digest cannot be checked */
	hmac_key_free(key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(bytes_and_signature_as_they_came,
		    set_up),
		cmocka_unit_test_setup(sha1_in_its_own_header, set_up),
		cmocka_unit_test_setup(the_first_origin_is_kept, set_up),
		cmocka_unit_test_setup(what_is_no_origin_is_left_out, set_up),
		cmocka_unit_test_setup(what_has_no_signature_needs_a_key,
		    set_up),
		cmocka_unit_test_setup(what_is_damaged_is_not_sent, set_up),
		cmocka_unit_test_setup(a_key_signs_anew, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
