#include "hookctl/subscriptions_words.h"

#include "client.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DIGITS "0123456789"
#define NAME_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"abcdefghijklmnopqrstuvwxyz" DIGITS "_.-"
#define NAME_LONGEST 100
#define FIELDS_LONGEST 4000
#define ID_LONGEST 32
#define TOKEN_LONGEST 1000	/* a prompt takes hardly more */

const char *
object_fault(const char *text)
{
	size_t length = strspn(text, NAME_LETTERS);

	if (*text == '\0')
		return "is empty";
	if (text[length] != '\0')
		return "has a character other than letters, digits and _";
	return length > NAME_LONGEST ? "is longer than 100 bytes" : NULL;
}

/* Whether the name of this length comes again later in the list. */
static bool
comes_again(const char *name, size_t length)
{
	const char *at = name + length;

	while (*at == ',') {
		size_t other = strcspn(++at, ",");

		if (other == length && memcmp(at, name, length) == 0)
			return true;
		at += other;
	}
	return false;
}

const char *
fields_fault(const char *text)
{
	const char *at = text;
	size_t length;

	if (strlen(text) > FIELDS_LONGEST)
		return "is longer than 4000 bytes";
	for (;;) {
		length = strspn(at, NAME_LETTERS);
		if (at[length] != '\0' && at[length] != ',')
			return "has a character other than letters, digits, _ "
			    "and the commas between fields";
		if (length == 0)
			return "has an empty field";
		if (length > NAME_LONGEST)
			return "has a field of more than 100 bytes";
		if (comes_again(at, length))
			return "has a field twice";
		if (at[length] == '\0')
			return NULL;
		at += length + 1;
	}
}

bool
is_graph_id(const char *text)
{
	size_t length = strspn(text, DIGITS);

	return length > 0 && length <= ID_LONGEST && text[length] == '\0';
}

bool
is_graph_version(const char *text)
{
	size_t major, minor;

	if (*text != 'v')
		return false;
	major = strspn(text + 1, DIGITS);
	if (major == 0 || major > 4 || text[1 + major] != '.')
		return false;
	minor = strspn(text + 2 + major, DIGITS);
	return minor > 0 && minor <= 4 && text[2 + major + minor] == '\0';
}

const char *
token_fault(const char *text)
{
	size_t i;

	if (*text == '\0')
		return "is missing";
	if (strlen(text) > TOKEN_LONGEST)
		return "is longer than 1000 bytes";
	for (i = 0; text[i] != '\0'; i++)
		if (text[i] <= ' ' || text[i] >= 0x7f)
			return "has a blank or a character that is not ASCII";
	return NULL;
}

/* The length of a path, not counting a slash at its end. */
static size_t
path_length(const char *path)
{
	size_t length = strcspn(path, "?");

	return length > 0 && path[length - 1] == '/' ? length - 1 : length;
}

bool
leads_to(const char *url, const char *callback_url)
{
	struct client_url one, two;
	size_t length;

	if (strcmp(url, callback_url) == 0)
		return true;
	if (!client_url_parse(url, &one) ||
	    !client_url_parse(callback_url, &two))
		return false;
	length = path_length(one.path);
	return strcmp(one.scheme, two.scheme) == 0 &&
	    strcasecmp(one.host, two.host) == 0 && one.port == two.port &&
	    length == path_length(two.path) &&
	    memcmp(one.path, two.path, length) == 0 &&
	    strcmp(one.path + strcspn(one.path, "?"),
	    two.path + strcspn(two.path, "?")) == 0;
}

static bool
is_secret(const char *parameter)
{
	static const char *const names[] = { "access_token=",
		"appsecret_proof=" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strncmp(parameter, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

bool
query_of_next(const char *url, char *query, size_t room)
{
	const char *at = strchr(url, '?');
	size_t used = 0, length;

	*query = '\0';
	while (at != NULL && *at != '\0') {
		at++;
		length = strcspn(at, "&");
		if (memchr(at, '#', length) != NULL || used + length + 2 > room)
			return false;
		if (length > 0 && !is_secret(at))
			used += (size_t)snprintf(query + used, room - used,
			    "%s%.*s", used > 0 ? "&" : "", (int)length, at);
		at += length;
	}
	for (at = query; *at != '\0'; at++)
		if (*at <= ' ' || *at >= 0x7f)
			return false;
	return used > 0;
}
