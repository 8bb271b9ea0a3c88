/*
 * Both parsers of the configuration over the same texts: those of
 * tests/fixtures/config.tsv, and CASES more that are made of them by chance
 * (20000 unless the environment says otherwise; SEED repeats a run).
 *
 * Statuses, messages and all values are equal, but that
 *  - of several mistakes the old one names the first in the grammar, else the
 *    first by its table of keys, and the new one the first in the text: what it
 *    says then has to be what the old one says of the text up to there;
 *  - the old one refuses a path with an escaped quote, which hookline.conf(5)
 *    allows.
 */
#include "config/parse.c"

#include "config_outcome.h"

#define TEXTS_MAX 2000
#define TEXT_LONGEST 4096

static struct text {
	char *bytes;
	size_t length;
} texts[TEXTS_MAX];
static size_t text_count, good_texts[TEXTS_MAX], good_count;

static unsigned long same, earlier, quoted, good;
static bool was_good;		/* what was compared last */
static uint64_t state_of_chance = 1;

static uint64_t
chance(uint64_t below)
{
	state_of_chance ^= state_of_chance << 13;
	state_of_chance ^= state_of_chance >> 7;
	state_of_chance ^= state_of_chance << 17;
	return state_of_chance % below;
}

static void
add_text(const char *bytes, size_t length)
{
	struct text *text = &texts[text_count++];

	assert_true(text_count < TEXTS_MAX);
	text->bytes = malloc(length + 1);
	assert_non_null(text->bytes);
	memcpy(text->bytes, bytes, length);
	text->bytes[length] = '\0';
	text->length = length;
}

static void
old_outcome(const char *bytes, size_t length, char *out)
{
	const struct config_search search = { .warn = take_warning };
	struct config_problem problem = { "" };
	const struct config_context context = { .file = FILE_NAME,
	    .folder = "/f", .search = &search, .problem = &problem };
	struct config *config;
	bool has_secrets;
	enum config_status status;

	status = config_parse_text(&context, bytes, length, &config,
	    &has_secrets);
	say_outcome(out, status, &problem, config);
}

/* As config_parse(), and says where it stopped. */
static size_t
new_outcome(const char *bytes, size_t length, char *out)
{
	const struct config_search search = { .warn = take_warning };
	struct config_problem problem = { "" };
	const struct config_context context = { .file = FILE_NAME,
	    .folder = "/f", .search = &search, .problem = &problem };
	char *copy = malloc(length + 1);
	struct lex lex = { .context = &context, .at = copy };
	struct parse parse = { .lex = &lex, .config = config_new() };
	size_t stop;

	assert_true(copy != NULL && parse.config != NULL);
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	if (!(lex_start(&lex, length) && parse_file(&parse) &&
	    make_absolute(&parse, &parse.config->directory) &&
	    make_absolute(&parse, &parse.config->log_file))) {
		config_free(parse.config);
		parse.config = NULL;
	}
	stop = (size_t)(lex.at - copy);
	free(copy);
	say_outcome(out, lex.status, &problem, parse.config);
	return stop;
}

/* Whether the old parser says this of the text up to `stop`. */
static bool
says_so_of_the_beginning(const char *bytes, size_t stop, const char *wanted)
{
	static const char *const ends[] = { "", "\n}", "\n}}", "\nendpoint "
	    "\"/~~~\" { verify_token = 't' app_secret = 's' }" };
	static char out[OUTCOME_MAX], text[2 * TEXT_LONGEST];
	size_t i;

	for (i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		memcpy(text, bytes, stop);
		(void)strcpy(text + stop, ends[i]);
		old_outcome(text, stop + strlen(ends[i]), out);
		if (strcmp(out, wanted) == 0)
			return true;
	}
	return false;
}

static void
compare(const char *bytes, size_t length)
{
	static char old[OUTCOME_MAX], new[OUTCOME_MAX];
	size_t stop;

	old_outcome(bytes, length, old);
	stop = new_outcome(bytes, length, new);
	was_good = strncmp(new, "ok ", 3) == 0;
	good += was_good;
	if (strcmp(old, new) == 0)
		same++;
	else if (strstr(old, "endpoint: its path must") != NULL &&
	    memmem(bytes, length, "\\'", 2) != NULL)
		quoted++;
	else if (strncmp(old, "ok ", 3) != 0 && strncmp(new, "ok ", 3) != 0 &&
	    says_so_of_the_beginning(bytes, stop, new))
		earlier++;
	else {
		escape(stderr, bytes, length);
		fail_msg("\nold: %s\nnew: %s", old, new);
	}
}

/*
 * Texts by chance
 */

static const char *const pieces[] = { "\"", "'", "\\", "\\\"", "\\'", "\\\\",
    "{", "}", ",", "=", "\n", "\r\n", "\r", " ", "\t", "#", "//", "/*", "*/",
    "${", "$", "0", "00", "1", "9", "K", "M", "G", "s", "m", "h", "d", "\x01",
    "\x7f", "\xc3\xa4", "\xef\xbb\xbf", "true", "false", "disk", "relay",
    "journal", "endpoint", "endpoint \"*\" {", "endpoint \"/a\" {", "}\n",
    "verify_token = \"t\" ", "app_secret = \"s\" ", "{\"a\", \"b\"}", "{}",
    "verify_token_file = f ", "app_secret_file = \"\" ", "= {", "+=",
    "unknown = 1\n", "include(\"f\")\n", "-", ".", "_", "*", "/", "?" };

