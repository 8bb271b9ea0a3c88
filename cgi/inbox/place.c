#include "inbox/place.h"

#include "base/path.h"

#include <sys/stat.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char standard[] = "/var/lib/hookline";

/* The value of a variable; NULL if it is absent or empty. */
static const char *
variable(char *const *env, const char *name)
{
	const struct request process = { .env = env };
	const char *value = request_variable(&process, name);

	return value != NULL && *value != '\0' ? value : NULL;
}

/* The folder that the environment names, or NULL. */
static const char *
from_environment(const struct place_search *search)
{
	const char *name = variable(search->env, "HOOKLINE_DIRECTORY");

	if (name == NULL && search->cgi)
		name = variable(search->env, "REDIRECT_HOOKLINE_DIRECTORY");
	return name;
}

/* Makes DIR of --directory absolute: it may be relative to the directory in
 * which the program was started. */
static char *
from_here(const char *name)
{
	char *here = getcwd(NULL, 0);
	char *path = path_join(here != NULL ? here : "/", name);

	free(here);
	return path;
}

static bool
is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* The path of this program; NULL if it is not known. */
static const char *
own_path(char path[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (length <= 0)
		return NULL;
	path[length] = '\0';
	return path;
}

/* Takes the journal below the first place that has one, or the standard one. */
static bool
search_places(const struct place_search *search, const struct request *request,
    struct place *place)
{
	char program[PATH_MAX];
	const char *own = own_path(program);
	struct account owner = { 0 };
	const struct places_search places = {
	    .name = "journal/notifications.jsonl",
	    .executable = own != NULL ? own :
	    request_variable(request, "SCRIPT_FILENAME"),
	    .document_root = request_last_variable(request, "DOCUMENT_ROOT"),
	    .owner = &owner, .home = variable(search->env, "HOME") };

	places_search(&place->tried, &places);
	if (place->tried.failed)
		return false;
	if (place->tried.found) {
		place->directory = path_folder(
		    place->tried.paths[place->tried.count - 1]);
		return place->directory != NULL;
	}
	places_add(&place->tried, strdup(standard));
	if (place->tried.failed || !is_folder(standard))
		return !place->tried.failed;
	place->directory = strdup(standard);
	return place->directory != NULL;
}

bool
place_find(const struct place_search *search, const struct request *request,
    struct place *place)
{
	const char *named = from_environment(search);

	*place = (struct place){ 0 };
	if (named != NULL && *named == '/')
		place->directory = strdup(named);
	else if (named != NULL)
		place->relative = strdup(named);
	else if (search->directory != NULL)
		place->directory = from_here(search->directory);
	else
		return search_places(search, request, place);
	return place->directory != NULL || place->relative != NULL;
}

void
place_free(struct place *place)
{
	free(place->directory);
	free(place->relative);
	places_free(place->tried.paths);
}
