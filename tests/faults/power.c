/*
 * The power fails: copies of a file system's image, taken in an instant by
 * reflink while all are writing, are mounted as after a crash. And a disk
 * reports errors: the image is on a device that is smaller than it claims to
 * be.
 */
#include "torture.h"

#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#define WORKERS 16

bool
power_private(struct world *world)
{
	static bool done;

	if (done)
		return true;
	if (geteuid() != 0 || unshare(CLONE_NEWNS) == -1 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1) {
		world_skip(world, "mounting needs root");
		return false;
	}
	done = true;
	return true;
}

/* Runs a shell command in the scratch folder. */
static bool
in_root(const struct world *world, const char *command)
{
	return world_shell("cd '%s' && { %s; } > command.log 2>&1",
	    world->root, command) == 0;
}

static const char *
make_command(const char *kind)
{
	if (strcmp(kind, "btrfs") == 0)
		return "truncate -s 256M host/disk && "
		    "mkfs.btrfs -q host/disk";
	return strcmp(kind, "xfs") == 0 ?
	    "truncate -s 320M host/disk && mkfs.xfs -q host/disk" :
	    "truncate -s 96M host/disk && mkfs.ext4 -q host/disk";
}

/* host: a file system that can copy in an instant; live: the one in its
 * image. */
static bool
set_up(struct world *world, const char *kind)
{
	if (!power_private(world))
		return false;
	if (!in_root(world, "truncate -s 4G host.img && "
	    "mkfs.xfs -q -m reflink=1 host.img && mkdir host live crashed && "
	    "mount -o loop host.img host")) {
		world_skip(world, "no XFS with reflink on a loop device");
		return false;
	}
	if (!in_root(world, make_command(kind)) ||
	    !in_root(world, "mount -o loop host/disk live")) {
		world_skip(world, "no %s on a loop device", kind);
		return false;
	}
	return true;
}

static void
tear_down(struct world *world)
{
	in_root(world, "umount crashed; umount live; umount host");
}

/*
 * Makes the ledger what it was when the power failed. It counts as acknowledged
 * what was acknowledged before the copy began, and as sent what was sent before
 * it ended.
 */
