#include "hookctl/prompt.h"

#include "auth/secret.h"
#include "hookctl/hookctl.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define ROOM 1024		/* for a line */
#define BLANKS " \t\r"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };

#define SIGNALS (sizeof signals / sizeof signals[0])

static volatile sig_atomic_t caught; /* one of them, or 0 */

/* The state of a terminal before its echo was switched off. */
struct terminal {
	struct termios mode;
	struct sigaction actions[SIGNALS];
	sigset_t mask;
};

static void
catch(int number)
{
	caught = number;
}

/* From here on the signals arrive while we wait for input, and at no other
 * time. Those that are ignored remain so. */
static void
catch_signals(struct terminal *terminal)
{
	struct sigaction action = { .sa_handler = catch };
	sigset_t block;
	size_t i;

	sigemptyset(&block);
	for (i = 0; i < SIGNALS; i++)
		sigaddset(&block, signals[i]);
	sigprocmask(SIG_BLOCK, &block, &terminal->mask);
	for (i = 0; i < SIGNALS; i++) {
		sigaction(signals[i], NULL, &terminal->actions[i]);
		if (terminal->actions[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
}

/* Keeps what was typed ahead. */
static bool
hide(struct terminal *terminal)
{
	struct termios silent = terminal->mode;

	catch_signals(terminal);
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	return tcsetattr(STDIN_FILENO, TCSADRAIN, &silent) == 0;
}

/* Also lets a signal that was caught take its effect. Keeps errno. */
static void
unhide(const struct terminal *terminal)
{
	int number = errno;
	size_t i;

	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->mode);
	for (i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &terminal->actions[i], NULL);
	if (caught != 0)
		raise(caught);
	sigprocmask(SIG_SETMASK, &terminal->mask, NULL);
	errno = number;
}

/* Reads a line of at most ROOM - 1 bytes, byte by byte: the rest of the input
 * is for others. False with errno, which is EINTR after a signal. */
static bool
read_line(char *line, const sigset_t *mask)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	size_t length = 0;
	ssize_t got;

	while (length < ROOM - 1) {
		if (ppoll(&input, 1, NULL, mask) == -1) {
			if (errno == EINTR && caught == 0)
				continue;
			return false;
		}
		got = read(STDIN_FILENO, line + length, 1);
		if (got == -1 && errno != EAGAIN && errno != EINTR)
			return false;
		if (got == 0 || (got == 1 && line[length] == '\n'))
			break;
		/* It would end the text. */
		if (got == 1 && line[length] == '\0')
			line[length] = '\1';
		length += got == 1;
	}
	line[length] = '\0';
	return true;
}

static void
say(const char *text)
{
	fputs(text, stderr);
	(void)fflush(stderr);
}

static bool
ask(const char *question, char *line)
{
	struct terminal terminal = { 0 };
	bool good;

	if (tcgetattr(STDIN_FILENO, &terminal.mode) == -1)
		return false;
	do {
		caught = 0;
		good = hide(&terminal);
		if (good) {
			say(question);
			good = read_line(line, &terminal.mask);
			say("\n");
		}
		unhide(&terminal);
		/* We were stopped and continued: ask again. */
	} while (!good && caught != 0);
	return good;
}

static void
trim(char *line)
{
	size_t before = strspn(line, BLANKS), length = strlen(line + before);

	memmove(line, line + before, length + 1);
	while (length > 0 && strchr(BLANKS, line[length - 1]) != NULL)
		line[--length] = '\0';
}

char *
prompt_secret(const char *question)
{
	char *line = secret_alloc(ROOM);

	if (line == NULL) {
		(void)fail(STATUS_FAILED, "out of memory");
		return NULL;
	}
	if (isatty(STDIN_FILENO) ? ask(question, line) :
	    read_line(line, NULL)) {
		trim(line);
		return line;
	}
	(void)fail(STATUS_FAILED, "standard input: %s", strerror(errno));
	secret_free(line);
	return NULL;
}
