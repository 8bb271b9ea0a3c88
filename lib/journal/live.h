/*
 * live: the file at the live name, and what the state says about it. Others may
 * rename, cut or remove that file at any time, so each append looks at it
 * again.
 *
 * All calls are made under the append lock; live_read_tail(), live_replace()
 * and live_adopt() need the sync lock as well.
 */
#ifndef HOOKLINE_JOURNAL_LIVE_H
#define HOOKLINE_JOURNAL_LIVE_H

#include "base/error.h"
#include "journal/segment.h"

#include <sys/stat.h>

#include <stdbool.h>
#include <stdint.h>

struct journal;

/* Looks at the live name. ERR_MISSING only if nothing is there: no other
 * failure may make us put an empty file there. */
enum error live_stat(const struct journal *journal, struct stat *live);

/* Whether this is the file that the state calls live. */
bool live_is_ours(const struct journal *journal, const struct stat *live);

/* Opens the live file for appending, unless it is open already. ERR_BUSY:
 * somebody else has just put another file there. */
enum error live_open(struct journal *journal);
void live_close(struct journal *journal);

/* The last seq that was acknowledged, and must not get lost. */
uint64_t live_acknowledged(const struct journal *journal);

/* Reads into the index what others appended, and cuts off a torn tail, which
 * nobody can have acknowledged. */
enum error live_read_tail(struct journal *journal);

/* Makes the empty file that live_replace() will put in place. */
enum error live_prepare(const struct journal *journal);

/* Puts an empty file at the live name; ERR_IO if records would be lost. */
enum error live_replace(const struct journal *journal);

/* The newest rotated file; its first_seq is 0 if there is none. */
enum error live_predecessor(const struct journal *journal,
    struct segment *newest);

/*
 * Begins a new generation with the file that is at the live name now. First
 * makes that file and its name durable, since somebody else may have put it
 * there. Ids above the seq `keep` are forgotten; with `reuse`, their seqs are
 * used again.
 */
enum error live_adopt(struct journal *journal, uint64_t keep, bool reuse);

#endif
