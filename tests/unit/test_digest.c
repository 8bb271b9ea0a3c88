#include "base/digest.h"
#include "base/digits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *
sha256_of(const struct span *parts, size_t count)
{
	static char hex[2 * DIGEST_SHA256_SIZE + 1];
	uint8_t digest[DIGEST_SHA256_SIZE];

	digest_sha256(parts, count, digest);
	hex_write(digest, sizeof digest, hex);
	return hex;
}

/* The published examples of FIPS 180-4. */
static void
sha256_examples(void **state)
{
	const char *two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmno"
	    "mnopnopq";
	char *million = malloc(1000000);

	(void)state;
	assert_non_null(million);
	memset(million, 'a', 1000000);
	assert_string_equal(sha256_of(NULL, 0), "e3b0c44298fc1c149afbf4c8996f"
	    "b92427ae41e4649b934ca495991b7852b855");
	assert_string_equal(sha256_of(&(struct span){ "abc", 3 }, 1),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(sha256_of(&(struct span){ two, strlen(two) }, 1),
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	assert_string_equal(sha256_of(&(struct span){ million, 1000000 }, 1),
	    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(million);
}

static void
sha256_joins_its_parts(void **state)
{
	const struct span parts[] = {
		{ "a", 1 }, { NULL, 0 }, { "", 0 }, { "bc", 2 },
	};

	(void)state;
	assert_string_equal(sha256_of(parts, 4),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void
equal_looks_at_each_byte(void **state)
{
	uint8_t left[20], right[20];
	size_t i;

	(void)state;
	memset(left, 7, sizeof left);
	for (i = 0; i < sizeof right; i++) {
		memset(right, 7, sizeof right);
		assert_true(digest_equal(left, right, sizeof left));
		right[i] ^= 0x80;
		assert_false(digest_equal(left, right, sizeof left));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_examples),
		cmocka_unit_test(sha256_joins_its_parts),
		cmocka_unit_test(equal_looks_at_each_byte),
	};

	return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
