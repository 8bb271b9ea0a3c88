/* The process of one relay. */
#include "relay/relay.h"

#include "relay/http.h"
#include "relay/postbox.h"
#include "relay/source.h"
#include "relay/sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct relay *
find_relay(const struct config *config, const char *name)
{
	size_t i;

	for (i = 0; i < config->relay_count; i++)
		if (strcmp(config->relays[i].name, name) == 0)
			return &config->relays[i];
	return NULL;
}

/* Puts the reason for a failure into the status that it publishes. */
static void
explain(struct postbox *postbox, const char *problem)
{
	struct relays_status *status = postbox_status(postbox);

	(void)snprintf(status->text, sizeof status->text, "%s", problem);
}

/* Into a database, which itself says how far it has come. */
static enum relay_exit
send_rows(const struct relay_start *start, const struct config *config,
    const struct relay *relay, struct source *source, struct postbox *postbox)
{
	if (!start->once)
		postbox_beat(postbox, source);
	return sql_run(start, config, relay, source, postbox);
}

/* By HTTP, from the cursor on. */
static enum relay_exit
send_requests(const struct relay_start *start, const struct config *config,
    const struct relay *relay, struct source *source, struct postbox *postbox)
{
	struct cursor_place place;
	enum error error = postbox_read(postbox, &place);

	if (error != ERR_NONE && error != ERR_MISSING) {
		explain(postbox, error == ERR_DAMAGED ?
		    "its cursor is malformed" : "its cursor cannot be read");
		return EXIT_FAILED;
	}
	source_begin(source, error == ERR_NONE ? &place : NULL);
	if (!start->once)
		postbox_beat(postbox, source);
	/* .state/relays may have been deleted. */
	if (error == ERR_NONE) {
		postbox_status(postbox)->position = place.seq;
		(void)postbox_move(postbox, &place, false);
	}
	return http_run(start, config, relay, source, postbox);
}

static enum relay_exit
send_on(const struct relay_start *start, const struct config *config,
    const struct relay *relay, struct postbox *postbox)
{
	struct source *source = source_new(config->directory, relay);
	enum relay_exit result = EXIT_FAILED;

	if (source != NULL)
		result = relay->kind == RELAY_POSTGRESQL ?
		    send_rows(start, config, relay, source, postbox) :
		    send_requests(start, config, relay, source, postbox);
	postbox_beat(postbox, NULL);
	source_free(source);
	return result;
}

/* Publishes how the relay has ended. */
static void
say_goodbye(struct postbox *postbox, enum relay_exit result)
{
	struct relays_status *status = postbox_status(postbox);

	status->state = result == EXIT_FAILED && !relay_must_end() ?
	    RELAYS_FAILED : RELAYS_ENDED;
	postbox_publish(postbox, true);
}

enum relay_exit
child_run(const struct relay_start *start, const char *name)
{
	struct config *config;
	const struct relay *relay;
	struct postbox *postbox;
	enum relay_exit result = EXIT_FAILED;

	relay_take_signals();
	/* Secrets do not outlive a fork, so each process reads them itself. */
	config = relay_config(start);
	relay = config != NULL ? find_relay(config, name) : NULL;
	if (relay != NULL && postbox_open(config->directory, relay->name,
	    &postbox) == ERR_NONE) {
		result = send_on(start, config, relay, postbox);
		say_goodbye(postbox, result);
		postbox_close(postbox);
	}
	config_free(config);
	return result;
}
