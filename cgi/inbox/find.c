#include "inbox/find.h"

#include "base/clock.h"
#include "journal/backward.h"
#include "journal/layout.h"
#include "record_filter.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_BYTES ((uint64_t)256 * 1024)	/* between looks at the clock */

/* A search that is going on. */
struct search {
	const struct ask *ask;
	const struct find_limits *limits;
	struct backward *backward;
	struct filter *filter;	/* NULL: any record passes */
	int64_t deadline;	/* by clock_monotonic_ms() */
	uint64_t bytes;		/* looked at so far */
	uint64_t next_look;	/* `bytes` at the next look at the clock */
};

/* ---- what is wanted ---- */

static struct texts
texts_of(const struct ask *ask, enum ask_text text, const char **room)
{
	*room = ask->texts[text];
	return (struct texts){ room, **room != '\0' };
}

/* Makes the filter, unless it would hide nothing. `rooms` must outlive it. */
static enum error
make_filter(struct search *search, const char *rooms[ASK_TEXTS])
{
	const struct ask *ask = search->ask;
	const char *q = ask->texts[ASK_Q];
	const struct filter_options options = {
		.object = texts_of(ask, ASK_OBJECT, &rooms[ASK_OBJECT]),
		.field = texts_of(ask, ASK_FIELD, &rooms[ASK_FIELD]),
		.entry = texts_of(ask, ASK_ENTRY, &rooms[ASK_ENTRY]),
		.endpoint = texts_of(ask, ASK_ENDPOINT, &rooms[ASK_ENDPOINT]),
		.text = *q != '\0' ? q : NULL };

	search->filter = filter_new(&options);
	if (search->filter == NULL)
		return ERR_MEMORY;
	if (!filter_is_set(search->filter)) {
		filter_free(search->filter);
		search->filter = NULL;
	}
	return ERR_NONE;
}

/* Whether a limit is reached. The first record is looked at in any case. */
static bool
is_over(struct search *search)
{
	if (search->bytes == 0)
		return false;
	if (search->bytes >= search->limits->bytes)
		return true;
	if (search->bytes < search->next_look)
		return false;
	search->next_look = search->bytes + LOOK_BYTES;
	return clock_monotonic_ms() >= search->deadline;
}

static bool
passes(struct search *search, const struct reader_line *line)
{
	struct record record;

	if (!filter_may_pass(search->filter, (struct span){ line->bytes,
	    line->length }))
		return false;
	if (record_decode(line->bytes, line->length, &record) == ERR_NONE)
		return filter_passes(search->filter, &record);
	backward_blame(search->backward);
	return false;
}

static enum backward_verdict
judge(void *context, const struct reader_line *line)
{
	struct search *search = context;

	if (is_over(search))
		return BACKWARD_STOP;
	search->bytes += line->length + 1;
	if (line->received_at < search->ask->from ||
	    line->received_at >= search->ask->to)
		return BACKWARD_SKIP;
	return search->filter == NULL || passes(search, line) ?
	    BACKWARD_GIVE : BACKWARD_SKIP;
}

/* ---- what was found ---- */

/* Copies a line and decodes it; ERR_DAMAGED if it is not a record. */
static enum error
copy_record(const struct reader_line *line, struct find_record *record)
{
	record->line = malloc(line->length + 1);
	if (record->line == NULL)
		return ERR_MEMORY;
	memcpy(record->line, line->bytes, line->length);
	record->line[line->length] = '\0';
	record->length = line->length;
	if (record_decode(record->line, record->length, &record->record) ==
	    ERR_NONE)
		return ERR_NONE;
	find_record_free(record);
	return ERR_DAMAGED;
}

static enum error
take_all(struct search *search, struct find_result *result)
{
	const struct find_limits *limits = search->limits;
	struct reader_line line;
	enum error error = ERR_NONE;
	size_t kept = 0;

	while (error == ERR_NONE && result->count < limits->hits &&
	    kept < limits->kept && backward_next(search->backward, &line)) {
		error = copy_record(&line, &result->records[result->count]);
		if (error == ERR_DAMAGED) {
			backward_blame(search->backward);
			error = ERR_NONE;
		} else if (error == ERR_NONE) {
			kept += line.length;
			result->count++;
		}
	}
	return error == ERR_NONE ? backward_error(search->backward) : error;
}

static void
note_reached(const struct backward *backward, struct find_result *result)
{
	(void)backward_reached(backward, &result->back_to_seq,
	    &result->back_to);
	result->older = backward_goes_on(backward);
	result->left_out = *backward_left_out(backward);
}

/* Finds the newest record of all; seq 0 if there is none. */
static enum error
find_newest(const char *directory, uint64_t *seq, int64_t *received_at,
    uint64_t *oldest)
{
	const struct backward_options options = { .directory = directory,
	    .stateless = true, .from = INT64_MIN, .to = INT64_MAX,
	    .most = 1 };
	struct backward *backward;
	struct reader_line line;
	enum error error = backward_open(&options, &backward);

	*seq = 0;
	*received_at = 0;
	if (error != ERR_NONE)
		return error;
	if (backward_next(backward, &line)) {
		*seq = line.seq;
		*received_at = line.received_at;
	}
	*oldest = backward_oldest(backward);
	error = backward_error(backward);
	backward_close(backward);
	return error;
}

