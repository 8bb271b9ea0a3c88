/*
 * where: which configuration and which journal a command is about.
 */
#ifndef HOOKLINE_HOOKCTL_WHERE_H
#define HOOKLINE_HOOKCTL_WHERE_H

#include "config/config.h"
#include "hookctl/hookctl.h"

/* What the options say; each may be NULL. */
struct where {
	const char *config;	/* --config FILE */
	const char *directory;	/* --directory DIR */
	bool quiet;		/* no warnings */
};

/* Rows for a command's table: `member` is its struct where. */
#define WHERE_CONFIG_ROW(type, member)					\
	{ '\0', "config", OPTION_TEXT, offsetof(type, member.config),	\
	    "FILE", "the configuration, instead of the one that is found", \
	    0, 0, NULL }
#define WHERE_DIRECTORY_ROW(type, member)				\
	{ '\0', "directory", OPTION_TEXT,				\
	    offsetof(type, member.directory), "DIR",			\
	    "the journal's folder, without reading a configuration",	\
	    0, 0, NULL }

/*
 * Reads the configuration, found as the receiver finds it, and changes nothing.
 * The caller frees it with config_free(). NULL after a message: the status is
 * then STATUS_FAILED. Warnings are printed as notes.
 */
struct config *where_config(const struct where *where);

/* Says that this search found no configuration, and where it looked. */
void where_nothing(const struct config_search *search);

/*
 * The journal's folder, to be freed: --directory, or HOOKLINE_DIRECTORY, or
 * what the configuration says, which is read only then. NULL after a message.
 * The folder need not be there.
 */
char *where_directory(const struct where *where);

/*
 * The endpoint that a URL or a name means: the one with this name or path, or
 * the first one if `text` is NULL. NULL after a message.
 */
const struct endpoint *where_endpoint(const struct config *config,
    const char *text);

#endif
