#include "hookctl/check.h"

void
check_url(struct report *report, const struct check_target *target)
{
	report_section(report, "%s", target->url);
}
