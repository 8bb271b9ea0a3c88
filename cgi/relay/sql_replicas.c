#include "relay/sql_replicas.h"

#include "base/digits.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t\r\n\f\v"
#define DIGITS "0123456789"
#define ENDS BLANKS ",()\""	/* of a word */
#define MOST 1000000

static const char *
skip_blanks(const char *at)
{
	return at + strspn(at, BLANKS);
}

/* The end of a name; NULL if there is none. Quotes in a quoted one are
 * doubled. */
static const char *
name_end(const char *at)
{
	const char *end;

	if (*at != '"') {
		end = at + strcspn(at, ENDS);
		return end == at ? NULL : end;
	}
	do {
		at = strchr(at + 1, '"');
		if (at == NULL)
			return NULL;
	} while (*++at == '"');
	return at;
}

/* Passes one or more names and the commas between them; NULL if the text is
 * anything else. */
static const char *
list_end(const char *at)
{
	for (;;) {
		at = name_end(skip_blanks(at));
		if (at == NULL)
			return NULL;
		at = skip_blanks(at);
		if (*at != ',')
			return at;
		at++;
	}
}

/* Passes FIRST or ANY, which may be a standby's name as well: then what comes
 * after it is neither a number nor a parenthesis. */
static const char *
skip_method(const char *at)
{
	size_t length = strcspn(at, ENDS);

	if ((length == 5 && strncasecmp(at, "FIRST", length) == 0) ||
	    (length == 3 && strncasecmp(at, "ANY", length) == 0))
		return skip_blanks(at + length);
	return at;
}

/* Reads "2 (a, b)". */
static bool
read_counted(const char *at, uint64_t *count)
{
	size_t length = strspn(at, DIGITS);

	if (!decimal_read(at, length, MOST, count))
		return false;
	at = skip_blanks(at + length);
	if (*at != '(')
		return false;
	at = list_end(at + 1);
	return at != NULL && *at == ')' && *skip_blanks(at + 1) == '\0';
}

uint64_t
sql_replicas_demanded(const char *names)
{
	const char *end;
	uint64_t count;

	names = skip_blanks(names);
	if (read_counted(skip_method(names), &count))
		return count;
	end = list_end(names);
	return end != NULL && *end == '\0' ? 1 : 0;
}
