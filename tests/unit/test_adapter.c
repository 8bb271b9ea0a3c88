/* Tests the loop of adapter_fastcgi.c in a child process, with a separate
 * socket as descriptor 0, and adapter_cgi.c with pipes.
 * tests/servers/patience.bats tests how peers are treated. */
#include "adapter.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fastcgi.h>

#include <cmocka.h>

#define WAITING 3	/* connections */

/* A complete request without variables and without a body. */
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
	exchange->send(exchange->context, ok, sizeof ok - 1);
	exchange->end(exchange->context);
}

static void
count_settled(void *argument)
{
	(void)argument;
	settled++;
}

/* Returns the numbers in `argument`, one at each call; the 0 at the end
 * repeats. */
static int
next_rest(void *argument)
{
	int rest = ((const int *)argument)[asked];

	if (rest != 0)
		asked++;
	return rest;
}

/* Returns 0 if this many requests were handled and settled, and the loop ended
 * when rest() returned 0. */
static int
serve(int *rests, int requests)
{
	const struct exchange_handler handler = { .handle = answer_ok,
	    .settle = count_settled, .rest = next_rest, .argument = rests };

	/* If the loop did not end, the test would hang. */
	alarm(30);
	if (adapter_serve_fastcgi(&handler) != 0)
		return 1;
	if (handled != requests)
		return 2;
	if (requests > 0 && settled == 0)
		return 3;
	return rests[asked] == 0 ? 0 : 4;
}

static int listener;
static struct sockaddr_un address;
static socklen_t address_length;

/* Linux chooses an abstract address. */
static int
start_listening(void **state)
{
	const struct sockaddr_un anywhere = { .sun_family = AF_UNIX };

	(void)state;
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	address_length = sizeof address;
	return bind(listener, (const struct sockaddr *)&anywhere,
	    sizeof(sa_family_t)) != 0 || listen(listener, WAITING) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address,
	    &address_length) != 0;
}

static int
stop_listening(void **state)
{
	(void)state;
	return close(listener);
}

/* Makes a connection and sends a request on it. */
static int
connect_peer(void)
{
	int peer = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_equal(connect(peer, (const struct sockaddr *)&address,
	    address_length), 0);
	assert_int_equal(write(peer, request, sizeof request),
	    sizeof request);
	return peer;
}

static void
assert_well_ended(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* Serves in a child process, with some requests waiting. */
static void
assert_served(int *rests, int requests)
{
	int peers[WAITING], i;
	pid_t child;

	for (i = 0; i < WAITING; i++)
		peers[i] = connect_peer();
	child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0) {
		dup2(listener, 0);
		_exit(serve(rests, requests));
	}
	assert_well_ended(child);
	for (i = 0; i < WAITING; i++)
		close(peers[i]);
}

/* If a connection were cut off, the web server would answer 500. */
static void
serves_connected_peers_before_it_ends(void **state)
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
ends_while_no_peer_connects(void **state)
{
	/* Called before each of the three, and after the last one. */
	int rests[] = { -1, -1, -1, -1, 60000, 20, 0 };

	(void)state;
	assert_served(rests, WAITING);
}

/*
 * Long answers, from a handler that does not let requests wait
 */

#define LONG 3000000
#define PIECE 100000

static bool taken;	/* whether each piece was accepted */

static void
answer_at_length(void *argument, const struct exchange *exchange)
{
	static char piece[PIECE];
	size_t sent;

	(void)argument;
	memset(piece, 'x', sizeof piece);
	taken = true;
	for (sent = 0; sent < LONG && taken; sent += sizeof piece)
		taken = exchange->send(exchange->context, piece,
		    sizeof piece);
	exchange->end(exchange->context);
}

static const struct exchange_handler at_length = {
	.handle = answer_at_length };

/* Serves FastCGI until it is told to end. */
static pid_t
serve_at_length(bool expected)
{
	pid_t child = fork();

	assert_int_not_equal(child, -1);
	if (child != 0)
		return child;
	alarm(30);
	signal(SIGPIPE, SIG_IGN);
	dup2(listener, 0);
	_exit(adapter_serve_fastcgi(&at_length) != 0 || taken != expected);
}

/* Reads exactly this many bytes; false if there are fewer. */
static bool
read_all(int fd, void *bytes, size_t length)
{
	char *at = bytes;
	ssize_t got;

	for (; length > 0; length -= (size_t)got, at += got)
		if ((got = read(fd, at, length)) <= 0)
			return false;
	return true;
}

/* Reads records up to the last one, or until they break off. `*total` gets the
 * size of the answer. Returns whether the request was reported as ended. */
static bool
read_records(int peer, size_t *total)
{
	static char content[65536 + 256];
	FCGI_Header header = { 0 };
	size_t length;

	*total = 0;
	while (header.type != FCGI_END_REQUEST &&
	    read_all(peer, &header, sizeof header)) {
		length = (size_t)(header.contentLengthB1 << 8 |
		    header.contentLengthB0);
		if (!read_all(peer, content, length + header.paddingLength))
			return false;
		if (header.type == FCGI_STDOUT)
			*total += length;
	}
	return header.type == FCGI_END_REQUEST;
}

