#include "host/sandbox.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#define DESCRIPTORS_MAX 1024
/* The first version always forbids links and moves between folders, which a
 * rotation needs. */
#define LANDLOCK_MIN 2

#if defined(__has_feature)
#if __has_feature(address_sanitizer) && !defined(__SANITIZE_ADDRESS__)
#define __SANITIZE_ADDRESS__ 1	/* what gcc calls it */
#endif
#endif

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

void
sandbox_start(void)
{
	const struct rlimit none = { 0, 0 };
	struct rlimit descriptors;

	setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0 &&
	    descriptors.rlim_cur > DESCRIPTORS_MAX) {
		descriptors.rlim_cur = DESCRIPTORS_MAX;
		descriptors.rlim_max = DESCRIPTORS_MAX;
		setrlimit(RLIMIT_NOFILE, &descriptors);
	}
}

static long
landlock_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
}

struct sandbox
sandbox_available(void)
{
	struct sandbox sandbox = {
	    .files = landlock_version() >= LANDLOCK_MIN };

#ifdef ARCH
	/* For a filter at NULL, a kernel that has seccomp filters sets EFAULT:
	 * seccomp(2). */
	sandbox.calls = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0,
	    0) == -1 && errno == EFAULT;
#endif
	return sandbox;
}

#ifndef __SANITIZE_ADDRESS__

/*
 * Landlock
 */

/* Older headers do not name these rights: moving between folders came with the
 * second version, truncation with the third. */
#define MOVE (LANDLOCK_ACCESS_FS_MAKE_SYM << 1)
#define TRUNCATE (LANDLOCK_ACCESS_FS_MAKE_SYM << 2)

#define FILE_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE |			\
	LANDLOCK_ACCESS_FS_WRITE_FILE | TRUNCATE)
#define READ_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* REMOVE_DIR is needed because a folder may be in the place of one of .state/'s
 * files, and then has to be removed or moved aside. */
#define WRITE_RIGHTS (FILE_RIGHTS | READ_RIGHTS | MOVE |		\
	LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
	LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR)

static const uint64_t rights[] = {
	[SANDBOX_READ] = READ_RIGHTS,
	[SANDBOX_WRITE] = WRITE_RIGHTS,
	[SANDBOX_APPEND] = FILE_RIGHTS,
};

/* Needed by any process: for compressing files, and to tell boots apart. */
static const struct sandbox_path everybody[] = {
	{ "/dev/null", SANDBOX_APPEND },
	{ "/proc/sys/kernel/random/boot_id", SANDBOX_READ },
};

/* Grants a path those of its rights that the kernel knows. Fails if the path is
 * missing. */
static bool
allow(int ruleset, const struct sandbox_path *path, uint64_t known)
{
	struct landlock_path_beneath_attr rule = {
	    .allowed_access = rights[path->right] & known };
	struct stat status;
	bool done;

	rule.parent_fd = open(path->path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd == -1)
		return false;
	/* For a file, the kernel refuses the rights that only a folder has. */
	if (fstat(rule.parent_fd, &status) == 0 && !S_ISDIR(status.st_mode))
		rule.allowed_access &= FILE_RIGHTS;
	done = syscall(SYS_landlock_add_rule, ruleset,
	    LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
	close(rule.parent_fd);
	return done;
}

static bool
allow_all(int ruleset, const struct sandbox_path *paths, size_t count,
    uint64_t known)
{
	bool done = true;
	size_t i;

	for (i = 0; i < count; i++)
		done &= allow(ruleset, &paths[i], known) ||
		    paths[i].right == SANDBOX_APPEND;
	for (i = 0; i < sizeof everybody / sizeof everybody[0]; i++)
		(void)allow(ruleset, &everybody[i], known);
	return done;
}

static bool
restrict_files(const struct sandbox_path *paths, size_t count)
{
	struct landlock_ruleset_attr attributes = {
	    .handled_access_fs = (TRUNCATE << 1) - 1 };
	long version = landlock_version();
	int ruleset;
	bool done;

	if (version < LANDLOCK_MIN)
		return false;
	if (version < 3)
		attributes.handled_access_fs &= ~TRUNCATE;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes,
	    sizeof attributes.handled_access_fs, 0);
	if (ruleset == -1)
		return false;
	done = allow_all(ruleset, paths, count,
	    attributes.handled_access_fs) &&
	    syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	close(ruleset);
	return done;
}

/*
 * seccomp
 */

#ifdef ARCH
#define FIELD(name) BPF_STMT(BPF_LD | BPF_W | BPF_ABS,			\
	offsetof(struct seccomp_data, name))
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define FORBID(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), \
	REFUSE

/* Calls that are not needed to serve requests from an open socket. */
static const struct sock_filter program[] = {
	FIELD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
	REFUSE,
	FIELD(nr),
	/* x86-64 has a second table of numbers, for x32. */
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
	REFUSE,
	FORBID(execve), FORBID(execveat),
	FORBID(socket), FORBID(socketpair), FORBID(connect), FORBID(bind),
	FORBID(listen),
	FORBID(ptrace), FORBID(process_vm_readv), FORBID(process_vm_writev),
	FORBID(pidfd_open), FORBID(pidfd_getfd), FORBID(kcmp),
	FORBID(mount), FORBID(umount2), FORBID(pivot_root), FORBID(chroot),
	FORBID(unshare), FORBID(setns),
	FORBID(bpf), FORBID(perf_event_open), FORBID(userfaultfd),
	FORBID(io_uring_setup), FORBID(keyctl), FORBID(add_key),
	FORBID(request_key), FORBID(init_module), FORBID(finit_module),
	FORBID(fchmodat), FORBID(fchownat), FORBID(utimensat),
	FORBID(truncate), FORBID(setxattr), FORBID(lsetxattr),
	FORBID(removexattr), FORBID(lremovexattr),
#ifdef SYS_chmod		/* some systems have only the newer forms */
	FORBID(chmod), FORBID(chown), FORBID(lchown), FORBID(utime),
	FORBID(utimes), FORBID(futimesat),
#endif
	FORBID(kexec_load), FORBID(memfd_create),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

static bool
restrict_calls(void)
{
	struct sock_filter copy[sizeof program / sizeof program[0]];
	const struct sock_fprog filter = {
	    .len = sizeof program / sizeof program[0], .filter = copy };
	size_t i;

	for (i = 0; i < filter.len; i++)
		copy[i] = program[i];
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}
#else
static bool
restrict_calls(void)
{
	return false;
}
#endif

struct sandbox
sandbox_enter(const struct sandbox_path *paths, size_t count)
{
	static struct sandbox sandbox;
	static bool entered;

	if (entered)
		return sandbox;
	entered = true;
	sandbox.files = restrict_files(paths, count);
	sandbox.calls = restrict_calls();
	return sandbox;
}

#else

struct sandbox
sandbox_enter(const struct sandbox_path *paths, size_t count)
{
	(void)paths;
	(void)count;
	return (struct sandbox){ .absent = true };
}

#endif
