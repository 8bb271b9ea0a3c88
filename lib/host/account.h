/*
 * account: users and their groups, as in /etc/passwd and /etc/group.
 *
 * The files are read here, since getpwnam(3) and the like would need the
 * libraries of the machine where the static program was built. Users that only
 * a directory service knows are not found.
 */
#ifndef HOOKLINE_HOST_ACCOUNT_H
#define HOOKLINE_HOST_ACCOUNT_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define ACCOUNT_PASSWD "/etc/passwd"
#define ACCOUNT_GROUP "/etc/group"

struct account {
	char name[256];
	char home[4096];	/* as the file has it, perhaps "" */
	uid_t uid;
	gid_t gid;		/* the primary group */
};

/*
 * Finds a user in the file `passwd`, by name or by number: the first match.
 * False if there is none or the file cannot be read; `account` is then
 * unchanged.
 */
bool account_by_name(const char *passwd, const char *name,
    struct account *account);
bool account_by_uid(const char *passwd, uid_t uid, struct account *account);

/* The same in an open file, or NULL, from its beginning. */
bool account_in(FILE *passwd, uid_t uid, struct account *account);

/*
 * Puts up to `most` groups into `groups`: the primary one, then those in the
 * file `group` that list the user. Returns how many.
 */
size_t account_groups(const char *group, const struct account *account,
    gid_t *groups, size_t most);

/* The name of a group in the file `group`, or its number; 64 bytes. */
const char *account_group_name(const char *group, gid_t gid, char name[64]);

/* The same in an open file, or NULL, from its beginning; false if it is the
 * number. */
bool account_group_in(FILE *group, gid_t gid, char name[64]);

#endif
