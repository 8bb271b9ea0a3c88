#include "config/internal.h"

#include "base/path.h"

#include <stdlib.h>
#include <string.h>

char *
config_path_beside(const char *file, const char *name)
{
	char *folder = path_folder(file), *path = NULL;

	if (folder != NULL)
		path = path_join(folder, name);
	free(folder);
	return path;
}

/* The resolved path. What does not exist yet is appended to the deepest folder
 * that does. NULL if memory runs out. */
static char *
resolve(const char *path)
{
	char *resolved = realpath(path, NULL);
	char *above, *folder;

	if (resolved != NULL || strcmp(path, "/") == 0)
		return resolved;
	above = path_folder(path);
	folder = above != NULL ? resolve(above) : NULL;
	if (folder != NULL)
		resolved = path_join(folder, strrchr(path, '/') + 1);
	free(above);
	free(folder);
	return resolved;
}

static bool
resolves_inside(const char *path, const char *root)
{
	char *resolved = resolve(path);
	bool inside = resolved == NULL || path_inside(resolved, root);

	free(resolved);
	return inside;
}

/* A web server may serve a link as well as what it leads to, so the name, the
 * folder of the name and the file itself must all be outside. */
static bool
is_inside(const char *path, const char *root)
{
	char *folder = path_folder(path);
	bool inside = folder == NULL || path_inside(path, root) ||
	    resolves_inside(folder, root) || resolves_inside(path, root);

	free(folder);
	return inside;
}

/* The first of our paths that is inside `root`, or NULL. */
static const char *
find_inside(const struct config *config, const char *root)
{
	const struct config_file *file;

	for (file = config->files; file != NULL; file = file->next)
		if (is_inside(file->path, root))
			return file->path;
	if (*config->log_file != '\0' && is_inside(config->log_file, root))
		return config->log_file;
	return is_inside(config->directory, root) ? config->directory : NULL;
}

bool
config_exposed(const struct config *config, const char *document_root,
    struct config_problem *problem)
{
	struct loading loading = { .problem = problem };
	char *root;

	if (document_root == NULL || *document_root == '\0')
		return false;
	root = realpath(document_root, NULL);
	loading.file = find_inside(config, root != NULL ? root :
	    document_root);
	free(root);
	if (loading.file == NULL)
		return false;
	config_refuse(&loading, CONFIG_UNSAFE, "is inside the document root "
	    "%s, from which the web server serves files", document_root);
	return true;
}
