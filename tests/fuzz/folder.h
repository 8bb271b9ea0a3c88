/*
 * folder: the journal's folder of fuzz_journal.c, before and after.
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

/* How often the files hold each number. */
struct fuzz_census {
	unsigned marked[16];	/* lines that we appended */
	unsigned numbered[16];	/* those, and others */
	bool whole;		/* all of ours are as they were appended */
};

/* The path; fuzz_make_folder() makes the folder. */
const char *fuzz_folder(void);

struct fuzz_made {
	bool believed;		/* the journal will trust its state */
	bool ascending;		/* seq goes up through all the files */
	bool sound;		/* it does, and nothing lies */
};

/* Fills it from the input's parts. With `patch` the state is first changed so
 * that it is trusted. */
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
