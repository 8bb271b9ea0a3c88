/*
 * missed_line: one line of a web server's access log.
 *
 * It reads the common and the combined format of Apache, nginx and lighttpd:
 *
 *   HOST IDENT USER [TIME] "REQUEST" STATUS SIZE "REFERER" "USER-AGENT" ...
 *
 * The common format lacks the last two. There may be other words before HOST
 * (Apache's vhost_combined has "host:port"), and more fields at the end.
 * lighttpd has the site's name in place of IDENT.
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
	struct span request;	/* these point into the line, with escapes; */
	struct span agent;	/* this one is absent in the common format */
};

/* Reads one line, without its newline. False if it has neither format. The
 * result points into the text. */
bool missed_line_read(struct span text, struct missed_line *line);

/*
 * Undoes the escapes of a quoted text, such as \" \\ \xhh and \n: each becomes
 * the one byte that the client sent. Writes at most `size` bytes, without a
 * NUL, and returns how many; SIZE_MAX if there is not enough room.
 */
size_t missed_unescape(struct span quoted, char *out, size_t size);

/*
 * The path of a request line, up to "?" or a blank, without scheme and host.
 * Absent if the request has another method than `method`, such as "POST". To be
 * compared with an endpoint's byte by byte, as hookline does.
 */
struct span missed_path(struct span request, const char *method);

/* Whether this is the User-Agent of Meta's webhooks. */
bool missed_is_meta(struct span agent);

#endif
