#include "config/internal.h"

#include "auth/secret.h"

#include <stdlib.h>
#include <string.h>

/* Whether a token, a secret or a path that must not be guessed is in the
 * text. */
static bool
holds_secrets(const struct config *config)
{
	size_t i;

	for (i = 0; i < config->endpoint_count; i++)
		if (*config->endpoints[i].verify_token_file == '\0' ||
		    *config->endpoints[i].app_secret_file == '\0' ||
		    config->endpoints[i].accept_unsigned)
			return true;
	return false;
}

/* Whether the file must be hidden is known only after parsing. */
static bool
load_file(struct loading *loading, const char *path)
{
	struct config_file *file;
	char *text;
	bool good;

	loading->file = path;
	if (*path != '/')
		return config_refuse(loading, CONFIG_BAD,
		    "HOOKLINE_CONFIG must be an absolute path");
	file = config_file_open(loading, path);
	text = file != NULL ? config_file_read(loading, file) : NULL;
	if (text == NULL)
		return false;
	loading->config->file = file->path;
	good = config_parse(loading, text, (size_t)file->status.st_size);
	secret_free(text);
	if (good && holds_secrets(loading->config))
		good = config_file_hide(loading, file);
	config_file_close(file);
	return good;
}

/* All three must be set; an empty one counts as not set. */
static bool
check_environment(struct loading *loading)
{
	const struct config_search *search = loading->search;
	const struct {
		const char *name, *value;
		enum config_status missing;
	} variables[] = {
		{ "HOOKLINE_VERIFY_TOKEN", search->env_verify_token,
		  CONFIG_NO_SECRET },
		{ "HOOKLINE_APP_SECRET", search->env_app_secret,
		  CONFIG_NO_SECRET },
		{ "HOOKLINE_DIRECTORY", search->env_directory, CONFIG_BAD },
	};
	size_t i;

	for (i = 0; i < sizeof variables / sizeof variables[0]; i++) {
		loading->key = variables[i].name;
		if (variables[i].value == NULL || *variables[i].value == '\0')
			return config_refuse(loading, variables[i].missing,
			    "is not set, but other HOOKLINE_ variables are");
	}
	return *search->env_directory == '/' || config_refuse(loading,
	    CONFIG_BAD, "must be an absolute path");
}

static bool
load_environment(struct loading *loading)
{
	const struct config_search *search = loading->search;
	struct config *config = loading->config;
	struct config_section section = { .keys = config_endpoint_keys,
	    .base = config_add_endpoint(config, "*") };

	loading->file = "environment";
	if (!check_environment(loading))
		return false;
	free(config->directory);
	config->directory = strdup(search->env_directory);
	config->journal.directory = config->directory;
	if (section.base == NULL || config->directory == NULL)
		return config_no_memory(loading);
	return config_store(loading, &section,
	    &section.keys[KEY_VERIFY_TOKEN], search->env_verify_token) &&
	    config_store(loading, &section, &section.keys[KEY_APP_SECRET],
	    search->env_app_secret) && config_end_endpoint(loading, &section);
}

/* If a file was named and does not exist, no other place is searched. */
static bool
load_first(struct loading *loading, char *const *places)
{
	const struct config_search *search = loading->search;
	size_t i;

	for (i = 0; places[i] != NULL; i++) {
		loading->status = CONFIG_OK;
		if (load_file(loading, places[i]))
			return true;
		if (loading->status != CONFIG_NONE)
			return false;
	}
	if (search->file != NULL ||
	    (search->env_file != NULL && *search->env_file != '\0'))
		return false;
	loading->status = CONFIG_OK;
	if (search->env_verify_token != NULL ||
	    search->env_app_secret != NULL || search->env_directory != NULL)
		return load_environment(loading);
	loading->file = "hookline.conf";
	return config_refuse(loading, CONFIG_NONE, "not found in any of %zu "
	    "places; --check-config lists them", i);
}

static uid_t
owner_of(const char *executable)
{
	struct stat status;

	return executable != NULL && stat(executable, &status) == 0 ?
	    status.st_uid : 0;
}

enum config_status
config_finish(struct loading *loading, struct config **config)
{
	*config = loading->config;
	if (loading->status == CONFIG_OK)
		loading->problem->text[0] = '\0';
	else {
		config_free(loading->config);
		*config = NULL;
	}
	return loading->status;
}

enum config_status
config_load(const struct config_search *search, struct config **config,
    struct config_problem *problem)
{
	struct loading loading = { .search = search, .config = config_new(),
	    .file = "hookline.conf", .problem = problem,
	    .executable_owner = owner_of(search->executable) };
	char **places = config_places(search);

	if (places == NULL || loading.config == NULL)
		config_no_memory(&loading);
	else
		(void)load_first(&loading, places);
	config_places_free(places);
	return config_finish(&loading, config);
}

enum config_status
config_read_secrets(const struct config_search *search, const char *path,
    struct secrets *secrets, struct config_problem *problem)
{
	struct loading loading = { .search = search, .config = config_new(),
	    .file = path, .problem = problem,
	    .executable_owner = owner_of(search->executable) };

	if (loading.config == NULL)
		config_no_memory(&loading);
	else
		(void)config_read_secret_file(&loading,
		    &config_endpoint_keys[KEY_APP_SECRET], path, secrets);
	config_free(loading.config);
	return loading.status;
}
