#include "hookctl/show.h"

#include "base/clock.h"
#include "base/digits.h"
#include "hookctl/output.h"
#include "hookctl/pretty.h"
#include "payload/summary.h"
#include "when.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEPT ((size_t)64 << 10)	/* bytes of a line that stay allocated */
#define COLUMN_MOST 40		/* of a sender's name in a column */
#define ALIGNED_MOST 26		/* the objects that Meta documents fit */
#define ID_MOST 10		/* characters of an id that is not cut */
#define ELLIPSIS "\342\200\246"	/* U+2026 */

enum column { COLUMN_TIME, COLUMN_SEQ, COLUMN_OBJECT, COLUMN_FIELD,
	COLUMN_ENTRY, COLUMNS };

struct show {
	enum show_format format;
	bool utc;
	bool looked;		/* at the stream: */
	bool terminal;
	size_t widths[COLUMNS];	/* the widest so far */
	struct summary summary;
	struct buffer line, cell;
};

struct show *
show_new(enum show_format format, bool utc)
{
	struct show *show = calloc(1, sizeof *show);

	if (show != NULL) {
		show->format = format;
		show->utc = utc;
	}
	return show;
}

void
show_free(struct show *show)
{
	if (show == NULL)
		return;
	summary_free(&show->summary);
	buffer_free(&show->line);
	buffer_free(&show->cell);
	free(show);
}

static void
put(struct buffer *out, const char *text)
{
	(void)buffer_append(out, text, strlen(text));
}

static struct span
span_of(const struct buffer *buffer)
{
	return (struct span){ buffer->bytes, buffer->length };
}

/* ---- short ---- */

static void
put_blanks(struct buffer *out, size_t count)
{
	while (count-- > 0)
		put(out, " ");
}

/* Appends a column; numbers and times are aligned at their ends. */
static void
put_column(struct show *show, enum column column, struct span text)
{
	struct buffer *cell = &show->cell;
	size_t *width = &show->widths[column], used;

	cell->length = 0;
	used = text_append(cell, text, COLUMN_MOST);
	/* A long name moves its own row only. */
	if (*width < used)
		*width = used < ALIGNED_MOST ? used : ALIGNED_MOST;
	if (column <= COLUMN_SEQ)
		put_blanks(&show->line, *width > used ? *width - used : 0);
	(void)buffer_append(&show->line, cell->bytes, cell->length);
	if (column > COLUMN_SEQ)
		put_blanks(&show->line, *width > used ? *width - used : 0);
	put_blanks(&show->line, 2);
}

static void
put_text_column(struct show *show, enum column column, const char *text)
{
	put_column(show, column, (struct span){ text, strlen(text) });
}

/* A sender's name; "-" if there is none. */
static void
put_name_column(struct show *show, enum column column, struct span name)
{
	put_column(show, column, name.length > 0 ? name :
	    (struct span){ "-", 1 });
}

static void
put_field_column(struct show *show)
{
	const struct summary *summary = &show->summary;
	struct span field = summary->field;
	char text[256];
	int length = field.length < 200 ? (int)field.length : 200;

	if (summary->more == 0 || field.length == 0) {
		put_name_column(show, COLUMN_FIELD, field);
		return;
	}
	(void)snprintf(text, sizeof text, "%.*s +%zu", length, field.bytes,
	    summary->more);
	put_text_column(show, COLUMN_FIELD, text);
}

/* Ids are ASCII; one that is not is cut like other texts. */
static void
put_entry_column(struct show *show)
{
	struct span entry = show->summary.entry;
	char text[16];
	size_t i;

	for (i = 0; i < entry.length; i++)
		if (entry.bytes[i] <= ' ' || entry.bytes[i] > '~')
			break;
	if (i < entry.length || entry.length <= ID_MOST) {
		put_name_column(show, COLUMN_ENTRY, entry);
		return;
	}
	(void)snprintf(text, sizeof text, "%.4s%s%.3s", entry.bytes, ELLIPSIS,
	    entry.bytes + entry.length - 3);
	put_text_column(show, COLUMN_ENTRY, text);
}

