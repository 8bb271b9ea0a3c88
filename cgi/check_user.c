#include "check_user.h"

#include <sys/stat.h>

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WEB_USER "www-data"
#define GROUPS_MAX 256

static void
drop_warning(void *argument, const char *text)
{
	(void)argument;
	(void)text;
}

/*
 * The journal's folder, which the caller frees; NULL if no configuration names
 * one. Root reads the configuration whoever owns it, and changes nothing: the
 * other user will find out whether it may be used.
 */
static char *
find_directory(const struct config_search *search)
{
	struct config_search any = *search;
	struct config_problem problem;
	struct config *config;
	char *directory = NULL;

	any.look = true;
	any.believe = true;
	any.warn = drop_warning;
	if (config_load(&any, &config, &problem) == CONFIG_OK)
		directory = strdup(config->directory);
	config_free(config);
	return directory;
}

/* The owner of a folder, even one without a name; false if it is root. */
static bool
owner_of(const struct stat *folder, struct account *account)
{
	if (folder->st_uid == 0)
		return false;
	if (!account_by_uid(ACCOUNT_PASSWD, folder->st_uid, account)) {
		account->uid = folder->st_uid;
		account->gid = folder->st_gid;
		(void)snprintf(account->name, sizeof account->name, "user %ld",
		    (long)folder->st_uid);
	}
	return true;
}

static void
choose(const char *directory, struct check_user *user)
{
	struct stat folder;
	bool there = directory != NULL && stat(directory, &folder) == 0;

	user->owner = there && owner_of(&folder, &user->account);
	if (user->owner)
		(void)snprintf(user->why, sizeof user->why, "owner of %s",
		    directory);
	else if (!account_by_name(ACCOUNT_PASSWD, WEB_USER, &user->account)) {
		user->account = (struct account){ .name = "root" };
		(void)snprintf(user->why, sizeof user->why,
		    "there is no user " WEB_USER);
	} else if (directory == NULL)
		(void)snprintf(user->why, sizeof user->why,
		    "no configuration names the journal's folder");
	else
		(void)snprintf(user->why, sizeof user->why, "%s %s", directory,
		    there ? "belongs to root" : "does not exist");
}

void
check_user_choose(const struct config_search *search, struct check_user *user)
{
	char *directory = find_directory(search);

	*user = (struct check_user){ 0 };
	choose(directory, user);
	free(directory);
}

bool
check_user_become(const struct account *account)
{
	gid_t groups[GROUPS_MAX];
	size_t count = account_groups(ACCOUNT_GROUP, account, groups,
	    GROUPS_MAX);

	return account->uid == 0 || (setgroups(count, groups) == 0 &&
	    setresgid(account->gid, account->gid, account->gid) == 0 &&
	    setresuid(account->uid, account->uid, account->uid) == 0);
}
