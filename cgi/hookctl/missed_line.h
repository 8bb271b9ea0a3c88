/*
 * missed_line: one line of a web server's access log.
 *
 * The common and the combined format, as Apache, nginx and lighttpd write them:
 *
 *   HOST IDENT USER [TIME] "REQUEST" STATUS SIZE "REFERER" "USER-AGENT" ...
 *
 * The last two are absent in the common format. Before HOST there may be other
 * words (Apache's vhost_combined has "host:port"), lighttpd has the site's name
 * in place of IDENT, and more fields may follow.
 */
#ifndef HOOKLINE_HOOKCTL_MISSED_LINE_H
#define HOOKLINE_HOOKCTL_MISSED_LINE_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct missed_line {
	int64_t time;		/* seconds since 1970 */
	int status;		/* 0 to 999 */
	bool dash;		/* "-" in place of a size */
	uint64_t size;		/* of the answer, with or without its headers */
	bool lighttpd;		/* the second word is a site's name */
	struct span request;	/* views of the text, escapes included; */
	struct span agent;	/* this one is absent in the common format */
};

/* Reads one line, without its newline; false if it has none of the formats.
 * What is in the line stays the owner's. */
bool missed_line_read(struct span text, struct missed_line *line);

/*
 * Writes what was between quotes as the client sent it: \" \\ \xhh and \n and
 * the like become one byte. At most `size` bytes, and no NUL; returns how many,
 * or SIZE_MAX if there is no room for all.
 */
size_t missed_unescape(struct span quoted, char *out, size_t size);

/*
 * The path of a request line: up to "?" or a blank, without scheme and host.
 * Absent if this is no request with `method`, "POST" say. It is compared byte
 * for byte with an endpoint's, as hookline does.
 */
struct span missed_path(struct span request, const char *method);

/* Whether Meta's webhooks call themselves so. */
bool missed_is_meta(struct span agent);

#endif
