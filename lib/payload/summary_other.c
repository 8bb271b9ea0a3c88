/*
 * Users, Threads, the security log and what else there is, in words; see
 * summary_phrase.h.
 */
#include "payload/summary_phrase.h"

static const char *const people[] = { "{username}", "{from.name}",
	"{from.username}", NULL };

static const struct phrase check[] = {
	{ { { NULL, NULL } }, NULL, "a check by hookctl" },
	{ .words = NULL } };

static const struct phrase changed_fields[] = {
	{ { { NULL, NULL } }, NULL, "changed: {*}" },
	{ .words = NULL } };

static const struct phrase security[] = {
	{ { { "event", NULL } }, NULL,
	    "{event}[ by {actor_id}][ by {actor.name}][ from {ip}]" },
	{ .words = NULL } };

static const struct phrase threads[] = {
	{ { { ":field", "replies" } }, "reply", "{who} replied[: {text}]" },
	{ { { ":field", "mentions" } }, "mention",
	    "{who} mentioned you[: {text}]" },
	{ { { ":field", "publish" } }, "post", "{who} posted[: {text}]" },
	{ { { ":field", "delete" } }, "post", "post {id} was deleted" },
	{ .words = NULL } };

static const struct phrase ads[] = {
	{ { { ":field", "in_process_ad_objects" } }, "object",
	    "{=level} {id}: {status_name}" },
	{ { { ":field", "with_issues_ad_objects" } }, "issue",
	    "{=level} {id}: {error_summary}" },
	{ { { ":field", "with_issues_ad_objects" } }, "issue",
	    "{=level} {id}: {error_message}" },
	{ { { ":field", "with_issues_ad_objects" } }, "issue",
	    "{=level} {id} has issues" },
	{ .words = NULL } };

/* Members of a user's profile, and permissions that users give or take. */
static const struct phrase profile[] = {
	{ { { "verb", NULL } }, NULL, "{=verb}[ {object_id}]"
	    "[ {target_ids.0}]" },
	{ { { NULL, NULL } }, NULL, "{}" },
	{ { { "id", NULL } }, NULL, "{id}[: {name}]" },
	{ .words = NULL } };

#define FIELDS ARRAY(UPDATE_CHANGED_FIELDS)

const struct topic check_topics[] = {
	{ "hookline_check", 0, { NULL, NULL }, "Check", "", NULL, check },
	{ .name = NULL } };

const struct topic other_topics[] = {
	{ "user", FIELDS, { NULL, NULL }, "User", "fields", NULL,
	    changed_fields },
	{ "page", FIELDS, { NULL, NULL }, "Page", "fields", NULL,
	    changed_fields },
	{ NULL, FIELDS, { NULL, NULL }, "Changed", "fields", NULL,
	    changed_fields },
	{ "workplace_security", 0, { NULL, NULL }, "Security", "event", NULL,
	    security },
	{ NULL, CHANGES, { "actor_id", NULL }, "Security", "event", NULL,
	    security },
	{ NULL, ARRAY(UPDATE_VALUES), { NULL, NULL }, "Threads", NULL, people,
	    threads },
	{ NULL, CHANGES, { NULL, NULL }, "Ad", NULL, NULL, ads },
	{ "user", CHANGES, { NULL, NULL }, "User", NULL, NULL, profile },
	{ "permissions", CHANGES, { NULL, NULL }, "Permission", NULL, NULL,
	    profile },
	{ .name = NULL } };
