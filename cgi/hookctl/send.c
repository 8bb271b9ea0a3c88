/*
 * send: acts as Meta, for tests of an endpoint; see hookctl(1).
 */
#include "hookctl/hookctl.h"
#include "hookctl/options.h"
#include "hookctl/send_print.h"
#include "hookctl/send_run.h"
#include "hookctl/send_target.h"

#include <json-c/json.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MOST ((size_t)64 << 20)	/* bytes of --file */
#define TOTAL_MOST UINT64_C(100000000)	/* requests */
#define EACH_MOST 19		/* requests that get a line each */
#define RATED_CONNECTIONS 64	/* without --connections, with --rate */

struct values {
	struct send_wish wish;
	struct texts samples;
	const char *file, *ca_file;
	uint64_t count, batch, repeat, later;	/* 0: not given */
	uint64_t rate, connections, expect;	/* likewise */
	bool list, dry_run, curl, json;
};

#define TEXT(name, member, value, help) { '\0', name, OPTION_TEXT,	\
	offsetof(struct values, member), value, help, 0, 0, NULL }
#define FLAG(name, member, help) { '\0', name, OPTION_FLAG,		\
	offsetof(struct values, member), NULL, help, 0, 0, NULL }
#define NUMBER(name, member, value, help, least, most) { '\0', name,	\
	OPTION_NUMBER, offsetof(struct values, member), value, help,	\
	least, most, NULL }

static const struct option_row rows[] = {
	FLAG("verify", wish.verify, "send the verification request"),
	FLAG("list", list, "list the samples"),
	{ '\0', "sample", OPTION_TEXTS, offsetof(struct values, samples),
	    "NAME", "this sample (photos); several take turns", 0, 0, NULL },
	TEXT("file", file, "FILE", "send these bytes (-: standard input)"),
	NUMBER("batch", batch, "N", "put N updates into each body (1)", 1,
	    10000),
	NUMBER("count", count, "N", "send N notifications, each one new (1)", 1,
	    10000000),
	NUMBER("repeat", repeat, "N", "send each one N times", 1, 10000000),
	NUMBER("later", later, "N", "send each one N times, with other "
	    "entry times", 1, 10000000),
	NUMBER("rate", rate, "N", "begin N requests a second", 1, 100000),
	NUMBER("connections", connections, "N", "have at most N on "
	    "their way (1; with --rate 64)", 1, 1000),
	TEXT("endpoint", wish.endpoint, "NAME", "use the secret and token of "
	    "this endpoint"),
	TEXT("secret-file", wish.secret_file, "FILE", "sign with the secret "
	    "in FILE"),
	FLAG("unsigned", wish.is_unsigned, "do not sign"),
	NUMBER("expect", expect, "STATUS", "the status that is wanted (200)",
	    100, 599),
	TEXT("ca-file", ca_file, "FILE", "trust the authorities in FILE"),
	FLAG("dry-run", dry_run, "print the request and send nothing"),
	FLAG("curl", curl, "print a curl command and send nothing"),
	FLAG("json", json, "print the summary as JSON"),
	WHERE_CONFIG_ROW(struct values, wish.where),
	{ 0 }
};

/*
 * Checks
 */

/* Two options that exclude each other, or NULLs. */
static const char *const *
excluded(const struct values *values)
{
	static const char *const pairs[][2] = {
		{ "verify", "sample" }, { "verify", "file" },
		{ "verify", "batch" }, { "verify", "count" },
		{ "verify", "repeat" }, { "verify", "later" },
		{ "verify", "rate" }, { "verify", "connections" },
		{ "verify", "secret-file" }, { "verify", "unsigned" },
		{ "file", "sample" }, { "file", "batch" }, { "file", "count" },
		{ "file", "later" }, { "repeat", "later" },
		{ "unsigned", "secret-file" }, { "dry-run", "curl" },
		{ "dry-run", "json" }, { "curl", "json" }, { NULL, NULL } };
	const struct { const char *name; bool given; } options[] = {
		{ "verify", values->wish.verify },
		{ "sample", values->samples.count > 0 },
		{ "file", values->file != NULL },
		{ "batch", values->batch > 0 }, { "count", values->count > 0 },
		{ "repeat", values->repeat > 0 },
		{ "later", values->later > 0 }, { "rate", values->rate > 0 },
		{ "connections", values->connections > 0 },
		{ "secret-file", values->wish.secret_file != NULL },
		{ "unsigned", values->wish.is_unsigned },
		{ "dry-run", values->dry_run }, { "curl", values->curl },
		{ "json", values->json } };
	size_t pair, i;

	for (pair = 0; pairs[pair][0] != NULL; pair++) {
		unsigned given = 0;

		for (i = 0; i < sizeof options / sizeof options[0]; i++)
			if (options[i].given &&
			    (strcmp(options[i].name, pairs[pair][0]) == 0 ||
			    strcmp(options[i].name, pairs[pair][1]) == 0))
				given++;
		if (given == 2)
			break;
	}
	return pairs[pair];
}

