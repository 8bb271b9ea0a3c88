/*
 * denied: finds what part of the journal the inbox may not read, and who may.
 * The names of users and groups come from files that the sandbox hides, so they
 * have to be opened before it.
 */
#ifndef HOOKLINE_INBOX_DENIED_H
#define HOOKLINE_INBOX_DENIED_H

#include <sys/types.h>

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

struct denied_names {
	FILE *passwd, *group;	/* or NULL */
};

void denied_names_open(struct denied_names *names);
void denied_names_close(struct denied_names *names);

struct denied {
	char path[PATH_MAX];	/* what cannot be read */
	const char *directory;	/* the journal's folder */
	int number;		/* an errno; ELOOP: a symbolic link */
	char user[256];		/* the user that this program runs as, by name
				 * or number */
	bool examined;		/* the following is known: */
	bool folder;		/* it is a folder */
	char owner[256], group[64];	/* like `user` */
	unsigned mode;
	bool own;		/* this program's user owns it */
	bool foreign;		/* the journal's folder has another owner */
	bool named;		/* the user and the group have names, and the
				 * group is not root's */
};

/* Finds out why the folder and its live file cannot be read; `number` is the
 * errno of the attempt. */
void denied_find(const struct denied_names *names, const char *directory,
    int number, struct denied *denied);

/* The same for `file` in the folder. */
void denied_look(const struct denied_names *names, const char *directory,
    const char *file, int number, struct denied *denied);

#endif
