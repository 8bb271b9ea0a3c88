#include "deliver.h"

#include "base/clock.h"
#include "base/digits.h"

#include <string.h>
#include <time.h>

#define PAUSE_MOST 60000	/* milliseconds */
#define DAY_MS INT64_C(86400000)

enum deliver_verdict
deliver_judge(int status)
{
	switch (status) {
	case 200:
		return DELIVER_TAKEN;
	case 400:
	case 413:
	case 415:
	case 422:
		return DELIVER_REFUSED;
	default:
		return DELIVER_HELD;
	}
}

const char *
deliver_advice(int status)
{
	switch (status) {
	case 401:
		return "the destination has another app secret (or no "
		    "allow_sha1): give it this one, or name an endpoint with "
		    "that one in sign";
	case 403:
		return "the destination, or a firewall before it, forbids it";
	case 404:
		return "the destination has nothing at this path: correct url";
	default:
		if (status > 200 && status < 300)
			return "only 200 means that a record has been taken";
		return status >= 300 && status < 400 ? "redirects are not "
		    "followed: put the address that they lead to into url" :
		    "";
	}
}

int64_t
deliver_refused_pause_ms(unsigned refusals)
{
	static const int64_t pauses[DELIVER_TRIES - 1] = { 1000, 4000, 15000,
		PAUSE_MOST };

	return pauses[refusals - 1];
}

int64_t
deliver_held_pause_ms(unsigned failures, uint32_t random)
{
	int64_t pause = failures > 6 ? PAUSE_MOST : INT64_C(1000) <<
	    (failures - 1);

	if (failures == 1)
		return pause;
	return pause - random % (pause / 4 + 1);
}

/* Reads the three forms of RFC 9110, section 5.6.7; false for anything else. */
static bool
read_date(const char *text, time_t *time)
{
	static const char *const forms[] = { "%a, %d %b %Y %H:%M:%S GMT",
		"%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y" };
	const char *end;
	size_t i;

	for (i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		struct tm parts = { 0 };

		end = strptime(text, forms[i], &parts);
		if (end != NULL && *end == '\0') {
			*time = timegm(&parts);
			return true;
		}
	}
	return false;
}

int64_t
deliver_retry_after_ms(const struct client_answer *answer, int64_t now)
{
	char text[64];
	uint64_t seconds;
	time_t date;
	int64_t wait;

	if (!client_header(answer, "Retry-After", text, sizeof text))
		return -1;
	if (text[strspn(text, "0123456789")] == '\0') {
		if (decimal_read(text, strlen(text), DAY_MS / 1000, &seconds))
			return (int64_t)seconds * 1000;
		return *text == '\0' ? -1 : DAY_MS;
	}
	if (!read_date(text, &date))
		return -1;
	wait = (int64_t)date * 1000 - now / 1000;
	return wait < 0 ? 0 : wait > DAY_MS ? DAY_MS : wait;
}
