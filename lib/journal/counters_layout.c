#include "journal/counters_layout.h"

#include "base/io.h"

#include <string.h>

bool
counters_start_read(int fd, struct counters_start *start)
{
	return io_pread_all(fd, start, sizeof *start, 0) ==
	    (ssize_t)sizeof *start &&
	    memcmp(start->magic, COUNTERS_MAGIC, sizeof start->magic) == 0 &&
	    start->layout == COUNTERS_LAYOUT && start->size == COUNTERS_SIZE;
}
