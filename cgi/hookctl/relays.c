/*
 * hookctl relays: how far each relay has come, and what holds it up.
 *
 *   relay        to                   sent     behind       dead  state
 *   second-host  https://b.example  18,206          0          0  in step
 *   warehouse    postgresql db1/a   17,941  265, 4 min         2  held: ...
 */
#include "base/clock.h"
#include "base/io.h"
#include "hookctl/options.h"
#include "hookctl/output.h"
#include "hookctl/relay_words.h"
#include "hookctl/where.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

struct relays_options {
	struct where where;
	bool json;
};

static const struct option_row rows[] = {
	{ '\0', "json", OPTION_FLAG, offsetof(struct relays_options, json),
	    NULL, "print one object of JSON", 0, 0, NULL },
	WHERE_CONFIG_ROW(struct relays_options, where),
	{ 0 }
};

/*
 * The table
 */

enum column { COLUMN_NAME, COLUMN_TO, COLUMN_SENT, COLUMN_BEHIND, COLUMN_DEAD,
	COLUMNS };

struct cells {
	struct buffer texts[COLUMNS];
	size_t widths[COLUMNS];	/* columns on the terminal */
	struct buffer state;
};

static void
set(struct cells *cells, enum column column, const char *text)
{
	cells->widths[column] = text_append(&cells->texts[column],
	    (struct span){ text, strlen(text) }, 0);
}

/* "265, 4 min". A number without an age ends where the other numbers do. */
static void
set_behind(struct cells *cells, const struct relay_facts *facts, int64_t now)
{
	char text[96], number[32], age[32];

	if (!facts->counted)
		(void)snprintf(text, sizeof text, "? ");
	else if (facts->behind == 0)
		(void)snprintf(text, sizeof text, "0 ");
	else
		(void)snprintf(text, sizeof text, "%s, %s",
		    number_text(facts->behind, number), age_short_text(
		    (now - facts->oldest_at) / CLOCK_SECOND, age));
	set(cells, COLUMN_BEHIND, text);
}

static void
set_head(struct cells *cells)
{
	static const char *const heads[] = { "relay", "to", "sent", "behind ",
		"dead" };
	size_t i;

	for (i = 0; i < COLUMNS; i++)
		set(cells, (enum column)i, heads[i]);
	(void)text_append(&cells->state, (struct span){ "state", 5 }, 0);
}

static void
set_row(struct cells *cells, const struct relay_facts *facts, int64_t now)
{
	char number[32];

	set(cells, COLUMN_NAME, facts->relay->name);
	cells->widths[COLUMN_TO] = relay_words_to(facts->relay,
	    &cells->texts[COLUMN_TO]);
	set(cells, COLUMN_SENT, facts->published ?
	    number_text(facts->status.sent, number) : "-");
	set_behind(cells, facts, now);
	set(cells, COLUMN_DEAD, facts->dead_known ?
	    number_text(facts->dead, number) : "?");
	relay_words_state(facts, &cells->state);
}

static void
put_text(const struct buffer *text)
{
	if (text->length > 0)
		(void)fwrite(text->bytes, 1, text->length, stdout);
}

static void
put_cells(const struct cells *cells, const size_t widths[COLUMNS],
    enum tone tone)
{
	static const char *const before[] = { "", "  ", " ", "  ", "  " };
	size_t i;
	int blanks;

	for (i = 0; i < COLUMNS; i++) {
		blanks = (int)(widths[i] - cells->widths[i]);
		/* Words are aligned to the left, numbers to the right. */
		printf("%s%*s", before[i], i > COLUMN_TO ? blanks : 0, "");
		put_text(&cells->texts[i]);
		printf("%*s", i > COLUMN_TO ? 0 : blanks, "");
	}
	printf("  %s", tone_begin(stdout, tone));
	put_text(&cells->state);
	puts(tone_end(stdout, tone));
}

static void
put_table(const struct relay_facts_list *list, const struct cells *table)
{
	size_t widths[COLUMNS] = { 11, 25, 6, 10, 8 }, i, j;

	for (i = 0; i <= list->count; i++)
		for (j = 0; j < COLUMNS; j++)
			if (table[i].widths[j] > widths[j])
				widths[j] = table[i].widths[j];
	for (i = 0; i <= list->count; i++)
		put_cells(&table[i], widths, i > 0 &&
		    relay_facts_wrong(&list->relays[i - 1]) ? TONE_BAD :
		    TONE_PLAIN);
}

