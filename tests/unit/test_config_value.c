#include "config_fixture.h"

/* The number that a key reads from a text, or -1. */
static int64_t
number_of(const char *name, const char *text)
{
	const struct config_key *key = config_general_keys;
	union {
		uint64_t number;
		mode_t mode;
	} value = { 0 };

	while (strcmp(key->name, name) != 0)
		key++;
	if (key->read(key, text, &value) != ERR_NONE)
		return -1;
	return key->read == config_read_mode ? (int64_t)value.mode :
	    (int64_t)value.number;
}

struct expectation {
	const char *key;
	const char *text;
	int64_t number;
};

static const struct expectation expectations[] = {
	{ "rotate_size", "0", 0 },
	{ "rotate_size", "1024", 1024 },
	{ "rotate_size", "1K", 1024 },
	{ "rotate_size", "64M", 64 << 20 },
	{ "rotate_size", "1024G", INT64_C(1) << 40 },
	{ "rotate_size", "1", 1 },
	{ "rotate_size", "64", 64 },
	{ "rotate_size", "1025G", -1 },
	{ "rotate_size", "", -1 },
	{ "rotate_size", "M", -1 },
	{ "rotate_size", "0M", -1 },
	{ "rotate_size", "064M", -1 },
	{ "rotate_size", "64m", -1 },
	{ "rotate_size", "64MB", -1 },
	{ "rotate_size", "64 M", -1 },
	{ "rotate_size", " 64M", -1 },
	{ "rotate_size", "+64M", -1 },
	{ "rotate_size", "-64M", -1 },
	{ "rotate_size", "6.4M", -1 },
	{ "rotate_size", "0x40M", -1 },
	{ "rotate_size", "1e9", -1 },
	{ "rotate_size", "18446744073709551616", -1 },
	{ "rotate_size", "18446744073709551617K", -1 },
	{ "rotate_size", "17179869185G", -1 },
	{ "rotate_size", "18014398509481985K", -1 },
	{ "max_body", "1K", 1024 },
	{ "max_body", "256M", 256 << 20 },
	{ "max_body", "0", -1 },
	{ "max_body", "257M", -1 },
	{ "keep_files", "0", 0 },
	{ "keep_files", "1000000000", 1000000000 },
	{ "keep_files", "1000000001", -1 },
	{ "keep_files", "18446744073709551616", -1 },
	{ "keep_files", "18446744073709553664", -1 }, /* 2048 + 2^64 */
	{ "keep_files", "010", -1 },
	{ "keep_files", "00", -1 },
	{ "keep_files", "1K", -1 },
	{ "keep_days", "36500", 36500 },
	{ "keep_days", "36501", -1 },
	{ "duplicate_window", "0", 0 },
	{ "duplicate_window", "36h", 36 * 3600 },
	{ "duplicate_window", "2160m", 36 * 3600 },
	{ "duplicate_window", "129600s", 36 * 3600 },
	{ "duplicate_window", "7d", 7 * 86400 },
	{ "duplicate_window", "366d", 366 * 86400 },
	{ "duplicate_window", "35h", -1 },
	{ "duplicate_window", "129599s", -1 },
	{ "duplicate_window", "367d", -1 },
	{ "duplicate_window", "129600", -1 },
	{ "duplicate_window", "1w", -1 },
	{ "duplicate_window", "7D", -1 },
	{ "duplicate_window", "7days", -1 },
	{ "duplicate_window", "213503982334602d", -1 },
	{ "file_mode", "0640", 0640 },
	{ "file_mode", "640", 0640 },
	{ "file_mode", "0600", 0600 },
	{ "file_mode", "0664", 0664 },
	{ "file_mode", "0440", -1 },
	{ "file_mode", "0666", -1 },
	{ "file_mode", "0642", -1 },
	{ "file_mode", "0740", -1 },
	{ "file_mode", "0641", -1 },
	{ "file_mode", "4640", -1 },
	{ "file_mode", "00640", -1 },
	{ "file_mode", "0x1a0", -1 },
	{ "file_mode", "680", -1 },
	{ "file_mode", "", -1 },
};

static void
numbers_are_read_strictly(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
		const struct expectation *wanted = &expectations[i];
		int64_t number = number_of(wanted->key, wanted->text);

		if (number != wanted->number)
			fail_msg("%s = %s is %lld", wanted->key, wanted->text,
			    (long long)number);
	}
}

static void
booleans_have_six_words(void **state)
{
	static const char *const words[] = { "false", "true", "no", "yes",
	    "off", "on" };
	const struct config_key *key = config_general_keys;
	size_t i;

	(void)state;
	while (strcmp(key->name, "sync") != 0)
		key++;
	for (i = 0; i < 6; i++) {
		bool value = i % 2 == 0;

		assert_int_equal(key->read(key, words[i], &value), ERR_NONE);
		assert_int_equal(value, i % 2 == 1);
	}
}

static void
defaults_are_allowed_values(void **state)
{
	union {
		uint64_t number;
		char *text;
	} value;
	size_t i;

	(void)state;
	for (i = 0; config_general_keys[i].name != NULL; i++) {
		const struct config_key *key = &config_general_keys[i];

		value.text = NULL;
		assert_int_equal(key->read(key, key->standard, &value),
		    ERR_NONE);
		if (key->read == config_read_text)
			free(value.text);
	}
}

static void
texts_have_a_maximum_length(void **state)
{
	const struct config_key *key = &config_general_keys[0];
	char text[1002], *value = NULL;

	(void)state;
	memset(text, 'a', sizeof text);
	text[1001] = '\0';
	assert_int_equal(key->read(key, text, &value), ERR_INPUT);
	text[1000] = '\0';
	assert_int_equal(key->read(key, text, &value), ERR_NONE);
	free(value);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_strictly),
		cmocka_unit_test(booleans_have_six_words),
		cmocka_unit_test(defaults_are_allowed_values),
		cmocka_unit_test(texts_have_a_maximum_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