/* False: memory is short, and nothing was printed. */
static bool
show_short(struct show *show, FILE *stream, const struct record *record)
{
	struct buffer *line = &show->line;
	size_t columns = output_columns(stream);
	char time[32], seq[DECIMAL_SIZE];

	if (summary_make(&show->summary, record) != ERR_NONE)
		return false;
	buffer_reset(line, KEPT);
	put_text_column(show, COLUMN_TIME, when_text(record->received_at,
	    clock_now(), show->utc, time));
	(void)decimal_write(record->seq, seq);
	put_text_column(show, COLUMN_SEQ, seq);
	put_name_column(show, COLUMN_OBJECT, show->summary.object);
	put_field_column(show);
	put_entry_column(show);
	(void)text_append(line, show->summary.words, columns);
	if (columns > 0)
		(void)text_print(stream, span_of(line), columns);
	else
		(void)fwrite(line->bytes, 1, line->length, stream);
	(void)fputc('\n', stream);
	return true;
}

/* ---- the others ---- */

/* Prints bytes and a newline. */
static void
print_line(struct show *show, FILE *stream, struct span bytes, bool escaped)
{
	struct buffer *line = &show->line;

	if (!escaped) {
		(void)fwrite(bytes.bytes, 1, bytes.length, stream);
	} else {
		buffer_reset(line, KEPT);
		(void)text_append(line, bytes, 0);
		(void)fwrite(line->bytes, 1, line->length, stream);
	}
	(void)fputc('\n', stream);
}

/* The line above an indented record. */
static void
show_stamp(const struct show *show, FILE *stream, const struct record *record)
{
	char time[32];

	(void)fprintf(stream, "%s#%" PRIu64 "  %s  ",
	    tone_begin(stream, TONE_STRONG), record->seq,
	    when_text(record->received_at, clock_now(), show->utc, time));
	(void)text_print(stream, record->endpoint, 0);
	if (record->update.bytes != NULL)
		(void)fprintf(stream, "  update %zu of %zu",
		    record->update_index + 1, record->update_count);
	(void)fprintf(stream, "%s\n", tone_end(stream, TONE_STRONG));
}

static void
show_pretty(struct show *show, FILE *stream, const struct record *record,
    struct span json)
{
	const struct pretty_style style = { show->terminal,
	    tone_begin(stream, TONE_STRONG), tone_end(stream, TONE_STRONG) };
	struct buffer *line = &show->line;

	show_stamp(show, stream, record);
	buffer_reset(line, KEPT);
	if (pretty_append(line, json, &style))
		(void)fwrite(line->bytes, 1, line->length, stream);
	else
		(void)text_print(stream, json, 0);
	(void)fputs("\n\n", stream);
}

/* False if the format, or a lack of memory, asks for the line as it is. */
static bool
show_decoded(struct show *show, FILE *stream, const struct record *record)
{
	struct span json = record->update.bytes != NULL ? record->update :
	    record->payload;

	switch (show->format) {
	case SHOW_SHORT:
		return show_short(show, stream, record);
	case SHOW_PAYLOAD:
		print_line(show, stream, json, show->terminal);
		return true;
	case SHOW_PRETTY:
		show_pretty(show, stream, record, json);
		return true;
	case SHOW_RAW:
		break;
	}
	return false;
}

void
show_record(struct show *show, FILE *stream, const struct reader_line *line,
    const struct record *record)
{
	struct span raw = { line->bytes, line->length };

	if (!show->looked)
		show->terminal = isatty(fileno(stream));
	show->looked = true;
	if (record == NULL || !show_decoded(show, stream, record))
		print_line(show, stream, raw, show->terminal ||
		    show->format != SHOW_RAW);
}
