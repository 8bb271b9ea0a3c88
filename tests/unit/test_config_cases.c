/*
 * Checks the rows of tests/fixtures/config.tsv: a text and its outcome.
 */
#include "config_outcome.h"

/* Checks one row, whose two columns it modifies. */
static void
check_row(char *text, char *wanted)
{
	static char outcome[OUTCOME_MAX];
	struct config_problem problem = { "" };
	struct config *config;
	char *shown = strdup(text);
	size_t length = unescape(text);
	enum config_status status;

	assert_non_null(shown);
	(void)unescape(wanted);
	status = parse_as(FILE_NAME, text, length, &config, &problem);
	say_outcome(outcome, status, &problem, config);
	if (strcmp(outcome, wanted) != 0)
		fail_msg("%s\ngives  %s\nnot    %s", shown, outcome, wanted);
	free(shown);
}

static void
texts_have_the_expected_outcomes(void **state)
{
	FILE *file = fopen("tests/fixtures/config.tsv", "r");
	char *line = NULL, *wanted;
	size_t room = 0, rows = 0;

	(void)state;
	assert_non_null(file);
	while (getline(&line, &room, file) > 0) {
		if (*line == '#')
			continue;
		wanted = strchr(line, '\t');
		assert_non_null(wanted);
		*wanted++ = '\0';
		wanted[strcspn(wanted, "\n")] = '\0';
		check_row(line, wanted);
		rows++;
	}
	free(line);
	(void)fclose(file);
	assert_true(rows >= 500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_have_the_expected_outcomes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
