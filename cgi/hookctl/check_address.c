/*
 * check_address: whether every address of the host leads to hookline.
 */
#include "hookctl/check_url.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ADDRESSES_MOST 8

enum outcome {
	NOT_TESTED,		/* this machine has no such address itself */
	SILENT,			/* a failure, which has been reported */
	REFUSED,		/* its certificate is */
	ANSWERED
};

/* An address, and what asking it has shown. */
struct look {
	struct client_address at;
	bool only;		/* the host is an address, or loopback: it is
				 * asked by its name */
	enum outcome outcome;
	enum said said;		/* SAID_OTHER unless it has answered */
	char address[64];	/* "" if it is not known */
	int64_t microseconds;
	int status;
};

/*
 * No answer
 */

/* Why there was no answer, in words. */
static const char *
silence(const struct client_answer *answer)
{
	if (answer->fault == CLIENT_TIME_OUT)
		return "no whole answer within 10 s";
	return answer->system_errno != 0 ? strerror(answer->system_errno) :
	    answer->error;
}

static void
report_silent(const struct probe *probe, const struct look *look)
{
	const struct client_answer *answer = &probe->answer;
	const char *advice = client_advice(answer);

	report_row(probe->report, "address", FINDING_FAILURE,
	    answer->connected ? "%s gives no proper answer: %s" :
	    "%s does not answer: %s",
	    *look->address != '\0' ? look->address : look->at.text,
	    silence(answer));
	if (!look->only)
		report_more(probe->report, "Meta may call any address of the "
		    "name: have the server listen there and the firewall let "
		    "it in, or remove the %s record",
		    look->at.six ? "AAAA" : "A");
	else if (answer->fault == CLIENT_NO_CONNECTION ||
	    answer->fault == CLIENT_TIME_OUT || *advice == '\0')
		report_more(probe->report, "is the server running, and is the "
		    "port open to all addresses (firewall)?");
	if (answer->fault != CLIENT_NO_CONNECTION && *advice != '\0')
		report_more(probe->report, "%s", advice);
}

/* Whether this machine has no address of that family to begin with. */
static bool
lacks_family(const struct client_answer *answer)
{
	return answer->fault == CLIENT_NO_CONNECTION &&
	    (answer->system_errno == ENETUNREACH ||
	    answer->system_errno == EADDRNOTAVAIL ||
	    answer->system_errno == EAFNOSUPPORT);
}

static enum outcome
judge_silence(const struct probe *probe, const struct look *look,
    char refused[PROBE_NOTE_SIZE])
{
	const struct client_answer *answer = &probe->answer;

	if (!look->only && lacks_family(answer))
		return NOT_TESTED;
	if (answer->fault >= CLIENT_CERT_NAME) {
		(void)snprintf(refused, PROBE_NOTE_SIZE, "%s", answer->error);
		return REFUSED;
	}
	report_silent(probe, look);
	return SILENT;
}

/*
 * All addresses
 */

/* Asks one. `before` is the one that was asked before it, or NULL. */
static void
ask(struct probe *probe, struct look *look, const struct look *before,
    char refused[PROBE_NOTE_SIZE])
{
	struct client_answer *answer = &probe->answer;
	bool answered = probe_get_at(probe, look->only ? NULL : look->at.text);
	char where[80] = "";

	(void)snprintf(look->address, sizeof look->address, "%s",
	    answer->address);
	look->microseconds = answer->microseconds;
	look->status = answer->status;
	if (!look->only)
		(void)snprintf(where, sizeof where, "%s: ", look->at.text);
	if (!answered)
		look->outcome = judge_silence(probe, look, refused);
	else
		look->outcome = ANSWERED;
	/* A fault that two of them share is reported once. */
	if (answered && (before == NULL || before->outcome != ANSWERED ||
	    before->said != SAID_OTHER || before->status != answer->status))
		look->said = check_said(probe, where);
}

/* Adds the row about the addresses that answer as they should. */
static void
report_ready(const struct probe *probe, const struct look *looks,
    size_t count)
{
	char addresses[ADDRESSES_MOST * (sizeof looks->address + 2)] = "";
	size_t ready = 0, i;
	int64_t slowest = 0;

	for (i = 0; i < count; i++) {
		if (looks[i].said != SAID_READY)
			continue;
		(void)snprintf(addresses + strlen(addresses),
		    sizeof addresses - strlen(addresses), "%s%s",
		    ready++ > 0 ? ", " : "", looks[i].address);
		if (looks[i].microseconds > slowest)
			slowest = looks[i].microseconds;
	}
	if (ready > 0)
		report_row(probe->report, "address", FINDING_OK,
		    "%s%s (%" PRId64 " ms)", addresses,
		    ready > 2 ? "; all say ready" :
		    ready > 1 ? "; both say ready" : " says ready",
		    (slowest + 500) / 1000);
}

