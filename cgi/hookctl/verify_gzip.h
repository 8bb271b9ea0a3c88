/*
 * verify_gzip: reads a compressed file (RFC 1952) and notices all damage: to
 * the header, the data, the checksum, the length, and bytes after the end.
 *
 * Of a header that hookline wrote, one changed bit is found, too. Headers that
 * differ more are another program's, and accepted.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_GZIP_H
#define HOOKLINE_HOOKCTL_VERIFY_GZIP_H

#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

struct gunzip;

/* Reads from `fd`, which stays the caller's. NULL if memory runs out. */
struct gunzip *gunzip_new(int fd);
void gunzip_free(struct gunzip *gunzip);

/* A line_reader_source of the text; `context` is the struct gunzip. -1: see the
 * next two. */
ssize_t gunzip_read(void *context, void *bytes, size_t length);

/* What is damaged, or NULL: then reading failed, and errno said why. */
const char *gunzip_damage(const struct gunzip *gunzip);

/* How much of the file has been read, in bytes: about here is the damage. */
uint64_t gunzip_offset(const struct gunzip *gunzip);

#endif
