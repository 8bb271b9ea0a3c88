#include "hookctl/show.h"

#include "base/clock.h"
#include "hookctl/pretty.h"

#include <sys/ioctl.h>

#include <fcntl.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "record_fixture.h"
#include "span_fixture.h"

#define ELLIPSIS "\xe2\x80\xa6"
#define TIME "21 Nov 2001 06:00:00"
#define MESSAGE "{\"object\":\"whatsapp_business_account\",\"entry\":[{" \
	"\"id\":\"1029384756771\",\"changes\":[{\"field\":\"messages\"," \
	"\"value\":{\"contacts\":[{\"profile\":{\"name\":\"Ana Lima\"}}]," \
	"\"messages\":[{\"from\":\"1\",\"type\":\"text\",\"text\":{\"body\":" \
	"\"Is the shop open today?\"}}]}}]}]}"
#define COMMENT "{\"object\":\"page\",\"entry\":[{\"id\":\"1015\"," \
	"\"time\":1,\"changes\":[{\"field\":\"feed\",\"value\":{\"item\":" \
	"\"comment\",\"verb\":\"add\",\"from\":{\"name\":\"Kim\"}}}," \
	"{\"field\":\"feed\",\"value\":1},{\"field\":\"x\",\"value\":2}]}]}"

static char *text;		/* what was printed */

static int
setup(void **state)
{
	(void)state;
	(void)setenv("TZ", "UTC-1", 1);
	(void)unsetenv("NO_COLOR");
	(void)setenv("TERM", "xterm", 1);
	return setlocale(LC_CTYPE, "C.UTF-8") == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	free(text);
	record_fixture_free();
	return 0;
}

/* Gives the record that was made a stamp. */
static const struct record *
stamped(const struct record *record, uint64_t seq)
{
	assert_true(record == &made.record);
	made.record.seq = seq;
	assert_true(clock_parse("2001-11-21T06:00:00.000000Z",
	    &made.record.received_at));
	return record;
}

static void
show_line(struct show *show, FILE *stream, const struct record *record)
{
	const struct reader_line line = { .bytes = made.line.bytes,
	    .length = made.line.length };

	show_record(show, stream, &line, record);
}

/* A stream that keeps what is printed in `text`. */
static FILE *
begin(void)
{
	static size_t length;

	free(text);
	text = NULL;
	return open_memstream(&text, &length);
}

static const char *
shown(enum show_format format, const struct record *record)
{
	struct show *show = show_new(format, true);
	FILE *stream = begin();

	show_line(show, stream, record);
	assert_int_equal(fclose(stream), 0);
	show_free(show);
	return text;
}

/* ---- a terminal ---- */

struct terminal {
	int master;
	FILE *stream;
};

