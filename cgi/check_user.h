/*
 * check_user: chooses the user that root's checks run as, for hookctl check and
 * hookline.fcgi --check-config.
 *
 * Root may read and write what the web server's user may not, so a check as
 * root would say that all is well when nothing works.
 */
#ifndef HOOKLINE_CHECK_USER_H
#define HOOKLINE_CHECK_USER_H

#include "config/config.h"

#include <stdbool.h>

struct check_user {
	struct account account;
	bool owner;		/* of the journal's folder */
	char why[4096 + 64];	/* "owner of /var/lib/hookline" */
};

/*
 * Chooses the owner of the journal's folder; if that is root or there is no
 * folder, www-data; if there is no such user either, root. For root only, who
 * reads the configuration whoever owns it, and changes nothing.
 */
void check_user_choose(const struct config_search *search,
    struct check_user *user);

/* Becomes that user for good, with the groups of /etc/group. False, with errno,
 * if that is not possible. */
bool check_user_become(const struct account *account);

#endif
