#include "adapter.h"
#include "adapter_internal.h"

#include <sys/socket.h>

#include <stdlib.h>

#define DRAIN_MAX ((size_t)64 << 20)	/* bytes */

const int adapter_stop_signals[ADAPTER_STOP_SIGNALS] = { SIGTERM, SIGINT,
    SIGUSR1, SIGHUP };

enum adapter_mode
adapter_detect(void)
{
	int listening = 0;
	socklen_t length = sizeof listening;

	if (getsockopt(0, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0
	    && listening)
		return ADAPTER_FASTCGI;
	if (getenv("REQUEST_METHOD") != NULL ||
	    getenv("GATEWAY_INTERFACE") != NULL)
		return ADAPTER_CGI;
	return ADAPTER_PERSON;
}

bool
adapter_by_tcp(void)
{
	struct sockaddr_storage name;
	socklen_t length = sizeof name;

	return getsockname(0, (struct sockaddr *)&name, &length) == 0 &&
	    (name.ss_family == AF_INET || name.ss_family == AF_INET6);
}

void
adapter_stop_set(sigset_t *set)
{
	size_t i;

	sigemptyset(set);
	for (i = 0; i < ADAPTER_STOP_SIGNALS; i++)
		sigaddset(set, adapter_stop_signals[i]);
}

bool
adapter_stop_pending(void)
{
	sigset_t pending;
	size_t i;

	sigpending(&pending);
	for (i = 0; i < ADAPTER_STOP_SIGNALS; i++)
		if (sigismember(&pending, adapter_stop_signals[i]))
			return true;
	return false;
}

void
adapter_drain(const struct exchange *exchange, struct patience *patience)
{
	char trash[16384];
	size_t total = 0;
	ssize_t got;

	patience_limit(patience, DRAIN_MS);
	while (total < DRAIN_MAX && (got = exchange->read(exchange->context,
	    trash, sizeof trash)) > 0)
		total += (size_t)got;
}
