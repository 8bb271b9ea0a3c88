#include "fuzz.h"

#include "base/log.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch[256];
static int log_file = -1;

_Noreturn void
fuzz_broken(const char *property, const char *file, int line)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, property);
	abort();
}

struct fuzz_input
fuzz_input(const uint8_t *data, size_t size)
{
	return (struct fuzz_input){ (const char *)data, size };
}

unsigned
fuzz_byte(struct fuzz_input *input)
{
	if (input->left == 0)
		return 0;
	input->left--;
	return (unsigned char)*input->bytes++;
}

struct span
fuzz_until(struct fuzz_input *input, const char *end)
{
	struct span part = { input->bytes, input->left };
	const char *found = NULL;

	if (input->left > 0)
		found = memmem(input->bytes, input->left, end, strlen(end));
	if (found == NULL) {
		input->left = 0;
		return part;
	}
	part.length = (size_t)(found - part.bytes);
	input->bytes = found + strlen(end);
	input->left -= part.length + strlen(end);
	return part;
}

char *
fuzz_text(struct span part)
{
	char *text = malloc(part.length + 1);

	MUST(text != NULL);
	if (part.length > 0)
		memcpy(text, part.bytes, part.length);
	text[part.length] = '\0';
	return text;
}

bool
fuzz_inside(struct span inner, struct span outer)
{
	return inner.bytes >= outer.bytes && inner.length <= outer.length &&
	    inner.bytes + inner.length <= outer.bytes + outer.length;
}

bool
fuzz_same(struct span left, struct span right)
{
	return left.length == right.length && (left.length == 0 ||
	    memcmp(left.bytes, right.bytes, left.length) == 0);
}

/* ---- the scratch folder ---- */

static int
remove_one(const char *path, const struct stat *status, int type,
    struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

void
fuzz_remove(const char *path)
{
	(void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void
remove_scratch(void)
{
	fuzz_remove(scratch);
}

const char *
fuzz_scratch(void)
{
	const char *folder = getenv("TMPDIR");

	if (scratch[0] != '\0')
		return scratch;
	if (folder == NULL)
		folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	(void)umask(022);
	(void)snprintf(scratch, sizeof scratch, "%s/hookline-fuzz.XXXXXX",
	    folder);
	MUST(mkdtemp(scratch) != NULL);
	MUST(chmod(scratch, 0755) == 0);
	MUST(atexit(remove_scratch) == 0);
	return scratch;
}

/* ---- the log ---- */

bool __real_log_to(const char *path);
bool __wrap_log_to(const char *path);

/* Replaces log_to() at link time: a configuration cannot redirect the log. */
bool
__wrap_log_to(const char *path)
{
	(void)path;
	return true;
}

void
fuzz_log_start(void)
{
	char path[512];

	if (log_file != -1)
		return;
	(void)snprintf(path, sizeof path, "%s/log", fuzz_scratch());
	MUST(__real_log_to(path));
	log_file = open(path, O_RDWR | O_CLOEXEC);
	MUST(log_file != -1);
}

static void
check_lines(const char *text, size_t length)
{
	size_t i;

	MUST(length == 0 || text[length - 1] == '\n');
	for (i = 0; i < length; i++) {
		MUST(text[i] == '\n' || (text[i] >= 0x20 && text[i] < 0x7f));
		if (i == 0 || text[i - 1] == '\n')
			MUST(length - i > 5 && memcmp(text + i, "time=",
			    5) == 0);
	}
}

void
fuzz_log_check(void)
{
	static char text[1 << 16];
	struct stat status;
	ssize_t got;

	MUST(fstat(log_file, &status) == 0);
	if (status.st_size == 0)
		return;
	got = pread(log_file, text, sizeof text, 0);
	MUST(got > 0);
	/* If the log is longer than this, check whole lines only. */
	if (status.st_size > got)
		while (got > 0 && text[got - 1] != '\n')
			got--;
	check_lines(text, (size_t)got);
	MUST(ftruncate(log_file, 0) == 0);
}
