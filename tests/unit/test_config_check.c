#include "check_config.c"
#include "check_facts.c"
#include "check_user.c"

#include "config_fixture.h"

static char out[8192], err[8192];	/* the last call's output */

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

/* The exit status of a process with these arguments and an empty
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

/* Root checks as the web server's user, so every file is given to that user. */
static const char *
give_away(const char *path)
{
	struct account account;

	if (geteuid() == 0 &&
	    account_by_name(ACCOUNT_PASSWD, WEB_USER, &account))
		assert_int_equal(chown(path, account.uid, account.gid), 0);
	return path;
}

static int
check_file(const char *path)
{
	give_away(folder);
	return run_with("--check-config", "--config", give_away(path));
}

/* Standard output without the line about the user that root checks as. */
static const char *
said(void)
{
	const char *end = strchr(out, '\n');

	if (geteuid() != 0)
		return out;
	assert_memory_equal(out, "checked as:       ", 18);
	return end + 1;
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
	assert_non_null(strstr(out, "\nsandbox:          "));
	assert_non_null(strstr(out, "endpoint:         /webhook\n"
	    "  app secrets:    1\n  verify tokens:  1\n"
	    "  signatures:     SHA-256\n"));
	assert_non_null(strstr(out, "is created when the first"));
	assert_string_equal(err, "");
}

static void
nothing_secret_is_printed(void **state)
{
	(void)state;
	assert_int_equal(check_file(write_file("c", ENDPOINT, 0600)), 0);
	assert_null(strstr(out, "a token of ours"));
	assert_null(strstr(out, APP_SECRET));
}

static void
an_endpoint_goes_by_its_name(void **state)
{
	(void)state;
	assert_int_equal(check_file(write_file("c", "endpoint \"/a\" { name = "
	    "pages verify_token = { \"t\", \"u\" } app_secret = \"s\" }",
	    0600)), 0);
	assert_non_null(strstr(out, "\nendpoint:         pages\n"
	    "  path:           /a\n  app secrets:    1\n"
	    "  verify tokens:  2\n  signatures:     SHA-256\n"));
	assert_non_null(strstr(out, "warning:          endpoint pages: an app "
	    "secret is "));
}

static void
the_path_of_an_unsigned_endpoint_is_not_shown(void **state)
{
	static const char secret[] = "k3JdQ7_xT-0aZr9WmB5cYv";
	static const struct {
		const char *more, *said;
	} cases[] = {
		{ "", "  app secrets:    0\n  verify tokens:  1\n"
		  "  signatures:     not checked\n" },
		{ " app_secret = \"s\"", "  app secrets:    1\n"
		  "  verify tokens:  1\n"
		  "  signatures:     SHA-256, or none at all\n" },
	};
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		(void)snprintf(text, sizeof text, "endpoint \"/x/%s\" { name = "
		    "log unsigned = accept verify_token = \"token\"%s }",
		    secret, cases[i].more);
		assert_int_equal(check_file(write_file("c", text, 0600)), 0);
		assert_non_null(strstr(out, "\nendpoint:         log\n  path:  "
		    "         not shown: it must stay secret\n"));
		assert_non_null(strstr(out, cases[i].said));
		assert_non_null(strstr(out, "endpoint log: the verify token "));
		assert_null(strstr(out, secret));
		assert_string_equal(err, "");
	}
}

static void
warnings_are_in_the_summary(void **state)
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
	assert_string_equal(said(), "");
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
	/* The message for the log mentions it; this one need not. */
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
an_existing_journal_is_reported(void **state)
{
	(void)state;
	make_folders("journal");
	give_away(in_folder("journal"));
	assert_int_equal(check_file(write_file("c", ENDPOINT, 0600)), 0);
	assert_non_null(strstr(out, "exists and can be written to\n"));
}

/* ---- nothing is changed */

static mode_t
mode_of(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_mode & 07777;
}

static void
a_mode_that_is_too_open_is_reported_only(void **state)
{
	const char *path = write_file("c", ENDPOINT, 0664);

	(void)state;
	assert_int_equal(check_file(path), 0);
	assert_non_null(strstr(out, "/c: mode 0664 is too open: its group may "
	    "write to it; hookline changes that when it reads the file\n"));
	assert_non_null(strstr(out, "/c: mode 0664 is too open: everybody may "
	    "read it; hookline changes that when it reads the file\n"));
	assert_int_equal(mode_of(path), 0664);
}

static void
a_log_file_that_could_be_made_is_not_made(void **state)
{
	(void)state;
	assert_int_equal(check_file(write_file("c", "log_file = \"l\"\n"
	    ENDPOINT, 0600)), 0);
	assert_non_null(strstr(out, in_folder("l")));
	assert_string_equal(err, "");
	assert_int_equal(access(in_folder("l"), F_OK), -1);
}

