#include "journal/kept.h"

#include <stdlib.h>
#include <string.h>

void
kept_free_line(struct reader_line *line)
{
	union { const char *from; void *to; } bytes = { .from = line->bytes };

	free(bytes.to);
	line->bytes = NULL;
}

static void
drop_oldest(struct kept *kept)
{
	kept->bytes -= kept->lines[0].length;
	kept_free_line(&kept->lines[0]);
	memmove(kept->lines, kept->lines + 1,
	    --kept->count * sizeof *kept->lines);
	kept->dropped = true;
}

static enum error
make_room(struct kept *kept)
{
	struct reader_line *lines;
	size_t room = 2 * kept->room + 8;

	if (kept->count < kept->room)
		return ERR_NONE;
	lines = realloc(kept->lines, room * sizeof *lines);
	if (lines == NULL)
		return ERR_MEMORY;
	kept->lines = lines;
	kept->room = room;
	return ERR_NONE;
}

enum error
kept_add(struct kept *kept, const struct reader_line *line, size_t most,
    size_t most_bytes)
{
	struct reader_line *copy;
	char *bytes;

	while (kept->count > 0 && (kept->count >= most ||
	    kept->bytes + line->length > most_bytes))
		drop_oldest(kept);
	if (make_room(kept) != ERR_NONE)
		return ERR_MEMORY;
	bytes = malloc(line->length + 1);
	if (bytes == NULL)
		return ERR_MEMORY;
	memcpy(bytes, line->bytes, line->length);
	copy = &kept->lines[kept->count++];
	*copy = *line;
	copy->bytes = bytes;
	kept->bytes += line->length;
	return ERR_NONE;
}

bool
kept_take(struct kept *kept, struct reader_line *line)
{
	if (kept->count == 0)
		return false;
	*line = kept->lines[--kept->count];
	kept->bytes -= line->length;
	return true;
}

void
kept_free(struct kept *kept)
{
	while (kept->count > 0)
		kept_free_line(&kept->lines[--kept->count]);
	free(kept->lines);
	memset(kept, 0, sizeof *kept);
}
