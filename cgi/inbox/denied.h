/*
 * denied: what of the journal the inbox may not read, and who may. The names of
 * users and groups come from files that the sandbox hides, so they are opened
 * before it.
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
	char user[256];		/* whom this program runs as: a name or a
				 * number */
	bool examined;		/* the rest is known: */
	bool folder;		/* it is a folder */
	char owner[256], group[64];	/* like `user` */
	unsigned mode;
	bool own;		/* this program's user owns it */
	bool foreign;		/* the journal's folder is somebody else's */
	bool named;		/* user and group have names, and the group is
				 * not root's */
};

/* Looks at what is in the way of reading the folder and its live file; `number`
 * is what reading them gave. */
void denied_find(const struct denied_names *names, const char *directory,
    int number, struct denied *denied);

/* Looks at `file` of the folder, which cannot be read. */
void denied_look(const struct denied_names *names, const char *directory,
    const char *file, int number, struct denied *denied);

#endif
