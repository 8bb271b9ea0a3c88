/*
 * internal: what the receiver's files share.
 *
 *   receiver.c         the story of a request, stage by stage
 *   setup.c            its means: configuration, keys, journal
 *   answers.c          the answers
 *   store.c            a notification into the journal
 *   count.c            what is counted, and said, of an answered request
 *   hourly.c           what is true all the time, and said now and then
 *   rest.c             when the process has to end
 */
#ifndef HOOKLINE_RECEIVER_INTERNAL_H
#define HOOKLINE_RECEIVER_INTERNAL_H

#include "receiver/receiver.h"

#include "auth/signature.h"
#include "base/buffer.h"
#include "base/sandbox.h"
#include "config/follow.h"
#include "http/exchange.h"
#include "http/request.h"
#include "http/response.h"
#include "journal/counters.h"
#include "journal/journal.h"
#include "journal/trouble.h"
#include "payload/notification.h"
#include "payload/record.h"

#define BODY_KEEP ((size_t)1 << 20)	/* memory kept between requests */

/* What is said in the log at most once an hour. */
enum hourly {
	HOURLY_SANDBOX,		/* what the kernel lacks of it */
	HOURLY_SECRETS,		/* weak ones, and tokens */
	HOURLY_KINDS
};

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

/* One request on its way through the stages. */
struct delivery {
	struct receiver *receiver;
	const struct exchange *exchange;
	const struct request *request;	/* the exchange's */
	const struct endpoint *endpoint;
	const struct signature_keys *keys;
	struct answer answer;	/* set by whoever returns 200 */
	char signature[SIGNATURE_TEXT_MAX];
	size_t secret;			/* the place of the one that matched */
	int64_t began;			/* when it came: clock_monotonic_us() */
	size_t first_record, end_record; /* its own ones in the batch */
	bool repeat;			/* none of them was new */
	uint64_t bytes;			/* of the body, or announced */
	enum refusal refusal;		/* why, for the log */
	enum error error;		/* with REFUSAL_STORAGE */
};

struct receiver {
	const struct receiver_start *setup;
	struct current *current;
	const struct config *config;	/* in force, or NULL */
	enum config_status status;
	struct signature_keys **keys;	/* one for each of its endpoints */
	size_t key_count;
	struct journal *journal;	/* NULL until it is needed */
	char *directory;		/* the journal's, for good */
	bool confined;			/* the sandbox is closed, and */
	struct sandbox sandbox;		/* ties us to the files there were, */
	uint64_t bound_device, bound_inode; /* and to this folder */
	bool due[HOURLY_KINDS];		/* to be said, if nobody has */
	bool told[HOURLY_KINDS];	/* by this process, for itself alone */
	struct trouble trouble;		/* why nothing can be stored */

	/* See rest.c; times are clock_monotonic_ms()'s. */
	int64_t started, looked;
	int64_t end;			/* while `ending` is not NULL */
	const char *ending, *said;	/* a constant: why, and what was logged */
	pid_t parent;			/* when it began */
	bool unit;			/* systemd started it */
	int own_file;			/* the program, under CGI; else -1 */
	char *program;			/* its path; NULL: not known */
	uint64_t program_device, program_inode;
	bool warned;			/* of sync = false */
	struct counters *counters;	/* NULL until `directory` is known */
	struct buffer body;
	struct notification *notification;

	/* What waits for receiver_settle(). */
	struct delivery kept[EXCHANGES_MAX];
	size_t kept_count;
	struct record_batch batch;
	struct buffer entries;		/* a struct journal_record for each tail;
					 * only their keys are filled in */
};

/* Brings configuration and keys up to date for a request. */
void receiver_refresh(struct receiver *receiver, const char *document_root,
    const char *script_filename);

/* Enters the sandbox, once the journal's folder is there. */
void receiver_confine(struct receiver *receiver);

/* Opens the journal, and makes its folder, where that has not been done, or the
 * folder is another one by now. */
enum error receiver_open_journal(struct receiver *receiver);

/* What the configuration says of the journal. */
struct journal_options receiver_journal_options(struct receiver *receiver);

/* Takes down when the process began, and with which program. */
void receiver_note_start(struct receiver *receiver);

/* Whether the sandbox does not allow what is needed any more. */
bool receiver_is_bounded(const struct receiver *receiver);

/* The same; where that is so, the process has to end. */
bool receiver_look_at_bounds(struct receiver *receiver);

/* A newer version of the program works with the journal. */
void receiver_outdated(struct receiver *receiver);

/* Makes the records of the parsed notification, but for those that are among
 * the kept ones already. Nothing is added where that fails; ERR_FULL: together
 * with the kept ones they would make a file larger than rotate_size. */
enum error receiver_encode(struct receiver *receiver,
    const struct record_source *source);

/* Puts all these records into the journal; durable on ERR_NONE, and the first
 * `count` kept requests know then whether they were repeats. The records are
 * forgotten in any case. */
enum error receiver_store(struct receiver *receiver, size_t count);

/* Counts what became of a request, and logs a refusal unless there are too many
 * of them. */
void receiver_count(const struct delivery *delivery, int status);

/*
 * Whether to say something in the log now that is true all the time: once an
 * hour for all processes together. Where the journal's folder cannot be had, a
 * process that goes on says it once; a CGI process, which would say it at each
 * request, never does. May make the file that the processes share.
 */
bool receiver_say_hourly(struct receiver *receiver, enum hourly which);

/*
 * Says in the log what is due, where no process has said it within the hour.
 * For after a POST is answered, since a GET must make nothing.
 */
void receiver_say_due(struct receiver *receiver);

/* The key by which the journal finds a line's duplicates. */
journal_key_of receiver_key_of;

#endif
