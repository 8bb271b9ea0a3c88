#include "hookctl/secret_file.h"

#include "auth/secret.h"
#include "hookctl/hookctl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SECRET_FILE_MAX 65536

/* Takes the first line that is neither blank nor a comment, as the receiver
 * does. NULL if there is none. */
static char *
first_secret(char *text)
{
	char *line;

	while ((line = strsep(&text, "\n")) != NULL) {
		if (*line != '\0' && line[strlen(line) - 1] == '\r')
			line[strlen(line) - 1] = '\0';
		if (*line != '#' && line[strspn(line, " \t")] != '\0')
			return secret_copy(line);
	}
	return NULL;
}

char *
secret_file_first(const char *name, const char *what)
{
	FILE *file = fopen(name, "re");
	char *text = secret_alloc(SECRET_FILE_MAX), *secret = NULL;
	size_t length;

	if (file == NULL) {
		(void)fail(STATUS_FAILED, "%s: %s", name, strerror(errno));
		goto out;
	}
	if (text == NULL) {
		(void)fail(STATUS_FAILED, "out of memory");
		goto out;
	}
	/* The stream's own buffer would keep a copy. */
	(void)setvbuf(file, NULL, _IONBF, 0);
	errno = 0;
	length = fread(text, 1, SECRET_FILE_MAX - 1, file);
	text[length] = '\0';
	if (ferror(file)) {
		(void)fail(STATUS_FAILED, "%s: %s", name, strerror(errno));
		goto out;
	}
	secret = first_secret(text);
	if (secret == NULL)
		(void)fail(STATUS_FAILED, "%s: there is no %s in it", name,
		    what);
out:
	if (file != NULL)
		(void)fclose(file);
	secret_free(text);
	return secret;
}
