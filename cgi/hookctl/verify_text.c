#include "hookctl/verify_text.h"

#include "base/io.h"
#include "hookctl/verify_reading.h"
#include "payload/json_stop.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEP 64			/* lines between steps of the progress bar */
#define NAPS 20			/* how often to wait for an unfinished line */
#define NAP_US 5000
#define TORN_MOST ((uint64_t)1 << 30)

static void
step(const struct reading *reading)
{
	const struct verify_run *run = reading->run;

	if (run->progress != NULL)
		progress_step(run->progress, run->read +
		    (reading->gunzip != NULL ? gunzip_offset(reading->gunzip) :
		    line_reader_offset(reading->lines)));
}

/*
 * Whether to read a line of the live file once more before it is judged. If
 * only half of it was there when we read it, a receiver may have cut that off
 * and written another line in its place.
 */
static bool
read_again(struct reading *reading, uint64_t byte)
{
	if (!reading->file->live ||
	    (reading->again && reading->retried == byte))
		return false;
	reading->again = true;
	reading->retried = byte;
	line_reader_seek(reading->lines, byte);
	return true;
}

static void
check_lines(struct reading *reading)
{
	struct line_check check;
	const char *line;
	size_t length;
	uint64_t byte;

	while (reading->good &&
	    line_reader_next(reading->lines, &line, &length)) {
		byte = line_reader_offset(reading->lines) - length - 1;
		reading->good = line_check(reading->run->checker, line,
		    length, &check) == ERR_NONE;
		if (!reading->good || (check.kind != LINE_HOLDS &&
		    read_again(reading, byte)))
			continue;
		if (reading->line++ % STEP == 0)
			step(reading);
		reading_judge(reading, &check, line, length, byte);
	}
}

/* ---- the end of a file ---- */

/* Whether this is the beginning of a line, possibly with zeros after it, as a
 * crash may leave it. */
static bool
is_unfinished(const char *text, size_t length)
{
	while (length > 0 && text[length - 1] == '\0')
		length--;
	return length == 0 || json_stop(text, length, true) == length;
}

/* Judges what comes after the last line break of a plain file. */
static void
check_piece(struct reading *reading, uint64_t byte, size_t length)
{
	struct findings *findings = reading->run->findings;
	char *text = malloc(length);
	struct place place;

	if (text == NULL || io_pread_all(reading->file->fd, text, length,
	    (off_t)byte) != (ssize_t)length) {
		reading->good = text != NULL;
		free(text);
		return;
	}
	reading->line++;
	if (reading->file->live && !reading->file->rotated &&
	    is_unfinished(text, length))
		findings_note(findings, "the live file ends with %zu bytes of "
		    "a line that was not finished; the next request cuts them "
		    "off", length);
	else {
		place = reading_place(reading, byte + length, 0);
		if (is_unfinished(text, length))
			findings_add(findings, &place, "line", "the file ends "
			    "without a line break");
		reading_check(reading, text, length, byte);
	}
	free(text);
}

static void
check_torn(struct reading *reading)
{
	uint64_t torn = line_reader_torn(reading->lines);
	uint64_t byte = line_reader_offset(reading->lines);
	struct place place = reading_place(reading, byte + torn, 0);

	if (torn == 0)
		return;
	if (reading->gunzip == NULL && torn < TORN_MOST)
		check_piece(reading, byte, (size_t)torn);
	else
		findings_add(reading->run->findings, &place, "line",
		    "the file ends without a line break");
}

/* Reports why the rest of a file could not be read. */
static void
check_error(struct reading *reading, enum error error, const char *directory)
{
	struct verify_run *run = reading->run;
	const char *damage = reading->gunzip == NULL ? NULL :
	    gunzip_damage(reading->gunzip);
	struct place place = reading_place(reading,
	    line_reader_offset(reading->lines) +
	    line_reader_torn(reading->lines), 0);

	place.line = 0;
	order_jump(&run->order, 0);
	if (error == ERR_MEMORY)
		reading->good = false;
	else if (damage != NULL)
		findings_add(run->findings, &place, "file", "%s, at about "
		    "byte %" PRIu64 " of the compressed file; nothing after "
		    "that can be read", damage,
		    gunzip_offset(reading->gunzip));
	else if (error == ERR_INPUT)
		findings_add(run->findings, &place, "line", "there is no line "
		    "break in 1 GB; the rest of the file was not checked");
	else {
		run->failed = true;
		(void)fail(STATUS_FAILED, "%s/%s cannot be read: %s",
		    directory, reading->name, strerror(errno));
	}
}

static void
end(struct reading *reading, const char *directory)
{
	enum error error = line_reader_error(reading->lines);
	struct place place = reading_place(reading, 0, 0);

	reading->run->counts.bytes += line_reader_offset(reading->lines) +
	    line_reader_torn(reading->lines);
	if (error != ERR_NONE)
		check_error(reading, error, directory);
	else if (reading->line == 0 && !reading->file->live &&
	    line_reader_torn(reading->lines) == 0)
		findings_add(reading->run->findings, &place, "file",
		    "the file has no record");
	else
		check_torn(reading);
}

/* Reads on until the live file ends with a whole line. If it has been rotated,
 * reads what was written to it before that. */
static void
follow(struct reading *reading)
{
	unsigned nap;

	for (nap = 0; nap < NAPS && reading->good &&
	    line_reader_torn(reading->lines) > 0; nap++) {
		(void)usleep(NAP_US);
		check_lines(reading);
	}
	reading->file->rotated = !files_is_live(&reading->run->files,
	    reading->file);
	if (reading->file->rotated)
		check_lines(reading);
}

bool
verify_text(struct verify_run *run, struct file *file, const char *name,
    const char *directory, uint64_t *first)
{
	struct reading reading = { .run = run, .file = file, .name = name,
	    .first = first, .good = true };

	if (file->segment.compressed && !file->live) {
		reading.gunzip = gunzip_new(file->fd);
		if (reading.gunzip != NULL)
			reading.lines = line_reader_open_source(gunzip_read,
			    reading.gunzip);
	} else
		reading.lines = line_reader_open(file->fd, false, 0);
	reading.good = reading.lines != NULL;
	if (reading.good) {
		check_lines(&reading);
		if (file->live && reading.good)
			follow(&reading);
		if (reading.good)
			end(&reading, directory);
	}
	line_reader_close(reading.lines);
	gunzip_free(reading.gunzip);
	return reading.good;
}
