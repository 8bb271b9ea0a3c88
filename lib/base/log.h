/*
 * log: one logfmt line per event, written with a single write(2).
 *
 *   time=2026-11-21T06:00:00.123Z level=warning pid=42 event=rejected ...
 *
 * Values are escaped and quoted where they need it, so that nothing a peer
 * sends can forge a line or reach a terminal as a control sequence. Callers
 * never pass a secret, a token or a body. A value is cut after 256 bytes
 * ("..." says so), and where a line of 4096 bytes has no room for all fields,
 * truncated=true takes the place of the last ones. Writing to a closed pipe
 * raises SIGPIPE: programs ignore it.
 */
#ifndef HOOKLINE_BASE_LOG_H
#define HOOKLINE_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

/* One key=value pair. Where `text` is NULL the number is written. */
struct log_field {
	const char *key;
	const char *text;
	long long number;
};

/* A function, not an expression in the macro: a compiler would warn of arrays,
 * whose address is never NULL. */
static inline const char *
log_text_or_empty(const char *text)
{
	return text != NULL ? text : "";
}

#define LOG_TEXT(k, t) { (k), log_text_or_empty(t), 0 }
#define LOG_NUMBER(k, n) { (k), NULL, (long long)(n) }

/*
 * Sends lines to the file `path` (created 0640, appended to) from now on; NULL
 * or "" means standard error. Where the file cannot be opened, or is no regular
 * file, lines stay in the file that was opened for this same path before, if
 * there is one, renamed or not; else they go to standard error and false is
 * returned.
 */
bool log_to(const char *path);

/* Whether log_to() could append to the file `path` (absolute), or make it. If
 * not, the reason is in `why`. Makes nothing. */
bool log_check(const char *path, char *why, size_t room);

/* Opens the file anew where its path has another one by now, or none, as after
 * logrotate. False where that fails: lines go on into the old one. */
bool log_follow(void);

/* Where lines go; for a process that closes all other descriptors. */
int log_descriptor(void);

/* Writes one line. A failure to write is ignored: there is nobody to tell. */
void log_event(enum log_level level, const char *event,
    const struct log_field *fields, size_t count);

/* log_event() with the fields given in place: LOG(level, event, fields...). */
#define LOG(level, event, ...)						\
	do {								\
		const struct log_field log_fields_[] = { __VA_ARGS__ };	\
		log_event((level), (event), log_fields_,		\
		    sizeof log_fields_ / sizeof log_fields_[0]);	\
	} while (0)

#endif
