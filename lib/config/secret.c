#include "config/internal.h"

#include "base/secret.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SECRET_SHORT 16

/* From Meta's guide and from its sample app: everybody knows them. */
static const char *const known_tokens[] = { "meatyhamhock", "token", NULL };

/* What our own README, manual and examples show in place of a token or a
 * secret. */
static const char *const placeholders[] = { "a-long-random-word-of-your-own",
    "the App Secret of your app's Basic Settings",
    "0123456789abcdef0123456789abcdef", "new", "old", "\xe2\x80\xa6", NULL };

/* One more; ERR_INPUT: there are as many as may be. */
enum error
config_read_secret(const struct config_key *key, const char *text,
    void *member)
{
	struct secrets *secrets = member;
	char **texts;

	if (secrets->count == key->most)
		return ERR_INPUT;
	texts = reallocarray(secrets->texts, secrets->count + 1,
	    sizeof *texts);
	if (texts == NULL)
		return ERR_MEMORY;
	secrets->texts = texts;
	texts[secrets->count] = secret_copy(text);
	if (texts[secrets->count] == NULL)
		return ERR_MEMORY;
	secrets->count++;
	return ERR_NONE;
}

void
config_secrets_free(struct secrets *secrets)
{
	size_t i;

	for (i = 0; i < secrets->count; i++)
		secret_free(secrets->texts[i]);
	free(secrets->texts);
}

/* Why it cannot be what a person meant, or NULL. */
static const char *
fault_of(const char *text)
{
	size_t length = strlen(text), i;

	if (length > CONFIG_SECRET_LONGEST)
		return "is longer than 512 bytes";
	for (i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return "holds a control character";
	if (length > 0 && (text[0] == ' ' || text[length - 1] == ' '))
		return "begins or ends with a blank";
	return NULL;
}

/*
 * In files
 */

/* Takes each line that is not blank; the text is cut up. */
static bool
take_lines(struct loading *loading, const struct config_key *key,
    struct secrets *secrets, char *text)
{
	unsigned number = 0;
	const char *fault;
	enum error error;
	char *line;

	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	while ((line = strsep(&text, "\n")) != NULL) {
		number++;
		if (*line != '\0' && line[strlen(line) - 1] == '\r')
			line[strlen(line) - 1] = '\0';
		if (line[strspn(line, " \t")] == '\0')
			continue;
		fault = fault_of(line);
		if (fault != NULL)
			return config_refuse(loading, CONFIG_BAD,
			    "line %u %s", number, fault);
		error = config_read_secret(key, line, secrets);
		if (error == ERR_INPUT)
			return config_refuse(loading, CONFIG_BAD,
			    "more than %" PRIu64 " lines", key->most);
		if (error != ERR_NONE)
			return config_no_memory(loading);
	}
	return secrets->count > 0 ||
	    config_refuse(loading, CONFIG_NO_SECRET, "is empty");
}

static bool
take_file(struct loading *loading, const struct config_key *key,
    struct secrets *secrets, const char *name)
{
	struct config_file *file;
	char *path, *text = NULL;
	bool good = false;

	/* A text that is in no file names none. */
	if (loading->config->files == NULL)
		return config_refuse(loading, CONFIG_BAD,
		    "files are not read here");
	path = config_path_beside(loading->file, name);
	if (path == NULL)
		return config_no_memory(loading);
	loading->named = path;
	file = config_file_open(loading, path);
	if (file != NULL && config_file_hide(loading, file))
		text = config_file_read(loading, file);
	if (text != NULL) {
		config_file_close(file);
		good = strlen(text) == (size_t)file->status.st_size ?
		    take_lines(loading, key, secrets, text) :
		    config_refuse(loading, CONFIG_BAD, "holds a NUL byte");
		secret_free(text);
	}
	loading->named = NULL;
	free(path);
	return good;
}

/*
 * In the configuration
 */

static bool
check_given(struct loading *loading, const struct secrets *secrets)
{
	const char *fault;
	size_t i;

	if (secrets->count == 0)
		return config_refuse(loading, CONFIG_NO_SECRET, "is missing");
	for (i = 0; i < secrets->count; i++) {
		fault = fault_of(secrets->texts[i]);
		if (*secrets->texts[i] == '\0')
			return config_refuse(loading, CONFIG_NO_SECRET,
			    "is empty");
		if (fault != NULL)
			return config_refuse(loading, CONFIG_BAD, "%s", fault);
	}
	return true;
}

/* What the key gave, or else what is in the file that the next key named; "":
 * it named none. */
static bool
take(struct loading *loading, const struct config_section *section,
    const struct config_key *key)
{
	const unsigned *lines = &section->lines[key - section->keys];
	const struct endpoint *endpoint = section->base;
	struct secrets *secrets = config_member(key, section->base);
	const char *file = *(char **)config_member(key + 1, section->base);

	if (*file == '\0') {
		loading->line = lines[0] != 0 ? lines[0] : endpoint->line;
		loading->key = key->name;
		return check_given(loading, secrets);
	}
	loading->line = lines[1];
	loading->key = key[1].name;
	if (lines[0] != 0)
		return config_refuse(loading, CONFIG_BAD,
		    "%s is given too, on line %u", key->name, lines[0]);
	/* Root opens nothing because somebody's configuration names it. */
	if (loading->search->believe)
		return config_store(loading, section, key, file);
	return take_file(loading, key, secrets, file);
}

bool
config_take_secrets(struct loading *loading,
    const struct config_section *section)
{
	const struct config_key *key;
	unsigned line = loading->line;

	for (key = section->keys; key->name != NULL; key++)
		if (key->read == config_read_secret &&
		    !take(loading, section, key))
			return false;
	loading->line = line;
	loading->key = NULL;
	return true;
}

/*
 * Too easy to guess
 */

static bool
is_among(const char *text, const char *const *known)
{
	while (*known != NULL && strcmp(text, *known) != 0)
		known++;
	return *known != NULL;
}

static void
warn_of_token(const struct loading *loading, const char *path,
    const char *token)
{
	bool known = is_among(token, known_tokens);

	if (known || is_among(token, placeholders))
		config_warn(loading, "endpoint %s: the verify token is one "
		    "that %s documents show: make your own", path,
		    known ? "Meta's" : "hookline's own");
}

static void
warn_of_secret(const struct loading *loading, const char *path,
    const char *secret)
{
	if (is_among(secret, placeholders))
		config_warn(loading, "endpoint %s: an app secret is one that "
		    "hookline's own documents show: take Meta's, from the "
		    "app's Basic Settings", path);
	else if (strlen(secret) < SECRET_SHORT)
		config_warn(loading, "endpoint %s: an app secret has fewer "
		    "than %d characters", path, SECRET_SHORT);
}

void
config_weak(const struct config *config,
    void (*warn)(void *argument, const char *text), void *argument)
{
	const struct config_search search = { .warn = warn,
	    .warn_argument = argument };
	const struct loading loading = { .search = &search };
	const struct endpoint *endpoint = config->endpoints;
	size_t i, k;

	for (i = 0; i < config->endpoint_count; i++, endpoint++) {
		for (k = 0; k < endpoint->app_secrets.count; k++)
			warn_of_secret(&loading, endpoint->path,
			    endpoint->app_secrets.texts[k]);
		for (k = 0; k < endpoint->verify_tokens.count; k++)
			warn_of_token(&loading, endpoint->path,
			    endpoint->verify_tokens.texts[k]);
	}
}
