/*
 * send_maker: the requests of hookctl send, one after the other, as Meta would
 * send them.
 */
#ifndef HOOKLINE_HOOKCTL_SEND_MAKER_H
#define HOOKLINE_HOOKCTL_SEND_MAKER_H

#include "auth/hmac.h"
#include "base/buffer.h"
#include "client.h"
#include "hookctl/samples.h"

#include <stdbool.h>
#include <stdint.h>

#define SEND_TIMEOUT_MS 30000
#define SEND_HEADERS_MAX 6	/* with the NULL */

/* One request, all zero before its first use. What `request` points to is in
 * here, or belongs to the maker. */
struct send_request {
	struct client_request request;
	struct buffer body;
	const char *headers[SEND_HEADERS_MAX];
	char sha1[64], sha256[96];	/* header lines */
};

/* Before send_maker_begin(), all zero except the members that the caller
 * sets. */
struct send_maker {
	const char *url, *ca_file;
	const char *secret;	/* NULL: requests are not signed */
	const char *verify_token; /* not NULL: one verification request */
	struct span file;	/* bytes to send; absent: samples */
	const struct sample **samples;	/* each in turn */
	size_t sample_count;
	uint64_t batch;		/* updates in each body */
	uint64_t repeat;	/* how often each body is sent */
	uint64_t later;		/* with how many times of its entries */

	/* Its own. */
	struct hmac_key *key1, *key256;
	uint64_t made;
	struct sample_moment moment;
	char challenge[16];	/* of the verification request */
	char *query_url;	/* url with its query */
};

/* False when memory is short. send_maker_end() is due in any case. */
bool send_maker_begin(struct send_maker *maker);
void send_maker_end(struct send_maker *maker);

/* Makes the next request. False when memory is short. */
bool send_make(struct send_maker *maker, struct send_request *request);

#endif
