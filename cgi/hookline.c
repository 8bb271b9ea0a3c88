/*
 * hookline.fcgi: the receiver. See hookline(8).
 */
#include "adapter.h"
#include "check_config.h"
#include "listen_main.h"
#include "listen_tcp.h"
#include "base/io.h"
#include "base/log.h"
#include "host/sandbox.h"
#include "receiver/receiver.h"

#include <sys/stat.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

/* A failed write must return an errno, not end the process. */
static void
ignore_signals(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

/* The program that started us may have blocked signals that we need: SIGALRM
 * ends the wait for a lock, SIGTERM ends us. */
static void
unblock_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The first process of a container inherits all orphans, such as the one that
 * compresses: let the kernel clear them away. */
static void
disown_orphans(void)
{
	if (getpid() == 1)
		signal(SIGCHLD, SIG_IGN);
}

/* The FILE of --config, as FcgidWrapper and workers.c pass it, or NULL. */
static const char *
config_argument(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--config") == 0)
		return argv[2];
	if (argc > 1)
		LOG(LOG_LEVEL_ERROR, "arguments",
		    LOG_TEXT("usage", "hookline.fcgi [--config FILE]"));
	return NULL;
}

static int
serve(enum adapter_mode mode, const char *config_file)
{
	const struct receiver_start start = { .config_file = config_file,
	    .process_env = environ, .cgi = mode == ADAPTER_CGI,
	    .tcp = mode == ADAPTER_FASTCGI && adapter_by_tcp() };
	struct receiver *receiver = receiver_new(&start);
	const struct exchange_handler handler = { .handle = receiver_handle,
	    .settle = receiver_settle, .revisit = receiver_revisit,
	    .rest = receiver_rest, .argument = receiver };
	int status;

	if (receiver == NULL)
		return 1;
	disown_orphans();
	if (mode == ADAPTER_CGI)
		status = adapter_serve_cgi(&handler);
	else
		status = adapter_serve_fastcgi(&handler);
	receiver_free(receiver);
	return status;
}

int
main(int argc, char **argv)
{
	static const struct listen_program program = {
	    .name = "hookline.fcgi", .own_option = "--config",
	    .may_serve_tcp = listen_tcp_allowed };

	io_fill_standard();
	ignore_signals();
	unblock_signals();
	umask(0);
	sandbox_start();
	switch (adapter_detect()) {
	case ADAPTER_FASTCGI:
		return serve(ADAPTER_FASTCGI, config_argument(argc, argv));
	case ADAPTER_CGI:
		/* argv may come from the query string, so it is not read. */
		return serve(ADAPTER_CGI, NULL);
	case ADAPTER_PERSON:
		break;
	}
	if (listen_is_asked(argc, argv))
		return listen_main(&program, argc, argv);
	return check_config_main(argc, argv);
}
