/*
 * client_url: what client.h offers without libcurl.
 */
#include "client.h"

#include "http/url.h"

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

const char *
client_advice(const struct client_answer *answer)
{
	static const char *const advice[] = {
		[CLIENT_OTHER_FAULT] = "",
		[CLIENT_NO_HOST] = "is the name in the URL right, and does it "
		    "have an address?",
		[CLIENT_NO_CONNECTION] = "is the web server running, and does "
		    "a firewall let this port through?",
		[CLIENT_NO_TLS] = "does the server speak TLS on this port?",
		[CLIENT_NO_CA_FILE] = "the file must be there, readable, and "
		    "hold certificates as PEM",
		[CLIENT_HUNG_UP] = "the web server's error log may say why it "
		    "hung up",
		[CLIENT_NO_HTTP] = "what answers does not speak HTTP: is the "
		    "port right?",
		[CLIENT_TIME_OUT] = "Meta gives up too, and tries again later",
		[CLIENT_CERT_NAME] = "the certificate is for another name: "
		    "get one for the host of the URL, or correct the URL",
		[CLIENT_CERT_EXPIRED] = "the certificate has expired: renew "
		    "it, and reload the web server",
		[CLIENT_CERT_EARLY] = "the certificate is not valid yet: is "
		    "this machine's clock right?",
		[CLIENT_CERT_SELF] = "no public authority has signed "
		    "the certificate, so Meta refuses it too",
		[CLIENT_CERT_CHAIN] = "either the web server does not "
		    "send the intermediate certificates (it needs "
		    "fullchain.pem, not cert.pem), or the certificate is not "
		    "from a public authority: Meta refuses it too",
		[CLIENT_CERT_OTHER] = "Meta refuses such a certificate too" };

	return advice[answer->fault];
}

bool
client_url_parse(const char *url, struct client_url *parts)
{
	const char *rest;
	size_t place;
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
	place = url_place(rest, parts->host, sizeof parts->host,
	    &parts->port);
	if (place == 0)
		return false;
	rest += place;
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
	return url_is_loopback(parts->host);
}
