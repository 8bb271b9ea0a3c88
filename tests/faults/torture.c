/*
 * Tries the journal under every fault that this machine allows.
 *
 *   torture [--seed N] [--short] [--only NAME] [--list]
 *
 * Prints TAP, one line for each scenario, with the oracle's counts. NAME is a
 * scenario, or the beginning of several names. The exit status is 0 if nothing
 * failed.
 */
#include "torture.h"

#include "base/digits.h"

#include <sys/prctl.h>

#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define KILLS_MIN 10000		/* for a whole run */

struct options {
	uint64_t seed;
	bool brief, list;
	const char *only;
};

static const struct scenario *const groups[] = {
	promise_scenarios, model_scenarios, kill_scenarios, sweep_scenarios,
	stall_scenarios, outside_scenarios, state_scenarios, disk_scenarios,
	power_scenarios, memory_scenarios, mixed_scenarios, moved_scenarios,
	stale_scenarios, odd_scenarios, years_scenarios, repeat_scenarios,
};

static bool
name_exists(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof groups / sizeof groups[0]; i++) {
		const struct scenario *scenario = groups[i];

		for (; scenario->name != NULL; scenario++)
			if (strcmp(scenario->name, name) == 0)
				return true;
	}
	return false;
}

static bool
wanted(const struct options *options, const struct scenario *scenario)
{
	if (options->only != NULL && name_exists(options->only))
		return strcmp(scenario->name, options->only) == 0;
	if (options->only != NULL)
		return strncmp(scenario->name, options->only,
		    strlen(options->only)) == 0;
	return !options->brief || scenario->brief;
}

static void
print_tally(const struct tally *tally)
{
	printf("runs %lu sent %lu acknowledged %lu found once %lu lost %lu "
	    "twice %lu malformed %lu kills %lu", tally->runs, tally->sent,
	    tally->acknowledged, tally->found, tally->lost, tally->twice,
	    tally->malformed, tally->kills);
}

static void
add_tally(struct tally *sum, const struct tally *tally)
{
	sum->runs += tally->runs;
	sum->sent += tally->sent;
	sum->acknowledged += tally->acknowledged;
	sum->found += tally->found;
	sum->lost += tally->lost;
	sum->twice += tally->twice;
	sum->malformed += tally->malformed;
	sum->kills += tally->kills;
}

/* With the same seed, a scenario makes the same random choices, alone or with
 * others. */
static uint64_t
own_seed(uint64_t seed, const char *name)
{
	uint64_t mixed = seed * 0x9e3779b97f4a7c15u + 1;

	while (*name != '\0')
		mixed = (mixed ^ (uint8_t)*name++) * 0x100000001b3u;
	return mixed | 1;
}

static const char *
scratch(void)
{
	const char *folder = getenv("TMPDIR");

	return folder != NULL && *folder == '/' ? folder : "/tmp";
}

/* Returns 1 if it failed. */
static unsigned
run_one(const struct options *options, const struct scenario *scenario,
    unsigned number, struct tally *sum)
{
	struct world world = { .brief = options->brief,
	    .random = own_seed(options->seed, scenario->name) };
	uint32_t start = world_ms();
	bool failed;

	world.seconds = options->brief ? 6 : 60;
	world_open(&world, scratch());
	scenario->run(&world);
	failed = world.problem[0] != '\0';
	printf("%s %u - %s", failed ? "not ok" : "ok", number, scenario->name);
	if (world.skipped[0] != '\0')
		printf(" # SKIP %s\n", world.skipped);
	else {
		printf(": ");
		print_tally(&world.tally);
		printf(" in %.1f s%s%s\n", (world_ms() - start) / 1000.0,
		    world.note[0] != '\0' ? "; " : "", world.note);
	}
	if (failed)
		printf("# %s\n# seed %llu, kept in %s\n", world.problem,
		    (unsigned long long)options->seed, world.root);
	fflush(stdout);
	add_tally(sum, &world.tally);
	world_close(&world);
	return failed;
}

static unsigned
run_all(const struct options *options, struct tally *sum)
{
	unsigned number = 0, failed = 0;
	size_t i;

	for (i = 0; i < sizeof groups / sizeof groups[0]; i++) {
		const struct scenario *scenario;

		for (scenario = groups[i]; scenario->name != NULL;
		    scenario++) {
			if (!wanted(options, scenario))
				continue;
			number++;
			if (options->list)
				puts(scenario->name);
			else
				failed += run_one(options, scenario, number,
				    sum);
		}
	}
	if (number == 0)
		errx(64, "no scenario of this name");
	if (!options->list)
		printf("1..%u\n", number);
	return failed;
}

static void
parse(int argc, char **argv, struct options *options)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--short") == 0)
			options->brief = true;
		else if (strcmp(argv[i], "--list") == 0)
			options->list = true;
		else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc)
			options->only = argv[++i];
		else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
			i++;
			if (!decimal_read(argv[i], strlen(argv[i]), UINT64_MAX,
			    &options->seed))
				errx(64, "--seed takes a number");
		} else
			errx(64, "usage: torture [--seed N] [--short] "
			    "[--only NAME] [--list]");
	}
}

int
main(int argc, char **argv)
{
	struct options options = { .seed = (uint64_t)time(NULL) };
	struct tally sum = { 0 };
	unsigned failed;

	parse(argc, argv, &options);
	umask(0027);
	signal(SIGPIPE, SIG_IGN);
	/* A process that compresses outlives its parent, and becomes our
	 * child. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	unsetenv("HOOKLINE_FAULT");
	if (!options.list)
		printf("# seed %llu\n", (unsigned long long)options.seed);
	failed = run_all(&options, &sum);
	if (!options.brief && !options.list && options.only == NULL &&
	    sum.kills < KILLS_MIN) {
		printf("# fewer than %d kills: this machine was too slow\n",
		    KILLS_MIN);
		failed++;
	}
	if (!options.list) {
		printf("# total: %u failed: ", failed);
		print_tally(&sum);
		printf("\n");
	}
	return failed > 0;
}
