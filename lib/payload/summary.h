/*
 * summary: a record in a few words, for one line or one row of a page.
 *
 * The texts are the sender's: UTF-8, decoded from JSON, and otherwise raw.
 * Whoever prints them escapes them for the place. Long ones end with "…".
 */
#ifndef HOOKLINE_PAYLOAD_SUMMARY_H
#define HOOKLINE_PAYLOAD_SUMMARY_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "payload/record.h"

#include <stddef.h>

/* It is kept and used again: all zero before its first use, then valid until
 * the next one or summary_free(). What is missing is "": no span is absent. */
struct summary {
	struct buffer text;	/* backs the spans */
	struct span object;	/* "whatsapp_business_account" */
	struct span field;	/* of the first update: "messages", "feed",
				 * "messaging", the first of changed_fields */
	struct span entry;	/* the id of its entry */
	struct span kind;	/* "WhatsApp message", "Page feed",
				 * "Unknown: threads_x" */
	struct span words;	/* "Ana Lima: Is the shop open today?", without
				 * line breaks; never "" */
	size_t more;		/* updates besides the first */
};

/*
 * Sums up a decoded record. The work is bounded by the payload's length,
 * whatever is in it. ERR_MEMORY: memory is short, and there is no summary.
 */
enum error summary_make(struct summary *summary, const struct record *record);

void summary_free(struct summary *summary);

#endif
