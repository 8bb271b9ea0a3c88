#include "config/follow.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

struct current {
	const char *file;
	char *const *env;
	bool cgi, tcp;
	struct account owner;	/* the program's; the sandbox hides passwd */
	struct config *config;	/* NULL: none */
	struct config_problem problem; /* what was logged last */
	char *document_root;	/* what `config` was checked against */
};

struct current *
current_new(const char *config_file, char *const *process_env, bool cgi,
    bool tcp)
{
	struct current *current = calloc(1, sizeof *current);

	if (current == NULL)
		return NULL;
	current->file = config_file;
	current->env = process_env;
	current->cgi = cgi;
	current->tcp = tcp;
	return current;
}

void
current_free(struct current *current)
{
	if (current == NULL)
		return;
	config_free(current->config);
	free(current->document_root);
	free(current);
}

static enum config_status
load(struct current *current, const char *document_root,
    const char *script_filename, struct config_problem *problem)
{
	struct config_search search = { .file = current->file,
	    .tcp = current->tcp, .document_root = document_root,
	    .executable = script_filename, .owner = &current->owner };
	enum config_status status;

	config_search_process(&search, current->env, current->cgi);
	status = config_load(&search, &current->config, problem);
	if (status == CONFIG_OK &&
	    config_exposed(current->config, document_root, problem)) {
		config_free(current->config);
		current->config = NULL;
		status = CONFIG_UNSAFE;
	}
	return status;
}

/* Logs a problem once, not at every request. */
static void
report(struct current *current, enum config_status status,
    const struct config_problem *problem)
{
	if (strcmp(problem->text, current->problem.text) == 0)
		return;
	current->problem = *problem;
	if (problem->text[0] != '\0')
		LOG(LOG_LEVEL_ERROR, "config",
		    LOG_TEXT("status", config_status_word(status)),
		    LOG_TEXT("problem", problem->text));
}

static bool
same_root(const struct current *current, const char *document_root)
{
	const char *known = current->document_root;

	if (known == NULL || document_root == NULL)
		return known == document_root;
	return strcmp(known, document_root) == 0;
}

bool
current_good(const struct current *current, const char *document_root)
{
	return current->config != NULL && same_root(current, document_root) &&
	    !config_changed(current->config);
}

enum config_status
current_load(struct current *current, const char *document_root,
    const char *script_filename, const struct config **config)
{
	struct config_problem problem = { "" };
	enum config_status status;

	config_free(current->config);
	current->config = NULL;
	free(current->document_root);
	current->document_root = document_root == NULL ? NULL :
	    strdup(document_root);
	status = load(current, document_root, script_filename, &problem);
	if (status == CONFIG_OK && !log_to(current->config->log_file))
		LOG(LOG_LEVEL_WARNING, "config", LOG_TEXT("problem",
		    "log_file cannot be written: logging here"));
	report(current, status, &problem);
	*config = current->config;
	return status;
}
