/*
 * check_machine: the first half of hookctl check, on this machine.
 */
#include "hookctl/check.h"

#include "base/clock.h"
#include "base/io.h"
#include "check_facts.h"
#include "hookctl/filesystem.h"
#include "hookctl/latest.h"
#include "hookctl/output.h"
#include "hookctl/owner.h"
#include "journal/counters_view.h"
#include "journal/shared.h"
#include "when.h"

#include <sys/timex.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NEARLY_FULL ((uint64_t)256 << 20)	/* bytes that are left */

static const char *
plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/*
 * Configuration and secrets
 */

/* A file's name, owner and mode. */
static void
describe(const char *path, char *text, size_t room)
{
	char owner[OWNER_SIZE];
	struct stat status;

	if (stat(path, &status) == 0)
		(void)snprintf(text, room, "%s, %s", path,
		    owner_text(&status, owner));
	else
		(void)snprintf(text, room, "%s: %s", path, strerror(errno));
}

static void
configuration(struct report *report, const struct config *config,
    const struct buffer *warnings)
{
	const char *sync = check_sync(config);
	const char *relay = check_acknowledge(config);
	char text[4096 + OWNER_SIZE] = "environment variables";
	size_t at;

	if (config->file != NULL)
		describe(config->file, text, sizeof text);
	report_row(report, "configuration", warnings->length > 0 ||
	    sync != NULL || relay != NULL ? FINDING_WARNING : FINDING_OK, "%s", text);
	for (at = 0; at < warnings->length;
	    at += strlen(warnings->bytes + at) + 1)
		report_more(report, "%s", warnings->bytes + at);
	if (sync != NULL)
		report_more(report, "%s", sync);
	if (relay != NULL)
		report_more(report, "%s", relay);
}

static void
keep_warning(void *argument, const char *text)
{
	(void)buffer_append(argument, text, strlen(text) + 1);
}

/* config_weak() begins with the endpoint's name, which the row has already. */
static const char *
without_name(const char *warning, const char *name)
{
	static const char before[] = "endpoint ";
	size_t length = strlen(name);

	if (strncmp(warning, before, sizeof before - 1) == 0 &&
	    strncmp(warning + sizeof before - 1, name, length) == 0 &&
	    strncmp(warning + sizeof before - 1 + length, ": ", 2) == 0)
		warning += sizeof before - 1 + length + 2;
	return warning;
}

static void
endpoint_secrets(struct report *report, const struct config *config, size_t i)
{
	const struct endpoint *endpoint = &config->endpoints[i];
	struct config alone = *config;
	struct buffer weak = { 0 };
	size_t secrets = endpoint->app_secrets.count, at;
	size_t tokens = endpoint->verify_tokens.count;

	alone.endpoints = &config->endpoints[i];
	alone.endpoint_count = 1;
	config_weak(&alone, keep_warning, &weak);
	report_row(report, "secrets", weak.length > 0 ? FINDING_WARNING :
	    FINDING_OK, "%s: %zu app secret%s, %zu verify token%s%s",
	    endpoint->name, secrets, plural(secrets), tokens, plural(tokens),
	    secrets == 0 ? "; signatures are not checked" : "");
	for (at = 0; at < weak.length; at += strlen(weak.bytes + at) + 1)
		report_more(report, "%s", without_name(weak.bytes + at,
		    endpoint->name));
	buffer_free(&weak);
}

static void
secrets(struct report *report, const struct config *config)
{
	char text[4096 + OWNER_SIZE];
	const char *file;
	size_t i;

	for (i = 0; i < config->endpoint_count; i++)
		endpoint_secrets(report, config, i);
	/* The first file is the configuration. */
	for (i = 1; (file = config_file_name(config, i)) != NULL; i++) {
		describe(file, text, sizeof text);
		report_row(report, "secrets", FINDING_OK, "%s", text);
	}
}

/*
 * The journal
 */

static void
no_journal(struct report *report, const struct check_journal *found)
{
	report_row(report, "journal", FINDING_FAILURE, "%s", found->why);
	report_more(report, "until that is mended, notifications may be "
	    "answered 503; Meta sends those again later");
}

static void
space(char *text, size_t room, uint64_t bytes)
{
	char size[32];

	(void)snprintf(text, room, "%s%sB free", size_text(bytes, size),
	    bytes < 1024 ? " " : "");
}

static void
journal(struct report *report, const struct config *config,
    const struct check_journal *found, uint64_t records)
{
	struct filesystem system;
	char room[64], count[32];
	bool known = filesystem_look(config->directory, &system), full;

	if (!known)
		system = (struct filesystem){ .name = "unknown file system",
		    .free = UINT64_MAX };
	full = system.free < NEARLY_FULL;
	space(room, sizeof room, system.free);
	report_row(report, "journal", found->warning != NULL || full ||
	    system.warning != NULL || system.few_inodes ? FINDING_WARNING :
	    FINDING_OK, "%s%s, %s%s%s, %s record%s", config->directory,
	    found->exists ? "" : " (made with the first notification)",
	    system.name, known ? ", " : "", known ? room : "",
	    number_text(records, count), plural(records));
	if (full)
		report_more(report, "nearly full: make room (df -h), or set "
		    "keep_size");
	if (system.few_inodes)
		report_more(report, "nearly out of inodes: remove files that "
		    "nobody needs (df -i)");
	if (system.warning != NULL)
		report_more(report, "%s: %s", system.name, system.warning);
	if (found->warning != NULL)
		report_more(report, "%s", found->warning);
	if (system.note != NULL)
		report_more(report, "%s: %s", system.name, system.note);
}

