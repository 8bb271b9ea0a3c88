#include "host/account.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

/* If `name` is NULL, the number counts. */
static bool
find(FILE *file, const char *name, uid_t uid, struct account *account)
{
	const struct passwd *entry;
	bool found = false;

	while (file != NULL && !found && (entry = fgetpwent(file)) != NULL) {
		found = (name != NULL ? strcmp(entry->pw_name, name) == 0 :
		    entry->pw_uid == uid) &&
		    strlen(entry->pw_name) < sizeof account->name &&
		    strlen(entry->pw_dir) < sizeof account->home;
		if (found) {
			strcpy(account->name, entry->pw_name);
			strcpy(account->home, entry->pw_dir);
			account->uid = entry->pw_uid;
			account->gid = entry->pw_gid;
		}
	}
	return found;
}

static bool
find_in(const char *passwd, const char *name, uid_t uid,
    struct account *account)
{
	FILE *file = fopen(passwd, "re");
	bool found = find(file, name, uid, account);

	if (file != NULL)
		fclose(file);
	return found;
}

bool
account_by_name(const char *passwd, const char *name, struct account *account)
{
	return find_in(passwd, name, 0, account);
}

bool
account_by_uid(const char *passwd, uid_t uid, struct account *account)
{
	return find_in(passwd, NULL, uid, account);
}

bool
account_in(FILE *passwd, uid_t uid, struct account *account)
{
	if (passwd != NULL)
		rewind(passwd);
	return find(passwd, NULL, uid, account);
}

static bool
has_member(const struct group *entry, const char *name)
{
	size_t i;

	for (i = 0; entry->gr_mem[i] != NULL; i++)
		if (strcmp(entry->gr_mem[i], name) == 0)
			return true;
	return false;
}

size_t
account_groups(const char *group, const struct account *account,
    gid_t *groups, size_t most)
{
	FILE *file = fopen(group, "re");
	const struct group *entry;
	size_t count = 0;

	if (most > 0)
		groups[count++] = account->gid;
	while (file != NULL && count < most &&
	    (entry = fgetgrent(file)) != NULL)
		if (entry->gr_gid != account->gid &&
		    has_member(entry, account->name))
			groups[count++] = entry->gr_gid;
	if (file != NULL)
		fclose(file);
	return count;
}

bool
account_group_in(FILE *group, gid_t gid, char name[64])
{
	const struct group *entry;
	bool found = false;

	(void)snprintf(name, 64, "%lu", (unsigned long)gid);
	if (group != NULL)
		rewind(group);
	while (group != NULL && !found &&
	    (entry = fgetgrent(group)) != NULL) {
		found = entry->gr_gid == gid;
		if (found)
			(void)snprintf(name, 64, "%s", entry->gr_name);
	}
	return found;
}

const char *
account_group_name(const char *group, gid_t gid, char name[64])
{
	FILE *file = fopen(group, "re");

	(void)account_group_in(file, gid, name);
	if (file != NULL)
		fclose(file);
	return name;
}
