/*
 * The oracle: reads every file of the journal with its own code, and compares
 * the result with the ledger.
 */
#include "torture.h"
#include "seam.h"

#include "journal/segment.h"
#include "payload/record.h"

#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

struct reading {
	struct world *world;
	const struct oracle *oracle;
	uint8_t *found;		/* for each number: how often in the journal, */
	uint8_t *extra;		/* and how often in other files */
	uint64_t seq;		/* the last seq read */
	const char *name;
	bool outside;		/* the file is one of `extra` */
};

static void
malformed(struct reading *reading, const char *what, uint64_t value)
{
	reading->world->tally.malformed++;
	world_problem(reading->world, "%s: %s %llu after seq %llu",
	    reading->name, what, (unsigned long long)value,
	    (unsigned long long)reading->seq);
}

/* Reads the number in the payload, and checks all bytes of the record. */
static bool
number_of(const struct record *record, const char *line, size_t length,
    uint32_t *number)
{
	static char expected[RECORD_SIZE];
	uint8_t key[JOURNAL_KEY_SIZE];
	const char *mark = memmem(record->payload.bytes,
	    record->payload.length, "\"n\":", 4);
	size_t tail;

	if (mark == NULL)
		return false;
	*number = (uint32_t)strtoul(mark + 4, NULL, 10);
	tail = ledger_record(*number, expected, key);
	return tail <= length && memcmp(line + length - tail, expected,
	    tail) == 0;
}

static void
count_line(struct reading *reading, const char *line, size_t length)
{
	static struct record record;
	struct ledger *ledger = reading->world->ledger;
	uint32_t number;

	if (record_decode(line, length, &record) != ERR_NONE ||
	    !number_of(&record, line, length, &number) ||
	    record_verify(&record) != RECORD_HOLDS) {
		malformed(reading, "not a record, bytes", length);
		return;
	}
	if (number >= ledger->next || !(ledger->status[number] & SENT)) {
		malformed(reading, "never sent", number);
		return;
	}
	if (reading->outside) {
		reading->extra[number]++;
		return;
	}
	if (record.seq <= reading->seq || (record.seq != reading->seq + 1 &&
	    !(reading->oracle->flags & ORACLE_GAPS)))
		malformed(reading, "seq", record.seq);
	reading->seq = record.seq;
	if (reading->found[number] < 255)
		reading->found[number]++;
}

static void
read_file(struct reading *reading, const char *path)
{
	static char line[2 * RECORD_SIZE];
	char packed[2 * PATH_SIZE + 304];
	struct stat status;
	gzFile file = lstat(path, &status) == 0 && !S_ISREG(status.st_mode) ?
	    NULL : gzopen(path, "rb");

	/* It may just have been compressed. */
	snprintf(packed, sizeof packed, "%s.gz", path);
	if (file == NULL)
		file = gzopen(packed, "rb");

	reading->name = strrchr(path, '/') + 1;
	if (file == NULL) {
		world_problem(reading->world, "%s cannot be read", path);
		return;
	}
	while (gzgets(file, line, sizeof line) != NULL) {
		size_t length = strlen(line);

		/* An outsider's copy may have been made during a write. */
		if ((length == 0 || line[length - 1] != '\n') &&
		    reading->outside)
			continue;
		if (length == 0 || line[length - 1] != '\n')
			malformed(reading, "torn line, bytes", length);
		else
			count_line(reading, line, length);
	}
	if (!gzeof(file))
		malformed(reading, "unreadable at", (uint64_t)gztell(file));
	gzclose(file);
}

/* A compressed file must be complete even while its original is still there. */
static void
check_twin(struct reading *reading, const char *path)
{
	static char chunk[65536];
	gzFile file = gzopen(path, "rb");
	int got = -1;

	reading->name = strrchr(path, '/') + 1;
	while (file != NULL && (got = gzread(file, chunk, sizeof chunk)) > 0)
		;
	if (file == NULL || got < 0 || gzclose(file) != Z_OK)
		malformed(reading, "half a file", 0);
}

/* Sorts by bytes, whatever the locale says. */
static int
compare(const struct dirent **left, const struct dirent **right)
{
	return strcmp((*left)->d_name, (*right)->d_name);
}

/* A rebuild keeps what it cut off in files that end in ".cut"; these are not
 * part of the journal. */
static bool
ends_with(const char *name, const char *end)
{
	size_t length = strlen(name);

	return length >= strlen(end) &&
	    strcmp(name + length - strlen(end), end) == 0;
}

