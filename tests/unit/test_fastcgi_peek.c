#include "fastcgi_peek.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A request that grows as records are added. */
static char bytes[2 * FASTCGI_HEAD_MAX];
static size_t length;

static struct fastcgi_head head;

static void
add(const void *more, size_t count)
{
	assert_true(length + count <= sizeof bytes);
	memcpy(bytes + length, more, count);
	length += count;
}

static void
add_record_of(unsigned char id, unsigned char type, const void *content,
    size_t count, unsigned char padding)
{
	static const char nothing[255];
	const unsigned char header[] = { FCGI_VERSION_1, type, 0, id,
	    (unsigned char)(count >> 8), (unsigned char)count, padding, 0 };

	add(header, sizeof header);
	add(content, count);
	add(nothing, padding);
}

static void
add_record(unsigned char type, const void *content, size_t count)
{
	add_record_of(1, type, content, count, 0);
}

static void
begin(void)
{
	static const unsigned char role[8] = { 0, FCGI_RESPONDER };

	length = 0;
	add_record(FCGI_BEGIN_REQUEST, role, sizeof role);
}

/* The result of looking at the first `count` bytes. */
static enum fastcgi_step
look(size_t count)
{
	head = (struct fastcgi_head){ 0 };
	return fastcgi_head(&head, (struct span){ bytes, count });
}

/* Checks that the result is the same whether the bytes come at once or one by
 * one. */
static void
assert_head(enum fastcgi_step expected)
{
	struct fastcgi_head slow = { 0 };
	enum fastcgi_step step = FASTCGI_MORE;
	size_t i;

	assert_int_equal(look(length), expected);
	for (i = 1; i <= length && step == FASTCGI_MORE; i++)
		step = fastcgi_head(&slow, (struct span){ bytes, i });
	assert_int_equal(step, expected);
	if (expected == FASTCGI_END)
		assert_int_equal(slow.length, head.length);
}

/* Checks a head with these bytes as its variables. */
static void
assert_variables(enum fastcgi_step expected, const void *content, size_t count)
{
	begin();
	add_record(FCGI_PARAMS, content, count);
	add_record(FCGI_PARAMS, "", 0);
	assert_head(expected);
}

#define assert_text(expected, text)					\
	assert_variables(expected, text, sizeof text - 1)

static void
takes_pairs_with_short_and_long_lengths(void **state)
{
	(void)state;
	assert_text(FASTCGI_END, "\1\1ab");
	assert_text(FASTCGI_END, "\1\0a\0\1b");
	assert_text(FASTCGI_END, "\0\0");
	assert_text(FASTCGI_END, "\x80\0\0\1\x80\0\0\2abb");
	assert_text(FASTCGI_END, "\1\x80\0\0\2abb\2\1aab");
	assert_int_equal(head.length, length);
}

static void
refuses_lengths_that_do_not_fit(void **state)
{
	(void)state;
	assert_text(FASTCGI_WRONG, "\1");
	assert_text(FASTCGI_WRONG, "\1\1a");
	assert_text(FASTCGI_WRONG, "\1\1ab\1");
	assert_text(FASTCGI_WRONG, "\x80\0\0");
	assert_text(FASTCGI_WRONG, "\1\x80\0\0");
	assert_text(FASTCGI_WRONG, "\x80\0\0\4\1aab");
}

/* This holds even without their end, for which libfcgi would not wait. */
static void
refuses_lengths_that_wrap(void **state)
{
	static const char *const both[] = { "\xff\xff\xff\xff\xff\xff\xff\xff",
	    "\xff\xff\xff\xfe\xff\xff\xff\xfe",
	    "\xc0\0\0\0\xbf\xff\xff\xff", "\x80\1\0\1\x80\0\0\0" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof both / sizeof both[0]; i++) {
		begin();
		add_record(FCGI_PARAMS, both[i], 8);
		assert_head(FASTCGI_WRONG);
	}
}

static void
follows_pairs_across_records(void **state)
{
	static const char pairs[] = "\x80\0\0\3\x80\0\0\2aaabb\1\1ab";
	size_t i;

	(void)state;
	begin();
	for (i = 0; i < sizeof pairs - 1; i++)
		add_record_of(1, FCGI_PARAMS, pairs + i, 1,
		    (unsigned char)(37 * i));
	assert_head(FASTCGI_MORE);
	add_record(FCGI_PARAMS, "", 0);
	assert_head(FASTCGI_END);
}

static void
says_where_a_head_ends(void **state)
{
	size_t end, i;

	(void)state;
	begin();
	add_record(FCGI_PARAMS, "\1\1ab", 4);
	add_record(FCGI_PARAMS, "", 0);
	end = length;
	for (i = 0; i < end; i++)
		assert_int_equal(look(i), FASTCGI_MORE);
	add_record(FCGI_STDIN, "body", 4);
	assert_head(FASTCGI_END);
	assert_int_equal(head.length, end);
}

static void
refuses_other_records_in_a_head(void **state)
{
	static const unsigned char types[] = { FCGI_BEGIN_REQUEST,
	    FCGI_ABORT_REQUEST, FCGI_STDIN, FCGI_DATA, FCGI_GET_VALUES, 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof types; i++) {
		begin();
		add_record(types[i], "\1\1ab", 4);
		assert_head(FASTCGI_WRONG);
	}
	begin();
	add_record_of(0, FCGI_GET_VALUES, "\1\1ab", 4, 0);
	assert_head(FASTCGI_WRONG);
	begin();
	add_record_of(2, FCGI_PARAMS, "\1\1ab", 4, 0);
	assert_head(FASTCGI_WRONG);
	begin();
	add_record_of(1, FCGI_PARAMS, "", 0, 8);
	assert_head(FASTCGI_WRONG);
}

