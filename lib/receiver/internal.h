/*
 * internal: what the receiver's files share.
 *
 *   receiver.c   the story: what happens to a request, and in which order
 *   setup.c      its means: configuration, keys, the journal's folder
 *   lifetime.c   the sandbox, and when the process has to end
 *   get.c        the plain GET, and Meta's verification request
 *   post.c       a notification, until it may be stored
 *   answers.c    the answers, and refusals
 *   gather.c     the deliveries that wait to be stored together
 *   report.c     what is counted, and said in the log
 *   hint.c       why a signature may have been wrong
 *
 * The story calls the others. None of them calls it back, answers a request or
 * stores anything.
 */
#ifndef HOOKLINE_RECEIVER_INTERNAL_H
#define HOOKLINE_RECEIVER_INTERNAL_H

#include "receiver/receiver.h"

#include "auth/signature.h"
#include "base/buffer.h"
#include "base/sandbox.h"
#include "config/follow.h"
#include "http/response.h"
#include "journal/counters.h"
#include "journal/journal.h"
#include "journal/trouble.h"
#include "payload/notification.h"
#include "payload/record.h"

#include <sys/stat.h>

#define BODY_KEEP ((size_t)1 << 20)	/* memory kept between requests */

/* setup.c */

struct setup {
	struct current *current;
	const struct config *config;	/* NULL: none in force, and */
	enum config_status status;	/* this is why */
	struct signature_keys **keys;	/* one for each of its endpoints */
	size_t key_count;
	char *directory;	/* the journal's; stays while there is no
				 * configuration: refusals are counted */
	struct counters *counters;	/* its counters; may be NULL */
	struct journal *journal;	/* NULL until something is stored */
	struct trouble trouble;		/* why nothing can be stored */
	bool cgi;			/* one request, then the end */
	bool warned;			/* of sync = false */
};

/* Looks for nothing yet. False when memory is short. */
bool setup_begin(struct setup *setup, const struct receiver_start *start);
void setup_end(struct setup *setup);

/* Whether it has to be loaded for a request with this document root; NULL: no
 * request has come yet. */
bool setup_is_stale(const struct setup *setup, const char *document_root);

/* Looks for the configuration anew. The old one, and all that points into it,
 * is gone afterwards; the journal is closed. */
void setup_load(struct setup *setup, const char *document_root,
    const char *script_filename);

/* What the configuration says of the journal. */
struct journal_options setup_journal_options(struct setup *setup);

/* Opens the journal, and makes its folder, where that has not been done or
 * another folder is in its place by now. */
enum error setup_open_journal(struct setup *setup);

/* The key by which the journal finds repeats: of a record's endpoint, its
 * repeat_key or id, and its origin where that is a part of it, else absent. */
void setup_key(struct span endpoint, struct span id, struct span origin,
    uint8_t key[JOURNAL_KEY_SIZE]);

/* What the rule for repeats (payload/repeat.h) means for the journal. */
enum journal_repeat setup_repeat(enum repeat repeat);

/* answers.c */

#define ANSWER_BODY_MAX 288	/* bytes, with the NUL */
#define ANSWER_MAX (RESPONSE_HEAD_MAX + ANSWER_BODY_MAX)

struct answer {
	int status;		/* 200, 400, 401, 403, 404, 405, 413, 503 */
	char body[ANSWER_BODY_MAX];	/* "ok\n" */
};

/* A status with `text` as the whole body, nothing added; what is too long is
 * cut. For the challenge. */
void answer_text(struct answer *answer, int status, const char *text);

/* A status with a word and a newline as the body. */
void answer_word(struct answer *answer, int status, const char *word);

/* A status with the word that the table of answers gives it; 200 is "ok". One
 * that the table does not have becomes 503, here as in answer_format(). */
void answer_status(struct answer *answer, int status);

/*
 * Writes the head and, unless `head_only`, the body; 405 has Allow, and 503 has
 * Retry-After. Returns the bytes written; a NUL follows them.
 */
