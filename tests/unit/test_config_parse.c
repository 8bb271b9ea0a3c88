#include "config_fixture.h"

#define FILE_NAME "/f/hookline.conf"

static struct config_problem problem;

static enum config_status
parse_bytes(const char *text, size_t length, struct config **config)
{
	char *copy = malloc(length + 1);
	enum config_status status;

	assert_non_null(copy);
	memcpy(copy, text, length);
	copy[length] = '\0';
	problem.text[0] = '\0';
	status = parse_as(FILE_NAME, copy, length, config, &problem);
	free(copy);
	return status;
}

static enum config_status
parse(const char *text, struct config **config)
{
	return parse_bytes(text, strlen(text), config);
}

struct refusal {
	const char *text;
	enum config_status status;
	const char *problem;	/* the part after the file's name */
};

/* Texts with one mistake each. The problem names the line and the key. */
static const struct refusal refusals[] = {
	/* keys and endpoints */
	{ "", CONFIG_BAD, ": no endpoint is configured" },
	{ "# nothing\n", CONFIG_BAD, ": no endpoint is configured" },
	{ ENDPOINT "rotatesize = 1\n", CONFIG_BAD,
	  ":5: rotatesize: unknown key" },
	{ "include(\"/etc/passwd\")\n", CONFIG_BAD,
	  ":1: include: unknown key" },
	{ "endpoints = 1", CONFIG_BAD, ":1: endpoints: belongs inside a relay block" },
	{ "sync = true\n\nsync = true\n" ENDPOINT, CONFIG_BAD,
	  ":3: sync: given twice, first on line 1" },
	{ ENDPOINT ENDPOINT, CONFIG_BAD,
	  ":5: endpoint: given twice, first on line 1" },
	{ "endpoint '/webhook' {}\n" ENDPOINT, CONFIG_NO_SECRET,
	  ":1: verify_token: is missing" },
	{ "endpoint '/a' { verify_token = 't' app_secret = 's' }\n"
	  "endpoint \"/a\" {}", CONFIG_BAD,
	  ":2: endpoint: given twice, first on line 1" },
	{ "endpoint \"/a\" {\nallow_sha1 = no\nallow_sha1 = no\n}",
	  CONFIG_BAD, ":3: allow_sha1: given twice, first on line 2" },
	{ "verify_token = \"x\"", CONFIG_BAD,
	  ":1: verify_token: belongs inside an endpoint block" },
	{ "endpoint \"/a\" { sync = true }", CONFIG_BAD,
	  ":1: sync: does not belong inside an endpoint block" },
	{ "endpoint \"/a\" { endpoint \"/b\" {} }", CONFIG_BAD,
	  ":1: endpoint: unknown key" },
	/* paths of endpoints */
	{ "endpoint {}", CONFIG_BAD,
	  ":1: endpoint: needs a path in quotes" },
	{ "endpoint webhook {}", CONFIG_BAD,
	  ":1: endpoint: needs a path in quotes" },
	{ "endpoint \"\" {}", CONFIG_BAD, ":1: endpoint: its path must be " },
	{ "endpoint \"a\" {}", CONFIG_BAD, ":1: endpoint: its path must be " },
	{ "endpoint \"**\" {}", CONFIG_BAD, ":1: endpoint: its path must be " },
	{ "endpoint \"/a b\" {}", CONFIG_BAD, ":1: endpoint: its path must " },
	{ "endpoint \"/a?b\" {}", CONFIG_BAD, ":1: endpoint: its path must " },
	{ "endpoint \"/\xc3\xa4\" {}", CONFIG_BAD, ":1: endpoint: its path " },
	{ "endpoint \"/a\" allow_sha1", CONFIG_BAD,
	  ":1: endpoint: its path must be followed by {" },
	{ "endpoint \"/a\" {\n", CONFIG_BAD,
	  ":2: the file ends inside an endpoint block: } is missing" },
	{ "endpoint \"/a\" { = }", CONFIG_BAD, ":1: expected a key, or } at" },
	{ ENDPOINT "}", CONFIG_BAD, ":5: expected a key here" },
	/* values */
	{ "sync true", CONFIG_BAD, ":1: sync: must be followed by =" },
	{ "sync += true", CONFIG_BAD, ":1: sync: unexpected character" },
	{ "sync =", CONFIG_BAD, ":1: sync: must be one value" },
	{ "sync = { true }", CONFIG_BAD, ":1: sync: must be one value" },
	{ "directory = /srv", CONFIG_BAD,
	  ":1: directory: unexpected character" },
	{ "directory = \"a\nb\"", CONFIG_BAD,
	  ":1: directory: a string may not span lines" },
	{ "directory = \"a", CONFIG_BAD,
	  ":1: directory: this string is never closed" },
	{ "directory = 'a", CONFIG_BAD,
	  ":1: directory: this string is never closed" },
	{ "directory = \"a\\", CONFIG_BAD,
	  ":1: directory: a backslash may only come before" },
	{ "directory = \"\\x41\"", CONFIG_BAD,
	  ":1: directory: a backslash may only come before" },
	{ "directory = \"a\tb\"", CONFIG_BAD,
	  ":1: directory: a string contains a control character" },
	{ "directory = \"\x7f\"", CONFIG_BAD,
	  ":1: directory: a string contains a control character" },
	{ "directory = \"${HOME}\"", CONFIG_BAD,
	  ":1: directory: ${ is not expanded" },
	{ "directory = ${HOME}", CONFIG_BAD,
	  ":1: directory: unexpected character" },
	{ "/* a\n*/ sync = /* b\n", CONFIG_BAD,
	  ":2: sync: this comment is never closed" },
	{ "/*/ sync = true", CONFIG_BAD, ":1: this comment is never closed" },
	/* tokens and secrets */
	{ "endpoint \"/a\" {\nverify_token = secret words\n}", CONFIG_BAD,
	  ":2: verify_token: must be in quotes" },
	{ "endpoint \"/a\" {\n\n}", CONFIG_NO_SECRET,
	  ":1: verify_token: is missing" },
	{ "\nendpoint \"/a\" {\nverify_token = \"x\" }", CONFIG_NO_SECRET,
	  ":2: app_secret: is missing" },
	{ "endpoint \"/a\" {\nverify_token = \"\" }", CONFIG_NO_SECRET,
	  ":2: verify_token: is empty" },
	{ "endpoint \"/a\" {\nverify_token = \"x\"\napp_secret = '' }",
	  CONFIG_NO_SECRET, ":3: app_secret: is empty" },
	{ "endpoint \"/a\" { verify_token = \"x\" app_secret = {} }",
	  CONFIG_NO_SECRET, ":1: app_secret: is missing" },
	{ "endpoint \"/a\" { verify_token = \"x\" app_secret = {\"y\",\"\"} }",
	  CONFIG_NO_SECRET, ":1: app_secret: is empty" },
	{ "endpoint \"/a\" { app_secret = {\"y\" \"z\"} }", CONFIG_BAD,
	  ":1: app_secret: a comma is missing in the list" },
	{ "endpoint \"/a\" { app_secret = {\"y\",,\"z\"} }", CONFIG_BAD,
	  ":1: app_secret: a list looks like" },
	{ "endpoint \"/a\" { app_secret = {\"y\"", CONFIG_BAD,
	  ":1: app_secret: a list looks like" },
	{ "endpoint \"/a\" { verify_token = {} }", CONFIG_NO_SECRET,
	  ":1: verify_token: is missing" },
	{ "endpoint \"/a\" { verify_token = {\"y\",\"\"} }", CONFIG_NO_SECRET,
	  ":1: verify_token: is empty" },
	{ "endpoint \"/a\" { verify_token = {\"y\"\n,\"z \"} }", CONFIG_BAD,
	  ":1: verify_token: begins or ends with a blank" },
	{ "endpoint \"/a\" { verify_token = \"x \" }", CONFIG_BAD,
	  ":1: verify_token: begins or ends with a blank" },
	{ "endpoint \"/a\" {\nverify_token = \"\"\nverify_token_file = \"f\"}",
	  CONFIG_BAD,
	  ":3: verify_token_file: verify_token is also given, on line 2" },
	{ "endpoint \"/a\" {\nverify_token = \"x\" app_secret = \"x\"\n"
	  "app_secret_file = \"f\" }", CONFIG_BAD,
	  ":3: app_secret_file: app_secret is also given, on line 2" },
	{ "endpoint \"/a\" { verify_token_file = \"\" }", CONFIG_NO_SECRET,
	  ":1: verify_token: is missing" },
	/* the rest of an endpoint */
	{ "endpoint \"/a\" { client_cert = \"on\" }", CONFIG_BAD,
	  ":1: client_cert: must be \"off\", \"server\" or \"alb\"" },
	{ "endpoint \"/a\" { client_cert_cn = \"\" }", CONFIG_BAD,
	  ":1: client_cert_cn: must be a name of 1 to 1000 bytes" },
	{ "endpoint \"/a\" { app_id = \"12a\" }", CONFIG_BAD,
	  ":1: app_id: must be at most 32 digits" },
	{ "endpoint \"/a\" { callback_url = \"ftp://a\" }", CONFIG_BAD,
	  ":1: callback_url: must begin with https:// or http://" },
	{ "endpoint \"/a\" { callback_url = \"https://\" }", CONFIG_BAD,
	  ":1: callback_url: must begin with https:// or http://" },
	/* words */
	{ "sync = 1\n" ENDPOINT, CONFIG_BAD,
	  ":1: sync: must be true or false" },
	{ "sync = True\n" ENDPOINT, CONFIG_BAD, ":1: sync: must be true" },
	{ "rotate_every = \"week\"\n" ENDPOINT, CONFIG_BAD,
	  ":1: rotate_every: must be \"never\", \"hour\" or \"day\"" },
	{ "compress = \"xz\"\n" ENDPOINT, CONFIG_BAD,
	  ":1: compress: must be \"none\" or \"gzip\"" },
	{ "lines = \"line\"\n" ENDPOINT, CONFIG_BAD,
	  ":1: lines: must be \"notification\" or \"update\"" },
	{ "acknowledge = \"Soon\"\n" ENDPOINT, CONFIG_BAD,
	  ":1: acknowledge: must be \"disk\" or the name of a relay" },
	{ "\nacknowledge = \"relay\"\n" ENDPOINT, CONFIG_BAD,
	  ":2: acknowledge: no relay has the name \"relay\"" },
	{ "acknowledge = \"\"\n" ENDPOINT, CONFIG_BAD,
	  ":1: acknowledge: must be \"disk\" or the name of a relay" },
	{ "\nacknowledge_within = \"99ms\"\n" ENDPOINT, CONFIG_BAD,
	  ":2: acknowledge_within: must be a time from 100ms to 9s" },
	{ "acknowledge_within = \"9001ms\"\n" ENDPOINT, CONFIG_BAD,
	  ":1: acknowledge_within: must be a time from 100ms to 9s" },
	{ "acknowledge_within = \"10s\"\n" ENDPOINT, CONFIG_BAD,
	  ":1: acknowledge_within: must be a time from 100ms to 9s" },
	{ "acknowledge_within = \"0\"\n" ENDPOINT, CONFIG_BAD,
	  ":1: acknowledge_within: must be a time from 100ms to 9s" },
	{ "acknowledge_within = \"2m\"\n" ENDPOINT, CONFIG_BAD,
	  ":1: acknowledge_within: must be a time from 100ms to 9s" },
	{ "acknowledge_within = 500\n" ENDPOINT, CONFIG_BAD,
	  ":1: acknowledge_within: must be a time from 100ms to 9s" },
	{ "duplicate_window = \"129600000ms\"\n" ENDPOINT, CONFIG_BAD,
	  ":1: duplicate_window: must be 0, or a time from 36h" },
	{ "relay_url = \"nats://a\"\n" ENDPOINT, CONFIG_BAD,
	  ":1: relay_url: unknown key" },
	{ "relay_credentials = \"c\"\n" ENDPOINT, CONFIG_BAD,
	  ":1: relay_credentials: unknown key" },
	{ "relay_stream = \"s\"\n" ENDPOINT, CONFIG_BAD,
	  ":1: relay_stream: unknown key" },
	{ "relay_deadline = 2s\n" ENDPOINT, CONFIG_BAD,
	  ":1: relay_deadline: unknown key" },
	{ "directory = \"\"\n" ENDPOINT, CONFIG_BAD,
	  ":1: directory: must be a path of 1 to 1000 bytes" },
};

