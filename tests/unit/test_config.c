#include "config_fixture.h"

#include "base/log.h"

#define EXAMPLE "tests/fixtures/hookline.conf.example"

static struct config_problem problem;
static struct config *config;

static int
clean_up(void **state)
{
	config_free(config);
	config = NULL;
	return remove_folder(state);
}

static enum config_status
load(const struct config_search *search)
{
	config_free(config);
	return config_load(search, &config, &problem);
}

static enum config_status
load_text(const char *text)
{
	config_free(config);
	return load_file(write_file("hookline.conf", text, 0600), &config,
	    &problem);
}

/* ---- the example and the defaults */

static const char *
example(void)
{
	static char text[16384];
	int fd = open(EXAMPLE, O_RDONLY);
	ssize_t length;

	assert_true(fd != -1);
	length = read(fd, text, sizeof text - 1);
	assert_true(length > 0);
	text[length] = '\0';
	(void)close(fd);
	return text;
}

/* The example, with the first `empty` after `key` replaced. */
static char *
filled_in(const char *text, const char *key, const char *value)
{
	const char *start = strstr(text, key), *quotes;
	char *filled;

	assert_non_null(start);
	quotes = strstr(start, "\"\"");
	assert_non_null(quotes);
	assert_true(asprintf(&filled, "%.*s%s%s", (int)(quotes - text), text,
	    value, quotes + 2) > 0);
	return filled;
}

static void
assert_defaults(const struct config *found)
{
	assert_int_equal(found->journal.file_mode, 0640);
	assert_int_equal(found->journal.rotate_size, 64 << 20);
	assert_int_equal(found->journal.rotate_every, PERIOD_DAY);
	assert_int_equal(found->journal.keep_files, 0);
	assert_int_equal(found->journal.keep_days, 0);
	assert_int_equal(found->journal.keep_size, 0);
	assert_false(found->journal.compress);
	assert_int_equal(found->lines, LINES_NOTIFICATION);
	assert_int_equal(found->journal.window, 7 * 86400);
	assert_int_equal(found->max_body, 4 << 20);
	assert_true(found->journal.sync);
	assert_false(found->journal.nfs);
	assert_string_equal(found->log_file, "");
	assert_string_equal(found->acknowledge, "disk");
	assert_int_equal(found->endpoint_count, 1);
	assert_false(found->endpoints[0].allow_sha1);
	assert_int_equal(found->endpoints[0].client_cert, CLIENT_CERT_OFF);
	assert_string_equal(found->endpoints[0].client_cert_cn,
	    "client.webhooks.fbclientcerts.com");
	assert_string_equal(found->endpoints[0].app_id, "");
	assert_string_equal(found->endpoints[0].callback_url, "");
}

static void
the_defaults_are_the_documented_ones(void **state)
{
	(void)state;
	assert_int_equal(load_text(ENDPOINT), CONFIG_OK);
	assert_defaults(config);
	assert_string_equal(config->directory, in_folder("journal"));
	assert_string_equal(config->file, in_folder("hookline.conf"));
}

static void
the_example_lacks_only_its_secrets(void **state)
{
	char *with_token = filled_in(example(), "verify_token ", "\"t\"");
	char *with_both = filled_in(with_token, "app_secret ", "\"s\"");

	(void)state;
	assert_int_equal(load_text(example()), CONFIG_NO_SECRET);
	assert_non_null(strstr(problem.text, ": verify_token: is empty"));
	assert_int_equal(load_text(with_token), CONFIG_NO_SECRET);
	assert_non_null(strstr(problem.text, ": app_secret: is empty"));
	assert_int_equal(load_text(with_both), CONFIG_OK);
	assert_defaults(config);
	free(with_token);
	free(with_both);
}

static void
the_example_has_every_key(void **state)
{
	const char *text = example();
	size_t i;

	(void)state;
	for (i = 0; config_general_keys[i].name != NULL; i++)
		assert_non_null(strstr(text, config_general_keys[i].name));
	for (i = 0; config_endpoint_keys[i].name != NULL; i++)
		assert_non_null(strstr(text, config_endpoint_keys[i].name));
}

/* ---- warnings */

/* Loads one endpoint with this token and this secret. */
static void
load_token_and_secret(const char *token, const char *secret)
{
	char text[256];

	(void)snprintf(text, sizeof text, "endpoint \"/a\" { verify_token = "
	    "\"%s\" app_secret = \"%s\" }", token, secret);
	warnings[0] = '\0';
	assert_int_equal(load_text(text), CONFIG_OK);
}

