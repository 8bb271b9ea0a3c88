#include "hookctl/verify_run.h"

#include "base/clock.h"
#include "base/io.h"
#include "hookctl/verify_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Copies a file's name, which places point to; NULL if memory runs out. */
static const char *
keep_name(struct verify_run *run, const char *name)
{
	char **more = realloc(run->texts,
	    (run->text_count + 1) * sizeof *more);

	if (more == NULL)
		return NULL;
	run->texts = more;
	more[run->text_count] = strdup(name);
	return more[run->text_count] == NULL ? NULL :
	    more[run->text_count++];
}

void
verify_run_free(struct verify_run *run)
{
	size_t i;

	for (i = 0; i < run->text_count; i++)
		free(run->texts[i]);
	free(run->texts);
	names_free(&run->names);
	line_checker_free(run->checker);
	files_close(&run->files);
}

/* Decides with which seq a rotated file may begin, by its name. */
static void
expect(struct verify_run *run, const struct file *file)
{
	struct order *order = &run->order;
	uint64_t first = file->segment.first_seq, due = order->due;

	if (file->live)
		return;
	/* Retention removes the oldest files first. */
	if (due > 0 && due < first && file->oldest && !order->odd) {
		findings_note(run->findings, "records %" PRIu64 " to %" PRIu64
		    " were removed while this ran", due, first - 1);
		due = 0;
	}
	if (due == 0)
		order_jump(order, first);
}

static void
unreadable(struct verify_run *run, const struct file *file,
    const char *directory)
{
	run->failed = true;
	order_jump(&run->order, 0);
	if (run->progress != NULL)
		progress_hide(run->progress);
	(void)fail(STATUS_FAILED, "%s/%s: %s%s", directory, file->name,
	    file->number == ENXIO ? "it is not a regular file" :
	    strerror(file->number), file->number == EACCES ? "; run it as the "
	    "journal's owner or as a member of its group" : "");
}

/* Checks one file. False if memory runs out. */
static bool
check_file(struct verify_run *run, struct file *file, const char *directory)
{
	const char *name = keep_name(run, file->name);
	uint64_t first = run->order.due;
	bool good;

	if (name == NULL)
		return false;
	expect(run, file);
	if (file->twin)
		findings_note(run->findings, "%s.gz was left out: the "
		    "same file is there uncompressed", name);
	run->counts.files++;
	good = verify_text(run, file, name, directory, &first);
	if (file->rotated)
		files_rotated(&run->files, first > 0 ? first : 1);
	run->read += file->size;
	return good;
}

static enum status
check_files(struct verify_run *run, const char *directory)
{
	struct file file = { .rotated = true };
	enum error error = ERR_NONE;
	bool good = true;

	/* If the live file was rotated meanwhile, more files come after it. */
	while (good && (!file.live || file.rotated)) {
		error = files_next(&run->files, &file);
		if (error != ERR_NONE)
			break;
		if (file.fd == -1) {
			unreadable(run, &file, directory);
			continue;
		}
		good = check_file(run, &file, directory);
		(void)io_close(file.fd);
	}
	if (!good)
		return fail(STATUS_FAILED, "out of memory");
	if (error != ERR_NONE && error != ERR_MISSING && error != ERR_BUSY)
		return fail(STATUS_FAILED, "the journal %s cannot be read: %s",
		    directory, error_word(error));
	if (error == ERR_MISSING)
		findings_note(run->findings, "there is no live file");
	return run->failed ? STATUS_FAILED : STATUS_DONE;
}

static void
note_foreign(void *context, const char *name)
{
	struct verify_run *run = context;

	findings_note(run->findings, "archive/%s is not a file of the "
	    "journal, and was not checked", name);
}

enum status
verify_run(struct verify_run *run, const char *directory)
{
	enum status status;

	if (!files_open(&run->files, directory))
		return fail(STATUS_FAILED, "the journal %s: %s", directory,
		    strerror(errno));
	run->checker = line_checker_new();
	if (run->checker == NULL)
		return fail(STATUS_FAILED, "out of memory");
	run->order.findings = run->findings;
	files_foreign(&run->files, note_foreign, run);
	status = check_files(run, directory);
	order_end(&run->order, clock_now());
	names_judge(&run->names, run->findings);
	return status;
}
