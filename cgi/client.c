#include "client.h"

#include "base/clock.h"

#include <curl/curl.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct client {
	CURL *curl;
	char error[CURL_ERROR_SIZE];
};

bool
client_available(void)
{
	return true;
}

struct client *
client_new(void)
{
	struct client *client;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return NULL;
	client = calloc(1, sizeof *client);
	if (client != NULL)
		client->curl = curl_easy_init();
	if (client != NULL && client->curl != NULL)
		return client;
	client_free(client);
	return NULL;
}

void
client_free(struct client *client)
{
	if (client == NULL)
		return;
	if (client->curl != NULL)
		curl_easy_cleanup(client->curl);
	free(client);
	curl_global_cleanup();
}

/* Takes a part of the body; what is above the limit is not kept. */
static size_t
take_body(char *bytes, size_t size, size_t count, void *argument)
{
	struct client_answer *answer = argument;
	size_t length = size * count;

	if (answer->body.length + length > CLIENT_BODY_MAX)
		return length;
	return buffer_append(&answer->body, bytes, length) == ERR_NONE ?
	    length : 0;
}

/* Takes a line of a head. An answer may have several, such as 100 Continue:
 * the last one counts. */
static size_t
take_head(char *bytes, size_t size, size_t count, void *argument)
{
	struct client_answer *answer = argument;
	size_t length = size * count;

	if (length > 5 && strncasecmp(bytes, "HTTP/", 5) == 0)
		buffer_reset(&answer->head, CLIENT_BODY_MAX);
	if (answer->head.length + length > CLIENT_BODY_MAX)
		return length;
	return buffer_append(&answer->head, bytes, length) == ERR_NONE ?
	    length : 0;
}

static struct curl_slist *
header_list(const char *const *headers)
{
	struct curl_slist *list = NULL, *more;

	for (; headers != NULL && *headers != NULL; headers++) {
		more = curl_slist_append(list, *headers);
		if (more == NULL) {
			curl_slist_free_all(list);
			return NULL;
		}
		list = more;
	}
	return list;
}

/* How libcurl shall behave for any request. */
static void
set_manners(struct client *client, const struct client_request *request,
    struct client_answer *answer)
{
	CURL *curl = client->curl;

	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, client->error);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	/* Keeps "Expect: 100-continue" away, which slows down large bodies. */
	curl_easy_setopt(curl, CURLOPT_EXPECT_100_TIMEOUT_MS, 0L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_IPRESOLVE,
	    request->family == CLIENT_IPV4 ? (long)CURL_IPRESOLVE_V4 :
	    request->family == CLIENT_IPV6 ? (long)CURL_IPRESOLVE_V6 :
	    (long)CURL_IPRESOLVE_WHATEVER);
	if (request->ca_file != NULL)
		curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca_file);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_head);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, answer);
}

static void
set_request(CURL *curl, const struct client_request *request,
    struct curl_slist *headers)
{
	curl_easy_setopt(curl, CURLOPT_URL, request->url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
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

/* When the peer's own certificate ends; 0 if that is not known. */
static int64_t
certificate_end(CURL *curl)
{
	static const char label[] = "Expire date:";
	struct curl_certinfo *info = NULL;
	struct curl_slist *line;

	if (curl_easy_getinfo(curl, CURLINFO_CERTINFO, &info) != CURLE_OK ||
	    info == NULL || info->num_of_certs < 1)
		return 0;
	for (line = info->certinfo[0]; line != NULL; line = line->next)
		if (strncmp(line->data, label, sizeof label - 1) == 0)
			return curl_getdate(line->data + sizeof label - 1,
			    NULL);
	return 0;
}

static enum client_failure
failure_of(CURLcode result)
{
	switch ((int)result) {
	case CURLE_OK:
		return CLIENT_NO_FAILURE;
	case CURLE_COULDNT_RESOLVE_HOST:
		return CLIENT_NO_NAME;
	case CURLE_COULDNT_CONNECT:
		return CLIENT_NO_CONNECTION;
	case CURLE_OPERATION_TIMEDOUT:
		return CLIENT_TOO_LATE;
	default:
		return CLIENT_OTHER_FAILURE;
	}
}

static void
take_result(struct client *client, CURLcode result,
    struct client_answer *answer)
{
	char *address = NULL;
	curl_off_t time = 0;
	long status = 0, system_errno = 0;

	answer->failure = failure_of(result);
	if (answer->failure == CLIENT_NO_CONNECTION)
		curl_easy_getinfo(client->curl, CURLINFO_OS_ERRNO,
		    &system_errno);
	answer->system_errno = (int)system_errno;
	if (result == CURLE_OK)
		curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE,
		    &status);
	answer->status = (int)status;
	curl_easy_getinfo(client->curl, CURLINFO_TOTAL_TIME_T, &time);
	answer->microseconds = time;
	if (curl_easy_getinfo(client->curl, CURLINFO_PRIMARY_IP, &address) ==
	    CURLE_OK && address != NULL)
		(void)snprintf(answer->address, sizeof answer->address, "%s",
		    address);
	answer->certificate_end = certificate_end(client->curl);
	answer->certificate_refused = result == CURLE_PEER_FAILED_VERIFICATION;
	(void)snprintf(answer->error, sizeof answer->error, "%s",
	    result == CURLE_OK ? "" : client->error[0] != '\0' ?
	    client->error : curl_easy_strerror(result));
}

bool
client_send(struct client *client, const struct client_request *request,
    struct client_answer *answer)
{
	struct curl_slist *headers = header_list(request->headers);
	CURLcode result;

	buffer_reset(&answer->head, CLIENT_BODY_MAX);
	buffer_reset(&answer->body, CLIENT_BODY_MAX);
	client->error[0] = '\0';
	answer->address[0] = '\0';
	/* Connections stay open. */
	curl_easy_reset(client->curl);
	set_manners(client, request, answer);
	set_request(client->curl, request, headers);
	result = curl_easy_perform(client->curl);
	take_result(client, result, answer);
	curl_slist_free_all(headers);
	return answer->status != 0;
}
