/*
 * fuzz: what the fuzz targets share. Each target, fuzz_<name>.c, is one
 * function that libFuzzer calls with arbitrary bytes; its header comment says
 * which properties have to hold whatever they are. tests/fuzz/run runs them.
 *
 * What the library logs goes to a file in the scratch folder, so that it
 * neither floods the terminal nor goes unread: see fuzz_log_check().
 */
#ifndef HOOKLINE_TESTS_FUZZ_H
#define HOOKLINE_TESTS_FUZZ_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Called by libFuzzer; `data` is a copy of just this size, so that reading
 * behind it is seen. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that has to hold. */
#define MUST(property)							\
	do {								\
		if (!(property))					\
			fuzz_broken(#property, __FILE__, __LINE__);	\
	} while (0)

_Noreturn void fuzz_broken(const char *property, const char *file, int line);

/* Parts of an input are taken off its front. */
struct fuzz_input {
	const char *bytes;
	size_t left;
};

struct fuzz_input fuzz_input(const uint8_t *data, size_t size);

/* The next byte; 0 behind the end. */
unsigned fuzz_byte(struct fuzz_input *input);

/* All up to `end`, or where there is none all that is left. */
struct span fuzz_until(struct fuzz_input *input, const char *end);

/* A copy with a NUL behind it, to be freed; a NUL in the part ends it. */
char *fuzz_text(struct span part);

/* Whether `inner` lies within `outer`. */
bool fuzz_inside(struct span inner, struct span outer);

bool fuzz_same(struct span left, struct span right);

/* The folder of this process, removed at its end: in $TMPDIR, else in memory
 * where there is /dev/shm. */
const char *fuzz_scratch(void);

/* Removes a file or a whole folder; none is fine. */
void fuzz_remove(const char *path);

/* Sends the log to the scratch folder; any number of times. */
void fuzz_log_start(void);

/*
 * Looks at what was logged since, and forgets it: whole lines that begin with
 * a time, and nothing but printable ASCII in them.
 */
void fuzz_log_check(void);

#endif
