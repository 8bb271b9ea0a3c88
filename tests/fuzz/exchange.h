/*
 * exchange: a request in memory and its answer, for fuzz_request.c.
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
	unsigned piece;		/* bytes that one read returns; 0: all */
	bool broken;		/* the peer disconnects after the body */

	/* What the receiver did. */
	size_t read;		/* bytes of the body */
	bool held;
	unsigned answers;
	char answer[FUZZ_ANSWER_MAX];
	size_t length;
};

/* Reads lines of NAME=value up to an empty line; the body follows. */
void fuzz_read_request(struct fuzz_request *request,
    struct fuzz_input *input);
void fuzz_free_request(struct fuzz_request *request);

/* Adds a copy of NAME=value to the environment; or removes all of this name. */
void fuzz_set(struct fuzz_request *request, const char *setting);
void fuzz_unset(struct fuzz_request *request, const char *name);

/* Passes it to receiver_handle(); may be called again. */
void fuzz_exchange(void *receiver, struct fuzz_request *request);

/* Whether this is one of the documented answers, headers and all. */
void fuzz_check_answer(const struct fuzz_request *request);

int fuzz_status(const struct fuzz_request *request);

/* The part after the empty line. */
const char *fuzz_body(const struct fuzz_request *request);

#endif
