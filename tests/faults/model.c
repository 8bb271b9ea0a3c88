/*
 * A disk that keeps no more than it must. While one process appends, we watch
 * its system calls (the linker's --wrap routes them here), and before each of
 * them the power fails: every image that a file system may then show, from
 * "only what was synced" to "everything", is put together in a folder and given
 * to the oracle.
 *
 * "Synced" means, for a file, its bytes at its last fsync() or fdatasync(); for
 * a folder, its names at its last fsync().
 */
#include "torture.h"
#include "model.h"
#include "seam.h"

#include "base/log.h"
#include "journal/segment.h"

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMES_MAX 160
#define FILES_MAX 256

struct name {
	char name[80];
	ino_t inode;
};

struct folder {
	struct name names[NAMES_MAX];
	size_t count;
};

/* Bytes of a file that are sure to be on disk; or, with `uncut`, bytes that may
 * still be there because a later truncation was not synced. */
struct synced {
	ino_t inode;
	bool uncut;
	char *bytes;
	size_t length;
};

enum { TOP, ARCHIVE, RELAY, FOLDERS };

static const char *const folder_names[FOLDERS] = {
	[TOP] = "", [ARCHIVE] = SEGMENT_ARCHIVE, [RELAY] = RELAY_FOLDER };

static struct {
	struct world *world;	/* NULL: not watching */
	struct folder durable[FOLDERS];
	struct synced files[FILES_MAX];
	size_t file_count;
	uint64_t seen[1 << 14];	/* hashes of the images tried so far */
	size_t seen_count;
} disk;

enum data { DATA_SYNCED, DATA_HALF, DATA_ZEROS, DATA_ALL, DATA_UNCUT,
    DATA_KINDS };

static const char *const data_names[] = { "synced", "half the new",
    "zeros for the new", "all", "all and what was cut off" };

static void
full_path(int folder, const char *name, char path[2 * PATH_SIZE])
{
	snprintf(path, 2 * PATH_SIZE, "%s/%s/%s", disk.world->directory,
	    folder_names[folder], name);
}

/* The names now in a folder, except that of the state. */
static void
list(int which, struct folder *folder)
{
	char path[2 * PATH_SIZE];
	struct dirent **names;
	int i, count;

	folder->count = 0;
	full_path(which, "", path);
	count = scandir(path, &names, NULL, alphasort);
	for (i = 0; i < count; i++) {
		struct name *name = &folder->names[folder->count];

		if (names[i]->d_name[0] != '.') {
			if (folder->count + 1 == NAMES_MAX)
				errx(71, "too many names");
			snprintf(name->name, sizeof name->name, "%.79s",
			    names[i]->d_name);
			name->inode = names[i]->d_ino;
			folder->count++;
		}
		free(names[i]);
	}
	if (count >= 0)
		free(names);
}

/* The latest that we know of a file's synced bytes, or of its uncut ones. A
 * sync after a truncation covers the truncation. */
static const struct synced *
find_synced(ino_t inode, bool uncut)
{
	static const struct synced nothing;
	size_t i;

	for (i = disk.file_count; i-- > 0; )
		if (disk.files[i].inode == inode &&
		    (uncut || !disk.files[i].uncut))
			return &disk.files[i];
	return &nothing;
}

static char *
read_all(const char *path, size_t *length)
{
	char *bytes = calloc(1, 1 << 20);
	FILE *file = fopen(path, "r");

	if (bytes == NULL)
		err(71, "calloc");
	*length = 0;
	if (file != NULL) {
		*length = fread(bytes, 1, 1 << 20, file);
		fclose(file);
	}
	return bytes;
}

static void
remember_file(int fd, ino_t inode, bool uncut)
{
	struct synced *file;
	char path[64];

	if (disk.file_count == FILES_MAX) {
		free(disk.files[0].bytes);
		memmove(disk.files, disk.files + 1,
		    (FILES_MAX - 1) * sizeof disk.files[0]);
		disk.file_count--;
	}
	file = &disk.files[disk.file_count++];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	file->inode = inode;
	file->uncut = uncut;
	file->bytes = read_all(path, &file->length);
}

void
model_synced(int fd)
{
	struct stat status, folder;
	char path[2 * PATH_SIZE];
	int which;

	if (disk.world == NULL || fstat(fd, &status) == -1)
		return;
	if (S_ISREG(status.st_mode))
		remember_file(fd, status.st_ino, false);
	for (which = 0; which < FOLDERS; which++) {
		full_path(which, "", path);
		if (stat(path, &folder) == 0 &&
		    folder.st_ino == status.st_ino)
			list(which, &disk.durable[which]);
	}
}

void
model_cutting(int fd)
{
	struct stat status;

	if (disk.world != NULL && fstat(fd, &status) == 0)
		remember_file(fd, status.st_ino, true);
}

/* The bytes of one file in an image. */
static char *
image_bytes(int folder, const struct name *name, enum data data,
    size_t *length)
{
	const struct synced *synced = find_synced(name->inode,
	    data == DATA_UNCUT);
	char path[2 * PATH_SIZE], *bytes;
	struct stat status;

	full_path(folder, name->name, path);
	if (stat(path, &status) == -1 || status.st_ino != name->inode)
		data = DATA_SYNCED;	/* another file has its name now */
	if (data == DATA_UNCUT)
		data = synced->uncut ? DATA_SYNCED : DATA_ALL;
	bytes = read_all(data == DATA_SYNCED ? "/nonexistent" : path, length);
	if (data == DATA_SYNCED) {
		if (synced->length > 0)
			memcpy(bytes, synced->bytes, synced->length);
		*length = synced->length;
	}
	if (data == DATA_HALF && *length > synced->length)
		*length = (*length + synced->length) / 2;
	if (data == DATA_ZEROS && *length > synced->length)
		memset(bytes + synced->length, 0, *length - synced->length);
	return bytes;
}

