#include "journal/journal.h"
#include "journal/append_lock.h"
#include "journal/writer.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "journal/guard.h"
#include "journal/stamp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KEEP_BUFFER ((size_t)8 << 20)
#define TRIES 3			/* in between, what is damaged is rebuilt */

enum error
journal_open(const struct journal_options *options, struct journal **journal)
{
	struct journal *new = calloc(1, sizeof *new);
	enum error error = ERR_MEMORY;

	*journal = NULL;
	trouble_clear(options->trouble);
	if (new == NULL)
		return ERR_MEMORY;
	new->options = *options;
	new->folder.fd = new->lock = new->state_fd = new->live = -1;
	new->options.directory = new->directory = strdup(options->directory);
	if (new->directory != NULL)
		error = folder_open(&new->options, true, &new->folder);
	if (error != ERR_NONE) {
		journal_close(new);
		return error;
	}
	new->window = options->window;
	new->index.folder = &new->folder;
	new->index.mapped = !new->folder.remote;
	guard_install();
	*journal = new;
	return ERR_NONE;
}

void
journal_close(struct journal *journal)
{
	if (journal == NULL)
		return;
	state_detach(journal);
	folder_close(&journal->folder);
	buffer_free(&journal->lines);
	free(journal->directory);
	free(journal);
}

bool
journal_moved(const struct journal *journal)
{
	return folder_moved(&journal->folder);
}

const struct state_mark *
journal_mark(const struct journal *journal)
{
	return &journal->mark;
}

/* The time of the next record: never before the last one's, unless the clock
 * has gone back by more than an hour. */
static int64_t
stamp(const struct journal *journal)
{
	int64_t now = clock_now(), last = journal->shared->last_time;

	if (now >= last)
		return now;
	if (last - now <= CLOCK_HOUR)
		return last;
	LOG(LOG_LEVEL_WARNING, "clock-stepped-back",
	    LOG_NUMBER("seconds", (last - now) / CLOCK_SECOND));
	return now;
}

/* One call of journal_append(). */
struct append {
	struct journal *journal;
	struct journal_record *records;
	size_t count;
	size_t added;		/* records that are new */
	size_t bytes;		/* of the new lines, at most */
	int64_t now;
	uint64_t first_seq;	/* of the new lines */
	uint64_t before;	/* length of the live file before them */
	size_t last_length;	/* length of the last of them */
	struct ticket ticket;
	enum error error;
};

/* Finds out which records are repeats, and which seq we have to wait for. */
static enum error
find_duplicates(struct append *append)
{
	uint32_t now = index_now();
	size_t i;

	append->added = append->bytes = 0;
	append->ticket.seq = 0;
	for (i = 0; i < append->count; i++) {
		struct journal_record *record = &append->records[i];
		enum error error = age_find(append->journal, now, record);

		if (error != ERR_NONE)
			return error;
		record->duplicate = record->seq != 0;
		if (!record->duplicate) {
			append->added++;
			append->bytes += STAMP_MAX + record->tail.length;
		} else if (record->seq > append->ticket.seq)
			append->ticket.seq = record->seq;
	}
	return ERR_NONE;
}

/* Composes the lines of the new records. */
static enum error
compose(struct append *append)
{
	struct buffer *lines = &append->journal->lines;
	uint64_t seq = append->first_seq;
	enum error error;
	size_t i;

	buffer_reset(lines, KEEP_BUFFER);
	error = buffer_reserve(lines, append->bytes);
	if (error != ERR_NONE)
		return error;
	for (i = 0; i < append->count; i++) {
		struct journal_record *record = &append->records[i];
		size_t begin = lines->length;

		if (record->duplicate)
			continue;
		record->seq = seq;
		lines->length += stamp_write(seq++, append->now,
		    lines->bytes + lines->length);
		memcpy(lines->bytes + lines->length, record->tail.bytes,
		    record->tail.length);
		lines->length += record->tail.length;
		append->last_length = lines->length - begin;
	}
	append->ticket.seq = seq - 1;
	append->ticket.end = append->before + lines->length;
	return ERR_NONE;
}

/* All or nothing: if only a part was written, it is cut off again. If even that
 * fails, the next process finds a torn tail. */
static enum error
write_lines(const struct append *append)
{
	const struct journal *journal = append->journal;
	const struct buffer *lines = &journal->lines;
	ssize_t written;
	enum error error;

	journal->shared->writing = append->ticket.end;
	written = io_write(journal->live, lines->bytes, lines->length);
	if (written == (ssize_t)lines->length)
		return ERR_NONE;
	if (written != -1)
		errno = ENOSPC;
	error = folder_fail(&journal->folder, SEGMENT_LIVE);
	if (written > 0)
		io_ftruncate(journal->live, (off_t)append->before);
	journal->shared->writing = 0;
	return error;
}

/* Records in the index and the state what was written, in the order that
 * shared.h requires: a process may be killed between any two of these lines. */
