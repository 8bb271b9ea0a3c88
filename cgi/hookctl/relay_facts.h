/*
 * relay_facts: how the relays are doing, from the configuration, the journal's
 * folder relay/, and .state/relays. Nothing is written.
 */
#ifndef HOOKLINE_HOOKCTL_RELAY_FACTS_H
#define HOOKLINE_HOOKCTL_RELAY_FACTS_H

#include "base/error.h"
#include "config/config.h"
#include "journal/relays.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum relay_is {
	RELAY_IS_IN_STEP,	/* there is nothing to send */
	RELAY_IS_SENDING,
	RELAY_IS_HELD,		/* its destination takes nothing now */
	RELAY_IS_REFUSED,	/* a record was refused and is tried again */
	RELAY_IS_FAILED,	/* it cannot work at all */
	RELAY_IS_STOPPED,	/* it is not running */
	RELAY_IS_UNKNOWN	/* .state/relays cannot be read */
};

struct relay_facts {
	const struct relay *relay;	/* of the configuration */
	enum relay_is is;
	bool published;		/* there is a `status` */
	bool status_hidden;	/* it cannot be read */
	bool running;
	struct relays_status status; /* its counts are 0 if there is none */

	/* By its cursor, or, if that cannot be read, by the position that the
	 * relay has published. */
	bool counted;		/* the next two are known */
	uint64_t behind;	/* records in the journal that are not done */
	int64_t oldest_at;	/* received_at of the oldest of them */
	uint64_t removed;	/* records that retention removed unsent */
	bool malformed;		/* the cursor is */
	bool again;		/* the cursor does not fit the journal, so all
				 * records are sent again */

	bool dead_known;
	uint64_t dead;		/* lines in relay/NAME.dead.jsonl */
	int unreadable;		/* the errno of a file that cannot be read; 0:
				 * none */
};

struct relay_facts_list {
	struct relay_facts *relays;	/* in the order of the configuration */
	size_t count;
	char **gone;		/* names that have a cursor and are not in the
				 * configuration */
	size_t gone_count;
};

/*
 * Looks at all relays of the configuration, for the journal `directory`, whose
 * open folder is `folder`, or -1 if there is none yet. On an error, errno says
 * why. relay_facts_free() is due in any case.
 */
enum error relay_facts_read(const struct config *config,
    const char *directory, int folder, struct relay_facts_list *list);

/* relay_gone.c, for relay_facts_read(): adds the relays that are gone, as far
 * as relay/ can be read and memory suffices. */
void relay_facts_find_gone(const struct config *config, int folder,
    struct relay_facts_list *list);

void relay_facts_free(struct relay_facts_list *list);

/* Whether somebody has to look after the relay: it is held, has failed, has
 * dead letters, or is not running although there is something to send. */
bool relay_facts_wrong(const struct relay_facts *facts);

#endif
