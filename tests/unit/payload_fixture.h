/* The bodies in tests/fixtures/payloads/, for the tests of lib/payload/. */
#ifndef HOOKLINE_TESTS_PAYLOAD_FIXTURE_H
#define HOOKLINE_TESTS_PAYLOAD_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define FIXTURE_MAX 4096

struct fixture {
	const char *name;
	const char *object;	/* its token, or NULL */
	size_t updates;
	bool newline;
};

static const struct fixture fixtures[] = {
	{ "ad_account_array", NULL, 0, false },
	{ "big_ids", "\"page\"", 1, false },
	{ "graph_batch", "\"user\"", 3, false },
	{ "graph_changed_fields", "\"user\"", 1, false },
	{ "graph_values", "\"user\"", 1, false },
	{ "instagram_comment", "\"instagram\"", 1, false },
	{ "instagram_entry_field", "\"instagram\"", 1, false },
	{ "instagram_messaging", "\"instagram\"", 1, false },
	{ "leadgen", "\"page\"", 1, false },
	{ "lone_surrogates", "\"page\"", 2, false },
	{ "messenger_message", "\"page\"", 1, false },
	{ "messenger_mixed", "\"page\"", 5, false },
	{ "page_comment", "\"page\"", 1, false },
	{ "page_reaction", "\"page\"", 1, false },
	{ "pretty", "\"page\"", 2, true },
	{ "security_log", "\"workplace_security\"", 1, false },
	{ "several_arrays", "\"page\"", 4, false },
	{ "standby", "\"page\"", 1, false },
	{ "test_button", "\"page\"", 1, false },
	{ "threads", NULL, 1, false },
	{ "unknown_object", "\"something_new\"", 0, false },
	{ "utf8", "\"page\"", 1, false },
	{ "whatsapp_errors", "\"whatsapp_business_account\"", 1, false },
	{ "whatsapp_messages", "\"whatsapp_business_account\"", 2, false },
	{ "whatsapp_statuses", "\"whatsapp_business_account\"", 2, false },
};

#define FIXTURE_COUNT (sizeof fixtures / sizeof fixtures[0])

/* Reads a body by its name; 0 if it cannot be read. */
static inline size_t
fixture_read(const char *name, char out[FIXTURE_MAX])
{
	char path[256];
	FILE *file;
	size_t length;

	(void)snprintf(path, sizeof path, "tests/fixtures/payloads/%s.json",
	    name);
	file = fopen(path, "r");
	if (file == NULL)
		return 0;
	length = fread(out, 1, FIXTURE_MAX, file);
	(void)fclose(file);
	return length < FIXTURE_MAX ? length : 0;
}

#endif
