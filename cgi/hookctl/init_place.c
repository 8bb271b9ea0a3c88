#include "hookctl/init.h"

#include "base/digits.h"
#include "base/path.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WEB_USER "www-data"
#define SYSTEM_FOLDER "/etc/hookline"
#define SYSTEM_JOURNAL "/var/lib/hookline"

/* Modes of what root makes, and of what another user makes. */
#define FILE_MODE_ROOT 0640
#define FILE_MODE_OWN 0600
#define FOLDER_MODE_ROOT 0755
#define FOLDER_MODE_OWN 0700

static enum status
no_memory(void)
{
	return fail(STATUS_FAILED, "out of memory");
}

static enum status
find_user(const char *name, struct init_place *place)
{
	struct account *user = &place->user;
	uid_t self = geteuid();

	if (name == NULL && self != 0) {
		if (account_by_uid(ACCOUNT_PASSWD, self, user))
			return STATUS_DONE;
		(void)snprintf(user->name, sizeof user->name, "%lu",
		    (unsigned long)self);
		user->uid = self;
		user->gid = getegid();
		return STATUS_DONE;
	}
	if (!account_by_name(ACCOUNT_PASSWD, name != NULL ? name : WEB_USER,
	    user))
		return fail(STATUS_FAILED, "there is no user \"%s\" in "
		    ACCOUNT_PASSWD "%s", name != NULL ? name : WEB_USER,
		    name != NULL ? "" : ": name the web server's by --user");
	if (self != 0 && user->uid != self)
		return fail(STATUS_FAILED, "--user: only root can make files "
		    "for %s", user->name);
	return STATUS_DONE;
}

/* The caller's home folder, or NULL after a message. */
static const char *
find_home(void)
{
	const char *home = getenv("HOME");
	struct stat status;

	if (home != NULL && *home == '/' && stat(home, &status) == 0 &&
	    S_ISDIR(status.st_mode))
		return home;
	(void)fail(STATUS_FAILED, "there is no home folder \"%s\", which HOME "
	    "should name: name another folder, as in \"hookctl init DIR\"",
	    home != NULL ? home : "");
	return NULL;
}

/* A relative name made absolute; "." is the working directory itself. */
static enum status
name_folder(const char *name, struct init_place *place)
{
	char *here = *name == '/' ? strdup("") : getcwd(NULL, 0);
	size_t length;

	if (here == NULL)
		return fail(STATUS_FAILED, "the working directory: %s",
		    strerror(errno));
	while (strncmp(name, "./", 2) == 0)
		name += 2;
	if (asprintf(&place->folder, "%s%s%s", strcmp(here, "/") == 0 ? "" :
	    here, *name == '/' ? "" : "/", strcmp(name, ".") == 0 ? "" :
	    name) < 0)
		place->folder = NULL;
	free(here);
	if (place->folder == NULL)
		return no_memory();
	length = strlen(place->folder);
	while (length > 1 && place->folder[length - 1] == '/')
		place->folder[--length] = '\0';
	return STATUS_DONE;
}

/* The folder that the command line names, or else the caller's own. */
static enum status
find_folder(const char *name, struct init_place *place)
{
	const char *home;

	if (name != NULL)
		return name_folder(name, place);
	if (geteuid() == 0)
		place->folder = strdup(SYSTEM_FOLDER);
	else {
		home = find_home();
		if (home == NULL)
			return STATUS_FAILED;
		if (asprintf(&place->folder, "%s/.config/hookline", home) < 0)
			place->folder = NULL;
	}
	return place->folder != NULL ? STATUS_DONE : no_memory();
}

enum status
init_place_find(const char *folder, const char *user, struct init_place *place)
{
	bool root = geteuid() == 0;
	enum status status = find_user(user, place);

	if (status != STATUS_DONE)
		return status;
	place->owner = geteuid();
	place->group = place->user.gid;
	place->file_mode = root ? FILE_MODE_ROOT : FILE_MODE_OWN;
	place->folder_mode = root ? FOLDER_MODE_ROOT : FOLDER_MODE_OWN;
	place->standard = folder == NULL;
	status = find_folder(folder, place);
	if (status != STATUS_DONE)
		return status;
	if (asprintf(&place->file, "%s/hookline.conf", place->folder) < 0)
		place->file = NULL;
	if (root && folder == NULL)
		place->journal = strdup(SYSTEM_JOURNAL);
	else if (asprintf(&place->journal, "%s/journal", place->folder) < 0)
		place->journal = NULL;
	return place->file != NULL && place->journal != NULL ? STATUS_DONE :
	    no_memory();
}