static void
bad_texts_are_refused_by_line_and_key(void **state)
{
	struct config *config;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		const struct refusal *refusal = &refusals[i];
		enum config_status status = parse(refusal->text, &config);
		const char *rest = problem.text + strlen(FILE_NAME);

		assert_null(config);
		if (status != refusal->status ||
		    strncmp(problem.text, FILE_NAME, strlen(FILE_NAME)) != 0 ||
		    strncmp(rest, refusal->problem,
		    strlen(refusal->problem)) != 0)
			fail_msg("%s\n-> %d %s\nnot %s", refusal->text,
			    (int)status, problem.text, refusal->problem);
	}
}

static void
a_nul_is_refused(void **state)
{
	static const char text[] = "sync = true\nnfs = \"\0\"\n" ENDPOINT;
	struct config *config;

	(void)state;
	assert_int_equal(parse_bytes(text, sizeof text - 1, &config),
	    CONFIG_BAD);
	assert_string_equal(problem.text, FILE_NAME ":2: contains a NUL byte");
}

static void
too_many_endpoints_are_refused(void **state)
{
	char text[CONFIG_ENDPOINTS_MAX * 64] = "";
	struct config *config;
	size_t length = 0;
	int i;

	(void)state;
	for (i = 0; i <= CONFIG_ENDPOINTS_MAX; i++)
		length += (size_t)sprintf(text + length,
		    "endpoint \"/%d\" { verify_token = 't' app_secret = 's' }"
		    "\n", i);
	assert_int_equal(parse(text, &config), CONFIG_BAD);
	assert_string_equal(problem.text,
	    FILE_NAME ":101: endpoint: there are too many");
}

