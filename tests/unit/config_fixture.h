/*
 * config_fixture: a folder for tests of the configuration, and files in it.
 */
#ifndef HOOKLINE_CONFIG_FIXTURE_H
#define HOOKLINE_CONFIG_FIXTURE_H

#include "config/internal.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define APP_SECRET "5ec4e70f7e5751e55ec4e70f7e5751E5"
#define ENDPOINT "endpoint \"/webhook\" {\n" \
    "verify_token = \"a token of ours\"\n" \
    "app_secret = \"" APP_SECRET "\"\n}\n"
#define STRANGER 12345		/* a user who owns no files */

static char folder[64];
static char warnings[2048];	/* collected by take_warning(), one per line */

static inline void
take_warning(void *argument, const char *text)
{
	size_t length = strlen(warnings);

	(void)argument;
	(void)snprintf(warnings + length, sizeof warnings - length, "%s\n",
	    text);
}

/* The path of a file in the test's folder, valid during the next 16 calls. */
static inline const char *
in_folder(const char *name)
{
	static char names[16][256];
	static unsigned next;
	char *path = names[next++ % 16];

	(void)snprintf(path, sizeof names[0], "%s/%s", folder, name);
	return path;
}

static inline const char *
write_file(const char *name, const char *text, mode_t mode)
{
	const char *path = in_folder(name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd != -1);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	(void)close(fd);
	return path;
}

static inline void
make_folders(const char *name)
{
	char path[256], *slash;

	(void)snprintf(path, sizeof path, "%s/", in_folder(name));
	for (slash = path + strlen(folder) + 1;
	    (slash = strchr(slash, '/')) != NULL; *slash++ = '/') {
		*slash = '\0';
		(void)mkdir(path, 0755);
	}
}

static inline int
make_folder(void **state)
{
	char *resolved;

	(void)state;
	warnings[0] = '\0';
	(void)strcpy(folder, "/tmp/hookline-config-XXXXXX");
	if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0)
		return -1;
	resolved = realpath(folder, NULL);
	if (resolved == NULL || strlen(resolved) >= sizeof folder)
		return -1;
	(void)strcpy(folder, resolved);
	free(resolved);
	return 0;
}

static inline int
remove_one(const char *path, const struct stat *status, int type,
    struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

static inline int
remove_folder(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Parses a text, which it modifies, as if it were the contents of this file. */
static inline enum config_status
parse_as(const char *file, char *text, size_t length, struct config **config,
    struct config_problem *problem)
{
	const struct config_search search = { .warn = take_warning };
	struct loading loading = { .file = file, .search = &search,
	    .problem = problem, .config = config_new() };
	bool good;

	assert_non_null(loading.config);
	good = config_parse(&loading, text, length);
	assert_int_equal(good, loading.status == CONFIG_OK);
	return config_finish(&loading, config);
}

/* Loads a file by name, and collects all warnings. */
static inline enum config_status
load_file(const char *path, struct config **config,
    struct config_problem *problem)
{
	const struct config_search search = { .file = path,
	    .warn = take_warning };

	enum config_status status = config_load(&search, config, problem);

	if (status == CONFIG_OK)
		config_weak(*config, take_warning, NULL);
	return status;
}

/* The status when a process of another user loads the file. */
static inline enum config_status
status_for_user(const char *path, uid_t user)
{
	struct config_problem problem;
	struct config *config;
	pid_t child = fork();
	int status;

	assert_true(child != -1);
	if (child == 0) {
		if (setresgid(user, user, user) != 0 ||
		    setresuid(user, user, user) != 0)
			_exit(99);
		status = (int)load_file(path, &config, &problem);
		config_free(config);
		_exit(status);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return (enum config_status)WEXITSTATUS(status);
}

#endif
