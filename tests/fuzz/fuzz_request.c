/*
 * fuzz_request: a whole request to receiver_handle(), with a real journal.
 *
 * Input: a byte of flags, a byte that says how the body arrives, lines of
 * NAME=value, an empty line, the body.
 *
 *  - There is one answer, and it is documented: a known status and word.
 *  - A POST is answered 200 only if its signature is right.
 *  - If the harness signs the body, the answer is 200 if a second reader
 *    accepts the body as JSON, and 400 if not. After 200, the last line of the
 *    live file decodes, its digest matches, and it has the body as its payload.
 *    If the same request comes again, it is answered 200, too, and the file
 *    does not change. If there can be no journal, the answer is 503.
 *  - A challenge is returned only if the request has the token.
 *  - Nothing that a peer sends can break or forge a line of the log.
 */
#include "fuzz.h"

#include "exchange.h"
#include "slow.h"

#include "http/query.h"
#include "http/request.h"
#include "payload/record.h"
#include "receiver/receiver.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SIGN = 1, BROKEN_BODY = 2, CGI = 8, NO_LENGTH = 16, NO_JOURNAL = 32 };

#define TOKEN "the-verify-token"
#define SECRET "a secret of sixteen and more"

static char journal[512], directory_setting[600];
static char *process_env[] = { directory_setting,
    (char[]){ "HOOKLINE_VERIFY_TOKEN=" TOKEN },
    (char[]){ "HOOKLINE_APP_SECRET=" SECRET }, NULL };

static void
sign(struct span body, char out[72])
{
	uint8_t mac[EVP_MAX_MD_SIZE];
	unsigned length = 0, i;
	int at = sprintf(out, "sha256=");

	MUST(HMAC(EVP_sha256(), SECRET, sizeof SECRET - 1,
	    (const uint8_t *)body.bytes, body.length, mac, &length) != NULL);
	for (i = 0; i < length; i++)
		at += sprintf(out + at, "%02x", mac[i]);
}

/* The live file's text, with a NUL at its end; "" if there is no file. */
static size_t
read_live(char *text, size_t room)
{
	char path[600];
	ssize_t got = 0;
	int fd;

	(void)snprintf(path, sizeof path, "%s/notifications.jsonl", journal);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd != -1) {
		got = read(fd, text, room - 1);
		(void)close(fd);
	}
	MUST(got >= 0 && (size_t)got < room - 1);
	text[got] = '\0';
	return (size_t)got;
}

static void
check_stored(struct span body)
{
	static char text[1 << 16];
	static struct record record;
	size_t length = read_live(text, sizeof text), i;

	MUST(length > 1 && strchr(text, '\n') == text + length - 1);
	MUST(record_decode(text, length, &record) == ERR_NONE);
	MUST(record_verify(&record) ==
	    (record.reformatted ? RECORD_UNCHECKED : RECORD_HOLDS));
	MUST(record.seq == 1 && record.payload.length == body.length);
	MUST(fuzz_same(record.endpoint, (struct span){ "*", 1 }));
	for (i = 0; i < body.length; i++)
		MUST(record.payload.bytes[i] == (body.bytes[i] == '\n' ||
		    body.bytes[i] == '\r' ? ' ' : body.bytes[i]));
}

static void
check_signed(struct receiver *receiver, struct fuzz_request *request,
    int stored)
{
	static char before[1 << 16], after[1 << 16];
	int expected = slow_valid(request->body.bytes, request->body.length) ?
	    stored : 400;

	MUST(fuzz_status(request) == expected);
	if (expected != 200)
		return;
	MUST(request->held && strcmp(fuzz_body(request), "ok\n") == 0);
	check_stored(request->body);
	(void)read_live(before, sizeof before);
	fuzz_exchange(receiver, request);
	MUST(fuzz_status(request) == 200);
	(void)read_live(after, sizeof after);
	MUST(strcmp(before, after) == 0);
}

/* Checks an answer of 200 to a request that the harness did not sign. */
static void
check_unsigned(const struct fuzz_request *request)
{
	char token[QUERY_VALUE_MAX], right[72];
	struct request parsed;
	const char *given;

	if (fuzz_status(request) != 200)
		return;
	request_parse(&parsed, request->env);
	if (parsed.method == METHOD_POST) {
		sign(request->body, right);
		MUST(request_header(&parsed, "HTTP_X_HUB_SIGNATURE_256",
		    &given) == HEADER_ONCE && strcasecmp(given, right) == 0);
	} else if (query_has_hub(parsed.query)) {
		MUST(query_hub(parsed.query, "verify_token", token) ==
		    QUERY_ONCE && strcmp(token, TOKEN) == 0);
	} else if (parsed.method == METHOD_GET) {
		MUST(strcmp(fuzz_body(request), "ready\n") == 0);
	}
}

static void
add_signature(struct fuzz_request *request)
{
	char signature[72], setting[128];

	sign(request->body, signature);
	fuzz_unset(request, "HTTP_X_HUB_SIGNATURE_256");
	fuzz_unset(request, "DOCUMENT_ROOT");
	fuzz_unset(request, "CONTENT_LENGTH");
	fuzz_unset(request, "REQUEST_METHOD");
	fuzz_set(request, "REQUEST_METHOD=POST");
	(void)snprintf(setting, sizeof setting, "CONTENT_LENGTH=%zu",
	    request->body.length);
	fuzz_set(request, setting);
	(void)snprintf(setting, sizeof setting, "HTTP_X_HUB_SIGNATURE_256=%s",
	    signature);
	fuzz_set(request, setting);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	unsigned flags = fuzz_byte(&input);
	const struct receiver_start start = { .process_env = process_env,
	    .cgi = flags & CGI };
	struct fuzz_request request = { .piece = fuzz_byte(&input),
	    .broken = flags & BROKEN_BODY };
	struct receiver *receiver;

	fuzz_log_start();
	(void)snprintf(journal, sizeof journal, "%s/journal", fuzz_scratch());
	(void)snprintf(directory_setting, sizeof directory_setting,
	    "HOOKLINE_DIRECTORY=%s", journal);
	fuzz_read_request(&request, &input);
	if (flags & SIGN) {
		request.broken = false;
		add_signature(&request);
		if (flags & NO_LENGTH)
			fuzz_unset(&request, "CONTENT_LENGTH");
	}
	/* A file takes the place of the folder. */
	if (flags & NO_JOURNAL)
		MUST(close(open(journal, O_WRONLY | O_CREAT | O_CLOEXEC,
		    0600)) == 0);
	else	/* if root runs it, it does not create this */
		MUST(mkdir(journal, 0700) == 0);
	receiver = receiver_new(&start);
	MUST(receiver != NULL);
	fuzz_exchange(receiver, &request);
	fuzz_check_answer(&request);
	if (flags & SIGN)
		check_signed(receiver, &request,
		    flags & NO_JOURNAL ? 503 : 200);
	else
		check_unsigned(&request);
	receiver_free(receiver);
	fuzz_free_request(&request);
	fuzz_log_check();
	fuzz_remove(journal);
	return 0;
}
