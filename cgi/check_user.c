#include "check_user.h"

#include "config/account.h"

#include <sys/stat.h>

#include <errno.h>
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

/* Chooses the user to become, and prints it. */
static void
choose(const char *directory, struct account *account)
{
	static const char label[] = "checked as:      ";
	struct stat folder;
	bool there = directory != NULL && stat(directory, &folder) == 0;

	if (there && owner_of(&folder, account)) {
		printf("%s %s (owner of %s)\n", label, account->name,
		    directory);
		return;
	}
	if (!account_by_name(ACCOUNT_PASSWD, WEB_USER, account)) {
		*account = (struct account){ .name = "root" };
		printf("%s root (there is no user " WEB_USER ")\n", label);
	} else if (directory == NULL)
		printf("%s " WEB_USER " (no configuration names the "
		    "journal's folder)\n", label);
	else
		printf("%s " WEB_USER " (%s %s)\n", label, directory,
		    there ? "belongs to root" : "does not exist");
}

static bool
become(const struct account *account)
{
	gid_t groups[GROUPS_MAX];
	size_t count = account_groups(ACCOUNT_GROUP, account, groups,
	    GROUPS_MAX);

	if (account->uid == 0)
		return true;
	if (setgroups(count, groups) == 0 &&
	    setresgid(account->gid, account->gid, account->gid) == 0 &&
	    setresuid(account->uid, account->uid, account->uid) == 0)
		return true;
	(void)fflush(stdout);
	fprintf(stderr, "hookline.fcgi: cannot check as %s: %s\n",
	    account->name, strerror(errno));
	return false;
}

bool
check_user_become(const struct config_search *search)
{
	struct account account = { 0 };
	char *directory;

	if (geteuid() != 0)
		return true;
	directory = find_directory(search);
	choose(directory, &account);
	free(directory);
	return become(&account);
}
