#include "journal/left_out.h"

#include <string.h>

/* Whether this is the file to be noted. */
static bool
begin(struct left_out *left_out, const char *file)
{
	if (left_out->file[0] == '\0')
		strcpy(left_out->file, file);
	return strcmp(left_out->file, file) == 0;
}

void
left_out_errno(struct left_out *left_out, const char *file, int number)
{
	if (begin(left_out, file))
		left_out->number = number;
}

void
left_out_line(struct left_out *left_out, const char *file)
{
	if (begin(left_out, file))
		left_out->lines++;
}

void
left_out_rest(struct left_out *left_out, const char *file)
{
	if (begin(left_out, file))
		left_out->damaged = true;
}
