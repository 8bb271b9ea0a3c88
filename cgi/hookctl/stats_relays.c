/* The relays in hookctl stats. */
#include "hookctl/stats_lines.h"

#include "base/clock.h"
#include "hookctl/output.h"
#include "hookctl/relay_words.h"

#include <inttypes.h>
#include <stdio.h>

/*
 * A line for people
 */

static void
print_relay(const struct stats *stats, const struct relay_facts *facts)
{
	char number[32], age[32];

	printf("%s ", facts->relay->name);
	fputs(facts->is == RELAY_IS_IN_STEP ? "in step" :
	    facts->is == RELAY_IS_STOPPED ? "not running" :
	    relay_words_is(facts), stdout);
	if (facts->behind > 0)
		printf(", %s behind (%s)", number_text(facts->behind, number),
		    age_short_text((stats->now - facts->oldest_at) /
		    CLOCK_SECOND, age));
	if (facts->dead > 0)
		printf(", %s dead letter%s", number_text(facts->dead, number),
		    facts->dead == 1 ? "" : "s");
	if (facts->removed > 0)
		printf(", %s removed unsent", number_text(facts->removed,
		    number));
}

void
stats_print_relays(const struct stats *stats)
{
	size_t i;

	for (i = 0; i < stats->relays.count; i++) {
		fputs(i == 0 ? "relays    " : "   ", stdout);
		print_relay(stats, &stats->relays.relays[i]);
	}
	if (stats->relays.count > 0)
		puts("");
}

/*
 * Metrics
 */

static bool
behind(const struct relay_facts *facts, int64_t now, int64_t *value)
{
	(void)now;
	*value = (int64_t)facts->behind;
	return facts->counted;
}

static bool
behind_seconds(const struct relay_facts *facts, int64_t now, int64_t *value)
{
	*value = facts->behind == 0 || now < facts->oldest_at ? 0 :
	    (now - facts->oldest_at) / CLOCK_SECOND;
	return facts->counted;
}

static bool
sent(const struct relay_facts *facts, int64_t now, int64_t *value)
{
	(void)now;
	*value = (int64_t)facts->status.sent;
	return !facts->status_hidden;
}

static bool
dead(const struct relay_facts *facts, int64_t now, int64_t *value)
{
	(void)now;
	*value = (int64_t)facts->status.dead;
	return !facts->status_hidden;
}

static bool
removed(const struct relay_facts *facts, int64_t now, int64_t *value)
{
	(void)now;
	*value = (int64_t)facts->status.removed;
	return !facts->status_hidden;
}

static bool
dead_letters(const struct relay_facts *facts, int64_t now, int64_t *value)
{
	(void)now;
	*value = (int64_t)facts->dead;
	return facts->dead_known;
}

static bool
up(const struct relay_facts *facts, int64_t now, int64_t *value)
{
	(void)now;
	*value = facts->running && facts->is != RELAY_IS_HELD &&
	    facts->is != RELAY_IS_FAILED;
	return !facts->status_hidden;
}

/* Each function returns false if its value is not known. */
static const struct {
	const char *name, *type, *help;
	bool (*value)(const struct relay_facts *facts, int64_t now,
	    int64_t *value);
} metrics[] = {
	{ "hookline_relay_up", "gauge", "Whether the relay is running and its "
	    "destination takes records.", up },
	{ "hookline_relay_behind_records", "gauge", "Records that are stored "
	    "but not done yet.", behind },
	{ "hookline_relay_behind_seconds", "gauge", "Age of the oldest of "
	    "them.", behind_seconds },
	{ "hookline_relay_dead_letters", "gauge", "Dead letters in the "
	    "relay's file.", dead_letters },
	{ "hookline_relay_sent_total", "counter", "Records that the "
	    "destination has taken.", sent },
	{ "hookline_relay_dead_total", "counter", "Dead letters written.",
	    dead },
	{ "hookline_relay_removed_total", "counter", "Records that retention "
	    "removed before they were sent.", removed } };

void
stats_print_relay_metrics(const struct stats *stats)
{
	size_t i, j;
	int64_t value;

	for (i = 0; stats->relays.count > 0 &&
	    i < sizeof metrics / sizeof metrics[0]; i++) {
		printf("# HELP %s %s\n# TYPE %s %s\n", metrics[i].name,
		    metrics[i].help, metrics[i].name, metrics[i].type);
		for (j = 0; j < stats->relays.count; j++)
			if (metrics[i].value(&stats->relays.relays[j],
			    stats->now, &value))
				printf("%s{relay=\"%s\"} %" PRId64 "\n",
				    metrics[i].name,
				    stats->relays.relays[j].relay->name,
				    value);
	}
}
