/*
 * escape: puts text from outside into HTML and URLs. Each function is named
 * after the place that it escapes for, and is not safe for any other.
 *
 * Nothing that was received may change a page's structure or the direction in
 * which it is read. Besides what has a meaning in HTML itself, each of these is
 * replaced by a visible mark:
 *
 *   a character that is unseen (utf8.h), NUL among them    ‹U+202E›
 *   a byte that is not UTF-8                               ‹FF›
 *
 * Line breaks and tabs are marked like other controls. Text that is written
 * from right to left also has to be isolated by an element around it (<bdi>).
 *
 * All append to a buffer and return ERR_MEMORY if memory runs out.
 */
#ifndef HOOKLINE_HTTP_ESCAPE_H
#define HOOKLINE_HTTP_ESCAPE_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"

/* Text in an element that may contain other elements. A mark becomes a <span>
 * of the class "mark", whose title says what is there. */
enum error escape_html_text(struct buffer *out, struct span text);

/* An attribute's value between double quotes, or text in an element that may
 * not contain others: <title>, <option>, <textarea>. */
enum error escape_html_attribute(struct buffer *out, struct span text);

/* A name or a value in a URL's query. All bytes but letters, digits and - . _ ~
 * are percent-encoded, so the result needs neither marks nor more escapes. */
enum error escape_url_query(struct buffer *out, struct span text);

#endif
