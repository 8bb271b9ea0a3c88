#include "config/internal.h"

#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

static const struct config_spot nowhere;

/* Checked after the parse, which knows whether secrets are in the file itself.
 * Of what was noted then only ctime may be another one now. */
static enum config_status
hide_after_parse(const struct config_context *context,
    struct config_file *file)
{
	enum config_status status = config_file_hide(context, file);

	if (status == CONFIG_OK)
		context->stamps->items[0].status.st_ctim =
		    file->status.st_ctim;
	return status;
}

/* Whether a token or a secret is in the text itself. */
static bool
holds_secrets(const struct config *config)
{
	size_t i;

	for (i = 0; i < config->endpoint_count; i++)
		if (*config->endpoints[i].verify_token_file == '\0' ||
		    *config->endpoints[i].app_secret_file == '\0')
			return true;
	return false;
}

static enum config_status
read_open_file(const struct config_context *context, struct config_file *file,
    struct config **config)
{
	char *text;
	enum config_status status = config_file_read(context, file, &text);

	if (status != CONFIG_OK)
		return status;
	status = config_parse(context, text, (size_t)file->status.st_size,
	    config);
	secret_free(text);
	if (status == CONFIG_OK && holds_secrets(*config))
		status = hide_after_parse(context, file);
	return status;
}

static enum config_status
read_in_folder(struct config_context *context, struct config_file *file,
    struct config **config)
{
	char *folder = config_path_folder(file->path);
	char *name = strdup(file->path);
	enum config_status status;

	context->folder = folder;
	context->stamps = calloc(1, sizeof *context->stamps);
	if (folder == NULL || name == NULL || context->stamps == NULL)
		status = config_no_memory(context);
	else
		status = read_open_file(context, file, config);
	if (*config != NULL) {
		(*config)->file = name;
		(*config)->stamps = context->stamps;
	} else {
		free(name);
		config_stamps_free(context->stamps);
	}
	free(folder);
	return status;
}

/* CONFIG_NONE: there is no such file. */
static enum config_status
try_place(struct config_context *context, const char *path,
    struct config **config)
{
	struct config_file file;
	enum config_status status;

	context->file = path;
	if (*path != '/')
		return config_refuse(context, CONFIG_BAD, nowhere,
		    "HOOKLINE_CONFIG must be an absolute path");
	status = config_file_open(context, nowhere, path, &file);
	if (status != CONFIG_OK)
		return status;
	status = read_in_folder(context, &file, config);
	config_file_close(&file);
	return status;
}

/* All three have to be set; an empty one counts as not set. */
static enum config_status
check_environment(const struct config_context *context)
{
	const struct config_search *search = context->search;
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
	struct config_spot spot = { 0 };
	size_t i;

	for (i = 0; i < sizeof variables / sizeof variables[0]; i++) {
		spot.key = variables[i].name;
		if (variables[i].value == NULL || *variables[i].value == '\0')
			return config_refuse(context, variables[i].missing,
			    spot, "is not set, but other variables of "
			    "hookline are");
	}
	if (*search->env_directory != '/')
		return config_refuse(context, CONFIG_BAD, spot,
		    "must be an absolute path");
	return CONFIG_OK;
}

/* False when memory is short. */
static bool
begin_environment(struct config *config, const char *directory)
{
	free(config->directory);
	config->directory = strdup(directory);
	config->journal.directory = config->directory;
	config->stamps = calloc(1, sizeof *config->stamps);
	return config->directory != NULL && config->stamps != NULL &&
	    config_add_endpoint(config, "*");
}

static enum config_status
load_environment(struct config_context *context, struct config **config)
{
	static const unsigned lines[CONFIG_ENDPOINT_KEYS];
	const struct config_search *search = context->search;
	const struct config_secrets given = { .lines = lines,
	    .token = search->env_verify_token,
	    .secrets = &search->env_app_secret, .secret_count = 1 };
	enum config_status status;

	context->file = "environment";
	context->folder = "/";
	status = check_environment(context);
	if (status != CONFIG_OK)
		return status;
	*config = config_new();
	if (*config == NULL ||
	    !begin_environment(*config, search->env_directory))
		return config_no_memory(context);
	return config_secrets_take(context, &given, (*config)->endpoints);
}

/* A file that was named and isn't there is not looked for elsewhere. */
static enum config_status
load_first(struct config_context *context, char *const *places,
    struct config **config)
{
	const struct config_search *search = context->search;
	enum config_status status = CONFIG_NONE;
	size_t i;

	for (i = 0; status == CONFIG_NONE && places[i] != NULL; i++)
		status = try_place(context, places[i], config);
	if (status != CONFIG_NONE || search->file != NULL ||
	    (search->env_file != NULL && *search->env_file != '\0'))
		return status;
	if (search->env_verify_token != NULL ||
	    search->env_app_secret != NULL || search->env_directory != NULL)
		return load_environment(context, config);
	context->file = "hookline.conf";
	return config_refuse(context, CONFIG_NONE, nowhere, "not found in "
	    "any of %zu places; --check-config names them", i);
}

static uid_t
owner_of(const char *executable)
{
	struct stat status;

	return executable != NULL && stat(executable, &status) == 0 ?
	    status.st_uid : 0;
}

enum config_status
config_load(const struct config_search *search, struct config **config,
    struct config_problem *problem)
{
	struct config_context context = { .file = "hookline.conf",
	    .search = search, .problem = problem,
	    .executable_owner = owner_of(search->executable) };
	char **places = config_places(search);
	enum config_status status;

	*config = NULL;
	status = places == NULL ? config_no_memory(&context) :
	    load_first(&context, places, config);
	if (status == CONFIG_OK)
		problem->text[0] = '\0';
	else {
		config_free(*config);
		*config = NULL;
	}
	config_places_free(places);
	return status;
}
