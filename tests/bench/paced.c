/*
 * paced: how long an answer takes at a given rate.
 *
 *   paced PORT POOL RATE MILLISECONDS CONNECTIONS
 *
 * Request N is due at N / RATE seconds, whatever happens to earlier ones. If no
 * connection is free, it waits, but its time counts from when it was due: a
 * server that stalls is charged for the requests it delayed. Bodies must fit
 * into a socket's buffer, because sending blocks. Prints "COUNT P50 P99 P999
 * MAX ERRORS", times in microseconds.
 */
#include "bench.h"

#include <sys/prctl.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024
#define ANSWER_MAX 2048
#define PATIENCE_NS 5000000000	/* for the last answers */

struct connection {
	int64_t due;		/* of the request in progress, or 0 */
	size_t length;
	char answer[ANSWER_MAX];
};

struct load {
	struct pool pool;
	struct sockaddr_in peer;
	int64_t began;
	double interval;	/* nanoseconds */
	size_t total, sent, ended, errors;
	nfds_t count;
	struct pollfd polled[CONNECTIONS_MAX];
	struct connection connections[CONNECTIONS_MAX];
	int64_t *times;
};

static int64_t
due(const struct load *load, size_t index)
{
	return load->began + (int64_t)((double)index * load->interval);
}

static void
open_connection(struct load *load, nfds_t i)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd == -1 || connect(fd, (struct sockaddr *)&load->peer,
	    sizeof load->peer) == -1)
		bench_fail("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	load->polled[i] = (struct pollfd){ .fd = fd, .events = POLLIN };
}

static void
reopen(struct load *load, nfds_t i)
{
	close(load->polled[i].fd);
	open_connection(load, i);
}

static void
send_request(struct load *load, nfds_t i)
{
	struct connection *connection = &load->connections[i];
	struct span text = pool_request(&load->pool, load->sent);

	connection->due = due(load, load->sent++);
	connection->length = 0;
	while (text.length > 0) {
		ssize_t sent = send(load->polled[i].fd, text.bytes, text.length,
		    MSG_NOSIGNAL);

		if (sent <= 0)
			return;	/* reading will tell */
		text.bytes += sent;
		text.length -= (size_t)sent;
	}
}

/* The request of connection `i` has succeeded or failed. */
static void
end_request(struct load *load, nfds_t i, bool good)
{
	struct connection *connection = &load->connections[i];

	load->times[load->ended++] = bench_now() - connection->due;
	load->errors += !good;
	connection->due = 0;
	if (!good || strstr(connection->answer, "Connection: close") != NULL)
		reopen(load, i);
}

/* Every answer has a Content-Length and a short body. */
static bool
is_complete(const struct connection *connection)
{
	const char *body = strstr(connection->answer, "\r\n\r\n");
	const char *length = strcasestr(connection->answer, "\r\nContent-Length:");

	return body != NULL && length != NULL && length < body &&
	    strlen(body + 4) >= strtoul(length + 17, NULL, 10);
}

static void
receive(struct load *load, nfds_t i)
{
	struct connection *connection = &load->connections[i];
	ssize_t got = recv(load->polled[i].fd,
	    connection->answer + connection->length,
	    ANSWER_MAX - 1 - connection->length, MSG_DONTWAIT);

	if (got == -1 && errno == EAGAIN)
		return;
	if (connection->due == 0) {	/* closed while it was idle */
		reopen(load, i);
		return;
	}
	if (got <= 0) {
		end_request(load, i, false);
		return;
	}
	connection->length += (size_t)got;
	connection->answer[connection->length] = '\0';
	if (is_complete(connection))
		end_request(load, i, strncmp(connection->answer,
		    "HTTP/1.1 200 ", 13) == 0);
}

static void
send_what_is_due(struct load *load)
{
	int64_t now = bench_now();
	nfds_t i;

	for (i = 0; i < load->count && load->sent < load->total &&
	    due(load, load->sent) <= now; i++)
		if (load->connections[i].due == 0)
			send_request(load, i);
}

/* Waits for input, or until the next request is due and can be sent. */
static void
wait_for_some(struct load *load)
{
	int64_t left = PATIENCE_NS;
	struct timespec wait;
	nfds_t i;
	int ready;

	if (load->sent < load->total &&
	    load->sent - load->ended < (size_t)load->count) {
		left = due(load, load->sent) - bench_now();
		left = left < 0 ? 0 : left;
	}
	wait = (struct timespec){ left / 1000000000, left % 1000000000 };
	ready = ppoll(load->polled, load->count, &wait, NULL);
	if (ready == 0 && left == PATIENCE_NS) {
		errno = ETIMEDOUT;
		bench_fail("no answer");
	}
	for (i = 0; ready > 0 && i < load->count; i++)
		if (load->polled[i].revents != 0)
			receive(load, i);
}

static int
by_size(const void *one, const void *other)
{
	int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

	return (a > b) - (a < b);
}

static void
report(struct load *load)
{
	static const size_t permille[] = { 500, 990, 999 };
	size_t i, last = load->ended - 1;

	qsort(load->times, load->ended, sizeof *load->times, by_size);
	printf("%zu", load->ended);
	for (i = 0; i < sizeof permille / sizeof permille[0]; i++)
		printf(" %.0f", (double)load->times[last * permille[i] / 1000] /
		    1e3);
	printf(" %.0f %zu\n", (double)load->times[last] / 1e3, load->errors);
}

int
main(int argc, char **argv)
{
	static struct load load;
	nfds_t i;

	if (argc != 6) {
		fputs("usage: paced PORT POOL RATE MILLISECONDS CONNECTIONS\n",
		    stderr);
		return 2;
	}
	load.peer.sin_family = AF_INET;
	load.peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	load.peer.sin_port = htons((uint16_t)bench_number(argv[1]));
	pool_open(&load.pool, argv[2]);
	load.interval = 1e9 / (double)bench_number(argv[3]);
	load.total = 1 + (size_t)((double)bench_number(argv[4]) * 1e6 /
	    load.interval);
	load.count = (nfds_t)bench_number(argv[5]);
	load.times = calloc(load.total, sizeof *load.times);
	if (load.times == NULL || load.count > CONNECTIONS_MAX)
		bench_fail("connections");
	prctl(PR_SET_TIMERSLACK, 1);
	for (i = 0; i < load.count; i++)
		open_connection(&load, i);
	load.began = bench_now();
	while (load.ended < load.total) {
		send_what_is_due(&load);
		wait_for_some(&load);
	}
	report(&load);
	return 0;
}
