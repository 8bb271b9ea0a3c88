#include "journal_fixture.h"

#include "journal/stamp.h"
#include "journal/segment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The key of such a record depends on its number alone. */
static void
number_key(unsigned number, uint8_t key[JOURNAL_KEY_SIZE])
{
	uint32_t mixed = number * 2654435761u;

	memset(key, 0x5a, JOURNAL_KEY_SIZE);
	memcpy(key, &mixed, sizeof mixed);
	memcpy(key + 8, &number, sizeof number);
}

static bool
key_of(const char *line, size_t length, struct journal_record *record)
{
	const char *at = memmem(line, length, "\"n\":", 4);

	if (at == NULL)
		return false;
	number_key((unsigned)strtoul(at + 4, NULL, 10), record->key);
	at = memmem(line, length, "\"r\":", 4);
	record->repeat = at == NULL ? JOURNAL_IN_WINDOW :
	    (enum journal_repeat)(at[4] - '0');
	return true;
}

static void
remove_all(const char *path)
{
	char command[640];

	snprintf(command, sizeof command, "rm -rf '%s'", path);
	assert_int_equal(system(command), 0);
}

int
fixture_setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	umask(0);
	strcpy(fixture->directory, "/tmp/hookline-unit.XXXXXX");
	assert_non_null(mkdtemp(fixture->directory));
	fixture->options = (struct journal_options){
		.directory = fixture->directory, .file_mode = 0640,
		.rotate_every = PERIOD_NEVER, .window = 7 * 24 * 3600,
		.sync = true, .key_of = key_of };
	assert_int_equal(journal_open(&fixture->options, &fixture->journal),
	    ERR_NONE);
	*state = fixture;
	return 0;
}

int
fixture_teardown(void **state)
{
	struct fixture *fixture = *state;

	journal_close(fixture->journal);
	remove_all(fixture->directory);
	free(fixture);
	return 0;
}

void
fixture_reopen(struct fixture *fixture)
{
	journal_close(fixture->journal);
	assert_int_equal(journal_open(&fixture->options, &fixture->journal),
	    ERR_NONE);
}

enum error
fixture_append(struct fixture *fixture, unsigned number, bool *duplicate)
{
	struct journal_record entry;
	char tail[64];
	enum error error;

	memset(&entry, 0, sizeof entry);
	number_key(number, entry.key);
	entry.tail.length = (size_t)snprintf(tail, sizeof tail,
	    "\"n\":%u}\n", number);
	entry.tail.bytes = tail;
	error = journal_append(fixture->journal, &entry, 1);
	if (duplicate != NULL)
		*duplicate = entry.duplicate;
	return error;
}

enum error
fixture_send(struct fixture *fixture, struct journal_record *record,
    unsigned number, unsigned older, enum journal_repeat repeat)
{
	char tail[64];

	memset(record, 0, sizeof *record);
	number_key(number, record->key);
	number_key(older, record->older_key);
	record->two_keys = older != 0;
	record->repeat = repeat;
	record->tail.length = (size_t)snprintf(tail, sizeof tail,
	    "\"r\":%d,\"n\":%u}\n", (int)repeat, number);
	record->tail.bytes = tail;
	return journal_append(fixture->journal, record, 1);
}

void
fixture_add(struct fixture *fixture, unsigned number)
{
	bool duplicate;

	assert_int_equal(fixture_append(fixture, number, &duplicate),
	    ERR_NONE);
	assert_false(duplicate);
}

static void
full_path(const struct fixture *fixture, const char *name, char path[512])
{
	snprintf(path, 512, "%s/%s", fixture->directory, name);
}

char *
fixture_read(const struct fixture *fixture, const char *name)
{
	char path[512], *text = calloc(1, 1 << 22);
	FILE *file;

	full_path(fixture, name, path);
	file = fopen(path, "r");
	if (file == NULL)
		return text;
	assert_true(fread(text, 1, (1 << 22) - 1, file) < (1 << 22) - 1);
	fclose(file);
	return text;
}

static void
put(const struct fixture *fixture, const char *name, const char *text,
    const char *how)
{
	char path[512];
	mode_t mask = umask(0027);
	FILE *file;

	full_path(fixture, name, path);
	file = fopen(path, how);
	umask(mask);
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

void
fixture_write(const struct fixture *fixture, const char *name,
    const char *text)
{
	put(fixture, name, text, "w");
}

void
fixture_append_text(const struct fixture *fixture, const char *name,
    const char *text)
{
	put(fixture, name, text, "a");
}

static size_t
list(const struct fixture *fixture, struct segment **segments)
{
	size_t count;
	int fd = open(fixture->directory, O_RDONLY | O_DIRECTORY);

	assert_int_equal(segment_list(fd, segments, &count), ERR_NONE);
	close(fd);
	return count;
}

size_t
fixture_archived(const struct fixture *fixture)
{
	struct segment *segments;
	size_t count = list(fixture, &segments);

	free(segments);
	return count;
}

const char *
fixture_archive_name(const struct fixture *fixture, size_t n)
{
	static char name[SEGMENT_PATH_MAX];
	struct segment *segments;

	assert_true(n < list(fixture, &segments));
	segment_path(&segments[n], name);
	free(segments);
	return name;
}

static char *
whole(const struct fixture *fixture)
{
	char *text = calloc(1, 1 << 24), *live;
	size_t i, count = fixture_archived(fixture);

	for (i = 0; i < count; i++) {
		char *part = fixture_read(fixture,
		    fixture_archive_name(fixture, i));

		strcat(text, part);
		free(part);
	}
	live = fixture_read(fixture, SEGMENT_LIVE);
	strcat(text, live);
	free(live);
	return text;
}

size_t
fixture_count(const struct fixture *fixture, unsigned number)
{
	char *text = whole(fixture), *at = text, wanted[32];
	size_t count = 0;

	snprintf(wanted, sizeof wanted, "\"n\":%u}\n", number);
	while ((at = strstr(at, wanted)) != NULL) {
		count++;
		at++;
	}
	free(text);
	return count;
}

void
fixture_check_seq(const struct fixture *fixture, uint64_t last)
{
	char *text = whole(fixture), *line, *end;
	uint64_t expected = 0, seq;
	int64_t time;

	for (line = text; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		assert_non_null(end);
		assert_true(stamp_read(line, (size_t)(end - line), &seq,
		    &time));
		assert_int_equal(seq, ++expected);
		assert_int_equal(end[-1], '}');
	}
	assert_int_equal(expected, last);
	free(text);
}

void
fixture_remove(const struct fixture *fixture, const char *name)
{
	char path[512];

	full_path(fixture, name, path);
	remove_all(path);
}
