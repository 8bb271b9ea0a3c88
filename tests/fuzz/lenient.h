/*
 * lenient: what json-c 0.16 accepts as JSON, in strict mode with
 * JSON_TOKENER_VALIDATE_UTF8, although RFC 8259 does not allow it:
 *
 *  - unescaped control characters in strings;
 *  - strings in single quotes;
 *  - NaN, Infinity and -Infinity;
 *  - numbers such as -01, 2.e3 and 1.;
 *  - UTF-8 that is overlong, a surrogate or beyond U+10FFFF;
 *  - anything after a NUL, which ends the text for json-c;
 *  - nesting beyond JSON_DEPTH_MAX, our limit and not the grammar's.
 */
#ifndef HOOKLINE_TESTS_LENIENT_H
#define HOOKLINE_TESTS_LENIENT_H

#include "slow.h"

#include "base/span.h"
#include "payload/json.h"

#include <stdbool.h>
#include <string.h>

/* A run of a number's characters that is not a number. */
static bool
lenient_number(const char **p, const char *end)
{
	static const char signs[] = "0123456789+-.eE";
	struct slow slow = { (const unsigned char *)*p,
	    (const unsigned char *)end };

	while (*p < end && **p != '\0' && strchr(signs, **p) != NULL)
		++*p;
	slow.end = (const unsigned char *)*p;
	--*p;
	return !slow_number(&slow) || slow.p != slow.end;
}

static bool
lenient_utf8(struct span text)
{
	struct slow slow = { (const unsigned char *)text.bytes,
	    (const unsigned char *)text.bytes + text.length };

	while (slow.p < slow.end) {
		if (*slow.p < 0x80)
			slow.p++;
		else if (!slow_utf8(&slow))
			return true;
	}
	return false;
}

/* A word that json-c accepts and JSON does not. */
static bool
lenient_word(const char *p, const char *end)
{
	static const char *const words[] = { "NaN", "Infinity", "-Infinity" };
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if ((size_t)(end - p) >= strlen(words[i]) &&
		    memcmp(p, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

static bool
lenient(struct span text)
{
	const char *p = text.bytes, *end = p + text.length;
	unsigned depth = 0;
	bool string = false;

	for (; p < end; p++) {
		if (*p == '\0' || (string && (unsigned char)*p < ' '))
			return true;
		if (string && *p == '\\' && end - p > 1)
			p++;
		else if (*p == '"')
			string = !string;
		else if (string)
			continue;
		else if (*p == '\'' || lenient_word(p, end))
			return true;
		else if (*p == '{' || *p == '[')
			depth++;
		else if ((*p == '}' || *p == ']') && depth > 0)
			depth--;
		else if ((*p == '-' || (*p >= '0' && *p <= '9')) &&
		    lenient_number(&p, end))
			return true;
		if (depth > JSON_DEPTH_MAX)
			return true;
	}
	return lenient_utf8(text);
}

#endif