static void
too_many_secrets_are_refused(void **state)
{
	char text[1024] = "endpoint \"/a\" { verify_token = \"x\" "
	    "app_secret = {";
	struct config *config;
	int i;

	(void)state;
	for (i = 0; i <= CONFIG_SECRETS_MAX; i++)
		(void)strcat(text, "\"s\",");
	(void)strcat(text, "} }");
	assert_int_equal(parse(text, &config), CONFIG_BAD);
	assert_string_equal(problem.text,
	    FILE_NAME ":1: app_secret: there are too many");
}

static void
long_paths_and_secrets_are_refused(void **state)
{
	char name[514], text[1200];
	struct config *config;

	(void)state;
	memset(name, 'a', sizeof name);
	name[sizeof name - 1] = '\0';
	(void)sprintf(text, "endpoint \"/%s\" {}", name + 1);
	assert_int_equal(parse(text, &config), CONFIG_BAD);
	assert_non_null(strstr(problem.text, ": its path must be"));
	(void)sprintf(text, "endpoint \"/a\" { verify_token = \"%s\" }",
	    name);
	assert_int_equal(parse(text, &config), CONFIG_BAD);
	assert_non_null(strstr(problem.text, ": is longer than 512 bytes"));
	(void)sprintf(text, "endpoint \"/%s\" { verify_token = \"%s\" }",
	    name + 2, name + 1);
	assert_int_equal(parse(text, &config), CONFIG_NO_SECRET);
}

