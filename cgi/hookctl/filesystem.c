#include "hookctl/filesystem.h"

#include "base/path.h"

#include <sys/statfs.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define INODES_FEW 1000

static const char memory[] = "it is in memory, and gone when the machine is "
    "restarted: use a disk";
static const char network[] = "it is on another machine, which may "
    "acknowledge what is not on a disk yet: use a local disk";
static const char program[] = "a program keeps what is on it, perhaps on "
    "another machine: use a local disk, unless you know that its fsync "
    "reaches one";
static const char layer[] = "in a container, a volume outlives it; this does "
    "not";

/* From statfs(2) and linux/magic.h. The same number covers ext2 and ext3, which
 * the kernel's ext4 serves, too. */
static const struct {
	unsigned long type;
	const char *name;
	const char *warning;
	const char *note;
} types[] = {
	{ 0x0000ef53, "ext4", NULL, NULL },
	{ 0x58465342, "XFS", NULL, NULL },
	{ 0x9123683e, "btrfs", NULL, NULL },
	{ 0x2fc12fc1, "ZFS", NULL, NULL },
	{ 0xca451a4e, "bcachefs", NULL, NULL },
	{ 0xf2f52010, "F2FS", NULL, NULL },
	{ 0x3153464a, "JFS", NULL, NULL },
	{ 0x794c7630, "overlay", NULL, layer },
	{ 0x00004d44, "FAT", NULL, NULL },
	{ 0x2011bab0, "exFAT", NULL, NULL },
	{ 0x7366746e, "NTFS", NULL, NULL },
	{ 0x01021994, "tmpfs", memory, NULL },
	{ 0x858458f6, "ramfs", memory, NULL },
	{ 0x00006969, "NFS", network, NULL },
	{ 0x0000517b, "SMB", network, NULL },
	{ 0xff534d42, "CIFS", network, NULL },
	{ 0xfe534d42, "SMB", network, NULL },
	{ 0x00c36400, "Ceph", network, NULL },
	{ 0x5346414f, "AFS", network, NULL },
	{ 0x01021997, "9p", network, NULL },
	{ 0x65735546, "FUSE", program, NULL },
};

static void
name_it(unsigned long type, struct filesystem *found)
{
	size_t i;

	for (i = 0; i < sizeof types / sizeof types[0]; i++)
		if (types[i].type == type) {
			(void)snprintf(found->name, sizeof found->name, "%s",
			    types[i].name);
			found->warning = types[i].warning;
			found->note = types[i].note;
			return;
		}
	(void)snprintf(found->name, sizeof found->name, "type 0x%lx", type);
}

static bool
look(const char *path, struct filesystem *found)
{
	struct statfs status;

	if (statfs(path, &status) != 0)
		return false;
	*found = (struct filesystem){ 0 };
	/* The kernel's numbers have 32 bits, and may come with a sign. */
	name_it((unsigned long)status.f_type & 0xffffffff, found);
	found->free = (uint64_t)status.f_bavail * (uint64_t)status.f_bsize;
	/* One that makes inodes on demand reports 0 of 0. */
	found->few_inodes = status.f_files > 0 && status.f_ffree < INODES_FEW;
	return true;
}

bool
filesystem_look(const char *path, struct filesystem *found)
{
	char *folder;
	bool there = look(path, found);

	if (there || errno != ENOENT)
		return there;
	folder = path_folder(path);
	there = folder != NULL && look(folder, found);
	free(folder);
	return there;
}
