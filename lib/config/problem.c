#include "config/internal.h"

#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Names in messages come from files and environments, and messages go to
 * terminals. */
static void
hide_controls(char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}

bool
config_refuse(struct loading *loading, enum config_status status,
    const char *format, ...)
{
	const char *key = loading->key, *named = loading->named;
	char what[sizeof loading->problem->text], line[16] = "";
	char *text = loading->problem->text;
	va_list arguments;

	if (loading->status != CONFIG_OK)
		return false;
	loading->status = status;
	va_start(arguments, format);
	(void)vsnprintf(what, sizeof what, format, arguments);
	va_end(arguments);
	if (loading->line > 0)
		(void)snprintf(line, sizeof line, ":%u", loading->line);
	if (snprintf(text, sizeof what, "%s%s: %s%s%s%s%s", loading->file,
	    line, key != NULL ? key : "", key != NULL ? ": " : "",
	    named != NULL ? named : "", named != NULL ? ": " : "", what) >=
	    (int)sizeof what)
		memcpy(text + sizeof what - 4, "...", 4);
	hide_controls(text);
	return false;
}

bool
config_no_memory(struct loading *loading)
{
	loading->line = 0;
	loading->key = NULL;
	loading->named = NULL;
	return config_refuse(loading, CONFIG_BAD, "out of memory");
}

void
config_warn(const struct loading *loading, const char *format, ...)
{
	const struct config_search *search = loading->search;
	char text[sizeof loading->problem->text];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (search->warn != NULL) {
		hide_controls(text);
		search->warn(search->warn_argument, text);
	} else
		LOG(LOG_LEVEL_WARNING, "config",
		    LOG_TEXT("file", loading->file),
		    LOG_TEXT("warning", text));
}
