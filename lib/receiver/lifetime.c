/*
 * How long the process may serve. Its sandbox is tied to the files that existed
 * when it was entered. If others have taken their place, the process cannot go
 * on: it answers 503 until it is a minute old, and then makes room for a new
 * one.
 */
#include "receiver/internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/path.h"

#include <stdlib.h>

#define LOOK_MS 1000		/* between two checks for changes */
#define FOLDERS_MAX 32		/* the configuration's, in the sandbox */

static const char folder[] = "folder-replaced";
static const char configuration[] = "configuration-not-usable";

void
lifetime_begin(struct lifetime *lifetime)
{
	program_begin(&lifetime->program);
}

void
lifetime_free(struct lifetime *lifetime)
{
	program_free(&lifetime->program);
}

/*
 * The sandbox
 */

/*
 * The folders that contain the names of the configuration's files, and those of
 * the files themselves: a name may be switched to another file, as Kubernetes
 * does. The caller frees them; returns how many.
 */
static size_t
folders_of(const struct config *config, char **folders, size_t room)
{
	const char *name;
	size_t count = 0, i;

	for (i = 0; count + 2 <= room &&
	    (name = config_file_name(config, i)) != NULL; i++) {
		char *file = realpath(name, NULL);

		folders[count] = path_folder(name);
		count += folders[count] != NULL;
		folders[count] = file != NULL ? path_folder(file) : NULL;
		count += folders[count] != NULL;
		free(file);
	}
	return count;
}

static struct sandbox
enter(const struct setup *setup)
{
	const struct config *config = setup->config;
	struct sandbox_path paths[2 + FOLDERS_MAX];
	char *folders[FOLDERS_MAX];
	size_t count = 0, i, folder_count;
	struct sandbox sandbox;

	paths[count++] = (struct sandbox_path){ setup->directory,
	    SANDBOX_WRITE };
	if (config->log_file[0] != '\0')
		paths[count++] = (struct sandbox_path){ config->log_file,
		    SANDBOX_APPEND };
	folder_count = folders_of(config, folders, FOLDERS_MAX);
	for (i = 0; i < folder_count; i++)
		paths[count++] = (struct sandbox_path){ folders[i],
		    SANDBOX_READ };
	sandbox = sandbox_enter(paths, count);
	for (i = 0; i < folder_count; i++)
		free(folders[i]);
	return sandbox;
}

bool
lifetime_confine(struct lifetime *lifetime, const struct setup *setup)
{
	if (lifetime->confined ||
	    stat(setup->directory, &lifetime->folder_was) == -1)
		return false;
	lifetime->confined = true;
	lifetime->sandbox = enter(setup);
	return !lifetime->sandbox.absent &&
	    (!lifetime->sandbox.files || !lifetime->sandbox.calls);
}

const char *
lifetime_bounds(const struct lifetime *lifetime, const struct setup *setup)
{
	if (!lifetime->sandbox.files)
		return NULL;
	/* Perhaps only the sandbox makes it unusable: a new process will find
	 * out. */
	if (setup->config == NULL)
		return configuration;
	return program_is_replaced(setup->directory, &lifetime->folder_was,
	    true) ? folder : NULL;
}

/*
 * The end
 */

static void
end_by(struct lifetime *lifetime, const struct setup *setup,
    const char *reason, int64_t end)
{
	int64_t oldest = program_may_end(&lifetime->program);

	lifetime->ending = reason;
	lifetime->end = end > oldest ? end : oldest;
	if (lifetime->said == reason)
		return;
	lifetime->said = reason;
	if (program_is_watched(&lifetime->program))
		LOG(LOG_LEVEL_WARNING, "ending", LOG_TEXT("reason", reason),
		    LOG_NUMBER("seconds", (lifetime->end -
		    clock_monotonic_ms()) / 1000),
		    LOG_TEXT("directory", setup->directory));
	else
		LOG(LOG_LEVEL_ERROR, "restart-needed",
		    LOG_TEXT("reason", reason),
		    LOG_TEXT("directory", setup->directory));
}

void
lifetime_outdated(struct lifetime *lifetime, const struct setup *setup)
{
	if (!setup->cgi)
		end_by(lifetime, setup, "newer-version", 0);
}

bool
lifetime_look_at_bounds(struct lifetime *lifetime, const struct setup *setup)
{
	const char *reason;

	if (setup->cgi)
		return false;
	reason = lifetime_bounds(lifetime, setup);
	if (reason != NULL)
		end_by(lifetime, setup, reason, 0);
	else if (lifetime->ending == folder ||
	    lifetime->ending == configuration)
		lifetime->ending = NULL;	/* it is back */
	return reason != NULL;
}

static void
look(struct lifetime *lifetime, const struct setup *setup, int64_t now)
{
	int64_t end = program_end_spread(&lifetime->program, now);
	bool followed;

	(void)lifetime_look_at_bounds(lifetime, setup);
	/* Until the end, lines go to the old file. */
	followed = log_follow() || !lifetime->sandbox.files;
	if (!followed && lifetime->ending == NULL)
		end_by(lifetime, setup, "log-file-renamed", end);
	/* The old program works as well as ever, so no request suffers. */
	if (lifetime->ending == NULL && program_is_old(&lifetime->program))
		end_by(lifetime, setup, "program-replaced", end);
}

int
lifetime_rest(struct lifetime *lifetime, const struct setup *setup)
{
	int64_t now = clock_monotonic_ms();

	if (now - lifetime->looked >= LOOK_MS) {
		lifetime->looked = now;
		look(lifetime, setup, now);
	}
	if (lifetime->ending == NULL || !program_is_watched(&lifetime->program))
		return -1;
	return now < lifetime->end ? (int)(lifetime->end - now) : 0;
}
