#include "config_fixture.h"

#include "host/account.h"

#define PASSWD "root:x:0:0:root:/root:/bin/sh\n" \
    "\n" \
    "# no user\n" \
    "broken:x:12\n" \
    "letters:x:one:two::/:/bin/sh\n" \
    "first:x:101:201:First,,,:/home/first:/bin/sh\n" \
    "same:x:101:202::/home/same:/bin/sh\n" \
    "last:x:102:203::/home/last:"
#define GROUP "root:x:0:first\n" \
    "primary:x:201:\n" \
    "one:x:301:other,first\n" \
    "not:x:302:firsts,afirst\n" \
    "\n" \
    "two:x:303:first\n"

static void
a_user_is_found_by_name_and_by_number(void **state)
{
	const char *passwd = write_file("passwd", PASSWD, 0600);
	struct account account = { 0 };

	(void)state;
	assert_true(account_by_name(passwd, "first", &account));
	assert_string_equal(account.name, "first");
	assert_int_equal(account.uid, 101);
	assert_int_equal(account.gid, 201);
	assert_string_equal(account.home, "/home/first");
	assert_true(account_by_uid(passwd, 102, &account));
	assert_string_equal(account.name, "last");
	assert_int_equal(account.gid, 203);
	assert_string_equal(account.home, "/home/last");
	/* If two users have the same number, the first one counts. */
	assert_true(account_by_uid(passwd, 101, &account));
	assert_string_equal(account.name, "first");
}

static void
a_missing_user_is_not_found(void **state)
{
	static const char *const names[] = { "", "firs", "first ", "FIRST",
	    "broken", "letters", "# no user" };
	const char *passwd = write_file("passwd", PASSWD, 0600);
	struct account account = { .name = "as it was", .uid = 7 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_false(account_by_name(passwd, names[i], &account));
	assert_false(account_by_uid(passwd, 12, &account));
	assert_false(account_by_name(in_folder("none"), "root", &account));
	assert_string_equal(account.name, "as it was");
	assert_int_equal(account.uid, 7);
}

static void
groups_are_the_primary_one_and_those_that_name_the_user(void **state)
{
	const char *group = write_file("group", GROUP, 0600);
	const struct account account = { .name = "first", .uid = 101,
	    .gid = 201 };
	gid_t groups[8];

	(void)state;
	assert_int_equal(account_groups(group, &account, groups, 8), 4);
	assert_int_equal(groups[0], 201);
	assert_int_equal(groups[1], 0);
	assert_int_equal(groups[2], 301);
	assert_int_equal(groups[3], 303);
	assert_int_equal(account_groups(group, &account, groups, 2), 2);
	assert_int_equal(account_groups(in_folder("none"), &account, groups,
	    8), 1);
}

static void
a_home_that_is_too_long_is_not_cut(void **state)
{
	char text[sizeof ((struct account *)NULL)->home + 64];
	struct account account = { .uid = 7 };

	(void)state;
	memset(text, 'x', sizeof text);
	memcpy(text, "long:x:9:9::/", strlen("long:x:9:9::/"));
	strcpy(text + sizeof text - sizeof ":/bin/sh\n", ":/bin/sh\n");
	assert_false(account_by_name(write_file("passwd", text, 0600), "long",
	    &account));
	assert_int_equal(account.uid, 7);
}

static void
long_lines_are_read_whole(void **state)
{
	static char text[200000];
	const struct account account = { .name = "last", .gid = 1 };
	gid_t groups[8];
	size_t length;

	(void)state;
	strcpy(text, "many:x:400:");
	for (length = strlen(text); length < sizeof text - 16;
	    length = strlen(text))
		strcpy(text + length, "somebody,");
	strcpy(text + length, "last\n");
	assert_int_equal(account_groups(write_file("group", text, 0600),
	    &account, groups, 8), 2);
	assert_int_equal(groups[1], 400);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_user_is_found_by_name_and_by_number),
		TEST(a_missing_user_is_not_found),
		TEST(groups_are_the_primary_one_and_those_that_name_the_user),
		TEST(a_home_that_is_too_long_is_not_cut),
		TEST(long_lines_are_read_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
