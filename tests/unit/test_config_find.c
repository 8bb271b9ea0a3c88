#include "config_fixture.h"

#include "base/path.h"

/* The places that are tried in one folder, in order. */
#define IN(folder) folder "hookline/hookline.conf\n"			\
	folder "private/hookline/hookline.conf\n"			\
	folder "priv/hookline/hookline.conf\n"				\
	folder ".config/hookline/hookline.conf\n"			\
	folder "hookline.conf\n"

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
	struct config_search with_warn = *search;

	with_warn.warn = take_warning;
	config_free(config);
	return config_load(&with_warn, &config, &problem);
}

/* The places below the test's folder in the order of the search, with a line
 * break after each. */
static const char *
places_of(const struct config_search *search)
{
	static char text[4096];
	char **places = config_places(search);
	size_t length = 0, i, skipped = strlen(folder) + 1;

	assert_non_null(places);
	text[0] = '\0';
	for (i = 0; places[i] != NULL; i++)
		if (path_inside(places[i], folder))
			length += (size_t)snprintf(text + length,
			    sizeof text - length, "%s\n", places[i] + skipped);
	config_places_free(places);
	return text;
}

static void
a_given_file_is_the_only_place(void **state)
{
	const struct config_search search = { .file = in_folder("a"),
	    .env_file = in_folder("b"), .executable = in_folder("c"),
	    .home = in_folder("d") };

	(void)state;
	assert_string_equal(places_of(&search), "a\n");
}

static void
the_variables_file_is_the_only_place(void **state)
{
	const struct config_search search = { .env_file = in_folder("b"),
	    .executable = in_folder("c"), .home = in_folder("d") };

	(void)state;
	assert_string_equal(places_of(&search), "b\n");
}

static void
parents_come_before_home(void **state)
{
	const struct config_search search = { .home = in_folder("home"),
	    .executable = in_folder("a/b/program") };

	(void)state;
	make_folders("a/b");
	assert_string_equal(places_of(&search),
	    IN("a/b/") IN("a/") IN("") "home/.config/hookline/hookline.conf\n");
}

static void
etc_is_the_last_place(void **state)
{
	const struct config_search search = { 0 };
	char **places = config_places(&search);

	(void)state;
	assert_string_equal(places[0], "/etc/hookline/hookline.conf");
	assert_null(places[1]);
	config_places_free(places);
}

static void
each_place_is_tried_once(void **state)
{
	const struct config_search search = { .home = folder,
	    .executable = in_folder("program") };

	(void)state;
	assert_string_equal(places_of(&search), IN(""));
}

static void
the_document_root_and_below_are_passed_over(void **state)
{
	const struct config_search search = {
	    .document_root = in_folder("site/"),
	    .executable = in_folder("site/app/program") };

	(void)state;
	make_folders("site/app");
	assert_string_equal(places_of(&search), IN(""));
}

static void
the_document_root_is_resolved(void **state)
{
	const struct config_search search = {
	    .document_root = in_folder("link"),
	    .executable = in_folder("site/program") };

	(void)state;
	make_folders("site");
	assert_int_equal(symlink("site", in_folder("link")), 0);
	assert_null(strstr(places_of(&search), "site"));
}

static void
a_folder_beside_the_document_root_counts(void **state)
{
	const struct config_search search = {
	    .document_root = in_folder("site"),
	    .executable = in_folder("site2/program") };

	(void)state;
	make_folders("site2");
	assert_non_null(strstr(places_of(&search), "site2/hookline.conf\n"));
}

static void
web_folders_are_passed_over_by_name(void **state)
{
	static const char *const names[] = { "public_html", "htdocs",
	    "httpdocs", "html", "www" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		char program[128];
		struct config_search search = { .executable = program };

		make_folders(names[i]);
		(void)snprintf(program, sizeof program, "%s/%s/program",
		    folder, names[i]);
		assert_string_equal(places_of(&search), IN(""));
	}
}

static void
below_public_html_is_passed_over_too(void **state)
{
	const struct config_search search = {
	    .executable = in_folder("public_html/hookline/program") };

	(void)state;
	make_folders("public_html/hookline");
	assert_null(strstr(places_of(&search), "public_html"));
}

static void
below_www_and_beside_such_names_counts(void **state)
{
	const struct config_search search = {
	    .executable = in_folder("www/host/my_public_html/program") };

	(void)state;
	make_folders("www/host/my_public_html");
	assert_non_null(strstr(places_of(&search),
	    "www/host/my_public_html/hookline.conf\n"));
	assert_non_null(strstr(places_of(&search), "www/host/hookline.conf\n"));
	assert_null(strstr(places_of(&search), "www/hookline.conf\n"));
}

static void
below_html_counts(void **state)
{
	const struct config_search search = {
	    .executable = in_folder("html/host/program") };

	(void)state;
	make_folders("html/host");
	assert_string_equal(places_of(&search), IN("html/host/") IN(""));
}

