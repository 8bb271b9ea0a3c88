/*
 * config: hookline.conf, read once and kept; see hookline.conf(5).
 *
 * The parser refuses, by name, what it does not understand: unknown and
 * repeated keys, bad values, empty secrets. The file and every secret file
 * named in it must belong to root, the effective user or the executable's
 * owner, and nobody else may write to them.
 */
#ifndef HOOKLINE_CONFIG_CONFIG_H
#define HOOKLINE_CONFIG_CONFIG_H

#include "host/account.h"
#include "journal/journal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lines_mode { LINES_NOTIFICATION, LINES_UPDATE };
enum client_cert_mode { CLIENT_CERT_OFF, CLIENT_CERT_SERVER, CLIENT_CERT_ALB };

/* Tokens or secrets, none of them empty, in memory from auth/secret.h. */
struct secrets {
	char **texts;
	size_t count;
};

struct endpoint {
	char *path;		/* "/webhook", or "*" for any; never written or
				 * shown if accept_unsigned */
	unsigned line;		/* of the file where it begins */
	char *name;		/* what records, logs and statistics call it:
				 * never empty, and unique */
	struct secrets verify_tokens; /* 1 or more */
	char *verify_token_file; /* "": they are in the configuration */
	struct secrets app_secrets; /* 1 or more; 0 only if accept_unsigned */
	char *app_secret_file;	/* as verify_token_file */
	bool allow_sha1;
	bool accept_unsigned;	/* also notifications without a signature */
	enum client_cert_mode client_cert;
	char *client_cert_cn;
	char *app_id;		/* "" if not given; so is the next */
	char *callback_url;
};

/* Texts without a meaning of their own, none of them empty. */
struct words {
	char **texts;
	size_t count;
};

enum relay_kind { RELAY_HTTP, RELAY_POSTGRESQL };

/* Where hookline-relay(8) sends records. */
struct relay {
	char *name;
	unsigned line;		/* of the file where it begins */
	enum relay_kind kind;	/* by the scheme of the url */
	char *url;
	char *sign;		/* "", or the name of an endpoint that has a
				 * secret */
	struct words endpoints, objects; /* names; empty: all */
	bool relayed;		/* also records that came from a relay */
	uint64_t in_flight;	/* requests at most */
	uint64_t timeout, give_up;	/* seconds */
	char *table;
	uint64_t replicas;
};

struct config {
	const char *file;	/* absolute; NULL: read from the environment */
	char *directory;	/* absolute */
	struct journal_options journal;	/* with the same directory; the receiver
					 * sets key_of */
	enum lines_mode lines;
	uint64_t max_body;	/* bytes */
	char *log_file;		/* absolute; "" for standard error */
	char *acknowledge;	/* "disk", or the name of a relay, which must
				 * have passed what is acknowledged */
	uint64_t acknowledge_within;	/* milliseconds */
	struct endpoint *endpoints;
	size_t endpoint_count;	/* 1 or more */
	struct relay *relays;
	size_t relay_count;
	const char **relay_names; /* of each; journal.relays */
	struct config_file *files; /* opaque: all files that were read */
};

/* The words after the colons are what the plain GET answers. */
enum config_status {
	CONFIG_OK,
	CONFIG_NONE,		/* no-config: neither file nor environment */
	CONFIG_BAD,		/* bad-config */
	CONFIG_UNSAFE,		/* unsafe-config: owner, mode, place */
	CONFIG_NO_SECRET	/* no-secret: a secret or token is missing */
};

/* Where to look. Every pointer may be NULL. */
struct config_search {
	const char *file;	/* --config FILE; then no other place counts */
	const char *env_file;	/* HOOKLINE_CONFIG, or its REDIRECT_ form:
				 * absolute; as above */
	const char *executable;	/* absolute path of the running program */
	const char *document_root;	/* DOCUMENT_ROOT of the request */
	struct account *owner;	/* of the executable, whose home counts too:
				 * filled in if its name is empty */
	const char *home;	/* $HOME */
	const char *env_verify_token;	/* HOOKLINE_VERIFY_TOKEN and so on, */
	const char *env_app_secret;	/* which count if no file is found */
	const char *env_directory;
	bool look;	/* changes no mode: warns of what would be changed */
	bool believe;	/* accepts any owner and mode, reads no secret files:
			 * only to find out `directory` for another user */
	bool tcp;	/* requests come by TCP, from anybody who connects */
	/* Takes each warning; NULL: they are logged with event=config. */
	void (*warn)(void *argument, const char *text);
	void *warn_argument;
	char program[4096];	/* for config_search_process() */
};

