/*
 * Built without AddressSanitizer, which needs what the sandbox forbids. Each
 * test enters the sandbox in a child process.
 */
#include "journal_fixture.h"

#include "host/sandbox.h"
#include "journal/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

typedef bool check(struct fixture *fixture);

/* Runs the check in a sandbox and expects true. */
static void
expect_within(struct fixture *f, const struct sandbox_path *paths,
    size_t count, check *in_sandbox)
{
	pid_t child;
	int status;

	mkdir("/tmp/hookline-readable", 0755);
	close(open("/tmp/hookline-readable/file", O_WRONLY | O_CREAT, 0644));
	close(open("/tmp/hookline-readable/log", O_WRONLY | O_CREAT, 0644));
	child = fork();
	if (child == 0) {
		sandbox_start();
		sandbox_enter(paths, count);
		_exit(in_sandbox(f) ? 0 : 1);
	}
	waitpid(child, &status, 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Runs the check in the receiver's sandbox. */
static void
expect(struct fixture *f, check *in_sandbox)
{
	const struct sandbox_path paths[] = {
		{ f->directory, SANDBOX_WRITE },
		{ "/tmp/hookline-readable", SANDBOX_READ } };

	expect_within(f, paths, 2, in_sandbox);
}

static bool
refused(int result)
{
	return result == -1 && (errno == EACCES || errno == EPERM);
}

static bool
cannot_read_elsewhere(struct fixture *f)
{
	(void)f;
	return refused(open("/etc/passwd", O_RDONLY)) &&
	    refused(open("/", O_RDONLY | O_DIRECTORY)) &&
	    refused(open("/proc/self/mem", O_RDONLY));
}

static bool
cannot_write_elsewhere(struct fixture *f)
{
	(void)f;
	return refused(open("/tmp/hookline-outside", O_WRONLY | O_CREAT,
	    0600)) && refused(mkdir("/tmp/hookline-outside", 0700)) &&
	    refused(unlink("/tmp/hookline-readable/file")) &&
	    refused(open("/tmp/hookline-readable/file", O_WRONLY)) &&
	    refused(truncate("/tmp/hookline-readable/file", 0)) &&
	    refused(chmod("/tmp/hookline-readable/file", 0666)) &&
	    refused(chown("/tmp/hookline-readable/file", 0, 0)) &&
	    refused(fchmodat(AT_FDCWD, "/tmp/hookline-readable/file", 0666,
	    0)) &&
	    refused(utimensat(AT_FDCWD, "/tmp/hookline-readable/file", NULL,
	    0)) &&
	    refused(setxattr("/tmp/hookline-readable/file", "user.x", "y", 1,
	    0));
}

static bool
can_read_beside_the_configuration(struct fixture *f)
{
	(void)f;
	return open("/tmp/hookline-readable/file", O_RDONLY) != -1;
}

/* Whether the journal's folder can be read but not changed, and the files that
 * every program may use can be used. */
static bool
can_only_read(struct fixture *f)
{
	int folder = open(f->directory, O_RDONLY | O_DIRECTORY);

	return folder != -1 && open("/dev/null", O_RDWR) != -1 &&
	    open("/proc/sys/kernel/random/boot_id", O_RDONLY) != -1 &&
	    refused(mkdirat(folder, "new", 0700)) &&
	    refused(openat(folder, "new", O_WRONLY | O_CREAT, 0600)) &&
	    cannot_read_elsewhere(f);
}

static void
a_program_may_only_read(void **state)
{
	struct fixture *f = *state;
	const struct sandbox_path path = { f->directory, SANDBOX_READ };

	expect_within(f, &path, 1, can_only_read);
}

static bool
can_only_append(struct fixture *f)
{
	return open("/tmp/hookline-readable/log", O_WRONLY | O_APPEND) != -1 &&
	    refused(open("/tmp/hookline-readable/file", O_RDONLY)) &&
	    refused(unlink("/tmp/hookline-readable/log")) &&
	    cannot_read_elsewhere(f);
}

/* A missing log file must not leave the program without a sandbox. */
static void
a_file_to_append_to_may_be_missing(void **state)
{
	static const struct sandbox_path paths[] = {
		{ "/tmp/hookline-readable/log", SANDBOX_APPEND },
		{ "/tmp/hookline-readable/missing", SANDBOX_APPEND } };

	expect_within(*state, paths, 2, can_only_append);
}

static bool
can_read_elsewhere(struct fixture *f)
{
	(void)f;
	return open("/etc/passwd", O_RDONLY) != -1;
}

/* The program would have to work with a folder that is missing. */
static void
a_folder_must_not_be_missing(void **state)
{
	static const struct sandbox_path path = {
		"/tmp/hookline-readable/missing", SANDBOX_READ };

	expect_within(*state, &path, 1, can_read_elsewhere);
}

static bool
cannot_start_a_program(struct fixture *f)
{
	char *const arguments[] = { (char[]){ "true" }, NULL };
	int self = open("/proc/self/exe", O_PATH);

	(void)f;
	return refused(execv("/bin/true", arguments)) &&
	    refused((int)syscall(SYS_execveat, self, "", arguments, arguments,
	    0x1000));
}

static bool
cannot_open_a_socket(struct fixture *f)
{
	int pair[2];

	(void)f;
	return refused(socket(AF_INET, SOCK_STREAM, 0)) &&
	    refused(socket(AF_UNIX, SOCK_STREAM, 0)) &&
	    refused(socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) &&
	    refused(bind(0, NULL, 0)) && refused(listen(0, 1));
}

static bool
cannot_trace(struct fixture *f)
{
	(void)f;
	return refused((int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL)) &&
	    refused((int)syscall(SYS_process_vm_readv, getppid(), NULL, 0,
	    NULL, 0, 0));
}

static bool
leaves_no_core(struct fixture *f)
{
	struct rlimit core;

	(void)f;
	return getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0 &&
	    prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 &&
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

/* Does everything that a journal does: rotation, removal, rebuild,
 * compression. */
static bool
the_journal_works(struct fixture *f)
{
	bool duplicate = false;

	f->options.rotate_size = 100;
	f->options.keep_files = 3;
	f->options.compress = true;
	fixture_reopen(f);
	for (unsigned i = 0; i < 10; i++)
		fixture_add(f, i);
	return fixture_append(f, 9, &duplicate) == ERR_NONE && duplicate;
}

static void
compression_works_in_the_sandbox(void **state)
{
	struct fixture *f = *state;

	expect(f, the_journal_works);
	for (int tries = 0; tries < 1000; tries++) {
		if (strstr(fixture_archive_name(f, 0), ".gz") != NULL)
			return;
		usleep(10000);
	}
	fail_msg("nothing was compressed");
}

/* The sandbox restricts what is reported as available, and the report itself
 * restricts nothing. */
static void
what_is_available_is_restricted(void **state)
{
	struct fixture *f = *state;
	const struct sandbox_path path = { f->directory, SANDBOX_WRITE };
	struct sandbox available = sandbox_available();
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct sandbox entered;

		sandbox_start();
		entered = sandbox_enter(&path, 1);
		_exit(entered.files != available.files ||
		    entered.calls != available.calls);
	}
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
	assert_int_not_equal(open("/etc/passwd", O_RDONLY), -1);
	assert_int_equal(prctl(PR_GET_SECCOMP, 0, 0, 0, 0), 0);
}

#define IN_SANDBOX(name)						\
	static void							\
	test_##name(void **state)					\
	{								\
		expect(*state, name);					\
	}

IN_SANDBOX(cannot_read_elsewhere)
IN_SANDBOX(cannot_write_elsewhere)
IN_SANDBOX(can_read_beside_the_configuration)
IN_SANDBOX(cannot_start_a_program)
IN_SANDBOX(cannot_open_a_socket)
IN_SANDBOX(cannot_trace)
IN_SANDBOX(leaves_no_core)

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_cannot_read_elsewhere),
		TEST(test_cannot_write_elsewhere),
		TEST(test_can_read_beside_the_configuration),
		TEST(test_cannot_start_a_program),
		TEST(test_cannot_open_a_socket),
		TEST(test_cannot_trace),
		TEST(test_leaves_no_core),
		TEST(a_program_may_only_read),
		TEST(a_file_to_append_to_may_be_missing),
		TEST(a_folder_must_not_be_missing),
		TEST(what_is_available_is_restricted),
		TEST(compression_works_in_the_sandbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
