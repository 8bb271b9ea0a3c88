/*
 * parse: the text of hookline.conf, in one pass.
 *
 *   text    = { setting | "endpoint" string "{" { setting } "}" }
 *   setting = key "=" value
 *   value   = word | string | "{" [ string { "," string } [ "," ] ] "}"
 *
 * Each value is stored when it has been read, and the first mistake ends the
 * parse. Tokens and secrets alone wait for the end of their endpoint, since
 * each may be given in two ways.
 */
#include "config/internal.h"

#include <stdlib.h>
#include <string.h>

/* The keys that may be given at one place, and where each was. */
struct section {
	const struct config_key *keys;
	size_t count;
	void *base;		/* the struct that their values go into */
	unsigned lines[CONFIG_GENERAL_KEYS]; /* 0: not given */
};

_Static_assert(CONFIG_ENDPOINT_KEYS <= CONFIG_GENERAL_KEYS, "lines");

struct parse {
	struct lex *lex;
	struct config *config;
	unsigned endpoint_lines[CONFIG_ENDPOINTS_MAX];
	struct config_secrets given;	/* in the endpoint at hand */
	const char *secrets[CONFIG_SECRETS_MAX];
};

static bool
no_memory(struct parse *parse)
{
	parse->lex->status = config_no_memory(parse->lex->context);
	return false;
}

/*
 * Settings
 */

/* A word has no NUL behind it, and needs one only here: the byte there may
 * begin what comes next. */
static bool
store(struct parse *parse, const struct section *section,
    const struct config_key *key)
{
	struct lex *lex = parse->lex;
	char *end = lex->text + lex->length, after = *end;
	enum error error;

	*end = '\0';
	error = key->read(key, lex->text, (char *)section->base + key->member);
	*end = after;
	if (error == ERR_NONE)
		return true;
	if (error == ERR_BUSY || error == ERR_MEMORY)
		return no_memory(parse);
	lex->spot.line = section->lines[key - section->keys];
	return lex_refuse(lex, "%s", key->rule);
}

static bool
add_secret(struct parse *parse)
{
	struct config_secrets *given = &parse->given;

	if (given->secret_count == CONFIG_SECRETS_MAX) {
		parse->lex->spot.line = given->lines[KEY_APP_SECRET];
		return lex_refuse(parse->lex, "there are too many");
	}
	parse->secrets[given->secret_count++] = parse->lex->text;
	return true;
}

/* The secrets of a list, after its opening brace. */
static bool
read_secrets(struct parse *parse)
{
	struct lex *lex = parse->lex;
	enum lexeme lexeme = lex_next(lex);

	while (lexeme == LEX_STRING) {
		if (!add_secret(parse))
			return false;
		lexeme = lex_next(lex);
		if (lexeme == LEX_COMMA)
			lexeme = lex_next(lex);
		else if (lexeme == LEX_STRING)
			return lex_refuse(lex,
			    "a comma is missing in the list");
	}
	return lexeme == LEX_CLOSE ||
	    lex_refuse(lex, "a list is { \"...\", \"...\" }");
}

/* Notes what an endpoint gives; it is checked at the end of the endpoint. A
 * secret without quotes might go on as an unknown key, and into the log. */
static bool
take_secret(struct parse *parse, const struct config_key *key,
    enum lexeme lexeme)
{
	bool is_token = key == &config_endpoint_keys[KEY_VERIFY_TOKEN];

	if (lexeme == LEX_WORD)
		return lex_refuse(parse->lex, "must stand in quotes");
	if (lexeme == LEX_OPEN && !is_token)
		return read_secrets(parse);
	if (lexeme != LEX_STRING)
		return lex_refuse(parse->lex, "must be one value");
	if (!is_token)
		return add_secret(parse);
	parse->given.token = parse->lex->text;
	return true;
}

static bool
parse_value(struct parse *parse, const struct section *section,
    const struct config_key *key)
{
	enum lexeme lexeme;

	if (!lex_expect(parse->lex, LEX_EQUALS, "a = must follow"))
		return false;
	lexeme = lex_next(parse->lex);
	if (key->read == NULL)
		return take_secret(parse, key, lexeme);
	if (lexeme != LEX_WORD && lexeme != LEX_STRING)
		return lex_refuse(parse->lex, "must be one value");
	return store(parse, section, key);
}

/* The key that the word names, or NULL. */
static const struct config_key *
find_key(const struct lex *lex, const struct config_key *keys, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (lex_is(lex, keys[i].name))
			return &keys[i];
	return NULL;
}

static bool
refuse_key(struct lex *lex, bool inside)
{
	int shown = lex->length < 64 ? (int)lex->length : 64;
	const char *why = "unknown key";

	if (inside && find_key(lex, config_general_keys,
	    CONFIG_GENERAL_KEYS) != NULL)
		why = "does not belong into an endpoint";
	if (!inside && find_key(lex, config_endpoint_keys,
	    CONFIG_ENDPOINT_KEYS) != NULL)
		why = "belongs into an endpoint";
	return lex_refuse(lex, "%.*s: %s", shown, lex->text, why);
}

