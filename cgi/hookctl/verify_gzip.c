#include "hookctl/verify_gzip.h"

#include "base/io.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define CHUNK ((size_t)128 * 1024)
#define HEADER 10		/* bytes of a header without a name */
#define FLAGS 3			/* the byte with its flags */
#define LEVEL 8			/* the byte that is 2 for best, 4 for fast */
#define GZIP_ONLY (15 + 16)	/* zlib's window bits for gzip alone */

struct gunzip {
	int fd;
	z_stream z;
	uint64_t offset;	/* where to read next */
	bool started, ended;
	const char *damage;
	unsigned char before;	/* the byte before `in`, for the padding */
	unsigned char in[CHUNK];
};

struct gunzip *
gunzip_new(int fd)
{
	struct gunzip *gunzip = calloc(1, sizeof *gunzip);

	if (gunzip == NULL)
		return NULL;
	gunzip->fd = fd;
	if (inflateInit2(&gunzip->z, GZIP_ONLY) == Z_OK)
		return gunzip;
	free(gunzip);
	return NULL;
}

void
gunzip_free(struct gunzip *gunzip)
{
	if (gunzip == NULL)
		return;
	(void)inflateEnd(&gunzip->z);
	free(gunzip);
}

/* Whether the header differs from hookline's by one bit. The marks of best and
 * fast compression, and the flag of a name, are single bits too, but no
 * damage. */
static bool
has_flipped_bit(const unsigned char *header)
{
	static const unsigned char ours[HEADER] = { 0x1f, 0x8b, 8, 0, 0, 0, 0,
		0, 0, 3 };
	unsigned bits = 0;
	size_t i;

	for (i = 0; i < HEADER; i++)
		bits += (unsigned)__builtin_popcount(header[i] ^ ours[i]);
	return bits == 1 && header[LEVEL] != 2 && header[LEVEL] != 4 &&
	    header[FLAGS] != 8;
}

/* Reads more of the file; false at its end, or on an error. */
static bool
fill(struct gunzip *gunzip)
{
	ssize_t got;

	if (gunzip->z.next_in != NULL && gunzip->offset > 0)
		gunzip->before = gunzip->z.next_in[-1];
	got = io_pread(gunzip->fd, gunzip->in, CHUNK, (off_t)gunzip->offset);
	if (got <= 0) {
		if (got == 0)
			gunzip->damage = "the file ends too early";
		return false;
	}
	gunzip->offset += (uint64_t)got;
	gunzip->z.next_in = gunzip->in;
	gunzip->z.avail_in = (unsigned)got;
	if (!gunzip->started && got >= HEADER &&
	    has_flipped_bit(gunzip->in)) {
		gunzip->damage = "a bit of its header is wrong";
		return false;
	}
	gunzip->started = true;
	return true;
}

/* Whether the bits between the last block and the end of its byte are zeros. */
static bool
padding_is_clean(const struct gunzip *gunzip)
{
	int unused = gunzip->z.data_type & 7;
	unsigned last = gunzip->z.next_in > gunzip->in ?
	    gunzip->z.next_in[-1] : gunzip->before;

	return unused == 0 || last >> (8 - unused) == 0;
}

/* Whether the file ends after the compressed data. */
static bool
is_end(struct gunzip *gunzip)
{
	char byte;

	return gunzip->z.avail_in == 0 && io_pread(gunzip->fd, &byte, 1,
	    (off_t)gunzip->offset) == 0;
}

/* Notes what inflate() returned; false if there is nothing more to read. */
static bool
go_on(struct gunzip *gunzip, int result)
{
	const int last_block_ended = 128 + 64;

	if (result == Z_STREAM_END) {
		gunzip->ended = true;
		if (!is_end(gunzip))
			gunzip->damage = "there are bytes after its end";
		return false;
	}
	if (result == Z_OK || result == Z_BUF_ERROR) {
		if ((gunzip->z.data_type & last_block_ended) !=
		    last_block_ended || padding_is_clean(gunzip))
			return true;
		gunzip->damage = "a bit after its last block is wrong";
	} else
		gunzip->damage = gunzip->z.msg != NULL ? gunzip->z.msg :
		    "its data is damaged";
	return false;
}

ssize_t
gunzip_read(void *context, void *bytes, size_t length)
{
	struct gunzip *gunzip = context;
	bool more = !gunzip->ended && gunzip->damage == NULL;
	size_t got;

	gunzip->z.next_out = bytes;
	gunzip->z.avail_out = (unsigned)length;
	while (more && gunzip->z.avail_out > 0) {
		if (gunzip->z.avail_in == 0 && !fill(gunzip))
			break;
		/* Z_BLOCK stops at the end of each block, for the padding. */
		more = go_on(gunzip, inflate(&gunzip->z, Z_BLOCK));
	}
	got = length - gunzip->z.avail_out;
	if (got > 0)
		return (ssize_t)got;
	return gunzip->ended && gunzip->damage == NULL ? 0 : -1;
}

const char *
gunzip_damage(const struct gunzip *gunzip)
{
	return gunzip->damage;
}

uint64_t
gunzip_offset(const struct gunzip *gunzip)
{
	return gunzip->offset - gunzip->z.avail_in;
}
