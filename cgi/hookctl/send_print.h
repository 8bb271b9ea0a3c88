/*
 * send_print: shows requests instead of sending them.
 */
#ifndef HOOKLINE_HOOKCTL_SEND_PRINT_H
#define HOOKLINE_HOOKCTL_SEND_PRINT_H

#include "hookctl/hookctl.h"
#include "hookctl/send_maker.h"

/* Prints the request as it goes over the line, with line feeds in place of CR
 * and LF, and one after the body. On a terminal the body is escaped. */
enum status print_request(const struct send_request *request,
    const struct client_url *parts);

/*
 * Prints a curl command that sends the request, for sh. A body that is long, or
 * not plain text, is taken from `file`, which has the same bytes, or, if that
 * is NULL, from a new file in TMPDIR or /tmp, whose name is printed.
 */
enum status print_curl(const struct send_request *request, const char *file);

#endif
