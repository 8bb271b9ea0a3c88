#include "http/escape.h"

#include "base/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define MARK_BEGIN "\342\200\271"	/* U+2039 */
#define MARK_END "\342\200\272"		/* U+203A */

/* What an unseen character is called. */
static const char *
name_of(uint32_t code)
{
	static const struct { uint32_t code; const char *name; } names[] = {
		{ 0x00, "NUL" }, { 0x08, "backspace" }, { 0x09, "tab" },
		{ 0x0a, "line feed" }, { 0x0d, "carriage return" },
		{ 0x1b, "escape" }, { 0x7f, "delete" },
		{ 0x061c, "Arabic letter mark" },
		{ 0x200b, "zero width space" },
		{ 0x200e, "left-to-right mark" },
		{ 0x200f, "right-to-left mark" },
		{ 0x2028, "line separator" },
		{ 0x2029, "paragraph separator" },
		{ 0x202a, "left-to-right embedding" },
		{ 0x202b, "right-to-left embedding" },
		{ 0x202c, "pop directional formatting" },
		{ 0x202d, "left-to-right override" },
		{ 0x202e, "right-to-left override" },
		{ 0x2060, "word joiner" },
		{ 0x2066, "left-to-right isolate" },
		{ 0x2067, "right-to-left isolate" },
		{ 0x2068, "first strong isolate" },
		{ 0x2069, "pop directional isolate" },
		{ 0xfeff, "byte order mark" } };
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].code == code)
			return names[i].name;
	return code < 0xa0 ? "control character" : "invisible character";
}

static enum error
put(struct buffer *out, const char *text)
{
	return buffer_append(out, text, strlen(text));
}

/* Appends the mark of a character. If `length` is 0, it is a byte that is not
 * UTF-8. */
static enum error
put_mark(struct buffer *out, uint32_t code, size_t length, bool element)
{
	char mark[32], before[96];
	enum error error = ERR_NONE;

	if (length == 0)
		(void)snprintf(mark, sizeof mark, MARK_BEGIN "%02X" MARK_END,
		    code);
	else
		(void)snprintf(mark, sizeof mark, MARK_BEGIN "U+%04X" MARK_END,
		    code);
	if (element) {
		(void)snprintf(before, sizeof before,
		    "<span class=\"mark\" title=\"%s\">", length == 0 ?
		    "a byte that is not UTF-8" : name_of(code));
		error = put(out, before);
	}
	if (error == ERR_NONE)
		error = put(out, mark);
	if (error == ERR_NONE && element)
		error = put(out, "</span>");
	return error;
}

/* The reference that replaces a byte in HTML; NULL: the byte stays. */
static const char *
reference_of(char byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* Whether the byte can be copied to HTML without a closer look. */
static bool
is_plain(char byte)
{
	return byte >= ' ' && byte <= '~' && reference_of(byte) == NULL;
}

static enum error
escape_html(struct buffer *out, struct span text, bool element)
{
	size_t at = 0, run, length;
	enum error error = ERR_NONE;
	uint32_t code = 0;

	while (at < text.length && error == ERR_NONE) {
		for (run = at; run < text.length && is_plain(text.bytes[run]);)
			run++;
		if (run > at) {
			error = buffer_append(out, text.bytes + at, run - at);
			at = run;
			continue;
		}
		if (reference_of(text.bytes[at]) != NULL) {
			error = put(out, reference_of(text.bytes[at]));
			at++;
			continue;
		}
		length = utf8_read(text.bytes + at, text.length - at, &code);
		if (length == 0)
			error = put_mark(out, (unsigned char)text.bytes[at],
			    0, element);
		else if (utf8_is_unseen(code))
			error = put_mark(out, code, length, element);
		else
			error = buffer_append(out, text.bytes + at, length);
		at += length > 0 ? length : 1;
	}
	return error;
}

enum error
escape_html_text(struct buffer *out, struct span text)
{
	return escape_html(out, text, true);
}

enum error
escape_html_attribute(struct buffer *out, struct span text)
{
	return escape_html(out, text, false);
}

static bool
is_unreserved(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
	    (byte >= 'a' && byte <= 'z') || (byte != '\0' &&
	    strchr("-._~", byte) != NULL);
}

enum error
escape_url_query(struct buffer *out, struct span text)
{
	enum error error = ERR_NONE;
	char escaped[4];
	size_t i;

	for (i = 0; i < text.length && error == ERR_NONE; i++) {
		if (is_unreserved(text.bytes[i])) {
			error = buffer_append(out, text.bytes + i, 1);
			continue;
		}
		(void)snprintf(escaped, sizeof escaped, "%%%02X",
		    (unsigned char)text.bytes[i]);
		error = buffer_append(out, escaped, 3);
	}
	return error;
}
