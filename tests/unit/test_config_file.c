#include "config_fixture.h"

#include <sched.h>
#include <sys/mount.h>

#define IN_FILES "endpoint \"*\" {\nverify_token_file = \"token\"\n" \
    "app_secret_file = \"secrets\"\n}\n"

static struct config_problem problem;
static struct config *config;

static enum config_status
load(const char *path)
{
	config_free(config);
	return load_file(path, &config, &problem);
}

static int
clean_up(void **state)
{
	config_free(config);
	config = NULL;
	return remove_folder(state);
}

/* Checks the problem, apart from the configuration's path at its start. */
static void
assert_problem(const char *path, const char *expected)
{
	size_t length = strlen(path);

	if (strncmp(problem.text, path, length) != 0 ||
	    strncmp(problem.text + length, expected, strlen(expected)) != 0)
		fail_msg("%s", problem.text);
}

static mode_t
mode_of(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_mode & 07777;
}

/* ---- what counts as a file */

static void
a_missing_file_is_no_config(void **state)
{
	const char *path = in_folder("none");

	(void)state;
	assert_int_equal(load(path), CONFIG_NONE);
	assert_problem(path, ": No such file or directory");
	assert_null(config);
}

static void
a_folder_is_bad(void **state)
{
	(void)state;
	assert_int_equal(load(folder), CONFIG_BAD);
	assert_problem(folder, ": is not a regular file");
}

static void
a_fifo_is_bad_and_does_not_block(void **state)
{
	const char *path = in_folder("fifo");

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(load(path), CONFIG_BAD);
	assert_problem(path, ": is not a regular file");
}

static void
a_link_to_nowhere_is_bad(void **state)
{
	const char *path = in_folder("link");

	(void)state;
	assert_int_equal(symlink("nowhere", path), 0);
	assert_int_equal(load(path), CONFIG_BAD);
	assert_problem(path, ": No such file or directory");
}

static void
a_link_is_followed_and_names_are_relative_to_it(void **state)
{
	(void)state;
	make_folders("releases/1");
	write_file("releases/1/c", ENDPOINT, 0600);
	assert_int_equal(symlink("releases/1/c", in_folder("link")), 0);
	assert_int_equal(load(in_folder("link")), CONFIG_OK);
	assert_string_equal(config->file, in_folder("link"));
	assert_string_equal(config->directory, in_folder("journal"));
}

static void
a_megabyte_is_bad(void **state)
{
	const char *path = write_file("c", ENDPOINT, 0600);

	(void)state;
	assert_int_equal(truncate(path, 1 << 20), 0);
	assert_int_equal(load(path), CONFIG_BAD);
	assert_problem(path, ": must be smaller than 1 MB");
}

static void
a_closed_file_is_bad(void **state)
{
	const char *path = write_file("c", ENDPOINT, 0600);

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(status_for_user(path, STRANGER), CONFIG_BAD);
}

/* ---- owners and modes */

static void
a_file_of_our_user_is_trusted(void **state)
{
	(void)state;
	assert_int_equal(load(write_file("c", ENDPOINT, 0600)), CONFIG_OK);
	assert_string_equal(warnings, "");
}

static void
a_mere_check_changes_no_mode(void **state)
{
	const char *path = write_file("c", ENDPOINT, 0664);
	const struct config_search search = { .file = path, .look = true,
	    .warn = take_warning };

	(void)state;
	config_free(config);
	assert_int_equal(config_load(&search, &config, &problem), CONFIG_OK);
	assert_int_equal(mode_of(path), 0664);
	assert_non_null(strstr(warnings, "its group may write to it; "));
	assert_non_null(strstr(warnings, "everybody may read it; "));
	/* A mode that is refused rather than repaired is still refused. */
	assert_int_equal(chmod(path, 0602), 0);
	config_free(config);
	assert_int_equal(config_load(&search, &config, &problem),
	    CONFIG_UNSAFE);
}

static void
with_full_trust_any_file_is_read_unchanged(void **state)
{
	const char *path = write_file("c", ENDPOINT, 0606);
	const struct config_search search = { .file = path, .believe = true,
	    .warn = take_warning };

	(void)state;
	if (geteuid() == 0)
		assert_int_equal(chown(path, STRANGER, STRANGER), 0);
	config_free(config);
	assert_int_equal(config_load(&search, &config, &problem), CONFIG_OK);
	assert_int_equal(mode_of(path), 0606);
	assert_string_equal(warnings, "");
	/* It does not even look at the other files that are named. */
	assert_int_not_equal(load(write_file("c", IN_FILES, 0600)),
	    CONFIG_OK);
	assert_int_equal(config_load(&search, &config, &problem), CONFIG_OK);
}

