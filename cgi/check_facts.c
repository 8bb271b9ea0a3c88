#include "check_facts.h"

#include "base/error.h"
#include "base/log.h"
#include "host/sandbox.h"
#include "journal/journal.h"
#include "journal/relays.h"

#include <errno.h>
#include <fcntl.h>
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

const char *
check_acknowledge(const struct config *config)
{
	static char text[160];
	const char *name = config_acknowledging(config);
	int folder = name == NULL ? -1 : open(config->directory,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct relays_status status;
	enum error error = ERR_MISSING;

	if (name == NULL || (folder == -1 && errno != ENOENT))
		return NULL;
	if (folder != -1) {
		error = relays_look(folder, name, &status);
		close(folder);
	}
	if (error != ERR_MISSING &&
	    (error != ERR_NONE || relays_beats(&status)))
		return NULL;
	(void)snprintf(text, sizeof text, "acknowledge = \"%s\": that relay "
	    "is not running, so notifications are stored and answered 503: "
	    "start hookline-relay", name);
	return text;
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
