/*
 * check_between: what servers and caches on the way do to hookline's answers.
 */
#include "hookctl/check_url.h"

#include "base/clock.h"
#include "base/digits.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define CLOCK_OFF 5		/* a difference of seconds that is reported */

/* Seconds since 1970 of the answer's Date, or 0. */
static int64_t
date_of(const struct client_answer *answer)
{
	char text[64];
	struct tm date = { 0 };
	const char *end;

	if (!client_header(answer, "Date", text, sizeof text))
		return 0;
	end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &date);
	return end != NULL && *end == '\0' ? timegm(&date) : 0;
}

static void
check_clock(const struct probe *probe, int64_t date)
{
	int64_t off = date - clock_now() / CLOCK_SECOND;

	if (date == 0 || llabs(off) <= CLOCK_OFF)
		return;
	report_row(probe->report, "clock", FINDING_WARNING,
	    "the server's is %lld s %s this machine's", llabs(off),
	    off > 0 ? "ahead of" : "behind");
	report_more(probe->report, "timedatectl, on both, says which one is "
	    "synchronised");
}

/* Headers by which a cache says that it has answered. */
static bool
is_from_cache(const struct client_answer *answer, char said[PROBE_NOTE_SIZE])
{
	static const char *const names[] = { "X-Cache", "CF-Cache-Status",
		"X-Cache-Status", "X-Proxy-Cache", "X-LiteSpeed-Cache" };
	char value[128];
	size_t i;

	if (client_header(answer, "Age", value, sizeof value)) {
		(void)snprintf(said, PROBE_NOTE_SIZE, "Age: %s", value);
		return true;
	}
	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (client_header(answer, names[i], value, sizeof value) &&
		    strncasecmp(value, "hit", 3) == 0) {
			(void)snprintf(said, PROBE_NOTE_SIZE, "%s: %s",
			    names[i], value);
			return true;
		}
	return false;
}

/* `date` is from an earlier answer, which cannot have come from a cache. */
static void
check_cache(const struct probe *probe, int64_t date)
{
	const struct client_answer *answer = &probe->answer;
	int64_t again = date_of(answer);
	char said[PROBE_NOTE_SIZE], control[128] = "absent";

	if (is_from_cache(answer, said) || (again != 0 && again < date &&
	    snprintf(said, sizeof said, "its Date is %" PRId64 " s old",
	    date - again) > 0)) {
		report_row(probe->report, "cache", FINDING_WARNING,
		    "a cache answers in hookline's place (%s)", said);
	} else {
		(void)client_header(answer, "Cache-Control", control,
		    sizeof control);
		if (strcasestr(control, "no-store") != NULL)
			return;
		report_row(probe->report, "cache", FINDING_WARNING,
		    "Cache-Control is %s, and not hookline's no-store",
		    control);
	}
	report_more(probe->report, "exempt this path from the cache (panel, "
	    "plugin, CDN): an old answer hides what is wrong");
}

/* HTTP allows it where it is asked for, and Debian's Apache does it. */
static void
check_compression(const struct probe *probe)
{
	char coding[64];

	if (client_header(&probe->answer, "Content-Encoding", coding,
	    sizeof coding))
		report_row(probe->report, "compression", FINDING_OK,
		    "%s, where the client accepts it: no harm", coding);
}

static void
check_headers(const struct probe *probe)
{
	char type[128] = "absent", sniff[128] = "absent";

	if (!probe->words_alone)
		return;
	(void)client_header(&probe->answer, "Content-Type", type, sizeof type);
	(void)client_header(&probe->answer, "X-Content-Type-Options", sniff,
	    sizeof sniff);
	report_row(probe->report, "headers", FINDING_WARNING,
	    "changed: Content-Type is %s, X-Content-Type-Options is %s", type,
	    sniff);
	report_more(probe->report, "the server or a CDN sets them (Header, "
	    "ForceType, add_header): not for this path");
}

void
check_between(struct probe *probe)
{
	char query[64] = "hookctl-check=", id[PROBE_ID_SIZE];
	int64_t date;

	probe_id(id);
	(void)snprintf(query + strlen(query), sizeof query - strlen(query),
	    "%s", id);
	if (!probe_get(probe, query, "Accept-Encoding: deflate, gzip"))
		return;
	date = date_of(&probe->answer);
	check_clock(probe, date);
	check_compression(probe);
	if (!probe_get(probe, "", NULL))
		return;
	check_cache(probe, date);
	check_headers(probe);
}
