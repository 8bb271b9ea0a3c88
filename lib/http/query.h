/*
 * query: reads application/x-www-form-urlencoded query strings strictly (WHATWG
 * URL Standard, "application/x-www-form-urlencoded parsing"), as far as Meta's
 * verification request and the inbox need it.
 */
#ifndef HOOKLINE_HTTP_QUERY_H
#define HOOKLINE_HTTP_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#define QUERY_VALUE_MAX 1024	/* decoded bytes, with the NUL */
#define QUERY_NAME_MAX 32	/* the same; longer names are never ours */

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

struct query_parameter {
	char name[QUERY_NAME_MAX];
	char value[QUERY_VALUE_MAX];
};

enum query_read {
	QUERY_PARAMETER,	/* there is one more */
	QUERY_END,		/* there is no more */
	QUERY_BAD		/* the next one is malformed, as above, or its
				 * name is too long; its parts are undefined */
};

/* Reads the next name=value and decodes both. `*query` moves on past it; empty
 * ones, as in "a=1&&b=2", are skipped. */
enum query_read query_next(const char **query,
    struct query_parameter *parameter);

#endif
