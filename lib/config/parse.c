/*
 * parse: the text of hookline.conf, in one pass.
 *
 *   text    = { setting | "endpoint" string "{" { setting } "}" }
 *   setting = key "=" value
 *   value   = word | string | "{" [ string { "," string } [ "," ] ] "}"
 *
 * Each value is stored as soon as it has been read, and the first mistake ends
 * the parse. Rules between several keys of an endpoint are checked at its end.
 */
#include "config/internal.h"

#include <stdlib.h>
#include <string.h>

#define WORD_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
    "0123456789_.-"

/* Reports a mistake in the text, with the line and the key in `loading`. */
#define REFUSE(parse, ...) \
	config_refuse((parse)->loading, CONFIG_BAD, __VA_ARGS__)

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

/*
 * Lexemes
 */

/* Moves on to `to` and counts the lines. */
static void
skip_to(struct parse *parse, const char *to)
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
		skip_to(parse, end);
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

/* Returns LEX_BAD if it has refused the text. */
static enum lexeme
next(struct parse *parse)
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

static bool
expect(struct parse *parse, enum lexeme wanted, const char *problem)
{
	return next(parse) == wanted || REFUSE(parse, "%s", problem);
}

/*
 * Settings
 */

/* The strings of a list, after its opening brace. */
static bool
parse_list(struct parse *parse, const struct config_section *section,
    const struct config_key *key)
{
	enum lexeme lexeme = next(parse);

	while (lexeme == LEX_STRING) {
		if (!config_store(parse->loading, section, key, parse->text))
			return false;
		lexeme = next(parse);
		if (lexeme == LEX_COMMA)
			lexeme = next(parse);
		else if (lexeme == LEX_STRING)
			return REFUSE(parse, "a comma is missing in the list");
	}
	return lexeme == LEX_CLOSE ||
	    REFUSE(parse, "a list looks like { \"...\", \"...\" }");
}

/* If a secret lacked quotes, its rest could be logged as an unknown key. */
static bool
parse_value(struct parse *parse, const struct config_section *section,
    const struct config_key *key)
{
	enum lexeme lexeme;

	if (!expect(parse, LEX_EQUALS, "must be followed by ="))
		return false;
	lexeme = next(parse);
	if (lexeme == LEX_WORD && key->read == config_read_secret)
		return REFUSE(parse, "must be in quotes");
	if (lexeme == LEX_OPEN && key->list)
		return parse_list(parse, section, key);
	if (lexeme != LEX_WORD && lexeme != LEX_STRING)
		return REFUSE(parse, "must be one value");
	return config_store(parse->loading, section, key, parse->text);
}

/* The row with this name, or the end of the table. */
static const struct config_key *
find_key(const struct config_key *key, const char *name)
{
	while (key->name != NULL && strcmp(key->name, name) != 0)
		key++;
	return key;
}

static bool
refuse_key(struct parse *parse, bool inside)
{
	const char *name = parse->text, *why = "unknown key";

	if (inside && find_key(config_general_keys, name)->name != NULL)
		why = "does not belong inside an endpoint block";
	if (!inside && find_key(config_endpoint_keys, name)->name != NULL)
		why = "belongs inside an endpoint block";
	return REFUSE(parse, "%.64s: %s", name, why);
}

static bool
refuse_again(struct parse *parse, unsigned first)
{
	return REFUSE(parse, "given twice, first on line %u", first);
}

/* Parses the rest of a setting whose key was just read. */
static bool
parse_setting(struct parse *parse, struct config_section *section)
{
	const struct config_key *key = find_key(section->keys, parse->text);
	unsigned *line = &section->lines[key - section->keys];

	if (key->name == NULL)
		return refuse_key(parse,
		    section->keys == config_endpoint_keys);
	parse->loading->key = key->name;
	if (*line != 0)
		return refuse_again(parse, *line);
	*line = parse->loading->line;
	if (!parse_value(parse, section, key))
		return false;
	parse->loading->key = NULL;
	return true;
}

/*
 * Sections
 */

/* Adds the endpoint whose path was just read; the path must be new. */
static bool
begin_endpoint(struct parse *parse, struct config_section *section)
{
	struct config *config = parse->loading->config;
	struct endpoint *endpoint = config->endpoints;
	size_t i;

	if (!config_is_endpoint_path(parse->text))
		return REFUSE(parse, "its path must be \"*\", or begin with / "
		    "and contain no blanks, ?, # or non-ASCII characters");
	for (i = 0; i < config->endpoint_count; i++)
		if (strcmp(endpoint[i].path, parse->text) == 0)
			return refuse_again(parse, endpoint[i].line);
	if (config->endpoint_count == CONFIG_ENDPOINTS_MAX)
		return REFUSE(parse, "there are too many");
	endpoint = config_add_endpoint(config, parse->text);
	if (endpoint == NULL)
		return config_no_memory(parse->loading);
	endpoint->line = parse->loading->line;
	section->base = endpoint;
	return true;
}

static bool
parse_endpoint(struct parse *parse)
{
	struct config_section section = { .keys = config_endpoint_keys };
	enum lexeme lexeme;

	parse->loading->key = "endpoint";
	if (!expect(parse, LEX_STRING, "needs a path in quotes") ||
	    !begin_endpoint(parse, &section) ||
	    !expect(parse, LEX_OPEN, "its path must be followed by {"))
		return false;
	parse->loading->key = NULL;
	while ((lexeme = next(parse)) == LEX_WORD)
		if (!parse_setting(parse, &section))
			return false;
	if (lexeme == LEX_CLOSE)
		return config_end_endpoint(parse->loading, &section);
	return REFUSE(parse, "%s", lexeme == LEX_END ?
	    "the file ends inside an endpoint block: } is missing" :
	    "expected a key, or } at the end of the endpoint block");
}

static bool
parse_file(struct parse *parse)
{
	struct config *config = parse->loading->config;
	struct config_section section = { .keys = config_general_keys,
	    .base = config };
	enum lexeme lexeme;

	while ((lexeme = next(parse)) == LEX_WORD)
		if (!(strcmp(parse->text, "endpoint") == 0 ?
		    parse_endpoint(parse) : parse_setting(parse, &section)))
			return false;
	if (lexeme != LEX_END)
		return REFUSE(parse, "expected a key here");
	parse->loading->line = 0;
	return config->endpoint_count > 0 ||
	    REFUSE(parse, "no endpoint is configured");
}

/* Removes slashes at the end, which would leave no last component. */
static bool
make_absolute(struct loading *loading, char **name)
{
	char *path;
	size_t length;

	if (**name == '\0')
		return true;
	path = config_path_beside(loading->file, *name);
	if (path == NULL)
		return config_no_memory(loading);
	for (length = strlen(path); length > 1 && path[length - 1] == '/';)
		path[--length] = '\0';
	free(*name);
	*name = path;
	return true;
}

bool
config_parse(struct loading *loading, char *text, size_t length)
{
	struct config *config = loading->config;
	struct parse parse = { .loading = loading, .at = text };

	loading->line = 1;
	if (strlen(text) != length) {
		skip_to(&parse, strchr(text, '\0'));
		return REFUSE(&parse, "contains a NUL byte");
	}
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		parse.at += 3;
	parse.held = *parse.at;
	if (!parse_file(&parse) ||
	    !make_absolute(loading, &config->directory) ||
	    !make_absolute(loading, &config->log_file))
		return false;
	config->journal.directory = config->directory;
	return true;
}
