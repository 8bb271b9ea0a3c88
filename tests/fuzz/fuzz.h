/*
 * fuzz: shared by the fuzz targets. Each target, fuzz_<name>.c, is one function
 * that libFuzzer calls with arbitrary bytes. Its header comment says which
 * properties must hold for any input. tests/fuzz/run runs the targets.
 *
 * The library's log goes to a file in the scratch folder, so that it does not
 * flood the terminal but is still checked: see fuzz_log_check().
 */
#ifndef HOOKLINE_TESTS_FUZZ_H
#define HOOKLINE_TESTS_FUZZ_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* libFuzzer calls this. `data` is a copy of exactly this size, so that any read
 * beyond it is noticed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Checks a property that must hold. */
#define MUST(property)							\
	do {								\
		if (!(property))					\
			fuzz_broken(#property, __FILE__, __LINE__);	\
	} while (0)

_Noreturn void fuzz_broken(const char *property, const char *file, int line);

/* An input; parts are taken from its front. */
struct fuzz_input {
	const char *bytes;
	size_t left;
};

struct fuzz_input fuzz_input(const uint8_t *data, size_t size);

/* Takes the next byte; 0 after the end. */
unsigned fuzz_byte(struct fuzz_input *input);

/* Takes everything before `end`, and `end` itself; all that is left without
 * one. */
struct span fuzz_until(struct fuzz_input *input, const char *end);

/* Returns a copy that ends with a NUL; the caller frees it. A NUL inside the
 * part ends the text. */
char *fuzz_text(struct span part);

/* Whether `inner` lies within `outer`. */
bool fuzz_inside(struct span inner, struct span outer);

bool fuzz_same(struct span left, struct span right);

/* This process's folder, removed when the process ends: in $TMPDIR, or else in
 * memory if there is a /dev/shm. */
const char *fuzz_scratch(void);

/* Removes a file or a whole folder; it need not exist. */
void fuzz_remove(const char *path);

/* Sends the log to the scratch folder; may be called more than once. */
void fuzz_log_start(void);

/* Checks what was logged since the last call, and discards it: it must be whole
 * lines that begin with a time and hold only printable ASCII. */
void fuzz_log_check(void);

#endif