static void
long_names_of_files_are_refused(void **state)
{
	static const char *const keys[] = { "verify_token_file",
	    "app_secret_file" };
	char name[1002], text[1200], wanted[128];
	struct config *config;
	size_t i;

	(void)state;
	memset(name, 'a', sizeof name);
	name[sizeof name - 1] = '\0';
	for (i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		(void)sprintf(text, "endpoint \"/a\" {\n%s = \"%s\"\n}",
		    keys[i], name);
		(void)sprintf(wanted, FILE_NAME ":2: %s: must be a path of at "
		    "most 1000 bytes", keys[i]);
		assert_int_equal(parse(text, &config), CONFIG_BAD);
		assert_string_equal(problem.text, wanted);
	}
}

static void
problems_hold_no_values_of_secrets(void **state)
{
	static const char *const texts[] = {
		"endpoint \"/a\" { verify_token = hush hush }",
		"endpoint \"/a\" { app_secret = hush hush = 1 }",
		"endpoint \"/a\" { verify_token = \"hush \" }",
		"endpoint \"/a\" { verify_token = \"x\" app_secret = \" hush\" }",
		"endpoint \"/a\" { verify_token = \"hush\n\" }",
	};
	struct config *config;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		assert_int_equal(parse(texts[i], &config), CONFIG_BAD);
		assert_null(strstr(problem.text, "hush"));
	}
}

