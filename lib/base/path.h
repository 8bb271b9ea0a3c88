/*
 * path: file names as text.
 */
#ifndef HOOKLINE_BASE_PATH_H
#define HOOKLINE_BASE_PATH_H

/* The folder of a path: what is before the last slash; "/" for "/name", "." for
 * "name". The caller frees it; NULL if memory runs out. */
char *path_folder(const char *path);

#endif
