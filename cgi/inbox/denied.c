#include "inbox/denied.h"

#include "host/account.h"
#include "journal/layout.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void
denied_names_open(struct denied_names *names)
{
	names->passwd = fopen(ACCOUNT_PASSWD, "re");
	names->group = fopen(ACCOUNT_GROUP, "re");
}

void
denied_names_close(struct denied_names *names)
{
	if (names->passwd != NULL)
		fclose(names->passwd);
	if (names->group != NULL)
		fclose(names->group);
}

/* Writes the user's name, or the number if /etc/passwd does not have it. */
static bool
name_user(const struct denied_names *names, uid_t uid, char name[256])
{
	struct account account;
	bool found = account_in(names->passwd, uid, &account);

	if (found)
		strcpy(name, account.name);
	else
		(void)snprintf(name, 256, "%lu", (unsigned long)uid);
	return found;
}

static bool
may_read(const char *path, int mode)
{
	return faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0;
}

/* Shortens the path to the folder that we may not enter. */
static void
go_up(char path[PATH_MAX])
{
	struct stat status;
	char *slash;

	while (stat(path, &status) == -1 && errno == EACCES &&
	    (slash = strrchr(path, '/')) != NULL && slash > path)
		*slash = '\0';
}

/* Finds out whose `denied->path` is. */
static void
examine(const struct denied_names *names, struct denied *denied)
{
	bool named = name_user(names, geteuid(), denied->user);
	struct stat status, folder;

	denied->examined = lstat(denied->path, &status) == 0;
	if (!denied->examined)
		return;
	denied->folder = S_ISDIR(status.st_mode);
	denied->mode = status.st_mode & 07777;
	denied->own = status.st_uid == geteuid();
	denied->foreign = stat(denied->directory, &folder) == 0 &&
	    folder.st_uid != status.st_uid;
	(void)name_user(names, status.st_uid, denied->owner);
	denied->named = account_group_in(names->group, status.st_gid,
	    denied->group) && named && status.st_gid != 0;
	if (S_ISLNK(status.st_mode))
		denied->number = ELOOP;
}

void
denied_look(const struct denied_names *names, const char *directory,
    const char *file, int number, struct denied *denied)
{
	memset(denied, 0, sizeof *denied);
	denied->directory = directory;
	denied->number = number;
	(void)snprintf(denied->path, sizeof denied->path, "%s/%s", directory,
	    file);
	examine(names, denied);
}

void
denied_find(const struct denied_names *names, const char *directory,
    int number, struct denied *denied)
{
	if (may_read(directory, R_OK | X_OK)) {
		denied_look(names, directory, SEGMENT_LIVE, number, denied);
		return;
	}
	memset(denied, 0, sizeof *denied);
	denied->directory = directory;
	denied->number = number;
	(void)snprintf(denied->path, sizeof denied->path, "%s", directory);
	go_up(denied->path);
	examine(names, denied);
}
