/*
 * client_url: what client.h offers without libcurl.
 */
#include "client.h"

#include "base/digits.h"

#include <arpa/inet.h>
#include <netinet/in.h>

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

/* Whether a host is well-formed: an IPv6 address in brackets, or a name. */
static bool
is_host(const char *host, bool brackets)
{
	struct in6_addr address;

	if (brackets)
		return inet_pton(AF_INET6, host, &address) == 1;
	return host[strspn(host, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789._-")] == '\0';
}

/* Copies a host, without the brackets of an IPv6 address. Returns how many
 * bytes it took, or 0 if it is malformed. */
static size_t
parse_host(const char *text, struct client_url *parts)
{
	size_t length, brackets = *text == '[';

	length = brackets ? strcspn(text + 1, "]") :
	    strcspn(text, ":/?#@[]");
	if (length == 0 || length >= sizeof parts->host ||
	    (brackets && text[1 + length] != ']'))
		return 0;
	memcpy(parts->host, text + brackets, length);
	parts->host[length] = '\0';
	return is_host(parts->host, brackets) ? length + 2 * brackets : 0;
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
	struct in6_addr long_address;
	struct in_addr address;

	if (inet_pton(AF_INET6, parts->host, &long_address) == 1)
		return IN6_IS_ADDR_LOOPBACK(&long_address);
	if (inet_pton(AF_INET, parts->host, &address) == 1)
		return ntohl(address.s_addr) >> 24 == 127;
	return strcasecmp(parts->host, "localhost") == 0;
}
