/*
 * config_outcome: the result of parsing a text, as one line: the refusal, or
 * every value of the configuration. Texts of tests/fixtures/config.tsv are
 * parsed as the file /f/hookline.conf, and no other file is opened.
 */
#ifndef HOOKLINE_CONFIG_OUTCOME_H
#define HOOKLINE_CONFIG_OUTCOME_H

#include "config_fixture.h"

#include <inttypes.h>

#define FILE_NAME "/f/hookline.conf"
#define OUTCOME_MAX (64 * 1024)

/* Appends to `out`, which has OUTCOME_MAX bytes, like printf(). */
static inline void __attribute__((format(printf, 2, 3)))
say(char *out, const char *format, ...)
{
	size_t length = strlen(out);
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(out + length, OUTCOME_MAX - length, format, arguments);
	va_end(arguments);
}

static inline void
say_endpoint(char *out, const struct endpoint *endpoint)
{
	const struct secrets *tokens = &endpoint->verify_tokens;
	size_t i;

	say(out, "; endpoint \"%s\"", endpoint->path);
	if (strcmp(endpoint->name, endpoint->path) != 0)
		say(out, " name=\"%s\"", endpoint->name);
	if (endpoint->accept_unsigned)
		say(out, " unsigned=accept");
	say(out, " verify_token=\"%s\"", tokens->texts[0]);
	for (i = 1; i < tokens->count; i++)
		say(out, ",\"%s\"", tokens->texts[i]);
	say(out, " verify_token_file=\"%s\" app_secret={",
	    endpoint->verify_token_file);
	for (i = 0; i < endpoint->app_secrets.count; i++)
		say(out, "\"%s\",", endpoint->app_secrets.texts[i]);
	say(out, "} app_secret_file=\"%s\" allow_sha1=%d client_cert=%d "
	    "client_cert_cn=\"%s\" app_id=\"%s\" callback_url=\"%s\"",
	    endpoint->app_secret_file, endpoint->allow_sha1,
	    (int)endpoint->client_cert, endpoint->client_cert_cn,
	    endpoint->app_id, endpoint->callback_url);
}

static inline void
say_config(char *out, const struct config *config)
{
	const struct journal_options *journal = &config->journal;
	size_t i;

	say(out, "ok directory=\"%s\" file_mode=%04o rotate_size=%" PRIu64
	    " rotate_every=%d keep_files=%" PRIu64 " keep_days=%" PRIu64
	    " keep_size=%" PRIu64 " compress=%d lines=%d duplicate_window=%"
	    PRId64 " max_body=%" PRIu64 " sync=%d nfs=%d log_file=\"%s\" "
	    "acknowledge=%d", journal->directory,
	    (unsigned)journal->file_mode, journal->rotate_size,
	    (int)journal->rotate_every, journal->keep_files,
	    journal->keep_days, journal->keep_size, journal->compress,
	    (int)config->lines, journal->window, config->max_body,
	    journal->sync, journal->nfs, config->log_file,
	    config_acknowledging(config) != NULL);
	assert_string_equal(config->directory, journal->directory);
	assert_null(journal->key_of);
	for (i = 0; i < config->endpoint_count; i++)
		say_endpoint(out, &config->endpoints[i]);
}

/* Writes the outcome to `out`, and frees `config`. */
static inline void
say_outcome(char *out, enum config_status status,
    const struct config_problem *problem, struct config *config)
{
	out[0] = '\0';
	assert_true((status == CONFIG_OK) == (config != NULL));
	if (status == CONFIG_OK)
		say_config(out, config);
	else
		say(out, "%s %s", config_status_word(status),
		    problem->text + strlen(FILE_NAME));
	config_free(config);
}

/* Decodes the escapes \n \t \r \\ \xHH in place; returns the length. */
static inline size_t
unescape(char *text)
{
	static const char letters[] = "ntr\\", bytes[] = "\n\t\r\\";
	char *out = text, *start = text;
	const char *found;
	unsigned byte;

	while (*text != '\0') {
		if (*text != '\\') {
			*out++ = *text++;
			continue;
		}
		found = strchr(letters, text[1]);
		if (found != NULL && *found != '\0') {
			*out++ = bytes[found - letters];
			text += 2;
			continue;
		}
		assert_int_equal(sscanf(text, "\\x%2x", &byte), 1);
		*out++ = (char)byte;
		text += 4;
	}
	*out = '\0';
	return (size_t)(out - start);
}

#endif
