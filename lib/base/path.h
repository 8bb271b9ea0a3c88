/*
 * path: names of files, as text.
 */
#ifndef HOOKLINE_BASE_PATH_H
#define HOOKLINE_BASE_PATH_H

/* The folder that a path names its file in: what is before the last slash, "/"
 * for "/name", "." for "name". To be freed; NULL when memory is short. */
char *path_folder(const char *path);

#endif
