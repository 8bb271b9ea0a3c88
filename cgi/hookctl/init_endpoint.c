#include "hookctl/init.h"

#include "auth/secret.h"
#include "client.h"

#include <sys/random.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

#define STANDARD_PATH "/webhook"
#define URL_LONGEST 1000	/* of callback_url */
#define PART_LENGTH 32		/* of what makes a path hard to guess */

/* Each letter with the same probability. */
static bool
random_text(const char *letters, size_t length, char *text)
{
	size_t count = strlen(letters), at = 0;
	unsigned char byte;

	while (at < length) {
		if (getrandom(&byte, 1, 0) != 1)
			return false;
		if (byte < 256 / count * count)
			text[at++] = letters[byte % count];
	}
	text[length] = '\0';
	return true;
}

static enum status
no_memory(void)
{
	return fail(STATUS_FAILED, "out of memory");
}

static enum status
no_random(void)
{
	return fail(STATUS_FAILED, "getrandom: %s", strerror(errno));
}

static bool
is_host(const char *host)
{
	return host[strspn(host, LOWER UPPER DIGITS ".-:")] == '\0';
}

static enum status
refuse_url(const struct command *command, const char *url)
{
	return usage_error(command, "--url: \"%s\" must be an address "
	    "such as https://hooks.example.com/webhook, of at most %d bytes",
	    url, URL_LONGEST);
}

static enum status
take_url(const struct command *command, const char *url,
    struct init_endpoint *endpoint)
{
	struct client_url parts;

	if (strlen(url) > URL_LONGEST || !client_url_parse(url, &parts) ||
	    !is_host(parts.host))
		return refuse_url(command, url);
	if (!config_is_endpoint_path(parts.path))
		return usage_error(command, "--url: no endpoint can have the "
		    "path \"%s\": it must begin with / and contain no blanks, "
		    "quotes, backslashes, ?, # or non-ASCII characters, at "
		    "most 512 bytes", parts.path);
	/* The configuration wants the scheme in small letters. */
	if (asprintf(&endpoint->url, "%s%s", parts.scheme,
	    url + strlen(parts.scheme)) < 0)
		endpoint->url = NULL;
	endpoint->path = strdup(parts.path);
	if (endpoint->url == NULL || endpoint->path == NULL)
		return no_memory();
	if (strcmp(parts.scheme, "http") == 0)
		note("warning: --url: Meta calls https addresses only; http "
		    "is for tests");
	return STATUS_DONE;
}

/* Appends "/" and a part to a text that is replaced. */
static bool
add_part(char **text, const char *part)
{
	size_t length = strlen(*text);
	char *longer;

	if (length > 0 && (*text)[length - 1] == '/')
		length--;
	if (asprintf(&longer, "%.*s/%s", (int)length, *text, part) < 0)
		return false;
	free(*text);
	*text = longer;
	return true;
}

/* Has the path end in a part that nobody can guess, unless it has one. */
static enum status
hide_path(const struct command *command, struct init_endpoint *endpoint)
{
	char part[PART_LENGTH + 1];

	if (config_is_unguessable(endpoint->path))
		return STATUS_DONE;
	do {
		if (!random_text(LOWER UPPER DIGITS, PART_LENGTH, part))
			return no_random();
	} while (!config_is_unguessable(part));
	if (!add_part(&endpoint->path, part) ||
	    (endpoint->url != NULL && !add_part(&endpoint->url, part)))
		return no_memory();
	if (!config_is_endpoint_path(endpoint->path) ||
	    (endpoint->url != NULL && strlen(endpoint->url) > URL_LONGEST))
		return usage_error(command, "--url: with --unsigned it must "
		    "be %d bytes shorter than without", PART_LENGTH + 1);
	return STATUS_DONE;
}

enum status
init_endpoint_make(const struct command *command, const char *url,
    bool accept_unsigned, struct init_endpoint *endpoint)
{
	enum status status = STATUS_DONE;

	endpoint->accept_unsigned = accept_unsigned;
	if (url != NULL)
		status = take_url(command, url, endpoint);
	else if ((endpoint->path = strdup(STANDARD_PATH)) == NULL)
		status = no_memory();
	if (status == STATUS_DONE && accept_unsigned)
		status = hide_path(command, endpoint);
	if (status == STATUS_DONE && !random_text(LOWER DIGITS,
	    INIT_TOKEN_LENGTH, endpoint->token))
		status = no_random();
	return status;
}

void
init_endpoint_free(struct init_endpoint *endpoint)
{
	free(endpoint->url);
	free(endpoint->path);
	free(endpoint->secret_file);
	secret_free(endpoint->secret);
}
