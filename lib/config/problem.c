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

enum config_status
config_refuse(const struct config_context *context, enum config_status status,
    struct config_spot spot, const char *format, ...)
{
	struct config_problem *problem = context->problem;
	char what[sizeof problem->text], line[16] = "";
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(what, sizeof what, format, arguments);
	va_end(arguments);
	if (spot.line > 0)
		(void)snprintf(line, sizeof line, ":%u", spot.line);
	if (snprintf(problem->text, sizeof problem->text, "%s%s: %s%s%s",
	    context->file, line, spot.key != NULL ? spot.key : "",
	    spot.key != NULL ? ": " : "", what) >= (int)sizeof problem->text)
		memcpy(problem->text + sizeof problem->text - 4, "...", 4);
	hide_controls(problem->text);
	return status;
}

enum config_status
config_no_memory(const struct config_context *context)
{
	return config_refuse(context, CONFIG_BAD, (struct config_spot){ 0 },
	    "memory is short");
}

void
config_warn(const struct config_context *context, const char *format, ...)
{
	char text[sizeof ((struct config_problem *)0)->text];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (context->search != NULL && context->search->warn != NULL) {
		hide_controls(text);
		context->search->warn(context->search->warn_argument, text);
		return;
	}
	LOG(LOG_LEVEL_WARNING, "config", LOG_TEXT("file", context->file),
	    LOG_TEXT("warning", text));
}
