#include "hookctl/tail_source.h"

#include "base/clock.h"
#include "hookctl/hookctl.h"
#include "hookctl/output.h"
#include "hookctl/tail_signals.h"
#include "journal/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAP_MS 1000		/* the reader itself looks more often */
#define LOOK_MS 1000		/* how often the folder is looked at */
#define WAIT_MS 200		/* for a folder */

struct source {
	const char *directory;
	struct reader *reader;
	dev_t device;		/* the folder that the reader has open */
	ino_t inode;
	uint64_t next;		/* the seq that should come; 0: any */
	int64_t looked;		/* at the folder; clock_monotonic_ms() */
	bool warned;		/* of a line that is no record */
	bool gaps;		/* said that something is missing */
};

bool
source_wait(const char *directory, bool wait, bool *asked)
{
	bool said = false;
	int fd;

	*asked = false;
	for (;;) {
		fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd != -1) {
			close(fd);
			return true;
		}
		if (errno != ENOENT || !wait) {
			(void)fail(STATUS_FAILED, "the journal %s: %s%s",
			    directory, strerror(errno), errno == ENOENT ?
			    "; the receiver makes it with the first "
			    "notification" : "");
			return false;
		}
		if (!said)
			note("the journal %s is not there; waiting for it",
			    directory);
		said = true;
		*asked = !signals_sleep(WAIT_MS) || output_closed();
		if (*asked)
			return false;
	}
}

struct source *
source_open(const char *directory, uint64_t first, bool durable)
{
	const struct reader_options options = { .directory = directory,
	    .from_seq = first, .durable = durable };
	struct source *source = calloc(1, sizeof *source);
	struct stat status;
	enum error error = ERR_MEMORY;

	if (source != NULL) {
		/* Before it is opened: if the folder is replaced in between,
		 * that is noticed later. */
		if (stat(directory, &status) == 0) {
			source->device = status.st_dev;
			source->inode = status.st_ino;
		}
		source->directory = directory;
		source->next = first;
		source->looked = clock_monotonic_ms();
		error = reader_open(&options, &source->reader);
	}
	if (error == ERR_NONE)
		return source;
	(void)fail(STATUS_FAILED, "the journal %s cannot be opened: %s",
	    directory, error_word(error));
	free(source);
	return NULL;
}

void
source_close(struct source *source)
{
	if (source == NULL)
		return;
	reader_close(source->reader);
	free(source);
}

/*
 * What is missing, or wrong
 */

static bool
removed(const struct source *source, uint64_t seq)
{
	struct reader_file *files;
	size_t count;
	bool gone = reader_files(source->directory, &files, &count) ==
	    ERR_NONE && count > 0 && files[0].first_seq >= seq;

	free(files);
	return gone;
}

static void
note_gap(struct source *source, uint64_t seq)
{
	uint64_t first = source->next, last = seq - 1;
	bool gone = removed(source, seq);
	char seqs[64];

	source->gaps = true;
	seqs_text(first, last, seqs);
	if (first == last)
		note("%s %s", seqs, gone ? "was removed before it was read" :
		    "is missing in the journal's files");
	else
		note("%s %s", seqs, gone ?
		    "were removed before they were read" :
		    "are missing in the journal's files");
}

static void
note_line(struct source *source, const struct reader_place *place)
{
	if (source->warned)
		return;
	source->warned = true;
	note("%s/%s: the line at byte %" PRIu64 " is not a record; such lines "
	    "are skipped", source->directory, place->file, place->offset);
}

/* Finds out why the reader could not read. */
static enum source_result
explain(const struct source *source, enum error error)
{
	static const char *const names[] = { SEGMENT_LIVE, SEGMENT_ARCHIVE };
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		char *path;
		int fd, number;

		if (asprintf(&path, "%s/%s", source->directory, names[i]) < 0)
			break;
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		number = errno;
		if (fd != -1)
			close(fd);
		else if (number != ENOENT) {
			(void)fail(STATUS_FAILED, "%s: %s%s", path,
			    strerror(number), number == EACCES ? "; run it as "
			    "the journal's owner or as a member of its group" :
			    "");
			free(path);
			return SOURCE_FAILED;
		}
		free(path);
	}
	(void)fail(STATUS_FAILED, "the journal %s cannot be read: %s",
	    source->directory, error_word(error));
	return SOURCE_FAILED;
}

/*
 * Reading
 */

/* Looks now and then whether the path still leads to the open folder. */
static bool
moved(struct source *source)
{
	int64_t now = clock_monotonic_ms();
	struct stat status;

	if (now - source->looked < LOOK_MS)
		return false;
	source->looked = now;
	return stat(source->directory, &status) == -1 ||
	    status.st_dev != source->device || status.st_ino != source->inode;
}

static void
note_skipped(struct source *source)
{
	const struct reader_place *place = reader_skipped(source->reader);

	if (place != NULL)
		note_line(source, place);
}

static enum source_result
no_more(struct source *source)
{
	enum error error = reader_error(source->reader);

	note_skipped(source);
	if (error == ERR_NONE)
		return moved(source) ? SOURCE_MOVED : SOURCE_NONE;
	return explain(source, error);
}

enum source_result
source_next(struct source *source, struct reader_line *line,
    struct record *record)
{
	bool valid;

	do {
		if (!reader_next(source->reader, line))
			return no_more(source);
		if (source->next != 0 && line->seq > source->next)
			note_gap(source, line->seq);
		source->next = line->seq + 1;
		valid = record_decode(line->bytes, line->length, record) ==
		    ERR_NONE;
		note_skipped(source);
		if (!valid)
			note_line(source, reader_place(source->reader));
	} while (!valid);
	return SOURCE_RECORD;
}

bool
source_has_gaps(const struct source *source)
{
	return source->gaps || source->warned;
}

void
source_tell_unsure(const char *directory)
{
	char *state;

	if (asprintf(&state, "%s/" SHARED_NAME, directory) < 0)
		return;
	if (access(state, F_OK) == -1)
		note("%s is missing, so nobody knows which records of the live "
		    "file are safe on the disk: they come after the receiver's "
		    "next record", state);
	free(state);
}

void
source_nap(struct source *source)
{
	reader_wait(source->reader, NAP_MS);
}