static struct ledger *
ledger_before(const struct world *world, const uint8_t *acknowledged,
    uint32_t count)
{
	struct ledger *copy = mmap(NULL, sizeof *copy, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uint32_t i;

	if (copy == MAP_FAILED)
		err(71, "mmap");
	copy->next = world->ledger->next;
	for (i = 0; i < copy->next; i++)
		copy->status[i] = world->ledger->status[i] & SENT;
	for (i = 0; i < count; i++)
		copy->status[i] |= acknowledged[i];
	return copy;
}

/* Mounts the copy, appends to its journal, and asks the oracle. */
static void
look_after_crash(struct world *world, struct ledger *ledger)
{
	struct world crashed = *world;

	if (!in_root(world, "mount -o loop,nouuid host/crashed crashed || "
	    "mount -o loop host/crashed crashed")) {
		world_problem(world, "the copy cannot be mounted");
		return;
	}
	crashed.ledger = ledger;
	world_move(&crashed, "crashed");
	crashed.options.directory = crashed.directory;
	world_other_boot(&crashed);
	oracle_settle(&crashed);
	world->tally = crashed.tally;
	strcpy(world->problem, crashed.problem);
	in_root(world, "umount crashed");
}

static void
cut_power_once(struct world *world)
{
	uint32_t count = world->ledger->next, i;
	uint8_t *acknowledged = calloc(1, count + 1);
	struct ledger *ledger;

	if (acknowledged == NULL)
		err(71, "calloc");
	for (i = 0; i < count; i++)
		acknowledged[i] = world->ledger->status[i];
	if (!in_root(world, "cp --reflink=always host/disk host/crashed"))
		errx(71, "no reflink");
	ledger = ledger_before(world, acknowledged, count);
	free(acknowledged);
	look_after_crash(world, ledger);
	munmap(ledger, sizeof *ledger);
}

static void
power_cut(struct world *world, const char *kind)
{
	unsigned i, times = world->brief ? 2 : 14;

	if (set_up(world, kind)) {
		world_move(world, "live");
		crew_start(world, WORKERS);
		for (i = 0; i < times && world->problem[0] == '\0'; i++) {
			crew_wait(world, WORKERS, 2, 60000);
			usleep(world_random(world, 100000));
			crew_replace(world, world_random(world, WORKERS));
			cut_power_once(world);
		}
		crew_stop(world, WORKERS);
		oracle_settle(world);
	}
	tear_down(world);
}

static void
power_cut_ext4(struct world *world)
{
	power_cut(world, "ext4");
}

static void
power_cut_xfs(struct world *world)
{
	power_cut(world, "xfs");
}

/* The device returns with the contents of a moment ago, and is mounted in the
 * same place: the machine stayed up, so the state is of this boot. */
static void
remount_once(struct world *world)
{
	uint32_t count = world->ledger->next, i;
	uint8_t *acknowledged = calloc(1, count + 1);
	struct ledger *ledger;

	if (acknowledged == NULL)
		err(71, "calloc");
	for (i = 0; i < count; i++)
		acknowledged[i] = world->ledger->status[i];
	if (!in_root(world, "cp --reflink=always host/disk host/crashed"))
		errx(71, "no reflink");
	ledger = ledger_before(world, acknowledged, count);
	free(acknowledged);
	crew_stop(world, WORKERS);
	if (!in_root(world, "umount live && mv host/crashed host/disk && "
	    "mount -o loop host/disk live"))
		world_problem(world, "cannot be mounted again");
	munmap(world->ledger, sizeof *world->ledger);
	world->ledger = ledger;
	oracle_settle(world);
}

static void
remount(struct world *world, const char *kind)
{
	unsigned i, times = world->brief ? 3 : 40;

	if (set_up(world, kind)) {
		world_move(world, "live");
		for (i = 0; i < times && world->problem[0] == '\0'; i++) {
			crew_start(world, WORKERS);
			crew_wait(world, WORKERS, 2, 60000);
			/* The file system may write the state back at any
			 * time. */
			if (world_random(world, 2) == 0)
				in_root(world, "sync -f live");
			usleep(world_random(world, 100000));
			remount_once(world);
		}
	}
	tear_down(world);
}

static void
remount_btrfs(struct world *world)
{
	remount(world, "btrfs");
}

static void
remount_ext4(struct world *world)
{
	remount(world, "ext4");
}

static void
remount_xfs(struct world *world)
{
	remount(world, "xfs");
}

/*
 * Limits requests to one page each. If a loop device's file runs out of room,
 * the device reports a write that was cut short as done (Linux 6.18,
 * drivers/block/loop.c), and no program can be safe on a disk that lies.
 */
static bool
make_honest(struct world *world)
{
	return in_root(world, "d=$(findmnt -n -o SOURCE live) && "
	    "ln -s /sys/block/${d#/dev/}/queue/max_sectors_kb limit && "
	    "cat limit > usual && echo 4 > limit");
}

/* An image on a tmpfs that has less room than the image claims to have. */
static bool
set_up_thin(struct world *world, const char *kind)
{
	if (!power_private(world))
		return false;
	if (!in_root(world, "mkdir host live && "
	    "mount -t tmpfs -o size=500M none host") ||
	    !in_root(world, make_command(kind)) ||
	    !in_root(world, "mount -o loop host/disk live") ||
	    !make_honest(world)) {
		world_skip(world, "no %s on a loop device", kind);
		return false;
	}
	/* From here on there is room for two more megabytes. */
	return in_root(world, "sync -f live; mount -o remount,size=$(($(du -k "
	    "host/disk | cut -f 1) + 2048))k host");
}

/* Writes fail below the file system, some of them long after write(2). What was
 * acknowledged must be there after the file system is mounted again. */
static void
thin_disk(struct world *world, const char *kind)
{
	if (set_up_thin(world, kind)) {
		uint32_t start = world_ms();

		world_move(world, "live");
		crew_start(world, WORKERS);
		while (world->ledger->refused < 400 &&
		    world_ms() - start < 20000)
			world_sleep(10);
		crew_stop(world, WORKERS);
		world_note(world, "%u refused", world->ledger->refused);
		if (world->ledger->refused == 0)
			world_problem(world, "nothing was refused");
		/* A device that is freed may be taken by somebody else. */
		if (!in_root(world, "mount -o remount,size=500M host; "
		    "cat usual > limit; umount live && mount -o loop host/disk live"))
			world_problem(world, "cannot be mounted again");
		world_other_boot(world);
		oracle_settle(world);
	}
	in_root(world, "umount live; umount host");
}

static void
thin_disk_ext4(struct world *world)
{
	thin_disk(world, "ext4");
}

static void
thin_disk_xfs(struct world *world)
{
	thin_disk(world, "xfs");
}

const struct scenario power_scenarios[] = {
	{ "power-cut-ext4", true, power_cut_ext4 },
	{ "power-cut-xfs", false, power_cut_xfs },
	{ "remount-btrfs", true, remount_btrfs },
	{ "remount-ext4", false, remount_ext4 },
	{ "remount-xfs", false, remount_xfs },
	{ "thin-disk-ext4", true, thin_disk_ext4 },
	{ "thin-disk-xfs", true, thin_disk_xfs },
	{ NULL, false, NULL }
};
