/*
 * client_url: what client.h offers without libcurl.
 */
#include "client.h"

#include "base/digits.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void
client_answer_free(struct client_answer *answer)
{
	buffer_free(&answer->head);
	buffer_free(&answer->body);
	*answer = (struct client_answer){ 0 };
}

static struct span
trimmed(const char *bytes, size_t length)
{
	while (length > 0 && isspace((unsigned char)bytes[length - 1]))
		length--;
	while (length > 0 && isspace((unsigned char)bytes[0])) {
		bytes++;
		length--;
	}
	return (struct span){ bytes, length };
}

bool
client_header(const struct client_answer *answer, const char *name,
    char *value, size_t room)
{
	const char *line = answer->head.bytes, *end, *newline;
	size_t length = strlen(name);
	struct span text;

	if (line == NULL)
		return false;
	end = line + answer->head.length;
	for (; line < end; line = newline + 1) {
		newline = memchr(line, '\n', (size_t)(end - line));
		if (newline == NULL)
			return false;
		if ((size_t)(newline - line) <= length ||
		    line[length] != ':' ||
		    strncasecmp(line, name, length) != 0)
			continue;
		text = trimmed(line + length + 1,
		    (size_t)(newline - line) - length - 1);
		(void)snprintf(value, room, "%.*s", (int)text.length,
		    text.bytes);
		return true;
	}
	return false;
}

/* Copies a host, without the brackets of an IPv6 address; the length of what
 * was read, or 0. */
static size_t
parse_host(const char *text, struct client_url *parts)
{
	size_t length, brackets = *text == '[';

	length = brackets ? strcspn(text + 1, "]/?#@") :
	    strcspn(text, ":/?#@[]");
	if (length == 0 || length >= sizeof parts->host ||
	    (brackets && text[1 + length] != ']'))
		return 0;
	memcpy(parts->host, text + brackets, length);
	parts->host[length] = '\0';
	return length + 2 * brackets;
}

static bool
parse_port(const char **text, unsigned *port)
{
	uint64_t number;
	size_t digits;

	if (**text != ':')
		return true;
	digits = decimal_prefix(*text + 1, strlen(*text + 1), 65535, &number);
	if (digits == 0 || number == 0)
		return false;
	*port = (unsigned)number;
	*text += 1 + digits;
	return true;
}

bool
client_url_parse(const char *url, struct client_url *parts)
{
	const char *rest;
	size_t host;
	int length;

	if (strncasecmp(url, "http://", 7) == 0) {
		*parts = (struct client_url){ .scheme = "http", .port = 80 };
		rest = url + 7;
	} else if (strncasecmp(url, "https://", 8) == 0) {
		*parts = (struct client_url){ .scheme = "https",
		    .port = 443 };
		rest = url + 8;
	} else
		return false;
	host = parse_host(rest, parts);
	rest += host;
	if (host == 0 || !parse_port(&rest, &parts->port) ||
	    (*rest != '\0' && *rest != '/' && *rest != '?'))
		return false;
	length = snprintf(parts->path, sizeof parts->path, "%s%s",
	    *rest == '/' ? "" : "/", rest);
	if (length < 0 || (size_t)length >= sizeof parts->path)
		return false;
	for (rest = url; *rest != '\0'; rest++)
		if ((unsigned char)*rest <= ' ' || *rest == '#' ||
		    (unsigned char)*rest >= 0x7f)
			return false;
	return true;
}

bool
client_url_is_loopback(const struct client_url *parts)
{
	return strcasecmp(parts->host, "localhost") == 0 ||
	    strcmp(parts->host, "::1") == 0 ||
	    (strncmp(parts->host, "127.", 4) == 0 &&
	    strspn(parts->host, "0123456789.") == strlen(parts->host));
}
