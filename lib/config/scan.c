/*
 * What may stand in a configuration, which is less than libconfuse would take:
 *
 *   text      = { key "=" value | "endpoint" string "{" { key "=" value } "}" }
 *   value     = word | string | "{" [ string { "," string } [ "," ] ] "}"
 *
 * libconfuse lets a repeated key win, expands ${NAME} from the environment,
 * includes other files, stops at a comment inside a list and miscounts lines
 * after some comments. It gets to see only what has passed here, and all line
 * numbers in messages are ours.
 */
#include "config/internal.h"

#include <string.h>

enum token { TOKEN_BAD, TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_EQUALS,
    TOKEN_COMMA, TOKEN_OPEN, TOKEN_CLOSE };

struct scan {
	const struct config_context *context;
	struct config_lines *lines;
	char *at, *end;
	struct config_spot spot;	/* what messages are about */
	struct span token;	/* a word, or what stands between quotes */
};

static const struct config_key endpoint_word = { .name = "endpoint" };

static bool
refuse(struct scan *scan, const char *what)
{
	config_refuse(scan->context, CONFIG_BAD, scan->spot, "%s", what);
	return false;
}

static void
blank_out(struct scan *scan, const char *to)
{
	for (; scan->at < to; scan->at++) {
		if (*scan->at == '\n')
			scan->spot.line++;
		else
			*scan->at = ' ';
	}
}

static bool
starts_with(const struct scan *scan, const char *text)
{
	size_t length = strlen(text);

	return (size_t)(scan->end - scan->at) >= length &&
	    memcmp(scan->at, text, length) == 0;
}

static bool
skip_comment(struct scan *scan)
{
	size_t left = (size_t)(scan->end - scan->at);
	const char *stop;

	if (!starts_with(scan, "/*")) {
		stop = memchr(scan->at, '\n', left);
		blank_out(scan, stop != NULL ? stop : scan->end);
		return true;
	}
	stop = memmem(scan->at + 2, left - 2, "*/", 2);
	if (stop == NULL)
		return refuse(scan, "this comment is never closed");
	blank_out(scan, stop + 2);
	return true;
}

/* Up to the next token; files from other systems have a CR at a line's end. */
static bool
skip_blanks(struct scan *scan)
{
	while (scan->at < scan->end) {
		if (strchr(" \t\n", *scan->at) != NULL ||
		    starts_with(scan, "\r\n"))
			blank_out(scan, scan->at + 1);
		else if (*scan->at != '#' && !starts_with(scan, "//") &&
		    !starts_with(scan, "/*"))
			break;
		else if (!skip_comment(scan))
			return false;
	}
	return true;
}

/* One character of a string, or a backslash and what it escapes. */
static bool
skip_in_string(struct scan *scan, char quote)
{
	unsigned char byte = (unsigned char)*scan->at;

	if (byte == '\n' || byte == '\r')
		return refuse(scan, "a string must end on its own line");
	if (byte < 0x20 || byte == 0x7f)
		return refuse(scan, "a string holds a control character");
	if (quote == '"' && starts_with(scan, "${"))
		return refuse(scan, "${ is not expanded: write it in single "
		    "quotes if it is meant so");
	if (byte == '\\') {
		scan->at++;
		if (scan->at == scan->end ||
		    (*scan->at != '\\' && *scan->at != quote))
			return refuse(scan, "a backslash may only stand before "
			    "the quote or another backslash");
	}
	scan->at++;
	return true;
}

static enum token
read_string(struct scan *scan)
{
	char quote = *scan->at++;

	scan->token.bytes = scan->at;
	while (scan->at < scan->end && *scan->at != quote)
		if (!skip_in_string(scan, quote))
			return TOKEN_BAD;
	if (scan->at == scan->end) {
		refuse(scan, "this string is never closed");
		return TOKEN_BAD;
	}
	scan->token.length = (size_t)(scan->at - scan->token.bytes);
	scan->at++;
	return TOKEN_STRING;
}

