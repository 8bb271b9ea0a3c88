#include "inbox/show.h"

#include "host/account.h"
#include "base/clock.h"
#include "inbox/answer.h"
#include "inbox/assets.h"
#include "inbox/find.h"
#include "inbox/strip.h"
#include "inbox/view.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char html[] = "text/html; charset=utf-8";

/*
 * What goes wrong
 */

static void
answer_unavailable(const struct exchange *exchange)
{
	answer_word(exchange, 503, "unavailable",
	    "The memory does not suffice for this now. Try again.\n");
}

static void
answer_no_journal(const struct show *show)
{
	char *why;

	if (asprintf(&why, "There is no such folder: %s\n",
	    show->directory) < 0) {
		answer_unavailable(show->exchange);
		return;
	}
	answer_word(show->exchange, 503, "no-journal", why);
	free(why);
}

/* A name, or the number of a user that /etc/passwd does not know. */
static void
name_user(uid_t uid, char name[256])
{
	struct account account;

	if (account_by_uid(ACCOUNT_PASSWD, uid, &account))
		(void)snprintf(name, 256, "%s", account.name);
	else
		(void)snprintf(name, 256, "%lu", (unsigned long)uid);
}

/* Fills in what a person must know who wants to let this program read. */
static void
answer_denied(const struct show *show, const struct view *view, int number)
{
	struct view shown = *view;
	char user[256], owner[256], group[64];
	struct view_denied denied = { .directory = show->directory,
	    .number = number, .user = user };
	struct buffer page = { 0 };
	struct stat status;

	name_user(geteuid(), user);
	if (stat(show->directory, &status) == 0) {
		name_user(status.st_uid, owner);
		denied.owner = owner;
		denied.group = account_group_name(ACCOUNT_GROUP,
		    status.st_gid, group);
		denied.mode = status.st_mode & 07777;
	}
	shown.denied = &denied;
	if (view_page(&shown, &page) == ERR_NONE)
		answer_send(show->exchange, &(struct answer){ .status = 503,
		    .type = html, .body = { page.bytes, page.length } });
	else
		answer_unavailable(show->exchange);
	buffer_free(&page);
}

/* What to answer for a journal that could not be read; `number` is errno. */
static void
answer_error(const struct show *show, const struct view *view,
    enum error error, int number)
{
	if (error == ERR_MEMORY)
		answer_unavailable(show->exchange);
	else if (error == ERR_MISSING)
		answer_no_journal(show);
	else if (error == ERR_BUSY)
		answer_word(show->exchange, 503, "unavailable", "The record is "
		    "in a large compressed file, and it took too long to "
		    "find.\n");
	else if (error == ERR_DAMAGED)
		answer_word(show->exchange, 503, "not-readable",
		    "Its line in the journal is not a record.\n");
	else if (view != NULL)
		answer_denied(show, view, number);
	else
		answer_word(show->exchange, 503, "not-readable",
		    strerror(number));
}

/*
 * The page
 */

static bool
is_encrypted(const struct request *request)
{
	const char *https = request_variable(request, "HTTPS");
	const char *scheme = request_variable(request, "REQUEST_SCHEME");
	const char *before = request_variable(request,
	    "HTTP_X_FORWARDED_PROTO");

	return (https != NULL && *https != '\0' &&
	    strcmp(https, "off") != 0) ||
	    (scheme != NULL && strcmp(scheme, "https") == 0) ||
	    (before != NULL && strcmp(before, "https") == 0);
}

/* Whether the page goes over a network as it is. */
static bool
is_plain_http(const struct request *request)
{
	static const char *const loopback[] = { "127.", "::1", "::ffff:127.",
	    "unix:" };
	const char *peer = request_variable(request, "REMOTE_ADDR");
	size_t i;

	if (peer == NULL || *peer == '\0' || is_encrypted(request))
		return false;
	for (i = 0; i < sizeof loopback / sizeof loopback[0]; i++)
		if (strncmp(peer, loopback[i], strlen(loopback[i])) == 0)
			return false;
	return true;
}

/* The record of this seq among those listed, or NULL. */
static const struct find_record *
listed(const struct find_result *found, uint64_t seq)
{
	size_t i;

	for (i = 0; i < found->count; i++)
		if (found->records[i].record.seq == seq)
			return &found->records[i];
	return NULL;
}

/* Sets the chosen record: one that is listed, or `*read`, which belongs to the
 * caller afterwards. */
static void
choose(const struct show *show, struct view *view, struct find_record *read)
{
	if (show->ask->seq == 0)
		return;
	view->chosen = listed(view->found, show->ask->seq);
	if (view->chosen != NULL)
		return;
	if (find_one(show->directory, show->ask->seq, read) == ERR_NONE)
		view->chosen = read;
	else
		view->chosen_missing = true;
}