static const char *const values[] = { "true", "no", "0", "7", "1K", "64M",
    "1024G", "36h", "7d", "366d", "'0600'", "0664", "never", "hour", "day",
    "gzip", "none", "update", "notification", "disk", "alb", "server", "off",
    "\"a b\"", "'/a/b/'", "\"it's\"", "'say \"x\"'", "\"\\\"\\\\\"", "''",
    "'https://a/b'", "'http://a'", "123", "{'a', \"b\"}", "{ }" };

static void
replace(char *text, size_t *length, size_t from, size_t cut, const char *bytes,
    size_t added)
{
	if (*length - cut + added > TEXT_LONGEST)
		return;
	memmove(text + from + added, text + from + cut, *length - from - cut);
	memcpy(text + from, bytes, added);
	*length += added - cut;
	text[*length] = '\0';
}

static void
change(char *text, size_t *length)
{
	const struct config_key *keys = chance(2) == 0 ? config_general_keys :
	    config_endpoint_keys;
	size_t from = chance(*length + 1), left = *length - from, line = from;
	size_t cut = chance(3) == 0 ? chance(left + 1) : chance(4);
	const struct text *other = &texts[chance(text_count)];
	size_t at = chance(other->length + 1);
	const char *piece = pieces[chance(sizeof pieces / sizeof pieces[0])];
	char byte = (char)chance(256), setting[128];

	cut = cut < left ? cut : left;
	while (line > 0 && text[line - 1] != '\n')
		line--;
	while (at > 0 && other->bytes[at - 1] != '\n')
		at--;
	switch (chance(16)) {
	case 0:
		replace(text, length, from, cut, "", 0);
		break;
	case 1:
		replace(text, length, from, cut, &byte, 1);
		break;
	case 2:
		piece = keys[chance(CONFIG_ENDPOINT_KEYS)].name;
		/* FALLTHROUGH */
	case 3:
	case 4:
		replace(text, length, from, chance(2) * cut, piece,
		    strlen(piece));
		break;
	case 5:
		replace(text, length, from, cut, other->bytes + at,
		    chance(other->length - at + 1));
		break;
	case 6:
	case 7:
		(void)snprintf(setting, sizeof setting, "%s = %s\n",
		    keys[chance(CONFIG_ENDPOINT_KEYS)].name,
		    values[chance(sizeof values / sizeof values[0])]);
		replace(text, length, line, 0, setting, strlen(setting));
		break;
	case 8:
		replace(text, length, line, strcspn(text + line, "\n"), "", 0);
		break;
	case 9:
		(void)snprintf(setting, sizeof setting, "%s = %s\n",
		    config_general_keys[chance(CONFIG_GENERAL_KEYS)].name,
		    values[chance(sizeof values / sizeof values[0])]);
		replace(text, length, 0, 0, setting, strlen(setting));
		break;
	default:
		/* A whole line among others. */
		left = strcspn(other->bytes + at, "\n");
		left += other->bytes[at + left] == '\n';
		replace(text, length, line, 0, other->bytes + at, left);
	}
}

static void
texts_by_chance_come_to_the_same(void **state)
{
	static char text[2 * TEXT_LONGEST];
	const char *cases = getenv("CASES"), *seed = getenv("SEED");
	unsigned long wanted = cases != NULL ? strtoul(cases, NULL, 10) :
	    20000, i;

	(void)state;
	if (seed != NULL)
		state_of_chance = strtoul(seed, NULL, 10);
	for (i = 0; i < wanted; i++) {
		const struct text *from = chance(4) == 0 ?
		    &texts[chance(text_count)] :
		    &texts[good_texts[chance(good_count)]];
		size_t length = from->length, changes = 1 + chance(4);

		memcpy(text, from->bytes, length + 1);
		while (changes-- > 0)
			change(text, &length);
		compare(text, length);
	}
	print_message("%lu texts: %lu the same, %lu earlier, %lu quoted; %lu "
	    "good\n", wanted, same, earlier, quoted, good);
}

/*
 * Texts that are kept
 */

static void
read_texts(void)
{
	FILE *file = fopen("tests/fixtures/config.tsv", "r");
	char *line = NULL;
	size_t room = 0, length;

	assert_non_null(file);
	while (getline(&line, &room, file) > 0) {
		if (*line == '#')
			continue;
		line[strcspn(line, "\t")] = '\0';
		length = unescape(line);
		if (length <= TEXT_LONGEST)
			add_text(line, length);
	}
	free(line);
	(void)fclose(file);
}

static void
texts_of_the_tests_come_to_the_same(void **state)
{
	size_t i;

	(void)state;
	read_texts();
	for (i = 0; i < text_count; i++) {
		compare(texts[i].bytes, texts[i].length);
		if (was_good)
			good_texts[good_count++] = i;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_of_the_tests_come_to_the_same),
		cmocka_unit_test(texts_by_chance_come_to_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
