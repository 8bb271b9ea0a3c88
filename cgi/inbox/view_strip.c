#include "inbox/view_parts.h"

#include "base/clock.h"

/* Begins one of the facts in the strip's line. */
static void
begin_fact(struct html *html, const char *id)
{
	html_format(html, "<span class=\"fact\" id=\"%s\">", id);
}

static void
end_fact(struct html *html)
{
	html_put(html, "</span>\n");
}

static void
put_last(struct html *html, const struct strip *strip)
{
	begin_fact(html, "last");
	if (strip->last_received == 0) {
		html_put(html, "nothing received yet");
	} else {
		html_put(html, "last received <b>");
		html_age(html, strip->last_received);
		html_put(html, "</b>");
	}
	end_fact(html);
}

static void
put_counts(struct html *html, const struct strip *strip)
{
	begin_fact(html, "repeats");
	html_count(html, strip->repeats, "repeat");
	end_fact(html);
	begin_fact(html, "refused");
	html_number(html, strip->refused_total);
	html_put(html, " refused today");
	end_fact(html);
	if (strip->unavailable == 0)
		return;
	html_put(html, "<span class=\"fact warn\" id=\"unavailable\">");
	html_number(html, strip->unavailable);
	html_put(html, " not stored (503)");
	end_fact(html);
}

/* Whether less than a twentieth of the disk, or less than 1 GB, is free. */
static bool
is_little(const struct strip *strip)
{
	return strip->free_bytes < strip->total_bytes / 20 ||
	    strip->free_bytes < UINT64_C(1) << 30;
}

static void
put_disk(struct html *html, const struct strip *strip)
{
	if (strip->total_bytes == 0)
		return;
	html_format(html, "<span class=\"fact%s\" id=\"disk\">",
	    is_little(strip) ? " warn" : "");
	if (is_little(strip))
		html_put(html, "only ");
	html_size(html, strip->free_bytes);
	html_put(html, " free");
	end_fact(html);
}

/* ---- relays ---- */

static const char *
relay_state(const struct strip_relay *relay)
{
	return !relay->alive ? " (not running)" : relay->held ? " (held)" :
	    "";
}

static void
put_relays(struct html *html, const struct strip *strip)
{
	bool well = true;
	size_t i;

	for (i = 0; i < strip->relay_count; i++)
		well = well && strip->relays[i].alive && !strip->relays[i].held;
	if (strip->relay_count == 0)
		return;
	html_format(html, "<span class=\"fact%s\" id=\"relays\">relays "
	    "behind: ", well ? "" : " warn");
	for (i = 0; i < strip->relay_count; i++) {
		html_put(html, i > 0 ? ", " : "");
		html_string(html, strip->relays[i].name);
		html_put(html, " <b>");
		html_number(html, strip->relays[i].behind);
		html_put(html, "</b>");
		html_put(html, relay_state(&strip->relays[i]));
	}
	end_fact(html);
}

static void
put_relay_list(struct html *html, const struct strip *strip)
{
	size_t i;

	if (strip->relay_count == 0)
		return;
	html_put(html, "<section><h2>Relays behind</h2>\n<ul>\n");
	for (i = 0; i < strip->relay_count; i++) {
		html_put(html, "<li>");
		html_string(html, strip->relays[i].name);
		html_put(html, ": ");
		html_count(html, strip->relays[i].behind, "record");
		html_put(html, " to send");
		html_put(html, relay_state(&strip->relays[i]));
		html_put(html, "</li>\n");
	}
	html_put(html, "</ul>\n<p><code>hookctl relays</code> says "
	    "why.</p></section>\n");
}

static void
put_quiet(struct html *html, const struct strip *strip)
{
	if (strip->quiet_from == 0)
		return;
	html_put(html, strip->quiet_to == 0 ? ", none since " : ", none ");
	html_time(html, strip->quiet_from, HTML_HOUR);
	if (strip->quiet_to == 0)
		return;
	html_put(html, "\342\200\223");
	html_time(html, strip->quiet_to, HTML_HOUR);
}

static void
put_day(struct html *html, const struct strip *strip)
{
	html_put(html, "<span class=\"fact\" id=\"day\">");
	view_chart(html, strip, false);
	html_put(html, " <span>24 hours: ");
	html_number(html, strip->received_total);
	html_put(html, " received");
	put_quiet(html, strip);
	html_put(html, "</span>");
	end_fact(html);
}

/* ---- what is shown when it is opened ---- */

static void
put_hours(struct html *html, const struct strip *strip)
{
	int64_t first = html->now / CLOCK_HOUR - (STRIP_HOURS - 1);
	size_t i;

	html_put(html, "<section><h2>Received in 24 hours</h2>\n");
	view_chart(html, strip, true);
	html_put(html, "<ol class=\"hours\">\n");
	for (i = 0; i < STRIP_HOURS; i++) {
		html_put(html, "<li>");
		html_time(html, (first + (int64_t)i) * CLOCK_HOUR, HTML_HOUR);
		html_put(html, " <b>");
		html_number(html, strip->received[i]);
		html_put(html, "</b></li>\n");
	}
	html_put(html, "</ol></section>\n");
}

static void
put_numbers(struct html *html, const struct strip *strip)
{
	html_put(html, "<section><h2>Counted</h2>\n<p>");
	html_number(html, strip->received_total);
	html_put(html, " received in 24 hours, ");
	html_number(html, strip->repeats);
	html_put(html, " of them repeats.");
	if (strip->unavailable > 0) {
		html_put(html, " ");
		html_number(html, strip->unavailable);
		html_put(html, " could not be stored, and were answered 503: "
		    "hookline's log says why.");
	}
	html_put(html, "</p>\n<p>Counted since ");
	html_time(html, strip->since, HTML_FULL);
	html_put(html, ".</p></section>\n<section><h2>Refused in 24 hours"
	    "</h2>\n");
	view_refused(html, strip);
	html_put(html, "</section>\n");
}

static void
put_room(struct html *html, const struct strip *strip)
{
	if (strip->total_bytes == 0)
		return;
	html_put(html, "<section><h2>Disk</h2>\n<p>");
	html_size(html, strip->free_bytes);
	html_put(html, " free of ");
	html_size(html, strip->total_bytes);
	html_put(html, ", where the journal is.</p></section>\n");
}

void
view_strip(struct html *html, const struct strip *strip)
{
	html_put(html, "<details id=\"strip\"><summary>\n");
	put_last(html, strip);
	if (strip->counted)
		put_counts(html, strip);
	put_disk(html, strip);
	put_relays(html, strip);
	if (strip->counted)
		put_day(html, strip);
	else
		html_put(html, "<span class=\"fact\" id=\"uncounted\">no "
		    "counts yet</span>\n");
	html_put(html, "</summary>\n<div class=\"panel\">\n");
	if (strip->counted) {
		put_hours(html, strip);
		put_numbers(html, strip);
	} else {
		html_put(html, "<section><h2>No counts yet</h2>\n<p>hookline "
		    "counts requests in the journal's folder, in "
		    "<code>.state/counters</code>, from the first one on. "
		    "There is no such file, or this user may not read it."
		    "</p></section>\n");
	}
	put_room(html, strip);
	put_relay_list(html, strip);
	html_put(html, "</div></details>\n");
}
