#include "config/internal.h"

#include "base/digits.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

/* A whole number and one of the units; 0 needs none. Some read a zero in front
 * as octal, so there must be none. */
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

/* The member is of 64 bits; their ranges keep numbers far from a sign. */
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

/* Octal as chmod(1) takes it: the owner reads and writes, nobody executes, and
 * not everybody writes. */
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

/* The place of `text` among the words, or -1. */
static int
find_word(const char *const *words, const char *text)
{
	int i;

	for (i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	return -1;
}

/* The words come in pairs, the one for false first. */
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

/* The words stand in the order of the enum that the member is of. */
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

	if (length < key->least || length > key->most)
		return ERR_INPUT;
	copy = strdup(text);
	if (copy == NULL)
		return ERR_BUSY;
	free(*(char **)member);
	*(char **)member = copy;
	return ERR_NONE;
}

enum error
config_read_digits(const struct config_key *key, const char *text,
    void *member)
{
	if (strspn(text, DIGITS) != strlen(text))
		return ERR_INPUT;
	return config_read_text(key, text, member);
}

/* Empty, or one of the words and something behind it, without blanks. */
enum error
config_read_url(const struct config_key *key, const char *text, void *member)
{
	const char *const *start = key->words;

	while (*start != NULL && strncmp(text, *start, strlen(*start)) != 0)
		start++;
	if (*text != '\0' && (*start == NULL ||
	    text[strlen(*start)] == '\0' || strchr(text, ' ') != NULL))
		return ERR_INPUT;
	return config_read_text(key, text, member);
}

/* What a request line cannot hold undecoded can never match. */
bool
config_endpoint_path_ok(struct span path)
{
	size_t i;

	if (path.length == 1 && path.bytes[0] == '*')
		return true;
	if (path.length == 0 || path.length > CONFIG_PATH_LONGEST ||
	    path.bytes[0] != '/')
		return false;
	for (i = 0; i < path.length; i++)
		if ((unsigned char)path.bytes[i] <= ' ' ||
		    (unsigned char)path.bytes[i] >= 0x7f ||
		    strchr("?#\\\"", path.bytes[i]) != NULL)
			return false;
	return true;
}
