/*
 * check_facts: what a check looks at, and what it finds. hookctl check and
 * hookline.fcgi --check-config both ask here, and print it in their own ways.
 * Nothing is changed.
 */
#ifndef HOOKLINE_CHECK_FACTS_H
#define HOOKLINE_CHECK_FACTS_H

#include "config/config.h"
#include "journal/trouble.h"

#include <stdbool.h>

/*
 * Begins a search for the configuration by a person or cron: `file` is
 * --config's or NULL, `owner` is all zeros and outlives the search. Root's home
 * is not searched, since the receiver runs as another user.
 */
void check_search(struct config_search *search, const char *file,
    struct account *owner);

/* What is wrong with sync = false; NULL unless the configuration says so. */
const char *check_sync(const struct config *config);

/* What is wrong with the relay that must have passed what is acknowledged; NULL
 * if nothing is, or nobody knows. Valid until the next call. */
const char *check_acknowledge(const struct config *config);

/* Whether the receiver could write to its log_file; if not, `why` gets the
 * reason. The web server's error log is always fine. */
bool check_log(const struct config *config, char *why, size_t room);

struct check_journal {
	const char *word;	/* "not-writable", "disk-full"; NULL: neither */
	char why[TROUBLE_TEXT_MAX + TROUBLE_PATH_MAX]; /* with a word only */
	bool exists;
	const char *warning;	/* about what does not stop it, or NULL */
};

/* Whether the receiver could write to the journal, as this user. */
void check_journal(const struct config *config, struct check_journal *found);

/* What this kernel can take away from the receiver, in words. */
const char *check_sandbox(void);

#endif
