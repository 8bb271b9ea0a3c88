#include "hookctl/owner.h"

#include "host/account.h"

#include <stdio.h>

const char *
owner_names(uid_t uid, gid_t gid, char out[OWNER_SIZE])
{
	struct account account;
	char group[64];

	if (!account_by_uid(ACCOUNT_PASSWD, uid, &account))
		(void)snprintf(account.name, sizeof account.name, "%lu",
		    (unsigned long)uid);
	(void)snprintf(out, OWNER_SIZE, "%s:%s", account.name,
	    account_group_name(ACCOUNT_GROUP, gid, group));
	return out;
}

const char *
owner_text(const struct stat *status, char out[OWNER_SIZE])
{
	char names[OWNER_SIZE];

	(void)snprintf(out, OWNER_SIZE, "%.*s %04o", OWNER_SIZE - 8,
	    owner_names(status->st_uid, status->st_gid, names),
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
