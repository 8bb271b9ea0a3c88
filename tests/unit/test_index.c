#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "journal/index.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
	char directory[64];
	struct index_root root;
	struct folder folder;
	struct index index;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char path[80];

	assert_non_null(f);
	strcpy(f->directory, "/tmp/hookline-index.XXXXXX");
	assert_non_null(mkdtemp(f->directory));
	snprintf(path, sizeof path, "%s/.state", f->directory);
	assert_int_equal(mkdir(path, 0750), 0);
	f->folder.fd = open(f->directory, O_RDONLY | O_DIRECTORY);
	f->folder.path = f->directory;
	f->folder.file_mode = 0640;
	f->index.folder = &f->folder;
	f->index.mapped = true;
	f->index.root = &f->root;
	f->root.first = 1;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	char command[128];

	index_detach(&f->index);
	close(f->folder.fd);
	snprintf(command, sizeof command, "rm -rf '%s'", f->directory);
	assert_int_equal(system(command), 0);
	free(f);
	return 0;
}

/* splitmix64: keys must look random, as digests do. */
static void
make_key(uint64_t n, uint8_t key[INDEX_KEY_SIZE])
{
	for (int i = 0; i < 2; i++) {
		uint64_t z = (n * 2 + (uint64_t)i + 1) * 0x9e3779b97f4a7c15;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
		z = (z ^ z >> 27) * 0x94d049bb133111eb;
		z ^= z >> 31;
		memcpy(key + 8 * i, &z, 8);
	}
}

static void
insert_key(struct fixture *f, const uint8_t key[INDEX_KEY_SIZE], uint64_t n,
    uint32_t time)
{
	assert_int_equal(index_reserve(&f->index, 1, n), ERR_NONE);
	assert_int_equal(index_insert(&f->index, key, time, n), ERR_NONE);
}

static void
insert(struct fixture *f, uint64_t n, uint32_t time)
{
	uint8_t key[INDEX_KEY_SIZE];

	make_key(n, key);
	insert_key(f, key, n, time);
}

/* Checks that a key is missing, or present with this seq. */
static enum error
find_key(struct fixture *f, const uint8_t key[INDEX_KEY_SIZE], uint64_t n,
    uint32_t oldest)
{
	uint64_t seq = 99;
	enum error error = index_find(&f->index, key, oldest, &seq);

	if (error == ERR_NONE && seq == 0)
		return ERR_MISSING;
	if (error == ERR_NONE)
		assert_int_equal(seq, n);
	return error;
}

static enum error
find(struct fixture *f, uint64_t n, uint32_t oldest)
{
	uint8_t key[INDEX_KEY_SIZE];

	make_key(n, key);
	return find_key(f, key, n, oldest);
}

static uint64_t
disk_use(const struct fixture *f)
{
	uint64_t bytes = 0;

	for (uint32_t i = f->root.first; i <= f->root.last; i++) {
		struct stat status;
		char path[96];

		snprintf(path, sizeof path, "%s/.state/index-%08x",
		    f->directory, i);
		assert_int_equal(stat(path, &status), 0);
		bytes += (uint64_t)status.st_blocks * 512;
	}
	return bytes;
}

static void
an_empty_index_finds_nothing(void **state)
{
	assert_int_equal(find(*state, 1, 1), ERR_MISSING);
}

static void
finds_what_was_inserted(void **state)
{
	struct fixture *f = *state;

	for (uint64_t n = 1; n <= 50000; n++)
		insert(f, n, 100);
	for (uint64_t n = 1; n <= 50000; n++)
		assert_int_equal(find(f, n, 1), ERR_NONE);
	for (uint64_t n = 50001; n <= 60000; n++)
		assert_int_equal(find(f, n, 1), ERR_MISSING);
}

static void
a_new_index_is_small(void **state)
{
	struct fixture *f = *state;

	insert(f, 1, 100);
	assert_true(disk_use(f) <= 200 * 1024);
}