static void
a_long_answer_arrives_whole(void **state)
{
	int peer = connect_peer();
	pid_t child = serve_at_length(true);
	size_t total;

	(void)state;
	assert_true(read_records(peer, &total));
	assert_int_equal(total, LONG);
	close(peer);
	kill(child, SIGTERM);
	assert_well_ended(child);
}

/* The peer reads nothing, and the process is told to end. */
static void
half_an_answer_is_not_a_whole_one(void **state)
{
	int peer = connect_peer();
	pid_t child = serve_at_length(false);
	struct pollfd readable = { .fd = peer, .events = POLLIN };
	size_t total;

	(void)state;
	assert_int_equal(poll(&readable, 1, -1), 1);
	kill(child, SIGTERM);
	assert_well_ended(child);
	assert_false(read_records(peer, &total));
	assert_true(total > 0 && total < LONG);
	close(peer);
}

static void
a_peer_that_goes_away_ends_a_long_answer(void **state)
{
	char byte;
	int peer = connect_peer();
	pid_t child = serve_at_length(false);

	(void)state;
	assert_true(read_all(peer, &byte, 1));
	close(peer);
	kill(child, SIGTERM);
	assert_well_ended(child);
}

/*
 * A request that waits for something else, until another one has come
 */

static const struct exchange *kept;
static bool released;
static int revisits;		/* while it waits */

static void
keep_the_first(void *argument, const struct exchange *exchange)
{
	char byte;
	bool first = handled++ == 0;

	while (exchange->read(exchange->context, &byte, 1) > 0)
		;
	if (first) {
		kept = exchange;
		return;
	}
	released = true;
	answer_ok(argument, exchange);
}

static size_t
answer_the_first(void *argument, int wait_ms)
{
	if (kept == NULL)
		return 0;
	revisits++;
	if (wait_ms > 0)
		usleep((useconds_t)wait_ms * 1000);
	if (released || wait_ms < 0) {
		answer_ok(argument, kept);
		kept = NULL;
	}
	return kept != NULL;
}

/* Once the other one's body is waited for. */
static size_t
answer_at_the_third_look(void *argument, int wait_ms)
{
	released |= handled == 2 && ++revisits > 3;
	return answer_the_first(argument, wait_ms);
}

static void
end_at_once(void *argument, const struct exchange *exchange)
{
	keep_the_first(argument, exchange);
	(void)raise(SIGTERM);
}

static size_t
answer_after_a_while(void *argument, int wait_ms)
{
	released |= revisits > 3;
	return answer_the_first(argument, wait_ms);
}

static pid_t
serve_with(const struct exchange_handler *handler)
{
	pid_t child = fork();

	assert_int_not_equal(child, -1);
	if (child != 0)
		return child;
	alarm(30);
	dup2(listener, 0);
	_exit(adapter_serve_fastcgi(handler));
}

static void
others_are_served_while_one_waits(void **state)
{
	static const struct exchange_handler handler = {
		.handle = keep_the_first, .settle = count_settled,
		.revisit = answer_the_first };
	int first = connect_peer(), second;
	pid_t child = serve_with(&handler);
	size_t total;

	(void)state;
	/* It has been taken, and the process looks again and again. */
	usleep(20000);
	second = connect_peer();
	assert_true(read_records(second, &total));
	assert_true(read_records(first, &total));
	assert_int_equal(total, 18);
	close(first);
	close(second);
	kill(child, SIGTERM);
	assert_well_ended(child);
}

static void
one_that_waits_is_answered_while_a_slow_peer_is_read(void **state)
{
	static const struct exchange_handler handler = {
		.handle = keep_the_first, .settle = count_settled,
		.revisit = answer_at_the_third_look };
	const size_t head = sizeof request - sizeof(FCGI_Header);
	int first = connect_peer(), slow = socket(AF_UNIX, SOCK_STREAM, 0);
	pid_t child;
	size_t total;

	(void)state;
	assert_int_equal(connect(slow, (const struct sockaddr *)&address,
	    address_length), 0);
	assert_int_equal(write(slow, request, head), head);
	child = serve_with(&handler);
	assert_true(read_records(first, &total));
	assert_int_equal(write(slow, request + head, sizeof request - head),
	    sizeof request - head);
	assert_true(read_records(slow, &total));
	close(first);
	close(slow);
	kill(child, SIGTERM);
	assert_well_ended(child);
}

static void
one_that_waits_is_answered_before_the_end(void **state)
{
	static const struct exchange_handler handler = {
		.handle = end_at_once, .settle = count_settled,
		.revisit = answer_after_a_while };
	int first = connect_peer();
	size_t total;

	(void)state;
	assert_well_ended(serve_with(&handler));
	assert_true(read_records(first, &total));
	assert_int_equal(total, 18);
	close(first);
}

/*
 * CGI
 */

static size_t body_length;

static void
read_to_the_end(void *argument, const struct exchange *exchange)
{
	char bytes[64];
	ssize_t got;

	while ((got = exchange->read(exchange->context, bytes,
	    sizeof bytes)) > 0)
		body_length += (size_t)got;
	answer_ok(argument, exchange);
}

