#include "inbox/serve.h"

#include "base/clock.h"
#include "base/log.h"
#include "host/program.h"
#include "host/sandbox.h"
#include "inbox/answer.h"
#include "inbox/denied.h"
#include "inbox/place.h"
#include "inbox/show.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOK_MS 1000		/* how often to check for changes */

struct serve {
	struct place_search search;
	struct place place;
	bool placed;		/* `place` has a journal */
	struct program program;
	bool confined;
	struct sandbox sandbox;
	struct stat folder_was;	/* the journal's, with `confined` */
	int64_t looked;
	int64_t end;		/* when it must end; 0: it need not */
	bool said;		/* the log says that nothing protects it */
	struct denied_names names;
};

static const char how_to_protect[] =
    "The web server has not said who has logged in, so nothing is shown here:\n"
    "AUTH_TYPE and REMOTE_USER must both be set.\n\n"
    "Let the web server ask for a password at this address. hookline's files\n"
    "for Apache, lighttpd and nginx do that, see hookline-inbox(8). In a\n"
    "panel of shared hosting it is called \"directory privacy\" or \"password\n"
    "protection\". With nginx, AUTH_TYPE must be set in the location that has\n"
    "auth_basic, and nowhere else.\n";

static const char how_to_name[] =
    "There is no journal in any of these places:\n\n%s\n"
    "Set HOOKLINE_DIRECTORY to the receiver's folder, or start this program\n"
    "with --directory. It is `directory` in hookline.conf.\n";

static const char how_to_renew[] =
    "Another folder has taken the journal's place, and this process cannot\n"
    "read it. A new one takes over within two minutes. If the processes were\n"
    "started by hand, start them again.\n";

struct serve *
serve_new(const struct serve_start *start)
{
	struct serve *serve = calloc(1, sizeof *serve);

	if (serve == NULL)
		return NULL;
	serve->search = (struct place_search){ .directory = start->directory,
	    .env = start->process_env, .cgi = start->cgi };
	program_begin(&serve->program);
	denied_names_open(&serve->names);
	return serve;
}

void
serve_free(struct serve *serve)
{
	if (serve == NULL)
		return;
	place_free(&serve->place);
	program_free(&serve->program);
	denied_names_close(&serve->names);
	free(serve);
}

/*
 * The journal
 */

/*
 * From here on, the process can read nothing but the journal, and write
 * nothing. The files with the names of users are open already.
 */
static void
confine(struct serve *serve)
{
	const char *directory = serve->place.directory;
	const struct sandbox_path path = { directory, SANDBOX_READ };

	if (serve->confined ||
	    stat(directory, &serve->folder_was) == -1 || faccessat(AT_FDCWD,
	    directory, R_OK | X_OK, AT_EACCESS) == -1)
		return;
	serve->confined = true;
	serve->sandbox = sandbox_enter(&path, 1);
	if (!serve->sandbox.absent && !serve->search.cgi &&
	    (!serve->sandbox.files || !serve->sandbox.calls))
		LOG(LOG_LEVEL_WARNING, "sandbox",
		    LOG_TEXT("landlock", serve->sandbox.files ? "yes" : "no"),
		    LOG_TEXT("seccomp", serve->sandbox.calls ? "yes" : "no"));
}

/* Looks for the journal until one is found. False if memory runs out. */
static bool
find_journal(struct serve *serve, const struct request *request)
{
	if (!serve->placed) {
		place_free(&serve->place);
		if (!place_find(&serve->search, request, &serve->place))
			return false;
		serve->placed = serve->place.directory != NULL;
	}
	if (serve->placed)
		confine(serve);
	return true;
}

/* Whether another folder has taken the journal's place: the sandbox does not
 * let us read it. With `gone`, a missing folder counts as well. */
static bool
has_moved(const struct serve *serve, bool gone)
{
	return serve->sandbox.files && program_is_replaced(
	    serve->place.directory, &serve->folder_was, gone);
}

/* Appends a place, and the reason if it could not be looked at. */
static void
add_place(struct buffer *text, const char *path)
{
	struct stat status;
	const char *parts[] = { "  ", path, "", "", "\n" };
	size_t i;

	if (lstat(path, &status) == -1 && errno != ENOENT && errno != ENOTDIR) {
		parts[2] = ": ";
		parts[3] = strerror(errno);
	}
	for (i = 0; i < sizeof parts / sizeof parts[0]; i++)
		(void)buffer_append(text, parts[i], strlen(parts[i]));
}

