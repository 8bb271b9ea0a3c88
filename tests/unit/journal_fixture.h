/* Shared by the tests of the journal: a scratch folder and small records. */
#ifndef HOOKLINE_TESTS_JOURNAL_FIXTURE_H
#define HOOKLINE_TESTS_JOURNAL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "journal/journal.h"

struct fixture {
	char directory[64];
	struct journal_options options;
	struct journal *journal;
};

int fixture_setup(void **state);
int fixture_teardown(void **state);

/* Closes the journal and opens it again, with the fixture's options. */
void fixture_reopen(struct fixture *fixture);

/* Appends the record `"n":<number>}`; `*duplicate` may be NULL. */
enum error fixture_append(struct fixture *fixture, unsigned number,
    bool *duplicate);

/* Appends the record `"r":<repeat>,"n":<number>}`, which is also known as
 * `older` if that is not 0. `*record` gets the results, but not the tail. */
enum error fixture_send(struct fixture *fixture, struct journal_record *record,
    unsigned number, unsigned older, enum journal_repeat repeat);

/* Appends a new record, and fails the test if that fails. */
void fixture_add(struct fixture *fixture, unsigned number);

/* The whole text of a file in the journal's folder, which the caller frees; ""
 * if there is no such file. */
char *fixture_read(const struct fixture *fixture, const char *name);
void fixture_write(const struct fixture *fixture, const char *name,
    const char *text);
void fixture_append_text(const struct fixture *fixture, const char *name,
    const char *text);

/* How many files archive/ has, and the name of the n-th one (static). */
size_t fixture_archived(const struct fixture *fixture);
const char *fixture_archive_name(const struct fixture *fixture, size_t n);

/* How many lines of all files contain `"n":<number>}`. */
size_t fixture_count(const struct fixture *fixture, unsigned number);

/* Checks that all files together contain the seqs 1, 2, 3 ... `last`. */
void fixture_check_seq(const struct fixture *fixture, uint64_t last);

void fixture_remove(const struct fixture *fixture, const char *name);

#endif
