/* The loop of adapter_fastcgi.c, in a process of its own with a socket of its
 * own as descriptor 0; how peers are treated is tests/servers/patience.bats'. */
#include "adapter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fastcgi.h>

#include <cmocka.h>

#define WAITING 3	/* connections */

/* A whole request without variables, and without a body. */
static const char request[] = {
	FCGI_VERSION_1, FCGI_BEGIN_REQUEST, 0, 1, 0, 8, 0, 0,
	0, FCGI_RESPONDER, 0, 0, 0, 0, 0, 0,
	FCGI_VERSION_1, FCGI_PARAMS, 0, 1, 0, 0, 0, 0,
	FCGI_VERSION_1, FCGI_STDIN, 0, 1, 0, 0, 0, 0,
};

static int handled, settled, asked;

static void
answer_ok(void *argument, const struct exchange *exchange)
{
	static const char ok[] = "Status: 200 OK\r\n\r\n";

	(void)argument;
	handled++;
	exchange->answer(exchange->context, ok, sizeof ok - 1);
}

static void
count_settled(void *argument)
{
	(void)argument;
	settled++;
}

/* What rest() says the first time, and the second, and so on up to 0. */
static int
next_rest(void *argument)
{
	int rest = ((const int *)argument)[asked];

	if (rest != 0)
		asked++;
	return rest;
}

/* 0 where so many requests were handled, and settled, and the end came when
 * rest() said 0. */
static int
serve(int *rests, int requests)
{
	const struct exchange_handler handler = { .handle = answer_ok,
	    .settle = count_settled, .rest = next_rest, .argument = rests };

	/* Without an end, the test would be one that hangs. */
	alarm(30);
	if (adapter_serve_fastcgi(&handler) != 0)
		return 1;
	if (handled != requests)
		return 2;
	if (requests > 0 && settled == 0)
		return 3;
	return rests[asked] == 0 ? 0 : 4;
}

/* Serves in a process of its own, with some requests waiting. */
static void
assert_served(int *rests, int requests)
{
	const struct sockaddr_un anywhere = { .sun_family = AF_UNIX };
	struct sockaddr_un address;
	socklen_t length = sizeof address;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), peers[WAITING], i;
	int status;
	pid_t child;

	/* Linux chooses an abstract name. */
	assert_int_equal(bind(listener, (const struct sockaddr *)&anywhere,
	    sizeof(sa_family_t)), 0);
	assert_int_equal(listen(listener, WAITING), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address,
	    &length), 0);
	for (i = 0; i < WAITING; i++) {
		peers[i] = socket(AF_UNIX, SOCK_STREAM, 0);
		assert_int_equal(connect(peers[i],
		    (const struct sockaddr *)&address, length), 0);
		assert_int_equal(write(peers[i], request, sizeof request),
		    sizeof request);
	}
	child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0) {
		dup2(listener, 0);
		_exit(serve(rests, requests));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	for (i = 0; i < WAITING; i++)
		close(peers[i]);
	close(listener);
}

/* A connection that broke off would be a 500 of the web server's. */
static void
serves_who_is_connected_before_it_ends(void **state)
{
	int rests[] = { 0 };

	(void)state;
	assert_served(rests, WAITING);
}

static void
ends_between_two_requests(void **state)
{
	int rests[] = { -1, 0 };

	(void)state;
	assert_served(rests, WAITING);
}

static void
ends_while_nobody_comes(void **state)
{
	/* Before each of the three, and after the last. */
	int rests[] = { -1, -1, -1, -1, 60000, 20, 0 };

	(void)state;
	assert_served(rests, WAITING);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(serves_who_is_connected_before_it_ends),
		cmocka_unit_test(ends_between_two_requests),
		cmocka_unit_test(ends_while_nobody_comes),
	};

	return cmocka_run_group_tests_name("adapter", tests, NULL, NULL);
}
