/*
 * init: the parts of hookctl init, in the order in which they are used.
 *
 *   init.c           the command: its options, its story, what it says
 *   init_endpoint.c  the endpoint: address, path, verify token
 *   init_place.c     for whom and where; what is there already
 *   init_text.c      the configuration as a text
 *   init_make.c      folders and the file, on the disk
 *
 * What returns a status has printed a message unless it is STATUS_DONE.
 */
#ifndef HOOKLINE_HOOKCTL_INIT_H
#define HOOKLINE_HOOKCTL_INIT_H

#include "config/config.h"
#include "hookctl/hookctl.h"

#include <sys/types.h>

#define INIT_TOKEN_LENGTH 24

/* The endpoint that the configuration will have. */
struct init_endpoint {
	char *url;		/* the callback URL, or NULL */
	char *path;		/* of the URL */
	bool accept_unsigned;	/* then the path cannot be guessed */
	char token[INIT_TOKEN_LENGTH + 1];
	char *secret_file;	/* absolute, or NULL */
	char *secret;		/* in memory of auth/secret.h; "": none; NULL
				 * with a secret file */
};

/*
 * Fills in url, path, accept_unsigned and token. `url` may be NULL; it is
 * refused with STATUS_USAGE if no endpoint can have its path.
 */
enum status init_endpoint_make(const struct command *command, const char *url,
    bool accept_unsigned, struct init_endpoint *endpoint);
void init_endpoint_free(struct init_endpoint *endpoint);

/* For whom, and where. Paths are absolute. */
struct init_place {
	struct account user;	/* as whom the receiver runs: the journal's
				 * owner */
	uid_t owner;		/* of the configuration, and its group */
	gid_t group;
	mode_t file_mode;	/* of the configuration */
	mode_t folder_mode;	/* of its folder, if that is made */
	char *folder, *file, *journal;
	bool standard;		/* it is found there without --config */
	bool journal_there;
};

/* `folder` and `user` are the command line's, or NULL. */
enum status init_place_find(const char *folder, const char *user,
    struct init_place *place);
void init_place_free(struct init_place *place);

/* Whether all can be made: there is no configuration yet, a journal's folder
 * that is there can be used, the rest can be written. */
enum status init_place_check(struct init_place *place);

/* STATUS_FAILED: the configuration is there already. Says so, and which line
 * of it is to be filled in, if one is. */
enum status init_place_taken(const struct init_place *place);

/* The configuration, or NULL without a message when memory is short. It is
 * freed with secret_free(). `line` gets the number of app_secret's line. */
char *init_text(const struct init_place *place,
    const struct init_endpoint *endpoint, unsigned *line);

/* Makes the folders, then the file, which gets its name when it is complete and
 * on the disk. A file of that name is never replaced. */
enum status init_make(const struct init_place *place, const char *text);

#endif
