/*
 * verify_findings: what hookctl verify found. Each finding is printed at once,
 * or, with --json, all of them at the end.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_FINDINGS_H
#define HOOKLINE_HOOKCTL_VERIFY_FINDINGS_H

#include "hookctl/output.h"

#include <stdbool.h>
#include <stdint.h>

struct json_object;

/* A byte of the journal. */
struct place {
	const char *file;	/* relative to the journal's folder; valid as
				 * long as the findings are */
	bool compressed;	/* `byte` counts in the uncompressed text */
	uint64_t byte;		/* from 0 */
	uint64_t line;		/* from 1; 0: no line */
	uint64_t seq;		/* 0: not known */
};

struct findings {
	uint64_t count;
	struct json_object *list, *notes;	/* NULL: print each at once */
	struct progress *progress;	/* a bar to be hidden then, or NULL */
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

/* Something worth knowing that is not wrong, for standard error or the JSON. */
void findings_note(struct findings *findings, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
