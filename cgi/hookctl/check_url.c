#include "hookctl/check_url.h"

/* What is asked of a hookline that answers. */
static void
check_notifications(struct probe *probe)
{
	const struct check_target *target = probe->target;
	bool refuses = check_signature(probe);

	if (refuses)
		check_bodies(probe);
	if (target->store)
		check_store(probe);
	/* Last: this machine may be banned for it. */
	if (target->firewall && refuses)
		check_firewall(probe);
}

static void
check_stages(struct probe *probe)
{
	char refused[PROBE_NOTE_SIZE] = "";
	int64_t end = 0;
	enum reach reach = check_address(probe, &end, refused);

	if (reach == REACH_HOOKLINE || end != 0 || refused[0] != '\0')
		check_certificate(probe, end, refused);
	if (reach == REACH_NOTHING || refused[0] != '\0')
		return;
	check_between(probe);
	check_verification(probe);
	if (reach == REACH_HOOKLINE)
		check_notifications(probe);
}

void
check_url(struct report *report, const struct check_target *target)
{
	struct probe probe = { .report = report, .target = target };

	/* Such a path is a secret. */
	if (target->endpoint->accept_unsigned)
		report_section(report, "%s://%s, a path that stays secret",
		    target->parts.scheme, target->parts.host);
	else
		report_section(report, "%s", target->url);
	probe.client = client_new();
	if (probe.client == NULL) {
		report_row(report, "address", FINDING_FAILURE, "not asked: %s",
		    client_available() ? "out of memory" :
		    "this hookctl was built without libcurl");
		return;
	}
	check_stages(&probe);
	client_answer_free(&probe.answer);
	client_free(probe.client);
}
