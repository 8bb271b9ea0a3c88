#include "http/url.h"

#include "base/digits.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <string.h>
#include <strings.h>

/* Whether an address in brackets, or a host, can be one. */
static bool
is_host(const char *host, bool brackets)
{
	struct in6_addr address;

	if (brackets)
		return inet_pton(AF_INET6, host, &address) == 1;
	return host[strspn(host, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789._-")] == '\0';
}

/* As url_place(), of the host alone. */
static size_t
read_host(const char *text, char *host, size_t room)
{
	size_t length, brackets = *text == '[';

	length = brackets ? strcspn(text + 1, "]") :
	    strcspn(text, ":/?#@[]");
	if (length == 0 || length >= room ||
	    (brackets && text[1 + length] != ']'))
		return 0;
	memcpy(host, text + brackets, length);
	host[length] = '\0';
	return is_host(host, brackets) ? length + 2 * brackets : 0;
}

size_t
url_place(const char *text, char *host, size_t room, unsigned *port)
{
	size_t length = read_host(text, host, room), digits;
	uint64_t number;

	if (length > 0 && text[length] == ':') {
		length++;
		digits = decimal_prefix(text + length, strlen(text + length),
		    65535, &number);
		if (digits == 0 || number == 0)
			return 0;
		*port = (unsigned)number;
		length += digits;
	}
	/* The end of the text is one of these, too. */
	return strchr("/?", text[length]) != NULL ? length : 0;
}

bool
url_is_loopback(const char *host)
{
	struct in6_addr six;
	struct in_addr four;

	if (inet_pton(AF_INET6, host, &six) == 1)
		return IN6_IS_ADDR_LOOPBACK(&six);
	if (inet_pton(AF_INET, host, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	return strcasecmp(host, "localhost") == 0;
}