static void
below_a_folder_of_a_longer_name_counts(void **state)
{
	const struct config_search search = {
	    .executable = in_folder("my_htdocs/htdocs2/app/program") };

	(void)state;
	make_folders("my_htdocs/htdocs2/app");
	assert_non_null(strstr(places_of(&search),
	    "my_htdocs/htdocs2/app/hookline.conf\n"));
}

static void
folders_that_others_may_write_are_passed_over(void **state)
{
	const struct config_search search = {
	    .executable = in_folder("open/program") };

	(void)state;
	make_folders("open");
	assert_int_equal(chmod(in_folder("open"), 01777), 0);
	assert_null(strstr(places_of(&search), "open"));
}

static void
the_executable_is_resolved(void **state)
{
	const struct config_search search = {
	    .executable = in_folder("web/program") };

	(void)state;
	make_folders("web");
	make_folders("real");
	write_file("real/program", "", 0755);
	assert_int_equal(symlink("../real/program", in_folder("web/program")),
	    0);
	assert_non_null(strstr(places_of(&search), "real/hookline.conf\n"));
	assert_null(strstr(places_of(&search), "web/"));
}

static struct account *
owner_with_home(const char *home)
{
	static struct account owner;

	owner = (struct account){ .name = "customer" };
	(void)snprintf(owner.home, sizeof owner.home, "%s", home);
	return &owner;
}

static void
the_owners_home_comes_between_parents_and_home(void **state)
{
	const struct config_search search = { .home = in_folder("home"),
	    .executable = in_folder("a/program"),
	    .owner = owner_with_home(in_folder("owner")) };

	(void)state;
	make_folders("a");
	make_folders("owner");
	assert_string_equal(places_of(&search),
	    IN("a/") IN("") IN("owner/")
	    "home/.config/hookline/hookline.conf\n");
}

static void
the_owners_home_has_the_same_exclusions(void **state)
{
	static const char *const homes[] = { "www", "html", "site/public_html",
	    "root", "root/below", "open", "link" };
	size_t i;

	(void)state;
	make_folders("root/below");
	make_folders("site/public_html");
	assert_int_equal(symlink("root/below", in_folder("link")), 0);
	make_folders("open");
	assert_int_equal(chmod(in_folder("open"), 01777), 0);
	for (i = 0; i < sizeof homes / sizeof homes[0]; i++) {
		const struct config_search search = {
		    .executable = in_folder("program"),
		    .document_root = in_folder("root"),
		    .owner = owner_with_home(in_folder(homes[i])) };

		make_folders(homes[i]);
		assert_string_equal(places_of(&search), IN(""));
	}
}

static void
a_missing_or_relative_home_is_no_place(void **state)
{
	struct config_search search = { .executable = in_folder("program"),
	    .owner = owner_with_home(in_folder("none")) };
	char here[4096];

	(void)state;
	assert_string_equal(places_of(&search), IN(""));
	assert_non_null(getcwd(here, sizeof here));
	make_folders("below");
	assert_int_equal(chdir(folder), 0);
	search.owner = owner_with_home("below");
	assert_string_equal(places_of(&search), IN(""));
	search.owner = owner_with_home("");
	assert_string_equal(places_of(&search), IN(""));
	assert_int_equal(chdir(here), 0);
}

/* The owner is asked for only once, and only if no file was found before. */
static void
the_owner_is_looked_for_in_the_systems_own_file(void **state)
{
	struct account owner = { 0 }, expected = { 0 };
	const struct config_search search = { .owner = &owner,
	    .executable = write_file("program", "", 0755) };

	(void)state;
	if (!account_by_uid(ACCOUNT_PASSWD, geteuid(), &expected))
		skip();
	write_file("hookline.conf", ENDPOINT, 0600);
	(void)places_of(&search);
	assert_string_equal(owner.name, "");
	assert_int_equal(unlink(in_folder("hookline.conf")), 0);
	(void)places_of(&search);
	assert_string_equal(owner.name, expected.name);
	assert_string_equal(owner.home, expected.home);
}

static void
the_first_existing_file_is_the_last_place(void **state)
{
	const struct config_search search = {
	    .executable = in_folder("a/program"),
	    .owner = owner_with_home(in_folder("a")) };

	(void)state;
	make_folders("a/private/hookline");
	assert_int_equal(symlink("nowhere",
	    in_folder("a/private/hookline/hookline.conf")), 0);
	assert_string_equal(places_of(&search), "a/hookline/hookline.conf\n"
	    "a/private/hookline/hookline.conf\n");
}

static void
relative_names_of_others_are_not_places(void **state)
{
	const struct config_search search = { .executable = "a/b",
	    .home = "home" };
	char **places = config_places(&search);

	(void)state;
	assert_null(places[1]);
	config_places_free(places);
}

static void
a_given_file_is_relative_to_here(void **state)
{
	const struct config_search search = { .file = "c" };
	char here[4096];

	(void)state;
	assert_non_null(getcwd(here, sizeof here));
	assert_int_equal(chdir(folder), 0);
	assert_string_equal(places_of(&search), "c\n");
	assert_int_equal(chdir(here), 0);
}

