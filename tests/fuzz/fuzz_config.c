/*
 * fuzz_config: the text of hookline.conf. No other file is opened.
 *
 *  - A configuration is handed out with CONFIG_OK alone; any other status
 *    comes with a reason in printable ASCII or UTF-8.
 *  - What is handed out is whole: absolute paths, at least one endpoint, no two
 *    of the same path, each with a token and secrets that are not empty, and
 *    numbers inside the ranges of hookline.conf(5).
 *  - What our own scan lets through, libconfuse takes as well.
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
check_endpoint(const struct config *config, size_t index)
{
	const struct endpoint *endpoint = &config->endpoints[index];
	size_t i;

	check_text(endpoint->path);
	MUST(strcmp(endpoint->path, "*") == 0 || endpoint->path[0] == '/');
	MUST(strlen(endpoint->path) <= CONFIG_PATH_LONGEST);
	MUST(config_endpoint(config, endpoint->path) == endpoint);
	check_text(endpoint->verify_token);
	MUST(endpoint->verify_token[0] != '\0');
	MUST(endpoint->secret_count >= 1 &&
	    endpoint->secret_count <= CONFIG_SECRETS_MAX);
	for (i = 0; i < endpoint->secret_count; i++) {
		check_text(endpoint->app_secrets[i]);
		MUST(endpoint->app_secrets[i][0] != '\0');
	}
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
	MUST((config->file_mode & ~(mode_t)0664) == 0 &&
	    (config->file_mode & 0600) == 0600);
	MUST(config->rotate_size <= (uint64_t)1 << 40);
	MUST(config->keep_size <= (uint64_t)1 << 40);
	MUST(config->keep_files <= 1000000000 && config->keep_days <= 36500);
	MUST(config->max_body >= 1 && config->max_body <= 256u << 20);
	MUST(config->duplicate_window == 0 ||
	    (config->duplicate_window >= 36 * 3600 &&
	    config->duplicate_window <= 366 * DAY));
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
	const struct config_context context = { .file = FILE_NAME,
	    .folder = "/etc", .search = &search, .problem = problem };
	bool has_secrets = false;
	enum config_status status;

	problem->text[0] = '\0';
	status = config_parse_text(&context, text.bytes, text.length, config,
	    &has_secrets);
	MUST((status == CONFIG_OK) == (*config != NULL));
	if (status == CONFIG_OK)
		MUST(has_secrets);
	return status;
}

/* Whether a problem begins with the name of a key of the table. */
static bool
names_key(const char *problem, const struct config_key *keys, size_t count)
{
	size_t i, length;

	for (i = 0; i < count; i++) {
		length = strlen(keys[i].name);
		if (strncmp(problem, keys[i].name, length) == 0 &&
		    problem[length] == ':')
			return true;
	}
	return strncmp(problem, "endpoint: ", 10) == 0 ||
	    strcmp(problem, "no endpoint is configured") == 0;
}

/* After our scan, only values can be wrong: libconfuse finds nothing. */
static void
check_problem(struct span text, const char *problem)
{
	static struct config_lines lines;
	struct config_problem other;
	const struct config_context context = { .file = FILE_NAME,
	    .folder = "/etc", .problem = &other };
	char *copy = fuzz_text(text);

	MUST(strncmp(problem, FILE_NAME, sizeof FILE_NAME - 1) == 0);
	MUST(strstr(problem, "memory is short") == NULL);
	problem += sizeof FILE_NAME - 1;
	problem += strspn(problem, ":0123456789");
	MUST(*problem == ' ');
	memset(&lines, 0, sizeof lines);
	if (config_scan(&context, copy, text.length, &lines) == CONFIG_OK)
		MUST(names_key(problem + 1, config_general_keys,
		    CONFIG_GENERAL_KEYS) || names_key(problem + 1,
		    config_endpoint_keys, CONFIG_ENDPOINT_KEYS));
	free(copy);
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
