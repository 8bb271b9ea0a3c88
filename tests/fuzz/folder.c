#include "folder.h"

#include "journal/stamp.h"
#include "journal/line_reader.h"
#include "journal/segment.h"
#include "journal/shared.h"
#include "journal/table.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NUMBERS 16
#define TAIL "\"mark\":\"" FUZZ_MARK "\",\"n\":"

const char *
fuzz_folder(void)
{
	static char path[512];

	if (path[0] == '\0')
		(void)snprintf(path, sizeof path, "%s/journal",
		    fuzz_scratch());
	return path;
}

/* ---- records ---- */

void
fuzz_number_key(unsigned number, uint8_t key[JOURNAL_KEY_SIZE])
{
	memset(key, 0x5a, JOURNAL_KEY_SIZE);
	memcpy(key, &number, sizeof number);
}

/* The number before the line's last brace. */
static bool
number_of(const char *line, size_t length, unsigned *number)
{
	size_t at = length, digits;

	if (length < 8 || line[length - 1] != '}')
		return false;
	for (at--; at > 4 && line[at - 1] >= '0' && line[at - 1] <= '9'; at--)
		;
	digits = length - 1 - at;
	if (digits == 0 || digits > 2 || memcmp(line + at - 4, "\"n\":",
	    4) != 0)
		return false;
	*number = (unsigned)(line[at] - '0');
	if (digits == 2)
		*number = *number * 10 + (unsigned)(line[at + 1] - '0');
	return *number < NUMBERS;
}

bool
fuzz_key_of(const char *line, size_t length, struct journal_record *record)
{
	unsigned number;

	if (!number_of(line, length, &number))
		return false;
	fuzz_number_key(number, record->key);
	return true;
}

size_t
fuzz_tail(unsigned number, char out[FUZZ_TAIL_MAX])
{
	return (size_t)snprintf(out, FUZZ_TAIL_MAX, TAIL "%u}\n", number);
}

/* ---- making the folder ---- */