static void
takes_at_most_64_bytes_an_id_above_20000(void **state)
{
	struct fixture *f = *state;

	for (uint64_t n = 1; n <= 300000; n++) {
		insert(f, n, 100);
		if (n >= 20000 && n % 1000 == 0)
			assert_true(disk_use(f) <= 64 * n);
	}
}

static void
stays_small_in_a_steady_state(void **state)
{
	struct fixture *f = *state;
	enum { ALIVE = 60000 };

	for (uint64_t n = 1; n <= 6 * ALIVE; n++) {
		insert(f, n, (uint32_t)(1000 + n));
		if (n > ALIVE)
			index_expire(&f->index, (uint32_t)(1000 + n - ALIVE));
		if (n > ALIVE && n % 1000 == 0)
			assert_true(disk_use(f) <= 64 * ALIVE);
	}
	assert_int_equal(find(f, 6 * ALIVE, 1), ERR_NONE);
}

static void
expired_entries_are_not_found(void **state)
{
	struct fixture *f = *state;

	insert(f, 1, 100);
	insert(f, 2, 200);
	assert_int_equal(find(f, 1, 101), ERR_MISSING);
	assert_int_equal(find(f, 1, 100), ERR_NONE);
	assert_int_equal(find(f, 2, 101), ERR_NONE);
}

static void
an_expired_entry_can_come_back(void **state)
{
	struct fixture *f = *state;
	uint8_t key[INDEX_KEY_SIZE];
	uint64_t seq;

	insert(f, 1, 100);
	make_key(1, key);
	assert_int_equal(index_insert(&f->index, key, 300, 9), ERR_NONE);
	assert_int_equal(index_find(&f->index, key, 200, &seq), ERR_NONE);
	assert_int_equal(seq, 9);
}

static void
forgets_entries_above_a_seq(void **state)
{
	struct fixture *f = *state;

	for (uint64_t n = 1; n <= 5000; n++)
		insert(f, n, 100);
	assert_int_equal(index_forget(&f->index, 3000), ERR_NONE);
	for (uint64_t n = 1; n <= 5000; n++)
		assert_int_equal(find(f, n, 1),
		    n <= 3000 ? ERR_NONE : ERR_MISSING);
	for (uint64_t n = 3001; n <= 5000; n++)
		insert(f, n, 100);
	for (uint64_t n = 1; n <= 5000; n++)
		assert_int_equal(find(f, n, 1), ERR_NONE);
}

static void
the_highest_seq_of_a_key_counts(void **state)
{
	struct fixture *f = *state;
	uint8_t key[INDEX_KEY_SIZE];
	uint64_t seq;

	make_key(1, key);
	for (uint64_t n = 1; n <= 9; n++)
		insert_key(f, key, n, 400 - (uint32_t)n);
	assert_int_equal(find_key(f, key, 9, 1), ERR_NONE);
	/* It is too old, and no earlier record takes its place. */
	assert_int_equal(index_find(&f->index, key, 395, &seq), ERR_NONE);
	assert_int_equal(seq, 0);
	/* However often the key occurs, it takes only two places. */
	assert_int_equal(f->index.tables[0]->head->count, 2);
	/* These are the places of the last two. */
	assert_int_equal(index_forget(&f->index, 8), ERR_NONE);
	assert_int_equal(find_key(f, key, 8, 1), ERR_NONE);
}

/* Once within one table, once across two. */
static void
forgotten_entries_hide_nothing(void **state)
{
	struct fixture *f = *state;
	uint8_t one[INDEX_KEY_SIZE], two[INDEX_KEY_SIZE];

	make_key(1, one);
	make_key(2, two);
	insert_key(f, one, 1, 100);
	insert_key(f, two, 2, 100);
	insert_key(f, one, 3, 200);
	assert_int_equal(index_reserve(&f->index, TABLE_SLOTS_MIN, 4),
	    ERR_NONE);
	insert_key(f, two, 4, 300);
	assert_int_equal(f->index.count, 2);
	assert_int_equal(find_key(f, one, 3, 1), ERR_NONE);
	assert_int_equal(find_key(f, two, 4, 1), ERR_NONE);
	assert_int_equal(index_forget(&f->index, 2), ERR_NONE);
	assert_int_equal(find_key(f, one, 1, 1), ERR_NONE);
	assert_int_equal(find_key(f, two, 2, 1), ERR_NONE);
	insert_key(f, one, 3, 400);
	assert_int_equal(find_key(f, one, 3, 350), ERR_NONE);
}

