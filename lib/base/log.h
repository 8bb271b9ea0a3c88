/*
 * log: one logfmt line per event, written with a single write(2).
 *
 *   time=2026-11-21T06:00:00.123Z level=warning pid=42 event=rejected ...
 *
 * Values are escaped and quoted as needed, so that nothing a peer sends can
 * forge a line or reach a terminal as a control sequence. Callers never pass a
 * secret, a token or a body. A value of more than 256 bytes is cut, and "..."
 * is added. If not all fields fit into a line of 4096 bytes, truncated=true
 * replaces the last ones. Writing to a closed pipe raises SIGPIPE, which
 * our programs ignore. A line for which a pipe has no room for 100 ms is
 * dropped.
 */
#ifndef HOOKLINE_BASE_LOG_H
#define HOOKLINE_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

/* One key=value pair. If `text` is NULL, the number is the value. */
struct log_field {
	const char *key;
	const char *text;
	long long number;
};

/* A function, because in the macro the same test would make compilers warn
 * about arrays, whose address is never NULL. */
static inline const char *
log_text_or_empty(const char *text)
{
	return text != NULL ? text : "";
}

#define LOG_TEXT(k, t) { (k), log_text_or_empty(t), 0 }
#define LOG_NUMBER(k, n) { (k), NULL, (long long)(n) }

/*
 * Sends lines to the file `path` (created 0640, appended to) from now on; NULL
 * or "" means standard error. If the file cannot be opened or is not a regular
 * file, lines keep going to the file opened earlier for this path, even if it
 * was renamed. Without one they go to standard error, and false is returned.
 */
bool log_to(const char *path);

/* Whether log_to() could append to or create the file `path` (absolute). If
 * not, `why` gets the reason. Creates nothing. */
bool log_check(const char *path, char *why, size_t room);

/* Reopens the file if its path now leads to another one, or to none, as after
 * logrotate. If that fails, returns false, and lines keep going to the old
 * file. */
bool log_follow(void);

/* The descriptor that lines go to, for a process that closes all others. */
int log_descriptor(void);

/* Writes one line. Ignores failures, since there is nobody to tell. */
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
