#include "config/internal.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BELOW_HOME ".config/hookline/hookline.conf"

/*
 * Folders that web servers serve, on all kinds of hosts, and everything below
 * them. Of "html" and "www" only the folder itself counts: some hosts keep all
 * their customers below /var/www.
 */
static const char *const web_folders[] = { "*/public_html", "*/public_html/*",
    "*/htdocs", "*/htdocs/*", "*/httpdocs", "*/httpdocs/*", "*/html", "*/www",
    NULL };

/* What is tried in each folder above the executable, and in its owner's home.
 * Hosts that lock the top of a home offer private/ or priv/. */
static const char *const below_folder[] = { "hookline/hookline.conf",
    "private/hookline/hookline.conf", "priv/hookline/hookline.conf",
    BELOW_HOME, "hookline.conf", NULL };

struct places {
	char **paths;		/* and a NULL */
	size_t count;
	bool found;		/* the last one exists, and ends the search */
	bool failed;		/* memory ran out */
};

/* Takes ownership of `path`; NULL means that memory ran out. */
static void
add(struct places *places, char *path)
{
	char **paths = NULL;
	struct stat status;
	bool known = places->found;
	size_t i;

	for (i = 0; path != NULL && !known && i < places->count; i++)
		known = strcmp(places->paths[i], path) == 0;
	if (known) {
		free(path);
		return;
	}
	if (path != NULL)
		paths = reallocarray(places->paths, places->count + 2,
		    sizeof *paths);
	if (paths == NULL) {
		places->failed = true;
		free(path);
		return;
	}
	places->paths = paths;
	paths[places->count++] = path;
	paths[places->count] = NULL;
	places->found = lstat(path, &status) == 0;
}

/* --config FILE may be relative to the working directory of a shell. */
static char *
from_here(const char *name)
{
	char *here = getcwd(NULL, 0);
	char *path = config_path_join(here != NULL ? here : "/", name);

	free(here);
	return path;
}

static bool
may_hold_config(const char *folder, const char *document_root)
{
	struct stat status;
	size_t i;

	for (i = 0; web_folders[i] != NULL; i++)
		if (fnmatch(web_folders[i], folder, 0) == 0)
			return false;
	return stat(folder, &status) == 0 && (status.st_mode & S_IWOTH) == 0 &&
	    (*document_root == '\0' ||
	    !config_path_inside(folder, document_root));
}

static void
add_folder(struct places *places, const char *folder,
    const char *document_root)
{
	size_t i;

	if (may_hold_config(folder, document_root))
		for (i = 0; below_folder[i] != NULL; i++)
			add(places, config_path_join(folder, below_folder[i]));
}

/* Adds the folders above the program, from the nearest up. Cuts up its path. */
static void
add_parents(struct places *places, char *program, const char *document_root)
{
	char *slash;

	do {
		slash = strrchr(program, '/');
		slash[slash == program] = '\0';
		add_folder(places, program, document_root);
	} while (slash > program);
}

static char *
resolved_or_same(const char *path)
{
	char *resolved = realpath(path, NULL);

	return resolved != NULL ? resolved : strdup(path);
}

/* The home of the executable's owner; "" if it is not known. */
static const char *
find_home(const struct config_search *search)
{
	struct account *owner = search->owner;
	struct stat status;

	if (owner == NULL)
		return "";
	if (*owner->name == '\0' && stat(search->executable, &status) == 0)
		(void)account_by_uid(ACCOUNT_PASSWD, status.st_uid, owner);
	return *owner->home == '/' ? owner->home : "";
}

/* /etc/passwd may be long: it is read only if nothing has been found before. */
static void
add_around(struct places *places, const struct config_search *search)
{
	const char *root = search->document_root;
	char *program = resolved_or_same(search->executable);
	char *document_root = resolved_or_same(root != NULL ? root : "");
	char *home = NULL;

	if (program != NULL && document_root != NULL) {
		add_parents(places, program, document_root);
		home = resolved_or_same(places->found ? "" :
		    find_home(search));
	}
	if (home != NULL)
		add_folder(places, home, document_root);
	else
		places->failed = true;
	free(program);
	free(document_root);
	free(home);
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
	else {
		if (search->executable != NULL && *search->executable == '/')
			add_around(&places, search);
		if (search->home != NULL && *search->home == '/')
			add(&places, config_path_join(search->home,
			    BELOW_HOME));
		add(&places, strdup("/etc/hookline/hookline.conf"));
	}
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
