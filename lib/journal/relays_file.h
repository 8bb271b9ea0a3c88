/*
 * relays_file: the layout of .state/relays, for relays.c, which writes it, and
 * relays_view.c, which reads it.
 */
#ifndef HOOKLINE_JOURNAL_RELAYS_FILE_H
#define HOOKLINE_JOURNAL_RELAYS_FILE_H

#include "journal/relays.h"

#include <stdatomic.h>
#include <string.h>

#define RELAYS_MAGIC "hooklnRL"
#define RELAYS_LAYOUT 3

/* A slot is free while its name is "". An odd `turn` means that its relay is
 * writing, or was killed as it wrote. Processes that wait for news sleep on
 * it. */
struct relays_place {
	_Atomic uint32_t turn;
	struct relays_status status;
};

struct relays_file {
	char magic[8];
	uint32_t layout;
	uint32_t size;
	struct relays_place slots[RELAYS_MAX];
};

/* Whether a mapped file is one of this version. */
static inline bool
relays_file_is_ours(const struct relays_file *file)
{
	return memcmp(file->magic, RELAYS_MAGIC, sizeof file->magic) == 0 &&
	    file->layout == RELAYS_LAYOUT && file->size == sizeof *file;
}

/* Copies a slot; false if its relay was writing all the while. In
 * relays_view.c. */
bool relays_copy(const struct relays_place *place,
    struct relays_status *status);

#endif