/* False when memory is short. */
static bool
print_table(const struct relay_facts_list *list)
{
	struct cells *table = calloc(list->count + 1, sizeof *table);
	int64_t now = clock_now();
	size_t i, j;

	if (table == NULL)
		return false;
	set_head(&table[0]);
	for (i = 0; i < list->count; i++)
		set_row(&table[i + 1], &list->relays[i], now);
	put_table(list, table);
	for (i = 0; i <= list->count; i++) {
		for (j = 0; j < COLUMNS; j++)
			buffer_free(&table[i].texts[j]);
		buffer_free(&table[i].state);
	}
	free(table);
	return true;
}

/*
 * The other forms
 */

static bool
print_json(const struct relay_facts_list *list)
{
	json_object *object = json_object_new_object();
	json_object *gone = json_object_new_array();
	const char *text;
	size_t i;

	(void)json_object_object_add(object, "relays",
	    relay_words_json_list(list));
	for (i = 0; i < list->gone_count; i++)
		(void)json_object_array_add(gone,
		    json_object_new_string(list->gone[i]));
	(void)json_object_object_add(object, "gone", gone);
	text = json_object_to_json_string_ext(object,
	    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (text != NULL)
		puts(text);
	(void)json_object_put(object);
	return text != NULL;
}

static void
print_removed(const struct relay_facts_list *list)
{
	char number[32];
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->relays[i].removed > 0)
			printf("%s: %s record%s removed by retention before "
			    "%s sent\n", list->relays[i].relay->name,
			    number_text(list->relays[i].removed, number),
			    list->relays[i].removed == 1 ? " was" : "s were",
			    list->relays[i].removed == 1 ? "it was" :
			    "they were");
}

static void
say_more(const struct relay_facts_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->relays[i].again)
			note("relay %s: its cursor is from another journal, so "
			    "every record in this one is sent",
			    list->relays[i].relay->name);
	for (i = 0; i < list->gone_count; i++)
		note("relay %s: it is no longer in the configuration; if that "
		    "is right, remove relay/%s.* from the journal's folder",
		    list->gone[i], list->gone[i]);
}

static bool
print(const struct relays_options *options, const struct config *config,
    const struct relay_facts_list *list)
{
	bool good = true;

	if (options->json)
		good = print_json(list);
	else if (list->count == 0)
		printf("there is no relay section in %s\n",
		    config->file != NULL ? config->file :
		    "the environment's settings");
	else
		good = print_table(list);
	if (!options->json)
		print_removed(list);
	say_more(list);
	return good;
}

/*
 * The work
 */

static enum status
result_of(const struct relay_facts_list *list)
{
	enum status status = STATUS_DONE;
	size_t i;

	for (i = 0; i < list->count; i++) {
		const struct relay_facts *facts = &list->relays[i];

		if (facts->unreadable != 0)
			return fail(STATUS_FAILED, "relay %s: not all of its "
			    "files can be read: %s; run hookctl as root, or "
			    "as the owner of the journal's folder",
			    facts->relay->name, strerror(facts->unreadable));
		if (relay_facts_wrong(facts))
			status = STATUS_WRONG;
	}
	return status;
}

static enum status
show(const struct relays_options *options, const struct config *config,
    int folder)
{
	struct relay_facts_list list;
	enum error error = relay_facts_read(config, config->directory, folder,
	    &list);
	enum status status;

	if (error != ERR_NONE)
		status = fail(STATUS_FAILED, "the journal %s cannot be read: "
		    "%s", config->directory, error_word(error));
	else if (!print(options, config, &list))
		status = fail(STATUS_FAILED, "out of memory");
	else
		status = result_of(&list);
	relay_facts_free(&list);
	return status;
}

/* The folder may be missing: the receiver may not have made it yet. */
static enum status
open_and_show(const struct relays_options *options,
    const struct config *config)
{
	int folder = open(config->directory, O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC);
	enum status status;

	if (folder == -1 && errno != ENOENT)
		return fail(STATUS_FAILED, "the journal %s cannot be read: "
		    "%s%s", config->directory, strerror(errno),
		    errno != EACCES ? "" : "; run hookctl as root, or as the "
		    "folder's owner");
	status = show(options, config, folder);
	if (folder != -1)
		(void)io_close(folder);
	return status;
}

static enum status
run(char **words)
{
	struct relays_options options = { 0 };
	struct config *config;
	enum status status = options_read(&command_relays, words, &options,
	    NULL);

	if (status != STATUS_DONE)
		return status;
	config = where_config(&options.where);
	if (config == NULL)
		return STATUS_FAILED;
	status = open_and_show(&options, config);
	config_free(config);
	return status;
}

const struct command command_relays = {
	.name = "relays",
	.operands = "",
	.summary = "show how far hookline-relay has come",
	.about = "\nThe exit status is 1 if a relay is held, has failed, is "
	    "not running although\nthere is something to send, or has dead "
	    "letters.\n",
	.options = rows,
	.run = run
};
