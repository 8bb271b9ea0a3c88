/* Warnings say what is wrong with a token or secret, but show nothing of it. */
#include "config/internal.h"

#include <string.h>

#define SECRET_DIGITS 32	/* hex digits of each of Meta's secrets */
#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* From Meta's guide and its sample app: everybody knows them. */
static const char *const known_tokens[] = { "meatyhamhock", "token", NULL };

/* What our own README, manuals and examples show instead of a token or a
 * secret. */
static const char *const placeholders[] = { "a-long-random-word-of-your-own",
    "the App Secret of your app's Basic Settings",
    "0123456789abcdef0123456789abcdef", "new", "old", "\xe2\x80\xa6", NULL };

/* ' " ` and what word processors turn them into */
static const char *const quotes[] = { "'", "\"", "`", "\xe2\x80\x98",
    "\xe2\x80\x99", "\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e", NULL };

/* U+00A0, U+200B to U+200F, U+202F, U+2060, U+FEFF */
static const char *const unseen[] = { "\xc2\xa0", "\xe2\x80\x8b",
    "\xe2\x80\x8c", "\xe2\x80\x8d", "\xe2\x80\x8e", "\xe2\x80\x8f",
    "\xe2\x80\xaf", "\xe2\x81\xa0", "\xef\xbb\xbf", NULL };

static bool
is_among(const char *text, const char *const *known)
{
	while (*known != NULL && strcmp(text, *known) != 0)
		known++;
	return *known != NULL;
}

static bool
holds(const char *text, const char *const *parts)
{
	while (*parts != NULL && strstr(text, *parts) == NULL)
		parts++;
	return *parts != NULL;
}

/* Base64 may have = only at its end. */
static bool
is_assignment(const char *secret)
{
	const char *rest = secret + strspn(secret, LETTERS DIGITS "_ ");

	return rest > secret && *rest == '=' && rest[strspn(rest, "=")] != '\0';
}

/* What it looks like; NULL if it looks like one of Meta's. */
static const char *
look_of(const char *secret)
{
	size_t length = strlen(secret);

	if (holds(secret, unseen))
		return "it contains a no-break or zero-width space, which is "
		    "invisible: type it in by hand";
	if (is_assignment(secret))
		return "it looks like NAME=value: write only the value";
	if (holds(secret, quotes))
		return "it contains quotes: leave them out";
	/* A user's access token, or app id|app secret. */
	if (strncmp(secret, "EAA", 3) == 0 ||
	    secret[strspn(secret, DIGITS)] == '|')
		return "it looks like an access token: use the app secret "
		    "from the app's Basic Settings";
	if (length != SECRET_DIGITS)
		return length < SECRET_DIGITS ? "it is shorter" :
		    "it is longer";
	return secret[strspn(secret, DIGITS "abcdefABCDEF")] != '\0' ?
	    "it has other characters" : NULL;
}

static void
warn_of_token(const struct loading *loading, const char *name,
    const char *token)
{
	bool known = is_among(token, known_tokens);

	if (known || is_among(token, placeholders))
		config_warn(loading, "endpoint %s: the verify token is an "
		    "example from %s documentation: make up your own", name,
		    known ? "Meta's" : "hookline's own");
}

static void
warn_of_secret(const struct loading *loading, const char *name,
    const char *secret)
{
	const char *look = look_of(secret);

	if (is_among(secret, placeholders))
		config_warn(loading, "endpoint %s: an app secret is an "
		    "example from hookline's own documentation: use the one "
		    "from the app's Basic Settings", name);
	else if (look != NULL)
		config_warn(loading, "endpoint %s: an app secret is not %d "
		    "hex digits, as Meta's are: %s", name, SECRET_DIGITS,
		    look);
}

void
config_weak(const struct config *config,
    void (*warn)(void *argument, const char *text), void *argument)
{
	const struct config_search search = { .warn = warn,
	    .warn_argument = argument };
	const struct loading loading = { .search = &search };
	const struct endpoint *endpoint = config->endpoints;
	size_t i, k;

	for (i = 0; i < config->endpoint_count; i++, endpoint++) {
		for (k = 0; k < endpoint->app_secrets.count; k++)
			warn_of_secret(&loading, endpoint->name,
			    endpoint->app_secrets.texts[k]);
		for (k = 0; k < endpoint->verify_tokens.count; k++)
			warn_of_token(&loading, endpoint->name,
			    endpoint->verify_tokens.texts[k]);
	}
}
