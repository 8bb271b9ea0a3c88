#include "payload/repeat.h"

#include "base/digits.h"

#include <string.h>

#define PARTS 8

/* A number as text in `out`. */
static struct span
decimal(size_t number, char out[DECIMAL_SIZE + 1], bool colon)
{
	struct span text = { out, decimal_write(number, out) };

	if (colon)
		out[text.length++] = ':';
	return text;
}

static struct span
or_null(struct span span)
{
	const struct span null = { "null", 4 };

	return span.bytes != NULL ? span : null;
}

struct span
repeat_time(bool own_id, struct span entry_time)
{
	const struct span nothing = { "", 0 }, none = { NULL, 0 };

	if (own_id)
		return nothing;
	return or_null(repeat_is_time(entry_time) ? entry_time : none);
}

void
repeat_key_first(const struct repeat_key *key, bool own_id,
    uint8_t id[DIGEST_SHA256_SIZE])
{
	const char *array = update_array_name(key->array);
	struct span values[PARTS], parts[2 * PARTS];
	char numbers[PARTS][DECIMAL_SIZE + 1];
	size_t count = 0, i;

	values[count++] = key->endpoint;
	values[count++] = or_null(key->object);
	values[count++] = key->entry_id;
	values[count++] = (struct span){ array, strlen(array) };
	values[count++] = key->time;
	values[count++] = key->bytes;
	if (key->array >= UPDATE_MESSAGES)
		values[count++] = or_null(key->field);
	if (update_array_is_whatsapp(key->array) && !own_id)
		values[count++] = or_null(key->value);
	for (i = 0; i < count; i++) {
		parts[2 * i] = decimal(values[i].length, numbers[i], true);
		parts[2 * i + 1] = values[i];
	}
	digest_sha256(parts, 2 * count, id);
}

void
repeat_key_next(const uint8_t first[DIGEST_SHA256_SIZE], size_t ordinal,
    uint8_t id[DIGEST_SHA256_SIZE])
{
	char number[DECIMAL_SIZE + 1];
	struct span parts[2];

	parts[0].bytes = (const char *)first;
	parts[0].length = DIGEST_SHA256_SIZE;
	parts[1] = decimal(ordinal, number, false);
	digest_sha256(parts, 2, id);
}

void
repeat_body_key(struct span endpoint, struct span *parts, size_t pieces,
    uint8_t key[DIGEST_SHA256_SIZE])
{
	parts[0] = endpoint;
	parts[1] = (struct span){ "", 1 };
	digest_sha256(parts, pieces + 2, key);
}
