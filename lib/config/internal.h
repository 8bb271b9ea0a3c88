/*
 * internal: shared by the files of the configuration.
 *
 *   load.c       the main path: places, file, text, result
 *   problem.c    refusals and warnings
 *   find.c       where to look for a file
 *   file.c       whose files are trusted, reading them, noticing changes
 *   lex.c        the words and strings of the text
 *   parse.c      the text, into struct config
 *   keys.c       every key: where its value goes, its default and its rule
 *   value.c      one value
 *   endpoint.c   rules between the keys of one endpoint
 *   relay_url.c  the url of a relay
 *   relay.c      rules between the keys of one relay, and between sections
 *   acknowledging.c  the rules for acknowledge
 *   secret.c     tokens and secrets, in the configuration or in files
 *   weak.c       those pasted wrongly, or copied from documentation
 *   settings.c   struct config: its defaults, its sections, its release
 *   exposure.c   names of files, and whether a web server would serve them
 *
 * A function that takes a struct loading and returns false or NULL has refused
 * something.
 */
#ifndef HOOKLINE_CONFIG_INTERNAL_H
#define HOOKLINE_CONFIG_INTERNAL_H

#include "base/error.h"
#include "config/config.h"

#include <sys/stat.h>

#define CONFIG_FILE_LONGEST ((off_t)1 << 20)
#define CONFIG_ENDPOINTS_MAX 100
#define CONFIG_RELAYS_MAX 64
#define CONFIG_RELAY_NAME_LONGEST 32
#define CONFIG_WORDS_MAX 100	/* of one list */
#define CONFIG_SECRETS_MAX 100	/* of one endpoint: each is tried */
#define CONFIG_SECRET_LONGEST 512
#define CONFIG_PATH_LONGEST 512	/* of an endpoint */
#define CONFIG_KEYS_MAX 32	/* rows of one table of keys */

/* A configuration being loaded, and what a refusal would be about. */
struct loading {
	const struct config_search *search;
	uid_t executable_owner;	/* root if not known */
	struct config *config;
	const char *file;	/* as messages name it; relative names start
				 * there */
	unsigned line;		/* 0: the file as a whole */
	const char *key;	/* or NULL */
	const char *named;	/* the file that the key names, or NULL */
	struct config_problem *problem;
	enum config_status status; /* of the first refusal */
};

/* load.c */

/* Produces the result of config_load(). */
enum config_status config_finish(struct loading *loading,
    struct config **config);

/* problem.c */

/* Makes "file:line: key: named: ..." the problem, unless there is one already.
 * Always returns false. */
