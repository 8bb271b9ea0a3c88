#include "config/internal.h"

#include "base/path.h"
#include "host/places.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --config FILE may be relative to the working directory of a shell. */
static char *
from_here(const char *name)
{
	char *here = getcwd(NULL, 0);
	char *path = path_join(here != NULL ? here : "/", name);

	free(here);
	return path;
}

static const char *
variable(char *const *env, const char *name)
{
	size_t length = strlen(name);

	for (; env != NULL && *env != NULL; env++)
		if (strncmp(*env, name, length) == 0 && (*env)[length] == '=')
			return *env + length + 1;
	return NULL;
}

void
config_search_process(struct config_search *search, char *const *env, bool cgi)
{
	ssize_t length = readlink("/proc/self/exe", search->program,
	    sizeof search->program - 1);

	if (length > 0) {
		search->program[length] = '\0';
		search->executable = search->program;
	}
	search->env_file = variable(env, "HOOKLINE_CONFIG");
	if (search->env_file == NULL && cgi)
		search->env_file = variable(env, "REDIRECT_HOOKLINE_CONFIG");
	search->home = variable(env, "HOME");
	search->env_verify_token = variable(env, "HOOKLINE_VERIFY_TOKEN");
	search->env_app_secret = variable(env, "HOOKLINE_APP_SECRET");
	search->env_directory = variable(env, "HOOKLINE_DIRECTORY");
}

char **
config_places(const struct config_search *search)
{
	const struct places_search usual = { .name = "hookline.conf",
	    .executable = search->executable, .owner = search->owner,
	    .document_root = search->document_root, .home = search->home };
	struct places places = { 0 };

	if (search->file != NULL)
		places_add(&places, from_here(search->file));
	else if (search->env_file != NULL && *search->env_file != '\0')
		places_add(&places, strdup(search->env_file));
	else
		places_search(&places, &usual);
	if (!places.failed)
		return places.paths;
	config_places_free(places.paths);
	return NULL;
}

void
config_places_free(char **places)
{
	places_free(places);
}