/* The reason for any status except CONFIG_OK, for people and for the log. */
struct config_problem {
	char text[512];		/* "/path/hookline.conf:12: rotate_size: ..." */
};

/*
 * Fills in what a process knows by itself: the path of its program, which is
 * kept in the search, and what `env` (may be NULL) says. With `cgi`,
 * REDIRECT_HOOKLINE_CONFIG counts too: Apache adds REDIRECT_ to a variable's
 * name after a rewrite.
 */
void config_search_process(struct config_search *search, char *const *env,
    bool cgi);

/*
 * The files that config_load() looks for, in order and up to the first that is
 * there: absolute paths and a NULL, to be freed with config_places_free(). NULL
 * if memory runs out.
 */
char **config_places(const struct config_search *search);
void config_places_free(char **places);

/*
 * Finds and reads the configuration. With CONFIG_OK, `*config` belongs to the
 * caller, who frees it with config_free(); otherwise it is NULL and `problem`
 * says why. Warnings are about files whose mode was tightened, or would be.
 */
enum config_status config_load(const struct config_search *search,
    struct config **config, struct config_problem *problem);

/*
 * Adds the secrets in a file such as app_secret_file names, of any endpoint;
 * its owner and mode count, too. Unless it returns CONFIG_OK, `problem` says
 * why. The caller frees the secrets with config_secrets_free() in any case.
 */
enum config_status config_read_secrets(const struct config_search *search,
    const char *path, struct secrets *secrets,
    struct config_problem *problem);

/* Wipes and frees them. */
void config_secrets_free(struct secrets *secrets);

/*
 * Whether the file, or a secret file that it names, differs from what was read
 * (by device, inode, size, mtime, ctime). Costs one stat(2) each.
 */
bool config_changed(const struct config *config);

/* When any of its files was last changed, in microseconds since 1970; 0 if it
 * has no files. */
int64_t config_modified(const struct config *config);

/*
 * Calls `warn` for each app secret that cannot be one of Meta's, saying what it
 * looks like, and for each secret or token copied from documentation.
 */
void config_weak(const struct config *config,
    void (*warn)(void *argument, const char *text), void *argument);

/* Whether it is "*", or a path that a request can have. */
bool config_is_endpoint_path(const char *text);

/* The name of the relay in `acknowledge`; NULL if that is "disk". */
const char *config_acknowledging(const struct config *config);

/* The endpoint of this name, or NULL. */
const struct endpoint *config_named_endpoint(const struct config *config,
    const char *name);

/* Whether a part of a path, between slashes, is what unsigned = "accept" asks
 * for. */
bool config_is_unguessable(const char *path);

/* Why this cannot be the token or secret that somebody meant, or NULL. */
const char *config_secret_fault(const char *text);

/* The n-th file that was read (the configuration is the first), or NULL. */
const char *config_file_name(const struct config *config, size_t n);

/* Wipes the secrets and frees everything; accepts NULL. */
void config_free(struct config *config);

/* The endpoint whose path is `path` byte for byte, else "*", else NULL. */
const struct endpoint *config_endpoint(const struct config *config,
    const char *path);

/*
 * Whether the configuration file, a secret file, the log file or the journal's
 * directory is inside `document_root`, by resolved paths. Never if that is NULL
 * or "".
 */
bool config_exposed(const struct config *config, const char *document_root,
    struct config_problem *problem);

/* The word for the plain GET: "no-config", ...; NULL for CONFIG_OK. */
const char *config_status_word(enum config_status status);

#endif
