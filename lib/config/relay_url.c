/* The rules for a relay's url. */
#include "config/internal.h"

#include "base/digits.h"

#include <arpa/inet.h>
#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define POSTGRESQL "postgresql://"

bool
config_is_table(const char *text)
{
	return strchr(LOWER, *text) != NULL &&
	    text[strspn(text, LOWER DIGITS "_")] == '\0';
}

static bool
is_postgresql(const char *url)
{
	return strncmp(url, POSTGRESQL, strlen(POSTGRESQL)) == 0;
}

/* The part after the scheme; NULL if the scheme is not supported. */
static const char *
after_scheme(const char *url)
{
	static const char *const schemes[] = { "https://", "http://",
	    POSTGRESQL };
	size_t i;

	for (i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
		if (strncmp(url, schemes[i], strlen(schemes[i])) == 0)
			return url + strlen(schemes[i]);
	return NULL;
}

/* A PostgreSQL URL need not have a host: libpq also takes it from a parameter,
 * or uses its default. */
bool
config_is_relay_url(const char *text)
{
	const char *rest = after_scheme(text), *at;

	for (at = text; *at != '\0'; at++)
		if ((unsigned char)*at <= ' ' || *at == 0x7f)
			return false;
	return *text == '\0' || (rest != NULL && (is_postgresql(text) ||
	    strcspn(rest, "/?#") > 0));
}

/* Whether an address in digits is loopback or private (RFC 1918, RFC 4193), or
 * link-local. */
static bool
is_near(const char *host)
{
	struct in6_addr six;
	struct in_addr four;
	uint32_t number;

	if (inet_pton(AF_INET6, host, &six) == 1)
		return IN6_IS_ADDR_LOOPBACK(&six) ||
		    IN6_IS_ADDR_LINKLOCAL(&six) ||
		    (six.s6_addr[0] & 0xfe) == 0xfc;
	if (inet_pton(AF_INET, host, &four) != 1)
		return strcmp(host, "localhost") == 0;
	number = ntohl(four.s_addr);
	return number >> 24 == 127 || number >> 24 == 10 ||
	    number >> 20 == 0xac1 || number >> 16 == 0xc0a8 ||
	    number >> 16 == 0xa9fe;
}

/* Copies the host of an http url, given what comes after its scheme; false if
 * it is too long. */
static bool
host_of(const char *rest, char *host, size_t room)
{
	size_t length;

	if (*rest == '[')
		length = strcspn(++rest, "]");
	else
		length = strcspn(rest, ":/?#");
	if (length >= room)
		return false;
	memcpy(host, rest, length);
	host[length] = '\0';
	return true;
}

/* What is wrong with an http or https url, or NULL. */
static const char *
http_problem(const char *url, const char *rest)
{
	char host[256];

	if (memchr(rest, '@', strcspn(rest, "/?#")) != NULL)
		return "must not contain a user name or a password";
	if (strchr(rest, '#') != NULL)
		return "must not contain #";
	if (strncmp(url, "https://", 8) == 0 ||
	    (host_of(rest, host, sizeof host) && is_near(host)))
		return NULL;
	return "http:// is only for a loopback or private address, in digits: "
	    "elsewhere, others could read and change what is sent; use "
	    "https://";
}

/* Whether a query has this parameter. Its name there may contain escapes. */
static bool
has_parameter(const char *query, const char *name)
{
	const char *at;
	uint8_t byte;

	for (; *query != '\0'; query += *query == '&') {
		for (at = name; *at != '\0' && *query != '\0'; at++) {
			byte = (uint8_t)*query;
			if (byte == '%' && query[1] != '\0' &&
			    hex_read(query + 1, 1, &byte))
				query += 2;
			if (byte != (uint8_t)*at)
				break;
			query++;
		}
		if (*at == '\0' && *query == '=')
			return true;
		query += strcspn(query, "&");
	}
	return false;
}

/* What is wrong with a PostgreSQL url, or NULL. It looks like
 * postgresql://user:password@host/base?parameters, where each part may be
 * missing (PostgreSQL's manual, "Connection URIs"). */
static const char *
postgresql_problem(const char *rest)
{
	size_t authority = strcspn(rest, "/?");
	const char *at = memchr(rest, '@', authority);
	const char *query = strchr(rest, '?');

	if ((at != NULL && memchr(rest, ':', (size_t)(at - rest)) != NULL) ||
	    (query != NULL && (has_parameter(query + 1, "password") ||
	    has_parameter(query + 1, "sslpassword"))))
		return "must not contain a password: put it into a file that "
		    "the parameter passfile names, or use service";
	return NULL;
}

enum relay_kind
config_relay_kind(const char *url)
{
	return is_postgresql(url) ? RELAY_POSTGRESQL : RELAY_HTTP;
}

const char *
config_relay_url_problem(const char *url)
{
	const char *rest = after_scheme(url);

	if (rest == NULL)
		return "is missing: it says where records are sent";
	return is_postgresql(url) ? postgresql_problem(rest) :
	    http_problem(url, rest);
}
