/*
 * query: strict reading of application/x-www-form-urlencoded query strings
 * (WHATWG URL Standard, "application/x-www-form-urlencoded parsing"), as far
 * as Meta's verification request needs it.
 */
#ifndef HOOKLINE_HTTP_QUERY_H
#define HOOKLINE_HTTP_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#define QUERY_VALUE_MAX 1024	/* decoded bytes, with the NUL */

enum query_count {
	QUERY_ABSENT,
	QUERY_ONCE,
	QUERY_REPEATED,
	QUERY_MALFORMED		/* bad percent escape, NUL, or value too long */
};

/*
 * Looks for the parameter `hub.<name>`, spelled hub.<name>, hub_<name> or with
 * percent escapes, and decodes its value ('+' is a blank) into `value`, which
 * ends with a NUL and is "" with every answer but QUERY_ONCE. A malformed
 * escape anywhere in the string is QUERY_MALFORMED. A parameter without '=' is
 * empty.
 */
enum query_count query_hub(const char *query, const char *name,
    char value[QUERY_VALUE_MAX]);

/*
 * Whether any parameter's name begins with hub. or hub_, in whatever spelling:
 * the query is meant for Meta's verification, right or wrong. Others, such as
 * the fbclid that a link gets on its way, or what a monitor adds, are not.
 */
bool query_has_hub(const char *query);

#endif