static bool
is_word_byte(char byte)
{
	return byte != '\0' && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789_.-", byte) != NULL;
}

static enum token
next_token(struct scan *scan)
{
	static const struct {
		char byte;
		enum token token;
	} marks[] = { { '=', TOKEN_EQUALS }, { ',', TOKEN_COMMA },
	    { '{', TOKEN_OPEN }, { '}', TOKEN_CLOSE } };
	size_t i;

	if (!skip_blanks(scan))
		return TOKEN_BAD;
	if (scan->at == scan->end)
		return TOKEN_END;
	if (*scan->at == '"' || *scan->at == '\'')
		return read_string(scan);
	scan->token.bytes = scan->at;
	for (i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (*scan->at == marks[i].byte) {
			scan->at++;
			return marks[i].token;
		}
	while (scan->at < scan->end && is_word_byte(*scan->at))
		scan->at++;
	scan->token.length = (size_t)(scan->at - scan->token.bytes);
	if (scan->token.length > 0)
		return TOKEN_WORD;
	refuse(scan, "unexpected character: texts and paths stand in quotes");
	return TOKEN_BAD;
}

/* Reads the next token, which has to be this one. */
static bool
expect(struct scan *scan, enum token wanted, const char *what)
{
	enum token token = next_token(scan);

	if (token == TOKEN_BAD)
		return false;
	return token == wanted || refuse(scan, what);
}

static bool
scan_list(struct scan *scan)
{
	enum token token = next_token(scan);

	while (token == TOKEN_STRING) {
		token = next_token(scan);
		if (token == TOKEN_COMMA)
			token = next_token(scan);
		else if (token == TOKEN_STRING)
			return refuse(scan, "a comma is missing in the list");
	}
	if (token == TOKEN_BAD)
		return false;
	return token == TOKEN_CLOSE ||
	    refuse(scan, "a list is { \"...\", \"...\" }");
}

static bool
is_secret(const struct config_key *key)
{
	return key == &config_endpoint_keys[KEY_VERIFY_TOKEN] ||
	    key == &config_endpoint_keys[KEY_APP_SECRET];
}

/* A secret without quotes might go on as the name of an unknown key, and into
 * the log. */
static bool
scan_value(struct scan *scan, const struct config_key *key)
{
	enum token token;

	if (!expect(scan, TOKEN_EQUALS, "a = must follow"))
		return false;
	token = next_token(scan);
	if (token == TOKEN_BAD)
		return false;
	if (token == TOKEN_OPEN && key == &config_endpoint_keys[KEY_APP_SECRET])
		return scan_list(scan);
	if (token == TOKEN_WORD && is_secret(key))
		return refuse(scan, "must stand in quotes");
	return token == TOKEN_STRING || token == TOKEN_WORD ||
	    refuse(scan, "must be one value");
}

static const struct config_key *
find_key(const struct config_key *keys, size_t count, struct span name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strlen(keys[i].name) == name.length &&
		    memcmp(keys[i].name, name.bytes, name.length) == 0)
			return &keys[i];
	return NULL;
}

static bool
refuse_unknown(struct scan *scan, bool inside)
{
	int shown = scan->token.length < 64 ? (int)scan->token.length : 64;
	const char *why = "unknown key";

	if (inside && find_key(config_general_keys, CONFIG_GENERAL_KEYS,
	    scan->token) != NULL)
		why = "does not belong into an endpoint";
	if (!inside && find_key(config_endpoint_keys, CONFIG_ENDPOINT_KEYS,
	    scan->token) != NULL)
		why = "belongs into an endpoint";
	config_refuse(scan->context, CONFIG_BAD, scan->spot, "%.*s: %s", shown,
	    scan->token.bytes, why);
	return false;
}

/* Notes the line of something, which has to be new. */
static bool
note_line(struct scan *scan, unsigned *line)
{
	if (*line != 0) {
		config_refuse(scan->context, CONFIG_BAD, scan->spot,
		    "given twice, first on line %u", *line);
		return false;
	}
	*line = scan->spot.line;
	return true;
}

