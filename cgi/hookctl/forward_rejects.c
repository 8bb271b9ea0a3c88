#include "hookctl/forward_rejects.h"

#include "base/clock.h"
#include "hookctl/output.h"
#include "journal/dead.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct forward_rejects {
	const char *path;
	struct dead *dead;	/* NULL: there is no file */
	uint64_t count;

	/* Records that have not been named yet; none if `reason` is NULL. */
	const char *reason, *advice;
	uint64_t first, last;	/* seqs */
	bool sent;
};

bool
rejects_are_apart(const char *path, const char *file)
{
	struct stat one, other;
	bool is_stdin;

	if (path == NULL || file == NULL || stat(path, &one) == -1)
		return true;
	is_stdin = strcmp(file, "-") == 0;
	if ((is_stdin ? fstat(STDIN_FILENO, &other) : stat(file, &other)) ==
	    -1 || one.st_dev != other.st_dev || one.st_ino != other.st_ino)
		return true;
	note("%s and --dead are the same file, %s: move it away first, as in "
	    "\"mv %s %s.old\", and give the new name to --file", is_stdin ?
	    "standard input" : "--file", path, path, path);
	return false;
}

struct forward_rejects *
rejects_new(const char *path)
{
	struct forward_rejects *rejects = calloc(1, sizeof *rejects);

	if (rejects == NULL) {
		note("out of memory");
		return NULL;
	}
	rejects->path = path;
	if (path == NULL || dead_open(path, &rejects->dead) == ERR_NONE)
		return rejects;
	note("%s: %s", path, strerror(errno));
	free(rejects);
	return NULL;
}

void
rejects_free(struct forward_rejects *rejects)
{
	if (rejects == NULL)
		return;
	dead_close(rejects->dead);
	free(rejects);
}

/* What has become of `one` record, or of several. */
static const char *
fate(const struct forward_rejects *rejects, bool one)
{
	if (rejects->dead != NULL)
		return one ? "is a dead letter now" : "are dead letters now";
	if (rejects->sent)
		return one ? "was refused" : "were refused";
	return one ? "was not sent" : "were not sent";
}

void
rejects_tell(struct forward_rejects *rejects)
{
	char seqs[64];

	if (rejects->reason == NULL)
		return;
	note("%s %s: %s%s%s", seqs_text(rejects->first, rejects->last, seqs),
	    fate(rejects, rejects->first == rejects->last), rejects->reason,
	    *rejects->advice != '\0' ? "; " : "", rejects->advice);
	rejects->reason = NULL;
}

static void
remember(struct forward_rejects *rejects, uint64_t seq, const char *reason,
    const char *advice)
{
	if (rejects->reason == NULL || strcmp(rejects->reason, reason) != 0 ||
	    seq != rejects->last + 1) {
		rejects_tell(rejects);
		rejects->reason = reason;
		rejects->advice = advice;
		rejects->first = seq;
	}
	rejects->last = seq;
	rejects->count++;
}

bool
rejects_add(struct forward_rejects *rejects, const struct forward_item *item,
    uint64_t tries, const char *reason, const char *advice,
    struct span answer)
{
	const struct dead_letter letter = { .dead_at = clock_now(),
	    .by = "hookctl forward", .tries = tries, .error = reason,
	    .answer = answer, .record = item->line };

	if (rejects->dead != NULL &&
	    dead_append(rejects->dead, &letter) != ERR_NONE) {
		rejects_tell(rejects);
		note("%s: %s", rejects->path, strerror(errno));
		return false;
	}
	remember(rejects, item->mark.seq, reason, advice);
	rejects->sent = tries > 0;
	return true;
}

uint64_t
rejects_count(const struct forward_rejects *rejects)
{
	return rejects->count;
}
