#include "journal/counters_layout.h"

#include "base/io.h"

#include <sys/mman.h>

#include <string.h>

enum error
counters_map(int fd, bool writable, struct counters_map *map)
{
	struct counters_start start;

	if (io_fstat(fd, &map->status) == -1)
		return ERR_IO;
	if (!S_ISREG(map->status.st_mode) ||
	    map->status.st_size != (off_t)COUNTERS_SIZE ||
	    io_pread_all(fd, &start, sizeof start, 0) !=
	    (ssize_t)sizeof start ||
	    memcmp(start.magic, COUNTERS_MAGIC, sizeof start.magic) != 0 ||
	    start.layout != COUNTERS_LAYOUT || start.size != COUNTERS_SIZE)
		return ERR_DAMAGED;
	map->since = start.since;
	map->file = io_map(fd, COUNTERS_SIZE, writable);
	return map->file != NULL ? ERR_NONE : ERR_MEMORY;
}

void
counters_unmap(struct counters_map *map)
{
	if (map->file != NULL)
		(void)munmap(map->file, COUNTERS_SIZE);
	map->file = NULL;
}
