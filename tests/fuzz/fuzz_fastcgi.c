/*
 * fuzz_fastcgi: the bytes of a FastCGI request.
 *
 *  - A request head gives the same result whether it arrives at once or in
 *    pieces.
 *  - libfcgi accepts each head that we accept, without an error, and without
 *    reading on, which would never end. It finds as many variables as a second,
 *    slow reader does.
 *  - A body is read the same way whether it arrives at once or in pieces.
 */
#include "fuzz.h"

#include "fastcgi_peek.h"

#include <fcgiapp.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
check_pieces(const struct fastcgi_head *whole, enum fastcgi_step expected,
    struct span bytes)
{
	size_t part = 1 + bytes.length / 5, come;
	enum fastcgi_step step = FASTCGI_MORE;
	struct fastcgi_head head = { 0 };

	for (come = 0; step == FASTCGI_MORE && come < bytes.length; ) {
		come = come + part < bytes.length ? come + part : bytes.length;
		step = fastcgi_head(&head, (struct span){ bytes.bytes, come });
	}
	MUST(step == expected);
	if (step == FASTCGI_END)
		MUST(head.length == whole->length);
}

/* Counts the variables of a correct head, whose record headers are left out. */
static size_t
count_pairs(const unsigned char *at, const unsigned char *end)
{
	size_t count, lengths, length, part;

	for (count = 0; at < end; count++) {
		for (lengths = length = 0; lengths < 2; lengths++) {
			part = *at++;
			if (part & 0x80) {
				part = (part & 0x7f) << 24 | (size_t)at[0] << 16
				    | (size_t)at[1] << 8 | at[2];
				at += 3;
			}
			length += part;
		}
		MUST(length <= (size_t)(end - at));
		at += length;
	}
	return count;
}

static size_t
slow_count(const struct fastcgi_head *head, struct span bytes)
{
	unsigned char *content = malloc(head->length), *end = content;
	const char *at = bytes.bytes + sizeof(FCGI_BeginRequestRecord);
	size_t count, part;

	while (at < bytes.bytes + head->length) {
		part = (size_t)(unsigned char)at[4] << 8 | (unsigned char)at[5];
		memcpy(end, at + FCGI_HEADER_LEN, part);
		end += part;
		at += FCGI_HEADER_LEN + part + (unsigned char)at[6];
	}
	MUST(at == bytes.bytes + head->length);
	count = count_pairs(content, end);
	free(content);
	return count;
}

static void
check_libfcgi(const struct fastcgi_head *head, struct span bytes)
{
	FCGX_Request request;
	size_t count = 0;
	int ends[2];

	MUST(FCGX_Init() == 0 && FCGX_InitRequest(&request, -1, 0) == 0);
	MUST(pipe2(ends, O_NONBLOCK) == 0);
	MUST(write(ends[1], bytes.bytes, head->length) ==
	    (ssize_t)head->length);
	request.ipcFd = ends[0];
	request.keepConnection = 1;
	MUST(FCGX_Accept_r(&request) == 0);
	while (request.envp[count] != NULL)
		count++;
	/* libfcgi adds FCGI_ROLE to the variables. */
	MUST(count == 1 + slow_count(head, bytes));
	FCGX_Free(&request, 1);
	close(ends[1]);
}

/* Returns the length of the body, as far as it can be read; `last` is the last
 * step's result. */
static size_t
read_body(const struct fastcgi_head *head, struct span rest, size_t part,
    enum fastcgi_step *last)
{
	struct fastcgi_stream body = fastcgi_body(head);
	struct span come = { rest.bytes, 0 }, piece;
	size_t length = 0, left = rest.length;

	for (;;) {
		*last = fastcgi_next(&body, &come, part, &piece);
		if (*last == FASTCGI_PIECE) {
			MUST(fuzz_inside(piece, rest) && piece.length > 0 &&
			    piece.length <= part);
			length += piece.length;
		} else if (*last == FASTCGI_MORE && left > 0) {
			come.length = left < part ? left : part;
			left -= come.length;
		} else {
			return length;
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span bytes = { (const char *)data, size };
	struct fastcgi_head head = { 0 };
	enum fastcgi_step step = fastcgi_head(&head, bytes), fast, slow;
	struct span rest;

	check_pieces(&head, step, bytes);
	if (step != FASTCGI_END)
		return 0;
	check_libfcgi(&head, bytes);
	rest = (struct span){ bytes.bytes + head.length, size - head.length };
	MUST(read_body(&head, rest, size, &fast) ==
	    read_body(&head, rest, 3, &slow));
	MUST(fast == slow && fast != FASTCGI_PIECE);
	MUST(fastcgi_has_body(&head, rest) == (fast == FASTCGI_END));
	return 0;
}
