#include "config/internal.h"

#include "base/digits.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

/* A whole number and one of the units; 0 needs none. Leading zeros are refused,
 * because some people read them as octal. */
static bool
read_number(const struct config_key *key, const char *text, uint64_t *number)
{
	const struct config_unit *unit = key->units;
	size_t digits;

	*number = 0;
	if (strcmp(text, "0") == 0)
		return key->or_zero || key->least == 0;
	digits = decimal_prefix(text, strlen(text), key->most, number);
	if (digits == 0 || *text == '0')
		return false;
	while (unit->letter != NULL && strcmp(unit->letter, text + digits) != 0)
		unit++;
	return unit->letter != NULL &&
	    !__builtin_mul_overflow(*number, unit->factor, number) &&
	    *number >= key->least && *number <= key->most;
}

/* The member may be signed: the ranges keep numbers away from the sign bit. */
enum error
config_read_number(const struct config_key *key, const char *text,
    void *member)
{
	uint64_t number;

	if (!read_number(key, text, &number))
		return ERR_INPUT;
	*(uint64_t *)member = number;
	return ERR_NONE;
}

/* Octal, as for chmod(1): the owner must be able to read and write, nobody may
 * execute, and not everybody may write. */
enum error
config_read_mode(const struct config_key *key, const char *text, void *member)
{
	size_t length = strlen(text);
	mode_t mode = 0;

	(void)key;
	if (length < 3 || length > 4 || strspn(text, "01234567") != length)
		return ERR_INPUT;
	for (; *text != '\0'; text++)
		mode = mode * 8 + (mode_t)(*text - '0');
	if ((mode & 0600) != 0600 || (mode & ~(mode_t)0664) != 0)
		return ERR_INPUT;
	*(mode_t *)member = mode;
	return ERR_NONE;
}

/* The index of `text` among the words, or -1. */
static int
find_word(const char *const *words, const char *text)
{
	int i;

	for (i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	return -1;
}

/* The words come in pairs, with the one for false first. */
enum error
config_read_boolean(const struct config_key *key, const char *text,
    void *member)
{
	int word = find_word(key->words, text);

	if (word < 0)
		return ERR_INPUT;
	*(bool *)member = word % 2 == 1;
	return ERR_NONE;
}

/* The words are in the order of the member's enum. */
enum error
config_read_word(const struct config_key *key, const char *text, void *member)
{
	int word = find_word(key->words, text);
	unsigned value = (unsigned)word;

	_Static_assert(sizeof(enum journal_period) == sizeof value, "enum");
	if (word < 0)
		return ERR_INPUT;
	memcpy(member, &value, sizeof value);
	return ERR_NONE;
}

enum error
config_read_text(const struct config_key *key, const char *text, void *member)
{
	size_t length = strlen(text);
	char *copy;

	if (length < key->least || length > key->most ||
	    (key->accept != NULL && !key->accept(text)))
		return ERR_INPUT;
	copy = strdup(text);
	if (copy == NULL)
		return ERR_MEMORY;
	free(*(char **)member);
	*(char **)member = copy;
	return ERR_NONE;
}

enum error
config_read_words(const struct config_key *key, const char *text, void *member)
{
	struct words *words = member;
	char **texts;

	if (*text == '\0' || words->count >= key->most)
		return ERR_INPUT;
	texts = reallocarray(words->texts, words->count + 1, sizeof *texts);
	if (texts == NULL)
		return ERR_MEMORY;
	words->texts = texts;
	texts[words->count] = strdup(text);
	if (texts[words->count] == NULL)
		return ERR_MEMORY;
	words->count++;
	return ERR_NONE;
}

void
config_words_free(struct words *words)
{
	while (words->count > 0)
		free(words->texts[--words->count]);
	free(words->texts);
}

bool
config_is_digits(const char *text)
{
	return text[strspn(text, DIGITS)] == '\0';
}

bool
config_is_name(const char *text)
{
	return text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz" DIGITS "._/-")] == '\0';
}

/* Empty, or https:// or http:// followed by something without blanks. */
bool
config_is_url(const char *text)
{
	const char *scheme = strncmp(text, "https", 5) == 0 ? "https://" :
	    "http://";
	size_t length = strlen(scheme);

	return *text == '\0' || (strncmp(text, scheme, length) == 0 &&
	    text[length] != '\0' && strchr(text, ' ') == NULL);
}

/* A byte that must be escaped in a request line would never match. */
bool
config_is_endpoint_path(const char *text)
{
	if (strcmp(text, "*") == 0)
		return true;
	if (*text != '/' || strlen(text) > CONFIG_PATH_LONGEST)
		return false;
	for (; *text != '\0'; text++)
		if ((unsigned char)*text <= ' ' ||
		    (unsigned char)*text >= 0x7f || strchr("?#\\\"", *text))
			return false;
	return true;
}

bool
config_store(struct loading *loading, const struct config_section *section,
    const struct config_key *key, const char *text)
{
	enum error error = key->read(key, text,
	    config_member(key, section->base));

	if (error == ERR_INPUT) {
		loading->line = section->lines[key - section->keys];
		return config_refuse(loading, CONFIG_BAD, "%s", key->rule);
	}
	return error == ERR_NONE || config_no_memory(loading);
}
