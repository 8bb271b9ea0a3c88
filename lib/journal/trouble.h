/*
 * trouble: why nothing can be stored, in words that help somebody put it right:
 * which file or folder, who owns it, who we are, and what to do.
 *
 * Whoever opens a journal owns the struct and passes it in the options; a call
 * that fails notes in it the first thing that went wrong.
 */
#ifndef HOOKLINE_JOURNAL_TROUBLE_H
#define HOOKLINE_JOURNAL_TROUBLE_H

#include "base/error.h"
#include "base/log.h"

#include <sys/types.h>

#include <stdbool.h>

#define TROUBLE_PATH_MAX 512
#define TROUBLE_TEXT_MAX 400

struct trouble {
	const char *reason;	/* a few words; NULL: no trouble */
	const char *remedy;	/* what would put it right */
	char path[TROUBLE_PATH_MAX];
	bool known;		/* whether the next three are known */
	uid_t owner;
	gid_t group;
	mode_t mode;
};

void trouble_clear(struct trouble *trouble);

/*
 * Notes what is wrong with `name` in the open folder `directory` ("." is the
 * folder itself), whose path is `path`. Does nothing if `trouble` is NULL or
 * holds something already. Both texts must be constants.
 */
void trouble_note(struct trouble *trouble, int directory, const char *path,
    const char *name, const char *reason, const char *remedy);

/* The same for a call that failed with this errno; returns what that means. */
enum error trouble_errno(struct trouble *trouble, int directory,
    const char *path, const char *name, int number);

/* How many fields of a log line it takes, and room for their texts. */
#define TROUBLE_FIELDS 6
struct trouble_words {
	char owner[24], mode[8], user[24];
};

/* Fills in fields that say all of it, and returns their number; 0 if there is
 * no trouble. They are valid as long as both arguments are. */
size_t trouble_fields(const struct trouble *trouble,
    struct trouble_words *words, struct log_field fields[TROUBLE_FIELDS]);

/* Writes all of it as one text for a person: path, what is wrong, owner and
 * mode, the process's user, remedy. "" if there is no trouble. */
void trouble_text(const struct trouble *trouble, char text[TROUBLE_TEXT_MAX +
    TROUBLE_PATH_MAX]);

#endif