static void
put(const char *name, struct span bytes)
{
	char path[600];
	int fd;

	(void)snprintf(path, sizeof path, "%s/%s", fuzz_folder(), name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	MUST(fd != -1);
	MUST(write(fd, bytes.bytes, bytes.length) == (ssize_t)bytes.length);
	MUST(close(fd) == 0);
}

static void
put_folder(const char *name)
{
	char path[600];

	(void)snprintf(path, sizeof path, "%s/%s", fuzz_folder(), name);
	MUST(mkdir(path, 0750) == 0);
}

static void
patch_state(struct shared *shared)
{
	struct shared made;
	struct stat live, own, folder;
	char path[600];

	shared_init(&made, 7 * 24 * 3600);
	memcpy(shared->magic, made.magic, sizeof made.magic);
	memcpy(shared->boot, made.boot, sizeof made.boot);
	shared->layout = shared->tail = made.layout;
	shared->rebuilding &= 1;
	shared->indexing |= 1;
	(void)snprintf(path, sizeof path, "%s/%s", fuzz_folder(),
	    SEGMENT_LIVE);
	if (stat(path, &live) == 0) {
		shared->inode = live.st_ino;
		shared->device = live.st_dev;
	}
	/* The state must have been made here: a copied one would not be
	 * trusted. */
	(void)snprintf(path, sizeof path, "%s/%s", fuzz_folder(),
	    SHARED_NAME);
	MUST(stat(path, &own) == 0 && stat(fuzz_folder(), &folder) == 0);
	shared->revision = made.revision;
	shared->window = made.window;
	shared->own_device = own.st_dev;
	shared->own_inode = own.st_ino;
	shared->folder_device = folder.st_dev;
	shared->folder_inode = folder.st_ino;
}

/* The state file always has the same size; missing bytes are zero. */
static bool
put_state(struct span bytes, bool patch)
{
	_Alignas(struct shared) char text[SHARED_SIZE] = "";
	struct shared *shared = (struct shared *)(void *)text;

	if (bytes.length == 0)
		return false;
	if (bytes.length < sizeof text)
		memcpy(text, bytes.bytes, bytes.length);
	if (patch) {
		put(SHARED_NAME, (struct span){ text, sizeof text });
		patch_state(shared);
	}
	put(SHARED_NAME, bytes.length < sizeof text ? (struct span){ text,
	    sizeof text } : bytes);
	return bytes.length <= sizeof text && shared_shape_ok(shared) &&
	    shared_boot_ok(shared);
}

/* Pads with zeros to the size of a small table. */
static void
put_table(struct span bytes)
{
	static char text[sizeof(struct table_head) + TABLE_SLOTS_MIN *
	    (sizeof(struct table_slot) + 1)];

	if (bytes.length == 0 || bytes.length > sizeof text)
		return;
	memset(text, 0, sizeof text);
	memcpy(text, bytes.bytes, bytes.length);
	put(".state/index-00000001", (struct span){ text, sizeof text });
}

/* The seqs of one file. */
struct series {
	uint64_t first, last;	/* 0: the file has no record */
	bool ascending;
};

#define SEQ_SENSIBLE UINT64_C(100000000000000000)

static struct series
look_at(const char *path, bool compressed, int64_t *first_time)
{
	struct series series = { 0, 0, true };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct line_reader *lines = line_reader_open(fd, compressed, 0);
	const char *line;
	size_t length;
	int64_t time;
	uint64_t seq;

	MUST(fd != -1 && lines != NULL);
	while (line_reader_next(lines, &line, &length)) {
		if (!stamp_read(line, length, &seq, &time))
			continue;
		series.ascending &= seq > series.last && seq < SEQ_SENSIBLE;
		series.last = seq;
		if (series.first == 0) {
			series.first = seq;
			*first_time = time - time % 1000000;
		}
	}
	line_reader_close(lines);
	(void)close(fd);
	return series;
}

static bool
follows(struct series one, struct series other)
{
	return one.ascending && other.ascending &&
	    (other.first == 0 || other.first > one.last);
}

/* Names a rotated file after its first record. A file without records gets a
 * name that sorts before all others. */
static struct series
put_rotated(struct span bytes, bool compressed)
{
	struct series series = { 0, 0, true };
	struct segment segment = { 1, 0, compressed };
	char name[SEGMENT_PATH_MAX], from[600], to[600];

	if (bytes.length == 0)
		return series;
	put("rotated", bytes);
	(void)snprintf(from, sizeof from, "%s/rotated", fuzz_folder());
	series = look_at(from, compressed, &segment.first_time);
	if (series.first > 0)
		segment.first_seq = series.first;
	segment_path(&segment, name);
	(void)snprintf(to, sizeof to, "%s/%s", fuzz_folder(), name);
	MUST(rename(from, to) == 0);
	return series;
}

static struct series
put_live(struct span bytes)
{
	struct series series = { 0, 0, true };
	char path[600];
	int64_t time;

	if (bytes.length == 0)
		return series;
	put(SEGMENT_LIVE, bytes);
	(void)snprintf(path, sizeof path, "%s/%s", fuzz_folder(),
	    SEGMENT_LIVE);
	return look_at(path, false, &time);
}

struct fuzz_made
fuzz_make_folder(struct fuzz_input *input, bool patch)
{
	struct span parts[5];
	struct series live, rotated, packed;
	struct fuzz_made made;
	size_t i;

	for (i = 0; i < sizeof parts / sizeof parts[0]; i++)
		parts[i] = fuzz_until(input, "%%%%");
	fuzz_remove(fuzz_folder());
	MUST(mkdir(fuzz_folder(), 0750) == 0);
	put_folder(SEGMENT_ARCHIVE);
	put_folder(SEGMENT_STATE);
	live = put_live(parts[0]);
	rotated = put_rotated(parts[1], false);
	packed = put_rotated(parts[2], true);
	made.ascending = (follows(rotated, packed) ||
	    follows(packed, rotated)) && follows(rotated, live) &&
	    follows(packed, live);
	put_table(parts[4]);
	made.believed = put_state(parts[3], patch);
	made.sound = made.ascending && !made.believed;
	return made;
}

void
fuzz_remove_state(const char *directory, unsigned which)
{
	static const char *const names[] = { SEGMENT_STATE, SHARED_NAME,
	    ".state/index-00000001" };
	char path[600];

	(void)snprintf(path, sizeof path, "%s/%s", directory,
	    names[which % 3]);
	fuzz_remove(path);
}

/* ---- counting the lines ---- */

static void
count_line(const char *line, size_t length, struct fuzz_census *census)
{
	char head[STAMP_MAX], tail[FUZZ_TAIL_MAX];
	unsigned number;
	int64_t time;
	uint64_t seq;
	size_t at, tail_length;
	bool marked = length > 0 && memmem(line, length, FUZZ_MARK, 3) != NULL;

	if (!stamp_read(line, length, &seq, &time) ||
	    !number_of(line, length, &number)) {
		census->whole &= !marked;
		return;
	}
	census->numbered[number]++;
	if (!marked)
		return;
	census->marked[number]++;
	at = stamp_write(seq, time, head);
	tail_length = fuzz_tail(number, tail) - 1;
	census->whole &= length == at + tail_length &&
	    memcmp(line, head, at) == 0 &&
	    memcmp(line + at, tail, tail_length) == 0;
}

static void
count_file(const char *directory, const struct reader_file *file,
    struct fuzz_census *census)
{
	char path[600];
	struct line_reader *lines;
	const char *line;
	size_t length;
	int fd;

	(void)snprintf(path, sizeof path, "%s/%s", directory, file->name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return;
	lines = line_reader_open(fd, file->compressed, 0);
	MUST(lines != NULL);
	while (line_reader_next(lines, &line, &length))
		count_line(line, length, census);
	line_reader_close(lines);
	(void)close(fd);
}

void
fuzz_count(const char *directory, struct fuzz_census *census)
{
	struct reader_file *files;
	size_t count, i;

	MUST(reader_files(directory, &files, &count) == ERR_NONE);
	for (i = 0; i < count; i++)
		count_file(directory, &files[i], census);
	free(files);
}
