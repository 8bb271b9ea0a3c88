#include "inbox/assets.h"

/* Puts a file of this folder between two symbols. The Makefile defines the
 * first 32 digits of each file's SHA-256. */
#define CONTENTS(name, file)						\
	__asm__(".section .rodata\n"					\
	    ".globl inbox_" name "\n"					\
	    "inbox_" name ":\n"						\
	    ".incbin \"cgi/inbox/" file "\"\n"				\
	    ".globl inbox_" name "_end\n"				\
	    "inbox_" name "_end:\n"					\
	    ".byte 0\n"							\
	    ".previous\n")

CONTENTS("style", "style.css");
CONTENTS("script", "script.js");
CONTENTS("icon", "icon.svg");

extern const char inbox_style[], inbox_style_end[];
extern const char inbox_script[], inbox_script_end[];
extern const char inbox_icon[], inbox_icon_end[];

static const struct {
	const char *name, *type;
	const char *bytes, *end;
} assets[ASSETS] = {
	[ASSET_STYLE] = { "style-" STYLE_HASH ".css",
	    "text/css; charset=utf-8", inbox_style, inbox_style_end },
	[ASSET_SCRIPT] = { "script-" SCRIPT_HASH ".js",
	    "text/javascript; charset=utf-8", inbox_script, inbox_script_end },
	[ASSET_ICON] = { "icon-" ICON_HASH ".svg",
	    "image/svg+xml", inbox_icon, inbox_icon_end },
};

struct asset
asset_get(enum asset_kind kind)
{
	return (struct asset){ assets[kind].name, assets[kind].type,
	    { assets[kind].bytes,
	    (size_t)(assets[kind].end - assets[kind].bytes) } };
}
