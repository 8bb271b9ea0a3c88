/*
 * verify_findings: what hookctl verify found, printed at once, or as JSON at
 * the end.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_FINDINGS_H
#define HOOKLINE_HOOKCTL_VERIFY_FINDINGS_H

#include "hookctl/output.h"

#include <stdbool.h>
#include <stdint.h>

struct json_object;

/* A byte of the journal. */
struct place {
	const char *file;	/* relative to the journal's folder; it lives as
				 * long as the findings */
	bool compressed;	/* the byte is one of the uncompressed text */
	uint64_t byte;		/* from 0 */
	uint64_t line;		/* from 1; 0: no line */
	uint64_t seq;		/* 0: not known */
};

struct findings {
	uint64_t count;
	struct json_object *list, *notes;	/* NULL: print each */
	struct progress *progress;	/* a bar that is in the way, or NULL */
};

/* False if memory runs out. */
bool findings_begin(struct findings *findings, bool json,
    struct progress *progress);
void findings_free(struct findings *findings);

/* `kind` is one word: line, digest, member, signature, seq, time, file or
 * endpoint. The text names what is wrong. */
void findings_add(struct findings *findings, const struct place *place,
    const char *kind, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Something to know that is not wrong: to standard error, or into the JSON. */
void findings_note(struct findings *findings, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
