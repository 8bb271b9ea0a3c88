#include "hookctl/options.h"

#include "base/digits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 40		/* of one table */

/* A command's words on their way into its values. */
struct reading {
	const struct command *command;
	char **next;		/* the word to be read */
	char *values;
	bool given[ROWS_MAX];
};

bool
seconds_read(const char *text, uint64_t most, int64_t *seconds)
{
	static const struct { char letter; uint64_t factor; } units[] = {
		{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	size_t length = strlen(text), i;
	uint64_t number;

	if (length < 2 || !decimal_read(text, length - 1, UINT64_C(1) << 40,
	    &number))
		return false;
	for (i = 0; i < sizeof units / sizeof units[0]; i++)
		if (text[length - 1] == units[i].letter &&
		    number <= most / units[i].factor) {
			*seconds = (int64_t)(number * units[i].factor);
			return true;
		}
	return false;
}

static bool
add_text(struct texts *list, const char *text)
{
	const char **more = realloc(list->texts,
	    (list->count + 1) * sizeof *more);

	if (more == NULL)
		return false;
	more[list->count++] = text;
	list->texts = more;
	return true;
}

static bool
read_word(const struct option_row *row, const char *text, int *value)
{
	int i;

	for (i = 0; row->words[i] != NULL; i++)
		if (strcmp(row->words[i], text) == 0) {
			*value = i;
			return true;
		}
	return false;
}

static bool
read_number(const struct option_row *row, const char *text, uint64_t *value)
{
	uint64_t number;

	if (!decimal_read(text, strlen(text), row->most, &number) ||
	    number < row->least)
		return false;
	*value = number;
	return true;
}

static bool
read_seconds(const struct option_row *row, const char *text, int64_t *value)
{
	int64_t seconds;

	if (!seconds_read(text, row->most, &seconds) ||
	    (uint64_t)seconds < row->least)
		return false;
	*value = seconds;
	return true;
}

/* Stores a value; false if it is not one. */
static bool
store(const struct option_row *row, const char *text, void *member)
{
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)member = true;
		return true;
	case OPTION_TEXT:
		*(const char **)member = text;
		return *text != '\0';
	case OPTION_TEXTS:
		return *text != '\0' && add_text(member, text);
	case OPTION_NUMBER:
		return read_number(row, text, member);
	case OPTION_SECONDS:
		return read_seconds(row, text, member);
	case OPTION_WORD:
		return read_word(row, text, member);
	}
	return false;
}

static enum status
refuse_value(const struct reading *reading, const struct option_row *row,
    const char *text)
{
	char words[256] = "";
	size_t i;

	switch (row->kind) {
	case OPTION_NUMBER:
		return usage_error(reading->command, "--%s: \"%s\" is not a "
		    "number from %llu to %llu", row->name, text,
		    (unsigned long long)row->least,
		    (unsigned long long)row->most);
	case OPTION_SECONDS:
		return usage_error(reading->command, "--%s: \"%s\" is not a "
		    "time such as 30s, 10m or 6h, from %llus to %llus",
		    row->name, text, (unsigned long long)row->least,
		    (unsigned long long)row->most);
	case OPTION_WORD:
		for (i = 0; row->words[i] != NULL; i++)
			(void)snprintf(words + strlen(words),
			    sizeof words - strlen(words), "%s%s",
			    i == 0 ? "" : ", ", row->words[i]);
		return usage_error(reading->command, "--%s: \"%s\" is none "
		    "of: %s", row->name, text, words);
	case OPTION_FLAG:
	case OPTION_TEXT:
	case OPTION_TEXTS:
		break;
	}
	return usage_error(reading->command, "--%s needs a value: %s",
	    row->name, row->value);
}