/* Adds rows for addresses that have none yet, and lines below the last row. */
static void
report_rest(const struct probe *probe, const struct look *looks, size_t count)
{
	bool tested = false;
	size_t i;

	for (i = 0; i < count; i++) {
		tested = tested || looks[i].outcome != NOT_TESTED;
		if (looks[i].outcome == REFUSED)
			report_row(probe->report, "address", FINDING_OK,
			    "%s takes connections", looks[i].address);
	}
	if (!tested)
		report_row(probe->report, "address", FINDING_FAILURE,
		    "not reached: this machine has no network for it");
	for (i = 0; i < count; i++)
		if (looks[i].outcome == NOT_TESTED && tested)
			report_more(probe->report, "%s was not tested: this "
			    "machine has no %s", looks[i].at.text,
			    looks[i].at.six ? "IPv6" : "IPv4");
}

static void
report_no_address(const struct probe *probe, bool failed)
{
	const char *host = probe->target->parts.host;

	report_row(probe->report, "address", FINDING_FAILURE, failed ?
	    "the addresses of %s cannot be looked up" :
	    "the name %s has no address", host);
	report_more(probe->report, failed ? "no name server answers this "
	    "machine: see /etc/resolv.conf" :
	    "it needs an A or AAAA record in the DNS");
}

static bool
is_of_interface(const struct ifaddrs *interface, int family,
    const void *address)
{
	const struct sockaddr *own = interface->ifa_addr;

	if (own == NULL || own->sa_family != family)
		return false;
	if (family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, own, sizeof in);
		return memcmp(&in.sin_addr, address, sizeof in.sin_addr) == 0;
	}
	if (family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, own, sizeof in6);
		return memcmp(&in6.sin6_addr, address,
		    sizeof in6.sin6_addr) == 0;
	}
	return false;
}

/* Whether an address in text is this machine's own. */
static bool
is_own(const char *text)
{
	int family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
	struct ifaddrs *interfaces, *at;
	struct in6_addr address;	/* room for either */
	bool own = false;

	if (inet_pton(family, text, &address) != 1)
		return false;
	if (family == AF_INET && strncmp(text, "127.", 4) == 0)
		return true;
	if (getifaddrs(&interfaces) != 0)
		return false;
	for (at = interfaces; at != NULL && !own; at = at->ifa_next)
		own = is_of_interface(at, family, &address);
	freeifaddrs(interfaces);
	return own;
}

/* Whether the URL names one address and no other: by number, or loopback. */
static bool
is_one_address(const struct client_url *parts)
{
	struct in6_addr address;

	return client_url_is_loopback(parts) ||
	    inet_pton(AF_INET, parts->host, &address) == 1 ||
	    inet_pton(AF_INET6, parts->host, &address) == 1;
}

static enum reach
reach_of(const struct look *looks, size_t count)
{
	enum said best = SAID_OTHER;
	size_t i;

	for (i = 0; i < count; i++)
		if (looks[i].said > best)
			best = looks[i].said;
	return best >= SAID_UNREADY ? REACH_HOOKLINE :
	    best == SAID_CHANGED ? REACH_CHANGED : REACH_NOTHING;
}

/* Lists the addresses to ask. Returns how many there are. */
static size_t
find_addresses(const struct probe *probe, struct look *looks)
{
	struct client_address addresses[ADDRESSES_MOST];
	const struct client_url *parts = &probe->target->parts;
	bool failed;
	size_t count, i;

	if (is_one_address(parts)) {
		looks[0].only = true;
		(void)snprintf(looks[0].at.text, sizeof looks[0].at.text,
		    "%.63s", parts->host);
		return 1;
	}
	count = client_resolve(parts->host, addresses, ADDRESSES_MOST,
	    &failed);
	for (i = 0; i < count; i++)
		looks[i].at = addresses[i];
	if (count == 0)
		report_no_address(probe, failed);
	return count;
}

enum reach
check_address(struct probe *probe, int64_t *certificate_end,
    char refused[PROBE_NOTE_SIZE])
{
	struct look looks[ADDRESSES_MOST] = { 0 };
	size_t count = find_addresses(probe, looks), i;
	bool own = false;

	if (count == 0)
		return REACH_NOTHING;
	for (i = 0; i < count; i++) {
		int64_t end;

		ask(probe, &looks[i], i > 0 ? &looks[i - 1] : NULL, refused);
		end = probe->answer.certificate_end;
		if (end != 0 && (*certificate_end == 0 ||
		    end < *certificate_end))
			*certificate_end = end;
		own = own || is_own(looks[i].address);
	}
	report_ready(probe, looks, count);
	report_rest(probe, looks, count);
	if (own)
		report_more(probe->report, "an address of this machine: what "
		    "lies between Meta and it was not tested");
	return reach_of(looks, count);
}