static uint64_t
mix(uint64_t hash, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;

	while (length-- > 0)
		hash = (hash ^ *at++) * 0x100000001b3u;
	return hash;
}

static void
write_image_file(const char *path, const char *bytes, size_t length)
{
	FILE *file = fopen(path, "w");

	if (file == NULL || fwrite(bytes, 1, length, file) != length ||
	    fclose(file) != 0)
		err(71, "%s", path);
}

/* The folder of this name; TOP if it is a file's name. */
static int
folder_of(const char *name)
{
	int which;

	for (which = FOLDERS - 1; which > TOP; which--)
		if (strcmp(folder_names[which], name) == 0)
			break;
	return which;
}

/* Builds the image below `to`; two names of one file remain links to one file.
 * Returns the image's hash. */
static uint64_t
build(const char *to, const struct folder folders[FOLDERS], enum data data)
{
	uint64_t hash = 0xcbf29ce484222325u;
	char path[2 * PATH_SIZE], live[2 * PATH_SIZE] = "";
	ino_t live_inode = 0;
	bool there[FOLDERS] = { [TOP] = true };
	int which;
	size_t i;

	for (which = 0; which < FOLDERS; which++) {
		for (i = 0; i < folders[which].count; i++) {
			const struct name *name = &folders[which].names[i];
			size_t length;
			char *bytes;

			snprintf(path, sizeof path, "%s/%s/%s", to,
			    folder_names[which], name->name);
			hash = mix(hash, name->name, strlen(name->name));
			if (which == TOP && folder_of(name->name) != TOP) {
				there[folder_of(name->name)] = true;
				mkdir(path, 0750);
				continue;
			}
			if (!there[which])
				continue;
			if (which == ARCHIVE && name->inode == live_inode) {
				if (link(live, path) == -1)
					err(71, "%s", path);
				continue;
			}
			bytes = image_bytes(which, name, data, &length);
			hash = mix(hash, bytes, length);
			write_image_file(path, bytes, length);
			free(bytes);
			if (which == TOP) {
				strcpy(live, path);
				live_inode = name->inode;
			}
		}
	}
	return hash;
}

static bool
seen_before(uint64_t hash)
{
	size_t i;

	for (i = 0; i < disk.seen_count; i++)
		if (disk.seen[i] == hash)
			return true;
	if (disk.seen_count < sizeof disk.seen / sizeof disk.seen[0])
		disk.seen[disk.seen_count++] = hash;
	return false;
}

/* Once anything has been acknowledged, the id must survive. */
static void
check_id(const struct world *world, const struct world *crashed,
    uint32_t next)
{
	char path[2 * PATH_SIZE], *bytes, *kept;
	size_t length, length_kept;
	uint32_t i;

	for (i = 0; i < next; i++)
		if (world->ledger->status[i] & ACKNOWLEDGED)
			break;
	if (i == next)
		return;
	snprintf(path, sizeof path, "%s/" RELAY_ID, world->directory);
	bytes = read_all(path, &length);
	snprintf(path, sizeof path, "%s/" RELAY_ID, crashed->directory);
	kept = read_all(path, &length_kept);
	if (length < 32 || length_kept != length ||
	    memcmp(kept, bytes, length) != 0)
		world_problem(disk.world, "the journal's id is lost");
	free(bytes);
	free(kept);
}

/* Restores the ledger after the oracle has worked on the image. */
static void
try_image(const struct folder folders[FOLDERS], enum data data,
    const char *call)
{
	struct world *world = disk.world, crashed = *world;
	struct ledger *ledger = world->ledger;
	uint32_t next = ledger->next, i;
	uint8_t status[1024];

	if (world->problem[0] != '\0')
		return;
	snprintf(crashed.directory, sizeof crashed.directory, "%.*s/crashed",
	    PATH_SIZE - 16, world->root);
	crashed.options.directory = crashed.directory;
	world_remove(crashed.directory);
	if (mkdir(crashed.directory, 0750) == -1)
		err(71, "%s", crashed.directory);
	for (i = 0; i < next; i++)
		status[i] = ledger->status[i];
	if (seen_before(mix(build(crashed.directory, folders, data), status,
	    next)))
		return;
	check_id(world, &crashed, next);
	oracle_settle(&crashed);
	for (i = 0; i < next; i++)
		ledger->status[i] = status[i];
	for (; i < ledger->next; i++)
		ledger->status[i] = 0;
	ledger->next = next;
	ledger->complaints = 0;
	world->tally = crashed.tally;
	if (crashed.problem[0] != '\0')
		world_problem(world, "%s: power cut before %s, %s names, "
		    "%s bytes", crashed.problem, call,
		    folders == disk.durable ? "synced" : "all",
		    data_names[data]);
}

void
model_crash(const char *call)
{
	struct world *world = disk.world;
	struct folder now[FOLDERS];
	enum data data;

	if (world == NULL)
		return;
	list(TOP, &now[TOP]);
	list(ARCHIVE, &now[ARCHIVE]);
	list(RELAY, &now[RELAY]);
	for (data = 0; data < DATA_KINDS; data++) {
		try_image(disk.durable, data, call);
		try_image(now, data, call);
	}
}

void
model_start(struct world *world)
{
	while (disk.file_count > 0)
		free(disk.files[--disk.file_count].bytes);
	memset(disk.durable, 0, sizeof disk.durable);
	disk.seen_count = 0;
	disk.world = world;
}

void
model_stop(void)
{
	disk.world = NULL;
}