static void
a_token_from_the_guide_is_a_warning(void **state)
{
	(void)state;
	load_token_and_secret("meatyhamhock", APP_SECRET);
	assert_string_equal(warnings, "endpoint /a: the verify token is an "
	    "example from Meta's documentation: make up your own\n");
	load_token_and_secret("token", APP_SECRET);
	assert_string_equal(warnings, "endpoint /a: the verify token is an "
	    "example from Meta's documentation: make up your own\n");
}

#define UNSEEN "it contains a no-break or zero-width space, which is " \
    "invisible: type it in by hand"
#define NAMED "it looks like NAME=value: write only the value"
#define QUOTED "it contains quotes: leave them out"
#define ACCESS "it looks like an access token: use the app secret from " \
    "the app's Basic Settings"
#define SHORT "it is shorter"
#define LONG "it is longer"
#define OTHER "it has other characters"

/* Each is written in single quotes; `look` is NULL for a good secret. */
static const struct {
	const char *secret, *look;
} looks[] = {
	{ APP_SECRET, NULL },
	{ "ABCDEFABCDEFABCDEFABCDEFABCDEF99", NULL },
	{ "00000000000000000000000000000000", NULL },
	{ APP_SECRET "\xc2\xa0", UNSEEN },
	{ "\xe2\x80\x8b" APP_SECRET, UNSEEN },
	{ "5ec4e7\xe2\x80\x8c" "0f7e57", UNSEEN },
	{ "5ec4e7\xe2\x80\x8d" "0f7e57", UNSEEN },
	{ "\xe2\x80\x8e" APP_SECRET, UNSEEN },
	{ APP_SECRET "\xe2\x80\x8f", UNSEEN },
	{ APP_SECRET "\xe2\x80\xaf", UNSEEN },
	{ APP_SECRET "\xe2\x81\xa0", UNSEEN },
	{ "\xef\xbb\xbf" APP_SECRET, UNSEEN },
	{ "\xe2\x80\x8bSECRET=\"" APP_SECRET "\"", UNSEEN },
	{ "\"" APP_SECRET "\"", QUOTED },
	{ "\\'" APP_SECRET "\\'", QUOTED },
	{ "`" APP_SECRET "`", QUOTED },
	{ APP_SECRET "\"", QUOTED },
	{ "\xe2\x80\x9c" APP_SECRET "\xe2\x80\x9d", QUOTED },
	{ "\xe2\x80\x9e" APP_SECRET "\xe2\x80\x9c", QUOTED },
	{ "\xe2\x80\x98" APP_SECRET "\xe2\x80\x99", QUOTED },
	{ "APP_SECRET=" APP_SECRET, NAMED },
	{ "app_secret = \"" APP_SECRET "\"", NAMED },
	{ "export SECRET2=" APP_SECRET, NAMED },
	{ "EAAGm0PX4ZCpsBAKZCQ2", ACCESS },
	{ "EAA" APP_SECRET, ACCESS },
	{ "1234567890123456|" APP_SECRET, ACCESS },
	{ "5ec4e70f7e5751e55ec4e70f7e5751e", SHORT },
	{ "1234567890123456", SHORT },
	{ "c2VjcmV0IG9mIG91cnM=", SHORT },
	{ "s", SHORT },
	{ APP_SECRET "0", LONG },
	{ APP_SECRET APP_SECRET, LONG },
	{ "0ec4e70f7e5751e55ec4e70f7e5751eg", OTHER },
	{ "5ec4e7-0f-7e5751e55ec4e70f7e5751", OTHER },
};

static void
an_unlikely_secret_is_a_warning(void **state)
{
	char wanted[256], text[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof looks / sizeof looks[0]; i++) {
		wanted[0] = '\0';
		if (looks[i].look != NULL)
			(void)snprintf(wanted, sizeof wanted, "endpoint pages: "
			    "an app secret is not 32 hex digits, as Meta's "
			    "are: %s\n", looks[i].look);
		(void)snprintf(text, sizeof text, "endpoint \"/a\" { name = "
		    "pages verify_token = \"t\" app_secret = '%s' }",
		    looks[i].secret);
		warnings[0] = '\0';
		assert_int_equal(load_text(text), CONFIG_OK);
		if (strcmp(warnings, wanted) != 0)
			fail_msg("%s\n-> %s\nnot %s", looks[i].secret,
			    warnings, wanted);
	}
}