/* ---- the three questions ---- */

enum error
find_within(const char *directory, const struct ask *ask,
    const struct find_limits *limits, struct find_result *result)
{
	struct search search = { .ask = ask, .limits = limits,
	    .deadline = clock_monotonic_ms() + limits->ms };
	const struct backward_options options = { .directory = directory,
	    .before = ask->before, .stateless = true,
	    .from = ask->from, .to = ask->to,
	    .most = limits->hits, .most_bytes = limits->kept,
	    .judge = judge, .context = &search };
	const char *rooms[ASK_TEXTS];
	uint64_t oldest;
	enum error error;

	memset(result, 0, sizeof *result);
	error = find_newest(directory, &result->latest, &result->latest_at,
	    &oldest);
	if (error == ERR_NONE)
		error = make_filter(&search, rooms);
	if (error == ERR_NONE)
		error = backward_open(&options, &search.backward);
	if (error != ERR_NONE)
		goto out;
	result->records = calloc(limits->hits, sizeof *result->records);
	error = result->records == NULL ? ERR_MEMORY :
	    take_all(&search, result);
	note_reached(search.backward, result);
out:
	backward_close(search.backward);
	filter_free(search.filter);
	return error;
}

enum error
find_list(const char *directory, const struct ask *ask,
    struct find_result *result)
{
	static const struct find_limits limits = { .hits = FIND_HITS,
	    .kept = FIND_KEPT, .ms = FIND_MS, .bytes = FIND_BYTES };

	return find_within(directory, ask, &limits, result);
}

/* The search for one record. */
struct wanted {
	struct backward *backward;
	uint64_t seq;
	int64_t deadline;
	unsigned lines;
	bool late;
};

static enum backward_verdict
judge_one(void *context, const struct reader_line *line)
{
	struct wanted *wanted = context;
	uint64_t seq;
	int64_t time;

	/* Once an older record has been looked at, the wanted one cannot be
	 * found any more. */
	if (backward_reached(wanted->backward, &seq, &time))
		return BACKWARD_STOP;
	if (++wanted->lines % 1024 == 0 &&
	    clock_monotonic_ms() >= wanted->deadline) {
		wanted->late = true;
		return BACKWARD_STOP;
	}
	return line->seq == wanted->seq ? BACKWARD_GIVE : BACKWARD_SKIP;
}

/* What was left out, and may have the record that was not found. If an older
 * record was found, in the live file, archive/ cannot have it. */
static struct left_out
may_have(const struct backward *backward)
{
	struct left_out left_out = *backward_left_out(backward);
	uint64_t seq;
	int64_t time;

	if (strcmp(left_out.file, SEGMENT_ARCHIVE) == 0 &&
	    backward_reached(backward, &seq, &time))
		left_out.file[0] = '\0';
	return left_out;
}

enum error
find_one(const char *directory, uint64_t seq, struct find_record *record,
    struct left_out *left_out)
{
	struct wanted wanted = { .seq = seq,
	    .deadline = clock_monotonic_ms() + FIND_ONE_MS };
	const struct backward_options options = { .directory = directory,
	    .before = seq + 1, .stateless = true, .from = INT64_MIN,
	    .to = INT64_MAX, .most = 1,
	    .judge = judge_one, .context = &wanted };
	struct reader_line line;
	enum error error = backward_open(&options, &wanted.backward);

	memset(record, 0, sizeof *record);
	memset(left_out, 0, sizeof *left_out);
	if (error != ERR_NONE)
		return error;
	if (backward_next(wanted.backward, &line))
		error = copy_record(&line, record);
	else if (backward_error(wanted.backward) != ERR_NONE)
		error = backward_error(wanted.backward);
	else
		error = wanted.late ? ERR_BUSY : ERR_MISSING;
	*left_out = may_have(wanted.backward);
	backward_close(wanted.backward);
	return error;
}

enum error
find_news(const char *directory, uint64_t after, uint64_t *count,
    uint64_t *latest)
{
	uint64_t oldest = 0;
	int64_t received_at;
	enum error error = find_newest(directory, latest, &received_at,
	    &oldest);

	*count = 0;
	if (error != ERR_NONE)
		return error;
	/* Older records have been removed. */
	if (oldest > 0 && after < oldest - 1)
		after = oldest - 1;
	if (*latest > after)
		*count = *latest - after;
	return ERR_NONE;
}

void
find_record_free(struct find_record *record)
{
	free(record->line);
	memset(record, 0, sizeof *record);
}

void
find_free(struct find_result *result)
{
	while (result->count > 0)
		find_record_free(&result->records[--result->count]);
	free(result->records);
	result->records = NULL;
}
