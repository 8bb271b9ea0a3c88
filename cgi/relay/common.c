/* What the parent and its children share. */
#include "relay/relay.h"

#include "base/log.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static volatile sig_atomic_t must_end;

bool
relay_must_end(void)
{
	return must_end != 0;
}

static void
on_signal(int number)
{
	(void)number;
	must_end = 1;
}

void
relay_take_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t none;

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGHUP, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

struct config *
relay_config(const struct relay_start *start)
{
	struct account owner = { 0 };
	struct config_search search = { .file = start->config_file,
	    .owner = &owner };
	static char said[sizeof(struct config_problem)];
	struct config_problem problem;
	struct config *config;

	config_search_process(&search, environ, false);
	if (config_load(&search, &config, &problem) == CONFIG_OK) {
		said[0] = '\0';
		return config;
	}
	/* A bad file is read again every few seconds, but reported once. */
	if (strcmp(said, problem.text) != 0)
		LOG(LOG_LEVEL_ERROR, "config",
		    LOG_TEXT("problem", problem.text));
	(void)snprintf(said, sizeof said, "%s", problem.text);
	return NULL;
}
