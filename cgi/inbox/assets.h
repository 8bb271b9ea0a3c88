/*
 * assets: the style sheet, the script and the icon, which are compiled into the
 * program. Their names contain a part of their SHA-256. So browsers may keep
 * them for ever, and still the page of a new program never gets old ones.
 */
#ifndef HOOKLINE_INBOX_ASSETS_H
#define HOOKLINE_INBOX_ASSETS_H

#include "base/span.h"

enum asset_kind { ASSET_STYLE, ASSET_SCRIPT, ASSET_ICON, ASSETS };

struct asset {
	const char *name;	/* for ?file=, such as style-0123abcd.css */
	const char *type;	/* for Content-Type */
	struct span bytes;
};

struct asset asset_get(enum asset_kind kind);

#endif
