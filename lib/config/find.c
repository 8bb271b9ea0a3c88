#include "config/internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Folders that web servers hand out, on hosts of every kind. */
static const char *const web_folders[] = { "public_html", "htdocs", "httpdocs",
    "www" };

/* What is tried in each folder above the executable. */
static const char *const below_parent[] = { "hookline/hookline.conf",
    ".config/hookline/hookline.conf", "hookline.conf" };

struct places {
	char **paths;		/* with a NULL behind them */
	size_t count;
	bool failed;
};

/* Takes `path` over; NULL says that memory was short. */
static void
add(struct places *places, char *path)
{
	char **more = NULL;
	size_t i;

	for (i = 0; path != NULL && i < places->count; i++)
		if (strcmp(places->paths[i], path) == 0) {
			free(path);
			return;
		}
	if (path != NULL)
		more = reallocarray(places->paths, places->count + 2,
		    sizeof *more);
	if (more == NULL) {
		places->failed = true;
		free(path);
		return;
	}
	places->paths = more;
	more[places->count++] = path;
	more[places->count] = NULL;
}

/* --config FILE comes from a shell that has a working directory. */
static char *
from_here(const char *name)
{
	char *here = getcwd(NULL, 0);
	char *path = config_path_join(here != NULL ? here : "/", name);

	free(here);
	return path;
}

/*
 * Whether a component has the name of a web folder. For "www" the last one
 * alone counts: all of /var/www, where some hosts keep their customers, lies
 * below it.
 */
static bool
is_web_folder(const char *folder)
{
	const char *part, *end;
	size_t i, length;

	for (part = folder + 1; *part != '\0'; part = end + (*end == '/')) {
		end = strchrnul(part, '/');
		length = (size_t)(end - part);
		for (i = 0; i < sizeof web_folders / sizeof *web_folders; i++)
			if (strncmp(part, web_folders[i], length) == 0 &&
			    web_folders[i][length] == '\0' && (*end == '\0' ||
			    strcmp(web_folders[i], "www") != 0))
				return true;
	}
	return false;
}

static bool
may_hold_config(const char *folder, const char *document_root)
{
	struct stat status;

	return !is_web_folder(folder) && stat(folder, &status) == 0 &&
	    (status.st_mode & S_IWOTH) == 0 &&
	    (document_root == NULL ||
	    !config_path_inside(folder, document_root));
}

static void
add_parents(struct places *places, const char *executable,
    const char *document_root)
{
	char *folder = config_path_folder(executable), *above;
	size_t i;

	for (; folder != NULL; folder = above) {
		for (i = 0; may_hold_config(folder, document_root) &&
		    i < sizeof below_parent / sizeof below_parent[0]; i++)
			add(places, config_path_join(folder, below_parent[i]));
		if (strcmp(folder, "/") == 0)
			break;
		above = config_path_folder(folder);
		free(folder);
	}
	if (folder == NULL)
		places->failed = true;
	free(folder);
}

static char *
resolved_or_same(const char *path)
{
	char *resolved = realpath(path, NULL);

	return resolved != NULL ? resolved : strdup(path);
}

static void
add_above(struct places *places, const struct config_search *search)
{
	const char *root = search->document_root;
	char *executable = resolved_or_same(search->executable);
	char *document_root = NULL;

	if (root != NULL && *root != '\0')
		document_root = resolved_or_same(root);
	if (executable == NULL)
		places->failed = true;
	else
		add_parents(places, executable, document_root);
	free(executable);
	free(document_root);
}

static void
search_places(struct places *places, const struct config_search *search)
{
	if (search->executable != NULL && *search->executable == '/')
		add_above(places, search);
	if (search->home != NULL && *search->home == '/')
		add(places, config_path_join(search->home,
		    ".config/hookline/hookline.conf"));
	add(places, strdup("/etc/hookline/hookline.conf"));
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
	struct places places = { 0 };

	if (search->file != NULL)
		add(&places, from_here(search->file));
	else if (search->env_file != NULL && *search->env_file != '\0')
		add(&places, strdup(search->env_file));
	else
		search_places(&places, search);
	if (!places.failed)
		return places.paths;
	config_places_free(places.paths);
	return NULL;
}

void
config_places_free(char **places)
{
	size_t i;

	for (i = 0; places != NULL && places[i] != NULL; i++)
		free(places[i]);
	free(places);
}