static void
a_file_that_everybody_may_write_is_unsafe(void **state)
{
	const char *path = write_file("c", ENDPOINT, 0602);

	(void)state;
	assert_int_equal(load(path), CONFIG_UNSAFE);
	assert_problem(path, ": everybody may write to it");
}

static void
our_users_world_readable_file_is_tightened(void **state)
{
	const char *path = write_file("c", ENDPOINT, 0664);

	(void)state;
	assert_int_equal(load(path), CONFIG_OK);
	assert_int_equal(mode_of(path), 0640);
	assert_non_null(strstr(warnings, "mode 0644 was too open and is 0640"));
}

static void
a_tightened_file_has_not_changed(void **state)
{
	(void)state;
	assert_int_equal(load(write_file("c", ENDPOINT, 0644)), CONFIG_OK);
	assert_false(config_changed(config));
}

static void
a_file_without_secrets_may_be_read_by_all(void **state)
{
	const char *path = write_file("c", IN_FILES, 0644);

	(void)state;
	write_file("token", "a token\n", 0600);
	write_file("secrets", APP_SECRET "\n", 0600);
	assert_int_equal(load(path), CONFIG_OK);
	assert_int_equal(mode_of(path), 0644);
}

static void
a_token_or_a_secret_alone_is_worth_hiding(void **state)
{
	static const char *const texts[] = {
		"endpoint \"*\" {\nverify_token = \"t\"\n"
		    "app_secret_file = \"f\" }",
		"endpoint \"*\" {\nverify_token_file = \"f\"\n"
		    "app_secret = \"s\" }",
	};
	size_t i;

	(void)state;
	write_file("f", "x\n", 0600);
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		const char *path = write_file("c", texts[i], 0644);

		assert_int_equal(load(path), CONFIG_OK);
		assert_int_equal(mode_of(path), 0640);
	}
}

static void
a_file_of_a_stranger_is_unsafe(void **state)
{
	const char *path = write_file("c", ENDPOINT, 0600);

	(void)state;
	if (chown(path, STRANGER, 0) != 0)
		skip();
	assert_int_equal(load(path), CONFIG_UNSAFE);
	assert_problem(path, ": belongs to user 12345, not to root");
}

static void
a_file_of_the_executables_owner_is_trusted(void **state)
{
	const char *path = write_file("c", ENDPOINT, 0600);
	const char *program = write_file("program", "", 0755);
	const struct config_search search = { .file = path,
	    .executable = program, .warn = take_warning };

	(void)state;
	if (chown(path, STRANGER, 0) != 0 || chown(program, STRANGER, 0) != 0)
		skip();
	assert_int_equal(config_load(&search, &config, &problem), CONFIG_OK);
}

static void
a_file_of_root_may_be_read_through_its_group(void **state)
{
	const char *path = write_file("c", ENDPOINT, 0640);

	(void)state;
	if (chown(path, 0, STRANGER) != 0)
		skip();
	assert_int_equal(status_for_user(path, STRANGER), CONFIG_OK);
}

static void
a_file_of_root_that_its_group_may_write_is_unsafe(void **state)
{
	const char *path = write_file("c", ENDPOINT, 0660);

	(void)state;
	if (chown(path, 0, STRANGER) != 0)
		skip();
	assert_int_equal(status_for_user(path, STRANGER), CONFIG_UNSAFE);
	assert_int_equal(mode_of(path), 0660);
}

static void
a_world_readable_file_of_root_is_unsafe(void **state)
{
	const char *path = write_file("c", ENDPOINT, 0644);

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(status_for_user(path, STRANGER), CONFIG_UNSAFE);
	assert_int_equal(mode_of(path), 0644);
}

static void
a_users_own_file_is_tightened_without_root(void **state)
{
	const char *path = write_file("c", ENDPOINT, 0664);

	(void)state;
	if (chown(path, STRANGER, STRANGER) != 0)
		skip();
	assert_int_equal(status_for_user(path, STRANGER), CONFIG_OK);
	assert_int_equal(mode_of(path), 0640);
}

/* ---- secrets from a container engine */

/* Enters a mount namespace whose /run only has folders for secrets; exits with
 * 77 if that is not possible. */
static void
enter_container(void)
{
	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", "/run", "tmpfs", 0, "mode=0755") != 0)
		_exit(77);
	if (mkdir("/run/secrets", 0755) != 0 ||
	    mkdir("/run/secrets-too", 0755) != 0)
		_exit(98);
}

