/*
 * fuzz_config: the text of hookline.conf. No other file is opened.
 *
 *  - A configuration is handed out with CONFIG_OK alone; any other status
 *    comes with a reason in printable ASCII or UTF-8.
 *  - What is handed out is whole: absolute paths, at least one endpoint, no two
 *    of the same path, each with a token and secrets that are not empty, and
 *    numbers inside the ranges of hookline.conf(5).
 *  - A refusal names a line that the text has.
 *  - A NUL is never accepted, and no value comes from the environment.
 *  - The same text gives the same once more.
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
check_secrets(const struct secrets *secrets, size_t most)
{
	size_t i;

	MUST(secrets->count >= 1 && secrets->count <= most);
	for (i = 0; i < secrets->count; i++) {
		check_text(secrets->texts[i]);
		MUST(secrets->texts[i][0] != '\0');
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
	check_secrets(&endpoint->verify_tokens, CONFIG_SECRETS_MAX);
	check_secrets(&endpoint->app_secrets, CONFIG_SECRETS_MAX);
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
	MUST(config->acknowledge == ACKNOWLEDGE_DISK);
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

/* Its line is one of the text's; only what the whole text lacks has none. */
static void
check_problem(struct span text, const char *problem)
{
	unsigned long line, lines = 1;
	char *rest;
	size_t i;

	for (i = 0; i < text.length; i++)
		lines += text.bytes[i] == '\n';
	MUST(strncmp(problem, FILE_NAME ":", sizeof FILE_NAME) == 0);
	MUST(strstr(problem, "memory is short") == NULL);
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
