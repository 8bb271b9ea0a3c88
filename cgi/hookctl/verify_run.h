/*
 * verify_run: goes through all files and lines, and counts.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_RUN_H
#define HOOKLINE_HOOKCTL_VERIFY_RUN_H

#include "hookctl/hookctl.h"
#include "hookctl/verify_files.h"
#include "hookctl/verify_findings.h"
#include "hookctl/verify_line.h"
#include "hookctl/verify_names.h"
#include "hookctl/verify_order.h"
#include "hookctl/verify_secrets.h"

#include <stdbool.h>
#include <stdint.h>

struct verify_counts {
	uint64_t files;
	uint64_t bytes;		/* of text */
	uint64_t records;	/* lines whose seq could be read */
	uint64_t first_seq, last_seq;	/* 0: no record */
	uint64_t right;		/* signed with one of the secrets */
	uint64_t other;		/* signed with none of them */
	uint64_t no_signature;	/* notifications without a signature */
	uint64_t reformatted;	/* notifications */
	uint64_t updates;	/* lines without signatures */
};

struct verify_run {
	struct findings *findings;
	struct secret_keys *keys;	/* may have none */
	struct progress *progress;
	struct line_checker *checker;
	struct names names;	/* at first, those of the configuration */
	struct verify_counts counts;
	struct order order;
	struct files files;
	uint64_t read;		/* bytes on the disk of the files before this */
	char **texts;		/* names of files, which places point to */
	size_t text_count;
	bool failed;		/* something could not be read */
};

/* Checks the journal in this folder. STATUS_FAILED, after a message, if not all
 * of it could be read. */
enum status verify_run(struct verify_run *run, const char *directory);

/* Frees what verify_run() made. */
void verify_run_free(struct verify_run *run);

#endif