static enum status
check_options(const struct values *values)
{
	const char *const *pair = excluded(values);
	size_t i;

	if (pair[0] != NULL)
		return usage_error(&command_send, "--%s does not go with "
		    "--%s", pair[1], pair[0]);
	for (i = 0; i < values->samples.count; i++)
		if (sample_find(values->samples.texts[i]) == NULL)
			return usage_error(&command_send, "there is no sample "
			    "\"%s\"; --list lists them",
			    values->samples.texts[i]);
	return STATUS_DONE;
}

/* Fills in what was not given. */
static enum status
set_defaults(struct values *values)
{
	if (values->count == 0)
		values->count = 1;
	if (values->batch == 0)
		values->batch = 1;
	if (values->repeat == 0)
		values->repeat = 1;
	if (values->later == 0)
		values->later = 1;
	if (values->expect == 0)
		values->expect = 200;
	if (values->connections == 0)
		values->connections = values->rate == 0 ? 1 :
		    values->rate < RATED_CONNECTIONS ? values->rate :
		    RATED_CONNECTIONS;
	if (values->count > TOTAL_MOST / (values->repeat * values->later))
		return usage_error(&command_send, "that would be more than "
		    "%llu requests", (unsigned long long)TOTAL_MOST);
	return STATUS_DONE;
}

/*
 * What to send
 */

static enum status
list_samples(bool json)
{
	json_object *all = json_object_new_array(), *one;
	size_t i;

	for (i = 0; samples[i].name != NULL; i++) {
		if (!json)
			printf("%-16s %s\n", samples[i].name,
			    samples[i].about);
		one = json_object_new_object();
		json_object_object_add(one, "name",
		    json_object_new_string(samples[i].name));
		json_object_object_add(one, "about",
		    json_object_new_string(samples[i].about));
		json_object_array_add(all, one);
	}
	if (json)
		puts(json_object_to_json_string_ext(all,
		    JSON_C_TO_STRING_PLAIN));
	json_object_put(all);
	return STATUS_DONE;
}

static enum status
read_file(const char *name, struct buffer *bytes)
{
	FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	enum status status = STATUS_DONE;
	size_t got = 1;

	if (file == NULL)
		return fail(STATUS_FAILED, "%s: %s", name, strerror(errno));
	while (got > 0 && status == STATUS_DONE) {
		if (buffer_reserve(bytes, 65536) != ERR_NONE)
			status = fail(STATUS_FAILED, "out of memory");
		else if (bytes->length > FILE_MOST)
			status = fail(STATUS_FAILED, "%s: more than 64 MB",
			    name);
		else {
			got = fread(bytes->bytes + bytes->length, 1, 65536,
			    file);
			bytes->length += got;
		}
	}
	if (status == STATUS_DONE && ferror(file))
		status = fail(STATUS_FAILED, "%s: %s", name, strerror(errno));
	if (file != stdin)
		(void)fclose(file);
	return status;
}

/* The static program can print what it cannot send. */
static enum status
check_network(const struct values *values)
{
	if (client_available() || values->dry_run || values->curl)
		return STATUS_DONE;
	return fail(STATUS_FAILED, "this hookctl was built without network: "
	    "\"hookctl send --curl\" prints the request as a curl command");
}

