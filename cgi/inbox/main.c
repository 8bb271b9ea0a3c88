/*
 * hookline-inbox.fcgi: shows what the receiver has stored on a web page. See
 * hookline-inbox(8).
 */
#include "inbox/serve.h"
#include "adapter.h"
#include "listen_main.h"
#include "base/io.h"
#include "base/log.h"
#include "host/sandbox.h"

#include <sys/stat.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME "hookline-inbox.fcgi"

extern char **environ;

static const char own_option[] = "--directory";

static const char usage[] =
    "usage: " NAME " --listen unix:PATH [--processes N] [--directory DIR]\n"
    "                           [--socket-mode MODE] [--socket-group GROUP]\n"
    "       " NAME " --listen HOST:PORT|systemd [--public]\n"
    "                           [--processes N] [--directory DIR]\n"
    "       " NAME " --version\n"
    "       " NAME " --help\n"
    "A web server runs it through CGI or FastCGI, without arguments or with\n"
    "--directory DIR (FastCGI only), where DIR is the journal's folder. With\n"
    "--listen it serves FastCGI by itself, on a socket of its own.\n";

/* The program that started us may have blocked signals that should end us. */
static void
prepare_signals(void)
{
	sigset_t none;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The DIR of --directory, as FcgidWrapper and workers.c pass it, or NULL. */
static const char *
directory_argument(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], own_option) == 0 && *argv[2] != '\0')
		return argv[2];
	if (argc > 1)
		LOG(LOG_LEVEL_ERROR, "arguments",
		    LOG_TEXT("usage", NAME " [--directory DIR]"));
	return NULL;
}

static int
serve(enum adapter_mode mode, const char *directory)
{
	const struct serve_start start = { .directory = directory,
	    .process_env = environ, .cgi = mode == ADAPTER_CGI };
	struct serve *inbox = serve_new(&start);
	const struct exchange_handler handler = { .handle = serve_handle,
	    .rest = serve_rest, .argument = inbox };
	int status;

	if (inbox == NULL)
		return 1;
	if (mode == ADAPTER_CGI)
		status = adapter_serve_cgi(&handler);
	else
		status = adapter_serve_fastcgi(&handler);
	serve_free(inbox);
	return status;
}

/*
 * Anyone who can connect by TCP can claim that somebody has logged in. Only the
 * operator knows who that is: all users of this machine, or just a container's
 * own network.
 */
static bool
warn_of_tcp(const char *directory, const char *address)
{
	(void)directory;
	LOG(LOG_LEVEL_WARNING, "unprotected", LOG_TEXT("address", address),
	    LOG_TEXT("problem", "anyone who can connect to this address can "
	    "read everything, without a password; unix:PATH is safe"));
	return true;
}

/* A folder that is missing may be made later, if its path is absolute. */
static const char *
why_no_directory(const char *path)
{
	struct stat status;

	if (stat(path, &status) == 0)
		return S_ISDIR(status.st_mode) ? NULL :
		    "must be a folder, but is something else";
	return *path == '/' ? NULL : "must be a folder, but there is none";
}

static int
advise(int argc, char **argv)
{
	bool help = argc == 2 && strcmp(argv[1], "--help") == 0;

	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts("hookline-inbox " HOOKLINE_VERSION) < 0;
	fputs(usage, help ? stdout : stderr);
	return help ? 0 : 2;
}

int
main(int argc, char **argv)
{
	static const struct listen_program program = { .name = NAME,
	    .own_option = own_option, .may_serve_tcp = warn_of_tcp,
	    .why_not = why_no_directory };

	io_fill_standard();
	prepare_signals();
	umask(077);
	sandbox_start();
	switch (adapter_detect()) {
	case ADAPTER_FASTCGI:
		return serve(ADAPTER_FASTCGI, directory_argument(argc, argv));
	case ADAPTER_CGI:
		/* argv may come from the query string, so it is ignored. */
		return serve(ADAPTER_CGI, NULL);
	case ADAPTER_PERSON:
		break;
	}
	if (listen_is_asked(argc, argv))
		return listen_main(&program, argc, argv);
	return advise(argc, argv);
}