static void
problems_hold_no_control_characters(void **state)
{
	struct config *config = NULL;
	struct config_problem found;

	(void)state;
	assert_int_equal(load_file("/nowhere/\033[1m\n", &config, &found),
	    CONFIG_NONE);
	assert_null(strchr(found.text, '\033'));
	assert_null(strchr(found.text, '\n'));
}

static struct config *
parsed(const char *text)
{
	struct config *config;

	if (parse(text, &config) != CONFIG_OK)
		fail_msg("%s\n-> %s", text, problem.text);
	return config;
}

static void
all_keys_reach_their_members(void **state)
{
	struct config *config = parsed("directory = \"/srv/j\"\n"
	    "file_mode = \"0600\" rotate_size = \"1G\" rotate_every = hour\n"
	    "keep_files = 3 keep_days = 4 keep_size = 5K compress = gzip\n"
	    "lines = update duplicate_window = 48h max_body = 3M\n"
	    "sync = no nfs = on log_file = \"log\" acknowledge = disk\n"
	    "acknowledge_within = \"9s\"\n" ENDPOINT);

	(void)state;
	assert_string_equal(config->directory, "/srv/j");
	assert_int_equal(config->journal.file_mode, 0600);
	assert_int_equal(config->journal.rotate_size, 1 << 30);
	assert_int_equal(config->journal.rotate_every, PERIOD_HOUR);
	assert_int_equal(config->journal.keep_files, 3);
	assert_int_equal(config->journal.keep_days, 4);
	assert_int_equal(config->journal.keep_size, 5120);
	assert_true(config->journal.compress);
	assert_int_equal(config->lines, LINES_UPDATE);
	assert_int_equal(config->journal.window, 48 * 3600);
	assert_int_equal(config->max_body, 3 << 20);
	assert_false(config->journal.sync);
	assert_true(config->journal.nfs);
	assert_string_equal(config->log_file, "/f/log");
	assert_string_equal(config->acknowledge, "disk");
	assert_null(config_acknowledging(config));
	assert_false(config->journal.watched);
	assert_int_equal(config->acknowledge_within, 9000);
	config_free(config);
}

