/*
 * How long the process may serve. Its sandbox is tied to the files that existed
 * when it was entered. If others have taken their place, the process cannot go
 * on: it answers 503 until it is a minute old, and then makes room for a new
 * one. The minute limits how many are started, however often things change.
 */
#include "receiver/internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/path.h"

#include <sys/prctl.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AGE_MIN_MS 60000
#define LOOK_MS 1000		/* between two checks for changes */
#define SPREAD 16		/* seconds, so that not all end at once */
#define FOLDERS_MAX 32		/* the configuration's, in the sandbox */

static const char folder[] = "folder-replaced";
static const char configuration[] = "configuration-not-usable";

/* Whether something else is at the path now; `gone` if nothing is. */
static bool
is_replaced(const char *path, const struct stat *was, bool gone)
{
	struct stat is;

	if (stat(path, &is) == -1)
		return gone;
	return is.st_dev != was->st_dev || is.st_ino != was->st_ino;
}

void
lifetime_begin(struct lifetime *lifetime)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
	int signal = 0;

	lifetime->started = clock_monotonic_ms();
	lifetime->parent = getppid();
	/* A worker of --listen dies with its parent, which may be process 1. */
	lifetime->unit = getenv("INVOCATION_ID") != NULL ||
	    (prctl(PR_GET_PDEATHSIG, &signal) == 0 && signal != 0);
	if (length <= 0)
		return;
	path[length] = '\0';
	if (stat(path, &lifetime->program_was) == 0)
		lifetime->program = strdup(path);
}

void
lifetime_free(struct lifetime *lifetime)
{
	free(lifetime->program);
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
	return is_replaced(setup->directory, &lifetime->folder_was, true) ?
	    folder : NULL;
}

/*
 * The end
 */

/*
 * Whether somebody starts a new process when this one ends: its web server,
 * --listen, or systemd. Nobody does so for spawn-fcgi's orphans.
 */
static bool
is_watched(const struct lifetime *lifetime)
{
	return lifetime->unit ||
	    (lifetime->parent > 1 && getppid() == lifetime->parent);
}

static void
end_by(struct lifetime *lifetime, const struct setup *setup,
    const char *reason, int64_t end)
{
	int64_t oldest = lifetime->started + AGE_MIN_MS;

	lifetime->ending = reason;
	lifetime->end = end > oldest ? end : oldest;
	if (lifetime->said == reason)
		return;
	lifetime->said = reason;
	if (is_watched(lifetime))
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
	int64_t oldest = lifetime->started + AGE_MIN_MS;
	int64_t end = (now > oldest ? now : oldest) +
	    getpid() % SPREAD * 1000;
	bool followed;

	(void)lifetime_look_at_bounds(lifetime, setup);
	/* Until the end, lines go to the old file. */
	followed = log_follow() || !lifetime->sandbox.files;
	if (!followed && lifetime->ending == NULL)
		end_by(lifetime, setup, "log-file-renamed", end);
	/* The old program works as well as ever, so no request suffers. If it
	 * was only removed, go on until there is a new one. */
	if (lifetime->ending == NULL && lifetime->program != NULL &&
	    is_replaced(lifetime->program, &lifetime->program_was, false))
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
	if (lifetime->ending == NULL || !is_watched(lifetime))
		return -1;
	return now < lifetime->end ? (int)(lifetime->end - now) : 0;
}
