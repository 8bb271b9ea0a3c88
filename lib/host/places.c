#include "host/places.h"

#include "base/path.h"

#include <sys/stat.h>

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BELOW_HOME ".config/hookline"

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
static const char *const below_folder[] = { "hookline", "private/hookline",
    "priv/hookline", BELOW_HOME, ".", NULL };

void
places_add(struct places *places, char *path)
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

static void
add_in(struct places *places, const char *folder, const char *below,
    const char *name)
{
	char *inner = strcmp(below, ".") == 0 ? strdup(folder) :
	    path_join(folder, below);

	places_add(places, inner != NULL ? path_join(inner, name) : NULL);
	free(inner);
}

static bool
may_hold(const char *folder, const char *document_root)
{
	struct stat status;
	size_t i;

	for (i = 0; web_folders[i] != NULL; i++)
		if (fnmatch(web_folders[i], folder, 0) == 0)
			return false;
	return stat(folder, &status) == 0 && (status.st_mode & S_IWOTH) == 0 &&
	    (*document_root == '\0' || !path_inside(folder, document_root));
}

static void
add_folder(struct places *places, const char *folder,
    const char *document_root, const char *name)
{
	size_t i;

	if (may_hold(folder, document_root))
		for (i = 0; below_folder[i] != NULL; i++)
			add_in(places, folder, below_folder[i], name);
}

/* Adds the folders above the program, from the nearest up. Cuts up its path. */
static void
add_parents(struct places *places, char *program, const char *document_root,
    const char *name)
{
	char *slash;

	do {
		slash = strrchr(program, '/');
		slash[slash == program] = '\0';
		add_folder(places, program, document_root, name);
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
find_home(const struct places_search *search)
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
add_around(struct places *places, const struct places_search *search)
{
	const char *root = search->document_root;
	char *program = resolved_or_same(search->executable);
	char *document_root = resolved_or_same(root != NULL ? root : "");
	char *home = NULL;

	if (program != NULL && document_root != NULL) {
		add_parents(places, program, document_root, search->name);
		home = resolved_or_same(places->found ? "" :
		    find_home(search));
	}
	if (home != NULL)
		add_folder(places, home, document_root, search->name);
	else
		places->failed = true;
	free(program);
	free(document_root);
	free(home);
}

void
places_search(struct places *places, const struct places_search *search)
{
	if (search->executable != NULL && *search->executable == '/')
		add_around(places, search);
	if (search->home != NULL && *search->home == '/')
		add_in(places, search->home, BELOW_HOME, search->name);
	add_in(places, "/etc/hookline", ".", search->name);
}

void
places_free(char **paths)
{
	size_t i;

	for (i = 0; paths != NULL && paths[i] != NULL; i++)
		free(paths[i]);
	free(paths);
}