static void
answer_no_journal(const struct exchange *exchange, const struct place *place)
{
	struct buffer list = { 0 };
	char *why = NULL;
	size_t i;

	for (i = 0; i < place->tried.count; i++)
		add_place(&list, place->tried.paths[i]);
	(void)buffer_append(&list, "", 1);
	if (place->relative != NULL) {
		if (asprintf(&why, "HOOKLINE_DIRECTORY must be the absolute "
		    "path of a folder, but is %s\n", place->relative) < 0)
			why = NULL;
	} else if (asprintf(&why, how_to_name, list.bytes != NULL ?
	    list.bytes : "") < 0)
		why = NULL;
	answer_word(exchange, 503, "no-journal", why != NULL ? why : "");
	free(why);
	buffer_free(&list);
}

/*
 * One request
 */

static bool
is_set(const struct request *request, const char *name)
{
	const char *value = request_variable(request, name);

	return value != NULL && *value != '\0';
}

/*
 * Whether the web server has authenticated somebody (RFC 3875, sections 4.1.1
 * and 4.1.11). nginx sets REMOTE_USER to whatever the client claims, so that
 * one variable alone proves nothing.
 */
static bool
is_logged_in(const struct request *request)
{
	return is_set(request, "AUTH_TYPE") && is_set(request, "REMOTE_USER");
}

static void
refuse_stranger(struct serve *serve, const struct exchange *exchange)
{
	if (!serve->said && !serve->search.cgi)
		LOG(LOG_LEVEL_WARNING, "not-protected", LOG_TEXT("problem",
		    "the web server asks for no password, or does not say who "
		    "has logged in: AUTH_TYPE and REMOTE_USER"));
	serve->said = true;
	answer_word(exchange, 403, "not-protected", how_to_protect);
}

static void
answer_asked(const struct serve *serve, const struct exchange *exchange)
{
	struct show show = { .exchange = exchange,
	    .directory = serve->place.directory, .names = &serve->names,
	    .cgi = serve->search.cgi };
	struct ask ask;
	char wrong[160], why[sizeof wrong + 1];

	if (ask_read(&ask, exchange->request->query, clock_now(), wrong) !=
	    ERR_NONE) {
		(void)snprintf(why, sizeof why, "%s\n", wrong);
		answer_word(exchange, 400, "bad-request", why);
		return;
	}
	show.ask = &ask;
	if (ask.kind == ASK_FILE)
		show_answer(&show);
	else if (show.directory == NULL)
		answer_no_journal(exchange, &serve->place);
	else if (has_moved(serve, false))
		answer_word(exchange, 503, "journal-replaced", how_to_renew);
	else
		show_answer(&show);
}

void
serve_handle(void *argument, const struct exchange *exchange)
{
	struct serve *serve = argument;
	const struct request *request = exchange->request;

	if (!is_logged_in(request))
		refuse_stranger(serve, exchange);
	else if (request->method != METHOD_GET &&
	    request->method != METHOD_HEAD)
		answer_word(exchange, 405, "method-not-allowed", "");
	else if (!find_journal(serve, request))
		answer_word(exchange, 503, "unavailable",
		    "There is not enough memory for this now. Try again.\n");
	else
		answer_asked(serve, exchange);
}

/*
 * The end
 */

/* Plans to end if the program or the journal's folder has been replaced. */
static void
look(struct serve *serve, int64_t now)
{
	bool moved = has_moved(serve, true);
	const char *reason = moved ? "folder-replaced" : "program-replaced";

	if (!moved && !program_is_old(&serve->program)) {
		serve->end = 0;		/* the journal is back */
		return;
	}
	if (serve->end != 0)
		return;
	serve->end = program_end_spread(&serve->program, now);
	if (program_is_watched(&serve->program))
		LOG(LOG_LEVEL_INFO, "ending", LOG_TEXT("reason", reason));
	else
		LOG(LOG_LEVEL_WARNING, "restart-needed",
		    LOG_TEXT("reason", reason));
}

int
serve_rest(void *argument)
{
	struct serve *serve = argument;
	int64_t now = clock_monotonic_ms();

	if (now - serve->looked >= LOOK_MS) {
		serve->looked = now;
		look(serve, now);
	}
	if (serve->end == 0 || !program_is_watched(&serve->program))
		return -1;
	return now < serve->end ? (int)(serve->end - now) : 0;
}
