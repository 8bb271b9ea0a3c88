#include "relay/sql_connect.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct sql_connect {
	char *url;
	int event;		/* readable at the end */
	PGconn *connection;
	atomic_bool left;	/* by the first of thread and caller; the
				 * second one frees it */
};

/*
 * The thread
 */

static void
release(struct sql_connect *connect)
{
	if (connect->event != -1)
		close(connect->event);
	free(connect->url);
	free(connect);
}

/* What the url has replaces what is before it. */
static PGconn *
connect_to(const char *url)
{
	const char *const names[] = { "fallback_application_name",
	    "connect_timeout", "keepalives", "keepalives_idle",
	    "keepalives_interval", "keepalives_count", "tcp_user_timeout",
	    "target_session_attrs", "dbname", "client_encoding", NULL };
	const char *const values[] = { "hookline-relay",
	    "5", "1", "5",
	    "2", "3", "5000",
	    "read-write", url, "UTF8", NULL };

	return PQconnectdbParams(names, values, 1);
}

static void *
run(void *argument)
{
	struct sql_connect *connect = argument;
	const uint64_t one = 1;

	connect->connection = connect_to(connect->url);
	(void)!write(connect->event, &one, sizeof one);
	if (atomic_exchange(&connect->left, true)) {
		PQfinish(connect->connection);
		release(connect);
	}
	return NULL;
}

/* Signals are for the thread that waits. */
static bool
start(struct sql_connect *connect)
{
	pthread_attr_t attributes;
	pthread_t thread;
	sigset_t all, old;
	bool good;

	if (pthread_attr_init(&attributes) != 0)
		return false;
	(void)pthread_attr_setdetachstate(&attributes,
	    PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	good = pthread_create(&thread, &attributes, run, connect) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attributes);
	return good;
}

/*
 * The caller
 */

struct sql_connect *
sql_connect_begin(const struct relay *relay)
{
	struct sql_connect *connect = calloc(1, sizeof *connect);

	if (connect == NULL)
		return NULL;
	connect->url = strdup(relay->url);
	connect->event = eventfd(0, EFD_CLOEXEC);
	if (connect->url != NULL && connect->event != -1 && start(connect))
		return connect;
	release(connect);
	return NULL;
}

bool
sql_connect_wait(struct sql_connect *connect, int wait_ms)
{
	struct pollfd end = { .fd = connect->event, .events = POLLIN };

	return poll(&end, 1, wait_ms) == 1;
}

PGconn *
sql_connect_end(struct sql_connect *connect)
{
	PGconn *connection = NULL;

	if (sql_connect_wait(connect, 0)) {
		connection = connect->connection;
		connect->connection = NULL;
	}
	if (atomic_exchange(&connect->left, true)) {
		/* It may have come just after that wait. */
		PQfinish(connect->connection);
		release(connect);
	}
	return connection;
}

/*
 * How safe it is
 */

static bool
is_here(const char *host, size_t length)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr six;
	struct in_addr four;

	/* A socket of this machine is a path, or its abstract name. */
	if (length == 0 || *host == '/' || *host == '@' ||
	    (length == 9 && memcmp(host, "localhost", 9) == 0))
		return true;
	if (length >= sizeof text)
		return false;
	memcpy(text, host, length);
	text[length] = '\0';
	if (inet_pton(AF_INET, text, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, text, &six) == 1 &&
	    IN6_IS_ADDR_LOOPBACK(&six);
}

/* Takes the next element of a list; of NULL, it is empty. */
static size_t
next(const char **list, const char **element)
{
	size_t length = *list == NULL ? 0 : strcspn(*list, ",");

	*element = *list;
	if (*list != NULL)
		*list = (*list)[length] == ',' ? *list + length + 1 : NULL;
	return length;
}

bool
sql_connect_is_far(const char *hosts, const char *addresses)
{
	const char *host, *address;
	size_t host_length, address_length;
	bool far = false;

	/* An address goes before the host of the same place. */
	while (!far && (hosts != NULL || addresses != NULL)) {
		host_length = next(&hosts, &host);
		address_length = next(&addresses, &address);
		far = address_length > 0 ? !is_here(address, address_length) :
		    !is_here(host, host_length);
	}
	return far;
}

bool
sql_connect_is_open(PGconn *connection, char *mode, size_t room)
{
	PQconninfoOption *options = PQconninfo(connection), *option;
	const char *hosts = NULL, *addresses = NULL;
	bool far;

	*mode = '\0';
	for (option = options; option != NULL && option->keyword != NULL;
	    option++)
		if (strcmp(option->keyword, "host") == 0)
			hosts = option->val;
		else if (strcmp(option->keyword, "hostaddr") == 0)
			addresses = option->val;
		else if (strcmp(option->keyword, "sslmode") == 0 &&
		    option->val != NULL)
			(void)snprintf(mode, room, "%s", option->val);
	far = sql_connect_is_far(hosts, addresses);
	PQconninfoFree(options);
	return far && strcmp(mode, "verify-full") != 0;
}