/* The samples by name, each to be sent in its turn; to be freed. */
static const struct sample **
choose_samples(const struct values *values, size_t *count)
{
	const struct sample **chosen = calloc(values->samples.count + 1,
	    sizeof *chosen);
	size_t i;

	if (chosen == NULL)
		return NULL;
	*count = values->samples.count;
	for (i = 0; i < *count; i++)
		chosen[i] = sample_find(values->samples.texts[i]);
	if (*count == 0)
		chosen[(*count)++] = &samples[0];
	for (i = 0; values->later > 1 && i < *count; i++)
		if (!sample_has_time(chosen[i]))
			note("entries of %s have no time: the same bytes are "
			    "sent again", chosen[i]->name);
	return chosen;
}

/*
 * Sending
 */

static enum status
print_all(const struct values *values, const struct send_target *target,
    struct send_maker *maker, uint64_t total)
{
	struct send_request request = { 0 };
	enum status status = STATUS_DONE;
	const char *file = values->file != NULL &&
	    strcmp(values->file, "-") != 0 ? values->file : NULL;
	uint64_t i;

	for (i = 0; i < total && status == STATUS_DONE; i++) {
		if (!send_make(maker, &request))
			status = fail(STATUS_FAILED, "out of memory");
		else if (values->curl)
			status = print_curl(&request, file);
		else
			status = print_request(&request, &target->parts);
		if (i + 1 < total)
			putchar('\n');
	}
	buffer_free(&request.body);
	return status;
}

static enum status
send_all(const struct values *values, const struct send_target *target,
    struct send_maker *maker, uint64_t total)
{
	struct tally tally = { .expected = (int)values->expect,
	    .challenge = values->wish.verify ? maker->challenge : NULL,
	    .each = total <= EACH_MOST && !values->json };
	struct send_run run = { .maker = maker, .tally = &tally,
	    .total = total, .rate = values->rate,
	    .connections = values->connections < total ?
	    values->connections : total };
	enum status status;

	status = send_run(&run);
	if (status != STATUS_FAILED && tally.unexpected > 0)
		status = STATUS_WRONG;
	if (!values->json)
		tally_print(&tally);
	else if (status != STATUS_FAILED && !tally_print_json(&tally,
	    target->endpoint != NULL ? target->endpoint->name : NULL,
	    run.seconds))
		status = fail(STATUS_FAILED, "out of memory");
	tally_free(&tally);
	return status;
}

static enum status
act(const struct values *values, const struct send_target *target,
    const struct buffer *file)
{
	struct send_maker maker = { .url = target->url,
	    .ca_file = values->ca_file, .secret = target->secret,
	    .verify_token = values->wish.verify ?
	    target->endpoint->verify_tokens.texts[0] : NULL,
	    .file = { file->bytes, file->length },
	    .batch = values->batch, .repeat = values->repeat,
	    .later = values->later };
	uint64_t total = values->count * values->repeat * values->later;
	enum status status;

	maker.samples = choose_samples(values, &maker.sample_count);
	if (maker.samples == NULL || !send_maker_begin(&maker))
		status = fail(STATUS_FAILED, "out of memory");
	else if (values->dry_run || values->curl)
		status = print_all(values, target, &maker, total);
	else
		status = send_all(values, target, &maker, total);
	send_maker_end(&maker);
	free(maker.samples);
	return status;
}

static enum status
run(char **words)
{
	struct values values = { 0 };
	struct send_target target = { 0 };
	struct buffer file = { 0 };
	enum status status = options_read(&command_send, words, &values,
	    &values.wish.url);

	if (status != STATUS_DONE)
		return status;
	status = check_options(&values);
	if (status == STATUS_DONE)
		status = set_defaults(&values);
	if (status == STATUS_DONE && values.list) {
		status = list_samples(values.json);
		goto out;
	}
	if (status == STATUS_DONE)
		status = check_network(&values);
	if (status == STATUS_DONE)
		status = send_target_find(&command_send, &values.wish,
		    &target);
	if (status == STATUS_DONE && values.file != NULL)
		status = read_file(values.file, &file);
	if (status == STATUS_DONE)
		status = act(&values, &target, &file);
out:
	buffer_free(&file);
	send_target_free(&target);
	options_free(&command_send, &values);
	return status;
}

const struct command command_send = { .name = "send",
    .operands = "[URL]", .operands_most = 1,
    .summary = "act as Meta: send notifications, or the verification request",
    .about = "\nThey go to the URL, or else to the endpoint's callback_url, "
    "signed with its app\nsecret. The status is 0 if every answer is the "
    "expected one.\n",
    .options = rows, .run = run };
