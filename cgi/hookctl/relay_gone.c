/* Finds relays that have a cursor, but no section in the configuration. */
#include "hookctl/relay_facts.h"

#include "base/io.h"
#include "journal/layout.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static bool
is_configured(const struct config *config, const char *name)
{
	size_t i;

	for (i = 0; i < config->relay_count; i++)
		if (strcmp(config->relays[i].name, name) == 0)
			return true;
	return false;
}

/* The relay's name in the name of a cursor's file; the caller frees it. NULL if
 * it is another kind of file, or memory is short. */
static char *
name_in(const char *file)
{
	const size_t suffix = strlen(RELAY_CURSOR), length = strlen(file);

	if (length <= suffix ||
	    strcmp(file + length - suffix, RELAY_CURSOR) != 0)
		return NULL;
	return strndup(file, length - suffix);
}

/* Adds the relay that the cursor `file` belongs to, if it is gone. */
static void
add(const struct config *config, const char *file,
    struct relay_facts_list *list)
{
	char *name = name_in(file), **more = NULL;

	if (name != NULL && !is_configured(config, name))
		more = reallocarray(list->gone, list->gone_count + 1,
		    sizeof *more);
	if (more == NULL) {
		free(name);
		return;
	}
	list->gone = more;
	list->gone[list->gone_count++] = name;
}

void
relay_facts_find_gone(const struct config *config, int folder,
    struct relay_facts_list *list)
{
	int fd = io_openat(folder, RELAY_FOLDER, O_RDONLY | O_DIRECTORY, 0);
	DIR *files = fd != -1 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	if (files == NULL && fd != -1)
		(void)io_close(fd);
	while (files != NULL && (entry = readdir(files)) != NULL)
		add(config, entry->d_name, list);
	if (files != NULL)
		(void)closedir(files);
}
