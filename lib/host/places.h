/*
 * places: where a program looks for a file of its operator's: hookline.conf,
 * or a journal.
 *
 * In each folder above the executable, from the nearest up, and in its owner's
 * home, as /etc/passwd has it: hookline/NAME, private/hookline/NAME,
 * priv/hookline/NAME, .config/hookline/NAME, NAME. Not in folders that are
 * inside the document root or named like those that web servers serve, nor in
 * any that everybody may write to. After them $HOME/.config/hookline/NAME, and
 * /etc/hookline/NAME.
 */
#ifndef HOOKLINE_HOST_PLACES_H
#define HOOKLINE_HOST_PLACES_H

#include "host/account.h"

#include <stdbool.h>
#include <stddef.h>

/* Every pointer but `name` may be NULL. */
struct places_search {
	const char *name;
	const char *executable;	/* absolute path of the running program */
	const char *document_root;	/* DOCUMENT_ROOT of the request */
	struct account *owner;	/* of the executable, whose home counts too:
				 * filled in if its name is empty */
	const char *home;	/* $HOME */
};

/* Starts as zero. */
struct places {
	char **paths;		/* and a NULL; NULL if there are none */
	size_t count;
	bool found;		/* the last one exists, and ends the search */
	bool failed;		/* memory ran out */
};

/* Adds a place unless it is there already, or one has been found. Takes
 * ownership of `path`; NULL means that memory ran out. */
void places_add(struct places *places, char *path);

/* Adds the places above, up to the first that exists. */
void places_search(struct places *places, const struct places_search *search);

/* Frees the paths and their list, which may be NULL. */
void places_free(char **paths);

#endif
