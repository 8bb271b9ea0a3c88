/*
 * counters_file: finds .state/counters for the receiver's processes, makes it
 * if it is missing, and notices a new file in its place. For counters.c alone.
 */
#ifndef HOOKLINE_JOURNAL_COUNTERS_FILE_H
#define HOOKLINE_JOURNAL_COUNTERS_FILE_H

#include "journal/counters_layout.h"

#include <sys/types.h>

struct counters_place {
	int directory;		/* `path` leads from here to the folder */
	char *path;		/* owned */
	mode_t mode;		/* of a file that is made */
	struct counters_map map;
	int64_t look_at;	/* when to look at the name again */
	_Atomic uint64_t window; /* the file's, as this process saw it last */
};

/*
 * Brings the map up to date, at most once a second. If there is no usable file,
 * the old map stays: others may still have it. With `may_make` a missing or bad
 * file is made again.
 */
void counters_follow(struct counters_place *place, bool may_make);

/* Whether another file has taken the place of the mapped one; if so, maps it.
 * Looks each time, since it is only called when a line is granted. */
bool counters_replaced(struct counters_place *place);

/* Memory for the same counts if there is no file; NULL if it runs out. Only the
 * pages that are touched use any. */
struct counters_file *counters_memory(void);

#endif
