/*
 * hookctl: the command of the person who runs an endpoint. See hookctl(1).
 */
#include "base/io.h"
#include "hookctl/hookctl.h"
#include "hookctl/options.h"
#include "hookctl/output.h"

#include <ctype.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct command *const commands[] = { &command_init,
    &command_check, &command_send, &command_tail, &command_forward,
    &command_verify, &command_stats, &command_missed,
    &command_subscriptions, &command_relays };

#define COMMANDS (sizeof commands / sizeof commands[0])

static const char usage[] =
    "usage: hookctl COMMAND [options]\n"
    "       hookctl help [COMMAND]\n"
    "       hookctl --version\n";

static const struct command *
find_command(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static void
print_commands(void)
{
	size_t i;

	fputs(usage, stdout);
	puts("");
	for (i = 0; i < COMMANDS; i++)
		printf("  %-14s %s\n", commands[i]->name,
		    commands[i]->summary);
	puts("\nThe exit status is 0 if all is well, 1 if something is wrong, "
	    "2 for a wrong\ncommand line, 3 if it could not be done. The "
	    "manual is hookctl(1).");
}

static void
print_help(const struct command *command)
{
	printf("usage: hookctl %s [options]%s%s\n\n%c%s.\n%s\n",
	    command->name, *command->operands != '\0' ? " " : "",
	    command->operands, toupper((unsigned char)command->summary[0]),
	    command->summary + 1, command->about);
	options_help(command->options);
}

static enum status
unknown(const char *name)
{
	return fail(STATUS_USAGE, "there is no command \"%s\"; \"hookctl "
	    "help\" lists them", name);
}

/* hookctl help [COMMAND] */
static enum status
help(char **words)
{
	const struct command *command;

	if (words[0] == NULL) {
		print_commands();
		return STATUS_DONE;
	}
	command = find_command(words[0]);
	if (command == NULL)
		return unknown(words[0]);
	if (words[1] != NULL)
		return fail(STATUS_USAGE, "\"%s\" is one word too many",
		    words[1]);
	print_help(command);
	return STATUS_DONE;
}

/* Whether --help is among the words that may be options. */
static bool
asks_for_help(char **words)
{
	for (; *words != NULL && strcmp(*words, "--") != 0; words++)
		if (strcmp(*words, "--help") == 0)
			return true;
	return false;
}

static enum status
run(char **words)
{
	const struct command *command = find_command(words[0]);

	if (command == NULL)
		return unknown(words[0]);
	if (asks_for_help(words + 1)) {
		print_help(command);
		return STATUS_DONE;
	}
	return command->run(words + 1);
}

int
main(int argc, char **argv)
{
	enum status status;

	bool closed = fcntl(STDOUT_FILENO, F_GETFD) == -1;

	io_fill_standard();
	signal(SIGPIPE, SIG_IGN);
	/* Only for the width of characters: messages are not translated. */
	(void)(setlocale(LC_CTYPE, "C.UTF-8") != NULL ||
	    setlocale(LC_CTYPE, "en_US.UTF-8") != NULL);
	umask(022);
	if (argc < 2) {
		fputs(usage, stderr);
		return STATUS_USAGE;
	}
	/* Otherwise the output would be lost, and the command would seem to
	 * have worked. */
	if (closed)
		return fail(STATUS_FAILED, "standard output is closed");
	if (strcmp(argv[1], "--version") == 0) {
		puts("hookctl " HOOKLINE_VERSION);
		status = STATUS_DONE;
	} else if (strcmp(argv[1], "help") == 0 ||
	    strcmp(argv[1], "--help") == 0)
		status = help(argv + 2);
	else
		status = run(argv + 1);
	return output_end(status);
}
