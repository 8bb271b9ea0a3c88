/*
 * fuzz_access_log: one line of a web server's access log.
 *
 *  - What is found lies within the line, in its order, and has no quote that is
 *    not escaped.
 *  - A line that was read still reads the same with another word before it, and
 *    with more fields after it.
 *  - A line that is made from a path, an agent and numbers gives them back, as
 *    Apache and as nginx escape them.
 *  - Undoing escapes never makes a text longer, and needs no more room than
 *    that.
 */
#include "fuzz.h"

#include "hookctl/missed_line.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An exact copy, so that a read beyond it is noticed. */
static bool
reads(const char *text, size_t length, char **copy, struct missed_line *line)
{
	*copy = malloc(length + (length == 0));
	MUST(*copy != NULL);
	memcpy(*copy, text, length);
	return missed_line_read((struct span){ *copy, length }, line);
}

static void
check_quoted(struct span inner, struct span line)
{
	char *out = malloc(inner.length + 1);
	size_t length, i;

	MUST(out != NULL);
	MUST(fuzz_inside(inner, line));
	for (i = 0; i < inner.length; i++) {
		MUST(inner.bytes[i] != '"');
		i += inner.bytes[i] == '\\';
	}
	length = missed_unescape(inner, out, inner.length);
	MUST(length <= inner.length);
	if (length > 0)
		MUST(missed_unescape(inner, out, length - 1) == SIZE_MAX);
	free(out);
}

static bool
same(const struct missed_line *left, const struct missed_line *right)
{
	return left->time == right->time && left->status == right->status &&
	    left->dash == right->dash && left->size == right->size &&
	    fuzz_same(left->request, right->request);
}

/* The line with another word before it, and another field after it. */
static void
check_wrapped(struct span text, const struct missed_line *line)
{
	struct missed_line again;
	char *more = NULL, *copy;
	int length = asprintf(&more, "a.example:443 %.*s \"more\"",
	    (int)text.length, text.bytes);

	/* Neither a NUL nor a carriage return at its end can be there. */
	if (memchr(text.bytes, '\0', text.length) == NULL &&
	    text.bytes[text.length - 1] != '\r') {
		MUST(length > 0);
		MUST(reads(more, (size_t)length, &copy, &again));
		MUST(same(line, &again));
		if (line->agent.bytes != NULL)
			MUST(fuzz_same(line->agent, again.agent));
		free(copy);
	}
	free(more);
}

static void
check_line(struct span text)
{
	struct missed_line line;
	struct span path;
	char *copy;

	if (reads(text.bytes, text.length, &copy, &line)) {
		const struct span all = { copy, text.length };

		MUST(line.time >= 0 && line.status >= 0 && line.status < 1000);
		MUST(!line.dash || line.size == 0);
		check_quoted(line.request, all);
		if (line.agent.bytes != NULL) {
			check_quoted(line.agent, all);
			MUST(line.agent.bytes > line.request.bytes);
		}
		path = missed_path(line.request, "POST");
		if (path.bytes != NULL)
			MUST(fuzz_inside(path, line.request) &&
			    memchr(path.bytes, '?', path.length) == NULL);
		check_wrapped(all, &line);
	}
	free(copy);
}

/* Writes as a server writes what is in quotes. */
static size_t
escape(struct span text, bool nginx, char *out)
{
	size_t i, at = 0;

	for (i = 0; i < text.length; i++) {
		unsigned char byte = (unsigned char)text.bytes[i];

		if (!nginx && (byte == '"' || byte == '\\'))
			at += (size_t)sprintf(out + at, "\\%c", byte);
		else if (!nginx && byte == '\n')
			at += (size_t)sprintf(out + at, "\\n");
		else if (byte == '"' || byte == '\\' || !isprint(byte))
			at += (size_t)sprintf(out + at, nginx ? "\\x%02X" :
			    "\\x%02x", byte);
		else
			out[at++] = (char)byte;
	}
	return at;
}

static void
check_made(struct span request, struct span agent, unsigned status, bool nginx)
{
	char *escaped[2] = { malloc(4 * request.length + 1),
	    malloc(4 * agent.length + 1) };
	int lengths[2] = { (int)escape(request, nginx, escaped[0]),
	    (int)escape(agent, nginx, escaped[1]) };
	char *text = NULL, *copy, *out = malloc(request.length + 1);
	struct missed_line line;
	int length = asprintf(&text, "::1 - - [21/Nov/2026:06:00:00 +0000] "
	    "\"%.*s\" %03u %u \"-\" \"%.*s\"", lengths[0], escaped[0], status,
	    status, lengths[1], escaped[1]);

	MUST(length > 0 && out != NULL);
	MUST(reads(text, (size_t)length, &copy, &line));
	MUST(line.time == 1795240800 && line.status == (int)status &&
	    line.size == status && !line.lighttpd);
	MUST(missed_unescape(line.request, out, request.length) ==
	    request.length);
	MUST(memcmp(out, request.bytes, request.length) == 0);
	MUST(line.agent.length == (size_t)lengths[1]);
	free(copy);
	free(text);
	free(out);
	free(escaped[0]);
	free(escaped[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	unsigned kind = fuzz_byte(&input);
	struct span first;

	if (kind % 4 != 0) {
		check_line((struct span){ input.bytes, input.left });
		return 0;
	}
	first = fuzz_until(&input, "\n");
	check_made(first, fuzz_until(&input, "\n"), kind * 3, kind % 8 == 0);
	return 0;
}