/* The process that made it died before it wrote an entry or a line. */
static void
an_empty_table_hides_nothing(void **state)
{
	struct fixture *f = *state;

	insert(f, 1, 100);
	assert_int_equal(index_reserve(&f->index, TABLE_SLOTS_MIN, 2),
	    ERR_NONE);
	assert_int_equal(f->index.count, 2);
	assert_int_equal(find(f, 1, 1), ERR_NONE);
}

static void
another_view_follows(void **state)
{
	struct fixture *f = *state;
	struct index other = f->index;

	for (uint64_t n = 1; n <= 100000; n++)
		insert(f, n, (uint32_t)n);
	assert_int_equal(index_follow(&other), ERR_NONE);
	assert_int_equal(other.count, f->index.count);
	index_expire(&f->index, 80000);
	assert_true(f->index.count < other.count);
	assert_int_equal(index_follow(&other), ERR_NONE);
	assert_int_equal(other.count, f->index.count);
	index_detach(&other);
}

static void
a_lost_table_is_noticed(void **state)
{
	struct fixture *f = *state;
	char path[96];

	insert(f, 1, 100);
	index_detach(&f->index);
	snprintf(path, sizeof path, "%s/.state/index-%08x", f->directory,
	    f->root.first);
	assert_int_equal(truncate(path, 4096), 0);
	assert_int_equal(index_follow(&f->index), ERR_DAMAGED);
	unlink(path);
	assert_int_equal(index_follow(&f->index), ERR_DAMAGED);
}

/* Overwrites part of the first table with garbage. */
static void
overwrite(const struct fixture *f, off_t from, off_t to)
{
	char path[96];
	int fd;

	snprintf(path, sizeof path, "%s/.state/index-%08x", f->directory,
	    f->root.first);
	fd = open(path, O_WRONLY);
	for (; from < to; from++)
		assert_int_equal(pwrite(fd, "\xa5", 1, from), 1);
	close(fd);
}

#define SLOTS_AT ((off_t)sizeof(struct table_head))
#define TAGS_AT (SLOTS_AT + TABLE_SLOTS_MIN * \
    (off_t)sizeof(struct table_slot))

static void
garbage_in_slots_is_not_an_entry(void **state)
{
	struct fixture *f = *state;

	insert(f, 1, 100);
	overwrite(f, SLOTS_AT, TAGS_AT);
	assert_int_equal(find(f, 1, 1), ERR_MISSING);
	assert_int_equal(find(f, 77, 1), ERR_MISSING);
	insert(f, 1, 100);
	insert(f, 77, 100);
	assert_int_equal(find(f, 1, 1), ERR_NONE);
	assert_int_equal(find(f, 77, 1), ERR_NONE);
}

static void
a_table_without_a_free_slot_is_noticed(void **state)
{
	struct fixture *f = *state;

	insert(f, 1, 100);
	overwrite(f, TAGS_AT, TAGS_AT + TABLE_SLOTS_MIN);
	assert_int_equal(find(f, 77, 1), ERR_DAMAGED);
}

/* Leaves a slot as a process does that is killed between tag and word. */
static void
a_tag_without_a_word_is_not_an_entry(void **state)
{
	struct fixture *f = *state;
	uint8_t key[INDEX_KEY_SIZE];
	struct table_probe probe, next;

	insert(f, 1, 100);
	make_key(2, key);
	assert_int_equal(table_search(f->index.tables[0], key, &probe),
	    ERR_NONE);
	insert(f, 2, 100);
	f->index.tables[0]->slots[probe.at].word = 0;
	assert_int_equal(find(f, 2, 1), ERR_MISSING);
	assert_int_equal(table_search(f->index.tables[0], key, &next),
	    ERR_NONE);
	assert_int_not_equal(next.at, probe.at);
	insert(f, 2, 100);
	assert_int_equal(find(f, 2, 1), ERR_NONE);
}

