/*
 * receiver_internal: what the receiver's files share.
 *
 *   receiver.c         the story of a request, stage by stage
 *   receiver_setup.c   its means: configuration, keys, journal
 *   receiver_store.c   a notification into the journal
 *   receiver_log.c     what was refused
 */
#ifndef HOOKLINE_RECEIVER_INTERNAL_H
#define HOOKLINE_RECEIVER_INTERNAL_H

#include "receiver.h"

#include "auth/signature.h"
#include "base/buffer.h"
#include "base/tally.h"
#include "config/follow.h"
#include "http/exchange.h"
#include "http/request.h"
#include "http/response.h"
#include "journal/journal.h"
#include "payload/notification.h"
#include "payload/record.h"

#define BODY_KEEP ((size_t)1 << 20)	/* memory kept between requests */

/* Why a request is not taken; their words are in receiver_log.c. */
enum refusal {
	REFUSAL_NONE,
	REFUSAL_PATH,
	REFUSAL_METHOD,
	REFUSAL_HUB_PARAMETERS,
	REFUSAL_VERIFY_TOKEN,
	REFUSAL_HUB_MODE,
	REFUSAL_CONTENT_LENGTH,
	REFUSAL_TOO_LARGE,
	REFUSAL_BODY_BROKEN_OFF,
	REFUSAL_BODY_LENGTH,
	REFUSAL_SIGNATURE_MISSING,
	REFUSAL_SIGNATURE_REPEATED,
	REFUSAL_SIGNATURE,
	REFUSAL_CLIENT_CERTIFICATE,
	REFUSAL_NOT_JSON,
	REFUSAL_STORAGE
};

/* One request on its way through the stages. */
struct work {
	struct receiver *receiver;
	const struct exchange *exchange;
	struct request request;
	const struct endpoint *endpoint;
	const struct signature_keys *keys;
	struct response response;	/* set by whoever returns 200 */
	char signature[SIGNATURE_TEXT_MAX];
	uint64_t bytes;			/* of the body, or announced */
	enum refusal refusal;		/* why, for the log */
	enum error error;		/* with REFUSAL_STORAGE */
};

struct receiver {
	const struct receiver_setup *setup;
	struct current *current;
	const struct config *config;	/* in force, or NULL */
	enum config_status status;
	struct signature_keys **keys;	/* one for each of its endpoints */
	size_t key_count;
	struct journal *journal;	/* NULL until it is needed */
	char *directory;		/* the journal's, for good */
	bool confined;			/* the sandbox is closed */
	bool warned;			/* of sync = false */
	struct tally *tally;		/* NULL until a request is refused */
	struct buffer body;
	struct notification *notification;

	/* What waits for receiver_settle(). */
	struct work kept[EXCHANGES_MAX];
	size_t kept_count;
	struct record_batch batch;
	struct buffer entries;		/* a struct journal_entry for each tail;
					 * only their keys are filled in */
};

/* Brings configuration and keys up to date for a request. */
void receiver_refresh(struct receiver *receiver, const char *document_root,
    const char *script_filename);

/* Enters the sandbox, once the journal's folder is there. */
void receiver_confine(struct receiver *receiver);

/* Opens the journal, and makes its folder, where that has not been done. */
bool receiver_open_journal(struct receiver *receiver);

/* What the configuration says of the journal. */
struct journal_options receiver_journal_options(
    const struct receiver *receiver);

/* Makes the records of the parsed notification, but for those that are among
 * the kept ones already. Nothing is added where that fails; ERR_FULL: together
 * with the kept ones they would make a file larger than rotate_size. */
enum error receiver_encode(struct receiver *receiver,
    const struct record_source *source);

/* Puts all these records into the journal; durable on ERR_NONE. They are then
 * forgotten, in any case. */
enum error receiver_store(struct receiver *receiver);

/* Counts a refusal, and logs it unless there are too many of them. */
void receiver_refused(const struct work *work, int status);

/* The key by which the journal finds a line's duplicates. */
journal_key_of receiver_key_of;

#endif
