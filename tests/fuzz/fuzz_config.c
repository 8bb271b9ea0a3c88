/*
 * fuzz_config: the text of hookline.conf. No other file is opened.
 *
 *  - A configuration is returned only with CONFIG_OK; any other status comes
 *    with a reason in printable ASCII or UTF-8.
 *  - A returned configuration is complete: absolute paths, at least one
 *    endpoint, no two with the same path or name, each with tokens and secrets
 *    that are not empty, and numbers inside the ranges of hookline.conf(5).
 *  - An endpoint that needs no signature has a name, and either a path that is
 *    hard to guess or a certificate; only such an endpoint may have no secrets.
 *  - A refusal names a line that exists in the text.
 *  - A NUL is never accepted, and no value comes from the environment.
 *  - The same text always gives the same result.
 */
#include "fuzz.h"

#include "config/config.h"
#include "config/internal.h"

#include <stdlib.h>
#include <string.h>

#define LEAK "leaked-from-the-environment"
#define FILE_NAME "/etc/fuzz.conf"
#define DAY (INT64_C(24) * 3600)

static void
ignore_warning(void *argument, const char *text)
{
	(void)argument;
	MUST(*text != '\0');
}

static void
check_text(const char *text)
{
	MUST(text != NULL && strstr(text, LEAK) == NULL);
}

static void
check_secrets(const struct secrets *secrets, size_t least)
{
	size_t i;

	MUST(secrets->count >= least && secrets->count <= CONFIG_SECRETS_MAX);
	for (i = 0; i < secrets->count; i++) {
		check_text(secrets->texts[i]);
		MUST(secrets->texts[i][0] != '\0');
	}
}

static bool
is_in(int byte, const char *allowed)
{
	return byte != '\0' && strchr(allowed, byte) != NULL;
}

/* Some part between two slashes is long enough, and has enough bytes of each
 * kind. */
