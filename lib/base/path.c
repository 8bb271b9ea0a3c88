#include "base/path.h"

#include <stdio.h>
#include <string.h>

char *
path_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

char *
path_join(const char *folder, const char *name)
{
	size_t length = strlen(folder);
	char *path;

	if (*name == '/')
		return strdup(name);
	while (length > 0 && folder[length - 1] == '/')
		length--;
	if (asprintf(&path, "%.*s/%s", (int)length, folder, name) < 0)
		return NULL;
	return path;
}

bool
path_inside(const char *path, const char *root)
{
	size_t length = strlen(root);

	while (length > 0 && root[length - 1] == '/')
		length--;
	return strncmp(path, root, length) == 0 &&
	    (path[length] == '/' || path[length] == '\0');
}
