#include "hookctl/init.h"

#include "auth/secret.h"
#include "check_user.h"
#include "hookctl/options.h"
#include "hookctl/output.h"
#include "hookctl/owner.h"
#include "hookctl/prompt.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUESTION "App secret (App settings > Basic > Show; not echoed, " \
	"empty = %s): "
#define FILE_LONGEST 1000	/* of a name in the configuration */

struct values {
	const char *url, *user, *secret_file;
	bool accept_unsigned;
};

static const struct option_row rows[] = {
	{ '\0', "url", OPTION_TEXT, offsetof(struct values, url), "URL",
	    "the callback URL; without it the path is /webhook", 0, 0, NULL },
	{ '\0', "user", OPTION_TEXT, offsetof(struct values, user), "NAME",
	    "who runs hookline; for root: www-data if not given", 0, 0,
	    NULL },
	{ '\0', "secret-file", OPTION_TEXT,
	    offsetof(struct values, secret_file), "FILE",
	    "where the app secret is: nobody is asked for it", 0, 0, NULL },
	{ '\0', "unsigned", OPTION_FLAG,
	    offsetof(struct values, accept_unsigned), NULL,
	    "need no signature, at a path that nobody can guess", 0, 0,
	    NULL },
	{ 0 }
};

static void
print_warning(void *argument, const char *text)
{
	(void)argument;
	note("warning: %s", text);
}

static enum status
no_memory(void)
{
	return fail(STATUS_FAILED, "out of memory");
}

