/*
 * counters_file: .state/counters as the receiver's processes have it: found,
 * made where it is not there, and followed where another takes its place. For
 * counters.c alone.
 */
#ifndef HOOKLINE_JOURNAL_COUNTERS_FILE_H
#define HOOKLINE_JOURNAL_COUNTERS_FILE_H

#include "journal/counters_layout.h"

#include <sys/types.h>

struct counters_place {
	int directory;		/* from which `path` leads to the folder */
	char *path;		/* owned */
	mode_t mode;		/* of a file that is made */
	struct counters_map map;
	int64_t look_at;	/* when to look at the name again */
	_Atomic uint64_t window; /* as this process saw that of the file last */
};

/*
 * Brings the map up to date, at most once a second. Where no file is to be had
 * the old map stays: others may have it still. With `may_make` a missing or bad
 * file is made anew.
 */
void counters_follow(struct counters_place *place, bool may_make);

/* Whether the file that is mapped has just been found to be another one. Looks
 * at once: for the few times that a line is granted. */
bool counters_replaced(struct counters_place *place);

/* Memory for the same counts where there is no file; NULL where there is none.
 * Of its pages only those that are touched cost something. */
struct counters_file *counters_memory(void);

#endif
