/*
 * subject: as whom hookctl check looks at this machine, and at which
 * configuration.
 */
#ifndef HOOKLINE_HOOKCTL_SUBJECT_H
#define HOOKLINE_HOOKCTL_SUBJECT_H

#include "base/buffer.h"
#include "check_user.h"
#include "config/config.h"
#include "hookctl/hookctl.h"
#include "hookctl/report.h"

#include <stdbool.h>

struct subject {
	bool ordinary;			/* not root runs us: the user stays */
	bool named;			/* by --user */
	struct check_user user;		/* only if root runs us */
	struct config *config;		/* NULL: it cannot be used */
	enum config_status status;	/* of loading it, like the next two */
	struct config_problem problem;
	struct buffer warnings;		/* each with a NUL */
	struct config_search search;	/* private, like the next */
	struct account owner;		/* of our program */
};

/*
 * Becomes the user, for good, and loads the configuration as that user. `file`
 * is --config's, `user` is --user's; either may be NULL. STATUS_FAILED, after a
 * message: there is nothing to check, or not by this user. Always free it.
 */
enum status subject_find(struct subject *subject, const char *file,
    const char *user);
void subject_free(struct subject *subject);

/* Begins the first section, and adds the row of a configuration that cannot be
 * used. */
void subject_report(const struct subject *subject, struct report *report);

/* If an ordinary user runs us and another one owns the journal, says so: some
 * of the failures may be this user's alone. */
void subject_say_whose(const struct subject *subject);

#endif
