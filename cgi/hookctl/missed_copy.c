#include "hookctl/missed_copy.h"

#include "hookctl/missed_file.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct missed_copies {
	const char *const *logs;
	size_t count;
	uint64_t *keys;		/* of the first lines; 0: do not compare */
};

/* FNV-1a, but never 0. Only logs with the same key are compared. */
static uint64_t
hash(struct span line)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	size_t i;

	for (i = 0; i < line.length; i++)
		hash = (hash ^ (unsigned char)line.bytes[i]) *
		    UINT64_C(0x100000001b3);
	return hash != 0 ? hash : 1;
}

static uint64_t
key_of(const char *name)
{
	struct missed_file *file;
	struct stat status;
	struct span line;
	uint64_t key = 0;

	if (stat(name, &status) == -1 || !S_ISREG(status.st_mode))
		return 0;
	file = missed_file_open(name, true);
	if (file != NULL && missed_file_next(file, &line))
		key = hash(line);
	missed_file_close(file);
	return key;
}

struct missed_copies *
missed_copies_new(const char *const *logs)
{
	struct missed_copies *copies = calloc(1, sizeof *copies);

	if (copies == NULL)
		return NULL;
	copies->logs = logs;
	while (logs[copies->count] != NULL)
		copies->count++;
	copies->keys = calloc(copies->count + 1, sizeof *copies->keys);
	if (copies->keys == NULL) {
		free(copies);
		return NULL;
	}
	for (size_t i = 0; i < copies->count; i++)
		copies->keys[i] = key_of(logs[i]);
	return copies;
}

void
missed_copies_free(struct missed_copies *copies)
{
	if (copies == NULL)
		return;
	free(copies->keys);
	free(copies);
}

static bool
begins(struct span text, struct span with)
{
	return text.length >= with.length &&
	    memcmp(text.bytes, with.bytes, with.length) == 0;
}

/* Whether `all` begins with the lines of `part`, of which the last one may be
 * cut short. `*more`: `all` has more than those. */
static bool
contains(struct missed_file *all, struct missed_file *part, bool *more)
{
	struct span line, other;

	*more = false;
	while (missed_file_next(part, &line)) {
		if (*more || !missed_file_next(all, &other) ||
		    !begins(other, line))
			return false;
		*more = other.length > line.length;
	}
	*more |= missed_file_next(all, &other);
	return true;
}

/* Whether the log `at` need not be read, since `other` has all of it. */
static bool
is_copy(const struct missed_copies *copies, size_t at, size_t other)
{
	struct missed_file *all = missed_file_open(copies->logs[other], true);
	struct missed_file *part = missed_file_open(copies->logs[at], true);
	bool more = false, found;

	found = all != NULL && part != NULL && contains(all, part, &more) &&
	    (more || other < at);
	missed_file_close(all);
	missed_file_close(part);
	return found;
}

const char *
missed_copies_find(const struct missed_copies *copies, size_t at)
{
	size_t i;

	for (i = 0; i < copies->count && copies->keys[at] != 0; i++)
		if (i != at && copies->keys[i] == copies->keys[at] &&
		    is_copy(copies, at, i))
			return copies->logs[i];
	return NULL;
}
