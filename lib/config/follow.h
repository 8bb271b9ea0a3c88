/*
 * current: the configuration in force. While there is none, each request looks
 * for it again; when one of its files has changed, it is read again. On shared
 * hosting nobody can restart a FastCGI process.
 */
#ifndef HOOKLINE_CONFIG_FOLLOW_H
#define HOOKLINE_CONFIG_FOLLOW_H

#include "config/config.h"

#include <stdbool.h>

struct current;

/*
 * `config_file` (NULL allowed) is --config's, `process_env` the environment of
 * the process; both must outlive it. With `cgi`, variables that servers have
 * renamed count too; `tcp` is config_search's. NULL if memory runs out.
 */
struct current *current_new(const char *config_file, char *const *process_env,
    bool cgi, bool tcp);
void current_free(struct current *current);

/* Whether there is one, its files are unchanged, and it was checked against
 * this document root (NULL: before any request). */
bool current_good(const struct current *current, const char *document_root);

/*
 * Looks for it again, for a request with these variables. With CONFIG_OK,
 * `*config` is valid until the next call; otherwise it is NULL. Logs a problem
 * only when it is new.
 */
enum config_status current_load(struct current *current,
    const char *document_root, const char *script_filename,
    const struct config **config);

#endif
