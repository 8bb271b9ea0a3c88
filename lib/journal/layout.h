/*
 * layout: the journal's folder on one page.
 *
 *   name                               written by   may it be deleted?
 *
 *   notifications.jsonl                journal.c    no: it is the log
 *   archive/
 *     notifications-SEQ-TIME.jsonl     rotate.c     by retention; a rebuild
 *     notifications-SEQ-TIME.jsonl.gz  compress.c   then does not know its ids
 *     notifications-SEQ-TIME.jsonl.cut distrust.c   yes, it is for people
 *   .state/                                         all of it, at any time
 *     shared                           state.c      yes, it is rebuilt
 *     shared.new                       state.c      yes, left after a kill
 *     index-NUMBER                     table.c      yes, it is rebuilt
 *     next                             live.c       yes, left after a kill
 *     lock                             append_lock  yes, it is always empty
 *     compress                         compress.c   yes, it is always empty
 *     compress.gz                      compress.c   yes, left after a kill
 *     counters                         counters     yes, counting starts over
 *     counters.new, counters.aside     counters     yes, left after a kill
 *     relays                           relays.c     yes, its counts start over
 *     NAME.NUMBER                      folder.c     yes, a folder that was in
 *                                                   the way at NAME
 *   relay/
 *     id                               relay_id.c   no: others know the journal
 *                                                   by it (32 hex digits)
 *     id.new                           relay_id.c   yes, left after a kill
 *     lock                             the relay    while it does not run
 *     NAME.cursor                      the relay    no: it would send all again
 *     NAME.cursor.new                  the relay    yes, left after a kill
 *     NAME.cursor.lock                 the relay    while it does not run
 *     NAME.dead.jsonl                  the relay    once you have seen to it
 *
 * SEQ is the seq of the file's first record, in 12 digits or more. TIME says
 * when that record was received, in UTC and whole seconds. So the names sort as
 * the records do.
 */
#ifndef HOOKLINE_JOURNAL_LAYOUT_H
#define HOOKLINE_JOURNAL_LAYOUT_H

#define SEGMENT_LIVE "notifications.jsonl"
#define SEGMENT_ARCHIVE "archive"
#define SEGMENT_PREFIX "notifications-"
#define SEGMENT_SUFFIX ".jsonl"
#define SEGMENT_GZIP_SUFFIX ".jsonl.gz"
#define SEGMENT_CUT_SUFFIX ".cut"	/* follows the file's name */

#define SEGMENT_STATE ".state"
#define SHARED_NAME SEGMENT_STATE "/shared"
#define SHARED_NEW SEGMENT_STATE "/shared.new"
#define TABLE_PREFIX "index-"		/* in .state/, before 8 hex digits */
#define NEXT_NAME SEGMENT_STATE "/next"
#define LOCK_NAME SEGMENT_STATE "/lock"
#define COMPRESS_LOCK SEGMENT_STATE "/compress"
#define COMPRESS_TEMP SEGMENT_STATE "/compress.gz"
#define RELAYS_NAME SEGMENT_STATE "/relays"
#define RELAY_FOLDER "relay"
#define RELAY_ID RELAY_FOLDER "/id"
#define RELAY_ID_NEW RELAY_FOLDER "/id.new"
#define RELAY_LOCK RELAY_FOLDER "/lock"
#define RELAY_CURSOR ".cursor"
#define RELAY_DEAD ".dead.jsonl"

#define COUNTERS_FOLDER SEGMENT_STATE
#define COUNTERS_NAME SEGMENT_STATE "/counters"
#define COUNTERS_FILE "counters"	/* this and the next two in .state/ */
#define COUNTERS_NEW "counters.new"
#define COUNTERS_ASIDE "counters.aside"

#endif
