/*
 * lex: the words and strings of hookline.conf, one after the other.
 */
#ifndef HOOKLINE_CONFIG_LEX_H
#define HOOKLINE_CONFIG_LEX_H

#include "config/internal.h"

enum lexeme { LEX_BAD, LEX_END, LEX_WORD, LEX_STRING, LEX_EQUALS = '=',
    LEX_COMMA = ',', LEX_OPEN = '{', LEX_CLOSE = '}' };

/*
 * The text is read from front to back and written into: a string is decoded in
 * place, and a NUL is put after each string and word. The line in `loading` is
 * the one that `at` is on.
 */
struct parse {
	struct loading *loading;
	char *at;		/* what comes next; the text ends with a NUL */
	char held;		/* the byte there; a word's NUL may cover it */
	char *text;		/* the last word, or decoded string */
};

/* Reports a mistake in the text, with the line and the key in `loading`. */
#define REFUSE(parse, ...) \
	config_refuse((parse)->loading, CONFIG_BAD, __VA_ARGS__)

/* Returns LEX_BAD if it has refused the text. */
enum lexeme lex_next(struct parse *parse);

/* Moves on to `to` and counts the lines. */
void lex_skip_to(struct parse *parse, const char *to);

#endif
