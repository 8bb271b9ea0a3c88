/*
 * internal: shared by the receiver's files.
 *
 *   receiver.c   the main path: what happens to a request, in order
 *   setup.c      what it works with: configuration, keys, the journal's folder
 *   key.c        the key by which the journal knows a record
 *   renew.c      the keys that lines of an older version have today
 *   lifetime.c   the sandbox, and when the process must end
 *   get.c        the plain GET, and Meta's verification request
 *   post.c       a notification, up to the point of storing it
 *   answers.c    the answers, and refusals
 *   gather.c     deliveries that wait to be stored together
 *   parked.c     deliveries that wait for a relay
 *   report.c     what is counted and logged
 *   hint.c       why a signature may have been wrong
 *
 * receiver.c calls the others. None of them calls it back, answers a request or
 * stores anything.
 */
#ifndef HOOKLINE_RECEIVER_INTERNAL_H
#define HOOKLINE_RECEIVER_INTERNAL_H

#include "receiver/receiver.h"

#include "auth/signature.h"
#include "base/buffer.h"
#include "host/program.h"
#include "host/sandbox.h"
#include "config/follow.h"
#include "http/response.h"
#include "journal/acknowledge.h"
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
	const struct config *config;	/* NULL: none in force; */
	enum config_status status;	/* then this says why */
	struct signature_keys **keys;	/* one for each endpoint */
	size_t key_count;
	char *directory;	/* the journal's; kept while there is no
				 * configuration, to count refusals */
	struct counters *counters;	/* its counters; may be NULL */
	struct journal *journal;	/* NULL until something is stored */
	struct acknowledge *acknowledge; /* NULL until one waits for a relay */
	struct renewal *renewal;	/* NULL until renew_line() is called */
	struct trouble trouble;		/* why nothing can be stored */
	bool cgi;			/* serves one request and ends */
	bool warned;			/* about sync = false */
};

/* Does not look for the configuration yet. False if memory runs out. */
bool setup_begin(struct setup *setup, const struct receiver_start *start);
void setup_end(struct setup *setup);

/* Whether the configuration must be loaded for a request with this document
 * root (NULL: no request has come yet). */
bool setup_is_stale(const struct setup *setup, const char *document_root);

/* Looks for the configuration again. Frees the old one and all that points into
 * it, and closes the journal. */
void setup_load(struct setup *setup, const char *document_root,
    const char *script_filename);

/* What the configuration says about the journal. */
struct journal_options setup_journal_options(struct setup *setup);

/* Opens the journal, creating its folder, unless it is open already. Opens it
 * again if its folder has been replaced. */
enum error setup_open_journal(struct setup *setup);

/* Watches the relay that must have passed what is acknowledged. NULL if there
 * is none, or it cannot be watched. */
struct acknowledge *setup_acknowledge(struct setup *setup);

/* answers.c */

#define ANSWER_BODY_MAX 288	/* bytes, with the NUL */
#define ANSWER_MAX (RESPONSE_HEAD_MAX + ANSWER_BODY_MAX)

struct answer {
	int status;		/* 200, 400, 401, 403, 404, 405, 413, 503 */
	char body[ANSWER_BODY_MAX];	/* "ok\n" */
};

/* Sets a status, and `text` as the whole body, with nothing added. Cuts what is
 * too long. For the challenge. */
void answer_text(struct answer *answer, int status, const char *text);

/* Sets a status, and a word and a newline as the body. */
void answer_word(struct answer *answer, int status, const char *word);

/* Sets a status, and its word from the table of answers as the body (200:
 * "ok"). One that is not in the table becomes 503, as in answer_format(). */
void answer_status(struct answer *answer, int status);

/*
 * Writes the head and, unless `head_only`, the body. 405 includes Allow, and
 * 503 includes Retry-After. Returns the bytes written; a NUL follows them.
 */
size_t answer_format(const struct answer *answer, bool head_only,
    char out[ANSWER_MAX]);

/* A request on its way through the stages: get.c, post.c */

/* The body being read; its memory is reused for the next one. */
struct body {
	struct buffer bytes;
	struct notification *notification;	/* what it says */
};

#define PEER_MAX 128		/* longer than any Unix socket's name */
#define NO_SECRET SIZE_MAX