/* A CGI request and its pipes, of which this process has the other ends. */
struct by_cgi {
	int body[2], answer[2];
	pid_t child;
};

/* Sends a body of CONTENT_LENGTH bytes, and `more`, and keeps the pipe open.
 * The process fails unless it reads `read` bytes and the answer is accepted or
 * not, as expected. */
static struct by_cgi
ask_by_cgi(const struct exchange_handler *handler, const char *more,
    size_t read, bool expected)
{
	size_t length = strlen(more);
	struct by_cgi cgi;

	assert_int_equal(pipe(cgi.body), 0);
	assert_int_equal(pipe(cgi.answer), 0);
	assert_int_equal(write(cgi.body[1], "hello", 5), 5);
	assert_int_equal(write(cgi.body[1], more, length), length);
	cgi.child = fork();
	assert_int_not_equal(cgi.child, -1);
	if (cgi.child == 0) {
		alarm(30);
		signal(SIGPIPE, SIG_IGN);
		setenv("REQUEST_METHOD", "POST", 1);
		setenv("CONTENT_LENGTH", "5", 1);
		dup2(cgi.body[0], 0);
		dup2(cgi.answer[1], 1);
		close(cgi.answer[0]);
		close(cgi.answer[1]);
		_exit(adapter_serve_cgi(handler) != 0 || body_length != read ||
		    taken != expected);
	}
	close(cgi.answer[1]);
	return cgi;
}

static void
end_by_cgi(struct by_cgi *cgi, const char *more)
{
	char rest[16];

	assert_well_ended(cgi->child);
	/* Only the announced length was read. */
	assert_int_equal(write(cgi->body[1], ".", 1), 1);
	assert_int_equal(read(cgi->body[0], rest, sizeof rest),
	    strlen(more) + 1);
	assert_memory_equal(rest, more, strlen(more));
	close(cgi->body[0]);
	close(cgi->body[1]);
	close(cgi->answer[0]);
}

static void
a_body_has_the_announced_length(void **state)
{
	static const struct exchange_handler handler = {
		.handle = read_to_the_end };
	struct by_cgi cgi = ask_by_cgi(&handler, "", 5, false);
	char answer[64];

	(void)state;
	assert_int_equal(read(cgi.answer[0], answer, sizeof answer), 18);
	assert_memory_equal(answer, "Status: 200 OK\r\n\r\n", 18);
	end_by_cgi(&cgi, "");
}

static void
an_unread_body_is_drained(void **state)
{
	static const struct exchange_handler handler = {
		.handle = answer_ok, .settle = count_settled };
	struct by_cgi cgi = ask_by_cgi(&handler, ", you", 0, false);

	(void)state;
	end_by_cgi(&cgi, ", you");
}

static void
a_long_answer_arrives_whole_with_cgi(void **state)
{
	static char answer[LONG];
	struct by_cgi cgi = ask_by_cgi(&at_length, ", you", 0, true);
	char byte;

	(void)state;
	assert_true(read_all(cgi.answer[0], answer, sizeof answer));
	assert_int_equal(read(cgi.answer[0], &byte, 1), 0);
	end_by_cgi(&cgi, ", you");
}

static void
a_reader_that_goes_away_ends_it_with_cgi(void **state)
{
	struct by_cgi cgi = ask_by_cgi(&at_length, ", you", 0, false);

	(void)state;
	close(cgi.answer[0]);
	cgi.answer[0] = -1;
	end_by_cgi(&cgi, ", you");
}

static void
keep(void *argument, const struct exchange *exchange)
{
	char bytes[5];

	(void)argument;
	body_length += (size_t)exchange->read(exchange->context, bytes,
	    sizeof bytes);
	kept = exchange;
}

static void
one_that_waits_is_answered_with_cgi(void **state)
{
	static const struct exchange_handler handler = { .handle = keep,
		.settle = count_settled, .revisit = answer_after_a_while };
	struct by_cgi cgi = ask_by_cgi(&handler, "", 5, false);
	char answer[64];

	(void)state;
	assert_int_equal(read(cgi.answer[0], answer, sizeof answer), 18);
	end_by_cgi(&cgi, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, start_listening, stop_listening)
		TEST(serves_connected_peers_before_it_ends),
		TEST(ends_between_two_requests),
		TEST(ends_while_no_peer_connects),
		TEST(a_long_answer_arrives_whole),
		TEST(half_an_answer_is_not_a_whole_one),
		TEST(a_peer_that_goes_away_ends_a_long_answer),
		TEST(others_are_served_while_one_waits),
		TEST(one_that_waits_is_answered_while_a_slow_peer_is_read),
		TEST(one_that_waits_is_answered_before_the_end),
		cmocka_unit_test(a_body_has_the_announced_length),
		cmocka_unit_test(an_unread_body_is_drained),
		cmocka_unit_test(a_long_answer_arrives_whole_with_cgi),
		cmocka_unit_test(a_reader_that_goes_away_ends_it_with_cgi),
		cmocka_unit_test(one_that_waits_is_answered_with_cgi),
	};

	return cmocka_run_group_tests_name("adapter", tests, NULL, NULL);
}
