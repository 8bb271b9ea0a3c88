#include "config/lex.h"

#include <string.h>

#define WORD_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
    "0123456789_.-"

void
lex_skip_to(struct parse *parse, const char *to)
{
	for (; parse->at < to; parse->at++)
		parse->loading->line += *parse->at == '\n';
}

/* The end of the blanks or the comment at `at`: `at` if there are none, NULL if
 * the comment does not end. Files from other systems may have CR LF. */
static const char *
blank_end(const char *at)
{
	const char *end;

	if (*at == '#' || strncmp(at, "//", 2) == 0)
		return strchrnul(at, '\n');
	if (strncmp(at, "/*", 2) == 0) {
		end = strstr(at + 2, "*/");
		return end != NULL ? end + 2 : NULL;
	}
	if (strncmp(at, "\r\n", 2) == 0)
		at++;
	return at + strspn(at, " \t\n");
}

static bool
skip_blanks(struct parse *parse)
{
	const char *end;

	while ((end = blank_end(parse->at)) != parse->at) {
		if (end == NULL)
			return REFUSE(parse, "this comment is never closed");
		lex_skip_to(parse, end);
	}
	return true;
}

/* Whether the next byte may be in a string; if so, moves `at` to the byte that
 * it stands for. */
static bool
check_in_string(struct parse *parse, char quote)
{
	unsigned char byte = (unsigned char)*parse->at;

	if (byte == '\0')
		return REFUSE(parse, "this string is never closed");
	if (byte == '\n' || byte == '\r')
		return REFUSE(parse, "a string may not span lines");
	if (byte < 0x20 || byte == 0x7f)
		return REFUSE(parse, "a string contains a control character");
	if (quote == '"' && byte == '$' && parse->at[1] == '{')
		return REFUSE(parse, "${ is not expanded: use single quotes "
		    "if you mean it literally");
	if (byte != '\\')
		return true;
	parse->at++;
	return *parse->at == '\\' || *parse->at == quote || REFUSE(parse,
	    "a backslash may only come before the quote or another "
	    "backslash");
}

static enum lexeme
read_string(struct parse *parse)
{
	char quote = *parse->at++;
	char *out = parse->at;

	parse->text = out;
	while (*parse->at != quote) {
		if (!check_in_string(parse, quote))
			return LEX_BAD;
		*out++ = *parse->at++;
	}
	parse->at++;
	*out = '\0';
	return LEX_STRING;
}

static enum lexeme
read_lexeme(struct parse *parse)
{
	switch (*parse->at) {
	case '\0':
		return LEX_END;
	case '=':
	case ',':
	case '{':
	case '}':
		return (enum lexeme)*parse->at++;
	case '"':
	case '\'':
		return read_string(parse);
	default:
		parse->text = parse->at;
		parse->at += strspn(parse->at, WORD_BYTES);
		if (parse->at > parse->text)
			return LEX_WORD;
		REFUSE(parse, "unexpected character: put texts and paths in "
		    "quotes");
		return LEX_BAD;
	}
}

enum lexeme
lex_next(struct parse *parse)
{
	enum lexeme lexeme;

	*parse->at = parse->held;
	if (!skip_blanks(parse))
		return LEX_BAD;
	lexeme = read_lexeme(parse);
	parse->held = *parse->at;
	if (lexeme == LEX_WORD)
		*parse->at = '\0';
	return lexeme;
}