struct delivery {
	const struct exchange *exchange;
	const struct request *request;	/* the exchange's */
	struct setup *setup;		/* unchanged until it is answered */
	const struct endpoint *endpoint; /* NULL: none has its path */
	struct body *body;		/* reused once the delivery is kept */
	struct answer answer;		/* set by stages that return 200 */
	char signature[SIGNATURE_TEXT_MAX]; /* the one that matched, or was
					     * refused although well-formed; ""
					     * if none */
	bool sha1;			/* refused: only X-Hub-Signature came */
	struct span relayed;		/* its origin, if that is believed */
	char peer[PEER_MAX];		/* its address, for the log */
	size_t secret;			/* index of the one that matched, or
					 * NO_SECRET */
	int64_t began;			/* its arrival, clock_monotonic_us() */
	size_t first_record, end_record; /* its own, among those gathered */
	bool repeat;			/* none of them was new */
	uint64_t bytes;			/* of the body, or announced */
	enum refusal refusal;		/* why, for the log */
	enum error error;		/* with REFUSAL_STORAGE: what failed */
	uint64_t awaited;	/* the seq that a relay must have passed */
	const char *unpassed;	/* a word for why it has not; NULL if it has,
				 * or need not */
};

/* Ends the request with this status, for this reason. Returns the status. */
int delivery_refuse(struct delivery *delivery, int status,
    enum refusal refusal);

/* Ends it with 503, because something failed. */
int delivery_fail(struct delivery *delivery, enum error error);

/* Stages return 0, or the HTTP status that ends the request. If post_check()
 * returns 0, the notification may be stored. */
struct lifetime;
int get_answer(struct delivery *delivery, const struct lifetime *lifetime);
int post_check(struct delivery *delivery);

/* gather.c */

struct gather {			/* all zero: nothing waits */
	struct delivery kept[EXCHANGES_MAX];
	size_t count;
	struct record_batch batch;
	struct buffer records;	/* a struct journal_record for each tail of the
				 * batch, its `tail` not set */
	struct buffer merged;	/* a struct merged for each tail left out
				 * because another delivery brought the same */
};

struct merged {
	size_t delivery;	/* its index among those kept */
	size_t record;		/* index in `records` of what it repeats */
};

enum gathered {
	GATHER_KEPT,
	GATHER_NO_ROOM,		/* together with those that wait it would make a
				 * file larger than rotate_size: settle them
				 * first. Never if none wait. */
	GATHER_FAILED		/* the delivery's `error` says why */
};

/* Makes a delivery's records, except those that others already brought, and
 * keeps a copy of the delivery. Unless it is kept, nothing changes. */
enum gathered gather_add(struct gather *gather, struct delivery *delivery);

/* Whether those that wait must be settled before another is added. */
bool gather_is_full(const struct gather *gather);

/* All records, ready for the journal. They point into `gather`. */
struct journal_record *gather_records(struct gather *gather, size_t *count);

/* Once they are stored: marks each delivery that was a repeat. */
void gather_mark_repeats(struct gather *gather);

/*
 * Walks through the repeats among what was stored; `*at` must be 0 at first.
 * Sets the delivery that brought a repeat, and the seq of the record that it
 * repeats. Returns false after the last one.
 */
bool gather_next_repeat(const struct gather *gather, size_t *at,
    const struct delivery **delivery, uint64_t *seq);

/* Once they are stored: the highest seq among the records of the delivery with
 * this index, and those that it repeats. */
uint64_t gather_seq(const struct gather *gather, size_t index);

/* Forgets deliveries and records. */
void gather_clear(struct gather *gather);
void gather_free(struct gather *gather);

/* parked.c */

struct waiting {
	struct delivery delivery;
	struct state_mark mark;	/* what its `awaited` is about */
	int64_t until;		/* clock_monotonic_ms() */
};

struct parked {			/* all zero: none waits */
	struct waiting waiting[EXCHANGES_LIVE];
	size_t count;
};

/* Whether a delivery that is on disk must wait for a relay. */
bool parked_must_wait(const struct delivery *delivery);

/* Keeps a copy of a delivery that the journal has just stored, until the relay
 * has passed this seq. There must be room. */
void parked_add(struct parked *parked, const struct delivery *delivery,
    uint64_t seq);
bool parked_is_full(const struct parked *parked);

/* Looks at what the relay has published. With `wait_ms`, first waits until that
 * has changed, but at most so many milliseconds. */
void parked_look(const struct parked *parked, struct setup *setup,
    int wait_ms);

/*
 * Takes out one whose fate is known, and sets the status of its answer: the
 * relay has passed it, or is silent, or the time is up; with `last`, everybody's
 * time is up. False if there is no other. `*at` must be parked->count at first.
 */
bool parked_take(struct parked *parked, size_t *at, bool last,
    struct delivery *delivery, int *status);

/* key.c */

/* Makes the key by which the journal finds repeats: from a record's endpoint,
 * its repeat_key or id, and its origin (absent if that does not count). */
