#include "inbox/left_out_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *
why(int number)
{
	if (number == EFBIG)
		return "it is compressed, and too large to be searched for "
		    "this page";
	return number == ELOOP ? "it is a symbolic link" : strerror(number);
}

void
left_out_text(const struct left_out *left_out, char text[LEFT_OUT_TEXT_MAX])
{
	const char *file = left_out->file;

	text[0] = '\0';
	if (*file == '\0')
		return;
	if (left_out->number != 0)
		(void)snprintf(text, LEFT_OUT_TEXT_MAX, "%s is left out here: "
		    "%s.", file, why(left_out->number));
	else if (left_out->damaged)
		(void)snprintf(text, LEFT_OUT_TEXT_MAX, "%s is damaged, and "
		    "not all of it could be read. hookctl verify says more.",
		    file);
	else if (left_out->lines == 1)
		(void)snprintf(text, LEFT_OUT_TEXT_MAX, "1 line of %s is not "
		    "a record. hookctl verify says more.", file);
	else
		(void)snprintf(text, LEFT_OUT_TEXT_MAX, "Some lines of %s are "
		    "not records. hookctl verify says more.", file);
}
