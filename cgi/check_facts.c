#include "check_facts.h"

#include "base/error.h"
#include "base/log.h"
#include "host/sandbox.h"
#include "journal/journal.h"

#include <stdio.h>
#include <unistd.h>

void
check_search(struct config_search *search, const char *file,
    struct account *owner)
{
	*search = (struct config_search){ .file = file, .owner = owner };
	config_search_process(search, environ, false);
	search->look = true;
	/* Root's home is not the home of the user who will run the program. */
	if (geteuid() == 0)
		search->home = NULL;
}

const char *
check_sync(const struct config *config)
{
	return config->journal.sync ? NULL : "sync = false: notifications are "
	    "acknowledged before they are on disk";
}

bool
check_log(const struct config *config, char *why, size_t room)
{
	return config->log_file[0] == '\0' ||
	    log_check(config->log_file, why, room);
}

void
check_journal(const struct config *config, struct check_journal *found)
{
	struct trouble trouble;
	struct journal_options journal = config->journal;
	enum error error;

	*found = (struct check_journal){ 0 };
	journal.trouble = &trouble;
	error = journal_check(&journal, config->max_body);
	found->exists = access(config->directory, F_OK) == 0;
	if (error != ERR_NONE) {
		found->word = error == ERR_FULL ? "disk-full" : "not-writable";
		trouble_text(&trouble, found->why);
		if (found->why[0] == '\0')
			(void)snprintf(found->why, sizeof found->why, "%s",
			    config->directory);
	} else if (journal_cannot_rotate(&journal))
		found->warning = "archive/ is on another device: nothing "
		    "rotates, and keep_files, keep_days and keep_size have "
		    "no effect";
}

/* The first index is Landlock, the second seccomp: whether the kernel has
 * it. */
const char *
check_sandbox(void)
{
	static const char *const texts[2][2] = {
		{ "none: this kernel has neither Landlock nor seccomp",
		    "seccomp alone: this kernel has no Landlock" },
		{ "Landlock alone: this kernel has no seccomp",
		    "Landlock and seccomp" } };
	struct sandbox sandbox = sandbox_available();

	return texts[sandbox.files][sandbox.calls];
}