/* Checks the status when a stranger loads `path` in a container where root has
 * made `real`, which all may read, and the link `path` -> `target` unless that
 * is NULL. */
static void
assert_in_container(const char *real, const char *path, const char *target,
    enum config_status expected)
{
	pid_t child = fork();
	int status;

	assert_true(child != -1);
	if (child == 0) {
		enter_container();
		(void)snprintf(folder, sizeof folder, "/run");
		(void)write_file(real, ENDPOINT, 0444);
		if (target != NULL && symlink(target, path) != 0)
			_exit(97);
		_exit((int)status_for_user(path, STRANGER));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), expected);
}

static void
a_secret_of_the_container_may_be_read_by_all(void **state)
{
	(void)state;
	assert_in_container("secrets/c", "/run/secrets/c", NULL, CONFIG_OK);
	/* A Kubernetes volume has such a link. */
	assert_in_container("secrets/c", "/run/link", "secrets/c", CONFIG_OK);
}

static void
a_file_elsewhere_is_no_container_secret(void **state)
{
	(void)state;
	assert_in_container("secrets-too/c", "/run/secrets-too/c", NULL,
	    CONFIG_UNSAFE);
	assert_in_container("secrets-too/c", "/run/secrets/../secrets-too/c",
	    NULL, CONFIG_UNSAFE);
	assert_in_container("secrets-too/c", "/run/secrets/c",
	    "/run/secrets-too/c", CONFIG_UNSAFE);
}