static bool
is_hard_to_guess(const char *path)
{
	int of_a_kind[3] = { 0 }, all = 0;

	for (; *path != '\0' && *path != '/'; path++) {
		of_a_kind[0] += is_in(*path, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
		of_a_kind[1] += is_in(*path, "abcdefghijklmnopqrstuvwxyz");
		of_a_kind[2] += is_in(*path, "0123456789");
		all += is_in(*path, "_-");
	}
	all += of_a_kind[0] + of_a_kind[1] + of_a_kind[2];
	return (all >= 22 && of_a_kind[0] > 0 && of_a_kind[1] > 0 &&
	    of_a_kind[2] >= 4) ||
	    (*path == '/' && is_hard_to_guess(path + 1));
}

static void
check_name(const struct config *config, const struct endpoint *endpoint)
{
	const char *name = endpoint->name, *byte;
	size_t i, same = 0;

	check_text(name);
	MUST(*name != '\0');
	for (i = 0; i < config->endpoint_count; i++)
		same += strcmp(config->endpoints[i].name, name) == 0;
	MUST(same == 1);
	if (strcmp(name, endpoint->path) != 0) {
		MUST(strlen(name) <= 64);
		for (byte = name; *byte != '\0'; byte++)
			MUST(is_in(*byte, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz0123456789._/-"));
	} else
		MUST(!endpoint->accept_unsigned);
	if (endpoint->accept_unsigned) {
		MUST(endpoint->client_cert == CLIENT_CERT_SERVER ||
		    is_hard_to_guess(endpoint->path));
		MUST(!is_hard_to_guess(name));
	}
}

static void
check_endpoint(const struct config *config, size_t index)
{
	const struct endpoint *endpoint = &config->endpoints[index];

	check_text(endpoint->path);
	MUST(strcmp(endpoint->path, "*") == 0 || endpoint->path[0] == '/');
	MUST(strlen(endpoint->path) <= CONFIG_PATH_LONGEST);
	MUST(config_endpoint(config, endpoint->path) == endpoint);
	check_name(config, endpoint);
	check_secrets(&endpoint->verify_tokens, 1);
	check_secrets(&endpoint->app_secrets, !endpoint->accept_unsigned);
	check_text(endpoint->client_cert_cn);
	MUST(endpoint->client_cert_cn[0] != '\0');
	check_text(endpoint->callback_url);
	MUST(strspn(endpoint->app_id, "0123456789") ==
	    strlen(endpoint->app_id));
	MUST(endpoint->client_cert <= CLIENT_CERT_ALB);
}

static void
check_config(const struct config *config)
{
	size_t i;

	check_text(config->directory);
	MUST(config->directory[0] == '/');
	check_text(config->log_file);
	MUST(config->log_file[0] == '\0' || config->log_file[0] == '/');
	MUST((config->journal.file_mode & ~(mode_t)0664) == 0 &&
	    (config->journal.file_mode & 0600) == 0600);
	MUST(config->journal.rotate_size <= (uint64_t)1 << 40);
	MUST(config->journal.keep_size <= (uint64_t)1 << 40);
	MUST(config->journal.keep_files <= 1000000000);
	MUST(config->journal.keep_days <= 36500);
	MUST(config->max_body >= 1 && config->max_body <= 256u << 20);
	MUST(config->journal.window == 0 ||
	    (config->journal.window >= 36 * 3600 &&
	    config->journal.window <= 366 * DAY));
	MUST(config->acknowledge_within >= 100 &&
	    config->acknowledge_within <= 9000);
	MUST(config->journal.watched ==
	    (strcmp(config->acknowledge, "disk") != 0));
	MUST(!config->journal.watched || (config->journal.sync &&
	    config->relay_count > 0));
	MUST(config->endpoint_count >= 1 &&
	    config->endpoint_count <= CONFIG_ENDPOINTS_MAX);
	for (i = 0; i < config->endpoint_count; i++)
		check_endpoint(config, i);
}

static enum config_status
parse(struct span text, struct config_problem *problem, struct config **config)
{
	const struct config_search search = { .warn = ignore_warning };
	struct loading loading = { .file = FILE_NAME, .search = &search,
	    .problem = problem, .config = config_new() };
	char *copy = fuzz_text(text);
	enum config_status status;
	bool good;

	problem->text[0] = '\0';
	MUST(loading.config != NULL);
	good = config_parse(&loading, copy, text.length);
	MUST(good == (loading.status == CONFIG_OK));
	free(copy);
	status = config_finish(&loading, config);
	MUST((status == CONFIG_OK) == (*config != NULL));
	return status;
}

/* A refusal names a line of the text, unless it is about something missing from
 * the whole text. */
static void
check_problem(struct span text, const char *problem)
{
	unsigned long line, lines = 1;
	char *rest;
	size_t i;

	for (i = 0; i < text.length; i++)
		lines += text.bytes[i] == '\n';
	MUST(strncmp(problem, FILE_NAME ":", sizeof FILE_NAME) == 0);
	MUST(strstr(problem, "out of memory") == NULL);
	problem += sizeof FILE_NAME;
	if (strcmp(problem, " no endpoint is configured") == 0)
		return;
	line = strtoul(problem, &rest, 10);
	MUST(line >= 1 && line <= lines);
	MUST(rest[0] == ':' && rest[1] == ' ' && rest[2] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span text = { size > 0 ? (const char *)data : "", size };
	struct config_problem problem, again;
	struct config *config, *config_again;
	enum config_status status;
	const char *p;

	if (getenv("LEAK") == NULL)
		MUST(setenv("LEAK", LEAK, 1) == 0);
	if (memmem(text.bytes, size, LEAK, sizeof LEAK - 1) != NULL)
		return 0;
	status = parse(text, &problem, &config);
	MUST(parse(text, &again, &config_again) == status);
	if (status == CONFIG_OK) {
		check_config(config);
		check_config(config_again);
		MUST(memchr(text.bytes, '\0', size) == NULL);
	} else {
		MUST(status != CONFIG_NONE);
		check_problem(text, problem.text);
		MUST(strcmp(problem.text, again.text) == 0);
		for (p = problem.text; *p != '\0'; p++)
			MUST((unsigned char)*p >= ' ' && *p != 0x7f);
	}
	config_free(config);
	config_free(config_again);
	return 0;
}
