#include "config/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WORD_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
    "0123456789_.-"

bool
lex_refuse(struct lex *lex, const char *format, ...)
{
	char what[256];
	va_list arguments;

	if (lex->status != CONFIG_OK)
		return false;
	va_start(arguments, format);
	(void)vsnprintf(what, sizeof what, format, arguments);
	va_end(arguments);
	lex->status = config_refuse(lex->context, CONFIG_BAD, lex->spot, "%s",
	    what);
	return false;
}

/* Moves on to `to`, counting lines. */
static void
skip_to(struct lex *lex, const char *to)
{
	for (; lex->at < to; lex->at++)
		lex->spot.line += *lex->at == '\n';
}

static bool
skip_comment(struct lex *lex)
{
	const char *stop = strstr(lex->at + 2, "*/");

	if (stop == NULL)
		return lex_refuse(lex, "this comment is never closed");
	skip_to(lex, stop + 2);
	return true;
}

/* Files from other systems have a CR at the end of a line. */
static bool
skip_blanks(struct lex *lex)
{
	for (;;) {
		const char *at = lex->at;

		if (*at == ' ' || *at == '\t' || *at == '\n' ||
		    (*at == '\r' && at[1] == '\n'))
			skip_to(lex, at + 1);
		else if (*at == '#' || (*at == '/' && at[1] == '/'))
			skip_to(lex, strchrnul(at, '\n'));
		else if (*at != '/' || at[1] != '*')
			return true;
		else if (!skip_comment(lex))
			return false;
	}
}

/* Whether what comes next may be in a string; `at` is then on the byte that it
 * means. */
static bool
check_in_string(struct lex *lex, char quote)
{
	unsigned char byte = (unsigned char)*lex->at;

	if (byte == '\0')
		return lex_refuse(lex, "this string is never closed");
	if (byte == '\n' || byte == '\r')
		return lex_refuse(lex, "a string must end on its own line");
	if (byte < 0x20 || byte == 0x7f)
		return lex_refuse(lex, "a string holds a control character");
	if (quote == '"' && byte == '$' && lex->at[1] == '{')
		return lex_refuse(lex, "${ is not expanded: write it in single "
		    "quotes if it is meant so");
	if (byte != '\\')
		return true;
	lex->at++;
	return *lex->at == '\\' || *lex->at == quote ||
	    lex_refuse(lex, "a backslash may only stand before the quote or "
	    "another backslash");
}

static enum lexeme
read_string(struct lex *lex)
{
	char quote = *lex->at++;
	char *out = lex->at;

	lex->text = out;
	while (*lex->at != quote) {
		if (!check_in_string(lex, quote))
			return LEX_BAD;
		*out++ = *lex->at++;
	}
	lex->at++;
	*out = '\0';
	lex->length = (size_t)(out - lex->text);
	return LEX_STRING;
}

static enum lexeme
read_word(struct lex *lex)
{
	lex->text = lex->at;
	lex->length = strspn(lex->at, WORD_BYTES);
	lex->at += lex->length;
	if (lex->length > 0)
		return LEX_WORD;
	lex_refuse(lex,
	    "unexpected character: texts and paths stand in quotes");
	return LEX_BAD;
}

enum lexeme
lex_next(struct lex *lex)
{
	if (!skip_blanks(lex))
		return LEX_BAD;
	switch (*lex->at) {
	case '\0':
		return LEX_END;
	case '=':
	case ',':
	case '{':
	case '}':
		return (enum lexeme)*lex->at++;
	case '"':
	case '\'':
		return read_string(lex);
	default:
		return read_word(lex);
	}
}

bool
lex_expect(struct lex *lex, enum lexeme wanted, const char *what)
{
	return lex_next(lex) == wanted || lex_refuse(lex, "%s", what);
}

bool
lex_is(const struct lex *lex, const char *word)
{
	return strncmp(word, lex->text, lex->length) == 0 &&
	    word[lex->length] == '\0';
}

bool
lex_start(struct lex *lex, size_t length)
{
	const char *nul = strchr(lex->at, '\0');

	lex->spot = (struct config_spot){ .line = 1 };
	if (nul != lex->at + length) {
		skip_to(lex, nul);
		return lex_refuse(lex, "holds a NUL byte");
	}
	if (strncmp(lex->at, "\xef\xbb\xbf", 3) == 0)
		lex->at += 3;
	return true;
}
