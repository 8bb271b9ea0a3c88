/*
 * archive: writes a journal with many records, without a receiver.
 *
 *   archive DIRECTORY COUNT
 *
 * Its files are what a receiver leaves: archive/ with files of 64 MB, the live
 * file, and a state that says that all of it is on disk, but no index. The
 * records have about 440 bytes; that of record N contains "number N", in 12 digits.
 */
#include "bench.h"

#include "base/buffer.h"
#include "base/digits.h"
#include "journal/segment.h"
#include "journal/shared.h"
#include "journal/stamp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEGMENT_BYTES ((size_t)64 << 20)
#define APART INT64_C(100000)	/* microseconds between records */
#define TAIL 380

static int64_t first_time;

static int64_t
time_of(uint64_t seq)
{
	return first_time + (int64_t)seq * APART;
}

static void
append(struct buffer *out, const void *bytes, size_t length)
{
	if (buffer_append(out, bytes, length) != ERR_NONE)
		bench_fail("memory");
}

static void
append_record(struct buffer *out, uint64_t seq)
{
	static const char head[] = "\"id\":\"0123456789abcdef0123456789abcdef"
	    "0123456789abcdef0123456789abcdef\",\"signature\":null,"
	    "\"endpoint\":\"/webhook\",\"object\":\"page\",\"payload\":{"
	    "\"object\":\"page\",\"entry\":[{\"id\":\"1\",\"text\":\""
	    "number ", end[] = "\"}]}}\n";
	char stamp[STAMP_MAX], tail[TAIL];

	append(out, stamp, stamp_write(seq, time_of(seq), stamp));
	memset(tail, 'x', sizeof tail);
	memcpy(tail, head, sizeof head - 1);
	decimal_write_fixed(seq, 12, tail + sizeof head - 1);
	memcpy(tail + sizeof tail - (sizeof end - 1), end, sizeof end - 1);
	append(out, tail, sizeof tail);
}

static void
write_file(int directory, const char *name, const void *bytes, size_t length)
{
	int fd = openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC, 0640);
	const char *p = bytes;

	if (fd == -1)
		bench_fail(name);
	while (length > 0) {
		ssize_t put = write(fd, p, length);

		if (put == -1)
			bench_fail(name);
		p += put;
		length -= (size_t)put;
	}
	close(fd);
}

static void
write_state(int directory, uint64_t count)
{
	struct shared shared;
	char file[SHARED_SIZE] = "";

	shared_init(&shared, 0);
	shared.rebuilding = 0;
	shared.appended = shared.durable = count;
	shared.next_seq = count + 1;
	memcpy(file, &shared, sizeof shared);
	if (mkdirat(directory, SEGMENT_STATE, 0750) == -1)
		bench_fail(SEGMENT_STATE);
	write_file(directory, SHARED_NAME, file, sizeof file);
}

/* Writes all files; the last one is the live one. */
static void
write_records(int directory, uint64_t count)
{
	struct buffer file = { 0 };
	struct segment segment = { .first_seq = 1, .first_time = time_of(1) };
	char path[SEGMENT_PATH_MAX];
	uint64_t seq;

	for (seq = 1; seq <= count; seq++) {
		append_record(&file, seq);
		if (file.length < SEGMENT_BYTES || seq == count)
			continue;
		segment_path(&segment, path);
		write_file(directory, path, file.bytes, file.length);
		file.length = 0;
		segment.first_seq = seq + 1;
		segment.first_time = time_of(seq + 1);
	}
	write_file(directory, SEGMENT_LIVE, file.bytes, file.length);
	buffer_free(&file);
}

int
main(int argc, char **argv)
{
	uint64_t count;
	int directory;

	if (argc != 3) {
		fputs("usage: archive DIRECTORY COUNT\n", stderr);
		return 2;
	}
	count = bench_number(argv[2]);
	if (mkdir(argv[1], 0755) == -1 && errno != EEXIST)
		bench_fail(argv[1]);
	directory = open(argv[1], O_RDONLY | O_DIRECTORY);
	if (directory == -1 || mkdirat(directory, SEGMENT_ARCHIVE, 0755) == -1)
		bench_fail(argv[1]);
	first_time = clock_now() - (int64_t)(count + 1) * APART;
	write_records(directory, count);
	write_state(directory, count);
	return 0;
}
