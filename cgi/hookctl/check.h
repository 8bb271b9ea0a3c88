/*
 * check: the two halves of hookctl check, the first on this machine, the second
 * from outside.
 */
#ifndef HOOKLINE_HOOKCTL_CHECK_H
#define HOOKLINE_HOOKCTL_CHECK_H

#include "base/buffer.h"
#include "client.h"
#include "config/config.h"
#include "hookctl/report.h"

/*
 * Adds rows about a configuration in force and its journal, as seen by this
 * process's user. `warnings` are those of loading it, each with a NUL.
 */
void check_machine(struct report *report, const struct config *config,
    const struct buffer *warnings);

/* A URL to be checked from outside. */
struct check_target {
	const char *url;
	struct client_url parts;	/* the same, taken apart */
	const struct config *config;
	const struct endpoint *endpoint; /* whose URL it is */
	bool firewall;			/* --firewall: also bodies for which
					 * a firewall may ban an address */
	bool store;			/* --store: one real notification */
	const char *ca_file;		/* --ca-file, or NULL */
};

/*
 * Adds a section with what Meta would meet at this URL. Nothing is stored
 * unless `store` says so. The verify token goes over https or to loopback only.
 */
void check_url(struct report *report, const struct check_target *target);

#endif
