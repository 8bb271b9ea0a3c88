#include "client.h"

#include "client_result.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct client {
	CURL *curl;
	struct curl_slist *headers; /* of the request in flight */
	struct curl_slist *target; /* its address, if not that of its host */
	struct client_answer *answer; /* where its answer goes */
	char error[CURL_ERROR_SIZE];
};

/* A place in a pool. */
struct place {
	struct client client;
	struct client_answer answer;
	void *context;
	bool busy;
};

struct client_pool {
	CURLM *multi;
	size_t count, busy;
	struct place places[];
};

bool
client_available(void)
{
	return true;
}

/*
 * What comes from the peer
 */

/* Returning less than it was given makes libcurl end the transfer: an answer
 * above the limit is of no use. */
static size_t
keep(struct buffer *buffer, const char *bytes, size_t length)
{
	return buffer->length + length <= CLIENT_BODY_MAX &&
	    buffer_append(buffer, bytes, length) == ERR_NONE ? length : 0;
}

static size_t
take_body(char *bytes, size_t size, size_t count, void *argument)
{
	struct client_answer *answer = argument;

	return keep(&answer->body, bytes, size * count);
}

/* Takes a line of a head. An answer may come with several heads, such as that
 * of 100 Continue: the last one counts. */
static size_t
take_head(char *bytes, size_t size, size_t count, void *argument)
{
	struct client_answer *answer = argument;

	if (size * count > 5 && strncasecmp(bytes, "HTTP/", 5) == 0)
		buffer_reset(&answer->head, CLIENT_BODY_MAX);
	return keep(&answer->head, bytes, size * count);
}

/*
 * A request
 */

/* The empty "Expect:" keeps libcurl from sending "Expect: 100-continue", which
 * would delay large bodies. */
static struct curl_slist *
header_list(const char *const *headers)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:"), *more;

	for (; list != NULL && headers != NULL && *headers != NULL;
	    headers++) {
		more = curl_slist_append(list, *headers);
		if (more == NULL) {
			curl_slist_free_all(list);
			return NULL;
		}
		list = more;
	}
	return list;
}

/* Makes libcurl connect to this address instead of the URL's host. NULL without
 * an address, or when memory is short. */
static struct curl_slist *
target_list(const char *address)
{
	bool six = address != NULL && strchr(address, ':') != NULL;
	char text[80];

	if (address == NULL)
		return NULL;
	(void)snprintf(text, sizeof text, "::%s%s%s:", six ? "[" : "", address,
	    six ? "]" : "");
	return curl_slist_append(NULL, text);
}

/* The options that all requests share. */
static void
set_manners(CURL *curl, const struct client_request *request)
{
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	/* A name server that does not answer must not hold up what is in
	 * flight: libcurl waits for its resolver's thread otherwise. */
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	/* With HTTP/2, requests in flight would share a connection. */
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
	    (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	if (request->ca_file != NULL)
		curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca_file);
}

static void
set_answer(struct client *client, struct client_answer *answer)
{
	CURL *curl = client->curl;

	client->answer = answer;
	client->error[0] = '\0';
	buffer_reset(&answer->head, CLIENT_BODY_MAX);
	buffer_reset(&answer->body, CLIENT_BODY_MAX);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, client->error);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_head);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, answer);
}

static void
set_request(CURL *curl, const struct client_request *request)
{
	curl_easy_setopt(curl, CURLOPT_URL, request->url);
	if (request->body != NULL) {
		curl_easy_setopt(curl, CURLOPT_POST, 1L);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
		    (const char *)request->body);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)request->length);
	}
	if (strcmp(request->method, "HEAD") == 0)
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	else
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST,
		    request->method);
}

/* Frees what libcurl needed during the request. A header may hold a token, so
 * it is wiped first. */
static void
release(struct client *client)
{
	struct curl_slist *line;

	for (line = client->headers; line != NULL; line = line->next)
		explicit_bzero(line->data, strlen(line->data));
	curl_slist_free_all(client->headers);
	curl_slist_free_all(client->target);
	client->headers = client->target = NULL;
}

/* Prepares the handle for a request. Its connections stay open. */
static bool
begin(struct client *client, const struct client_request *request,
    struct client_answer *answer)
{
	curl_easy_reset(client->curl);
	release(client);
	set_manners(client->curl, request);
	set_answer(client, answer);
	set_request(client->curl, request);
	client->headers = header_list(request->headers);
	client->target = target_list(request->address);
	curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, client->headers);
	curl_easy_setopt(client->curl, CURLOPT_CONNECT_TO, client->target);
	return client->headers != NULL &&
	    (client->target != NULL || request->address == NULL);
}

/* Whether the empty line after an answer's head has come. libcurl also takes a
 * head without it, if the peer hangs up. */
static bool
is_whole(const struct buffer *head)
{
	return head->length > 0 &&
	    (memmem(head->bytes, head->length, "\n\r\n", 3) != NULL ||
	    memmem(head->bytes, head->length, "\n\n", 2) != NULL);
}

