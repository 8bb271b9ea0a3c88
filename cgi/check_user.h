/*
 * check_user: chooses the user that root's --check-config checks as.
 *
 * Root may read and write what the web server's user may not, so a check as
 * root would say that all is well when nothing works.
 */
#ifndef HOOKLINE_CHECK_USER_H
#define HOOKLINE_CHECK_USER_H

#include "config/config.h"

#include <stdbool.h>

/*
 * If root calls this, prints which user it checks as, and becomes that user for
 * good: the owner of the journal's folder; if that is root or there is no
 * folder, www-data; if there is no such user either, root. Does nothing for
 * anybody else. False, with a message on standard error, if it could not become
 * that user.
 */
bool check_user_become(const struct config_search *search);

#endif