/* Each byte of the beginning is fixed, except for the flags, and for the
 * request's number, which must be the same in all records. */
static void
refuses_other_beginnings(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < 10; i++) {
		begin();
		bytes[i] ^= 4;
		add_record(FCGI_PARAMS, "", 0);
		if (i != 7)	/* reserved */
			assert_head(FASTCGI_WRONG);
	}
	begin();
	bytes[3] = 0;
	add_record_of(0, FCGI_PARAMS, "", 0, 0);
	assert_head(FASTCGI_WRONG);
	begin();
	bytes[3] = 9;
	bytes[10] = FCGI_KEEP_CONN;
	add_record_of(9, FCGI_PARAMS, "", 0, 0);
	assert_head(FASTCGI_END);
}

/* Adds variables of this many bytes in total, as one pair. */
static void
add_variables(size_t count)
{
	static char content[FCGI_MAX_LENGTH] = "\x80";
	size_t name = count - 5;

	content[1] = 0;
	content[2] = (char)(name >> 8);
	content[3] = (char)name;
	content[4] = 0;
	begin();
	add_record(FCGI_PARAMS, content, count);
	add_record(FCGI_PARAMS, "", 0);
}

static void
a_head_has_at_most_64_kilobytes(void **state)
{
	(void)state;
	add_variables(FASTCGI_HEAD_MAX - 32);
	assert_head(FASTCGI_END);
	assert_int_equal(head.length, FASTCGI_HEAD_MAX);
	assert_int_equal(look(FASTCGI_HEAD_MAX - 1), FASTCGI_MORE);
	add_variables(FASTCGI_HEAD_MAX - 31);
	assert_head(FASTCGI_WRONG);
	assert_int_equal(look(FASTCGI_HEAD_MAX), FASTCGI_WRONG);
}

/* Reads a body at most `max` bytes at a time, while it arrives `come` bytes at
 * a time. */
static enum fastcgi_step
read_body(size_t max, size_t come, char *text)
{
	struct fastcgi_stream body = fastcgi_body(&head);
	struct span rest = { bytes + head.length, 0 }, piece;
	size_t left = length - head.length;
	enum fastcgi_step step;

	for (;;) {
		step = fastcgi_next(&body, &rest, max, &piece);
		if (step == FASTCGI_PIECE) {
			assert_true(piece.length > 0 && piece.length <= max);
			memcpy(text, piece.bytes, piece.length);
			text += piece.length;
		} else if (step == FASTCGI_MORE && left > 0) {
			assert_int_equal(rest.length, 0);
			rest.length = left < come ? left : come;
			left -= rest.length;
		} else {
			break;
		}
	}
	*text = '\0';
	return step;
}

static void
begin_body(void)
{
	begin();
	add_record(FCGI_PARAMS, "", 0);
	assert_head(FASTCGI_END);
}

static void
assert_body(enum fastcgi_step expected, const char *text)
{
	size_t max, come;
	char found[64];

	for (max = 1; max < 12; max++) {
		for (come = 1; come < length; come++) {
			assert_int_equal(read_body(max, come, found),
			    expected);
			assert_string_equal(found, text);
		}
	}
	assert_true(fastcgi_has_body(&head, (struct span){ bytes + head.length,
	    length - head.length }) == (expected == FASTCGI_END));
}

static void
reads_a_body_from_its_records(void **state)
{
	(void)state;
	begin_body();
	add_record_of(1, FCGI_STDIN, "some", 4, 4);
	add_record_of(1, FCGI_STDIN, "thing", 5, 0);
	assert_body(FASTCGI_MORE, "something");
	add_record_of(1, FCGI_STDIN, "", 0, 3);
	assert_body(FASTCGI_END, "something");
	add("more", 4);
	assert_body(FASTCGI_END, "something");
	begin_body();
	add_record(FCGI_STDIN, "", 0);
	assert_body(FASTCGI_END, "");
}

static void
refuses_other_records_in_a_body(void **state)
{
	(void)state;
	begin_body();
	add_record(FCGI_STDIN, "some", 4);
	add_record_of(0, FCGI_GET_VALUES, "\1\1ab", 4, 0);
	assert_body(FASTCGI_WRONG, "some");
	begin_body();
	add_record(FCGI_ABORT_REQUEST, "", 0);
	assert_body(FASTCGI_WRONG, "");
	begin_body();
	add_record_of(2, FCGI_STDIN, "", 0, 0);
	assert_body(FASTCGI_WRONG, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_pairs_with_short_and_long_lengths),
		cmocka_unit_test(refuses_lengths_that_do_not_fit),
		cmocka_unit_test(refuses_lengths_that_wrap),
		cmocka_unit_test(follows_pairs_across_records),
		cmocka_unit_test(says_where_a_head_ends),
		cmocka_unit_test(refuses_other_records_in_a_head),
		cmocka_unit_test(refuses_other_beginnings),
		cmocka_unit_test(a_head_has_at_most_64_kilobytes),
		cmocka_unit_test(reads_a_body_from_its_records),
		cmocka_unit_test(refuses_other_records_in_a_body),
	};

	return cmocka_run_group_tests_name("fastcgi_peek", tests, NULL, NULL);
}
