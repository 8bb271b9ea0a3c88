/*
 * path: file names as text.
 */
#ifndef HOOKLINE_BASE_PATH_H
#define HOOKLINE_BASE_PATH_H

#include <stdbool.h>

/* The folder of a path: what is before the last slash; "/" for "/name", "." for
 * "name". The caller frees it; NULL if memory runs out. */
char *path_folder(const char *path);

/* `name`, or folder/name if it is relative. The caller frees it; NULL if memory
 * runs out. */
char *path_join(const char *folder, const char *name);

/* Whether the resolved `path` is `root` or below it. */
bool path_inside(const char *path, const char *root);

#endif
