#include "config/internal.h"

#include "auth/secret.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Adds one; ERR_INPUT if there are as many as allowed already. */
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

const char *
config_secret_fault(const char *text)
{
	size_t length = strlen(text), i;

	if (length > CONFIG_SECRET_LONGEST)
		return "is longer than 512 bytes";
	for (i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return "contains a control character";
	if (length > 0 && (text[0] == ' ' || text[length - 1] == ' '))
		return "begins or ends with a blank";
	return NULL;
}

/*
 * In files
 */

/* Takes each line that is neither blank nor a comment, and cuts up the text. */
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
		if (*line == '#' || line[strspn(line, " \t")] == '\0')
			continue;
		fault = config_secret_fault(line);
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

bool
config_read_secret_file(struct loading *loading, const struct config_key *key,
    const char *path, struct secrets *secrets)
{
	struct config_file *file = config_file_open(loading, path);
	char *text = NULL;
	bool good = false;

	if (file != NULL && config_file_hide(loading, file))
		text = config_file_read(loading, file);
	if (text == NULL)
		return false;
	config_file_close(file);
	good = strlen(text) == (size_t)file->status.st_size ?
	    take_lines(loading, key, secrets, text) :
	    config_refuse(loading, CONFIG_BAD, "contains a NUL byte");
	secret_free(text);
	return good;
}

static bool
take_file(struct loading *loading, const struct config_key *key,
    struct secrets *secrets, const char *name)
{
	char *path;
	bool good;

	/* A configuration that is not a file may not name files. */
	if (loading->config->files == NULL)
		return config_refuse(loading, CONFIG_BAD,
		    "files are not read here");
	path = config_path_beside(loading->file, name);
	if (path == NULL)
		return config_no_memory(loading);
	loading->named = path;
	good = config_read_secret_file(loading, key, path, secrets);
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
		fault = config_secret_fault(secrets->texts[i]);
		if (*secrets->texts[i] == '\0')
			return config_refuse(loading, CONFIG_NO_SECRET,
			    "is empty");
		if (fault != NULL)
			return config_refuse(loading, CONFIG_BAD, "%s", fault);
	}
	return true;
}

/* Takes what the key gave, or else reads the file that the next key named; ""
 * means that it named none. */
bool
config_take_secrets(struct loading *loading,
    const struct config_section *section, const struct config_key *key)
{
	const unsigned *lines = &section->lines[key - section->keys];
	const struct endpoint *endpoint = section->base;
	struct secrets *secrets = config_member(key, section->base);
	const char *file = *(char **)config_member(key + 1, section->base);

	if (*file == '\0') {
		loading->line = lines[0] != 0 ? lines[0] : endpoint->line;
		loading->key = key->name;
		return (lines[0] == 0 && endpoint->accept_unsigned &&
		    secrets == &endpoint->app_secrets) ||
		    check_given(loading, secrets);
	}
	loading->line = lines[1];
	loading->key = key[1].name;
	if (lines[0] != 0)
		return config_refuse(loading, CONFIG_BAD,
		    "%s is also given, on line %u", key->name, lines[0]);
	/* Root opens no file just because somebody's configuration names it. */
	if (loading->search->believe)
		return config_store(loading, section, key, file);
	return take_file(loading, key, secrets, file);
}
