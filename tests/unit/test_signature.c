#include "auth/signature.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BODY "{\"yo\":true}"
#define BODY_LENGTH (sizeof BODY - 1)
#define SECRET "0123456789abcdef"
#define SHA256_HEX \
	"b1f8020f5b4cd42042f807dd939015c4a418bc1ff7f604dd55b0a19b5d953d9b"
#define SHA1_HEX "126f2c800419c60137ce748d7672e77b65cf16d6"

static char matched[SIGNATURE_TEXT_MAX];
static size_t place;

static struct signature_keys *
keys_of(char *const *secrets, size_t count, bool allow_sha1)
{
	struct signature_keys *keys = signature_keys_new(secrets, count,
	    allow_sha1);

	assert_non_null(keys);
	return keys;
}

/* Checks a signature of BODY under SECRET. */
static bool
check(bool allow_sha1, const char *sha256, const char *sha1)
{
	char secret[] = SECRET;
	char *secrets[] = { secret };
	struct signature_keys *keys = keys_of(secrets, 1, allow_sha1);
	bool result;

	(void)strcpy(matched, "untouched");
	result = signature_check(keys, sha256, sha1, BODY, BODY_LENGTH,
	    matched, &place);
	signature_keys_free(keys);
	return result;
}

static void
accepts_a_right_sha256(void **state)
{
	(void)state;
	assert_true(check(false, "sha256=" SHA256_HEX, NULL));
	assert_string_equal(matched, "sha256=" SHA256_HEX);
}

static void
accepts_upper_case_and_returns_lower_case(void **state)
{
	char header[] = "sha256=" SHA256_HEX;
	size_t i;

	(void)state;
	for (i = 7; header[i] != '\0'; i++)
		header[i] = (char)toupper((unsigned char)header[i]);
	assert_true(check(false, header, NULL));
	assert_string_equal(matched, "sha256=" SHA256_HEX);
}

static void
refuses_each_changed_digit(void **state)
{
	char header[] = "sha256=" SHA256_HEX;
	size_t i;

	(void)state;
	for (i = 7; header[i] != '\0'; i++) {
		char digit = header[i];

		header[i] = digit == '0' ? '1' : '0';
		assert_false(check(false, header, NULL));
		header[i] = digit;
	}
	assert_true(check(false, header, NULL));
}

static void
refuses_malformed_headers(void **state)
{
	static const char *const bad[] = {
		"", "sha256=", SHA256_HEX, "SHA256=" SHA256_HEX,
		"Sha256=" SHA256_HEX, "sha256:" SHA256_HEX,
		"sha256= " SHA256_HEX, " sha256=" SHA256_HEX,
		"sha256=" SHA256_HEX " ", "sha256=" SHA256_HEX "0",
		"sha256=" SHA256_HEX "00", "sha256=0x" SHA256_HEX,
		"sha256=" SHA256_HEX ",sha256=" SHA256_HEX,
		"sha1=" SHA256_HEX, "sha1=" SHA1_HEX, "sha256=" SHA1_HEX,
		"sha256=b1f8020f5b4cd42042f807dd939015c4"
		    "a418bc1ff7f604dd55b0a19b5d953d9",
		"sha256=b1f8020f5b4cd42042f807dd939015c4"
		    "a418bc1ff7f604dd55b0a19b5d953dg9",
		"sha256=g1f8020f5b4cd42042f807dd939015c4"
		    "a418bc1ff7f604dd55b0a19b5d953d9b",
		"sha256=b1f8020f5b4cd42042f807dd939015c4"
		    "a418bc1ff7f604dd55b0a19b5d953d9\xe2",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(check(true, bad[i], NULL));
}

static void
a_refusal_leaves_matched_alone(void **state)
{
	(void)state;
	assert_false(check(true, "sha256=" SHA256_HEX "0", NULL));
	assert_string_equal(matched, "untouched");
	assert_false(check(true, NULL, "sha1=00000000000000000000"
	    "00000000000000000000"));
	assert_string_equal(matched, "untouched");
}

static void
no_header_is_refused(void **state)
{
	(void)state;
	assert_false(check(false, NULL, NULL));
	assert_false(check(true, NULL, NULL));
}

static void
sha1_counts_only_if_allowed(void **state)
{
	(void)state;
	assert_false(check(false, NULL, "sha1=" SHA1_HEX));
	assert_true(check(true, NULL, "sha1=" SHA1_HEX));
	assert_string_equal(matched, "sha1=" SHA1_HEX);
}

static void
sha1_has_its_own_prefix_and_length(void **state)
{
	(void)state;
	assert_false(check(true, NULL, "sha256=" SHA256_HEX));
	assert_false(check(true, NULL, "SHA1=" SHA1_HEX));
	assert_false(check(true, NULL, "sha1=" SHA1_HEX "0"));
	assert_false(check(true, NULL, "sha1=" SHA256_HEX));
	assert_false(check(true, NULL, SHA1_HEX));
}

static void
a_wrong_sha256_never_falls_back(void **state)
{
	(void)state;
	assert_false(check(true, "sha256=" SHA1_HEX, "sha1=" SHA1_HEX));
	assert_false(check(true, "", "sha1=" SHA1_HEX));
}

static void
a_right_sha256_counts_whatever_sha1_says(void **state)
{
	(void)state;
	assert_true(check(true, "sha256=" SHA256_HEX, "sha1=wrong"));
	assert_string_equal(matched, "sha256=" SHA256_HEX);
}

static void
every_secret_is_tried(void **state)
{
	char right[] = SECRET, wrong[] = "wrong", other[] = "other";
	char *orders[][3] = {
		{ right, wrong, other }, { wrong, right, other },
		{ wrong, other, right },
	};
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct signature_keys *keys = keys_of(orders[i], 3, true);

		place = 9;
		assert_true(signature_check(keys, "sha256=" SHA256_HEX, NULL,
		    BODY, BODY_LENGTH, matched, &place));
		assert_int_equal(place, i);
		place = 9;
		assert_true(signature_check(keys, NULL, "sha1=" SHA1_HEX, BODY,
		    BODY_LENGTH, matched, &place));
		assert_int_equal(place, i);
		signature_keys_free(keys);
	}
}