size_t answer_format(const struct answer *answer, bool head_only,
    char out[ANSWER_MAX]);

/* A request on its way through the stages: get.c, post.c */

/* The body that is read at the moment; its memory is used again. */
struct body {
	struct buffer bytes;
	struct notification *notification;	/* what it says */
};

#define PEER_MAX 128		/* more than a Unix socket's name has */
#define NO_SECRET SIZE_MAX

struct delivery {
	const struct exchange *exchange;
	const struct request *request;	/* the exchange's */
	struct setup *setup;		/* in force until it is answered */
	const struct endpoint *endpoint; /* NULL: none has its path */
	struct body *body;		/* its own until it is kept */
	struct answer answer;		/* set by stages that return 200 */
	char signature[SIGNATURE_TEXT_MAX]; /* that matched, "" where none had
					 * to; or that was refused though
					 * well-formed */
	bool sha1;			/* refused: only X-Hub-Signature came */
	struct span relayed;		/* its origin, where that is believed */
	char peer[PEER_MAX];		/* its address, for the log */
	size_t secret;			/* the place of the one that matched, or
					 * NO_SECRET */
	int64_t began;			/* when it came: clock_monotonic_us() */
	size_t first_record, end_record; /* its own ones among the gathered */
	bool repeat;			/* none of them was new */
	uint64_t bytes;			/* of the body, or announced */
	enum refusal refusal;		/* why, for the log */
	enum error error;		/* with REFUSAL_STORAGE: what failed */
};

/* Ends the request with a status, for a reason; returns the status. */
int delivery_refuse(struct delivery *delivery, int status,
    enum refusal refusal);

/* Ends it with 503, since something failed. */
int delivery_fail(struct delivery *delivery, enum error error);

/* Stages: 0, or the HTTP status that ends the request. After post_check(), 0
 * says that the notification may be stored. */
struct lifetime;
int get_answer(struct delivery *delivery, const struct lifetime *lifetime);
int post_check(struct delivery *delivery);

/* gather.c */

struct gather {			/* all zero: nothing waits */
	struct delivery kept[EXCHANGES_MAX];
	size_t count;
	struct record_batch batch;
	struct buffer records;	/* a struct journal_record for each tail of the
				 * batch, without that */
	struct buffer merged;	/* a struct merged for each tail that was left
				 * out, as another delivery brought the same */
};

struct merged {
	size_t delivery;	/* its place among those that are kept */
	size_t record;		/* what it repeats: a place in `records` */
};

enum gathered {
	GATHER_KEPT,
	GATHER_NO_ROOM,		/* together with those that wait it would make
				 * a file larger than rotate_size: settle them
				 * first. Never where none wait. */
	GATHER_FAILED		/* the delivery's `error` says why */
};

/* Makes a delivery's records, but for those that are among the others already,
 * and keeps a copy of it; unless it is kept, nothing is changed. */
enum gathered gather_add(struct gather *gather, struct delivery *delivery);

/* Whether those that wait have to be settled before another one comes. */
bool gather_is_full(const struct gather *gather);

/* All records, ready for the journal; they point into the gather. */
struct journal_record *gather_records(struct gather *gather, size_t *count);

/* They have been stored: tells each delivery whether it was a repeat. */
void gather_mark_repeats(struct gather *gather);

/*
 * Walks through the repeats among what was stored; `*at` is 0 at first. Hands
 * out the delivery that brought one, and the seq of the record that it repeats;
 * false after the last one.
 */
bool gather_next_repeat(const struct gather *gather, size_t *at,
    const struct delivery **delivery, uint64_t *seq);

/* Forgets deliveries and records. */
void gather_clear(struct gather *gather);
void gather_free(struct gather *gather);

/* lifetime.c */

