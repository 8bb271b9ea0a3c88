#include "hookctl/where.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
print_warning(void *argument, const char *text)
{
	const struct where *where = argument;

	if (!where->quiet)
		note("warning: %s", text);
}

void
where_nothing(const struct config_search *search)
{
	char **places = config_places(search);
	struct stat status;
	size_t i;

	note("there is no hookline.conf; these places were searched:");
	for (i = 0; places != NULL && places[i] != NULL; i++)
		if (lstat(places[i], &status) == 0 || errno == ENOENT ||
		    errno == ENOTDIR)
			note("  %s", places[i]);
		else
			note("  %s: %s", places[i], strerror(errno));
	config_places_free(places);
	note("\"hookctl init\" makes one, --config FILE names one");
}

struct config *
where_config(const struct where *where)
{
	struct account owner = { 0 };
	struct where copy = *where;
	struct config_search search = { .file = where->config,
	    .owner = &owner, .warn = print_warning, .warn_argument = &copy };
	struct config_problem problem;
	struct config *config;
	enum config_status status;

	config_search_process(&search, environ, false);
	search.look = true;
	status = config_load(&search, &config, &problem);
	if (status == CONFIG_OK)
		return config;
	if (status == CONFIG_NONE && search.file == NULL &&
	    (search.env_file == NULL || *search.env_file == '\0'))
		where_nothing(&search);
	else
		(void)fail(STATUS_FAILED, "%s", problem.text);
	return NULL;
}

char *
where_directory(const struct where *where)
{
	const char *directory = where->directory;
	struct config *config;
	char *copy;

	if (directory == NULL && where->config == NULL)
		directory = getenv("HOOKLINE_DIRECTORY");
	if (directory != NULL && *directory != '\0') {
		copy = strdup(directory);
	} else {
		config = where_config(where);
		if (config == NULL)
			return NULL;
		copy = strdup(config->directory);
		config_free(config);
	}
	if (copy == NULL)
		(void)fail(STATUS_FAILED, "out of memory");
	return copy;
}

const struct endpoint *
where_endpoint(const struct config *config, const char *text)
{
	size_t i;

	if (text == NULL)
		return &config->endpoints[0];
	for (i = 0; i < config->endpoint_count; i++)
		if (strcmp(config->endpoints[i].name, text) == 0 ||
		    strcmp(config->endpoints[i].path, text) == 0)
			return &config->endpoints[i];
	(void)fail(STATUS_FAILED, "the configuration has no endpoint \"%s\"",
	    text);
	return NULL;
}