bool config_refuse(struct loading *loading, enum config_status status,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
bool config_no_memory(struct loading *loading);
void config_warn(const struct loading *loading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* file.c */

/* A file that was read. */
struct config_file {
	struct config_file *next;
	int fd;			/* -1: closed */
	struct stat status;	/* at the time it was read */
	char path[];
};

/*
 * Opens a regular file that belongs to a trusted owner and that nobody else may
 * write to. Links are followed: the file itself counts. The configuration owns
 * it from then on. CONFIG_NONE: it does not exist, and no key names it.
 */
struct config_file *config_file_open(struct loading *loading,
    const char *path);

/* Drops world access from our own file that holds secrets, unless a container
 * engine brought it. */
bool config_file_hide(struct loading *loading, struct config_file *file);

/* All of its text and a NUL, to be freed with secret_free(). */
char *config_file_read(struct loading *loading, struct config_file *file);

void config_file_close(struct config_file *file);
void config_files_free(struct config_file *first);

/* exposure.c */

/* `name`, or `name` in the folder of `file` if it is relative. NULL if memory
 * runs out. */
char *config_path_beside(const char *file, const char *name);

/* keys.c: tables that end with a row without a name */

struct config_key;

/* Stores the value that `text` spells. ERR_INPUT: none; ERR_MEMORY. */
typedef enum error config_reader(const struct config_key *key,
    const char *text, void *member);

struct config_unit {
	const char *letter;	/* "" for none; NULL ends the table */
	uint64_t factor;
};

struct config_key {
	const char *name;
	config_reader *read;
	size_t member;		/* its offset */
	const char *standard;	/* its default, as in the file, or NULL */
	uint64_t least, most;	/* of numbers, lengths of texts, secrets */
	const struct config_unit *units;
	bool or_zero;		/* 0 is allowed, although below the least */
	bool list;		/* may be several strings, read one by one */
	const char *const *words;
	bool (*accept)(const char *text); /* of texts; NULL: any */
	const char *rule;	/* the message: "must be ..." */
};

extern const struct config_key config_general_keys[],
    config_endpoint_keys[], config_relay_keys[];

/* The first rows of an endpoint's keys; a key that names a file comes right
 * after the key that it replaces. */
enum {
	KEY_NAME,
	KEY_UNSIGNED,
	KEY_VERIFY_TOKEN,
	KEY_VERIFY_TOKEN_FILE,
	KEY_APP_SECRET,
	KEY_APP_SECRET_FILE
};

/* The first rows of a relay's keys. */
enum {
	KEY_URL,
	KEY_SIGN,
	KEY_ENDPOINTS,
	KEY_RELAYED,
	KEY_REPLICAS
};

/* The keys that may be given in one place, and the line of each. */
struct config_section {
	const struct config_key *keys;
	void *base;		/* the struct that their values go into */
	unsigned lines[CONFIG_KEYS_MAX]; /* 0: not given */
};

static inline void *
config_member(const struct config_key *key, void *base)
{
	return (char *)base + key->member;
}

/* value.c */

config_reader config_read_number, config_read_mode, config_read_boolean,
    config_read_word, config_read_text;
config_reader config_read_words;	/* adds one to a struct words */
void config_words_free(struct words *words);

/* Whether it is all digits or a URL (either may be empty), or a name. */
bool config_is_digits(const char *text);
bool config_is_url(const char *text);
bool config_is_name(const char *text);

/* Stores a value by its key, or refuses it and states the key's rule. */
bool config_store(struct loading *loading,
    const struct config_section *section, const struct config_key *key,
    const char *text);

/* parse.c */

/* Parses a text that ends with a NUL. It writes into the text, which must still
 * be wiped afterwards. */
bool config_parse(struct loading *loading, char *text, size_t length);

/* settings.c: NULL if memory runs out */

/* All defaults, and no endpoints yet. */
struct config *config_new(void);
struct endpoint *config_add_endpoint(struct config *config, const char *path);
struct relay *config_add_relay(struct config *config, const char *name);

/* endpoint.c */

/* Completes and checks the endpoint whose section was just read. */
bool config_end_endpoint(struct loading *loading,
    const struct config_section *section);

/* relay_url.c */

/* Whether it has one of the schemes and no blanks, or is empty. */
bool config_is_relay_url(const char *text);

enum relay_kind config_relay_kind(const char *url);

/* What else is wrong with it, or NULL. */
const char *config_relay_url_problem(const char *url);

bool config_is_table(const char *text);

/* relay.c */

/* Whether a relay may have this name. */
bool config_is_relay_name(const char *text);

/* Completes and checks the relay whose section was just read. */
bool config_end_relay(struct loading *loading,
    const struct config_section *section);

/* Checks all relays against the endpoints, which may come after them. */
bool config_check_relays(struct loading *loading);

/* acknowledging.c */

bool config_is_acknowledge(const char *text);

/* Checks it against the relays and the other general keys. */
bool config_check_acknowledge(struct loading *loading,
    const struct config_section *general);

/* secret.c */

config_reader config_read_secret;	/* adds one to a struct secrets */

/* Adds the tokens or secrets of a file, one on each line. */
bool config_read_secret_file(struct loading *loading,
    const struct config_key *key, const char *path, struct secrets *secrets);

/* Checks the tokens or secrets that an endpoint's section gave by this key, or
 * reads the file that it named. */
bool config_take_secrets(struct loading *loading,
    const struct config_section *section, const struct config_key *key);

#endif
