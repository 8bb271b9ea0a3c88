#include "hookctl/subject.h"

#include "check_facts.h"
#include "hookctl/owner.h"
#include "hookctl/where.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * As whom
 */

static enum status
choose_user(struct subject *subject, const char *name)
{
	if (subject->ordinary)
		return name == NULL ? STATUS_DONE : fail(STATUS_FAILED,
		    "--user %s: only root can check as another user (sudo "
		    "hookctl check)", name);
	if (name == NULL)
		check_user_choose(&subject->search, &subject->user);
	else if (!account_by_name(ACCOUNT_PASSWD, name,
	    &subject->user.account))
		return fail(STATUS_FAILED, "--user %s: there is no such user "
		    "in " ACCOUNT_PASSWD, name);
	if (!check_user_become(&subject->user.account))
		return fail(STATUS_FAILED, "cannot check as %s: %s",
		    subject->user.account.name, strerror(errno));
	return STATUS_DONE;
}

/* The first line. Where the journal does not say who receives, it says why this
 * user was chosen. */
static void
begin(const struct subject *subject, struct report *report)
{
	char name[256];

	if (subject->ordinary)
		report_section(report, "on this machine, as %s",
		    owner_user(geteuid(), name));
	else if (subject->user.owner || subject->named)
		report_section(report, "on this machine, as %s",
		    subject->user.account.name);
	else
		report_section(report, "on this machine, as %s (%s)",
		    subject->user.account.name, subject->user.why);
}

/*
 * The configuration
 */

static void
keep_warning(void *argument, const char *text)
{
	(void)buffer_append(argument, text, strlen(text) + 1);
}

/* The configuration that was found, or NULL, to be freed. */
static char *
find_file(const struct config_search *search)
{
	char **places = config_places(search), *last = NULL;
	struct stat status;
	size_t i;

	for (i = 0; places != NULL && places[i] != NULL; i++)
		last = places[i];
	last = last != NULL && lstat(last, &status) == 0 ? strdup(last) :
	    NULL;
	config_places_free(places);
	return last;
}

/* Whether the configuration may be right all the same: an ordinary user may not
 * read what the receiver's user may, and trusts other owners. */
static bool
is_for_others(const struct subject *subject, const char *file)
{
	const char *denied = strerror(EACCES), *text = subject->problem.text;
	size_t length = strlen(text), end = strlen(denied);
	struct stat status;

	if (!subject->ordinary || (file != NULL && stat(file, &status) == 0 &&
	    status.st_uid == geteuid()))
		return false;
	return subject->status == CONFIG_UNSAFE || (length >= end &&
	    strcmp(text + length - end, denied) == 0);
}

/* Loads it. STATUS_FAILED, after a message, if there is nothing to check. */
static enum status
load(struct subject *subject)
{
	const struct config_search *search = &subject->search;
	char *file;
	bool others;

	subject->search.warn = keep_warning;
	subject->search.warn_argument = &subject->warnings;
	subject->status = config_load(search, &subject->config,
	    &subject->problem);
	if (subject->status == CONFIG_OK)
		return STATUS_DONE;
	if (subject->status == CONFIG_NONE && search->file == NULL &&
	    (search->env_file == NULL || *search->env_file == '\0')) {
		where_nothing(search);
		return STATUS_FAILED;
	}
	if (subject->status == CONFIG_NONE)
		return fail(STATUS_FAILED, "%s", subject->problem.text);
	file = find_file(search);
	others = is_for_others(subject, file);
	free(file);
	return !others ? STATUS_DONE : fail(STATUS_FAILED, "%s; run by root "
	    "(sudo hookctl check), this checks as the user who receives",
	    subject->problem.text);
}

void
subject_say_whose(const struct subject *subject)
{
	const char *directory = subject->config->directory;
	char name[256];
	struct stat folder;

	if (subject->ordinary && stat(directory, &folder) == 0 &&
	    folder.st_uid != geteuid())
		note("%s belongs to %s: run by root (sudo hookctl check), "
		    "this checks as that user", directory,
		    owner_user(folder.st_uid, name));
}

/* The row of a configuration that cannot be used. */
static void
bad_configuration(const struct subject *subject, struct report *report)
{
	char *file = find_file(&subject->search), owner[OWNER_SIZE];
	struct stat status;

	report_row(report, "configuration", FINDING_FAILURE, "%s",
	    subject->problem.text);
	if (file != NULL && stat(file, &status) == 0)
		report_more(report, "%s, %s", file,
		    owner_text(&status, owner));
	report_more(report, "until that is mended, hookline answers 503, and "
	    "nothing else is checked");
	free(file);
}

/*
 * All of it
 */

enum status
subject_find(struct subject *subject, const char *file, const char *user)
{
	enum status status;

	*subject = (struct subject){ .ordinary = geteuid() != 0,
	    .named = user != NULL };
	check_search(&subject->search, file, &subject->owner);
	status = choose_user(subject, user);
	return status == STATUS_DONE ? load(subject) : status;
}

void
subject_report(const struct subject *subject, struct report *report)
{
	begin(subject, report);
	if (subject->config == NULL)
		bad_configuration(subject, report);
}

void
subject_free(struct subject *subject)
{
	config_free(subject->config);
	buffer_free(&subject->warnings);
}
