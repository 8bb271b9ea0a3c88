#include "seam.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RULES_MAX 8
#define NAMES_MAX 32

enum action { ACT_ERRNO, ACT_KILL, ACT_STOP, ACT_SHORT, ACT_DELAY };

struct rule {
	char call[16];		/* "" for any */
	unsigned long from, to;	/* the range of calls, counted from 1 */
	unsigned long chance;	/* 1 in this many calls; 0: all */
	enum action action;
	int value;		/* errno or milliseconds */
};

bool seam_as_nfs;
bool seam_unstable;

static struct rule rules[RULES_MAX];
static size_t rule_count;
static unsigned long calls, hits;
static struct {
	const char *call;
	unsigned long count;
} by_name[NAMES_MAX];
static unsigned random_state;
static int count_fd = -1;
static bool started;

static const struct {
	const char *name;
	int number;
} errnos[] = {
	{ "EIO", EIO }, { "ENOSPC", ENOSPC }, { "EDQUOT", EDQUOT },
	{ "EROFS", EROFS }, { "EINTR", EINTR }, { "ENOLCK", ENOLCK },
	{ "EMFILE", EMFILE }, { "ENOMEM", ENOMEM }, { "EACCES", EACCES },
	{ "EAGAIN", EAGAIN }, { "ENOENT", ENOENT }, { "EFBIG", EFBIG },
	{ "EPERM", EPERM }, { "EXDEV", EXDEV },
};

static void
refuse(const char *text)
{
	fprintf(stderr, "seam: cannot parse: %s\n", text);
	_exit(70);
}

static bool
parse_action(const char *text, struct rule *rule)
{
	char *end;
	size_t i;

	rule->action = ACT_ERRNO;
	for (i = 0; i < sizeof errnos / sizeof errnos[0]; i++) {
		rule->value = errnos[i].number;
		if (strcmp(text, errnos[i].name) == 0)
			return true;
	}
	rule->action = ACT_KILL;
	if (strcmp(text, "kill") == 0)
		return true;
	rule->action = ACT_STOP;
	if (strcmp(text, "stop") == 0)
		return true;
	rule->action = ACT_SHORT;
	if (strcmp(text, "short") == 0)
		return true;
	rule->action = ACT_DELAY;
	rule->value = (int)strtol(text, &end, 10);
	return end != text && strcmp(end, "ms") == 0;
}

/* "7", "7+", "*" or "~50". */
static bool
parse_when(const char *text, struct rule *rule)
{
	char *end;

	rule->from = 1;
	rule->to = ~0ul;
	if (strcmp(text, "*") == 0)
		return true;
	if (text[0] == '~') {
		rule->chance = strtoul(text + 1, &end, 10);
		return rule->chance > 0 && *end == '\0';
	}
	rule->from = strtoul(text, &end, 10);
	if (rule->from == 0 || end == text)
		return false;
	if (strcmp(end, "+") == 0)
		return true;
	rule->to = rule->from;
	return *end == '\0';
}

static void
add_rule(char *text)
{
	struct rule *rule = &rules[rule_count];
	char *colon = strchr(text, ':'), *slash;

	if (colon == NULL || rule_count == RULES_MAX)
		refuse(text);
	memset(rule, 0, sizeof *rule);
	*colon = '\0';
	slash = strchr(text, '/');
	if (slash != NULL) {
		*slash = '\0';
		if (strlen(text) >= sizeof rule->call)
			refuse(text);
		strcpy(rule->call, text);
		text = slash + 1;
	}
	if (!parse_when(text, rule) || !parse_action(colon + 1, rule))
		refuse(colon + 1);
	rule_count++;
}

void
seam_arm(const char *text, unsigned seed)
{
	char copy[256], *next = copy, *part;

	started = true;
	rule_count = 0;
	calls = hits = 0;
	memset(by_name, 0, sizeof by_name);
	random_state = seed;
	if (text == NULL || *text == '\0')
		return;
	if (strlen(text) >= sizeof copy)
		refuse(text);
	strcpy(copy, text);
	while ((part = strsep(&next, ",")) != NULL)
		add_rule(part);
}