static void
send_page(const struct show *show, const struct view *view)
{
	struct view shown = *view;
	struct find_record read = { 0 };
	struct strip strip;
	struct buffer page = { 0 };

	choose(show, &shown, &read);
	strip_look(show->directory, view->now, view->found->latest,
	    view->found->latest_at, &strip);
	shown.strip = &strip;
	if (view_page(&shown, &page) == ERR_NONE)
		answer_send(show->exchange, &(struct answer){ .status = 200,
		    .type = html, .body = { page.bytes, page.length } });
	else
		answer_unavailable(show->exchange);
	buffer_free(&page);
	if (shown.chosen == &read)
		find_record_free(&read);
}

static void
answer_page(const struct show *show)
{
	struct find_result found = { 0 };
	struct view view = { .ask = show->ask, .found = &found,
	    .now = clock_now(), .cgi = show->cgi,
	    .plain_http = is_plain_http(show->exchange->request),
	    .style = asset_get(ASSET_STYLE).name,
	    .script = asset_get(ASSET_SCRIPT).name,
	    .icon = asset_get(ASSET_ICON).name };
	enum error error = ERR_UNSAFE;

	if (faccessat(AT_FDCWD, show->directory, R_OK | X_OK, AT_EACCESS) == 0)
		error = find_list(show->directory, show->ask, &found);
	else if (errno == ENOENT)
		error = ERR_MISSING;
	if (error == ERR_NONE)
		send_page(show, &view);
	else
		answer_error(show, &view, error, errno);
	find_free(&found);
}

/*
 * Everything else
 */

/* A record's line with its newline, or only what Meta has sent of it. */
static enum error
part_of(const struct find_record *found, bool whole, struct buffer *part)
{
	const struct record *record = &found->record;
	struct span span = record->update.bytes != NULL ? record->update :
	    record->payload;

	if (!whole)
		return buffer_append(part, span.bytes, span.length);
	if (buffer_append(part, found->line, found->length) != ERR_NONE)
		return ERR_MEMORY;
	return buffer_append(part, "\n", 1);
}

static void
send_part(const struct show *show, const struct find_record *found)
{
	bool whole = show->ask->kind == ASK_LINE;
	struct buffer part = { 0 };
	char disposition[96];

	(void)snprintf(disposition, sizeof disposition, "Content-Disposition: "
	    "attachment; filename=\"notification-%" PRIu64 ".json%s\"\r\n",
	    found->record.seq, whole ? "l" : "");
	if (part_of(found, whole, &part) == ERR_NONE)
		answer_send(show->exchange, &(struct answer){ .status = 200,
		    .type = "application/octet-stream", .others = disposition,
		    .body = { part.bytes, part.length } });
	else
		answer_unavailable(show->exchange);
	buffer_free(&part);
}

static void
answer_part(const struct show *show)
{
	struct find_record found;
	enum error error = find_one(show->directory, show->ask->seq, &found);

	if (error == ERR_MISSING)
		answer_word(show->exchange, 404, "not-found",
		    "There is no such record, or no longer.\n");
	else if (error != ERR_NONE)
		answer_error(show, NULL, error, errno);
	if (error != ERR_NONE)
		return;
	send_part(show, &found);
	find_record_free(&found);
}

/* Whether the client has the answer with this tag. It may name several, and a
 * proxy may have made them weak: W/"tag". */
static bool
has_already(const struct request *request, const char *tag)
{
	const char *tags = NULL;

	return request_header_with_commas(request, "HTTP_IF_NONE_MATCH",
	    &tags) == HEADER_ONCE && strstr(tags, tag) != NULL;
}

static void
answer_news(const struct show *show)
{
	uint64_t count, latest;
	enum error error = find_news(show->directory, show->ask->after, &count,
	    &latest);
	char body[96], tag[64], header[80];
	struct answer answer = { .status = 200, .type = "application/json",
	    .others = header };

	if (error != ERR_NONE) {
		answer_error(show, NULL, error, errno);
		return;
	}
	answer.body = (struct span){ body, (size_t)snprintf(body, sizeof body,
	    "{\"count\":%" PRIu64 ",\"latest\":%" PRIu64 "}\n", count,
	    latest) };
	(void)snprintf(tag, sizeof tag, "\"%" PRIu64 "-%" PRIu64 "\"", count,
	    latest);
	(void)snprintf(header, sizeof header, "ETag: %s\r\n", tag);
	if (has_already(show->exchange->request, tag))
		answer.status = 304;
	answer_send(show->exchange, &answer);
}

static void
answer_file(const struct show *show)
{
	struct asset asset;
	int kind;

	for (kind = 0; kind < ASSETS; kind++) {
		asset = asset_get((enum asset_kind)kind);
		if (strcmp(asset.name, show->ask->file) == 0) {
			answer_send(show->exchange, &(struct answer){
			    .status = 200, .type = asset.type,
			    .cache = "private, max-age=31536000, immutable",
			    .body = asset.bytes });
			return;
		}
	}
	answer_word(show->exchange, 404, "not-found", "");
}

void
show_answer(const struct show *show)
{
	static void (*const answers[])(const struct show *) = {
		[ASK_PAGE] = answer_page,
		[ASK_PAYLOAD] = answer_part,
		[ASK_LINE] = answer_part,
		[ASK_NEWS] = answer_news,
		[ASK_FILE] = answer_file,
	};

	answers[show->ask->kind](show);
}
