#include "inbox/view_parts.h"

#include "base/clock.h"

/* A small chart has 24 bars of 3 units with gaps of 1; a large one is four
 * times as wide, with room for an axis. */
struct size {
	unsigned step, bar, height, foot;
};

static const struct size small_size = { 4, 3, 20, 0 };
static const struct size large_size = { 20, 16, 80, 18 };

static uint64_t
most_of(const struct strip *strip)
{
	uint64_t most = 1;
	size_t i;

	for (i = 0; i < STRIP_HOURS; i++)
		if (strip->received[i] > most)
			most = strip->received[i];
	return most;
}

/* Even a single notification gets a visible bar; an hour without any, a dot. */
static void
put_bar(struct html *html, const struct size *size, size_t hour,
    uint64_t number, uint64_t most)
{
	double height = (double)number / (double)most * size->height;

	if (number == 0)
		height = 1;
	else if (height < 2)
		height = 2;
	html_format(html, "<rect class=\"%s\" x=\"%zu\" y=\"%.1f\" "
	    "width=\"%u\" height=\"%.1f\"/>", number == 0 ? "none" : "bar",
	    hour * size->step, size->height - height, size->bar, height);
}

/* Names the hour below every sixth bar. */
static void
put_axis(struct html *html, const struct size *size)
{
	int64_t hour = html->now / CLOCK_HOUR - (STRIP_HOURS - 1);
	char machine[CLOCK_RFC3339_LENGTH + 1];
	size_t i;

	for (i = 0; i < STRIP_HOURS; i++, hour++) {
		if (hour % 6 != 0)
			continue;
		clock_format(hour * CLOCK_HOUR, machine);
		html_format(html, "<text x=\"%zu\" y=\"%u\" "
		    "data-hour=\"%s\">%02d:00</text>", i * size->step,
		    size->height + 14, machine, (int)(hour % 24));
	}
}

void
view_chart(struct html *html, const struct strip *strip, bool large)
{
	const struct size *size = large ? &large_size : &small_size;
	unsigned width = STRIP_HOURS * size->step;
	uint64_t most = most_of(strip);
	size_t i;

	html_format(html, "<svg class=\"chart\" viewBox=\"0 0 %u %u\" "
	    "width=\"%u\" height=\"%u\" aria-hidden=\"true\" "
	    "focusable=\"false\">", width, size->height + size->foot, width,
	    size->height + size->foot);
	for (i = 0; i < STRIP_HOURS; i++)
		put_bar(html, size, i, strip->received[i], most);
	if (large)
		put_axis(html, size);
	html_put(html, "</svg>");
}
