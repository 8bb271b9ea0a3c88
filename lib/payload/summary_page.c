/* Pages and Instagram accounts, in words; see summary_phrase.h. */
#include "payload/summary_phrase.h"

static const char *const people[] = { "{from.name}", "{from.username}",
	"{sender_name}", "{reviewer_name}", "{username}", "{~from.id}",
	"{~sender_id}", NULL };

/* The rows for an item with the verb "add" come first. */
static const struct phrase feed[] = {
	{ { { "item", "comment" }, { "verb", "add" } }, NULL,
	    "{who} commented[: {message}]" },
	{ { { "item", "reaction" }, { "verb", "add" } }, NULL,
	    "{who} reacted[: {reaction_type}]" },
	{ { { "item", "reaction" }, { "verb", "remove" } }, NULL,
	    "{who} took back a reaction[: {reaction_type}]" },
	{ { { "item", "like" }, { "verb", "add" } }, NULL, "{who} liked "
	    "it" },
	{ { { "item", "like" }, { "verb", "remove" } }, NULL,
	    "{who} took back a like" },
	{ { { "item", "post" }, { "verb", "add" } }, NULL,
	    "{who} posted[: {message}]" },
	{ { { "item", "status" }, { "verb", "add" } }, NULL,
	    "{who} posted[: {message}]" },
	{ { { "item", "photo" }, { "verb", "add" } }, NULL,
	    "{who} posted a photo[: {message}]" },
	{ { { "item", "video" }, { "verb", "add" } }, NULL,
	    "{who} posted a video[: {message}]" },
	{ { { "item", "share" }, { "verb", "add" } }, NULL,
	    "{who} shared[: {message}]" },
	{ { { "item", NULL }, { "verb", NULL } }, NULL,
	    "{who} {=verb} {=item}[: {message}]" },
	{ { { "verb", NULL } }, NULL, "{who} {=verb} a post[: {message}]" },
	{ { { "item", NULL } }, NULL, "{who}: {=item}[: {message}]" },
	{ { { "message", NULL } }, NULL, "{who}: {message}" },
	{ .words = NULL } };

static const struct phrase page[] = {
	{ { { ":field", "leadgen" } }, "lead",
	    "lead {leadgen_id}[ from form {form_id}]" },
	{ { { ":field", "ratings" }, { "recommendation_type", "positive" } },
	    "rating", "{who} recommends it[: {review_text}]" },
	{ { { ":field", "ratings" }, { "recommendation_type", "POSITIVE" } },
	    "rating", "{who} recommends it[: {review_text}]" },
	{ { { ":field", "ratings" }, { "recommendation_type", NULL } },
	    "rating", "{who} does not recommend it[: {review_text}]" },
	{ { { ":field", "ratings" }, { "rating", NULL } }, "rating",
	    "{who} rated it {rating}[: {review_text}]" },
	{ { { ":field", "ratings" }, { "item", NULL } }, "rating",
	    "{who} {=verb} {=item}[: {message}]" },
	{ { { ":field", "ratings" } }, "rating",
	    "{who} rated it[: {review_text}]" },
	{ { { ":field", "mention" } }, "mention",
	    "{who} mentioned the Page[: {message}]" },
	{ { { ":field", "live_videos" } }, "live video",
	    "live video {id}[: {=status}]" },
	{ { { ":field", "videos" } }, "video",
	    "video {id}[: {=status.video_status}]" },
	{ { { ":field", "conversations" } }, "conversation",
	    "conversation {thread_id}" },
	{ { { "verb", NULL }, { "item", NULL } }, NULL,
	    "{who} {=verb} {=item}[: {message}]" },
	{ .words = NULL } };

static const struct phrase instagram[] = {
	{ { { ":field", "comments" } }, "comment",
	    "{who} commented[: {text}]" },
	{ { { ":field", "live_comments" } }, "comment",
	    "{who} commented live[: {text}]" },
	{ { { ":field", "mentions" }, { "comment_id", NULL } }, "mention",
	    "mentioned in comment {comment_id}" },
	{ { { ":field", "mentions" } }, "mention",
	    "mentioned in media {media_id}" },
	{ { { ":field", "story_insights" } }, "story",
	    "story {media_id}: {reach} reached[, {impressions} views]"
	    "[, {replies} replies]" },
	{ { { ":field", "story_insights" } }, "story",
	    "figures of story {media_id}" },
	{ .words = NULL } };

const struct topic page_topics[] = {
	{ "page", CHANGES, { ":field", "feed" }, "Page", NULL, people, feed },
	{ "page", CHANGES, { NULL, NULL }, "Page", NULL, people, page },
	{ "instagram", CHANGES, { NULL, NULL }, "Instagram", NULL, people,
	    instagram },
	{ .name = NULL } };