static enum error
record_lines(const struct append *append)
{
	struct journal *journal = append->journal;
	struct shared *shared = journal->shared;
	uint32_t now = index_now();
	size_t i;

	shared->end = append->ticket.end;
	if (shared->first_seq == 0) {
		shared->first_time = append->now;
		shared->first_seq = append->first_seq;
	}
	for (i = 0; journal->window > 0 && i < append->count; i++) {
		const struct journal_record *record = &append->records[i];
		enum error error = ERR_NONE;

		if (!record->duplicate && record->repeat != JOURNAL_NEVER)
			error = index_insert(&journal->index, record->key, now,
			    record->seq);
		if (error != ERR_NONE)
			return error;
	}
	if (journal->window == 0)
		shared->indexing = 0;
	shared->lazy = !journal->options.sync;
	shared->last_time = append->now;
	shared->next_seq = append->ticket.seq + 1;
	shared->appended = append->ticket.seq;
	shared->indexed = append->ticket.end;
	shared->writing = 0;
	shared->touched = clock_boot_seconds();
	shared->last_line = append->ticket.end - append->last_length;
	shared->noted_time = append->now;
	shared->noted = append->ticket.seq;
	return ERR_NONE;
}

/* Copies from the state, and only then checks that it is intact: somebody may
 * overwrite that file at any moment, and no line may be made from garbage. */
static enum error
take_bearings(struct append *append)
{
	const struct shared *shared = append->journal->shared;

	append->first_seq = shared->next_seq;
	append->before = shared->indexed;
	append->ticket.generation = shared->generation;
	append->ticket.end = shared->end;
	atomic_signal_fence(memory_order_seq_cst);
	return shared_shape_ok(shared) ? ERR_NONE : ERR_IO;
}

static enum error
add(struct append *append)
{
	struct journal *journal = append->journal;
	enum error error = ERR_NONE;

	append->now = stamp(journal);
	if (rotate_due(journal, append->now, append->bytes))
		error = rotate(journal);
	if (error == ERR_NONE)
		error = take_bearings(append);
	if (error == ERR_NONE)
		error = compose(append);
	if (error == ERR_NONE && journal->window > 0) {
		index_expire(&journal->index, age_oldest(journal));
		error = index_reserve(&journal->index, append->added,
		    append->first_seq);
	}
	if (error == ERR_NONE)
		error = write_lines(append);
	if (error == ERR_NONE)
		error = record_lines(append);
	return error;
}

/* On NFS each request syncs for itself, and writes the state back. */
static void
append_locked(void *argument)
{
	struct append *append = argument;
	struct journal *journal = append->journal;
	enum error error = recover(journal);

	if (error == ERR_NONE)
		error = relay_id_ensure(journal);
	if (error == ERR_NONE && journal->options.watched)
		error = relay_id_mark(journal);
	if (error == ERR_NONE)
		error = take_bearings(append);
	if (error == ERR_NONE)
		error = find_duplicates(append);
	if (error == ERR_NONE && append->added > 0)
		error = add(append);
	if (error == ERR_NONE && journal->folder.remote &&
	    journal->options.sync &&
	    journal->shared->durable < append->ticket.seq)
		error = commit_sync(journal);
	if (state_flush(journal) != ERR_NONE && error == ERR_NONE)
		error = ERR_IO;
	append->error = error;
}

static void
wait_for_disk(void *argument)
{
	struct append *append = argument;

	append->error = commit_wait(append->journal, &append->ticket);
}

/*
 * Called under the append lock. If a map gives way, there are two possible
 * reasons: somebody has cut its file short, and the state is useless; or the
 * disk has no room for its pages, and the state is fine once it has.
 */
static void
try(struct append *append)
{
	struct journal *journal = append->journal;

	if (guard_run(append_locked, append)) {
		if (append->error == ERR_DAMAGED)
			state_discard(journal, "index");
		return;
	}
	if (state_cut_short(journal)) {
		state_discard(journal, "cut-short");
		append->error = ERR_DAMAGED;
		return;
	}
	errno = EDQUOT;
	append->error = folder_fail(&journal->folder, SEGMENT_STATE);
	state_detach(journal);
}

/* What is damaged is rebuilt at once, and the call starts again. */
static enum error
append_all(struct append *append)
{
	struct journal *journal = append->journal;
	enum error error = append_lock_take(journal);
	int tries;

	if (error != ERR_NONE)
		return error;
	append->error = ERR_DAMAGED;
	for (tries = 0; tries < TRIES && append->error == ERR_DAMAGED; tries++)
		try(append);
	append_lock_release(journal);
	if (append->error == ERR_NONE && journal->options.sync &&
	    !journal->folder.remote && !guard_run(wait_for_disk, append)) {
		/* Discard nothing: without the append lock, the name may
		 * already belong to another state. */
		append->error = ERR_IO;
		state_detach(journal);
	}
	return append->error;
}

enum error
journal_append(struct journal *journal, struct journal_record *records,
    size_t count)
{
	struct append append = { .journal = journal, .records = records,
	    .count = count };
	enum error error;

	trouble_clear(journal->options.trouble);
	error = append_all(&append);
	if (error != ERR_NONE) {
		/* Nothing noted a reason: we waited, or another's sync
		 * failed. */
		errno = error == ERR_BUSY ? EAGAIN :
		    error == ERR_MEMORY ? ENOMEM : EIO;
		folder_fail(&journal->folder, SEGMENT_LIVE);
	}
	if (error == ERR_NONE && journal->options.watched)
		commit_tell(journal);
	if (journal->rotated && journal->options.compress)
		compress_start(journal);
	journal->rotated = false;
	/* Is it durable in a folder where nobody will look for it? */
	if (error == ERR_NONE && folder_moved(&journal->folder)) {
		folder_refuse(&journal->folder, ".", FOLDER_REPLACED);
		error = ERR_STALE;
	}
	return error;
}
