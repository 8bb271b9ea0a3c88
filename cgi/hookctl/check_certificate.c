/*
 * check_certificate: https, and for how long.
 */
#include "hookctl/check_url.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DAY INT64_C(86400)
#define FEW_DAYS 14
#define RENEW "see why it was not renewed, certbot renew --dry-run"

/* What libcurl and OpenSSL say, in part, and what it means. */
static const struct refusal {
	const char *part, *text, *mend;
} refusals[] = {
	{ "signed certificate in certificate chain",
	    "it comes from a CA that is not public",
	    "Meta wants one of a public CA: certbot certonly; --ca-file FILE "
	    "has this check trust another" },
	{ "self-signed", "it is self-signed, which Meta does not accept",
	    "certbot certonly gets one of a public CA" },
	{ "self signed", "it is self-signed, which Meta does not accept",
	    "certbot certonly gets one of a public CA" },
	{ "has expired", "it has expired",
	    RENEW "; then reload the server" },
	{ "not yet valid", "it is not valid yet",
	    "is the clock of this machine right? timedatectl" },
	{ "target host name", "it is for another host name",
	    "certbot certonly gets one for this name; have the server use it "
	    "there" },
	{ "unable to get local issuer",
	    "an intermediate certificate is missing, or its CA is not public",
	    "serve fullchain.pem in place of cert.pem" },
	{ "unable to verify the first",
	    "an intermediate certificate is missing, or its CA is not public",
	    "serve fullchain.pem in place of cert.pem" },
	{ "revoked", "it is revoked", "certbot renew --force-renewal" },
};

static void
report_refused(const struct probe *probe, const char *error)
{
	const struct refusal *refusal = NULL;
	size_t i;

	for (i = 0; refusal == NULL && i < sizeof refusals /
	    sizeof refusals[0]; i++)
		if (strstr(error, refusals[i].part) != NULL)
			refusal = &refusals[i];
	report_row(probe->report, "certificate", FINDING_FAILURE, "%s",
	    refusal != NULL ? refusal->text : error);
	if (refusal != NULL)
		report_more(probe->report, "%s", refusal->mend);
	report_more(probe->report, "nothing else was tested");
}

static void
report_days(const struct probe *probe, int64_t end)
{
	int64_t left = end - clock_now() / CLOCK_SECOND;
	int64_t days = (left + DAY / 2) / DAY;

	if (left < FEW_DAYS * DAY)
		report_row(probe->report, "certificate", FINDING_WARNING,
		    "%" PRId64 " day%s left: " RENEW, days,
		    days == 1 ? "" : "s");
	else
		report_row(probe->report, "certificate", FINDING_OK,
		    "%" PRId64 " days left", days);
}

void
check_certificate(struct probe *probe, int64_t end, const char *refused)
{
	if (strcmp(probe->target->parts.scheme, "https") != 0)
		report_row(probe->report, "certificate", FINDING_WARNING,
		    "none: Meta calls https addresses only");
	else if (*refused != '\0')
		report_refused(probe, refused);
	else if (end != 0)
		report_days(probe, end);
	else
		report_row(probe->report, "certificate", FINDING_OK,
		    "it is trusted; until when is not known");
}