void key_make(struct span endpoint, struct span id, struct span origin,
    uint8_t key[JOURNAL_KEY_SIZE]);

/* What the rule for repeats (payload/repeat.h) means for the journal. */
enum journal_repeat key_repeat(enum repeat repeat);

/* The journal's key_of. */
journal_key_of key_of_line;

/* renew.c */

/* The journal's `renew`; its context is the setup's `renewal`. Only for lines
 * of updates: whole notifications of an older version are known by their id. */
journal_renew renew_line;
void renew_end(struct renewal *renewal);

/* lifetime.c */

/* Times are from clock_monotonic_ms(). */
struct lifetime {
	struct program program;
	bool confined;		/* the sandbox has been entered */
	struct sandbox sandbox;
	struct stat folder_was;	/* the journal's, at that time */
	int64_t looked;
	const char *ending;	/* why it must end, a constant; or NULL */
	int64_t end;		/* with `ending` */
	const char *said;	/* the reason logged last */
};

/* Notes when the process began, and with which program. */
void lifetime_begin(struct lifetime *lifetime);
void lifetime_free(struct lifetime *lifetime);

/*
 * Enters the sandbox for good, once the journal's folder exists. It gives up
 * all files except the journal's, the log, and those in the configuration's
 * folders, which must be read again when they change. Returns true only the one
 * time when it enters and the kernel lacks some of it.
 */
bool lifetime_confine(struct lifetime *lifetime, const struct setup *setup);

/* Why the sandbox no longer allows what is needed, a constant; NULL if it
 * does. */
const char *lifetime_bounds(const struct lifetime *lifetime,
    const struct setup *setup);

/* Whether there is such a reason, and the process must end. Never with CGI. */
bool lifetime_look_at_bounds(struct lifetime *lifetime,
    const struct setup *setup);

/* Call this if a newer version of the program has taken over the journal. */
void lifetime_outdated(struct lifetime *lifetime, const struct setup *setup);

/* Does the work of receiver_rest(). */
int lifetime_rest(struct lifetime *lifetime, const struct setup *setup);

/* hint.c */

#define HINT_TEXT_MAX 320	/* the log cuts it after 256 */

/*
 * A delivery refused for its signature, whose log line waits until all have
 * been answered. So a sender cannot tell whether a hint is looked for, or how
 * long that took.
 */
struct hint {			/* all zero: none waits */
	bool waits;
	struct delivery delivery; /* its exchange is over by then */
	struct buffer body;	/* a copy, followed by a newline */
	size_t length;		/* without that newline */
	unsigned macs;		/* how many more to try */
	char text[HINT_TEXT_MAX];
};

/* Whether to look for a hint, as for one refusal a second; if so, copies what
 * is needed for it. */
bool hint_take(struct hint *hint, const struct delivery *delivery);

/* Looks for it, if `waits`. Returns "secret-of:NAME" and so on (hookline(8)),
 * valid until the next call; NULL if there is none. */
const char *hint_find(struct hint *hint);

void hint_free(struct hint *hint);

/* report.c */

/* Lasting conditions are logged once an hour at most. */
enum hourly {
	HOURLY_SANDBOX,		/* what the kernel lacks for it */
	HOURLY_SECRETS,		/* weak secrets and tokens */
	HOURLY_KINDS
};

struct report {
	int own_file;		/* the program's, with CGI; else -1 */
	struct hint hint;	/* see report_hinted() */
	bool due[HOURLY_KINDS];	/* to be logged, unless it has been */
	bool told[HOURLY_KINDS]; /* by this process itself */
};

/* Opens the program's own file before the sandbox forbids that. */
void report_begin(struct report *report, bool cgi);
void report_end(struct report *report);

/* Counts what became of a request, and logs a refusal unless there are too
 * many. If it is to have a hint, its line waits. */
void report_request(struct report *report, const struct delivery *delivery,
    int status);

/* Logs each repeat once it is durable, unless there are too many. */
void report_repeats(const struct report *report, const struct gather *gather);

/* Logs the refusal that waits, if any, with its hint. To be called after all
 * have been answered, and before the setup changes. */
void report_hinted(struct report *report);

/*
 * Logs what is due, if no process has logged it within the hour. If the
 * journal's folder cannot be used, a FastCGI process logs it once, and a CGI
 * process, which would log it at each request, never does. May create the file
 * that processes share, so call it after answering a POST: a GET must create
 * nothing.
 */
void report_due(struct report *report, const struct setup *setup,
    const struct sandbox *sandbox);

#endif