/* Reads all of archive/ in the order of names; any unexpected name is a
 * problem. */
static void
read_archive(struct reading *reading, const char *directory)
{
	char folder[PATH_SIZE + 16], path[2 * PATH_SIZE + 300];
	struct segment segment, last = { 0, 0, true };
	struct dirent **names;
	int count, i;

	snprintf(folder, sizeof folder, "%s/archive", directory);
	count = scandir(folder, &names, NULL, compare);
	for (i = 0; i < count; i++) {
		uint64_t before = reading->seq;

		snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
		if (segment_parse(names[i]->d_name, &segment)) {
			/* A process was killed between making the new file and
			 * removing the old one: the old one counts. */
			if (segment.compressed && !last.compressed &&
			    segment.first_seq == last.first_seq) {
				check_twin(reading, path);
				free(names[i]);
				continue;
			}
			last = segment;
			read_file(reading, path);
			if (segment.first_seq <= before && !reading->outside)
				malformed(reading, "name's seq",
				    segment.first_seq);
		} else if (names[i]->d_name[0] != '.' &&
		    !ends_with(names[i]->d_name, ".cut"))
			world_problem(reading->world, "%s in archive/",
			    names[i]->d_name);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
}

static void
read_journal(struct reading *reading, const char *directory)
{
	char path[PATH_SIZE + 32];
	struct stat status;

	read_archive(reading, directory);
	snprintf(path, sizeof path, "%s/" SEGMENT_LIVE, directory);
	if (lstat(path, &status) == 0)
		read_file(reading, path);
}

static void
judge(struct reading *reading)
{
	struct world *world = reading->world;
	struct ledger *ledger = world->ledger;
	const struct oracle *oracle = reading->oracle;
	uint32_t i;

	for (i = 0; i < ledger->next; i++) {
		unsigned all = (unsigned)reading->found[i] +
		    reading->extra[i];

		world->tally.sent += (ledger->status[i] & SENT) != 0;
		world->tally.found += all == 1;
		if (reading->found[i] > 1 || (all > 1 &&
		    !(oracle->flags & ORACLE_TWICE))) {
			world->tally.twice++;
			world_problem(world, "number %u twice", i);
		}
		if (!(ledger->status[i] & ACKNOWLEDGED))
			continue;
		world->tally.acknowledged++;
		if (all == 0 && (!(oracle->flags & ORACLE_LOST) ||
		    (int32_t)(ledger->born[i] - oracle->since) > 0)) {
			world->tally.lost++;
			world_problem(world, "number %u lost", i);
		}
	}
	if (ledger->complaints > 0)
		world_problem(world, "%u complaints: %s", ledger->complaints,
		    ledger->complaint);
}

void
oracle_check(struct world *world, const struct oracle *oracle)
{
	struct reading reading = { .world = world, .oracle = oracle };
	struct stat status;
	size_t i;

	reading.found = calloc(2, world->ledger->next + 1);
	if (reading.found == NULL)
		err(71, "calloc");
	reading.extra = reading.found + world->ledger->next + 1;
	read_journal(&reading, world->directory);
	reading.outside = true;
	for (i = 0; i < 4 && oracle->folders[i] != NULL; i++)
		read_journal(&reading, oracle->folders[i]);
	for (i = 0; i < 4 && oracle->extra[i] != NULL; i++)
		if (stat(oracle->extra[i], &status) == 0)
			read_file(&reading, oracle->extra[i]);
	judge(&reading);
	free(reading.found);
	world->tally.runs++;
}

static void
settle(struct world *world)
{
	struct journal *journal = ledger_journal(world);
	enum error error;

	seam_arm(world->rules, 0);
	if (journal == NULL)
		return;
	error = ledger_resend(world, journal);
	if (error != ERR_NONE)
		ledger_complain(world->ledger, "resending fails", error);
	error = ledger_send(world, journal, ledger_take(world->ledger, 1), 1,
	    NULL);
	if (error != ERR_NONE)
		ledger_complain(world->ledger, "a new record fails", error);
	journal_close(journal);
}

void
oracle_settle_with(struct world *world, const struct oracle *oracle)
{
	crew_child(world, settle);
	if (world->options.compress)
		crew_orphans();
	oracle_check(world, oracle);
}

void
oracle_settle(struct world *world)
{
	static const struct oracle none;

	oracle_settle_with(world, &none);
}
