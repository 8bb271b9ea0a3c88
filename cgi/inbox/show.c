#include "inbox/show.h"

#include "base/clock.h"
#include "inbox/answer.h"
#include "inbox/assets.h"
#include "inbox/find.h"
#include "inbox/left_out_text.h"
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
 * Errors
 */

static void
answer_unavailable(const struct exchange *exchange)
{
	answer_word(exchange, 503, "unavailable",
	    "There is not enough memory for this now. Try again.\n");
}

/* Says what is wrong with the folder, in words before or after its path. */
static void
answer_place(const struct show *show, const char *before, const char *after)
{
	char *why;

	if (asprintf(&why, "%s%s%s\n", before, show->directory, after) < 0) {
		answer_unavailable(show->exchange);
		return;
	}
	answer_word(show->exchange, 503, "no-journal", why);
	free(why);
}

/* Tells a person how to let this program read the journal. */
static void
answer_denied(const struct show *show, const struct view *view, int number)
{
	struct view shown = *view;
	struct denied denied;
	struct buffer page = { 0 };

	denied_find(show->names, show->directory, number, &denied);
	shown.denied = &denied;
	if (view_page(&shown, &page) == ERR_NONE)
		answer_send(show->exchange, &(struct answer){ .status = 503,
		    .type = html, .body = { page.bytes, page.length } });
	else
		answer_unavailable(show->exchange);
	buffer_free(&page);
}

/* The same in one line, for programs. */
static void
answer_not_readable(const struct show *show, int number)
{
	struct denied denied;
	char *why;

	denied_find(show->names, show->directory, number, &denied);
	if (asprintf(&why, "%s: %s\n", denied.path, denied.number == ELOOP ?
	    "It is a symbolic link" : strerror(denied.number)) < 0) {
		answer_unavailable(show->exchange);
		return;
	}
	answer_word(show->exchange, 503, "not-readable", why);
	free(why);
}

/* Answers for a journal that could not be read; `number` is the errno. */
static void
answer_error(const struct show *show, const struct view *view,
    enum error error, int number)
{
	if (error == ERR_MEMORY)
		answer_unavailable(show->exchange);
	else if (error == ERR_MISSING)
		answer_place(show, "There is no such folder: ", "");
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
		answer_not_readable(show, number);
}

/*
 * The page
 */

/* Whether the page goes over a network without encryption. */
static bool
is_plain_http(const struct request *request)
{
	static const char *const loopback[] = { "127.", "::1", "::ffff:127.",
	    "unix:" };
	const char *peer = request_variable(request, "REMOTE_ADDR");
	size_t i;

	if (peer == NULL || *peer == '\0' || answer_is_encrypted(request))
		return false;
	for (i = 0; i < sizeof loopback / sizeof loopback[0]; i++)
		if (strncmp(peer, loopback[i], strlen(loopback[i])) == 0)
			return false;
	return true;
}

/* The record of this seq if it is in the list, or NULL. */
static const struct find_record *
listed(const struct find_result *found, uint64_t seq)
{
	size_t i;

	for (i = 0; i < found->count; i++)
		if (found->records[i].record.seq == seq)
			return &found->records[i];
	return NULL;
}

/* Sets the chosen record: the one in the list, or one that is read into
 * `*read`, which the caller frees in any case. */
static void
choose(const struct show *show, struct view *view, struct find_record *read)
{
	if (show->ask->seq == 0)
		return;
	view->chosen = listed(view->found, show->ask->seq);
	if (view->chosen != NULL)
		return;
	view->chosen_error = find_one(show->directory, show->ask->seq, read,
	    &view->chosen_left_out);
	if (view->chosen_error == ERR_NONE)
		view->chosen = read;
}

/* Whether it is certain that there is no such record. */
static bool
is_missing(const struct view *view)
{
	return view->chosen_error == ERR_MISSING &&
	    view->chosen_left_out.file[0] == '\0';
}

static void
send_page(const struct show *show, const struct view *view)
{
	struct view shown = *view;
	struct find_record read = { 0 };
	struct strip strip;
	struct denied denied;
	struct buffer page = { 0 };
	const struct left_out *left_out = &view->found->left_out;

	choose(show, &shown, &read);
	if (left_out->number == EACCES || left_out->number == ELOOP ||
	    left_out->number == ENOTDIR) {
		denied_look(show->names, show->directory, left_out->file,
		    left_out->number, &denied);
		shown.left_out = &denied;
	}
	strip_look(show->directory, view->now, view->found->latest,
	    view->found->latest_at, &strip);
	shown.strip = &strip;
	if (view_page(&shown, &page) == ERR_NONE)
		answer_send(show->exchange, &(struct answer){
		    .status = is_missing(&shown) ? 404 : 200,
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
	else if (errno == ENOENT || errno == ENOTDIR)
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

/* Writes a record's line with its newline, or only what Meta sent. */
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

/* Answers that the record may be in what could not be read. */
static void
answer_left_out(const struct show *show, const struct left_out *left_out)
{
	char text[LEFT_OUT_TEXT_MAX], why[LEFT_OUT_TEXT_MAX + 80];

	left_out_text(left_out, text);
	(void)snprintf(why, sizeof why, "It may be in what could not be read. "
	    "%s\n", text);
	answer_word(show->exchange, 503, "not-readable", why);
}

static void
answer_part(const struct show *show)
{
	struct find_record found;
	struct left_out left_out;
	enum error error = find_one(show->directory, show->ask->seq, &found,
	    &left_out);

	if (error == ERR_MISSING && left_out.file[0] != '\0')
		answer_left_out(show, &left_out);
	else if (error == ERR_MISSING)
		answer_word(show->exchange, 404, "not-found",
		    "There is no such record, or it has been removed.\n");
	else if (error != ERR_NONE)
		answer_error(show, NULL, error, errno);
	if (error != ERR_NONE)
		return;
	send_part(show, &found);
	find_record_free(&found);
}

/* Whether the client already has the answer with this tag. It may send several
 * tags, and a proxy may have made them weak: W/"tag". */
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

/* Whether something that is not a folder has the journal's name. */
static bool
is_no_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
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

	if (show->ask->kind != ASK_FILE && is_no_folder(show->directory))
		answer_place(show, "", " is not a folder");
	else
		answers[show->ask->kind](show);
}