static void
of_equal_secrets_the_first_counts(void **state)
{
	char right[] = SECRET, same[] = SECRET, other[] = "other";
	char *secrets[] = { other, right, same };
	struct signature_keys *keys = keys_of(secrets, 3, false);

	(void)state;
	assert_true(signature_check(keys, "sha256=" SHA256_HEX, NULL, BODY,
	    BODY_LENGTH, matched, &place));
	assert_int_equal(place, 1);
	assert_false(signature_check(keys, "sha256=" SHA256_HEX, NULL, "",
	    0, matched, &place));
	assert_int_equal(place, 1);
	signature_keys_free(keys);
}

static void
another_secret_is_refused(void **state)
{
	char longer[] = SECRET "0", shorter[] = "0123456789abcde";
	char *secrets[] = { longer, shorter };
	struct signature_keys *keys = keys_of(secrets, 2, true);

	(void)state;
	assert_false(signature_check(keys, "sha256=" SHA256_HEX, NULL, BODY,
	    BODY_LENGTH, matched, &place));
	assert_false(signature_check(keys, NULL, "sha1=" SHA1_HEX, BODY,
	    BODY_LENGTH, matched, &place));
	signature_keys_free(keys);
}

static void
the_body_counts_byte_for_byte(void **state)
{
	char secret[] = SECRET;
	char *secrets[] = { secret };
	struct signature_keys *keys = keys_of(secrets, 1, false);

	(void)state;
	assert_false(signature_check(keys, "sha256=" SHA256_HEX, NULL,
	    BODY "\n", BODY_LENGTH + 1, matched, &place));
	assert_false(signature_check(keys, "sha256=" SHA256_HEX, NULL, BODY,
	    BODY_LENGTH - 1, matched, &place));
	signature_keys_free(keys);
}

static void
no_secret_accepts_nothing(void **state)
{
	struct signature_keys *keys = keys_of(NULL, 0, true);

	(void)state;
	assert_false(signature_check(keys, "sha256=" SHA256_HEX, NULL, BODY,
	    BODY_LENGTH, matched, &place));
	signature_keys_free(keys);
	signature_keys_free(NULL);
}

static size_t
decode_base64(const char *text, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = 0, count = 0;
	size_t length = 0;

	for (; *text != '\0' && *text != '='; text++) {
		const char *digit = strchr(digits, *text);

		assert_non_null(digit);
		bits = (bits << 6 | (unsigned)(digit - digits)) & 0xffffff;
		count += 6;
		if (count >= 8) {
			count -= 8;
			out[length++] = (char)(bits >> count & 0xff);
		}
	}
	return length;
}

