#include "hookctl/output.h"

#include "base/clock.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool bar_drawn;		/* a progress bar is on the terminal */
static int stdout_errno;	/* of the first write that failed; 0: none */

static bool
coloured(FILE *stream)
{
	const char *never = getenv("NO_COLOR"), *terminal = getenv("TERM");

	return isatty(fileno(stream)) && (never == NULL || *never == '\0') &&
	    (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

const char *
tone_begin(FILE *stream, enum tone tone)
{
	static const char *const sequences[] = { [TONE_PLAIN] = "",
		[TONE_GOOD] = "\033[32m", [TONE_WARNING] = "\033[33m",
		[TONE_BAD] = "\033[1;31m", [TONE_DIM] = "\033[2m",
		[TONE_STRONG] = "\033[1m" };

	return coloured(stream) ? sequences[tone] : "";
}

const char *
tone_end(FILE *stream, enum tone tone)
{
	return tone != TONE_PLAIN && coloured(stream) ? "\033[0m" : "";
}

size_t
output_columns(FILE *stream)
{
	struct winsize size;

	if (!isatty(fileno(stream)))
		return 0;
	if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

size_t
text_print(FILE *stream, struct span text, size_t columns)
{
	struct buffer buffer = { 0 };
	size_t used = text_append(&buffer, text, columns);

	if (buffer.length > 0)
		(void)fwrite(buffer.bytes, 1, buffer.length, stream);
	buffer_free(&buffer);
	return used;
}

const char *
seqs_text(uint64_t first, uint64_t last, char out[64])
{
	if (first == last)
		(void)snprintf(out, 64, "record %" PRIu64, first);
	else
		(void)snprintf(out, 64, "records %" PRIu64 " to %" PRIu64,
		    first, last);
	return out;
}

const char *
duration_text(uint64_t microseconds, char out[40])
{
	char number[32];

	if (microseconds < 9950)
		(void)snprintf(out, 40, "%.1f ms",
		    (double)microseconds / 1000);
	else
		(void)snprintf(out, 40, "%s ms",
		    number_text((microseconds + 500) / 1000, number));
	return out;
}

/*
 * Progress
 */

void
progress_begin(struct progress *progress, uint64_t total)
{
	*progress = (struct progress){ .total = total,
	    .began = clock_monotonic_ms(), .shown = isatty(STDERR_FILENO) };
}

static void
draw(struct progress *progress, int64_t now)
{
	static const char full[] = "####################";
	static const char empty[] = "--------------------";
	char count[32];
	uint64_t percent = progress->total == 0 ? 100 :
	    progress->done * 100 / progress->total;
	double rate = now > progress->began ? (double)progress->done * 1000 /
	    (double)(now - progress->began) : 0;
	int marks = (int)(percent / 5);

	if (marks > 20)
		marks = 20;
	bar_drawn = true;
	fprintf(stderr, "\r\033[K[%.*s%.*s] %3" PRIu64 " %%  %s  %.0f/s",
	    marks, full, 20 - marks, empty, percent,
	    number_text(progress->done, count), rate);
	if (rate > 0 && progress->done < progress->total)
		fprintf(stderr, "  %.0f s left",
		    (double)(progress->total - progress->done) / rate);
}

void
progress_step(struct progress *progress, uint64_t done)
{
	int64_t now;

	progress->done = done;
	if (!progress->shown)
		return;
	now = clock_monotonic_ms();
	if (now - progress->drawn < 100)
		return;
	progress->drawn = now;
	draw(progress, now);
}

static void
clear_bar(void)
{
	if (bar_drawn)
		fputs("\r\033[K", stderr);
	bar_drawn = false;
}

void
progress_hide(struct progress *progress)
{
	clear_bar();
	progress->drawn = 0;
}

void
progress_end(struct progress *progress)
{
	progress_hide(progress);
	progress->shown = false;
}

/*
 * Messages, and the end
 */

static void
message(const char *before, const char *format, va_list arguments)
{
	struct buffer line = { 0 };
	char text[4096];
	int length = vsnprintf(text, sizeof text, format, arguments);

	if (length < 0)
		return;
	if ((size_t)length >= sizeof text)
		length = sizeof text - 1;
	(void)fflush(stdout);
	clear_bar();
	(void)buffer_append(&line, before, strlen(before));
	(void)text_append(&line, (struct span){ text, (size_t)length }, 0);
	(void)buffer_append(&line, "\n", 1);
	(void)fwrite(line.bytes, 1, line.length, stderr);
	buffer_free(&line);
}

enum status
fail(enum status status, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	message("hookctl: ", format, arguments);
	va_end(arguments);
	return status;
}

void
note(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	message("hookctl: ", format, arguments);
	va_end(arguments);
}

enum status
usage_error(const struct command *command, const char *format, ...)
{
	char before[64];
	va_list arguments;

	(void)snprintf(before, sizeof before, "hookctl %s: ", command->name);
	va_start(arguments, format);
	message(before, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\"hookctl help %s\" lists its options.\n",
	    command->name);
	return STATUS_USAGE;
}

bool
output_flush(void)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return true;
	if (stdout_errno == 0)
		stdout_errno = errno != 0 ? errno :
		    output_closed() ? EPIPE : EIO;
	return false;
}

bool
output_closed(void)
{
	struct pollfd fd = { .fd = STDOUT_FILENO };

	return poll(&fd, 1, 0) == 1 &&
	    (fd.revents & (POLLERR | POLLHUP)) != 0;
}

enum status
output_end(enum status status)
{
	if (output_flush() || stdout_errno == EPIPE)
		return status;
	return fail(STATUS_FAILED, "standard output: %s",
	    strerror(stdout_errno));
}
