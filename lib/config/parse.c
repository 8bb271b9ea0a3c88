/*
 * parse: the text of hookline.conf, in one pass.
 *
 *   text    = { setting | block }
 *   block   = ( "endpoint" | "relay" ) string "{" { setting } "}"
 *   setting = key "=" value
 *   value   = word | string | "{" [ string { "," string } [ "," ] ] "}"
 *
 * Each value is stored as soon as it has been read, and the first mistake ends
 * the parse. Rules between several keys of a block are checked at its end.
 */
#include "config/lex.h"

#include <stdlib.h>
#include <string.h>

/*
 * Settings
 */

/* The strings of a list, after its opening brace. */
static bool
parse_list(struct parse *parse, const struct config_section *section,
    const struct config_key *key)
{
	enum lexeme lexeme = lex_next(parse);

	while (lexeme == LEX_STRING) {
		if (!config_store(parse->loading, section, key, parse->text))
			return false;
		lexeme = lex_next(parse);
		if (lexeme == LEX_COMMA)
			lexeme = lex_next(parse);
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

	if (lex_next(parse) != LEX_EQUALS)
		return REFUSE(parse, "must be followed by =");
	lexeme = lex_next(parse);
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

/* What a kind of section is called in messages; NULL for the whole file. */
static const char *
block_name(const struct config_key *keys)
{
	return keys == config_endpoint_keys ? "an endpoint block" :
	    keys == config_relay_keys ? "a relay block" : NULL;
}

/* Refuses a key that is unknown among these, saying where it belongs. */
static bool
refuse_key(struct parse *parse, const struct config_key *keys)
{
	static const struct config_key *const blocks[] = {
	    config_endpoint_keys, config_relay_keys };
	const char *name = parse->text;
	size_t i;

	if (keys != config_general_keys &&
	    find_key(config_general_keys, name)->name != NULL)
		return REFUSE(parse, "%.64s: does not belong inside %s", name,
		    block_name(keys));
	for (i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
		if (find_key(blocks[i], name)->name != NULL)
			return REFUSE(parse, "%.64s: belongs inside %s", name,
			    block_name(blocks[i]));
	return REFUSE(parse, "%.64s: unknown key", name);
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
		return refuse_key(parse, section->keys);
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

/* Adds the relay whose name was just read; the name must be new. */
static bool
begin_relay(struct parse *parse, struct config_section *section)
{
	struct config *config = parse->loading->config;
	struct relay *relay = config->relays;
	size_t i;

	if (!config_is_relay_name(parse->text))
		return REFUSE(parse, "its name must be 1 to %d of a-z 0-9 and "
		    "-, begin with a letter and not be \"disk\"",
		    CONFIG_RELAY_NAME_LONGEST);
	for (i = 0; i < config->relay_count; i++)
		if (strcmp(relay[i].name, parse->text) == 0)
			return refuse_again(parse, relay[i].line);
	if (config->relay_count == CONFIG_RELAYS_MAX)
		return REFUSE(parse, "there are too many");
	relay = config_add_relay(config, parse->text);
	if (relay == NULL)
		return config_no_memory(parse->loading);
	relay->line = parse->loading->line;
	section->base = relay;
	return true;
}

/* The kinds of blocks. */
static const struct block {
	const char *word, *label;	/* what the string after the word is */
	const struct config_key *keys;
	bool (*begin)(struct parse *parse, struct config_section *section);
	bool (*end)(struct loading *loading,
	    const struct config_section *section);
} blocks[] = {
	{ "endpoint", "path", config_endpoint_keys, begin_endpoint,
	  config_end_endpoint },
	{ "relay", "name", config_relay_keys, begin_relay, config_end_relay },
};

/* Parses a block whose first word was just read. */
static bool
parse_block(struct parse *parse, const struct block *block)
{
	struct config_section section = { .keys = block->keys };
	enum lexeme lexeme;

	parse->loading->key = block->word;
	if (lex_next(parse) != LEX_STRING)
		return REFUSE(parse, "needs a %s in quotes", block->label);
	if (!block->begin(parse, &section))
		return false;
	if (lex_next(parse) != LEX_OPEN)
		return REFUSE(parse, "its %s must be followed by {",
		    block->label);
	parse->loading->key = NULL;
	while ((lexeme = lex_next(parse)) == LEX_WORD)
		if (!parse_setting(parse, &section))
			return false;
	if (lexeme == LEX_CLOSE)
		return block->end(parse->loading, &section);
	return lexeme == LEX_END ?
	    REFUSE(parse, "the file ends inside %s: } is missing",
	    block_name(block->keys)) :
	    REFUSE(parse, "expected a key, or } at the end of the %s "
	    "block", block->word);
}

/* Parses what begins with the word that was just read. */
static bool
parse_part(struct parse *parse, struct config_section *general)
{
	size_t i;

	for (i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
		if (strcmp(parse->text, blocks[i].word) == 0)
			return parse_block(parse, &blocks[i]);
	return parse_setting(parse, general);
}

static bool
parse_file(struct parse *parse)
{
	struct config *config = parse->loading->config;
	struct config_section section = { .keys = config_general_keys,
	    .base = config };
	enum lexeme lexeme;

	while ((lexeme = lex_next(parse)) == LEX_WORD)
		if (!parse_part(parse, &section))
			return false;
	if (lexeme != LEX_END)
		return REFUSE(parse, "expected a key here");
	parse->loading->line = 0;
	if (config->endpoint_count == 0)
		return REFUSE(parse, "no endpoint is configured");
	return config_check_relays(parse->loading) &&
	    config_check_acknowledge(parse->loading, &section);
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
		lex_skip_to(&parse, strchr(text, '\0'));
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