static void
a_log_file_that_cannot_be_used_is_an_error(void **state)
{
	static const char config[] = "log_file = \"no/l\"\n" ENDPOINT;

	(void)state;
	assert_int_equal(check_file(write_file("c", config, 0600)), 1);
	assert_memory_equal(err, "hookline.fcgi: log_file: /", 26);
	assert_non_null(strstr(err, "/no: No such file or directory: events "
	    "go to the web server's error log\n"));
	/* The rest is checked nevertheless. */
	assert_non_null(strstr(out, "is created when the first"));
	make_folders("no/l");
	assert_int_equal(check_file(write_file("c", config, 0600)), 1);
	assert_non_null(strstr(err, "/no/l: is not a regular file: events "));
}

/* ---- the user that root checks as */

/* Like check_file(), but the configuration and the journal's folder belong to
 * this user, and nobody else can read the configuration. */
static int
check_for(uid_t user, const char *text)
{
	const char *path = write_file("c", text, 0600);

	make_folders("journal");
	assert_int_equal(chown(in_folder("journal"), user, user), 0);
	assert_int_equal(chown(path, user, user), 0);
	return run_with("--check-config", "--config", path);
}

static void
root_checks_as_the_owner_of_the_journal(void **state)
{
	char line[256];

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(check_for(STRANGER, ENDPOINT), 0);
	(void)snprintf(line, sizeof line, "checked as:       user %d (owner "
	    "of %s)\n", STRANGER, in_folder("journal"));
	assert_memory_equal(out, line, strlen(line));
	/* Root itself could read the file, and write to the folder. */
	assert_int_equal(chown(in_folder("c"), 0, 0), 0);
	assert_int_equal(run_with("--check-config", "--config",
	    in_folder("c")), 1);
	assert_memory_equal(out, line, strlen(line));
	assert_non_null(strstr(err, "bad-config: "));
	assert_non_null(strstr(err, "Permission denied"));
	/* A missing secret does not hide anything else. */
	assert_int_equal(check_for(STRANGER, "endpoint \"*\" {\n"
	    "verify_token = \"t\" app_secret_file = \"none\" }"), 1);
	assert_memory_equal(out, line, strlen(line));
	assert_non_null(strstr(err, "no-secret: "));
}

static void
root_checks_as_the_web_server_if_nobody_owns_it(void **state)
{
	const char *path = write_file("c", ENDPOINT, 0600);

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(run_with("--check-config", "--config", path), 1);
	assert_memory_equal(out, "checked as:       " WEB_USER " (/", 28);
	assert_non_null(strstr(out, "/journal does not exist)\n"));
	make_folders("journal");
	assert_int_equal(run_with("--check-config", "--config", path), 1);
	assert_non_null(strstr(out, "/journal belongs to root)\n"));
	write_file("c", "what", 0600);
	assert_int_equal(run_with("--check-config", "--config", path), 1);
	assert_non_null(strstr(out, "(no configuration names the journal's "
	    "folder)\n"));
	assert_non_null(strstr(err, "Permission denied"));
}

static void
a_folder_that_only_root_can_write_is_an_error(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(check_for(STRANGER, ENDPOINT), 0);
	assert_int_equal(chmod(in_folder("journal"), 0500), 0);
	assert_int_equal(run_with("--check-config", "--config",
	    in_folder("c")), 1);
	assert_non_null(strstr(err, "not-writable: "));
}

static void
a_log_file_that_only_root_can_write_is_an_error(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	write_file("l", "", 0644);
	assert_int_equal(check_for(STRANGER, "log_file = \"l\"\n" ENDPOINT),
	    1);
	assert_non_null(strstr(err, "/l: Permission denied: events go to "));
	assert_int_equal(remove(in_folder("l")), 0);
	assert_int_equal(run_with("--check-config", "--config",
	    in_folder("c")), 1);
	assert_non_null(strstr(err, "/l: cannot be created in /"));
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
		check_test(an_endpoint_goes_by_its_name),
		check_test(the_path_of_an_unsigned_endpoint_is_not_shown),
		check_test(warnings_are_in_the_summary),
		check_test(the_first_error_is_named_with_its_status),
		check_test(without_a_file_the_places_are_named),
		check_test(a_journal_that_cannot_be_made_is_an_error),
		check_test(an_existing_journal_is_reported),
		check_test(a_mode_that_is_too_open_is_reported_only),
		check_test(a_log_file_that_could_be_made_is_not_made),
		check_test(a_log_file_that_cannot_be_used_is_an_error),
		check_test(root_checks_as_the_owner_of_the_journal),
		check_test(root_checks_as_the_web_server_if_nobody_owns_it),
		check_test(a_folder_that_only_root_can_write_is_an_error),
		check_test(a_log_file_that_only_root_can_write_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
