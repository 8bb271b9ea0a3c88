#include "journal/boot_stamp.h"

#include "base/clock.h"

#include <stddef.h>

#define TIME_BITS 48
#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)

/* We ask the system once: a process does not outlive its boot. */
static uint64_t
boot_tag(void)
{
	static uint64_t tag;
	char id[CLOCK_BOOT_ID_SIZE];
	uint32_t digest = 2166136261u;	/* FNV-1a */
	size_t i;

	if (tag == 0) {
		clock_boot_id(id);
		for (i = 0; i < sizeof id; i++)
			digest = (digest ^ (unsigned char)id[i]) * 16777619u;
		tag = (digest ^ digest >> 16) & 0xffff;
		tag |= tag == 0;
	}
	return tag << TIME_BITS;
}

uint64_t
boot_stamp(void)
{
	return boot_tag() | ((uint64_t)clock_boottime_us() & TIME_MASK);
}

int64_t
boot_stamp_age(uint64_t stamp, uint64_t now)
{
	if (stamp >> TIME_BITS != now >> TIME_BITS || stamp > now)
		return -1;
	return (int64_t)(now - stamp);
}
