#include "hookctl/init.h"

#include "auth/secret.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Each of these has a limit: a path, a URL, a secret, names of files. */
#define ROOM 16384

struct text {
	char *bytes;		/* ROOM of them, wiped when they are freed */
	size_t length;
	bool full;
};

static void __attribute__((format(printf, 2, 3)))
add(struct text *text, const char *format, ...)
{
	size_t room = ROOM - text->length;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text->bytes + text->length, room, format,
	    arguments);
	va_end(arguments);
	if (length < 0 || (size_t)length >= room)
		text->full = true;
	else
		text->length += (size_t)length;
}

/* In double quotes; in single ones if double ones would refuse it. */
static void
add_quoted(struct text *text, const char *value)
{
	char quote = strstr(value, "${") != NULL ? '\'' : '"';

	add(text, "%c", quote);
	for (; *value != '\0'; value++)
		add(text, "%s%c", *value == quote || *value == '\\' ? "\\" :
		    "", *value);
	add(text, "%c", quote);
}

/* A line KEY = "VALUE". */
static void
add_setting(struct text *text, const char *key, const char *value)
{
	add(text, "%s = ", key);
	add_quoted(text, value);
	add(text, "\n");
}

static unsigned
count_lines(const struct text *text)
{
	unsigned count = 0;
	size_t i;

	for (i = 0; i < text->length; i++)
		count += text->bytes[i] == '\n';
	return count;
}

static void
add_general(struct text *text, const struct init_place *place)
{
	size_t beside = strlen(place->folder);
	bool own = strncmp(place->journal, place->folder, beside) == 0;

	add(text,
	    "# hookline.conf: hookline's settings. hookline.conf(5) explains\n"
	    "# them, and has those that are not here. A change counts from\n"
	    "# the next request on;\n"
	    "#     hookctl check\n"
	    "# says what is wrong with it. The file holds secrets: leave its\n"
	    "# owner and mode as they are, and keep it out of the folders\n"
	    "# that the web server hands out.\n"
	    "\n"
	    "# What is received is stored in this folder%s.\n",
	    own ? ", beside this file" : "");
	add_setting(text, "directory", own ? place->journal + beside + 1 :
	    place->journal);
	add(text,
	    "\n"
	    "# Every file is kept until one of these is set.\n"
	    "# keep_days = 90\n"
	    "# keep_size = \"10G\"\n"
	    "\n"
	    "# Store a line for each event instead of each notification.\n"
	    "# lines = \"update\"\n"
	    "\n");
}

static void
add_secret(struct text *text, const struct init_endpoint *endpoint,
    unsigned *line)
{
	add(text, endpoint->accept_unsigned ?
	    "\n"
	    "\t# With an app secret, a signature that comes must be right.\n" :
	    "\n"
	    "\t# In the same dashboard: App settings, Basic, App secret.\n");
	*line = count_lines(text) + 1;
	if (endpoint->secret_file != NULL) {
		add_setting(text, "\tapp_secret_file", endpoint->secret_file);
		return;
	}
	/* An empty one would be a mistake where none is needed. */
	add_setting(text, endpoint->accept_unsigned &&
	    *endpoint->secret == '\0' ? "\t# app_secret" : "\tapp_secret",
	    endpoint->secret);
}

static void
add_endpoint(struct text *text, const struct init_endpoint *endpoint,
    unsigned *line)
{
	add(text, "# The path of the callback URL.\nendpoint ");
	add_quoted(text, endpoint->path);
	add(text, " {\n");
	if (endpoint->accept_unsigned) {
		add(text,
		    "\t# Nobody has to sign what is sent here, so whoever\n"
		    "\t# knows the path can store anything: it must stay\n"
		    "\t# between Meta and you. Records and logs have the\n"
		    "\t# name in its place.\n");
		add_setting(text, "\tname", "unsigned");
		add_setting(text, "\tunsigned", "accept");
		add(text, "\n");
	}
	add(text, "\t# The whole URL, for hookctl check and hookctl send.\n");
	add_setting(text, endpoint->url != NULL ? "\tcallback_url" :
	    "\t# callback_url", endpoint->url != NULL ? endpoint->url :
	    "https://hooks.example.com/webhook");
	add(text,
	    "\n"
	    "\t# Made for this endpoint. Meta's App Dashboard asks for it\n"
	    "\t# as the verify token of the callback URL.\n");
	add_setting(text, "\tverify_token", endpoint->token);
	add_secret(text, endpoint, line);
	add(text, "}\n");
}

char *
init_text(const struct init_place *place, const struct init_endpoint *endpoint,
    unsigned *line)
{
	struct text text = { .bytes = secret_alloc(ROOM) };

	if (text.bytes == NULL)
		return NULL;
	add_general(&text, place);
	add_endpoint(&text, endpoint, line);
	if (!text.full)
		return text.bytes;
	secret_free(text.bytes);
	return NULL;
}