void
init_place_free(struct init_place *place)
{
	free(place->folder);
	free(place->file);
	free(place->journal);
}

static void
drop_warning(void *argument, const char *text)
{
	(void)argument;
	(void)text;
}

enum status
init_place_taken(const struct init_place *place)
{
	struct config_search search = { .file = place->file, .look = true,
	    .believe = true, .warn = drop_warning };
	struct config_problem problem;
	struct config *config;
	enum config_status status;
	size_t length = strlen(place->file);
	uint64_t line;

	status = config_load(&search, &config, &problem);
	config_free(config);
	note("%s is there already, and is left as it is", place->file);
	if (status == CONFIG_NO_SECRET &&
	    strncmp(problem.text, place->file, length) == 0 &&
	    problem.text[length] == ':' &&
	    decimal_prefix(problem.text + length + 1,
	    strlen(problem.text + length + 1), UINT32_MAX, &line) > 0)
		note("fill in its line %u: %s", (unsigned)line, problem.text);
	return STATUS_FAILED;
}

/* A folder of another user's would be of no use to the receiver. */
static enum status
check_journal(struct init_place *place)
{
	struct account other = { 0 };
	struct stat status;

	if (stat(place->journal, &status) == -1) {
		if (errno == ENOENT && lstat(place->journal, &status) == 0)
			return fail(STATUS_FAILED, "%s is a link to something "
			    "that is not there: remove it", place->journal);
		return errno == ENOENT ? STATUS_DONE : fail(STATUS_FAILED,
		    "%s: %s", place->journal, strerror(errno));
	}
	place->journal_there = true;
	if (!S_ISDIR(status.st_mode))
		return fail(STATUS_FAILED, "%s is where the journal's folder "
		    "should be, and is none: move it away", place->journal);
	if (status.st_mode & S_IWOTH)
		return fail(STATUS_FAILED, "%s is writable by everybody: "
		    "remove that permission (chmod o-w)", place->journal);
	if (status.st_uid == place->user.uid)
		return STATUS_DONE;
	if (!account_by_uid(ACCOUNT_PASSWD, status.st_uid, &other))
		(void)snprintf(other.name, sizeof other.name, "user %lu",
		    (unsigned long)status.st_uid);
	return fail(STATUS_FAILED, "%s is there already and belongs to %s, "
	    "but hookline would run as %s: name the right user by --user, or "
	    "give the folder to that user (chown -R)", place->journal,
	    other.name, place->user.name);
}

static bool
may_make_in(const char *folder)
{
	struct stat status;

	if (stat(folder, &status) == 0 && !S_ISDIR(status.st_mode)) {
		errno = ENOTDIR;
		return false;
	}
	return faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0;
}

/* Whether we may write to a folder, or to the nearest one above it if it is
 * not there yet. */
static enum status
check_writable(const char *path)
{
	char *nearest = strdup(path), *above;
	struct stat status;
	enum status result = STATUS_DONE;

	while (nearest != NULL && stat(nearest, &status) == -1 &&
	    errno == ENOENT && strcmp(nearest, "/") != 0) {
		above = path_folder(nearest);
		free(nearest);
		nearest = above;
	}
	if (nearest == NULL)
		return no_memory();
	if (!may_make_in(nearest))
		result = strcmp(nearest, path) == 0 ? fail(STATUS_FAILED,
		    "cannot write to %s: %s", path, strerror(errno)) :
		    fail(STATUS_FAILED, "cannot make %s: %s: %s", path,
		    nearest, strerror(errno));
	free(nearest);
	return result;
}

enum status
init_place_check(struct init_place *place)
{
	struct stat status;
	enum status result;

	if (lstat(place->file, &status) == 0)
		return init_place_taken(place);
	result = check_writable(place->folder);
	if (result == STATUS_DONE)
		result = check_journal(place);
	if (result == STATUS_DONE && !place->journal_there)
		result = check_writable(place->journal);
	return result;
}
