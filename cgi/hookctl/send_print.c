#include "hookctl/send_print.h"

#include "hookctl/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Linux accepts no longer argument of a command than 128 kB. */
#define WORD_MAX ((size_t)100000)

static void
print_host(const struct client_url *parts)
{
	bool brackets = strchr(parts->host, ':') != NULL;
	unsigned usual = strcmp(parts->scheme, "https") == 0 ? 443 : 80;

	printf(brackets ? "Host: [%s]" : "Host: %s", parts->host);
	if (parts->port != usual)
		printf(":%u", parts->port);
	putchar('\n');
}

enum status
print_request(const struct send_request *made, const struct client_url *parts)
{
	const struct client_request *request = &made->request;
	struct span body = { request->body, request->length };
	const char *path = strstr(request->url, "://") + 3;
	size_t i;

	path += strcspn(path, "/?");
	printf("%s %s%s HTTP/1.1\n", request->method,
	    *path == '/' ? "" : "/", path);
	print_host(parts);
	for (i = 0; request->headers[i] != NULL; i++)
		puts(request->headers[i]);
	if (body.bytes == NULL) {
		putchar('\n');
		return STATUS_DONE;
	}
	printf("Content-Length: %zu\n\n", body.length);
	if (isatty(STDOUT_FILENO))
		(void)text_print(stdout, body, 0);
	else
		(void)fwrite(body.bytes, 1, body.length, stdout);
	putchar('\n');
	return STATUS_DONE;
}

/* Prints a word for sh, in single quotes: between them, only the quote itself
 * has a meaning. */
static void
print_quoted(const char *bytes, size_t length)
{
	size_t i;

	putchar('\'');
	for (i = 0; i < length; i++)
		if (bytes[i] == '\'')
			fputs("'\\''", stdout);
		else
			putchar(bytes[i]);
	putchar('\'');
}

/* Whether it can be pasted into a terminal and arrives unchanged: text without
 * control characters except for line feeds and tabs. */
static bool
is_plain(const struct client_request *request)
{
	const char *bytes = request->body;
	struct buffer copy = { 0 }, shown = { 0 };
	bool plain = false;
	size_t i;

	if (buffer_append(&copy, bytes, request->length) == ERR_NONE) {
		for (i = 0; i < copy.length; i++)
			if (copy.bytes[i] == '\n' || copy.bytes[i] == '\t')
				copy.bytes[i] = ' ';
		(void)text_append(&shown, (struct span){ copy.bytes,
		    copy.length }, 0);
		plain = shown.length == copy.length && (copy.length == 0 ||
		    memcmp(shown.bytes, copy.bytes, copy.length) == 0);
	}
	buffer_free(&copy);
	buffer_free(&shown);
	return plain;
}

/* Writes all of it; false with errno. Closes the descriptor. */
static bool
write_all(int fd, const struct client_request *request)
{
	FILE *file = fdopen(fd, "w");
	size_t written;

	if (file == NULL) {
		(void)close(fd);
		return false;
	}
	written = fwrite(request->body, 1, request->length, file);
	return fclose(file) == 0 && written == request->length;
}

/* Writes the body into a new file; its name, to be freed, or NULL after a
 * message. */
static char *
write_file(const struct client_request *request)
{
	const char *folder = getenv("TMPDIR");
	char *name;
	int fd;

	if (asprintf(&name, "%s/hookctl-body.XXXXXX", folder != NULL &&
	    *folder != '\0' ? folder : "/tmp") == -1) {
		(void)fail(STATUS_FAILED, "out of memory");
		return NULL;
	}
	fd = mkostemp(name, O_CLOEXEC);
	if (fd != -1 && write_all(fd, request))
		return name;
	(void)fail(STATUS_FAILED, "%s: %s", name, strerror(errno));
	if (fd != -1)
		(void)unlink(name);
	free(name);
	return NULL;
}

/* The file with the body, to be freed: `file`, or a new one. NULL after a
 * message. */
static char *
body_file(const struct client_request *request, const char *file)
{
	char *name;

	if (file == NULL)
		return write_file(request);
	name = realpath(file, NULL);
	if (name == NULL)
		(void)fail(STATUS_FAILED, "%s: %s", file, strerror(errno));
	return name;
}

/* --data-raw takes a text as it is, even if it begins with @. */
static void
print_body(const struct client_request *request, const char *name)
{
	fputs(name == NULL ? "--data-raw " : "--data-binary @", stdout);
	if (name == NULL)
		print_quoted(request->body, request->length);
	else
		print_quoted(name, strlen(name));
	fputs(" \\\n  ", stdout);
}

enum status
print_curl(const struct send_request *made, const char *file)
{
	const struct client_request *request = &made->request;
	char *name = NULL;
	size_t i;

	if (request->body != NULL && (request->length > WORD_MAX ||
	    !is_plain(request))) {
		name = body_file(request, file);
		if (name == NULL)
			return STATUS_FAILED;
	}
	/* Otherwise curl sees a pattern in [ and {, and removes "/../". */
	printf("curl -sS -g --path-as-is");
	if (request->ca_file != NULL) {
		fputs(" --cacert ", stdout);
		print_quoted(request->ca_file, strlen(request->ca_file));
	}
	fputs(" -H Expect:", stdout);
	for (i = 0; request->headers[i] != NULL; i++) {
		fputs(" \\\n  -H ", stdout);
		print_quoted(request->headers[i],
		    strlen(request->headers[i]));
	}
	fputs(" \\\n  ", stdout);
	if (request->body != NULL)
		print_body(request, name);
	print_quoted(request->url, strlen(request->url));
	putchar('\n');
	if (name != NULL && file == NULL)
		note("the body is in %s: remove it when you are done", name);
	free(name);
	return STATUS_DONE;
}
