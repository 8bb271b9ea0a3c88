/*
 * check_user: as whom root's --check-config looks at everything.
 *
 * Root may read and write what the web server's user may not, so root's own
 * look would say that all is well where nothing works.
 */
#ifndef HOOKLINE_CHECK_USER_H
#define HOOKLINE_CHECK_USER_H

#include "config/config.h"

#include <stdbool.h>

/*
 * Where root asks, says on standard output as whom things are checked, and
 * becomes that user for good: the owner of the journal's folder; where that is
 * root, or there is no folder, www-data; where there is no such user either,
 * root. Anybody else stays who he is, and nothing is said. False, with a
 * message on standard error, where it could not become that user.
 */
bool check_user_become(const struct config_search *search);

#endif
