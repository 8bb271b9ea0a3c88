/*
 * exchange: a request in memory, and the answer to it. For
 * fuzz_request.c.
 */
#ifndef HOOKLINE_TESTS_EXCHANGE_H
#define HOOKLINE_TESTS_EXCHANGE_H

#include "fuzz.h"

#define FUZZ_VARIABLES_MAX 64
#define FUZZ_ANSWER_MAX 1024

struct fuzz_request {
	char *env[FUZZ_VARIABLES_MAX + 1]; /* owned; NULL at the end */
	size_t count;
	struct span body;
	unsigned piece;		/* bytes that one read gives; 0: all */
	bool broken;		/* the peer goes away after the body */

	/* What the receiver did. */
	size_t read;		/* bytes of the body */
	bool held;
	unsigned answers;
	char answer[FUZZ_ANSWER_MAX];
	size_t length;
};

/* Lines of NAME=value up to an empty one; what follows is the body. */
void fuzz_read_request(struct fuzz_request *request,
    struct fuzz_input *input);
void fuzz_free_request(struct fuzz_request *request);

/* Puts a copy of NAME=value behind the others; takes all of a name away. */
void fuzz_set(struct fuzz_request *request, const char *setting);
void fuzz_unset(struct fuzz_request *request, const char *name);

/* Hands it to receiver_handle(), once more if it was before. */
void fuzz_exchange(void *receiver, struct fuzz_request *request);

/* Whether the answer is one of DESIGN's, headers and all. */
void fuzz_check_answer(const struct fuzz_request *request);

int fuzz_status(const struct fuzz_request *request);

/* What follows the empty line. */
const char *fuzz_body(const struct fuzz_request *request);

#endif
