#include "check_config.c"

#include "config_fixture.h"

static char out[8192], err[8192];	/* what the last call wrote */

static void
read_back(const char *name, char *text, size_t room)
{
	int fd = open(in_folder(name), O_RDONLY);
	ssize_t length = read(fd, text, room - 1);

	assert_true(length >= 0);
	text[length] = '\0';
	(void)close(fd);
}

static void
write_into(const char *name, FILE *stream)
{
	assert_non_null(freopen(in_folder(name), "w", stream));
}

/* The exit status of a process with these arguments and nothing in its
 * environment. */
static int
run(char **argv, int argc)
{
	pid_t child = fork();
	int status;

	assert_true(child != -1);
	if (child == 0) {
		write_into("out", stdout);
		write_into("err", stderr);
		(void)clearenv();
		status = check_config_main(argc, argv);
		(void)fflush(NULL);
		_exit(status);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	read_back("out", out, sizeof out);
	read_back("err", err, sizeof err);
	return WEXITSTATUS(status);
}

static int
run_with(const char *first, const char *second, const char *third)
{
	const char *texts[] = { "hookline.fcgi", first, second, third };
	char room[4][256], *argv[5] = { NULL };
	int argc = 0;

	while (argc < 4 && texts[argc] != NULL) {
		(void)snprintf(room[argc], sizeof room[argc], "%s",
		    texts[argc]);
		argv[argc] = room[argc];
		argc++;
	}
	return run(argv, argc);
}

static int
check_file(const char *path)
{
	return run_with("--check-config", "--config", path);
}

static void
other_arguments_are_refused(void **state)
{
	static const char *const bad[][3] = { { NULL }, { "" }, { "check" },
	    { "--check" }, { "--config", "f" }, { "--config" },
	    { "--check-config", "--config" }, { "--version", "--help" },
	    { "--check-config", "--check-config" }, { "--help", "x" },
	    { "--version", "--config", "f" } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(run_with(bad[i][0], bad[i][1], bad[i][2]), 2);
		assert_string_equal(out, "");
		assert_string_equal(err, usage);
	}
}

static void
the_version_and_the_usage_are_printed(void **state)
{
	(void)state;
	assert_int_equal(run_with("--version", NULL, NULL), 0);
	assert_string_equal(out, "hookline " HOOKLINE_VERSION "\n");
	assert_int_equal(run_with("--help", NULL, NULL), 0);
	assert_string_equal(out, usage);
	assert_string_equal(err, "");
}

static void
a_good_configuration_is_summed_up(void **state)
{
	(void)state;
	assert_int_equal(check_file(write_file("c", "keep_days = 30 "
	    "duplicate_window = 48h\n" ENDPOINT, 0600)), 0);
	assert_non_null(strstr(out, in_folder("journal")));
	assert_non_null(strstr(out, "rotation at:      64M\n"));
	assert_non_null(strstr(out, "days kept:        30\n"));
	assert_non_null(strstr(out, "duplicate window: 2d\n"));
	assert_non_null(strstr(out, "endpoint:         /webhook\n"
	    "  app secrets:    1\n"));
	assert_non_null(strstr(out, "is made when the first"));
	assert_string_equal(err, "");
}

static void
nothing_secret_is_printed(void **state)
{
	(void)state;
	assert_int_equal(check_file(write_file("c", ENDPOINT, 0600)), 0);
	assert_null(strstr(out, "a token of ours"));
	assert_null(strstr(out, "0123456789abcdef"));
}

static void
warnings_stand_in_the_summary(void **state)
{
	(void)state;
	assert_int_equal(check_file(write_file("c", "sync = false endpoint "
	    "\"*\" { verify_token = \"t\" app_secret = \"s\" }", 0600)), 0);
	assert_non_null(strstr(out, "warning:          endpoint *: an app "));
	assert_non_null(strstr(out, "warning:          sync = false"));
}

static void
the_first_error_is_named_with_its_status(void **state)
{
	(void)state;
	assert_int_equal(check_file(write_file("c", "\nwhat", 0600)), 1);
	assert_string_equal(out, "");
	assert_memory_equal(err, "hookline.fcgi: bad-config: /", 28);
	assert_non_null(strstr(err, "/c:2: what: unknown key\n"));
	assert_int_equal(check_file(write_file("d", ENDPOINT, 0602)), 1);
	assert_memory_equal(err, "hookline.fcgi: unsafe-config: /", 31);
}

static void
without_a_file_the_places_are_named(void **state)
{
	(void)state;
	if (run_with("--check-config", NULL, NULL) == 0)
		skip();
	assert_memory_equal(err, "hookline.fcgi: no-config: ", 26);
	assert_non_null(strstr(err, "\n  /etc/hookline/hookline.conf\n"));
	/* As the log would say it. */
	assert_null(strstr(err, "--check-config"));
}

static void
a_journal_that_cannot_be_made_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(check_file(write_file("c",
	    "directory = \"no/where\"\n" ENDPOINT, 0600)), 1);
	assert_non_null(strstr(err, "hookline.fcgi: not-writable: /"));
	assert_null(strstr(out, "journal: "));
}

static void
a_journal_that_is_there_is_said_so(void **state)
{
	(void)state;
	make_folders("journal");
	assert_int_equal(check_file(write_file("c", ENDPOINT, 0600)), 0);
	assert_non_null(strstr(out, "is there and can be written\n"));
}

#define check_test(f) cmocka_unit_test_setup_teardown(f, make_folder, \
    remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		check_test(other_arguments_are_refused),
		check_test(the_version_and_the_usage_are_printed),
		check_test(a_good_configuration_is_summed_up),
		check_test(nothing_secret_is_printed),
		check_test(warnings_stand_in_the_summary),
		check_test(the_first_error_is_named_with_its_status),
		check_test(without_a_file_the_places_are_named),
		check_test(a_journal_that_cannot_be_made_is_an_error),
		check_test(a_journal_that_is_there_is_said_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
