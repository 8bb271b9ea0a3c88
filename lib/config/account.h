/*
 * account: users and their groups, as /etc/passwd and /etc/group have them.
 *
 * The files are read by ourselves: getpwnam(3) and its like would bring the
 * libraries of the machine that it was built on into the static program. Users
 * that only a directory service knows are not found.
 */
#ifndef HOOKLINE_CONFIG_ACCOUNT_H
#define HOOKLINE_CONFIG_ACCOUNT_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#define ACCOUNT_PASSWD "/etc/passwd"
#define ACCOUNT_GROUP "/etc/group"

struct account {
	char name[256];
	char home[4096];	/* as the file has it, perhaps "" */
	uid_t uid;
	gid_t gid;		/* the primary group */
};

/*
 * Finds a user in the file `passwd`, by name or by number: the first that fits.
 * False where there is none, or the file cannot be read; `account` is then as
 * it was.
 */
bool account_by_name(const char *passwd, const char *name,
    struct account *account);
bool account_by_uid(const char *passwd, uid_t uid, struct account *account);

/*
 * Puts up to `most` groups into `groups`, the primary one first, then those of
 * the file `group` that name the user. Returns how many there are in `groups`.
 */
size_t account_groups(const char *group, const struct account *account,
    gid_t *groups, size_t most);

#endif
