/* hookctl verify: is every record in the journal what was received? */
#include "base/clock.h"
#include "hookctl/options.h"
#include "hookctl/verify_run.h"
#include "hookctl/where.h"
#include "journal/reader.h"

#include <json-c/json.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct verify_options {
	struct where where;
	struct texts secret_files, endpoints;
	bool json;
};

#define OPTION(name, kind, member, value, help)				\
	{ '\0', name, kind, offsetof(struct verify_options, member),	\
	    value, help, 0, 0, NULL }

static const struct option_row rows[] = {
	WHERE_CONFIG_ROW(struct verify_options, where),
	WHERE_DIRECTORY_ROW(struct verify_options, where),
	OPTION("secret-file", OPTION_TEXTS, secret_files, "FILE",
	    "more app secrets, such as old ones"),
	OPTION("endpoint", OPTION_TEXTS, endpoints, "NAME",
	    "a name that an endpoint used to have"),
	OPTION("json", OPTION_FLAG, json, NULL, "print one JSON object"),
	{ 0 }
};

/*
 * Known secrets and names
 */

static enum status
out_of_memory(void)
{
	return fail(STATUS_FAILED, "out of memory");
}

static void
print_warning(void *argument, const char *text)
{
	(void)argument;
	note("warning: %s", text);
}

static enum status
add_secret_file(struct verify_run *run, const char *path)
{
	struct config_search search = { .warn = print_warning, .look = true };
	struct secrets secrets = { 0 };
	struct config_problem problem;
	enum status status = STATUS_DONE;

	if (config_read_secrets(&search, path, &secrets, &problem) !=
	    CONFIG_OK)
		status = fail(STATUS_FAILED, "--secret-file: %s",
		    problem.text);
	else if (secret_keys_add(run->keys, &secrets) != ERR_NONE)
		status = out_of_memory();
	config_secrets_free(&secrets);
	return status;
}

static bool
add_config(struct verify_run *run, const struct config *config)
{
	bool good = true;
	size_t i;

	for (i = 0; good && i < config->endpoint_count; i++)
		good = names_add_known(&run->names,
		    config->endpoints[i].name) && secret_keys_add(run->keys,
		    &config->endpoints[i].app_secrets) == ERR_NONE;
	return good;
}

/* Whether a journal's folder is named, but no configuration. */
static bool
is_folder_alone(const struct where *where)
{
	const char *directory = getenv("HOOKLINE_DIRECTORY");
	const char *secret = getenv("HOOKLINE_APP_SECRET");

	if (where->config != NULL)
		return false;
	return where->directory != NULL || (directory != NULL &&
	    *directory != '\0' && (secret == NULL || *secret == '\0'));
}

/* Collects secrets and names, and finds the journal; the caller frees its
 * path. */
static enum status
prepare(const struct verify_options *options, struct verify_run *run,
    char **directory)
{
	struct config *config = NULL;
	enum status status = STATUS_DONE;
	bool good;
	size_t i;

	run->keys = secret_keys_new();
	good = run->keys != NULL;
	if (!is_folder_alone(&options->where)) {
		config = where_config(&options->where);
		if (config == NULL)
			return STATUS_FAILED;
		good = good && add_config(run, config);
		*directory = options->where.directory == NULL ?
		    strdup(config->directory) : NULL;
		config_free(config);
	}
	for (i = 0; good && i < options->endpoints.count; i++)
		good = names_add_known(&run->names,
		    options->endpoints.texts[i]);
	if (!good)
		return out_of_memory();
	for (i = 0; status == STATUS_DONE && i < options->secret_files.count;
	    i++)
		status = add_secret_file(run, options->secret_files.texts[i]);
	if (status == STATUS_DONE && *directory == NULL) {
		*directory = where_directory(&options->where);
		if (*directory == NULL)
			status = STATUS_FAILED;
	}
	return status;
}

/*
 * The summary
 */

static void
print_other(const struct verify_run *run)
{
	const struct name *name = run->names.list;
	const struct name *end = name + run->names.count;
	char number[32];

	for (; name < end; name++)
		if (name->other > 0)
			printf("             %s at %s, from record %" PRIu64
			    " on\n", number_text(name->other, number),
			    name->text, name->other_first);
}

/* Prints a row for what cannot be checked, unless `count` is 0. */
static void
print_unchecked(uint64_t count, const char *what)
{
	char number[32];

	if (count > 0)
		printf("not checked  %s %s\n", number_text(count, number),
		    what);
}

