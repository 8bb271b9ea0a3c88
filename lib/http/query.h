/*
 * query: reads application/x-www-form-urlencoded query strings strictly (WHATWG
 * URL Standard, "application/x-www-form-urlencoded parsing"), as far as Meta's
 * verification request needs it.
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
 * ends with a NUL and is "" unless the result is QUERY_ONCE. A malformed escape
 * anywhere in the string gives QUERY_MALFORMED. A parameter without '=' is
 * empty.
 */
enum query_count query_hub(const char *query, const char *name,
    char value[QUERY_VALUE_MAX]);

/*
 * Whether any parameter's name begins with hub. or hub_, escaped or not: the
 * query is then meant as Meta's verification, right or wrong. Other parameters
 * do not count, such as the fbclid in a link or one that a monitor adds.
 */
bool query_has_hub(const char *query);

#endif