static void
an_endpoint_reaches_its_members(void **state)
{
	struct config *config = parsed("endpoint \"*\" {\n"
	    "verify_token = 'it\\'s ${x}' app_secret = {\"one \\\"1\\\"\",\n"
	    "\"two\\\\\" /* the old one */, }\n"
	    "allow_sha1 = true client_cert = \"alb\" client_cert_cn = \"cn\"\n"
	    "app_id = 123 callback_url = \"https://a/b\" }");
	const struct endpoint *endpoint = config->endpoints;

	(void)state;
	assert_int_equal(config->endpoint_count, 1);
	assert_string_equal(endpoint->path, "*");
	assert_string_equal(endpoint->verify_tokens.texts[0], "it's ${x}");
	assert_int_equal(endpoint->app_secrets.count, 2);
	assert_string_equal(endpoint->app_secrets.texts[0], "one \"1\"");
	assert_string_equal(endpoint->app_secrets.texts[1], "two\\");
	assert_true(endpoint->allow_sha1);
	assert_int_equal(endpoint->client_cert, CLIENT_CERT_ALB);
	assert_string_equal(endpoint->client_cert_cn, "cn");
	assert_string_equal(endpoint->app_id, "123");
	assert_string_equal(endpoint->callback_url, "https://a/b");
	config_free(config);
}

static void
endpoints_keep_their_order_and_values(void **state)
{
	struct config *config = parsed("endpoint \"/b\" { verify_token = \"B\""
	    " app_secret = \"b\" }\nendpoint \"/a\" { verify_token = \"A\" "
	    "app_secret = \"a\" }");

	(void)state;
	assert_int_equal(config->endpoint_count, 2);
	assert_string_equal(config->endpoints[0].path, "/b");
	assert_string_equal(config->endpoints[0].verify_tokens.texts[0], "B");
	assert_string_equal(config->endpoints[1].path, "/a");
	assert_string_equal(config->endpoints[1].app_secrets.texts[0], "a");
	config_free(config);
}

static void
comments_may_be_anywhere(void **state)
{
	config_free(parsed("sync # one\n = // two\n true /* three\n * \n**/\n"
	    "endpoint /* four */ \"/a\" # }\n{ verify_token = \"#\"\n"
	    "app_secret = { # new\n\"//\", /* old */ \"/*\" } }# end"));
	(void)state;
}

static void
files_of_other_systems_are_read(void **state)
{
	config_free(parsed("\xef\xbb\xbfsync = true\r\n# x\r\nendpoint \"/a\" "
	    "{\r\nverify_token = \"x\"\r\napp_secret = \"y\"\r\n}\r\n"));
	(void)state;
}

static void
the_environment_is_not_used(void **state)
{
	struct config *config;

	(void)state;
	assert_int_equal(setenv("HTTP_EVIL", "/evil", 1), 0);
	config = parsed("directory = '${HTTP_EVIL}'\n" ENDPOINT);
	assert_string_equal(config->directory, "/f/${HTTP_EVIL}");
	config_free(config);
}

static void
trailing_slashes_of_the_directory_are_removed(void **state)
{
	struct config *config = parsed("directory = \"j//\"\n" ENDPOINT);

	(void)state;
	assert_string_equal(config->directory, "/f/j");
	config_free(config);
}

static void
a_good_text_after_a_bad_one_is_read(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		struct config *config;

		(void)parse(refusals[i].text, &config);
		config_free(parsed(ENDPOINT));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_texts_are_refused_by_line_and_key),
		cmocka_unit_test(a_nul_is_refused),
		cmocka_unit_test(too_many_endpoints_are_refused),
		cmocka_unit_test(too_many_secrets_are_refused),
		cmocka_unit_test(long_paths_and_secrets_are_refused),
		cmocka_unit_test(long_names_of_files_are_refused),
		cmocka_unit_test(problems_hold_no_values_of_secrets),
		cmocka_unit_test(problems_hold_no_control_characters),
		cmocka_unit_test(all_keys_reach_their_members),
		cmocka_unit_test(an_endpoint_reaches_its_members),
		cmocka_unit_test(endpoints_keep_their_order_and_values),
		cmocka_unit_test(comments_may_be_anywhere),
		cmocka_unit_test(files_of_other_systems_are_read),
		cmocka_unit_test(the_environment_is_not_used),
		cmocka_unit_test(trailing_slashes_of_the_directory_are_removed),
		cmocka_unit_test(a_good_text_after_a_bad_one_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
