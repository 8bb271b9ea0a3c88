#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "journal/stamp.h"
#include "journal/segment.h"

#include <stdlib.h>
#include <string.h>

static void
path_names_seq_and_second(void **state)
{
	struct segment segment = { 42, 1795241700 * CLOCK_SECOND + 5, false };
	char path[SEGMENT_PATH_MAX];

	(void)state;
	segment_path(&segment, path);
	assert_string_equal(path,
	    "archive/notifications-000000000042-20261121T061500Z.jsonl");
	segment.compressed = true;
	segment_path(&segment, path);
	assert_string_equal(path,
	    "archive/notifications-000000000042-20261121T061500Z.jsonl.gz");
}

static void
parse_reads_what_path_writes(void **state)
{
	struct segment segment;

	(void)state;
	assert_true(segment_parse(
	    "notifications-000000000042-20261121T061500Z.jsonl.gz",
	    &segment));
	assert_int_equal(segment.first_seq, 42);
	assert_int_equal(segment.first_time, 1795241700 * CLOCK_SECOND);
	assert_true(segment.compressed);
	assert_true(segment_parse(
	    "notifications-1234567890123-20261121T061500Z.jsonl", &segment));
	assert_int_equal(segment.first_seq, 1234567890123);
}

static void
parse_refuses_other_names(void **state)
{
	static const char *const names[] = {
		"", ".", "notifications.jsonl", "notifications-",
		"notifications-42-20261121T061500Z.jsonl",
		"notifications-0000000000042-20261121T061500Z.jsonl",
		"notifications-000000000042-20261121T061500Z.jsonl.tmp",
		"notifications-000000000042-20261321T061500Z.jsonl",
		"notifications-000000000042-20261121T061500Z.json",
		"notifications-000000000042_20261121T061500Z.jsonl",
		"notifications-00000000004x-20261121T061500Z.jsonl",
		"Notifications-000000000042-20261121T061500Z.jsonl",
	};
	struct segment segment;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_false(segment_parse(names[i], &segment));
}

static void
head_and_parse_agree(void **state)
{
	static const uint64_t seqs[] = { 1, 9, 10, 4294967296u,
	    999999999999999999u };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof seqs / sizeof seqs[0]; i++) {
		char head[STAMP_MAX];
		int64_t time;
		uint64_t seq;
		size_t length = stamp_write(seqs[i], 1795241700123456, head);

		assert_true(stamp_read(head, length, &seq, &time));
		assert_int_equal(seq, seqs[i]);
		assert_int_equal(time, 1795241700123456);
		while (length-- > 0)
			assert_false(stamp_read(head, length, &seq, &time));
	}
}

static void
parse_line_refuses_other_heads(void **state)
{
	static const char *const lines[] = {
		"", "{}", "{\"seq\":}", "{\"seq\":01,\"received_at\":"
		    "\"2026-11-21T06:15:00.123456Z\",",
		"{\"seq\":0,\"received_at\":\"2026-11-21T06:15:00.123456Z\",",
		"{\"seq\":-1,\"received_at\":\"2026-11-21T06:15:00.123456Z\",",
		"{\"seq\":1, \"received_at\":\"2026-11-21T06:15:00.123456Z\",",
		"{\"seq\":1,\"received_at\":\"2026-11-21 06:15:00.123456Z\",",
		"{\"seq\":1,\"received_at\":\"2026-11-21T06:15:00.123456Z\"}",
		"{\"seq\":99999999999999999999,\"received_at\":"
		    "\"2026-11-21T06:15:00.123456Z\",",
	};
	uint64_t seq;
	int64_t time;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof lines / sizeof lines[0]; i++)
		assert_false(stamp_read(lines[i], strlen(lines[i]), &seq,
		    &time));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_names_seq_and_second),
		cmocka_unit_test(parse_reads_what_path_writes),
		cmocka_unit_test(parse_refuses_other_names),
		cmocka_unit_test(head_and_parse_agree),
		cmocka_unit_test(parse_line_refuses_other_heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