static void
print_summary(const struct verify_run *run)
{
	const struct verify_counts *counts = &run->counts;
	const bool keys = secret_keys_count(run->keys) > 0;
	uint64_t found = run->findings->count;
	char records[32], files[32], bytes[32], right[32];

	printf("checked      %s record%s", number_text(counts->records,
	    records), counts->records == 1 ? "" : "s");
	if (counts->records > 0)
		printf(", seq %" PRIu64 " to %" PRIu64, counts->first_seq,
		    counts->last_seq);
	printf(", in %s file%s, %s of text\n", number_text(counts->files,
	    files), counts->files == 1 ? "" : "s", size_text(counts->bytes,
	    bytes));
	if (keys)
		printf("signatures   %s right\n", number_text(counts->right,
		    right));
	print_unchecked(counts->other, keys ? "signed with a secret that is "
	    "not given" : "signatures: no secret is given");
	if (keys)
		print_other(run);
	print_unchecked(counts->no_signature, "not signed");
	print_unchecked(counts->reformatted,
	    "reformatted: neither digest nor signature");
	print_unchecked(counts->updates,
	    "signatures of updates, whose lines have none");
	if (found == 0)
		puts(counts->records > 0 ? "all is well" : "no records");
	else
		printf("%s finding%s\n", number_text(found, records),
		    found == 1 ? "" : "s");
}

static void
add(struct json_object *object, const char *name, uint64_t number)
{
	(void)json_object_object_add(object, name,
	    json_object_new_uint64(number));
}

static struct json_object *
others_json(const struct verify_run *run)
{
	struct json_object *list = json_object_new_array(), *row;
	size_t i;

	for (i = 0; i < run->names.count; i++) {
		const struct name *name = &run->names.list[i];

		if (name->other == 0)
			continue;
		row = json_object_new_object();
		(void)json_object_object_add(row, "endpoint",
		    json_object_new_string(name->text));
		add(row, "count", name->other);
		add(row, "first_seq", name->other_first);
		(void)json_object_array_add(list, row);
	}
	return list;
}

static void
print_json(const struct verify_run *run)
{
	const struct verify_counts *counts = &run->counts;
	struct json_object *top = json_object_new_object();

	add(top, "records", counts->records);
	add(top, "first_seq", counts->first_seq);
	add(top, "last_seq", counts->last_seq);
	add(top, "files", counts->files);
	add(top, "bytes", counts->bytes);
	add(top, "secrets", secret_keys_count(run->keys));
	add(top, "signatures_right", counts->right);
	add(top, "signatures_unknown", counts->other);
	(void)json_object_object_add(top, "unknown_of", others_json(run));
	add(top, "not_signed", counts->no_signature);
	add(top, "reformatted", counts->reformatted);
	add(top, "updates", counts->updates);
	(void)json_object_object_add(top, "findings",
	    json_object_get(run->findings->list));
	(void)json_object_object_add(top, "notes",
	    json_object_get(run->findings->notes));
	puts(json_object_to_json_string_ext(top, JSON_C_TO_STRING_PRETTY |
	    JSON_C_TO_STRING_NOSLASHESCAPE));
	(void)json_object_put(top);
}

/*
 * The command
 */

/* The number of bytes to be read, for the progress bar. */
static uint64_t
size_of(const char *directory)
{
	struct reader_file *files;
	uint64_t size = 0;
	size_t count, i;

	if (reader_files(directory, &files, &count) != ERR_NONE)
		return 0;
	for (i = 0; i < count; i++)
		size += files[i].size;
	free(files);
	return size;
}

static enum status
check(struct verify_run *run, const char *directory, bool json)
{
	enum status status;

	if (!findings_begin(run->findings, json, run->progress))
		return out_of_memory();
	progress_begin(run->progress, size_of(directory));
	status = verify_run(run, directory);
	progress_end(run->progress);
	if (json)
		print_json(run);
	else if (run->counts.files > 0 || status == STATUS_DONE)
		print_summary(run);
	if (status == STATUS_DONE && run->findings->count > 0)
		status = STATUS_WRONG;
	findings_free(run->findings);
	return status;
}

static enum status
run(char **words)
{
	struct verify_options options = { 0 };
	struct progress progress;
	struct findings findings;
	struct verify_run run = { .files.directory = -1,
	    .findings = &findings, .progress = &progress };
	char *directory = NULL;
	enum status status = options_read(&command_verify, words, &options,
	    NULL);

	if (status != STATUS_DONE)
		return status;
	status = prepare(&options, &run, &directory);
	if (status == STATUS_DONE)
		status = check(&run, directory, options.json);
	verify_run_free(&run);
	secret_keys_free(run.keys);
	free(directory);
	options_free(&command_verify, &options);
	return status;
}

const struct command command_verify = { .name = "verify", .operands = "",
    .summary = "check every record: form, digest, signature, order",
    .about = "\nReads the journal and its archive, changes nothing, and names "
    "the first bad byte\nof each damaged record. The status is 1 if there is "
    "one.\n", .options = rows, .run = run };
