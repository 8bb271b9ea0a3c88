/*
 * send_target: where hookctl send sends to, and the secret that it signs with.
 */
#ifndef HOOKLINE_HOOKCTL_SEND_TARGET_H
#define HOOKLINE_HOOKCTL_SEND_TARGET_H

#include "client.h"
#include "hookctl/where.h"

#include <stdbool.h>

/* What the command line says of it. */
struct send_wish {
	struct where where;
	const char *url;		/* or NULL */
	const char *endpoint;		/* --endpoint, or NULL */
	const char *secret_file;	/* --secret-file, or NULL */
	bool is_unsigned;		/* --unsigned */
	bool verify;			/* --verify */
};

/* All zero before send_target_find(). */
struct send_target {
	struct config *config;	/* NULL if nothing of it is needed */
	const struct endpoint *endpoint; /* of it, or NULL */
	const char *url;
	struct client_url parts;	/* the URL taken apart */
	char *secret;		/* from auth/secret.h; NULL: do not sign */
};

/*
 * Finds URL, endpoint and secret. The configuration is not read if the URL and
 * --secret-file or --unsigned say all that is needed. If the result is not
 * STATUS_DONE, a message has said why. send_target_free() is due in any case.
 */
enum status send_target_find(const struct command *command,
    const struct send_wish *wish, struct send_target *target);

void send_target_free(struct send_target *target);

#endif
