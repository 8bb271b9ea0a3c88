#include "listen_tcp.h"

#include "config/config.h"

#include <stdio.h>

extern char **environ;

static void
drop_warning(void *argument, const char *text)
{
	(void)argument;
	(void)text;
}

static bool
is_usable(struct config_search *search, struct config_problem *problem)
{
	struct config *config;
	bool usable = config_load(search, &config, problem) == CONFIG_OK;

	config_free(config);
	return usable;
}

bool
listen_tcp_allowed(const char *config_file, const char *address)
{
	struct config_search search = { .file = config_file,
	    .warn = drop_warning, .look = true };
	struct config_problem problem;

	config_search_process(&search, environ, false);
	if (!is_usable(&search, &problem))
		return true;
	search.tcp = true;
	if (is_usable(&search, &problem))
		return true;
	fprintf(stderr, "hookline.fcgi: --listen %s: %s\n", address,
	    problem.text);
	return false;
}