static void
the_variables_file_must_be_absolute(void **state)
{
	const struct config_search search = { .env_file = "c" };

	(void)state;
	assert_int_equal(load(&search), CONFIG_BAD);
	assert_string_equal(problem.text,
	    "c: HOOKLINE_CONFIG must be an absolute path");
}

static void
an_empty_variable_names_no_file(void **state)
{
	const struct config_search search = { .env_file = "",
	    .executable = in_folder("program") };

	(void)state;
	write_file("hookline.conf", ENDPOINT, 0600);
	assert_int_equal(load(&search), CONFIG_OK);
}

static void
a_named_file_that_is_missing_ends_the_search(void **state)
{
	const struct config_search search = { .env_file = in_folder("none"),
	    .executable = in_folder("program"), .env_directory = "/d",
	    .env_verify_token = "t", .env_app_secret = "s" };

	(void)state;
	write_file("hookline.conf", ENDPOINT, 0600);
	assert_int_equal(load(&search), CONFIG_NONE);
	assert_non_null(strstr(problem.text, "/none: No such file"));
}

static void
the_first_file_wins(void **state)
{
	const struct config_search search = { .home = in_folder("home"),
	    .executable = in_folder("a/program") };

	(void)state;
	make_folders("a");
	make_folders("home/.config/hookline");
	write_file("home/.config/hookline/hookline.conf", ENDPOINT, 0600);
	assert_int_equal(load(&search), CONFIG_OK);
	assert_string_equal(config->file,
	    in_folder("home/.config/hookline/hookline.conf"));
	write_file("hookline.conf", ENDPOINT, 0600);
	assert_int_equal(load(&search), CONFIG_OK);
	assert_string_equal(config->file, in_folder("hookline.conf"));
}

static void
a_bad_file_ends_the_search(void **state)
{
	const struct config_search search = {
	    .executable = in_folder("a/program") };

	(void)state;
	make_folders("a");
	write_file("a/hookline.conf", "what", 0600);
	write_file("hookline.conf", ENDPOINT, 0600);
	assert_int_equal(load(&search), CONFIG_BAD);
	assert_non_null(strstr(problem.text, "/a/hookline.conf:1: what: "));
	assert_null(config);
}

static void
an_unsafe_file_ends_the_search(void **state)
{
	const struct config_search search = {
	    .executable = in_folder("a/program") };

	(void)state;
	make_folders("a");
	write_file("a/hookline.conf", ENDPOINT, 0602);
	write_file("hookline.conf", ENDPOINT, 0600);
	assert_int_equal(load(&search), CONFIG_UNSAFE);
}

static void
a_folder_of_the_name_ends_the_search(void **state)
{
	const struct config_search search = {
	    .executable = in_folder("a/program") };

	(void)state;
	make_folders("a/hookline.conf");
	assert_int_equal(load(&search), CONFIG_BAD);
}

static void
nothing_found_is_no_config(void **state)
{
	const struct config_search search = { .home = folder };

	(void)state;
	if (access("/etc/hookline/hookline.conf", F_OK) == 0)
		skip();
	assert_int_equal(load(&search), CONFIG_NONE);
	assert_non_null(strstr(problem.text, "not found in any of 2 places"));
}

#define find_test(f) cmocka_unit_test_setup_teardown(f, make_folder, clean_up)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		find_test(a_given_file_is_the_only_place),
		find_test(the_variables_file_is_the_only_place),
		find_test(parents_come_before_home),
		find_test(etc_is_the_last_place),
		find_test(each_place_is_tried_once),
		find_test(the_document_root_and_below_are_passed_over),
		find_test(the_document_root_is_resolved),
		find_test(a_folder_beside_the_document_root_counts),
		find_test(web_folders_are_passed_over_by_name),
		find_test(below_public_html_is_passed_over_too),
		find_test(below_www_and_beside_such_names_counts),
		find_test(below_html_counts),
		find_test(below_a_folder_of_a_longer_name_counts),
		find_test(folders_that_others_may_write_are_passed_over),
		find_test(the_executable_is_resolved),
		find_test(the_owners_home_comes_between_parents_and_home),
		find_test(the_owners_home_has_the_same_exclusions),
		find_test(a_missing_or_relative_home_is_no_place),
		find_test(the_owner_is_looked_for_in_the_systems_own_file),
		find_test(the_first_existing_file_is_the_last_place),
		find_test(relative_names_of_others_are_not_places),
		find_test(a_given_file_is_relative_to_here),
		find_test(the_variables_file_must_be_absolute),
		find_test(an_empty_variable_names_no_file),
		find_test(a_named_file_that_is_missing_ends_the_search),
		find_test(the_first_file_wins),
		find_test(a_bad_file_ends_the_search),
		find_test(an_unsafe_file_ends_the_search),
		find_test(a_folder_of_the_name_ends_the_search),
		find_test(nothing_found_is_no_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