static void
start(void)
{
	const char *file = getenv("HOOKLINE_FAULT_COUNT");

	seam_arm(getenv("HOOKLINE_FAULT"), 1);
	if (file != NULL)
		count_fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		    0600);
}

static void
show_count(void)
{
	char text[24];
	int length = snprintf(text, sizeof text, "%lu\n", calls);

	if (count_fd != -1 &&
	    pwrite(count_fd, text, (size_t)length, 0) != length)
		_exit(70);
}

/* How often this call was made, including now. */
static unsigned long
count_name(const char *call)
{
	size_t i = 0;

	while (i < NAMES_MAX && by_name[i].call != NULL &&
	    strcmp(by_name[i].call, call) != 0)
		i++;
	if (i == NAMES_MAX)
		refuse(call);
	by_name[i].call = call;
	return ++by_name[i].count;
}

static bool
by_chance(unsigned long chance)
{
	random_state = random_state * 1664525u + 1013904223u;
	return (random_state >> 8) % chance == 0;
}

static bool
applies(const struct rule *rule, const char *call, unsigned long nth)
{
	if (rule->call[0] != '\0' && strcmp(rule->call, call) != 0)
		return false;
	if (rule->call[0] == '\0')
		nth = calls;
	return nth >= rule->from && nth <= rule->to &&
	    (rule->chance == 0 || by_chance(rule->chance));
}

static int
act(const struct rule *rule)
{
	struct timespec delay = { rule->value / 1000,
	    rule->value % 1000 * 1000000L };

	switch (rule->action) {
	case ACT_KILL:
		kill(getpid(), SIGKILL);
		pause();
		return 0;
	case ACT_STOP:
		kill(getpid(), SIGSTOP);
		return 0;
	case ACT_DELAY:
		while (nanosleep(&delay, &delay) == -1 && errno == EINTR)
			;
		return 0;
	case ACT_SHORT:		/* seam_length() does this */
		return 0;
	case ACT_ERRNO:
		break;
	}
	return rule->value;
}

int
seam_fault(const char *call)
{
	unsigned long nth;
	int number = 0;
	size_t i;

	if (!started)
		start();
	calls++;
	nth = count_name(call);
	show_count();
	for (i = 0; number == 0 && i < rule_count; i++) {
		if (!applies(&rules[i], call, nth))
			continue;
		hits++;
		number = act(&rules[i]);
	}
	return number;
}

/* Called after seam_fault(), which has already counted the call. */
size_t
seam_length(const char *call, size_t length)
{
	size_t i, n;

	for (n = 0; n < NAMES_MAX && by_name[n].call != NULL; n++)
		if (strcmp(by_name[n].call, call) == 0)
			break;
	if (n == NAMES_MAX || length < 2)
		return length;
	for (i = 0; i < rule_count; i++)
		if (rules[i].action == ACT_SHORT &&
		    applies(&rules[i], call, by_name[n].count))
			return length / 2;
	return length;
}

bool
seam_refuses_lock(int fd)
{
	struct stat status;

	return seam_as_nfs && fstat(fd, &status) == 0 &&
	    S_ISDIR(status.st_mode);
}

#define OPEN_MAX_HERE 1024

static unsigned long openings, opened[OPEN_MAX_HERE];

void
seam_opened(int fd)
{
	if (fd >= 0 && fd < OPEN_MAX_HERE)
		opened[fd] = ++openings;
}

unsigned long
seam_number(int fd, unsigned long inode)
{
	if (!seam_unstable)
		return inode;
	return inode + (fd >= 0 && fd < OPEN_MAX_HERE ? opened[fd] :
	    ++openings) * 1000000;
}

unsigned long
seam_calls(void)
{
	return calls;
}

unsigned long
seam_hits(void)
{
	return hits;
}
