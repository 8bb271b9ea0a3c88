/*
 * stats_journal: measures the journal's files, and counts its records.
 */
#include "hookctl/stats.h"

#include "base/io.h"
#include "hookctl/output.h"
#include "journal/layout.h"
#include "journal/reader.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/*
 * Files
 */

/* Adds up the sizes of the index's files. */
static void
measure_index(struct stats *stats, DIR *state)
{
	const struct dirent *entry;
	struct stat status;

	while ((entry = readdir(state)) != NULL)
		if (strncmp(entry->d_name, TABLE_PREFIX,
		    sizeof TABLE_PREFIX - 1) == 0 &&
		    io_fstatat(dirfd(state), entry->d_name, &status) == 0)
			stats->index_bytes += (uint64_t)status.st_size;
	stats->index_known = true;
}

static void
open_index(struct stats *stats, int folder)
{
	int fd = io_openat(folder, SEGMENT_STATE, O_RDONLY | O_DIRECTORY, 0);
	DIR *state = fd != -1 ? fdopendir(fd) : NULL;

	if (state != NULL) {
		measure_index(stats, state);
		(void)closedir(state);
	} else if (fd != -1)
		(void)io_close(fd);
}

enum error
stats_measure(struct stats *stats, int folder)
{
	struct reader_file *files;
	enum error error = latest_find(stats->directory, &stats->latest);
	size_t count, i;

	if (error == ERR_NONE)
		error = reader_files(stats->directory, &files, &count);
	if (error != ERR_NONE)
		return error;
	for (i = 0; i < count; i++) {
		stats->files += !files[i].live || files[i].size > 0;
		stats->bytes += files[i].size;
	}
	free(files);
	open_index(stats, folder);
	return ERR_NONE;
}

/*
 * Records
 */

/* False when memory is short. */
static bool
add_line(struct stats *stats, const struct reader_line *line)
{
	struct record record;

	return record_decode(line->bytes, line->length, &record) !=
	    ERR_NONE || fields_add(stats->fields, &record);
}

/* Whether the record was there when the journal was measured. If its time is in
 * the future, because a clock was ahead, its seq decides. */
static bool
was_there(const struct stats *stats, const struct reader_line *line)
{
	return line->received_at <= stats->now || !stats->latest.any ||
	    line->seq <= stats->latest.seq;
}

static enum error
read_records(struct stats *stats, struct reader *reader)
{
	struct progress progress = { 0 };
	struct reader_line line;
	uint64_t first = 0;
	bool good = true;

	while (good && reader_next(reader, &line) && was_there(stats, &line)) {
		if (first == 0 && stats->latest.seq >= line.seq)
			progress_begin(&progress,
			    stats->latest.seq - line.seq + 1);
		if (first == 0)
			first = line.seq;
		good = add_line(stats, &line);
		progress_step(&progress, line.seq - first + 1);
	}
	progress_end(&progress);
	return good ? reader_error(reader) : ERR_MEMORY;
}

static void
tell_skipped(const struct reader *reader)
{
	const struct reader_place *skipped = reader_skipped(reader);

	if (skipped != NULL)
		note("%s: the line that begins at byte %llu is not a record; "
		    "hookctl verify finds all such lines", skipped->file,
		    (unsigned long long)skipped->offset);
}

bool
stats_survey(struct stats *stats)
{
	const struct reader_options options = {
	    .directory = stats->directory, .from_time = stats->since };
	struct reader *reader = NULL;
	enum error error = ERR_MEMORY;

	stats->fields = fields_new();
	if (stats->fields != NULL)
		error = reader_open(&options, &reader);
	if (error == ERR_NONE) {
		error = read_records(stats, reader);
		tell_skipped(reader);
	}
	reader_close(reader);
	if (error == ERR_NONE)
		return true;
	fields_free(stats->fields);
	stats->fields = NULL;
	(void)fail(STATUS_FAILED, "the records of the journal %s cannot be "
	    "read: %s", stats->directory, error_word(error));
	return false;
}
