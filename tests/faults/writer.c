/*
 * writer: fills a journal for the tests of what reads one.
 *
 *   writer DIRECTORY FIRST COUNT [NAME=VALUE...]
 *
 * Appends records numbered FIRST to FIRST + COUNT - 1, with `sync = false`; the
 * number is the entry's id. Runs as the folder's owner. The settings:
 *
 *   rotate=BYTES   compress=1   keep=FILES   as in hookline.conf
 *   object=NAME    of the payload; "page"
 *   rate=N         records a second, about; 0: as fast as it can
 *   pad=BYTES      more of the payload
 */
#include "base/clock.h"
#include "base/digest.h"
#include "base/digits.h"
#include "journal/journal.h"

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAD_MOST 100000

struct settings {
	struct journal_options journal;
	const char *object;
	uint64_t rate, pad;
};

static bool
key_of(const char *line, size_t length, struct journal_record *record)
{
	static const char mark[] = "\"id\":\"";
	const char *at = memmem(line, length, mark, sizeof mark - 1);

	if (at == NULL)
		return false;
	at += sizeof mark - 1;
	return (size_t)(line + length - at) >= 64 &&
	    hex_read(at, JOURNAL_KEY_SIZE, record->key);
}

static uint64_t
number_of(const char *text, uint64_t most)
{
	uint64_t number;

	if (!decimal_read(text, strlen(text), most, &number))
		errx(64, "\"%s\" is not a number up to %llu", text,
		    (unsigned long long)most);
	return number;
}

static void
set(struct settings *settings, const char *word)
{
	const char *value = strchr(word, '=');

	if (value++ == NULL)
		errx(64, "\"%s\" is not NAME=VALUE", word);
	if (strncmp(word, "rotate=", 7) == 0)
		settings->journal.rotate_size = number_of(value, UINT32_MAX);
	else if (strncmp(word, "compress=", 9) == 0)
		settings->journal.compress = number_of(value, 1) == 1;
	else if (strncmp(word, "keep=", 5) == 0)
		settings->journal.keep_files = number_of(value, UINT32_MAX);
	else if (strncmp(word, "object=", 7) == 0)
		settings->object = value;
	else if (strncmp(word, "rate=", 5) == 0)
		settings->rate = number_of(value, 1000000);
	else if (strncmp(word, "pad=", 4) == 0)
		settings->pad = number_of(value, PAD_MOST);
	else
		errx(64, "there is no setting %s", word);
}

static void
append(struct journal *journal, const struct settings *settings,
    uint64_t number)
{
	static char payload[PAD_MOST + 400], tail[PAD_MOST + 1000];
	struct journal_record record = { 0 };
	uint8_t digest[DIGEST_SHA256_SIZE];
	char hex[2 * DIGEST_SHA256_SIZE + 1];
	struct span span = { payload, 0 };
	enum error error;

	span.length = (size_t)snprintf(payload, sizeof payload,
	    "{\"object\":\"%s\",\"entry\":[{\"id\":\"%llu\",\"changes\":"
	    "[{\"field\":\"feed\",\"value\":\"%0*d\"}]}]}", settings->object,
	    (unsigned long long)number, (int)settings->pad, 0);
	digest_sha256(&span, 1, digest);
	hex_write(digest, sizeof digest, hex);
	memcpy(record.key, digest, JOURNAL_KEY_SIZE);
	record.tail.bytes = tail;
	record.tail.length = (size_t)snprintf(tail, sizeof tail,
	    "\"id\":\"%s\",\"signature\":\"sha256=%s\",\"endpoint\":"
	    "\"/webhook\",\"object\":\"%s\",\"payload\":%s}\n", hex, hex,
	    settings->object, payload);
	error = journal_append(journal, &record, 1);
	if (error != ERR_NONE)
		errx(1, "record %llu: %s", (unsigned long long)number,
		    error_word(error));
}

/* Sleeps if `count` records came faster than they should. */
static void
keep_pace(const struct settings *settings, int64_t began, uint64_t count)
{
	int64_t ahead;

	if (settings->rate == 0 || count % 16 != 0)
		return;
	ahead = (int64_t)(count * 1000000 / settings->rate) -
	    (clock_monotonic_us() - began);
	if (ahead > 0)
		usleep((useconds_t)ahead);
}

/* So that the files belong to whom the folder belongs, too. */
static void
become_owner(const char *directory)
{
	struct stat status;

	if (stat(directory, &status) == -1)
		err(1, "%s", directory);
	if (geteuid() == 0 && (setgid(status.st_gid) == -1 ||
	    setuid(status.st_uid) == -1))
		err(1, "setuid");
}

int
main(int argc, char **argv)
{
	struct settings settings = { .object = "page", .journal = {
	    .file_mode = 0640, .rotate_every = PERIOD_NEVER,
	    .window = 7 * 24 * 3600, .key_of = key_of } };
	struct journal *journal;
	uint64_t first, count, i;
	int64_t began;
	int n;

	if (argc < 4)
		errx(64, "usage: writer DIRECTORY FIRST COUNT [NAME=VALUE...]");
	settings.journal.directory = argv[1];
	first = number_of(argv[2], UINT32_MAX);
	count = number_of(argv[3], UINT32_MAX);
	for (n = 4; n < argc; n++)
		set(&settings, argv[n]);
	become_owner(argv[1]);
	umask(0027);
	if (journal_open(&settings.journal, &journal) != ERR_NONE)
		errx(1, "%s cannot be opened", argv[1]);
	began = clock_monotonic_us();
	for (i = 0; i < count; i++) {
		append(journal, &settings, first + i);
		keep_pace(&settings, began, i + 1);
	}
	journal_close(journal);
	return 0;
}
