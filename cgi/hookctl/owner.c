#include "hookctl/owner.h"

#include "config/account.h"

#include <grp.h>
#include <stdio.h>

/* The name of a group, or its number. */
static void
name_group(gid_t gid, char out[256])
{
	FILE *file = fopen(ACCOUNT_GROUP, "re");
	const struct group *entry;

	(void)snprintf(out, 256, "%lu", (unsigned long)gid);
	while (file != NULL && (entry = fgetgrent(file)) != NULL)
		if (entry->gr_gid == gid) {
			(void)snprintf(out, 256, "%s", entry->gr_name);
			break;
		}
	if (file != NULL)
		(void)fclose(file);
}

const char *
owner_text(const struct stat *status, char out[OWNER_SIZE])
{
	struct account account;
	char group[256];

	if (!account_by_uid(ACCOUNT_PASSWD, status->st_uid, &account))
		(void)snprintf(account.name, sizeof account.name, "%lu",
		    (unsigned long)status->st_uid);
	name_group(status->st_gid, group);
	(void)snprintf(out, OWNER_SIZE, "%s:%s %04o", account.name, group,
	    (unsigned)status->st_mode & 07777);
	return out;
}

const char *
owner_user(uid_t uid, char out[256])
{
	struct account account;

	if (account_by_uid(ACCOUNT_PASSWD, uid, &account))
		(void)snprintf(out, 256, "%s", account.name);
	else
		(void)snprintf(out, 256, "user %lu", (unsigned long)uid);
	return out;
}
