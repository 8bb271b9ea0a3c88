/*
 * place: finds the journal. The inbox never reads hookline.conf, so it does not
 * know `directory`. It takes the first of these:
 *
 *   HOOKLINE_DIRECTORY in the environment, even if there is no such folder; in
 *   CGI mode also REDIRECT_HOOKLINE_DIRECTORY, since Apache adds REDIRECT_ to
 *   the names of variables after a rewrite
 *   --directory DIR, likewise; not in CGI mode
 *   the folder with notifications.jsonl, in the first of the places of
 *   hookline.conf (host/places.h) that has journal/notifications.jsonl
 *   /var/lib/hookline, if there is such a folder
 */
#ifndef HOOKLINE_INBOX_PLACE_H
#define HOOKLINE_INBOX_PLACE_H

#include "host/places.h"
#include "http/request.h"

#include <stdbool.h>

/* What the process knows by itself. */
struct place_search {
	const char *directory;	/* --directory DIR, or NULL */
	char *const *env;	/* of the process */
	bool cgi;
};

struct place {
	char *directory;	/* absolute, or NULL: there is no journal */
	char *relative;		/* the path that was named, if it is not
				 * absolute; or NULL */
	struct places tried;	/* where it looked, if no path was named */
};

/*
 * Looks for the journal. DOCUMENT_ROOT and SCRIPT_FILENAME of the request count
 * as they do for hookline.conf. False if memory runs out. The caller frees the
 * place with place_free(), whatever is returned.
 */
bool place_find(const struct place_search *search,
    const struct request *request, struct place *place);

void place_free(struct place *place);

#endif
