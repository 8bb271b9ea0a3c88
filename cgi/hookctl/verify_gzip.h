/*
 * verify_gzip: reads a compressed file (RFC 1952) and notices all damage to the
 * data, the checksum and the length, and bytes after the end. zlib alone does
 * not look at all bits of the header and of the padding.
 *
 * In a header, a single bit that differs from what hookline writes is damage.
 * Headers that differ more come from another program, and are accepted.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_GZIP_H
#define HOOKLINE_HOOKCTL_VERIFY_GZIP_H

#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

struct gunzip;

/* Reads from `fd`, which the caller closes. NULL if memory runs out. */
struct gunzip *gunzip_new(int fd);
void gunzip_free(struct gunzip *gunzip);

/* A line_reader_source for the text; `context` is the struct gunzip. On -1, see
 * the next two functions. */
ssize_t gunzip_read(void *context, void *bytes, size_t length);

/* What is damaged. NULL if reading itself failed, for which errno was set. */
const char *gunzip_damage(const struct gunzip *gunzip);

/* How much of the file has been read, in bytes: the damage is near this
 * place. */
uint64_t gunzip_offset(const struct gunzip *gunzip);

#endif