static struct terminal
terminal_new(unsigned short columns)
{
	const struct winsize size = { .ws_col = columns, .ws_row = 24 };
	struct terminal terminal = { posix_openpt(O_RDWR | O_NOCTTY), NULL };
	struct termios mode;
	int slave;

	assert_true(terminal.master >= 0);
	assert_int_equal(grantpt(terminal.master), 0);
	assert_int_equal(unlockpt(terminal.master), 0);
	slave = open(ptsname(terminal.master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	assert_int_equal(tcgetattr(slave, &mode), 0);
	cfmakeraw(&mode);
	assert_int_equal(tcsetattr(slave, TCSANOW, &mode), 0);
	assert_int_equal(ioctl(slave, TIOCSWINSZ, &size), 0);
	terminal.stream = fdopen(slave, "w");
	assert_non_null(terminal.stream);
	return terminal;
}

/* What a terminal of so many columns is sent; below 4 kB. */
static const char *
shown_on_terminal(enum show_format format, unsigned short columns,
    const struct record *record)
{
	static char out[4096];
	struct terminal terminal = terminal_new(columns);
	struct show *show = show_new(format, true);
	size_t length = 0;
	ssize_t got;

	show_line(show, terminal.stream, record);
	/* A mark shows where it ends: it may come in pieces. */
	assert_int_equal(fputc('\001', terminal.stream), '\001');
	assert_int_equal(fflush(terminal.stream), 0);
	while (length == 0 || out[length - 1] != '\001') {
		got = read(terminal.master, out + length,
		    sizeof out - length);
		assert_true(got > 0);
		length += (size_t)got;
	}
	out[length - 1] = '\0';
	assert_int_equal(fclose(terminal.stream), 0);
	assert_int_equal(close(terminal.master), 0);
	show_free(show);
	return out;
}

/* ---- the formats ---- */

static void
raw_is_the_line(void **state)
{
	const struct record *record = record_of(MESSAGE);
	size_t length = made.line.length;

	(void)state;
	assert_memory_equal(shown(SHOW_RAW, record), made.line.bytes, length);
	assert_string_equal(text + length, "\n");
	assert_memory_equal(shown(SHOW_RAW, NULL), made.line.bytes, length);
	assert_string_equal(text + length, "\n");
}

static void
payload_is_what_was_sent(void **state)
{
	(void)state;
	assert_string_equal(shown(SHOW_PAYLOAD, record_of(MESSAGE)),
	    MESSAGE "\n");
	assert_string_equal(shown(SHOW_PAYLOAD, record_of(" {\"a\": 1.0} ")),
	    " {\"a\": 1.0} \n");
	assert_string_equal(shown(SHOW_PAYLOAD, update_of(COMMENT, 1)),
	    "{\"field\":\"feed\",\"value\":1}\n");
	assert_string_equal(shown(SHOW_PAYLOAD,
	    record_of("\"\xe2\x80\xae\xc2\x9b\"")),
	    "\"\xe2\x80\xae\xc2\x9b\"\n");
}

static void
short_is_a_line_for_people(void **state)
{
	(void)state;
	assert_string_equal(shown(SHOW_SHORT, stamped(record_of(MESSAGE),
	    18203)), TIME "  18203  whatsapp_business_account  messages  "
	    "1029" ELLIPSIS "771  Ana Lima: Is the shop open today?\n");
	assert_string_equal(shown(SHOW_SHORT, stamped(record_of(COMMENT), 5)),
	    TIME "  5  page  feed +2  1015  Kim commented\n");
	assert_string_equal(shown(SHOW_SHORT, stamped(update_of(COMMENT, 1),
	    6)), TIME "  6  page  feed  1015  1\n");
	assert_string_equal(shown(SHOW_SHORT, stamped(record_of("[]"), 7)),
	    TIME "  7  -  -  -  nothing\n");
}

static void
short_times_are_local_unless_utc_is_asked_for(void **state)
{
	struct show *show = show_new(SHOW_SHORT, false);
	FILE *stream = begin();

	(void)state;
	show_line(show, stream, stamped(record_of("[]"), 7));
	assert_int_equal(fclose(stream), 0);
	assert_string_equal(text,
	    "21 Nov 2001 07:00:00  7  -  -  -  nothing\n");
	show_free(show);
}

static void
short_columns_are_aligned_as_they_come(void **state)
{
	struct show *show = show_new(SHOW_SHORT, true);
	FILE *stream = begin();

	(void)state;
	show_line(show, stream, stamped(record_of(COMMENT), 9));
	show_line(show, stream, stamped(record_of(MESSAGE), 10));
	show_line(show, stream, stamped(record_of(COMMENT), 9));
	assert_int_equal(fclose(stream), 0);
	assert_string_equal(text,
	    TIME "  9  page  feed +2  1015  Kim commented\n"
	    TIME "  10  whatsapp_business_account  messages  1029" ELLIPSIS
	    "771  Ana Lima: Is the shop open today?\n"
	    TIME "   9  page                       feed +2   1015      "
	    "Kim commented\n");
	show_free(show);
}

static void
short_cuts_names_and_ids(void **state)
{
	(void)state;
	assert_string_equal(shown(SHOW_SHORT, stamped(record_of(
	    "{\"object\":\"a_name_that_is_much_longer_than_any_of_Metas\","
	    "\"entry\":[{\"id\":\"1234567890\",\"changes\":[{\"field\":"
	    "\"\\u001b[2J\",\"value\":1}]}]}"), 7)), TIME "  7  "
	    "a_name_that_is_much_longer_than_any_of_" ELLIPSIS
	    "  \\u001b[2J  1234567890  1\n");
	assert_string_equal(shown(SHOW_SHORT, stamped(record_of(
	    "{\"entry\":[{\"id\":\"12345678901\",\"x\":1}]}"), 7)), TIME
	    "  7  -  -  1234" ELLIPSIS "901  id, x\n");
	assert_string_equal(shown(SHOW_SHORT, stamped(record_of(
	    "{\"entry\":[{\"id\":\"\\u001b12345\\u202e78901\"}]}"), 7)), TIME
	    "  7  -  -  \\u001b12345\\u202e78901  id\n");
	/* Never in the middle of a character. */
	assert_string_equal(shown(SHOW_SHORT, stamped(record_of(
	    "{\"entry\":[{\"id\":\"123\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
	    "\xc3\xa9\"}]}"), 7)), TIME "  7  -  -  123\xc3\xa9\xc3\xa9"
	    "\xc3\xa9\xc3\xa9\xc3\xa9  id\n");
}

static void
short_escapes_and_is_cut_on_a_terminal(void **state)
{
	static const char evil[] = "{\"object\":\"page\",\"entry\":[{\"id\":"
	    "\"1\",\"messaging\":[{\"message\":{\"text\":\"\\u001b[2J"
	    "\xe2\x80\xae open\"}}]}]}";

	(void)state;
	assert_string_equal(shown(SHOW_SHORT, stamped(record_of(evil), 7)),
	    TIME "  7  page  messaging  1  "
	    "somebody: \\u001b[2J\\u202e open\n");
	assert_string_equal(shown_on_terminal(SHOW_SHORT, 200,
	    stamped(record_of(evil), 7)), TIME "  7  page  messaging  1  "
	    "somebody: \\u001b[2J\\u202e open\n");
	assert_string_equal(shown_on_terminal(SHOW_SHORT, 62,
	    stamped(record_of(evil), 7)), TIME "  7  page  messaging  1  "
	    "somebody: \\u001b" ELLIPSIS "\n");
	assert_string_equal(shown_on_terminal(SHOW_SHORT, 30,
	    stamped(record_of(evil), 7)), TIME "  7  page" ELLIPSIS "\n");
	assert_string_equal(shown_on_terminal(SHOW_SHORT, 1,
	    stamped(record_of(evil), 7)), ELLIPSIS "\n");
}

static void
terminals_get_nothing_raw(void **state)
{
	static const char evil[] = "[\"\xe2\x80\xae\xc2\x9b\"]";

	(void)state;
	assert_string_equal(shown_on_terminal(SHOW_PAYLOAD, 80,
	    record_of(evil)), "[\"\\u202e\\u009b\"]\n");
	assert_non_null(strstr(shown_on_terminal(SHOW_RAW, 80,
	    record_of(evil)), ":[\"\\u202e\\u009b\"]}\n"));
	assert_non_null(strstr(shown_on_terminal(SHOW_PRETTY, 80,
	    record_of(evil)), "[\n  \"\\u202e\\u009b\"\n]\n"));
}

static void
lines_that_are_no_records_are_escaped(void **state)
{
	(void)state;
	(void)record_of("[]");
	made.line.length = 0;
	assert_int_equal(buffer_append(&made.line, "a\033\xff", 3), ERR_NONE);
	assert_string_equal(shown(SHOW_SHORT, NULL), "a\\u001b\\xff\n");
	assert_string_equal(shown(SHOW_PAYLOAD, NULL), "a\\u001b\\xff\n");
	assert_string_equal(shown(SHOW_PRETTY, NULL), "a\\u001b\\xff\n");
	assert_string_equal(shown(SHOW_RAW, NULL), "a\033\xff\n");
	assert_string_equal(shown_on_terminal(SHOW_RAW, 80, NULL),
	    "a\\u001b\\xff\n");
}

/* ---- pretty ---- */

static void
pretty_indents_and_changes_no_token(void **state)
{
	(void)state;
	assert_string_equal(shown(SHOW_PRETTY, stamped(record_of(
	    "{\"a\":92233720368547758079, \"a\":1.50e+7,\"\\u0062\":"
	    "[],\"c\":{ },\"d\":[1,[true,null],{\"e\":\"\\/\\ud83d\xc3\xbc"
	    "\"}]}"), 7)),
	    "#7  " TIME "  /webhook\n"
	    "{\n"
	    "  \"a\": 92233720368547758079,\n"
	    "  \"a\": 1.50e+7,\n"
	    "  \"\\u0062\": [],\n"
	    "  \"c\": {},\n"
	    "  \"d\": [\n"
	    "    1,\n"
	    "    [\n"
	    "      true,\n"
	    "      null\n"
	    "    ],\n"
	    "    {\n"
	    "      \"e\": \"\\/\\ud83d\xc3\xbc\"\n"
	    "    }\n"
	    "  ]\n"
	    "}\n\n");
	assert_string_equal(shown(SHOW_PRETTY, stamped(record_of(" 5 "), 7)),
	    "#7  " TIME "  /webhook\n5\n\n");
	assert_string_equal(shown(SHOW_PRETTY, stamped(update_of(COMMENT, 2),
	    8)), "#8  " TIME "  /webhook  update 3 of 3\n"
	    "{\n  \"field\": \"x\",\n  \"value\": 2\n}\n\n");
}

static void
pretty_has_colours_on_a_terminal_only(void **state)
{
	(void)state;
	assert_string_equal(shown_on_terminal(SHOW_PRETTY, 80,
	    stamped(record_of("{\"a\":1}"), 7)),
	    "\033[1m#7  " TIME "  /webhook\033[0m\n"
	    "{\n  \033[1m\"a\"\033[0m: 1\n}\n\n");
	assert_int_equal(setenv("NO_COLOR", "1", 1), 0);
	assert_string_equal(shown_on_terminal(SHOW_PRETTY, 80,
	    stamped(record_of("{\"a\":1}"), 7)),
	    "#7  " TIME "  /webhook\n{\n  \"a\": 1\n}\n\n");
	assert_int_equal(unsetenv("NO_COLOR"), 0);
}

static void
pretty_refuses_what_is_no_json(void **state)
{
	const struct pretty_style style = { false, "", "" };
	struct buffer out = { 0 };

	(void)state;
	assert_false(pretty_append(&out, span_of("[1,"), &style));
	assert_true(pretty_append(&out, span_of("[]"), &style));
	buffer_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(raw_is_the_line),
		cmocka_unit_test(payload_is_what_was_sent),
		cmocka_unit_test(short_is_a_line_for_people),
		cmocka_unit_test(
		    short_times_are_local_unless_utc_is_asked_for),
		cmocka_unit_test(short_columns_are_aligned_as_they_come),
		cmocka_unit_test(short_cuts_names_and_ids),
		cmocka_unit_test(short_escapes_and_is_cut_on_a_terminal),
		cmocka_unit_test(terminals_get_nothing_raw),
		cmocka_unit_test(lines_that_are_no_records_are_escaped),
		cmocka_unit_test(pretty_indents_and_changes_no_token),
		cmocka_unit_test(pretty_has_colours_on_a_terminal_only),
		cmocka_unit_test(pretty_refuses_what_is_no_json),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