static void
each_token_and_secret_has_its_own_warning(void **state)
{
	(void)state;
	assert_int_equal(load_text("endpoint \"/a\" { verify_token = { \"t\", "
	    "\"token\", \"new\" } app_secret = { \"" APP_SECRET "\", \"s\", "
	    "\"old\" } }"), CONFIG_OK);
	assert_string_equal(warnings, "endpoint /a: an app secret is not 32 "
	    "hex digits, as Meta's are: it is shorter\n"
	    "endpoint /a: an app secret is an example from hookline's own "
	    "documentation: use the one from the app's Basic Settings\n"
	    "endpoint /a: the verify token is an example from Meta's "
	    "documentation: make up your own\n"
	    "endpoint /a: the verify token is an example from hookline's own "
	    "documentation: make up your own\n");
}

static void
our_own_placeholders_are_a_warning(void **state)
{
	static const char *const placeholders[] = {
		"a-long-random-word-of-your-own",
		"the App Secret of your app's Basic Settings",
		"0123456789abcdef0123456789abcdef", "new", "old" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof placeholders / sizeof placeholders[0]; i++) {
		load_token_and_secret("t", placeholders[i]);
		assert_string_equal(warnings, "endpoint /a: an app secret is "
		    "an example from hookline's own documentation: use "
		    "the one from the app's Basic Settings\n");
		load_token_and_secret(placeholders[i], APP_SECRET);
		assert_string_equal(warnings, "endpoint /a: the verify token "
		    "is an example from hookline's own documentation: "
		    "make up your own\n");
	}
	load_token_and_secret("a-long-random-word", APP_SECRET);
	assert_string_equal(warnings, "");
}

static void
warnings_are_logged_by_default(void **state)
{
	const struct config_search search = { .file = write_file("c",
	    ENDPOINT, 0644) };
	char line[512] = "";
	int fd;

	(void)state;
	assert_int_equal(log_to(in_folder("log")), 1);
	assert_int_equal(load(&search), CONFIG_OK);
	(void)log_to(NULL);
	fd = open(in_folder("log"), O_RDONLY);
	assert_true(read(fd, line, sizeof line - 1) > 0);
	(void)close(fd);
	assert_non_null(strstr(line, "level=warning"));
	assert_non_null(strstr(line, "event=config"));
	assert_non_null(strstr(line, "mode 0644 was too open"));
}

/* ---- the environment alone */

static void
variables_alone_make_one_endpoint(void **state)
{
	const struct config_search search = { .env_verify_token = "a token",
	    .env_app_secret = APP_SECRET, .env_directory = "/srv/j",
	    .warn = take_warning };

	(void)state;
	assert_int_equal(load(&search), CONFIG_OK);
	assert_defaults(config);
	assert_null(config->file);
	assert_string_equal(config->directory, "/srv/j");
	assert_string_equal(config->endpoints[0].path, "*");
	assert_string_equal(config->endpoints[0].verify_tokens.texts[0],
	    "a token");
	assert_int_equal(config->endpoints[0].app_secrets.count, 1);
	assert_string_equal(config->endpoints[0].name, "*");
	assert_string_equal(config->endpoints[0].app_secrets.texts[0],
	    APP_SECRET);
	assert_false(config_changed(config));
	assert_string_equal(warnings, "");
}

static void
a_file_beats_the_variables(void **state)
{
	const struct config_search search = { .env_verify_token = "t",
	    .env_app_secret = "s", .env_directory = "/srv/j",
	    .executable = in_folder("program"), .warn = take_warning };

	(void)state;
	write_file("hookline.conf", ENDPOINT, 0600);
	assert_int_equal(load(&search), CONFIG_OK);
	assert_string_equal(config->file, in_folder("hookline.conf"));
}

