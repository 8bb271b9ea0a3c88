/*
 * check: the two halves of hookctl check.
 */
#ifndef HOOKLINE_HOOKCTL_CHECK_H
#define HOOKLINE_HOOKCTL_CHECK_H

#include "client.h"
#include "config/config.h"
#include "hookctl/report.h"

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
