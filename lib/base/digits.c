#include "base/digits.h"

#include <string.h>

#define BLOCK 16

/* The two digits of each byte. */
#define ROW(high) high "0" high "1" high "2" high "3" high "4" high "5" \
	high "6" high "7" high "8" high "9" high "a" high "b" high "c" \
	high "d" high "e" high "f"
static const char pairs[] = ROW("0") ROW("1") ROW("2") ROW("3") ROW("4")
    ROW("5") ROW("6") ROW("7") ROW("8") ROW("9") ROW("a") ROW("b") ROW("c")
    ROW("d") ROW("e") ROW("f");

size_t
decimal_write(uint64_t number, char out[DECIMAL_SIZE])
{
	char digits[DECIMAL_SIZE - 1], *first = digits + sizeof digits;
	size_t length;

	do {
		*--first = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	length = (size_t)(digits + sizeof digits - first);
	memcpy(out, first, length);
	out[length] = '\0';
	return length;
}

void
decimal_write_fixed(uint64_t number, size_t width, char *out)
{
	while (width-- > 0) {
		out[width] = (char)('0' + number % 10);
		number /= 10;
	}
}

size_t
decimal_prefix(const char *text, size_t length, uint64_t most,
    uint64_t *number)
{
	uint64_t sum = 0, digit;
	size_t i;

	for (i = 0; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
		digit = (uint64_t)(text[i] - '0');
		if (sum > most / 10 || digit > most - sum * 10)
			return 0;
		sum = sum * 10 + digit;
	}
	if (i > 0)
		*number = sum;
	return i;
}

bool
decimal_read(const char *text, size_t length, uint64_t most, uint64_t *number)
{
	uint64_t read;

	if (length == 0 || decimal_prefix(text, length, most, &read) != length)
		return false;
	*number = read;
	return true;
}

void
hex_write(const uint8_t *bytes, size_t count, char *out)
{
	size_t i;

	for (i = 0; i < count; i++)
		memcpy(out + 2 * i, pairs + 2 * bytes[i], 2);
	out[2 * count] = '\0';
}

/* The value of one digit, or -1. */
static int
hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

bool
hex_read(const char *text, size_t count, uint8_t *bytes)
{
	int high, low;
	size_t i;

	for (i = 0; i < count; i++) {
		high = hex_value(*text++);
		if (high < 0)
			return false;
		low = hex_value(*text++);
		if (low < 0)
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool
is_lower_digit(uint8_t byte)
{
	return ((uint8_t)(byte - '0') < 10) | ((uint8_t)(byte - 'a') < 6);
}

/* Without a branch for each digit: which kind it is cannot be predicted. In
 * blocks of a fixed size, the compiler looks at all of a block at once. */
bool
hex_is_lower(const char *text, size_t length)
{
	uint8_t right = 1;
	size_t i;

	for (; length >= BLOCK; length -= BLOCK, text += BLOCK)
		for (i = 0; i < BLOCK; i++)
			right &= is_lower_digit((uint8_t)text[i]);
	for (i = 0; i < length; i++)
		right &= is_lower_digit((uint8_t)text[i]);
	return right;
}
