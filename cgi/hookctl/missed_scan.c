#include "hookctl/missed_scan.h"

#include "hookctl/missed_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SMALL 80		/* bytes: less than the headers of HTTP/1 */
#define REQUEST_ROOM 16384

/* What is known about the file by its lines. */
struct file {
	struct missed_scan *scan;
	uint64_t read, unread;
	uint64_t bodies, headers; /* lines that suggest that sizes are those of
				 * bodies, or include the headers */
	bool lighttpd, nginx, apache;
	bool full;		/* memory has run out */
};

/*
 * What kind of log it is
 */

static bool
ends(struct span text, const char *with)
{
	size_t length = strlen(with);

	return text.length >= length && memcmp(text.bytes + text.length -
	    length, with, length) == 0;
}

/* Finds out what sizes mean. A 304 and an answer to HEAD have no body; with
 * HTTP/2, headers are compressed, so such a line says nothing. */
static void
vote(struct file *file, const struct missed_line *line)
{
	bool empty = line->status == 304 || (line->request.length > 5 &&
	    memcmp(line->request.bytes, "HEAD ", 5) == 0);

	file->lighttpd |= line->lighttpd;
	file->nginx |= line->status == 499;
	file->apache |= line->dash && !line->lighttpd;
	if (line->dash || line->lighttpd)
		file->bodies++;
	else if (ends(line->request, "HTTP/2.0"))
		return;
	else if (empty && line->size > 0)
		file->headers++;
	else if (empty || (line->size > 0 && line->size < SMALL))
		file->bodies++;
}

static bool
has_bodies(const struct file *file)
{
	return file->bodies > file->headers &&
	    file->bodies >= file->read / 50;
}

/* Guesses the server by the lines or the file's name. Only Apache's sizes
 * include headers. */
static const char *
server_of(const struct file *file, const char *name)
{
	if (file->lighttpd)
		return "lighttpd";
	if (file->nginx || strstr(name, "nginx") != NULL)
		return "nginx";
	if (strstr(name, "lighttpd") != NULL)
		return "lighttpd";
	return file->apache || !has_bodies(file) ||
	    strstr(name, "apache") != NULL || strstr(name, "httpd") != NULL ?
	    "apache" : "";
}

/*
 * Lines
 */

/* Counts a POST that goes to no endpoint, if it is Meta's. */
static void
note_stray(struct missed_scan *scan, const struct missed_line *line,
    struct span path)
{
	if (line->agent.bytes == NULL || !missed_is_meta(line->agent))
		return;
	if (scan->astray++ == 0)
		missed_place_show(scan->config, path, scan->stray);
}

/* An answer that may be hookline's by its size, with headers. To an endpoint's
 * path, hookline never answers 404, and 403 only for want of a certificate. */
static enum missed_size
with_headers(const struct missed_scan *scan, const struct missed_line *line,
    size_t endpoint)
{
	enum client_cert_mode mode =
	    scan->config->endpoints[endpoint].client_cert;

	if (line->status == 404 ||
	    (line->status == 403 && mode == CLIENT_CERT_OFF))
		return SIZE_OTHER;
	return line->time < scan->counted_since ? SIZE_BEFORE : SIZE_HEADERS;
}

static bool
take_post(struct missed_scan *scan, const struct missed_line *line,
    struct span path)
{
	struct missed_post post = { .time = line->time,
	    .status = line->status, .size = missed_own_size(line) };
	bool named = line->agent.bytes != NULL, open;

	if (!missed_place_find(scan->config, path, &post.endpoint, &open)) {
		note_stray(scan, line, path);
		return true;
	}
	if (post.size == SIZE_HEADERS)
		post.size = with_headers(scan, line, post.endpoint);
	post.meta = !named || missed_is_meta(line->agent);
	if (open && !named) {
		scan->homeless++;
		return true;
	}
	/* It may be meant for any other program. */
	if (open && !post.meta)
		return true;
	scan->nameless += !named;
	scan->others += !post.meta;
	return missed_tally_add(&scan->tally, &post);
}

static void
take_line(struct file *file, struct span text)
{
	struct missed_scan *scan = file->scan;
	char request[REQUEST_ROOM];
	struct missed_line line;
	struct span path;
	size_t length;

	if (!missed_line_read(text, &line)) {
		file->unread++;
		return;
	}
	file->read++;
	vote(file, &line);
	if (line.time < scan->since)
		return;
	if (line.time < scan->from)
		scan->from = line.time;
	if (line.time > scan->to)
		scan->to = line.time;
	if (missed_path(line.request, "POST").bytes == NULL)
		return;
	length = missed_unescape(line.request, request, sizeof request);
	if (length == SIZE_MAX)
		return;
	path = missed_path((struct span){ request, length }, "POST");
	if (!take_post(scan, &line, path))
		file->full = true;
}

/*
 * Files
 */

static void
finish(struct file *file, const char *name)
{
	struct missed_scan *scan = file->scan;
	const char *server = server_of(file, name);

	missed_tally_settle(&scan->tally, has_bodies(file));
	scan->read += file->read;
	scan->unread += file->unread;
	if (file->read == 0)
		return;
	if (scan->server == NULL)
		scan->server = server;
	else if (strcmp(scan->server, server) != 0)
		scan->server = "";
}

static enum status
read_file(struct missed_scan *scan, struct missed_file *log, const char *name)
{
	struct file file = { .scan = scan };
	struct span line;

	while (!file.full && missed_file_next(log, &line))
		if (line.length > 0)
			take_line(&file, line);
	finish(&file, name);
	if (file.full)
		return fail(STATUS_FAILED, "%s: out of memory", name);
	if (missed_file_failed(log))
		return STATUS_FAILED;
	if (file.read == 0 && file.unread > 0)
		return fail(STATUS_FAILED, "%s: none of its %" PRIu64 " lines "
		    "is in the common or the combined log format", name,
		    file.unread);
	return STATUS_DONE;
}

enum status
missed_scan_file(struct missed_scan *scan, const char *name)
{
	struct missed_file *log = missed_file_open(name, false);
	enum status status;

	if (log == NULL)
		return STATUS_FAILED;
	status = read_file(scan, log, name);
	missed_file_close(log);
	return status;
}

void
missed_scan_begin(struct missed_scan *scan, const struct config *config)
{
	*scan = (struct missed_scan){ .config = config, .from = INT64_MAX };
}

void
missed_scan_end(struct missed_scan *scan)
{
	missed_tally_free(&scan->tally);
}
