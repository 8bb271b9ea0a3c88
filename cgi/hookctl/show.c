#include "hookctl/show.h"

#include <stdlib.h>

struct show { enum show_format format; };

struct show *
show_new(enum show_format format, bool utc)
{
	struct show *show = malloc(sizeof *show);

	(void)utc;
	if (show != NULL)
		show->format = format;
	return show;
}

void
show_free(struct show *show)
{
	free(show);
}

void
show_record(struct show *show, FILE *stream, const struct reader_line *line,
    const struct record *record)
{
	struct span text = { line->bytes, line->length };

	if (show->format == SHOW_PAYLOAD)
		text = record->payload.bytes != NULL ? record->payload :
		    record->update;
	(void)fwrite(text.bytes, 1, text.length, stream);
	(void)fputc('\n', stream);
}