/* Reads one option. `value` is what came with it in the same word, or NULL. */
static enum status
read_option(struct reading *reading, const struct option_row *row,
    const char *value)
{
	size_t place = (size_t)(row - reading->command->options);

	if (reading->given[place] && row->kind != OPTION_TEXTS)
		return usage_error(reading->command, "--%s is given twice",
		    row->name);
	reading->given[place] = true;
	if (row->kind == OPTION_FLAG && value != NULL)
		return usage_error(reading->command, "--%s takes no value",
		    row->name);
	if (row->kind != OPTION_FLAG && value == NULL) {
		value = *reading->next;
		if (value == NULL)
			return usage_error(reading->command, "--%s needs a "
			    "value: %s", row->name, row->value);
		reading->next++;
	}
	if (!store(row, value, reading->values + row->member))
		return refuse_value(reading, row, value);
	return STATUS_DONE;
}

/* A word like --name or --name=value. */
static enum status
read_long(struct reading *reading, const char *word)
{
	const struct option_row *row;
	const char *name = word + 2;
	size_t length = strcspn(name, "=");

	for (row = reading->command->options; row->name != NULL; row++)
		if (strlen(row->name) == length &&
		    memcmp(row->name, name, length) == 0)
			return read_option(reading, row,
			    name[length] == '=' ? name + length + 1 : NULL);
	return usage_error(reading->command, "there is no option %.*s",
	    (int)length + 2, word);
}

/* A word like -f, -fn5 or -n5. */
static enum status
read_letters(struct reading *reading, const char *word)
{
	const struct option_row *row;
	enum status status;

	for (word++; *word != '\0'; word++) {
		row = reading->command->options;
		while (row->name != NULL && row->letter != *word)
			row++;
		if (row->name == NULL)
			return usage_error(reading->command,
			    "there is no option -%c", *word);
		if (row->kind != OPTION_FLAG)
			return read_option(reading, row,
			    word[1] != '\0' ? word + 1 : NULL);
		status = read_option(reading, row, NULL);
		if (status != STATUS_DONE)
			return status;
	}
	return STATUS_DONE;
}

static enum status
read_operand(struct reading *reading, const char *word, const char **operands,
    size_t *count)
{
	if (*count == reading->command->operands_most)
		return usage_error(reading->command, "\"%s\" is one word too "
		    "many", word);
	operands[(*count)++] = word;
	return STATUS_DONE;
}

enum status
options_read(const struct command *command, char **words, void *values,
    const char **operands)
{
	struct reading reading = { .command = command, .next = words,
	    .values = values };
	enum status status = STATUS_DONE;
	bool only_operands = false;
	size_t count = 0, i;

	for (i = 0; i < command->operands_most; i++)
		operands[i] = NULL;
	while (status == STATUS_DONE && *reading.next != NULL) {
		const char *word = *reading.next++;

		if (only_operands || word[0] != '-' || word[1] == '\0')
			status = read_operand(&reading, word, operands,
			    &count);
		else if (strcmp(word, "--") == 0)
			only_operands = true;
		else if (word[1] == '-')
			status = read_long(&reading, word);
		else
			status = read_letters(&reading, word);
	}
	if (status != STATUS_DONE)
		options_free(command, values);
	return status;
}

void
options_free(const struct command *command, void *values)
{
	const struct option_row *row;

	for (row = command->options; row->name != NULL; row++)
		if (row->kind == OPTION_TEXTS) {
			struct texts *list = (void *)((char *)values +
			    row->member);

			free(list->texts);
			*list = (struct texts){ 0 };
		}
}

void
options_help(const struct option_row *rows)
{
	char left[64];

	for (; rows->name != NULL; rows++) {
		(void)snprintf(left, sizeof left, "%s%c%s--%s%s%s",
		    rows->letter != '\0' ? "-" : "  ",
		    rows->letter != '\0' ? rows->letter : ' ',
		    rows->letter != '\0' ? ", " : " ", rows->name,
		    rows->value != NULL ? " " : "",
		    rows->value != NULL ? rows->value : "");
		printf("  %-26s %s\n", left, rows->help);
	}
}