static bool
refuse_again(struct lex *lex, unsigned first)
{
	return lex_refuse(lex, "given twice, first on line %u", first);
}

/* The key that was just read, and its value. */
static bool
parse_setting(struct parse *parse, struct section *section)
{
	struct lex *lex = parse->lex;
	const struct config_key *key = find_key(lex, section->keys,
	    section->count);
	unsigned *line;

	if (key == NULL)
		return refuse_key(lex, section->keys == config_endpoint_keys);
	line = &section->lines[key - section->keys];
	lex->spot.key = key->name;
	if (*line != 0)
		return refuse_again(lex, *line);
	*line = lex->spot.line;
	if (!parse_value(parse, section, key))
		return false;
	lex->spot.key = NULL;
	return true;
}

/*
 * Sections
 */

/* The endpoint whose path was just read, which has to be new. */
static bool
begin_endpoint(struct parse *parse)
{
	struct config *config = parse->config;
	const char *path = parse->lex->text;
	size_t count = config->endpoint_count, i;

	if (!config_endpoint_path_ok((struct span){ path,
	    parse->lex->length }))
		return lex_refuse(parse->lex, "its path must be \"*\" or "
		    "begin with / and have no blanks, ?, # or other than "
		    "ASCII characters");
	for (i = 0; i < count; i++)
		if (strcmp(config->endpoints[i].path, path) == 0)
			return refuse_again(parse->lex,
			    parse->endpoint_lines[i]);
	if (count == CONFIG_ENDPOINTS_MAX)
		return lex_refuse(parse->lex, "there are too many");
	parse->endpoint_lines[count] = parse->lex->spot.line;
	return config_add_endpoint(config, path) || no_memory(parse);
}

static bool
parse_endpoint_settings(struct parse *parse, struct section *section)
{
	enum lexeme lexeme;

	while ((lexeme = lex_next(parse->lex)) == LEX_WORD)
		if (!parse_setting(parse, section))
			return false;
	return lexeme == LEX_CLOSE ||
	    lex_refuse(parse->lex, lexeme == LEX_END ?
	    "the file ends inside an endpoint: } is missing" :
	    "a key, or } at the end of the endpoint, must stand here");
}

static bool
parse_endpoint(struct parse *parse)
{
	struct section section = { .keys = config_endpoint_keys,
	    .count = CONFIG_ENDPOINT_KEYS };
	struct lex *lex = parse->lex;
	size_t index = parse->config->endpoint_count;

	lex->spot.key = "endpoint";
	if (!lex_expect(lex, LEX_STRING, "its path must follow, in quotes") ||
	    !begin_endpoint(parse) ||
	    !lex_expect(lex, LEX_OPEN, "a { must follow its path"))
		return false;
	lex->spot.key = NULL;
	section.base = &parse->config->endpoints[index];
	parse->given = (struct config_secrets){ .secrets = parse->secrets,
	    .line = parse->endpoint_lines[index], .lines = section.lines };
	if (!parse_endpoint_settings(parse, &section))
		return false;
	lex->status = config_secrets_take(lex->context, &parse->given,
	    &parse->config->endpoints[index]);
	return lex->status == CONFIG_OK;
}

static bool
parse_file(struct parse *parse)
{
	struct section section = { .keys = config_general_keys,
	    .count = CONFIG_GENERAL_KEYS, .base = parse->config };
	enum lexeme lexeme;

	while ((lexeme = lex_next(parse->lex)) == LEX_WORD)
		if (!(lex_is(parse->lex, "endpoint") ? parse_endpoint(parse) :
		    parse_setting(parse, &section)))
			return false;
	if (lexeme != LEX_END)
		return lex_refuse(parse->lex, "a key must stand here");
	if (parse->config->endpoint_count > 0)
		return true;
	parse->lex->spot.line = 0;
	return lex_refuse(parse->lex, "no endpoint is configured");
}

/* Without slashes at the end, behind which no last component would stand. */
static bool
make_absolute(struct parse *parse, char **name)
{
	char *joined;
	size_t length;

	if (**name == '\0')
		return true;
	joined = config_path_join(parse->lex->context->folder, *name);
	if (joined == NULL)
		return no_memory(parse);
	for (length = strlen(joined); length > 1 && joined[length - 1] == '/';)
		joined[--length] = '\0';
	free(*name);
	*name = joined;
	return true;
}

enum config_status
config_parse(const struct config_context *context, char *text, size_t length,
    struct config **config)
{
	struct lex lex = { .context = context, .at = text };
	struct parse parse = { .lex = &lex, .config = config_new() };

	*config = NULL;
	if (parse.config == NULL)
		return config_no_memory(context);
	if (lex_start(&lex, length) && parse_file(&parse) &&
	    make_absolute(&parse, &parse.config->directory) &&
	    make_absolute(&parse, &parse.config->log_file)) {
		parse.config->journal.directory = parse.config->directory;
		*config = parse.config;
		return CONFIG_OK;
	}
	config_free(parse.config);
	return lex.status;
}
