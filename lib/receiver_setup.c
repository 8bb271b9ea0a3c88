#include "receiver_internal.h"

#include "base/log.h"
#include "base/sandbox.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDERS_MAX 16		/* of the configuration's files */

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

/* The folder stays what it was at the first request: a journal that moved
 * under running processes would have two live files. */
static bool
settle_directory(struct receiver *receiver)
{
	const char *directory = receiver->config->directory;

	if (receiver->directory == NULL)
		receiver->directory = strdup(directory);
	else if (strcmp(receiver->directory, directory) != 0)
		LOG(LOG_LEVEL_WARNING, "config",
		    LOG_TEXT("problem", "directory changed: restart needed"),
		    LOG_TEXT("directory", receiver->directory));
	return receiver->directory != NULL;
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
	if (!prepare_keys(receiver) || !settle_directory(receiver)) {
		receiver->config = NULL;
		receiver->status = CONFIG_BAD;
	}
}

/* The folder of the file itself, wherever a link to it stands; to be freed. */
static char *
folder_of(const char *name)
{
	char *path = realpath(name, NULL);
	char *slash = path != NULL ? strrchr(path, '/') : NULL;

	if (slash != NULL)
		slash[slash == path] = '\0';
	return path;
}

/*
 * Gives up all files but the journal's and those beside the configuration's:
 * these have to be read again when they change.
 */
void
receiver_confine(struct receiver *receiver)
{
	char *folders[FOLDERS_MAX];
	const char *name;
	size_t count = 0, i;

	if (receiver->confined || access(receiver->directory, F_OK) == -1)
		return;
	receiver->confined = true;
	for (i = 0; count < FOLDERS_MAX && (name = config_file_name(
	    receiver->config, i)) != NULL; i++) {
		folders[count] = folder_of(name);
		count += folders[count] != NULL;
	}
	sandbox_enter(receiver->directory, receiver->config->log_file,
	    (const char *const *)folders, count);
	while (count > 0)
		free(folders[--count]);
}

struct journal_options
receiver_journal_options(const struct receiver *receiver)
{
	struct journal_options options = receiver->config->journal;

	options.directory = receiver->directory;
	options.key_of = receiver_key_of;
	return options;
}

struct receiver *
receiver_new(const struct receiver_setup *setup)
{
	struct receiver *receiver = calloc(1, sizeof *receiver);

	if (receiver == NULL)
		return NULL;
	receiver->setup = setup;
	receiver->current = current_new(setup->config_file,
	    setup->process_env, setup->cgi);
	receiver->notification = notification_new();
	if (receiver->current == NULL || receiver->notification == NULL) {
		receiver_free(receiver);
		return NULL;
	}
	/* Before the first request, so that the log says what is wrong. */
	if (!setup->cgi)
		receiver_refresh(receiver, NULL, NULL);
	return receiver;
}

void
receiver_free(struct receiver *receiver)
{
	if (receiver == NULL)
		return;
	journal_close(receiver->journal);
	tally_close(receiver->tally);
	forget_keys(receiver);
	current_free(receiver->current);
	notification_free(receiver->notification);
	record_batch_free(&receiver->batch);
	buffer_free(&receiver->entries);
	buffer_free(&receiver->body);
	free(receiver->directory);
	free(receiver);
}