/* The key that was just read, and its value. */
static bool
scan_key(struct scan *scan, const struct config_key *keys, size_t count,
    unsigned *lines)
{
	const struct config_key *key = find_key(keys, count, scan->token);

	if (key == NULL)
		return refuse_unknown(scan, keys == config_endpoint_keys);
	scan->spot.key = key->name;
	if (!note_line(scan, &lines[key - keys]) || !scan_value(scan, key))
		return false;
	scan->spot.key = NULL;
	return true;
}

static bool
scan_endpoint_keys(struct scan *scan, unsigned *lines)
{
	enum token token;

	while ((token = next_token(scan)) == TOKEN_WORD)
		if (!scan_key(scan, config_endpoint_keys, CONFIG_ENDPOINT_KEYS,
		    lines))
			return false;
	if (token == TOKEN_BAD)
		return false;
	return token == TOKEN_CLOSE ||
	    refuse(scan, token == TOKEN_END ?
	    "the file ends inside an endpoint: } is missing" :
	    "a key, or } at the end of the endpoint, must stand here");
}

/* The line of an endpoint of this path, or a new one's; NULL: no room. */
static unsigned *
endpoint_line(struct config_lines *lines, struct span path)
{
	size_t i;

	for (i = 0; i < lines->endpoint_count; i++)
		if (lines->endpoints[i].path.length == path.length &&
		    memcmp(lines->endpoints[i].path.bytes, path.bytes,
		    path.length) == 0)
			return &lines->endpoints[i].line;
	if (i == CONFIG_ENDPOINTS_MAX)
		return NULL;
	lines->endpoints[i].path = path;
	lines->endpoint_count++;
	return &lines->endpoints[i].line;
}

static bool
scan_endpoint(struct scan *scan)
{
	struct config_lines *lines = scan->lines;
	unsigned *line;

	scan->spot.key = endpoint_word.name;
	if (!expect(scan, TOKEN_STRING, "its path must follow, in quotes"))
		return false;
	if (!config_endpoint_path_ok(scan->token))
		return refuse(scan, "its path must be \"*\" or begin with / "
		    "and have no blanks, ?, # or other than ASCII characters");
	line = endpoint_line(lines, scan->token);
	if (line == NULL)
		return refuse(scan, "there are too many");
	if (!note_line(scan, line) ||
	    !expect(scan, TOKEN_OPEN, "a { must follow its path"))
		return false;
	scan->spot.key = NULL;
	return scan_endpoint_keys(scan,
	    lines->endpoints[lines->endpoint_count - 1].keys);
}

static bool
scan_all(struct scan *scan)
{
	enum token token;
	bool good;

	while ((token = next_token(scan)) == TOKEN_WORD) {
		if (find_key(&endpoint_word, 1, scan->token) != NULL)
			good = scan_endpoint(scan);
		else
			good = scan_key(scan, config_general_keys,
			    CONFIG_GENERAL_KEYS, scan->lines->general);
		if (!good)
			return false;
	}
	if (token == TOKEN_BAD)
		return false;
	return token == TOKEN_END || refuse(scan, "a key must stand here");
}

enum config_status
config_scan(const struct config_context *context, char *text, size_t length,
    struct config_lines *lines)
{
	struct scan scan = { .context = context, .lines = lines, .at = text,
	    .end = text + length, .spot = { .line = 1 } };
	const char *nul = memchr(text, '\0', length);

	if (nul != NULL) {
		while ((scan.at = memchr(scan.at, '\n',
		    (size_t)(nul - scan.at))) != NULL) {
			scan.at++;
			scan.spot.line++;
		}
		refuse(&scan, "holds a NUL byte");
		return CONFIG_BAD;
	}
	if (starts_with(&scan, "\xef\xbb\xbf"))
		blank_out(&scan, scan.at + 3);
	return scan_all(&scan) ? CONFIG_OK : CONFIG_BAD;
}
