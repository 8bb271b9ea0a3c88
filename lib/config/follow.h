/*
 * current: the configuration in force. It is looked for again at each request
 * where there is none yet, and read again when one of its files has changed:
 * on shared hosting nobody can restart a FastCGI process.
 */
#ifndef HOOKLINE_CONFIG_FOLLOW_H
#define HOOKLINE_CONFIG_FOLLOW_H

#include "config/config.h"

#include <stdbool.h>

struct current;

/*
 * `config_file` (NULL allowed) is --config's, `process_env` the environment of
 * the process; both must outlive it. With `cgi`, what servers pass by other
 * names counts too; `tcp` is config_search's. NULL when memory is short.
 */
struct current *current_new(const char *config_file, char *const *process_env,
    bool cgi, bool tcp);
void current_free(struct current *current);

/* Whether there is one, as its files are now, that was checked against this
 * document root (NULL: before any request). */
bool current_good(const struct current *current, const char *document_root);

/*
 * Looks for it anew, for a request with these variables. With CONFIG_OK
 * `*config` is valid until the next call; otherwise it is NULL. A problem is
 * logged when it is new.
 */
enum config_status current_load(struct current *current,
    const char *document_root, const char *script_filename,
    const struct config **config);

#endif
