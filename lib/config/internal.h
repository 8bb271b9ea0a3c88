/*
 * internal: what the configuration's files share.
 *
 *   load.c       the story: places, file, text, result
 *   find.c       where a file is looked for
 *   file.c       whose files are believed, and reading them
 *   stamp.c      whether a file is still the one that was read
 *   exposure.c   names of files, and who would hand them out
 *   parse.c      the text, into struct config
 *   lex.c        its words, strings and marks
 *   settings.c   struct config with its defaults
 *   keys.c       every key, its default and its range
 *   value.c      one value
 *   secret.c     tokens and secrets, given or in files
 *   problem.c    problems and warnings
 *
 * Whoever returns a status but CONFIG_OK has filled context->problem.
 */
#ifndef HOOKLINE_CONFIG_INTERNAL_H
#define HOOKLINE_CONFIG_INTERNAL_H

#include "base/error.h"
#include "base/span.h"
#include "config/config.h"

#include <sys/stat.h>

#define CONFIG_FILE_LONGEST ((off_t)1 << 20)
#define CONFIG_ENDPOINTS_MAX 100
#define CONFIG_SECRETS_MAX 100	/* of one endpoint: each is tried */
#define CONFIG_SECRET_LONGEST 512
#define CONFIG_PATH_LONGEST 512	/* of an endpoint */

/* What is being read, and for whom. */
struct config_context {
	const char *file;	/* as messages name it */
	const char *folder;	/* absolute: where relative names start */
	const struct config_search *search; /* for its warn() */
	uid_t executable_owner;	/* root where not known */
	struct config_stamps *stamps; /* NULL: no other file is opened */
	struct config_problem *problem;
};

/* problem.c */

/* Where in the file; line 0 is the file as a whole, key may be NULL. */
struct config_spot {
	unsigned line;
	const char *key;
};

/* Writes "file:line: key: ..." as the problem and returns `status`. */
enum config_status config_refuse(const struct config_context *context,
    enum config_status status, struct config_spot spot, const char *format,
    ...) __attribute__((format(printf, 4, 5)));
enum config_status config_no_memory(const struct config_context *context);
void config_warn(const struct config_context *context, const char *format,
    ...) __attribute__((format(printf, 2, 3)));

/* file.c */

/* An open file, as messages know it. */
struct config_file {
	const char *path;
	struct config_spot spot; /* what names it; line 0: nothing does */
	int fd;
	struct stat status;
};

/*
 * Opens a regular file of a believable owner that no one else may write to.
 * Links are followed: what counts is the file. CONFIG_NONE: it isn't there.
 */
enum config_status config_file_open(const struct config_context *context,
    struct config_spot spot, const char *path, struct config_file *file);

/* Takes what it does not need from the mode of a file that holds secrets. */
enum config_status config_file_hide(const struct config_context *context,
    struct config_file *file);

/* Reads the whole file, with a NUL behind it, and stamps it. `*text` is for
 * secret_free(), and as long as the status says. */
enum config_status config_file_read(const struct config_context *context,
    struct config_file *file, char **text);

void config_file_close(struct config_file *file);

/* stamp.c */

struct config_stamp {
	char *path;
	struct stat status;
};

struct config_stamps {
	struct config_stamp *items;
	size_t count;
};

/* ERR_BUSY when memory is short. */
enum error config_stamps_add(struct config_stamps *stamps, const char *path,
    const struct stat *status);
void config_stamps_free(struct config_stamps *stamps);

/* exposure.c */

/* `name`, or where that is relative folder/name; NULL when memory is short. */
char *config_path_join(const char *folder, const char *name);

/* The part before the last slash, to be freed; NULL when memory is short. */
char *config_path_folder(const char *path);

/* Whether the resolved `path` is `root` or below it. */
bool config_path_inside(const char *path, const char *root);

/* keys.c */

struct config_key;

/* Stores the value that `text` spells. ERR_INPUT: it spells none; ERR_BUSY:
 * memory is short. */
typedef enum error config_reader(const struct config_key *key,
    const char *text, void *member);

struct config_unit {
	const char *letter;	/* "" for none; NULL: the last one's end */
	uint64_t factor;
};

struct config_key {
	const char *name;
	config_reader *read;	/* NULL: the parser leaves it to secret.c */
	size_t member;		/* its offset */
	const char *standard;	/* its default, spelt as in the file */
	uint64_t least, most;	/* of numbers */
	const struct config_unit *units;
	bool or_zero;		/* 0 too, though it is below the least */
	const char *const *words;
	const char *rule;	/* the message: "must be ..." */
};

enum { KEY_VERIFY_TOKEN, KEY_VERIFY_TOKEN_FILE, KEY_APP_SECRET,
    KEY_APP_SECRET_FILE };	/* their places in config_endpoint_keys */

#define CONFIG_GENERAL_KEYS 15
#define CONFIG_ENDPOINT_KEYS 9

extern const struct config_key config_general_keys[CONFIG_GENERAL_KEYS];
extern const struct config_key config_endpoint_keys[CONFIG_ENDPOINT_KEYS];

/* value.c */

config_reader config_read_number, config_read_mode, config_read_boolean,
    config_read_word, config_read_text, config_read_digits, config_read_url;

/* "*", or a path as a request can have it. */
bool config_endpoint_path_ok(struct span path);

/* lex.c */

enum lexeme { LEX_BAD, LEX_END, LEX_WORD, LEX_STRING, LEX_EQUALS = '=',
    LEX_COMMA = ',', LEX_OPEN = '{', LEX_CLOSE = '}' };

/*
 * A text that is read from front to back. It is written into: a string is
 * decoded where it is, and has a NUL behind it from then on.
 */
struct lex {
	const struct config_context *context;
	char *at;		/* what is next; the text ends with a NUL */
	struct config_spot spot; /* what a refusal is about */
	enum config_status status; /* of what was refused */
	char *text;		/* the last word, or decoded string */
	size_t length;		/* of it: behind a word there is no NUL */
};

/* Takes up the text at `at`; like all here, false where it is refused. */
bool lex_start(struct lex *lex, size_t length);

/* LEX_BAD: it was refused. To refuse that once more does no harm. */
enum lexeme lex_next(struct lex *lex);

/* Reads the next one, which has to be this one. */
bool lex_expect(struct lex *lex, enum lexeme wanted, const char *what);

/* Whether the last one is this word. */
bool lex_is(const struct lex *lex, const char *word);

/* Says what is wrong at the spot, unless something was before; always false. */
bool lex_refuse(struct lex *lex, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* parse.c */

/*
 * The whole way from a text, which has a NUL behind it, to a configuration,
 * which gets no stamps yet. The text is written into, and has to be wiped as
 * before.
 */
enum config_status config_parse(const struct config_context *context,
    char *text, size_t length, struct config **config);

/* settings.c */

/* All defaults, and no endpoint yet; NULL when memory is short. */
struct config *config_new(void);

/* Adds an endpoint of defaults; false when memory is short. */
bool config_add_endpoint(struct config *config, const char *path);

/* secret.c */

/* What an endpoint's section gives itself; texts are the caller's. */
struct config_secrets {
	const char *token;	/* NULL: not given */
	const char *const *secrets;
	size_t secret_count;
	unsigned line;		/* of the endpoint */
	const unsigned *lines;	/* of its keys */
};

/* Checks them, reads the files that `endpoint` names, and gives it copies. */
enum config_status config_secrets_take(const struct config_context *context,
    const struct config_secrets *given, struct endpoint *endpoint);

/* Warns of what is good enough to work but too easy to guess. */
void config_secrets_warn(const struct config_context *context,
    const struct config *config);

#endif
