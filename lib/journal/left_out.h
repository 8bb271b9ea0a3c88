/*
 * left_out: what a reader had to leave out of the journal, for a person: the
 * first file that it could not read, or not all of it.
 */
#ifndef HOOKLINE_JOURNAL_LEFT_OUT_H
#define HOOKLINE_JOURNAL_LEFT_OUT_H

#include <stdbool.h>
#include <stdint.h>

struct left_out {
	char file[80];		/* relative to the journal's folder; "": none */
	int number;		/* an errno: all of the file is left out, and of
				 * archive all that is in it; or 0: */
	uint64_t lines;		/* so many were seen that are not records */
	bool damaged;		/* what follows could not be read */
};

/* Each does nothing if another file was noted before. `file` has up to 79
 * bytes. */
void left_out_errno(struct left_out *left_out, const char *file, int number);
void left_out_line(struct left_out *left_out, const char *file);
void left_out_rest(struct left_out *left_out, const char *file);

#endif
