/* Unit tests for hookctl/verify_gzip.h: each changed bit of a compressed file is
 * noticed. */
#include "hookctl/verify_gzip.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "span_fixture.h"

#define TEXT 3000

static char text[TEXT];
static char path[] = "/tmp/hookline-gzip.XXXXXX";
static unsigned char packed[2 * TEXT];
static size_t packed_length;
static int fd;

/* Compresses a text as hookline does. */
static int
begin(void **state)
{
	gzFile gzip;
	size_t i;

	(void)state;
	for (i = 0; i < TEXT; i++)
		text[i] = (char)('a' + (i * i / 7) % 23);
	fd = mkstemp(path);
	gzip = gzdopen(dup(fd), "wb");
	if (fd == -1 || gzip == NULL || gzwrite(gzip, text, TEXT) != TEXT ||
	    gzclose(gzip) != Z_OK)
		return -1;
	packed_length = (size_t)pread(fd, packed, sizeof packed, 0);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	(void)close(fd);
	return unlink(path);
}

/* Reads these bytes as a file; true if they are whole and have the text. */
static bool
is_whole(const unsigned char *bytes, size_t length, const char *damage)
{
	struct gunzip *gunzip = gunzip_new(fd);
	char got[2 * TEXT];
	size_t have = 0;
	ssize_t more;
	bool whole;

	assert_non_null(gunzip);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, bytes, length, 0), length);
	while ((more = gunzip_read(gunzip, got + have, 700)) > 0)
		have += (size_t)more;
	whole = more == 0 && have == TEXT && memcmp(got, text, TEXT) == 0;
	if (more == -1)
		assert_non_null(gunzip_damage(gunzip));
	if (damage != NULL)
		assert_string_equal(gunzip_damage(gunzip), damage);
	gunzip_free(gunzip);
	return whole;
}

static void
reads_a_whole_file(void **state)
{
	(void)state;
	assert_true(is_whole(packed, packed_length, NULL));
}

/* But for two that say how hard the compressor tried. */
static void
notices_each_flipped_bit(void **state)
{
	size_t at;
	int bit;

	(void)state;
	for (at = 0; at < packed_length; at++)
		for (bit = 0; bit < 8; bit++) {
			packed[at] ^= (unsigned char)(1 << bit);
			if (is_whole(packed, packed_length, NULL) &&
			    !(at == 8 && (bit == 1 || bit == 2)))
				fail_msg("bit %d of byte %zu", bit, at);
			packed[at] ^= (unsigned char)(1 << bit);
		}
}

static void
notices_each_cut(void **state)
{
	size_t length;

	(void)state;
	for (length = 0; length < packed_length; length++)
		assert_false(is_whole(packed, length,
		    "the file ends too early"));
}

static void
notices_bytes_after_the_end(void **state)
{
	(void)state;
	assert_false(is_whole(packed, packed_length + 1,
	    "there are bytes after its end"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_whole_file),
		cmocka_unit_test(notices_each_flipped_bit),
		cmocka_unit_test(notices_each_cut),
		cmocka_unit_test(notices_bytes_after_the_end),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
