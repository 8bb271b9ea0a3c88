#include "inbox/html.h"

#include "base/amount.h"
#include "base/clock.h"
#include "http/escape.h"
#include "when.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void
note(struct html *html, enum error error)
{
	html->failed |= error != ERR_NONE;
}

void
html_put(struct html *html, const char *markup)
{
	note(html, buffer_append(html->out, markup, strlen(markup)));
}

void
html_format(struct html *html, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	html_put(html, text);
}

void
html_text(struct html *html, struct span text)
{
	note(html, escape_html_text(html->out, text));
}

void
html_string(struct html *html, const char *text)
{
	html_text(html, (struct span){ text, strlen(text) });
}

void
html_bdi(struct html *html, const char *class, struct span text)
{
	html_format(html, "<bdi class=\"%s\">", class);
	html_text(html, text);
	html_put(html, "</bdi>");
}

void
html_attribute(struct html *html, struct span text)
{
	note(html, escape_html_attribute(html->out, text));
}

void
html_link(struct html *html, const struct ask *ask)
{
	note(html, ask_link(ask, html->out));
}

void
html_number(struct html *html, uint64_t number)
{
	char text[32];

	html_put(html, number_text(number, text));
}

void
html_count(struct html *html, uint64_t number, const char *noun)
{
	html_number(html, number);
	html_format(html, " %s%s", noun, number == 1 ? "" : "s");
}

void
html_size(struct html *html, uint64_t bytes)
{
	char text[32];
	char *unit = strchr(size_text(bytes, text), ' ');

	if (unit == NULL) {
		html_count(html, bytes, "byte");
		return;
	}
	if (unit[1] == 'K')
		unit[1] = 'k';
	html_format(html, "%sB", text);
}

void
html_age(struct html *html, int64_t time)
{
	char text[32];

	html_format(html, "%s ago", age_text((html->now - time) /
	    CLOCK_SECOND, text));
}

void
html_time(struct html *html, int64_t time, enum html_form form)
{
	static const char *const names[] = { [HTML_SHORT] = "short",
		[HTML_HOUR] = "hour", [HTML_FULL] = "full" };
	char text[32], machine[CLOCK_RFC3339_LENGTH + 1];
	int64_t today = form == HTML_SHORT ? html->now :
	    form == HTML_HOUR ? time : 0;
	size_t length = strlen(when_text(time, today, true, text));

	/* Without the seconds. */
	if (form != HTML_FULL && length > 3)
		text[length - 3] = '\0';
	clock_format(time, machine);
	html_format(html, "<time datetime=\"%s\" data-form=\"%s\">%s</time>",
	    machine, names[form], text);
}
