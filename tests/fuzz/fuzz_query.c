/*
 * fuzz_query: the query string of a verification request.
 *
 *  - query_hub() agrees with a second, slow reader, also about the value; it
 *    gives a value only with QUERY_ONCE.
 *  - One more such parameter at the end of a query turns ABSENT into ONCE, ONCE
 *    into REPEATED, and leaves MALFORMED as it is.
 *  - A value written entirely in escapes gives the same value.
 *  - hub.* is found exactly if a second, slow reader finds it.
 *  - query_next() walks through the same parameters as that reader, up to the
 *    first one that is malformed or too long.
 *  - A challenge that is accepted contains only allowed characters.
 */
#include "fuzz.h"

#include "auth/token.h"
#include "http/query.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Decodes in place; stops at a malformed escape and returns false. */
static bool
slow_decode(char *text)
{
	char *out = text, digits[3] = "";

	for (; *text != '\0'; text++, out++) {
		*out = *text == '+' ? ' ' : *text;
		if (*text != '%')
			continue;
		if (!isxdigit((unsigned char)text[1]) ||
		    !isxdigit((unsigned char)text[2])) {
			*out = '\0';
			return false;
		}
		memcpy(digits, text + 1, 2);
		*out = (char)strtol(digits, NULL, 16);
		if (*out == '\0')
			return false;
		text += 2;
	}
	*out = '\0';
	return true;
}

static enum query_count
slow_hub(const char *query, const char *name, char value[QUERY_VALUE_MAX])
{
	char *copy = strdup(query), *rest = copy, *part, *text;
	enum query_count count = QUERY_ABSENT;
	bool good = true;

	value[0] = '\0';
	while (good && (part = strsep(&rest, "&")) != NULL) {
		text = part;
		(void)strsep(&text, "=");
		good = slow_decode(part) && (text == NULL ||
		    slow_decode(text));
		if (!good || strncmp(part, "hub", 3) != 0 || part[3] == '\0' ||
		    strchr("._", part[3]) == NULL ||
		    strcmp(part + 4, name) != 0)
			continue;
		count = count == QUERY_ABSENT ? QUERY_ONCE : QUERY_REPEATED;
		good = text == NULL || strlen(text) < QUERY_VALUE_MAX;
		if (good && text != NULL)
			strcpy(value, text);
	}
	free(copy);
	return good ? count : QUERY_MALFORMED;
}

/* Reads a name up to its first malformed escape. */
static bool
slow_has_hub(const char *query)
{
	char *copy = strdup(query), *rest = copy, *part, *text;
	bool found = false;

	while (!found && (part = strsep(&rest, "&")) != NULL) {
		text = part;
		part = strsep(&text, "=");
		(void)slow_decode(part);
		found = strncmp(part, "hub.", 4) == 0 ||
		    strncmp(part, "hub_", 4) == 0;
	}
	free(copy);
	return found;
}

static void
check_walk(const char *query)
{
	char *copy = strdup(query), *rest = copy, *part, *text;
	struct query_parameter parameter;
	bool good = true;

	while (good && (part = strsep(&rest, "&")) != NULL) {
		if (*part == '\0')
			continue;
		text = part;
		(void)strsep(&text, "=");
		good = slow_decode(part) && (text == NULL ||
		    slow_decode(text)) && strlen(part) < QUERY_NAME_MAX &&
		    (text == NULL || strlen(text) < QUERY_VALUE_MAX);
		MUST(query_next(&query, &parameter) == (good ?
		    QUERY_PARAMETER : QUERY_BAD));
		MUST(!good || (strcmp(parameter.name, part) == 0 &&
		    strcmp(parameter.value, text == NULL ? "" : text) == 0));
	}
	MUST(!good || query_next(&query, &parameter) == QUERY_END);
	free(copy);
}

static void
check_added(const char *query, const char *name, enum query_count count)
{
	char *more = NULL, value[QUERY_VALUE_MAX];
	enum query_count again;

	MUST(asprintf(&more, "%s&hub%%2e%s=v", query, name) > 0);
	again = query_hub(more, name, value);
	MUST(again == (count == QUERY_ABSENT ? QUERY_ONCE :
	    count == QUERY_ONCE ? QUERY_REPEATED : count));
	MUST(strcmp(value, count == QUERY_ABSENT ? "v" : "") == 0);
	free(more);
}

static void
check_escaped(const char *name, const char *value)
{
	char again[QUERY_VALUE_MAX], text[3 * QUERY_VALUE_MAX + 32];
	int at = sprintf(text, "hub_%s=", name);
	const char *p;

	for (p = value; *p != '\0'; p++)
		at += sprintf(text + at, "%%%02X", (unsigned char)*p);
	MUST(query_hub(text, name, again) == QUERY_ONCE);
	MUST(strcmp(again, value) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789._~-";
	static const char *const names[] = { "mode", "verify_token",
	    "challenge" };
	char *query = fuzz_text((struct span){ (const char *)data, size });
	size_t i;

	for (i = 0; i < 3; i++) {
		char value[QUERY_VALUE_MAX], slow[QUERY_VALUE_MAX];
		enum query_count count = query_hub(query, names[i], value);

		MUST(count == QUERY_ABSENT || count == QUERY_MALFORMED ||
		    query_has_hub(query));
		MUST(count == slow_hub(query, names[i], slow));
		MUST(strcmp(value, count == QUERY_ONCE ? slow : "") == 0);
		check_added(query, names[i], count);
		if (count == QUERY_ONCE)
			check_escaped(names[i], value);
		if (token_challenge_ok(value))
			MUST(strlen(value) <= TOKEN_CHALLENGE_MAX &&
			    strlen(value) == strspn(value, allowed));
	}
	MUST(query_has_hub(query) == slow_has_hub(query));
	check_walk(query);
	free(query);
	return 0;
}
