/*
 * html: a page that is being written. It remembers if memory runs out, so that
 * the parts need not check for that one by one.
 *
 * Each function is for one kind of content. Only html_put() and html_format()
 * write markup; they must not be given anything that was received.
 */
#ifndef HOOKLINE_INBOX_HTML_H
#define HOOKLINE_INBOX_HTML_H

#include "inbox/ask.h"
#include "base/buffer.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

struct html {
	struct buffer *out;
	int64_t now;		/* for times */
	bool failed;		/* memory ran out: the page is incomplete */
};

/* Markup of our own. html_format() writes at most 500 bytes; texts that go into
 * it must be ours as well. */
void html_put(struct html *html, const char *markup);
void html_format(struct html *html, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Text. A span may hold anything; html_bdi() also isolates its direction. */
void html_text(struct html *html, struct span text);
void html_string(struct html *html, const char *text);
void html_bdi(struct html *html, const char *class, struct span text);

/* The value of an attribute, without its quotes; the content of <title>. */
void html_attribute(struct html *html, struct span text);

/* The value of an href that asks for this; see ask_link(). */
void html_link(struct html *html, const struct ask *ask);

/* "1,234,567", and "1 record" or "2 records". */
void html_number(struct html *html, uint64_t number);
void html_count(struct html *html, uint64_t number, const char *noun);

/* "412 bytes", "24.1 MB" */
void html_size(struct html *html, uint64_t bytes);

/* "4 minutes ago" */
void html_age(struct html *html, int64_t time);

enum html_form {
	HTML_SHORT,		/* 06:00; 20 Nov 06:00 if that is not today */
	HTML_HOUR,		/* 06:00 */
	HTML_FULL		/* 21 Nov 2026 06:00:02 */
};

/* A <time> in UTC. Our script turns it into the reader's own time. */
void html_time(struct html *html, int64_t time, enum html_form form);

#endif