static void
end(struct client *client, CURLcode result)
{
	struct client_answer *answer = client->answer;
	CURL *curl = client->curl;
	curl_off_t time = 0, began = 0;
	char *address = NULL;
	long status = 0, system_errno = 0;

	if (result == CURLE_OK && !is_whole(&answer->head))
		result = CURLE_GOT_NOTHING;
	/* A server that refuses a body may answer and then hang up, without
	 * reading the rest. */
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	answer->status = result == CURLE_OK || status >= 400 ?
	    (int)status : 0;
	curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME_T, &time);
	answer->microseconds = time;
	curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &began);
	answer->connected = began > 0;
	curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &address);
	(void)snprintf(answer->address, sizeof answer->address, "%s",
	    address != NULL ? address : "");
	answer->certificate_end = client_certificate_end(curl);
	(void)snprintf(answer->error, sizeof answer->error, "%s",
	    answer->status != 0 ? "" : result == CURLE_WRITE_ERROR ?
	    "it has more than 1 MB" : client->error[0] != '\0' ?
	    client->error : curl_easy_strerror(result));
	answer->fault = client_fault_of(curl, result);
	if (result == CURLE_COULDNT_CONNECT)
		curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &system_errno);
	answer->system_errno = (int)system_errno;
	release(client);
}

struct client *
client_new(void)
{
	struct client *client = calloc(1, sizeof *client);

	if (client == NULL)
		return NULL;
	client->curl = curl_easy_init();
	if (client->curl != NULL)
		return client;
	free(client);
	return NULL;
}

void
client_free(struct client *client)
{
	if (client == NULL)
		return;
	curl_easy_cleanup(client->curl);
	free(client);
}

bool
client_send(struct client *client, const struct client_request *request,
    struct client_answer *answer)
{
	end(client, begin(client, request, answer) ?
	    curl_easy_perform(client->curl) : CURLE_OUT_OF_MEMORY);
	return answer->status != 0;
}

/*
 * Several at once
 */

struct client_pool *
client_pool_new(size_t most)
{
	struct client_pool *pool = calloc(1,
	    sizeof *pool + most * sizeof pool->places[0]);
	bool good = true;

	if (pool == NULL)
		return NULL;
	for (; good && pool->count < most; pool->count++) {
		pool->places[pool->count].client.curl = curl_easy_init();
		good = pool->places[pool->count].client.curl != NULL;
	}
	pool->multi = curl_multi_init();
	if (good && pool->multi != NULL)
		return pool;
	client_pool_free(pool);
	return NULL;
}

void
client_pool_free(struct client_pool *pool)
{
	size_t i;

	if (pool == NULL)
		return;
	for (i = 0; i < pool->count; i++) {
		struct place *place = &pool->places[i];

		if (place->busy)
			curl_multi_remove_handle(pool->multi,
			    place->client.curl);
		curl_easy_cleanup(place->client.curl);
		release(&place->client);
		client_answer_free(&place->answer);
	}
	curl_multi_cleanup(pool->multi);
	free(pool);
}

size_t
client_pool_idle(const struct client_pool *pool)
{
	return pool->count - pool->busy;
}

bool
client_pool_begin(struct client_pool *pool,
    const struct client_request *request, void *context)
{
	struct place *place = pool->places;

	while (place->busy)
		place++;
	if (!begin(&place->client, request, &place->answer))
		return false;
	curl_easy_setopt(place->client.curl, CURLOPT_PRIVATE, place);
	if (curl_multi_add_handle(pool->multi, place->client.curl) !=
	    CURLM_OK)
		return false;
	place->context = context;
	place->busy = true;
	pool->busy++;
	return true;
}

/* A request that has ended, or NULL. */
static struct place *
ended(struct client_pool *pool)
{
	struct place *place = NULL;
	CURLMsg *message;
	int left;

	do
		message = curl_multi_info_read(pool->multi, &left);
	while (message != NULL && message->msg != CURLMSG_DONE);
	if (message == NULL)
		return NULL;
	curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
	    (char **)&place);
	end(&place->client, message->data.result);
	curl_multi_remove_handle(pool->multi, place->client.curl);
	place->busy = false;
	pool->busy--;
	return place;
}

const struct client_answer *
client_pool_take(struct client_pool *pool, int wait_ms, void **context)
{
	struct place *place = ended(pool);
	int running;

	if (place == NULL) {
		(void)curl_multi_perform(pool->multi, &running);
		place = ended(pool);
	}
	if (place == NULL && wait_ms > 0) {
		(void)curl_multi_poll(pool->multi, NULL, 0, wait_ms, NULL);
		(void)curl_multi_perform(pool->multi, &running);
		place = ended(pool);
	}
	if (place == NULL)
		return NULL;
	*context = place->context;
	return &place->answer;
}
