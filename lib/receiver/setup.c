#include "receiver/internal.h"

#include "base/log.h"
#include "base/path.h"

#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATHS_MAX 34		/* that the sandbox allows */

static void
forget_keys(struct receiver *receiver)
{
	size_t i;

	for (i = 0; i < receiver->key_count; i++)
		signature_keys_free(receiver->keys[i]);
	free(receiver->keys);
	receiver->keys = NULL;
	receiver->key_count = 0;
}

static bool
prepare_keys(struct receiver *receiver)
{
	const struct config *config = receiver->config;
	size_t i;

	forget_keys(receiver);
	receiver->keys = calloc(config->endpoint_count,
	    sizeof *receiver->keys);
	if (receiver->keys == NULL)
		return false;
	receiver->key_count = config->endpoint_count;
	for (i = 0; i < config->endpoint_count; i++) {
		const struct endpoint *endpoint = &config->endpoints[i];

		receiver->keys[i] = signature_keys_new(endpoint->app_secrets,
		    endpoint->secret_count, endpoint->allow_sha1);
		if (receiver->keys[i] == NULL)
			return false;
	}
	return true;
}

/* Where the sandbox is closed already, another folder cannot be opened; then
 * the process has to end. */
static bool
take_directory(struct receiver *receiver)
{
	const char *directory = receiver->config->directory;

	if (receiver->directory != NULL &&
	    strcmp(receiver->directory, directory) == 0)
		return true;
	counters_close(receiver->counters);
	receiver->counters = NULL;
	free(receiver->directory);
	receiver->directory = strdup(directory);
	if (receiver->directory == NULL)
		return false;
	receiver_look_at_bounds(receiver);
	return true;
}

/* Once in a process that goes on; a CGI process would say it each time. */
static void
warn_of_settings(struct receiver *receiver)
{
	if (receiver->config->journal.sync || receiver->warned || receiver->setup->cgi)
		return;
	receiver->warned = true;
	LOG(LOG_LEVEL_WARNING, "config", LOG_TEXT("problem",
	    "sync = false: notifications are acknowledged before the disk "
	    "has them"));
}

void
receiver_refresh(struct receiver *receiver, const char *document_root,
    const char *script_filename)
{
	if (receiver->config != NULL &&
	    current_good(receiver->current, document_root))
		return;
	/* What waits came under the old one. */
	receiver_settle(receiver);
	receiver->status = current_load(receiver->current, document_root,
	    script_filename, &receiver->config);
	journal_close(receiver->journal);
	receiver->journal = NULL;
	if (receiver->config == NULL) {
		forget_keys(receiver);
		return;
	}
	warn_of_settings(receiver);
	receiver->due[HOURLY_SECRETS] = true;
	if (!prepare_keys(receiver) || !take_directory(receiver)) {
		receiver->config = NULL;
		receiver->status = CONFIG_BAD;
		return;
	}
	if (receiver->counters == NULL)
		receiver->counters = counters_open(-1, receiver->directory,
		    receiver->config->journal.file_mode);
}

/*
 * The folders in which the names of the configuration's files are, since these
 * may be switched to other files there, as Kubernetes does, and the folders of
 * the files themselves. To be freed; how many there are.
 */
static size_t
folders_of(const struct config *config, char **folders, size_t room)
{
	const char *name;
	size_t count = 0, i;

	for (i = 0; count + 2 <= room &&
	    (name = config_file_name(config, i)) != NULL; i++) {
		char *file = realpath(name, NULL);

		folders[count] = path_folder(name);
		count += folders[count] != NULL;
		folders[count] = file != NULL ? path_folder(file) : NULL;
		count += folders[count] != NULL;
		free(file);
	}
	return count;
}

static struct sandbox
enter_sandbox(const struct receiver *receiver)
{
	const struct config *config = receiver->config;
	struct sandbox_path paths[PATHS_MAX] = {
		{ receiver->directory, SANDBOX_WRITE },
		{ config->log_file, SANDBOX_APPEND } };
	size_t fixed = config->log_file[0] != '\0' ? 2 : 1, count, i;
	char *folders[PATHS_MAX - 2];
	struct sandbox sandbox;

	count = folders_of(config, folders, PATHS_MAX - 2);
	for (i = 0; i < count; i++)
		paths[fixed + i] = (struct sandbox_path){ folders[i],
		    SANDBOX_READ };
	sandbox = sandbox_enter(paths, fixed + count);
	while (count > 0)
		free(folders[--count]);
	return sandbox;
}

/* Gives up all files but the journal's and those beside the configuration's:
 * these have to be read again when they change. */
void
receiver_confine(struct receiver *receiver)
{
	struct stat status;

	if (receiver->confined || stat(receiver->directory, &status) == -1)
		return;
	receiver->confined = true;
	receiver->bound_device = status.st_dev;
	receiver->bound_inode = status.st_ino;
	receiver->sandbox = enter_sandbox(receiver);
	receiver->due[HOURLY_SANDBOX] = !receiver->sandbox.absent &&
	    (!receiver->sandbox.files || !receiver->sandbox.calls);
}

struct journal_options
receiver_journal_options(struct receiver *receiver)
{
	struct journal_options options = receiver->config->journal;

	options.directory = receiver->directory;
	options.key_of = receiver_key_of;
	options.settings_time = config_modified(receiver->config);
	options.trouble = &receiver->trouble;
	return options;
}

enum error
receiver_open_journal(struct receiver *receiver)
{
	const struct journal_options options =
	    receiver_journal_options(receiver);
	enum error error;

	if (receiver->journal != NULL && journal_moved(receiver->journal)) {
		journal_close(receiver->journal);
		receiver->journal = NULL;
	}
	if (receiver->journal != NULL)
		return ERR_NONE;
	error = journal_open(&options, &receiver->journal);
	if (error == ERR_NONE)
		receiver_confine(receiver);
	/* What the sandbox forbids is nobody's to mend. */
	if (receiver_look_at_bounds(receiver) && error != ERR_NONE) {
		trouble_clear(&receiver->trouble);
		trouble_note(&receiver->trouble, -1, receiver->directory, ".",
		    "not the folder that this process began with",
		    "none: a new process takes over within a minute");
	}
	return error;
}

struct receiver *
receiver_new(const struct receiver_start *start)
{
	struct receiver *receiver = calloc(1, sizeof *receiver);

	if (receiver == NULL)
		return NULL;
	receiver->setup = start;
	receiver_note_start(receiver);
	receiver->current = current_new(start->config_file,
	    start->process_env, start->cgi);
	receiver->notification = notification_new();
	if (receiver->current == NULL || receiver->notification == NULL) {
		receiver_free(receiver);
		return NULL;
	}
	/* Before the first request, so that the log says what is wrong. */
	if (!start->cgi)
		receiver_refresh(receiver, NULL, NULL);
	return receiver;
}

void
receiver_free(struct receiver *receiver)
{
	if (receiver == NULL)
		return;
	journal_close(receiver->journal);
	counters_close(receiver->counters);
	forget_keys(receiver);
	current_free(receiver->current);
	notification_free(receiver->notification);
	record_batch_free(&receiver->batch);
	buffer_free(&receiver->entries);
	buffer_free(&receiver->body);
	free(receiver->directory);
	free(receiver->program);
	if (receiver->own_file != -1)
		close(receiver->own_file);
	free(receiver);
}
