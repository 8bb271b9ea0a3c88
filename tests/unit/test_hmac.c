#include "auth/hmac.h"
#include "base/digits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A text that repeats the byte `value` `length` times. */
static char *
repeated(int value, size_t length)
{
	char *text = malloc(length + 1);

	assert_non_null(text);
	memset(text, value, length);
	text[length] = '\0';
	return text;
}

static const char *
mac_of(enum hmac_kind kind, const char *secret, const void *bytes,
    size_t length)
{
	static char hex[2 * HMAC_SHA256_SIZE + 1];
	uint8_t mac[HMAC_SHA256_SIZE];
	struct hmac_key *key = hmac_key_new(kind, secret);

	assert_non_null(key);
	hmac_of(key, bytes, length, mac);
	hmac_key_free(key);
	hex_write(mac, kind == HMAC_SHA256 ? HMAC_SHA256_SIZE :
	    HMAC_SHA1_SIZE, hex);
	return hex;
}

static void
assert_macs(const char *secret, const void *bytes, size_t length,
    const char *sha256, const char *sha1)
{
	assert_string_equal(mac_of(HMAC_SHA256, secret, bytes, length),
	    sha256);
	if (sha1 != NULL)
		assert_string_equal(mac_of(HMAC_SHA1, secret, bytes,
		    length), sha1);
}

/* RFC 4231 test case 1 and RFC 2202's HMAC-SHA1 case 1. */
static void
mac_of_a_short_key(void **state)
{
	char *key = repeated('\x0b', 20);

	(void)state;
	assert_macs(key, "Hi There", 8,
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
	    "b617318655057264e28bc0b6fb378c8ef146be00");
	free(key);
}

/* Test case 2 of both. */
static void
mac_of_a_text_key(void **state)
{
	(void)state;
	assert_macs("Jefe", "what do ya want for nothing?", 28,
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
	    "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

/* Test case 3 of both. */
static void
mac_of_binary_bytes(void **state)
{
	char *key = repeated('\xaa', 20), *data = repeated('\xdd', 50);

	(void)state;
	assert_macs(key, data, 50,
	    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
	    "125d7342b9ac11cd91a39af48aa17b4f63f175d3");
	free(key);
	free(data);
}

/* Test case 4 of both. */
static void
mac_of_a_counting_key(void **state)
{
	char key[26], *data = repeated('\xcd', 50);
	size_t i;

	(void)state;
	for (i = 0; i < 25; i++)
		key[i] = (char)(i + 1);
	key[25] = '\0';
	assert_macs(key, data, 50,
	    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
	    "4c9007f4026250c6bc8414f9bf50c86c2d7235da");
	free(data);
}

/* Test case 6 of RFC 4231 (key of 131 bytes) and of RFC 2202 (80 bytes). */
static void
mac_of_a_key_longer_than_a_block(void **state)
{
	const char *data = "Test Using Larger Than Block-Size Key - Hash Key "
	    "First";
	char *key = repeated('\xaa', 131);

	(void)state;
	assert_macs(key, data, strlen(data),
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
	    NULL);
	key[80] = '\0';
	assert_string_equal(mac_of(HMAC_SHA1, key, data, strlen(data)),
	    "aa4ae5e15272d00e95705637ce8a3b55ed402112");
	free(key);
}

/* Test case 7 of RFC 4231. */
static void
mac_of_long_key_and_data(void **state)
{
	const char *data = "This is a test using a larger than block-size key "
	    "and a larger than block-size data. The key needs to be hashed "
	    "before being used by the HMAC algorithm.";
	char *key = repeated('\xaa', 131);

	(void)state;
	assert_macs(key, data, strlen(data),
	    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
	    NULL);
	free(key);
}

/* A key as long as a block is used unchanged; the MACs were computed with
 * another program. */
static void
mac_of_a_key_as_long_as_a_block(void **state)
{
	char *key = repeated('k', 64);

	(void)state;
	assert_macs(key, "data", 4,
	    "93244b031118b8060c6619e5900fcf916faefb2d8d020fecb22ae0f62275db08",
	    "fd6ac0544a139c8a65af3b45cd347d1f8d6fc5c2");
	free(key);
}

static void
mac_of_nothing(void **state)
{
	(void)state;
	assert_macs("secret", NULL, 0,
	    "f9e66e179b6747ae54108f82f8ade8b3c25d76fd30afde6c395822c530196169",
	    "25af6174a0fcecc4d346680a72b7ce644b9a88e8");
}

static void
a_key_can_be_used_repeatedly(void **state)
{
	struct hmac_key *key = hmac_key_new(HMAC_SHA256, "Jefe");
	uint8_t first[HMAC_SHA256_SIZE], second[HMAC_SHA256_SIZE];

	(void)state;
	assert_non_null(key);
	hmac_of(key, "one", 3, first);
	hmac_of(key, "other", 5, second);
	assert_memory_not_equal(first, second, sizeof first);
	hmac_of(key, "one", 3, second);
	assert_memory_equal(first, second, sizeof first);
	hmac_key_free(key);
}

static void
a_sha1_mac_writes_20_bytes(void **state)
{
	struct hmac_key *key = hmac_key_new(HMAC_SHA1, "Jefe");
	uint8_t mac[HMAC_SHA256_SIZE];
	size_t i;

	(void)state;
	assert_non_null(key);
	memset(mac, 0x5a, sizeof mac);
	hmac_of(key, "x", 1, mac);
	for (i = HMAC_SHA1_SIZE; i < sizeof mac; i++)
		assert_int_equal(mac[i], 0x5a);
	hmac_key_free(key);
}

static void
freeing_no_key_is_allowed(void **state)
{
	(void)state;
	hmac_key_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mac_of_a_short_key),
		cmocka_unit_test(mac_of_a_text_key),
		cmocka_unit_test(mac_of_binary_bytes),
		cmocka_unit_test(mac_of_a_counting_key),
		cmocka_unit_test(mac_of_a_key_longer_than_a_block),
		cmocka_unit_test(mac_of_long_key_and_data),
		cmocka_unit_test(mac_of_a_key_as_long_as_a_block),
		cmocka_unit_test(mac_of_nothing),
		cmocka_unit_test(a_key_can_be_used_repeatedly),
		cmocka_unit_test(a_sha1_mac_writes_20_bytes),
		cmocka_unit_test(freeing_no_key_is_allowed),
	};

	return cmocka_run_group_tests_name("hmac", tests, NULL, NULL);
}