static void
incomplete_variables_are_named(void **state)
{
	static const struct {
		const char *token, *secret, *directory;
		enum config_status status;
		const char *named;
	} cases[] = {
		{ NULL, "s", "/d", CONFIG_NO_SECRET, "HOOKLINE_VERIFY_TOKEN" },
		{ "", "s", "/d", CONFIG_NO_SECRET, "HOOKLINE_VERIFY_TOKEN" },
		{ "t", NULL, "/d", CONFIG_NO_SECRET, "HOOKLINE_APP_SECRET" },
		{ "t", "", "/d", CONFIG_NO_SECRET, "HOOKLINE_APP_SECRET" },
		{ "t", "s", NULL, CONFIG_BAD, "HOOKLINE_DIRECTORY: is not" },
		{ "t", "s", "d", CONFIG_BAD, "HOOKLINE_DIRECTORY: must be" },
		{ NULL, NULL, "/d", CONFIG_NO_SECRET, "HOOKLINE_VERIFY" },
		{ "t", "s\n", "/d", CONFIG_BAD, "app_secret: contains a cont" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct config_search search = {
		    .env_verify_token = cases[i].token,
		    .env_app_secret = cases[i].secret,
		    .env_directory = cases[i].directory };

		assert_int_equal(load(&search), cases[i].status);
		assert_null(config);
		assert_non_null(strstr(problem.text, cases[i].named));
	}
}

/* ---- endpoints by path */

static void
an_endpoint_is_found_byte_for_byte(void **state)
{
	(void)state;
	assert_int_equal(load_text("endpoint \"/a\" { verify_token = \"t\" "
	    "app_secret = \"s\" }"), CONFIG_OK);
	assert_ptr_equal(config_endpoint(config, "/a"), config->endpoints);
	assert_null(config_endpoint(config, "/A"));
	assert_null(config_endpoint(config, "/a/"));
	assert_null(config_endpoint(config, "/%61"));
	assert_null(config_endpoint(config, "/"));
	assert_null(config_endpoint(config, ""));
}

static void
the_star_takes_all_other_paths(void **state)
{
	(void)state;
	assert_int_equal(load_text("endpoint \"*\" { verify_token = \"t\" "
	    "app_secret = \"s\" }\n" ENDPOINT), CONFIG_OK);
	assert_ptr_equal(config_endpoint(config, "/webhook"),
	    &config->endpoints[1]);
	assert_ptr_equal(config_endpoint(config, "/other"),
	    config->endpoints);
}

/* ---- exposure */

static bool
exposed(const char *root)
{
	problem.text[0] = '\0';
	return config_exposed(config, root, &problem);
}

static void
load_in(const char *name, const char *text)
{
	make_folders("site");
	config_free(config);
	assert_int_equal(load_file(write_file(name, text, 0600), &config,
	    &problem), CONFIG_OK);
}

static void
no_document_root_exposes_nothing(void **state)
{
	(void)state;
	load_in("site/c", ENDPOINT);
	assert_false(exposed(NULL));
	assert_false(exposed(""));
}

static void
files_beside_it_are_not_exposed(void **state)
{
	(void)state;
	load_in("c", ENDPOINT);
	assert_false(exposed(in_folder("site")));
	assert_false(exposed(in_folder("jour")));
	assert_false(exposed(in_folder("nowhere")));
}

static void
a_configuration_inside_is_exposed(void **state)
{
	(void)state;
	load_in("site/c", "directory = \"../j\"\n" ENDPOINT);
	assert_true(exposed(in_folder("site")));
	assert_non_null(strstr(problem.text, "/site/c: is inside the "
	    "document "));
	assert_true(exposed(in_folder("site/")));
	assert_true(exposed(folder));
}

static void
a_directory_inside_is_exposed(void **state)
{
	(void)state;
	load_in("c", "directory = \"site/j\"\n" ENDPOINT);
	assert_true(exposed(in_folder("site")));
	assert_non_null(strstr(problem.text, "/site/j: is in"));
	make_folders("site/j");
	assert_true(exposed(in_folder("site")));
}

static void
a_directory_that_leads_inside_is_exposed(void **state)
{
	(void)state;
	load_in("c", "directory = \"link/x/y\"\n" ENDPOINT);
	assert_false(exposed(in_folder("site")));
	assert_int_equal(symlink("site", in_folder("link")), 0);
	assert_true(exposed(in_folder("site")));
}

static void
a_directory_that_is_a_link_to_inside_is_exposed(void **state)
{
	(void)state;
	load_in("c", "directory = \"link\"\n" ENDPOINT);
	make_folders("site/j");
	assert_int_equal(symlink("site/j", in_folder("link")), 0);
	assert_true(exposed(in_folder("site")));
}

static void
a_link_in_a_folder_that_leads_inside_is_exposed(void **state)
{
	(void)state;
	make_folders("site");
	write_file("c", "directory = \"/j\"\n" ENDPOINT, 0600);
	assert_int_equal(symlink("site", in_folder("link")), 0);
	assert_int_equal(symlink("../c", in_folder("site/c")), 0);
	assert_int_equal(load_file(in_folder("link/c"), &config, &problem),
	    CONFIG_OK);
	assert_true(exposed(in_folder("site")));
}

static void
a_folder_inside_that_leads_out_is_exposed(void **state)
{
	(void)state;
	make_folders("site");
	make_folders("private");
	write_file("private/c", ENDPOINT, 0600);
	assert_int_equal(symlink("../private", in_folder("site/out")), 0);
	assert_int_equal(load_file(in_folder("site/out/c"), &config,
	    &problem), CONFIG_OK);
	assert_true(exposed(in_folder("site")));
}

static void
a_link_inside_that_leads_out_is_exposed(void **state)
{
	(void)state;
	make_folders("site");
	write_file("c", "directory = \"/j\"\n" ENDPOINT, 0600);
	assert_int_equal(symlink("../c", in_folder("site/c")), 0);
	assert_int_equal(load_file(in_folder("site/c"), &config, &problem),
	    CONFIG_OK);
	assert_true(exposed(in_folder("site")));
}

static void
a_secret_file_inside_is_exposed(void **state)
{
	(void)state;
	make_folders("site");
	write_file("site/s", "secret", 0600);
	load_in("c", "endpoint \"*\" { verify_token = \"t\" "
	    "app_secret_file = \"site/s\" }");
	assert_true(exposed(in_folder("site")));
	assert_non_null(strstr(problem.text, "/site/s: is in"));
}

static void
a_document_root_by_another_name_counts(void **state)
{
	(void)state;
	load_in("site/c", ENDPOINT);
	assert_int_equal(symlink("site", in_folder("link")), 0);
	assert_true(exposed(in_folder("link")));
}

static void
everything_is_below_the_root_folder(void **state)
{
	(void)state;
	load_in("c", ENDPOINT);
	assert_true(exposed("/"));
}

/* ---- words */

/* What a web server says about a request, anybody could say over TCP. */
static void
over_tcp_nobody_vouches(void **state)
{
	static const char *const texts[] = {
		"client_cert = server app_secret = \"" APP_SECRET "\"",
		"client_cert = server name = \"log\" unsigned = accept",
		"client_cert = alb app_secret = \"" APP_SECRET "\"",
	};
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct config_search search = { .warn = take_warning };
		bool refused = i < 2;

		(void)snprintf(text, sizeof text, "\nendpoint \"/a\" {\n"
		    "verify_token = \"a token of ours\"\n%s\n}\n", texts[i]);
		search.file = write_file("hookline.conf", text, 0600);
		assert_int_equal(load(&search), CONFIG_OK);
		search.tcp = true;
		assert_int_equal(load(&search), refused ? CONFIG_UNSAFE :
		    CONFIG_OK);
		assert_int_equal(strstr(problem.text, "hookline.conf:2: "
		    "unsigned = \"accept\" and client_cert = \"server\" are not "
		    "for TCP: ") != NULL, refused);
	}
}

