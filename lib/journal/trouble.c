#include "journal/trouble.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct meaning {
	int number;
	const char *reason, *remedy;
	const char *own_remedy;	/* if the process's user already owns it; NULL
				 * if that makes no difference */
} meanings[] = {
	{ EACCES, "permission denied",
	    "give it to the user that the process runs as (chown)",
	    "let its owner read and write it (chmod u+rwX)" },
	{ EPERM, "operation not permitted",
	    "give it to the user that the process runs as (chown)",
	    "see whether it is immutable or append-only (lsattr), and undo "
	    "that (chattr -i -a)" },
	{ ENOENT, "missing",
	    "create it, as the user that the process runs as", NULL },
	{ ENOTDIR, "a file where a folder should be", "move it away", NULL },
	{ EISDIR, "a folder where a file should be", "move it away", NULL },
	{ ELOOP, "a symbolic link", "put a file in its place", NULL },
	{ ENXIO, "not a regular file", "move it away", NULL },
	{ ENOSPC, "no room left, or no inodes",
	    "make room on this file system (df -h, df -i)", NULL },
	{ EDQUOT, "over quota", "raise the quota, or remove old files", NULL },
	{ EFBIG, "larger than this process may write",
	    "raise its file size limit (ulimit -f)", NULL },
	{ EROFS, "read-only file system",
	    "look for disk errors (dmesg), and mount it for writing", NULL },
	{ EXDEV, "on another device",
	    "make archive/ a folder on the same file system", NULL },
	{ EIO, "input/output error", "look for disk errors (dmesg)", NULL },
	{ EMFILE, "too many open files in this process",
	    "raise its limit (ulimit -n)", NULL },
	{ ENFILE, "too many open files on this system",
	    "raise fs.file-max (sysctl)", NULL },
	{ ENOMEM, "no memory left", "raise the process's memory limit", NULL },
	{ EAGAIN, "locked by another process for too long",
	    "look for a hanging process or a slow disk", NULL },
	{ ENOLCK, "no locks available",
	    "check the lock daemon of the file server", NULL },
	{ 0, "storage failed",	/* any other */
	    "see what the system says about it (dmesg)", NULL },
};

void
trouble_clear(struct trouble *trouble)
{
	if (trouble != NULL)
		trouble->reason = NULL;
}

static void
look_at(struct trouble *trouble, int directory, const char *name)
{
	struct stat status;

	trouble->known = (directory == -1 ?
	    stat(trouble->path, &status) :
	    fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW)) == 0;
	if (!trouble->known)
		return;
	trouble->owner = status.st_uid;
	trouble->group = status.st_gid;
	trouble->mode = status.st_mode & 07777;
}

void
trouble_note(struct trouble *trouble, int directory, const char *path,
    const char *name, const char *reason, const char *remedy)
{
	bool folder = strcmp(name, ".") == 0;

	if (trouble == NULL || trouble->reason != NULL)
		return;
	snprintf(trouble->path, sizeof trouble->path, "%s%s%s", path,
	    folder ? "" : "/", folder ? "" : name);
	trouble->reason = reason;
	trouble->remedy = remedy;
	look_at(trouble, directory, name);
}

/* What forbids a call on `name`: the file itself, or, if that is missing or
 * cannot be examined, its folder. */
static const char *
forbidding(int directory, const char *name, char folder[TROUBLE_PATH_MAX])
{
	struct stat status;
	const char *slash;

	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
		return name;
	slash = strrchr(name, '/');
	if (slash == NULL)
		return ".";
	snprintf(folder, TROUBLE_PATH_MAX, "%.*s", (int)(slash - name), name);
	return folder;
}

static const struct meaning *
meaning_of(int number)
{
	const struct meaning *meaning = meanings;

	while (meaning->number != number && meaning->number != 0)
		meaning++;
	return meaning;
}

enum error
trouble_errno(struct trouble *trouble, int directory, const char *path,
    const char *name, int number)
{
	const struct meaning *meaning = meaning_of(number);
	bool forbidden = meaning->own_remedy != NULL;
	bool noted = trouble != NULL && trouble->reason == NULL;
	char folder[TROUBLE_PATH_MAX];

	if (directory != -1 && forbidden)
		name = forbidding(directory, name, folder);
	trouble_note(trouble, directory, path, name, meaning->reason,
	    meaning->remedy);
	if (noted && forbidden && trouble->known &&
	    trouble->owner == geteuid())
		trouble->remedy = meaning->own_remedy;
	return error_from_errno(number);
}

static struct log_field
field(const char *key, const char *text)
{
	return (struct log_field)LOG_TEXT(key, text);
}

size_t
trouble_fields(const struct trouble *trouble, struct trouble_words *words,
    struct log_field fields[TROUBLE_FIELDS])
{
	size_t count = 0;

	if (trouble->reason == NULL)
		return 0;
	snprintf(words->owner, sizeof words->owner, "%u:%u", trouble->owner,
	    trouble->group);
	snprintf(words->mode, sizeof words->mode, "%04o", trouble->mode);
	snprintf(words->user, sizeof words->user, "%u:%u", geteuid(),
	    getegid());
	fields[count++] = field("path", trouble->path);
	fields[count++] = field("problem", trouble->reason);
	if (trouble->known) {
		fields[count++] = field("owner", words->owner);
		fields[count++] = field("mode", words->mode);
	}
	fields[count++] = field("user", words->user);
	fields[count++] = field("remedy", trouble->remedy);
	return count;
}

void
trouble_text(const struct trouble *trouble, char text[TROUBLE_TEXT_MAX +
    TROUBLE_PATH_MAX])
{
	char owner[64] = "";

	text[0] = '\0';
	if (trouble->reason == NULL)
		return;
	if (trouble->known)
		snprintf(owner, sizeof owner, " (owner %u:%u, mode %04o)",
		    trouble->owner, trouble->group, trouble->mode);
	snprintf(text, TROUBLE_TEXT_MAX + TROUBLE_PATH_MAX,
	    "%s: %s%s, as user %u:%u: %s", trouble->path, trouble->reason,
	    owner, geteuid(), getegid(), trouble->remedy);
}
