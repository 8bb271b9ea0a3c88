#include "receiver/internal.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

/*
 * The configuration and its keys
 */

static void
forget_keys(struct setup *setup)
{
	size_t i;

	for (i = 0; i < setup->key_count; i++)
		signature_keys_free(setup->keys[i]);
	free(setup->keys);
	setup->keys = NULL;
	setup->key_count = 0;
}

static bool
prepare_keys(struct setup *setup)
{
	const struct config *config = setup->config;
	size_t i;

	setup->keys = calloc(config->endpoint_count, sizeof *setup->keys);
	if (setup->keys == NULL)
		return false;
	setup->key_count = config->endpoint_count;
	for (i = 0; i < config->endpoint_count; i++) {
		const struct endpoint *endpoint = &config->endpoints[i];

		setup->keys[i] = signature_keys_new(
		    endpoint->app_secrets.texts, endpoint->app_secrets.count,
		    endpoint->allow_sha1);
		if (setup->keys[i] == NULL)
			return false;
	}
	return true;
}

/* Warns once in a FastCGI process; a CGI process would do so each time. */
static void
warn_of_settings(struct setup *setup)
{
	if (setup->config->journal.sync || setup->warned || setup->cgi)
		return;
	setup->warned = true;
	LOG(LOG_LEVEL_WARNING, "config", LOG_TEXT("problem",
	    "sync = false: notifications are acknowledged before they are "
	    "on disk"));
}

/* Changes over to the folder that the configuration names. */
static bool
take_directory(struct setup *setup)
{
	const char *directory = setup->config->directory;

	if (setup->directory == NULL ||
	    strcmp(setup->directory, directory) != 0) {
		counters_close(setup->counters);
		setup->counters = NULL;
		free(setup->directory);
		setup->directory = strdup(directory);
	}
	if (setup->directory != NULL && setup->counters == NULL)
		setup->counters = counters_open(-1, directory,
		    setup->config->journal.file_mode);
	return setup->directory != NULL;
}

static void
close_journal(struct setup *setup)
{
	journal_close(setup->journal);
	setup->journal = NULL;
	acknowledge_close(setup->acknowledge);
	setup->acknowledge = NULL;
	renew_end(setup->renewal);
	setup->renewal = NULL;
}

bool
setup_is_stale(const struct setup *setup, const char *document_root)
{
	return setup->config == NULL ||
	    !current_good(setup->current, document_root);
}

void
setup_load(struct setup *setup, const char *document_root,
    const char *script_filename)
{
	close_journal(setup);
	forget_keys(setup);
	setup->status = current_load(setup->current, document_root,
	    script_filename, &setup->config);
	if (setup->config == NULL)
		return;
	warn_of_settings(setup);
	if (!prepare_keys(setup) || !take_directory(setup)) {
		setup->config = NULL;
		setup->status = CONFIG_BAD;
	}
}

bool
setup_begin(struct setup *setup, const struct receiver_start *start)
{
	setup->cgi = start->cgi;
	setup->current = current_new(start->config_file, start->process_env,
	    start->cgi, start->tcp);
	return setup->current != NULL;
}

void
setup_end(struct setup *setup)
{
	close_journal(setup);
	counters_close(setup->counters);
	forget_keys(setup);
	current_free(setup->current);
	free(setup->directory);
}

/*
 * The journal
 */

struct journal_options
setup_journal_options(struct setup *setup)
{
	struct journal_options options = setup->config->journal;

	options.directory = setup->directory;
	options.key_of = key_of_line;
	options.renew = setup->config->lines == LINES_UPDATE ?
	    renew_line : NULL;
	options.context = &setup->renewal;
	options.settings_time = config_modified(setup->config);
	options.trouble = &setup->trouble;
	return options;
}

enum error
setup_open_journal(struct setup *setup)
{
	const struct journal_options options = setup_journal_options(setup);

	if (setup->journal != NULL && journal_moved(setup->journal))
		close_journal(setup);
	return setup->journal != NULL ? ERR_NONE :
	    journal_open(&options, &setup->journal);
}

struct acknowledge *
setup_acknowledge(struct setup *setup)
{
	const char *relay = setup->config == NULL ? NULL :
	    config_acknowledging(setup->config);

	if (setup->acknowledge == NULL && relay != NULL)
		setup->acknowledge = acknowledge_open(setup->directory, relay);
	return setup->acknowledge;
}
