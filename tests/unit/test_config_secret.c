/*
 * Counts, from another process, the copies of a secret in a process that has
 * read its configuration.
 */
#include "config_fixture.h"

#define SECRET_LENGTH 40
#define REGION_LARGEST ((size_t)64 << 20) /* the sanitizer's own are larger */

struct reader {
	pid_t pid;
	int go, ready;		/* one byte each: "read it" and "it was
				 * read" */
};

static void
read_and_wait(const char *path, int go, int ready)
{
	struct config_problem problem;
	struct config *config;
	char byte;

	if (read(go, &byte, 1) != 1 ||
	    load_file(path, &config, &problem) != CONFIG_OK ||
	    write(ready, "", 1) != 1)
		_exit(1);
	(void)read(go, &byte, 1);
	config_free(config);
	_exit(0);
}

/* Forked before the secret exists, so that it does not inherit it. */
static struct reader
start_reader(const char *path)
{
	struct reader reader;
	int go[2], ready[2];

	assert_int_equal(pipe(go), 0);
	assert_int_equal(pipe(ready), 0);
	reader.pid = fork();
	assert_true(reader.pid != -1);
	if (reader.pid == 0) {
		(void)close(go[1]);
		(void)close(ready[0]);
		read_and_wait(path, go[0], ready[1]);
	}
	(void)close(go[0]);
	(void)close(ready[1]);
	reader.go = go[1];
	reader.ready = ready[0];
	return reader;
}

static void
end_reader(const struct reader *reader)
{
	int status;

	(void)close(reader->go);
	(void)close(reader->ready);
	assert_int_equal(waitpid(reader->pid, &status, 0), reader->pid);
	assert_int_equal(status, 0);
}

static size_t
count_in(const char *bytes, size_t length, const char *text)
{
	size_t count = 0, size = strlen(text);
	const char *found;

	while ((found = memmem(bytes, length, text, size)) != NULL) {
		count++;
		length -= (size_t)(found + size - bytes);
		bytes = found + size;
	}
	return count;
}

/* Counts a text in one region of the reader's memory. */
static size_t
count_between(int memory, size_t from, size_t to, const char *text)
{
	char *bytes = malloc(to - from);
	size_t length = 0, count;
	ssize_t got = 1;

	assert_non_null(bytes);
	while (got > 0 && length < to - from) {
		got = pread(memory, bytes + length, to - from - length,
		    (off_t)(from + length));
		length += got > 0 ? (size_t)got : 0;
	}
	count = count_in(bytes, length, text);
	free(bytes);
	return count;
}

/* Counts a text in all memory that the reader can write to. */
static size_t
copies_of(const struct reader *reader, const char *text)
{
	char path[64], *line = NULL, access[8];
	size_t from, to, count = 0, room = 0;
	FILE *maps;
	int memory;

	(void)snprintf(path, sizeof path, "/proc/%d/mem", (int)reader->pid);
	memory = open(path, O_RDONLY | O_CLOEXEC);
	(void)snprintf(path, sizeof path, "/proc/%d/maps", (int)reader->pid);
	maps = fopen(path, "r");
	assert_true(memory != -1 && maps != NULL);
	while (getline(&line, &room, maps) > 0)
		if (sscanf(line, "%zx-%zx %7s", &from, &to, access) == 3 &&
		    access[1] == 'w' && to - from <= REGION_LARGEST)
			count += count_between(memory, from, to, text);
	free(line);
	(void)fclose(maps);
	(void)close(memory);
	return count;
}

static void
make_secret(char secret[SECRET_LENGTH + 1])
{
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC), i;

	assert_int_equal(read(fd, secret, SECRET_LENGTH), SECRET_LENGTH);
	(void)close(fd);
	for (i = 0; i < SECRET_LENGTH; i++)
		secret[i] = (char)('a' + (unsigned char)secret[i] % 26);
	secret[SECRET_LENGTH] = '\0';
}

/* Writes the file `name`, with the secret between two other texts. */
static void
assert_once(const char *name, const char *before, const char *after)
{
	struct reader reader = start_reader(in_folder("c"));
	char secret[SECRET_LENGTH + 1], text[512], byte;

	make_secret(secret);
	(void)snprintf(text, sizeof text, "%s%s%s", before, secret, after);
	write_file(name, text, 0600);
	assert_int_equal(write(reader.go, "", 1), 1);
	assert_int_equal(read(reader.ready, &byte, 1), 1);
	assert_int_equal(copies_of(&reader, secret), 1);
	end_reader(&reader);
}

static void
a_secret_of_the_file_is_in_memory_once(void **state)
{
	(void)state;
	assert_once("c", "endpoint \"*\" { verify_token = \"t\" "
	    "app_secret = { \"", "\", \"other\" } }");
}

static void
an_escaped_secret_is_in_memory_once(void **state)
{
	(void)state;
	assert_once("c", "endpoint \"*\" { verify_token = \"t\" "
	    "app_secret = \"\\\\\\\"", "\" }");
}

static void
a_token_of_the_file_is_in_memory_once(void **state)
{
	(void)state;
	assert_once("c", "endpoint \"*\" { verify_token = '",
	    "' app_secret = \"s\" }");
}

static void
a_secret_of_a_secret_file_is_in_memory_once(void **state)
{
	(void)state;
	write_file("c", "endpoint \"*\" { verify_token = \"t\" "
	    "app_secret_file = \"s\" }", 0600);
	assert_once("s", "other\n", "\n");
}

#define secret_test(f) cmocka_unit_test_setup_teardown(f, make_folder, \
    remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		secret_test(a_secret_of_the_file_is_in_memory_once),
		secret_test(an_escaped_secret_is_in_memory_once),
		secret_test(a_token_of_the_file_is_in_memory_once),
		secret_test(a_secret_of_a_secret_file_is_in_memory_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
