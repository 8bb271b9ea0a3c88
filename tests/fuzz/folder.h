/*
 * folder: makes the journal's folder for fuzz_journal.c, and counts its lines.
 *
 * A record that the target appends ends with `"mark":"@@@","n":<number>}`. Its
 * key is made of its number alone, so something in an input can be a duplicate
 * of it, but cannot have the mark.
 */
#ifndef HOOKLINE_TESTS_FOLDER_H
#define HOOKLINE_TESTS_FOLDER_H

#include "fuzz.h"

#include "journal/journal.h"
#include "journal/reader.h"

#define FUZZ_MARK "@@@"
#define FUZZ_TAIL_MAX 64

/* How often each number occurs in the files. */
struct fuzz_census {
	unsigned marked[16];	/* in lines that we appended */
	unsigned numbered[16];	/* in those and all others */
	bool whole;		/* all of ours are unchanged */
};

/* The path; fuzz_make_folder() makes the folder. */
const char *fuzz_folder(void);

struct fuzz_made {
	bool believed;		/* the journal will trust its state */
	bool ascending;		/* seq rises through all the files */
	bool sound;		/* ascending, and no state is trusted */
};

/* Fills it from the parts of the input. With `patch` the state is first changed
 * so that the journal trusts it. */
struct fuzz_made fuzz_make_folder(struct fuzz_input *input, bool patch);

void fuzz_number_key(unsigned number, uint8_t key[JOURNAL_KEY_SIZE]);
journal_key_of fuzz_key_of;

/* Writes a record's tail, and returns its length. */
size_t fuzz_tail(unsigned number, char out[FUZZ_TAIL_MAX]);

/* Removes the state, or one file of it. */
void fuzz_remove_state(const char *directory, unsigned which);

/* Reads every file, including rotated and compressed ones. */
void fuzz_count(const char *directory, struct fuzz_census *census);

#endif