/* Makes keys whose first `count` bytes all equal `byte`. */
static void
insert_alike(struct fixture *f, uint64_t last, int byte, size_t count)
{
	uint8_t key[INDEX_KEY_SIZE];
	uint64_t n;

	for (n = 1; n <= last; n++) {
		make_key(n, key);
		memset(key, byte, count);
		assert_int_equal(find_key(f, key, n, 1), ERR_MISSING);
		insert_key(f, key, n, 100);
	}
	for (n = 1; n <= last; n++) {
		make_key(n, key);
		memset(key, byte, count);
		assert_int_equal(find_key(f, key, n, 1), ERR_NONE);
	}
}

/* All keys have the same tag, and their search begins at the same place. */
static void
similar_keys_are_distinguished(void **state)
{
	insert_alike(*state, 1000, 0, 5);
}

/* A search continues at the beginning of the table. */
static void
the_last_place_is_followed_by_the_first(void **state)
{
	insert_alike(*state, 100, 0xff, 4);
}

static void
works_without_a_map(void **state)
{
	struct fixture *f = *state;

	f->index.mapped = false;
	for (uint64_t n = 1; n <= 5000; n++)
		insert(f, n, 100);
	assert_int_equal(index_flush(&f->index), ERR_NONE);
	index_detach(&f->index);
	f->index.mapped = true;
	assert_int_equal(index_follow(&f->index), ERR_NONE);
	for (uint64_t n = 1; n <= 5000; n++)
		assert_int_equal(find(f, n, 1), ERR_NONE);
	assert_int_equal(find(f, 5001, 1), ERR_MISSING);
}

/* Otherwise a kill between entry and bounds would leave an entry that
 * index_forget() does not see. */
static void
no_entry_is_above_the_bounds(void **state)
{
	struct fixture *f = *state;
	const struct rlimit head_only = { sizeof(struct table_head),
	    RLIM_INFINITY }, all = { RLIM_INFINITY, RLIM_INFINITY };
	uint8_t key[INDEX_KEY_SIZE];

	f->index.mapped = false;
	insert(f, 1, 100);
	make_key(2, key);
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &head_only), 0);
	assert_int_not_equal(index_insert(&f->index, key, 200, 2), ERR_NONE);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	index_detach(&f->index);
	assert_int_equal(index_follow(&f->index), ERR_NONE);
	assert_int_equal(f->index.tables[0]->head->last_seq, 2);
	assert_int_equal(f->index.tables[0]->head->last_time, 200);
}

static void
a_batch_gets_room_at_once(void **state)
{
	struct fixture *f = *state;

	insert(f, 1, 100);
	assert_int_equal(index_reserve(&f->index, 40000, 2), ERR_NONE);
	for (uint64_t n = 2; n <= 40001; n++)
		insert(f, n, 100);
	assert_int_equal(f->index.count, 2);
	assert_int_equal(index_reserve(&f->index, SIZE_MAX / 2, 2), ERR_FULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_index_finds_nothing),
		TEST(finds_what_was_inserted),
		TEST(a_new_index_is_small),
		TEST(takes_at_most_64_bytes_an_id_above_20000),
		TEST(stays_small_in_a_steady_state),
		TEST(expired_entries_are_not_found),
		TEST(an_expired_entry_can_come_back),
		TEST(forgets_entries_above_a_seq),
		TEST(the_highest_seq_of_a_key_counts),
		TEST(forgotten_entries_hide_nothing),
		TEST(an_empty_table_hides_nothing),
		TEST(another_view_follows),
		TEST(a_lost_table_is_noticed),
		TEST(garbage_in_slots_is_not_an_entry),
		TEST(a_table_without_a_free_slot_is_noticed),
		TEST(a_tag_without_a_word_is_not_an_entry),
		TEST(similar_keys_are_distinguished),
		TEST(the_last_place_is_followed_by_the_first),
		TEST(works_without_a_map),
		TEST(no_entry_is_above_the_bounds),
		TEST(a_batch_gets_room_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