/* Times are clock_monotonic_ms()'s. */
struct lifetime {
	bool unit;		/* systemd started it, or --listen */
	pid_t parent;		/* when it began */
	char *program;		/* its path; NULL: not known */
	struct stat program_was;
	bool confined;		/* the sandbox has been entered */
	struct sandbox sandbox;
	struct stat folder_was;	/* the journal's, at that time */
	int64_t started, looked;
	const char *ending;	/* why it has to end, a constant; or NULL */
	int64_t end;		/* with `ending` */
	const char *said;	/* the reason that was logged last */
};

/* Takes down when the process began, and with which program. */
void lifetime_begin(struct lifetime *lifetime);
void lifetime_free(struct lifetime *lifetime);

/*
 * Enters the sandbox, once the journal's folder is there, for good: gives up
 * all files but the journal's, the log, and those beside the configuration's,
 * which have to be read again when they change. True the one time when it does
 * so and the kernel lacks some of it.
 */
bool lifetime_confine(struct lifetime *lifetime, const struct setup *setup);

/* Why the sandbox does not allow what is needed any more, a constant; NULL: it
 * does. */
const char *lifetime_bounds(const struct lifetime *lifetime,
    const struct setup *setup);

/* Whether that is so; then the process has to end. Never with CGI. */
bool lifetime_look_at_bounds(struct lifetime *lifetime,
    const struct setup *setup);

/* A newer version of the program works with the journal. */
void lifetime_outdated(struct lifetime *lifetime, const struct setup *setup);

/* As receiver_rest(). */
int lifetime_rest(struct lifetime *lifetime, const struct setup *setup);

/* hint.c */

#define HINT_TEXT_MAX 320	/* the log cuts it after 256 */

/*
 * A refusal for its signature whose line waits until all have their answers: so
 * a sender cannot see whether one is looked for, nor how long that took.
 */
struct hint {			/* all zero: none waits */
	bool waits;
	struct delivery delivery; /* its exchange is over by then */
	struct buffer body;	/* a copy, and a newline after it */
	size_t length;		/* without that */
	unsigned macs;		/* how many more may be tried */
	char text[HINT_TEXT_MAX];
};

/* Whether a hint is to be looked for; copies what that takes. Of all refusals
 * of one second one is chosen. */
bool hint_take(struct hint *hint, const struct delivery *delivery);

/* Looks for it, once `waits`: "secret-of:NAME" and so on (hookline(8)), good
 * until the next one; NULL: there is none. */
const char *hint_find(struct hint *hint);

void hint_free(struct hint *hint);

/* report.c */

/* What is true all the time is said once an hour at most. */
enum hourly {
	HOURLY_SANDBOX,		/* what the kernel lacks of it */
	HOURLY_SECRETS,		/* weak ones, and tokens */
	HOURLY_KINDS
};

struct report {
	int own_file;		/* the program, under CGI; else -1 */
	struct hint hint;	/* see report_hinted() */
	bool due[HOURLY_KINDS];	/* to be said, if nobody has */
	bool told[HOURLY_KINDS]; /* by this process, for itself alone */
};

/* Opens the program's own file while the sandbox allows that. */
void report_begin(struct report *report, bool cgi);
void report_end(struct report *report);

/* Counts what became of a request, and logs a refusal unless there are too many
 * of them. The line of one that is to have a hint has to wait. */
void report_request(struct report *report, const struct delivery *delivery,
    int status);

/* Logs each repeat, now that it is durable, unless there are too many. */
void report_repeats(const struct report *report, const struct gather *gather);

/* Logs the refusal that waits, if one does, with its hint: for when all have
 * been answered, and before the setup changes. */
void report_hinted(struct report *report);

/*
 * Says in the log what is due, where no process has said it within the hour.
 * Where the journal's folder cannot be had, a process that goes on says it
 * once; a CGI process, which would say it at each request, never does. May make
 * the file that the processes share, so it is for after a POST is answered: a
 * GET must make nothing.
 */
void report_due(struct report *report, const struct setup *setup,
    const struct sandbox *sandbox);

#endif
