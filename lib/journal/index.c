#include "journal/index.h"

#include "base/clock.h"

#include <sys/mman.h>

#include <string.h>

#define ROUNDS_UNMAPPED 4
#define EPOCH (1u << 30)	/* added to times, so that none is negative */

uint32_t
index_now(void)
{
	return EPOCH + clock_boot_seconds();
}

static struct table *
newest(const struct index *index)
{
	return index->tables[index->count - 1];
}

static void
close_first(struct index *index)
{
	table_close(index->tables[0]);
	index->count--;
	memmove(index->tables, index->tables + 1,
	    index->count * sizeof index->tables[0]);
}

enum error
index_map(struct index *index)
{
	enum error error = ERR_NONE;
	size_t i;

	for (i = 0; index->mapped && error == ERR_NONE && i < index->count;
	    i++)
		error = table_map(index->tables[i]);
	return error;
}

/*
 * A full table is only read, and at first with pread(2): a CGI process looks
 * into each of them once, and a map with its page faults would cost twice as
 * much. A process that comes here again maps them.
 */
static enum error
map_later(struct index *index)
{
	if (++index->rounds <= ROUNDS_UNMAPPED)
		return ERR_NONE;
	index->rounds = ROUNDS_UNMAPPED;
	return index_map(index);
}

enum error
index_follow(struct index *index)
{
	const struct index_root *root = index->root;
	uint32_t wanted = root->last - root->first + 1;

	if (wanted > INDEX_TABLES_MAX)
		return ERR_DAMAGED;
	while (index->count > 0 && index->tables[0]->own.number != root->first)
		close_first(index);
	while (index->count < wanted) {
		uint32_t number = root->first + (uint32_t)index->count;
		enum error error = table_open(index->folder, number,
		    index->mapped && number == root->last,
		    &index->tables[index->count]);

		if (error != ERR_NONE)
			return error;
		index->count++;
	}
	return map_later(index);
}

enum error
index_find(const struct index *index, const uint8_t key[INDEX_KEY_SIZE],
    uint32_t oldest, uint64_t *seq)
{
	size_t i;

	*seq = 0;
	for (i = 0; i < index->count; i++)
		table_prefetch(index->tables[i], key);
	/* A key that came again may be in two tables; the newest counts. */
	for (i = index->count; i-- > 0; ) {
		const struct table *table = index->tables[i];
		struct table_probe probe;
		enum error error;

		if (!table_ok(table))
			return ERR_DAMAGED;
		/* It has no entry yet: its maker died, or had no room. */
		if (table->head->last_time == 0)
			continue;
		if (table->head->last_time < oldest)
			break;
		error = table_search(table, key, &probe);
		if (error != ERR_NONE)
			return error;
		if (probe.entries == 0)
			continue;
		if ((uint32_t)probe.newest.word >= oldest)
			*seq = table_seq(table, &probe.newest);
		break;
	}
	return ERR_NONE;
}

/*
 * How many ids a new table is for. While none has expired, it is three for
 * every four that there are, to keep the tables few. Later, all but one of the
 * oldest table's ids may have expired, and half of the others is enough.
 */
static uint64_t
next_room(const struct index *index)
{
	uint64_t ids = 0, oldest;
	size_t i;

	if (index->count == 0)
		return 0;
	for (i = 0; i < index->count; i++)
		ids += index->tables[i]->head->count;
	if (index->root->first == 1)
		return ids / 4 * 3;
	oldest = index->tables[0]->head->count;
	return (ids - oldest) / 2 > ids / 4 ? (ids - oldest) / 2 : ids / 4;
}

/* How many slots such a table has: 80 % of them are filled. */
static uint32_t
next_slots(const struct index *index, size_t count)
{
	uint64_t slots = next_room(index) / 4 * 5;

	if (slots > TABLE_SLOTS_MAX)
		slots = TABLE_SLOTS_MAX;
	if (slots < TABLE_SLOTS_MIN)
		slots = TABLE_SLOTS_MIN;
	if (slots < count * 2)
		slots = count * 2;
	return (uint32_t)slots;
}

/* Whether the newest table has room for `count` more entries from `seq` on. */
static bool
fits(const struct index *index, size_t count, uint64_t seq)
{
	const struct table_head *head;

	if (index->count == 0)
		return false;
	head = newest(index)->head;
	return head->count + count <= table_room(newest(index)) &&
	    seq >= head->base && seq + count - head->base < UINT32_MAX;
}

/* Each page of a new table costs a page fault. If all of it will be filled
 * soon, we take them all at once, which is cheaper. */
static void
touch_all(const struct table *table)
{
#ifdef MADV_POPULATE_WRITE
	if (table->slots != NULL)
		(void)madvise(table->head, table_size(table->own.slots),
		    MADV_POPULATE_WRITE);
#else
	(void)table;
#endif
}

enum error
index_reserve(struct index *index, size_t count, uint64_t seq)
{
	enum error error;

	if (fits(index, count, seq))
		return ERR_NONE;
	if (count > TABLE_SLOTS_MAX || index->count == INDEX_TABLES_MAX)
		return ERR_FULL;
	error = table_create(index->folder, index->root->last + 1,
	    index->mapped, next_slots(index, count), seq,
	    &index->tables[index->count]);
	if (error != ERR_NONE)
		return error;
	if (index->filling)
		touch_all(index->tables[index->count]);
	index->count++;
	index->root->last++;
	return ERR_NONE;
}

enum error
index_insert(struct index *index, const uint8_t key[INDEX_KEY_SIZE],
    uint32_t time, uint64_t seq)
{
	struct table *table = newest(index);
	struct table_slot slot;
	struct table_probe probe;
	enum error error;

	error = table_search(table, key, &probe);
	if (error != ERR_NONE)
		return error;
	/* Raise the head's bounds first: no entry may ever be above them. */
	if (table->head->last_time < time)
		table->head->last_time = time;
	if (table->head->last_seq < seq)
		table->head->last_seq = seq;
	atomic_signal_fence(memory_order_seq_cst);
	error = table_flush(table);
	if (error != ERR_NONE)
		return error;
	memcpy(slot.key, key, sizeof slot.key);
	slot.word = (seq - table->head->base + 1) << 32 | time;
	error = table_write(table, probe.at, &slot);
	if (error == ERR_NONE && probe.entries < 2)
		table->head->count++;
	return error;
}

enum error
index_forget(struct index *index, uint64_t seq)
{
	enum error error = ERR_NONE;
	size_t i;

	for (i = 0; error == ERR_NONE && i < index->count; i++)
		error = table_forget(index->tables[i], seq);
	return error;
}

/* One table at a time: the file system needs some milliseconds to remove 25 MB,
 * and after a quiet week all of them are due at once. */
void
index_expire(struct index *index, uint32_t oldest)
{
	uint32_t number = index->root->first;

	if (index->count < 2 || index->tables[0]->head->last_time >= oldest)
		return;
	/* Change the root first: a leftover file does no harm. */
	index->root->first++;
	atomic_signal_fence(memory_order_seq_cst);
	table_remove(index->folder, number);
	close_first(index);
}

enum error
index_flush(struct index *index)
{
	enum error error = ERR_NONE;
	size_t i;

	for (i = 0; error == ERR_NONE && i < index->count; i++)
		error = table_flush(index->tables[i]);
	return error;
}

bool
index_cut_short(const struct index *index)
{
	size_t i;

	for (i = 0; i < index->count; i++)
		if (table_cut_short(index->tables[i], index->folder))
			return true;
	return false;
}

void
index_detach(struct index *index)
{
	while (index->count > 0)
		table_close(index->tables[--index->count]);
}