/* A relative name would start at the configuration. */
static enum status
take_secret_file(const char *name, struct init_endpoint *endpoint)
{
	char *here = *name == '/' ? strdup("") : getcwd(NULL, 0);
	const char *c;

	if (here == NULL)
		return fail(STATUS_FAILED, "the working directory: %s",
		    strerror(errno));
	if (asprintf(&endpoint->secret_file, "%s%s%s", here,
	    *here == '\0' ? "" : "/", name) < 0)
		endpoint->secret_file = NULL;
	free(here);
	if (endpoint->secret_file == NULL)
		return no_memory();
	for (c = name; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			break;
	return *c == '\0' && strlen(endpoint->secret_file) <= FILE_LONGEST ?
	    STATUS_DONE : usage_error(&command_init, "--secret-file: \"%s\" "
	    "must be a path of at most %d bytes, without control characters",
	    name, FILE_LONGEST);
}

static enum status
take_secret(const struct values *values, struct init_endpoint *endpoint)
{
	char question[128];
	const char *fault;

	if (values->secret_file != NULL)
		return take_secret_file(values->secret_file, endpoint);
	(void)snprintf(question, sizeof question, QUESTION,
	    values->accept_unsigned ? "none" : "later");
	endpoint->secret = prompt_secret(question);
	if (endpoint->secret == NULL)
		return STATUS_FAILED;
	fault = config_secret_fault(endpoint->secret);
	return fault == NULL ? STATUS_DONE : fail(STATUS_FAILED, "the app "
	    "secret %s: nothing was written", fault);
}

/*
 * What is printed at the end
 */

static void
print_made(const struct init_place *place)
{
	const char *const did[2] = { "wrote", place->journal_there ?
	    "kept" : "made" };
	const char *const paths[2] = { place->file, place->journal };
	struct stat status[2];
	char owners[2][OWNER_SIZE] = { "", "" };
	size_t width[2] = { 0, 0 }, i;

	for (i = 0; i < 2; i++) {
		if (stat(paths[i], &status[i]) == -1)
			status[i] = (struct stat){ 0 };
		(void)owner_names(status[i].st_uid, status[i].st_gid,
		    owners[i]);
		if (strlen(paths[i]) > width[0])
			width[0] = strlen(paths[i]);
		if (strlen(owners[i]) > width[1])
			width[1] = strlen(owners[i]);
	}
	for (i = 0; i < 2; i++)
		printf("%-5s  %-*s   %-*s  %04o\n", did[i], (int)width[0],
		    paths[i], (int)width[1], owners[i],
		    (unsigned)status[i].st_mode & 07777);
}

static void
print_form(const struct init_endpoint *endpoint)
{
	printf("\nIn Meta's App Dashboard, Webhooks:\n");
	if (endpoint->url != NULL)
		printf("  Callback URL   %s\n", endpoint->url);
	else
		printf("  Callback URL   https://hooks.example.com%s\n"
		    "                 (put your own host's name in place of "
		    "hooks.example.com)\n", endpoint->path);
	printf("  Verify token   %s\n", endpoint->token);
}

static void
print_next(const struct init_place *place,
    const struct init_endpoint *endpoint, unsigned line)
{
	puts("");
	if (endpoint->secret != NULL && *endpoint->secret == '\0' &&
	    !endpoint->accept_unsigned)
		printf("The app secret is still empty: fill it in, in line %u "
		    "of\n  %s\nUntil then hookline answers 503 (no-secret).\n"
		    "\n", line, place->file);
	if (place->standard)
		printf("Next: set up the web server (man hookline), then  "
		    "hookctl check\n");
	else
		printf("Next: set up the web server (man hookline), with\n"
		    "  HOOKLINE_CONFIG=%s\n"
		    "then  hookctl check --config %s\n", place->file,
		    place->file);
}

/* What the receiver would say about the file; nothing about a secret that is
 * still to be filled in. */
static void
warn_as_user(const struct init_place *place, bool filled)
{
	struct config_search search = { .file = place->file, .look = true,
	    .warn = print_warning };
	struct config_problem problem;
	struct config *config;
	enum config_status status = config_load(&search, &config, &problem);

	if (status == CONFIG_OK)
		config_weak(config, print_warning, NULL);
	else if (filled)
		print_warning(NULL, problem.text);
	config_free(config);
}

/* Runs as the owner of the journal: root may read what the receiver may not,
 * and would own the files that a check changes. */
static void
warn(const struct init_place *place, const struct init_endpoint *endpoint)
{
	bool filled = endpoint->secret == NULL || *endpoint->secret != '\0';
	pid_t pid;

	(void)fflush(stdout);
	pid = geteuid() == 0 ? fork() : -1;
	if (pid == 0) {
		if (check_user_become(&place->user))
			warn_as_user(place, filled);
		_exit(0);
	}
	if (pid == -1)
		warn_as_user(place, filled);
	else
		(void)waitpid(pid, NULL, 0);
	if (endpoint->accept_unsigned)
		note("warning: whoever learns the path can store anything. The "
		    "web server's access log has it: restrict who reads that "
		    "log, or keep it out, see EXAMPLES in hookline.conf(5)");
}

static enum status
make(const struct init_place *place, const struct init_endpoint *endpoint)
{
	unsigned line;
	char *text = init_text(place, endpoint, &line);
	enum status status = text != NULL ? init_make(place, text) :
	    no_memory();

	secret_free(text);
	if (status != STATUS_DONE)
		return status;
	warn(place, endpoint);
	print_made(place);
	print_form(endpoint);
	print_next(place, endpoint, line);
	return STATUS_DONE;
}

static enum status
run(char **words)
{
	struct values values = { 0 };
	struct init_endpoint endpoint = { 0 };
	struct init_place place = { 0 };
	const char *folder;
	enum status status = options_read(&command_init, words, &values,
	    &folder);

	if (status == STATUS_DONE)
		status = init_endpoint_make(&command_init, values.url,
		    values.accept_unsigned, &endpoint);
	if (status == STATUS_DONE && folder != NULL && *folder == '\0')
		status = usage_error(&command_init, "the folder's name is "
		    "empty");
	if (status == STATUS_DONE)
		status = init_place_find(folder, values.user, &place);
	if (status == STATUS_DONE)
		status = init_place_check(&place);
	if (status == STATUS_DONE)
		status = take_secret(&values, &endpoint);
	if (status == STATUS_DONE)
		status = make(&place, &endpoint);
	init_endpoint_free(&endpoint);
	init_place_free(&place);
	return status;
}

const struct command command_init = { .name = "init", .operands = "[DIR]",
    .operands_most = 1,
    .summary = "make a configuration, and the folder for what is received",
    .about = "\nRoot makes /etc/hookline/hookline.conf and "
    "/var/lib/hookline; anybody else\n~/.config/hookline/hookline.conf "
    "and a folder beside it. With DIR, both are in\nDIR. What is there "
    "already is never changed.\n",
    .options = rows, .run = run };