static void
statuses_have_their_words(void **state)
{
	(void)state;
	assert_null(config_status_word(CONFIG_OK));
	assert_string_equal(config_status_word(CONFIG_NONE), "no-config");
	assert_string_equal(config_status_word(CONFIG_BAD), "bad-config");
	assert_string_equal(config_status_word(CONFIG_UNSAFE),
	    "unsafe-config");
	assert_string_equal(config_status_word(CONFIG_NO_SECRET), "no-secret");
}

#define load_test(f) cmocka_unit_test_setup_teardown(f, make_folder, clean_up)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		load_test(the_defaults_are_the_documented_ones),
		load_test(the_example_lacks_only_its_secrets),
		load_test(the_example_has_every_key),
		load_test(a_token_from_the_guide_is_a_warning),
		load_test(an_unlikely_secret_is_a_warning),
		load_test(each_token_and_secret_has_its_own_warning),
		load_test(our_own_placeholders_are_a_warning),
		load_test(warnings_are_logged_by_default),
		load_test(variables_alone_make_one_endpoint),
		load_test(a_file_beats_the_variables),
		load_test(incomplete_variables_are_named),
		load_test(an_endpoint_is_found_byte_for_byte),
		load_test(the_star_takes_all_other_paths),
		load_test(no_document_root_exposes_nothing),
		load_test(files_beside_it_are_not_exposed),
		load_test(a_configuration_inside_is_exposed),
		load_test(a_directory_inside_is_exposed),
		load_test(a_directory_that_leads_inside_is_exposed),
		load_test(a_directory_that_is_a_link_to_inside_is_exposed),
		load_test(a_link_in_a_folder_that_leads_inside_is_exposed),
		load_test(a_folder_inside_that_leads_out_is_exposed),
		load_test(a_link_inside_that_leads_out_is_exposed),
		load_test(a_secret_file_inside_is_exposed),
		load_test(a_document_root_by_another_name_counts),
		load_test(everything_is_below_the_root_folder),
		load_test(over_tcp_nobody_vouches),
		load_test(statuses_have_their_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