static void
a_secret_of_the_container_keeps_its_mode(void **state)
{
	pid_t child = fork();
	const char *path;
	int status;

	(void)state;
	assert_true(child != -1);
	if (child == 0) {
		enter_container();
		(void)snprintf(folder, sizeof folder, "/run");
		path = write_file("secrets/c", ENDPOINT, 0444);
		_exit(load(path) != CONFIG_OK || mode_of(path) != 0444 ||
		    *warnings != '\0');
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- secret files */

static const char *
write_secrets(const char *token, const char *secrets)
{
	write_file("token", token, 0600);
	write_file("secrets", secrets, 0600);
	return write_file("c", IN_FILES, 0600);
}

static void
secrets_come_from_files(void **state)
{
	const char *path = write_secrets("\n  \na token\r\n\nanother\n",
	    "\xef\xbb\xbf" "first of two\r\n\r\n\t\nsecond of two");

	(void)state;
	assert_int_equal(load(path), CONFIG_OK);
	assert_string_equal(config->endpoints[0].verify_tokens.texts[0],
	    "a token");
	assert_int_equal(config->endpoints[0].verify_tokens.count, 2);
	assert_string_equal(config->endpoints[0].verify_tokens.texts[1],
	    "another");
	assert_int_equal(config->endpoints[0].app_secrets.count, 2);
	assert_string_equal(config->endpoints[0].app_secrets.texts[0],
	    "first of two");
	assert_string_equal(config->endpoints[0].app_secrets.texts[1],
	    "second of two");
}

static void
a_missing_secret_file_is_no_secret(void **state)
{
	const char *path = write_secrets("a token\n", "");

	(void)state;
	assert_int_equal(unlink(in_folder("secrets")), 0);
	assert_int_equal(load(path), CONFIG_NO_SECRET);
	assert_problem(path, ":3: app_secret_file: /");
	assert_non_null(strstr(problem.text, "/secrets: there is no such"));
}

static void
an_empty_secret_file_is_no_secret(void **state)
{
	(void)state;
	assert_int_equal(load(write_secrets("\n \r\n", "x")),
	    CONFIG_NO_SECRET);
	assert_non_null(strstr(problem.text, ":2: verify_token_file: /"));
	assert_non_null(strstr(problem.text, "/token: is empty"));
}

static void
a_secret_file_is_named_only_for_its_own_faults(void **state)
{
	const char *path;

	(void)state;
	write_secrets("t", "s");
	path = write_file("c", IN_FILES "endpoint \"/a\" { sync = true }",
	    0600);
	assert_int_equal(load(path), CONFIG_BAD);
	assert_problem(path, ":5: sync: does not belong");
}

static void
too_many_lines_are_bad(void **state)
{
	char text[1024] = "# these are too many\n";
	int i;

	(void)state;
	for (i = 0; i < CONFIG_SECRETS_MAX; i++)
		(void)strcat(text, "token\n");
	assert_int_equal(load(write_secrets(text, text)), CONFIG_OK);
	(void)strcat(text, "token\n");
	assert_int_equal(load(write_secrets(text, "x")), CONFIG_BAD);
	assert_non_null(strstr(problem.text, "/token: more than 100 lines"));
	assert_int_equal(load(write_secrets("x", text)), CONFIG_BAD);
	assert_non_null(strstr(problem.text, "/secrets: more than 100 "));
}

static void
lines_that_begin_with_a_hash_do_not_count(void **state)
{
	const char *path = write_secrets("# ours, \tsince May \n#\r\na#token",
	    "\xef\xbb\xbf#first\nsecond\n#third\n##");

	(void)state;
	assert_int_equal(load(path), CONFIG_OK);
	assert_int_equal(config->endpoints[0].verify_tokens.count, 1);
	assert_string_equal(config->endpoints[0].verify_tokens.texts[0],
	    "a#token");
	assert_int_equal(config->endpoints[0].app_secrets.count, 1);
	assert_string_equal(config->endpoints[0].app_secrets.texts[0],
	    "second");
	assert_int_equal(load(write_secrets("t", "# none yet\n\n")),
	    CONFIG_NO_SECRET);
	assert_non_null(strstr(problem.text, "/secrets: is empty"));
}

static void
an_unsigned_endpoint_needs_no_secret(void **state)
{
	static const char text[] = "endpoint \"/k3JdQ7_xT-0aZr9WmB5cYv\" {\n"
	    "name = \"log\" unsigned = accept verify_token_file = \"token\"\n"
	    "%s }";
	char with_file[256];

	(void)state;
	write_file("token", "t", 0600);
	(void)snprintf(with_file, sizeof with_file, text, "");
	assert_int_equal(load(write_file("c", with_file, 0600)), CONFIG_OK);
	assert_int_equal(config->endpoints[0].app_secrets.count, 0);
	/* A file that is named must exist and contain a secret. */
	(void)snprintf(with_file, sizeof with_file, text,
	    "app_secret_file = \"secrets\"");
	assert_int_equal(load(write_file("c", with_file, 0600)),
	    CONFIG_NO_SECRET);
	write_file("secrets", "# none\n", 0600);
	assert_int_equal(load(in_folder("c")), CONFIG_NO_SECRET);
	write_file("secrets", "s", 0600);
	/* The path of this endpoint is as good as a secret. */
	assert_int_equal(load(write_file("c", with_file, 0644)), CONFIG_OK);
	assert_int_equal(config->endpoints[0].app_secrets.count, 1);
	assert_int_equal(mode_of(in_folder("c")), 0640);
}

static void
bad_lines_of_secret_files_are_named(void **state)
{
	static const char *const lines[] = { "a\nb \n", "a\n b\n", "a\nb\tc\n",
	    "a\nb\rc\n", "a\nb\x7f" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		assert_int_equal(load(write_secrets("t", lines[i])),
		    CONFIG_BAD);
		assert_non_null(strstr(problem.text, "/secrets: line 2 "));
	}
}

static void
a_nul_in_a_secret_file_is_bad(void **state)
{
	const char *path = write_secrets("t", "abc\ndef\n");
	int fd = open(in_folder("secrets"), O_WRONLY);

	(void)state;
	assert_int_equal(pwrite(fd, "\0", 1, 1), 1);
	(void)close(fd);
	assert_int_equal(load(path), CONFIG_BAD);
	assert_non_null(strstr(problem.text, "/secrets: contains a NUL byte"));
}

static void
a_secret_file_of_a_stranger_is_unsafe(void **state)
{
	const char *path = write_secrets("t", "s");

	(void)state;
	if (chown(in_folder("secrets"), STRANGER, 0) != 0)
		skip();
	assert_int_equal(load(path), CONFIG_UNSAFE);
	assert_problem(path, ":3: app_secret_file: /");
	assert_non_null(strstr(problem.text, "/secrets: belongs to user"));
}

static void
a_world_writable_secret_file_is_unsafe(void **state)
{
	const char *path = write_secrets("t", "s");

	(void)state;
	assert_int_equal(chmod(in_folder("token"), 0602), 0);
	assert_int_equal(load(path), CONFIG_UNSAFE);
	assert_non_null(strstr(problem.text, "/token: everybody may write"));
}

static void
a_secret_file_of_our_user_is_tightened(void **state)
{
	const char *path = write_secrets("t", "s");

	(void)state;
	assert_int_equal(chmod(in_folder("secrets"), 0664), 0);
	assert_int_equal(load(path), CONFIG_OK);
	assert_int_equal(mode_of(in_folder("secrets")), 0640);
}

/* ---- changes */

static void
nothing_changes_by_itself(void **state)
{
	(void)state;
	assert_int_equal(load(write_secrets("t", "s")), CONFIG_OK);
	assert_false(config_changed(config));
}

static void
a_write_of_the_same_length_is_a_change(void **state)
{
	(void)state;
	assert_int_equal(load(write_file("c", ENDPOINT "#1", 0600)),
	    CONFIG_OK);
	write_file("c", ENDPOINT "#2", 0600);
	assert_true(config_changed(config));
}

static void
a_file_put_in_its_place_is_a_change(void **state)
{
	const char *path = write_file("c", ENDPOINT, 0600);

	(void)state;
	assert_int_equal(load(path), CONFIG_OK);
	assert_int_equal(rename(write_file("new", ENDPOINT, 0600), path), 0);
	assert_true(config_changed(config));
}

static void
a_removed_file_is_a_change(void **state)
{
	const char *path = write_file("c", ENDPOINT, 0600);

	(void)state;
	assert_int_equal(load(path), CONFIG_OK);
	assert_int_equal(unlink(path), 0);
	assert_true(config_changed(config));
}

static void
a_mode_is_a_change(void **state)
{
	const char *path = write_file("c", ENDPOINT, 0600);

	(void)state;
	assert_int_equal(load(path), CONFIG_OK);
	assert_int_equal(chmod(path, 0602), 0);
	assert_true(config_changed(config));
}

static void
secret_files_change_too(void **state)
{
	const char *path = write_secrets("t", "s");

	(void)state;
	assert_int_equal(load(path), CONFIG_OK);
	write_file("token", "u", 0600);
	assert_true(config_changed(config));
	assert_int_equal(load(path), CONFIG_OK);
	write_file("secrets", "t", 0600);
	assert_true(config_changed(config));
}

static void
a_link_that_leads_elsewhere_is_a_change(void **state)
{
	const char *link = in_folder("link");

	(void)state;
	write_file("a", ENDPOINT, 0600);
	write_file("b", ENDPOINT, 0600);
	assert_int_equal(symlink("a", link), 0);
	assert_int_equal(load(link), CONFIG_OK);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink("b", link), 0);
	assert_true(config_changed(config));
}

#define file_test(f) cmocka_unit_test_setup_teardown(f, make_folder, clean_up)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		file_test(a_missing_file_is_no_config),
		file_test(a_folder_is_bad),
		file_test(a_fifo_is_bad_and_does_not_block),
		file_test(a_link_to_nowhere_is_bad),
		file_test(a_link_is_followed_and_names_are_relative_to_it),
		file_test(a_megabyte_is_bad),
		file_test(a_closed_file_is_bad),
		file_test(a_file_of_our_user_is_trusted),
		file_test(a_file_that_everybody_may_write_is_unsafe),
		file_test(a_mere_check_changes_no_mode),
		file_test(with_full_trust_any_file_is_read_unchanged),
		file_test(our_users_world_readable_file_is_tightened),
		file_test(a_tightened_file_has_not_changed),
		file_test(a_file_without_secrets_may_be_read_by_all),
		file_test(a_token_or_a_secret_alone_is_worth_hiding),
		file_test(a_file_of_a_stranger_is_unsafe),
		file_test(a_file_of_the_executables_owner_is_trusted),
		file_test(a_file_of_root_may_be_read_through_its_group),
		file_test(a_file_of_root_that_its_group_may_write_is_unsafe),
		file_test(a_world_readable_file_of_root_is_unsafe),
		file_test(a_users_own_file_is_tightened_without_root),
		file_test(a_secret_of_the_container_may_be_read_by_all),
		file_test(a_file_elsewhere_is_no_container_secret),
		file_test(a_secret_of_the_container_keeps_its_mode),
		file_test(secrets_come_from_files),
		file_test(a_missing_secret_file_is_no_secret),
		file_test(an_empty_secret_file_is_no_secret),
		file_test(a_secret_file_is_named_only_for_its_own_faults),
		file_test(too_many_lines_are_bad),
		file_test(lines_that_begin_with_a_hash_do_not_count),
		file_test(an_unsigned_endpoint_needs_no_secret),
		file_test(bad_lines_of_secret_files_are_named),
		file_test(a_nul_in_a_secret_file_is_bad),
		file_test(a_secret_file_of_a_stranger_is_unsafe),
		file_test(a_world_writable_secret_file_is_unsafe),
		file_test(a_secret_file_of_our_user_is_tightened),
		file_test(nothing_changes_by_itself),
		file_test(a_write_of_the_same_length_is_a_change),
		file_test(a_file_put_in_its_place_is_a_change),
		file_test(a_removed_file_is_a_change),
		file_test(a_mode_is_a_change),
		file_test(secret_files_change_too),
		file_test(a_link_that_leads_elsewhere_is_a_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
