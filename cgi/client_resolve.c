/*
 * client_resolve: the addresses of a name; see client.h. The static program is
 * built without it: it could look one up only with the libraries of the machine
 * that built it.
 */
#include "client.h"

#include <sys/socket.h>

#include <netdb.h>
#include <stdio.h>
#include <string.h>

static bool
is_there(const struct client_address *addresses, size_t count,
    const char *text)
{
	while (count > 0)
		if (strcmp(addresses[--count].text, text) == 0)
			return true;
	return false;
}

size_t
client_resolve(const char *host, struct client_address *addresses, size_t most,
    bool *failed)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found, *at;
	size_t count = 0;
	int result = getaddrinfo(host, NULL, &hints, &found);

	*failed = result != 0 && result != EAI_NONAME && result != EAI_NODATA;
	if (result != 0)
		return 0;
	for (at = found; at != NULL && count < most; at = at->ai_next) {
		struct client_address *address = &addresses[count];

		if (getnameinfo(at->ai_addr, at->ai_addrlen, address->text,
		    sizeof address->text, NULL, 0, NI_NUMERICHOST) != 0 ||
		    is_there(addresses, count, address->text))
			continue;
		address->six = at->ai_family == AF_INET6;
		count++;
	}
	freeaddrinfo(found);
	return count;
}