/*
 * The state
 */

/* What the state is like; NULL if it could not be read, with errno. */
static const char *
judge(const char *directory, enum finding *finding)
{
	char path[4096 + sizeof SHARED_NAME + 1];
	struct shared shared;
	ssize_t got;
	int fd;

	(void)snprintf(path, sizeof path, "%s/" SHARED_NAME, directory);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1)
		return errno == ENOENT ? "none: it is made with the next "
		    "notification" : NULL;
	got = io_pread_all(fd, &shared, sizeof shared, 0);
	(void)io_close(fd);
	if (got == -1)
		return NULL;
	if (got == (ssize_t)sizeof shared && shared_shape_ok(&shared) &&
	    !shared_boot_ok(&shared))
		return "of an earlier boot: it is made again with the next "
		    "notification";
	if (got == (ssize_t)sizeof shared && shared_shape_ok(&shared) &&
	    !shared.rebuilding)
		return "of this boot";
	*finding = FINDING_WARNING;
	return got == (ssize_t)sizeof shared && shared_shape_ok(&shared) ?
	    "being made again from the records: until that is done, the "
	    "answer is 503" : "damaged: it is made again from the records with "
	    "the next notification";
}

static void
state(struct report *report, const struct config *config,
    const struct counters_view *view, int64_t now)
{
	enum finding finding = FINDING_OK;
	const char *text = judge(config->directory, &finding);
	char since[32];

	if (text == NULL)
		report_row(report, "state", FINDING_WARNING, "%s/"
		    SHARED_NAME ": %s", config->directory, strerror(errno));
	else if (view == NULL)
		report_row(report, "state", finding, "%s; no counters yet",
		    text);
	else
		report_row(report, "state", finding, "%s; counted since %s",
		    text, when_text(counters_view_since(view), now, false,
		    since));
}

/*
 * Log, clock, last received
 */

static void
log_file(struct report *report, const struct config *config)
{
	char why[512];

	if (config->log_file[0] == '\0')
		report_row(report, "log file", FINDING_OK, "none is set: "
		    "events go to the web server's error log");
	else if (check_log(config, why, sizeof why))
		report_row(report, "log file", FINDING_OK, "%s",
		    config->log_file);
	else
		report_row(report, "log file", FINDING_WARNING, "%s: %s: "
		    "events go to the web server's error log",
		    config->log_file, why);
}

/* Records are stamped with it. */
static void
clock_row(struct report *report)
{
	struct timex timex = { .modes = 0 };	/* changes nothing */
	int answer = adjtimex(&timex);

	if (answer == -1)
		report_row(report, "clock", FINDING_OK, "not known whether it "
		    "is synchronised: the kernel does not say (%s)",
		    strerror(errno));
	else if (answer != TIME_ERROR && (timex.status & STA_UNSYNC) == 0)
		report_row(report, "clock", FINDING_OK, "synchronised");
	else {
		report_row(report, "clock", FINDING_WARNING, "not "
		    "synchronised, says the kernel");
		report_more(report, "timedatectl set-ntp true, or install "
		    "chrony");
	}
}

/* The end of the last hour in which something was accepted; 0 if there is
 * none. */
static int64_t
last_hour(const struct counters_view *view, int64_t now)
{
	uint32_t hour = (uint32_t)(now / CLOCK_HOUR), back;
	struct counters_numbers numbers;
	size_t slot;

	for (back = 0; view != NULL && back < COUNTERS_HOURS; back++)
		for (slot = 0; slot < COUNTERS_SLOTS; slot++)
			if (counters_view_hour(view, slot, hour - back,
			    &numbers) && numbers.counts[COUNTER_ACCEPTED] > 0)
				return (hour - back + 1) * CLOCK_HOUR;
	return 0;
}

static void
last_received(struct report *report, const struct latest *latest,
    const struct counters_view *view, int64_t now)
{
	int64_t hour = latest->records > 0 ? 0 : last_hour(view, now);
	char age[32];

	if (latest->any)
		report_row(report, "last received", FINDING_OK, "%s ago",
		    age_text((now - latest->received_at) / CLOCK_SECOND,
		    age));
	else if (hour > 0)
		report_row(report, "last received", FINDING_OK, "%s ago, by "
		    "the counters: the journal holds no record",
		    age_text((now - hour) / CLOCK_SECOND, age));
	else {
		report_row(report, "last received", FINDING_WARNING,
		    "no record yet");
		report_more(report, "press Test beside a field in Meta's "
		    "dashboard, or run  hookctl send");
	}
}

void
check_machine(struct report *report, const struct config *config,
    const struct buffer *warnings)
{
	struct counters_view *view = NULL;
	struct check_journal found;
	struct latest latest;
	enum error error;
	int64_t now = clock_now();

	configuration(report, config, warnings);
	secrets(report, config);
	check_journal(config, &found);
	error = latest_find(config->directory, &latest);
	(void)counters_view_open(-1, config->directory, &view);
	if (found.word != NULL)
		no_journal(report, &found);
	else
		journal(report, config, &found, latest.records);
	if (found.exists)
		state(report, config, view, now);
	log_file(report, config);
	clock_row(report);
	if (error == ERR_NONE || error == ERR_MISSING)
		last_received(report, &latest, view, now);
	else if (found.word == NULL)
		report_row(report, "last received", FINDING_WARNING, "not "
		    "known: the journal cannot be read (%s)",
		    error_word(error));
	counters_view_close(view);
}