/* Checks one line of the fixture: right as it is, and wrong for a longer
 * body. */
static void
check_vector(char *line)
{
	char *algorithm = strsep(&line, "\t"), *secret = strsep(&line, "\t");
	char *hex = strsep(&line, "\t"), *body = line;
	bool strong = strcmp(algorithm, "sha256") == 0;
	char *bytes, header[SIGNATURE_TEXT_MAX];
	struct signature_keys *keys;
	size_t length;

	assert_non_null(body);
	bytes = calloc(1, strlen(body) + 1);
	assert_non_null(bytes);
	length = decode_base64(body, bytes);
	(void)snprintf(header, sizeof header, "%s=%s", algorithm, hex);
	keys = keys_of(&secret, 1, !strong);
	assert_true(signature_check(keys, strong ? header : NULL,
	    strong ? NULL : header, bytes, length, matched, &place));
	assert_string_equal(matched, header);
	assert_false(signature_check(keys, strong ? header : NULL,
	    strong ? NULL : header, bytes, length + 1, matched, &place));
	signature_keys_free(keys);
	free(bytes);
}

static void
agrees_with_other_implementations(void **state)
{
	FILE *file = fopen("tests/fixtures/signatures.tsv", "r");
	char *line = NULL;
	size_t room = 0, count = 0;
	ssize_t length;

	(void)state;
	assert_non_null(file);
	while ((length = getline(&line, &room, file)) != -1) {
		if (line[0] == '#')
			continue;
		line[length - 1] = '\0';
		check_vector(line);
		count++;
	}
	assert_true(count >= 20);
	free(line);
	(void)fclose(file);
}

static void
one_secret_can_be_tried(void **state)
{
	(void)state;
	assert_true(signature_is_of("sha256=" SHA256_HEX, false, SECRET, BODY,
	    BODY_LENGTH));
	assert_true(signature_is_of("sha1=" SHA1_HEX, true, SECRET, BODY,
	    BODY_LENGTH));
	assert_false(signature_is_of("sha1=" SHA1_HEX, false, SECRET, BODY,
	    BODY_LENGTH));
	assert_false(signature_is_of("sha256=" SHA256_HEX, true, SECRET, BODY,
	    BODY_LENGTH));
	assert_false(signature_is_of("sha256=" SHA256_HEX, false, SECRET "0",
	    BODY, BODY_LENGTH));
	assert_false(signature_is_of("sha256=" SHA256_HEX, false, SECRET, BODY,
	    BODY_LENGTH - 1));
	assert_false(signature_is_of("", false, SECRET, BODY, BODY_LENGTH));
	assert_true(signature_well_formed("sha256=" SHA256_HEX, false));
	assert_true(signature_well_formed("sha1=" SHA1_HEX, true));
	assert_false(signature_well_formed("sha1=" SHA1_HEX, false));
	assert_false(signature_well_formed("sha256=" SHA256_HEX, true));
	assert_false(signature_well_formed("sha256=" SHA256_HEX "0", false));
	assert_false(signature_well_formed("sha256=0", false));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_a_right_sha256),
		cmocka_unit_test(accepts_upper_case_and_returns_lower_case),
		cmocka_unit_test(refuses_each_changed_digit),
		cmocka_unit_test(refuses_malformed_headers),
		cmocka_unit_test(a_refusal_leaves_matched_alone),
		cmocka_unit_test(no_header_is_refused),
		cmocka_unit_test(sha1_counts_only_if_allowed),
		cmocka_unit_test(sha1_has_its_own_prefix_and_length),
		cmocka_unit_test(a_wrong_sha256_never_falls_back),
		cmocka_unit_test(a_right_sha256_counts_whatever_sha1_says),
		cmocka_unit_test(every_secret_is_tried),
		cmocka_unit_test(of_equal_secrets_the_first_counts),
		cmocka_unit_test(another_secret_is_refused),
		cmocka_unit_test(the_body_counts_byte_for_byte),
		cmocka_unit_test(no_secret_accepts_nothing),
		cmocka_unit_test(agrees_with_other_implementations),
		cmocka_unit_test(one_secret_can_be_tried),
	};

	return cmocka_run_group_tests_name("signature", tests, NULL, NULL);
}
