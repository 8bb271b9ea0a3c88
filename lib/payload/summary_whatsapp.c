/* What WhatsApp sends, in words; see summary_phrase.h. */
#include "payload/json_string.h"
#include "payload/summary_phrase.h"

#include <string.h>

#define OBJECT "whatsapp_business_account"

/* ---- whom a message is from, or to ---- */

struct contact_search {
	struct span number, user;	/* tokens */
	struct span found, last;
	size_t count;
};

static bool
same(struct span left, struct span right)
{
	return left.bytes != NULL && right.bytes != NULL &&
	    left.length == right.length &&
	    memcmp(left.bytes, right.bytes, left.length) == 0;
}

static void
on_contact(void *context, struct span contact)
{
	struct contact_search *search = context;

	search->count++;
	search->last = contact;
	if (search->found.bytes == NULL &&
	    (same(json_at(contact, "wa_id"), search->number) ||
	    same(json_at(contact, "user_id"), search->user)))
		search->found = contact;
}

struct span
whatsapp_contact(const struct survey_update *update)
{
	bool received = update->array == UPDATE_MESSAGES ||
	    update->array == UPDATE_CALLS;
	struct contact_search search = { 0 };

	if (!received || update->around.bytes == NULL)
		return search.found;
	search.number = json_at(update->item, "from");
	search.user = json_at(update->item, "from_user_id");
	(void)json_each(json_at(update->around, "contacts"), on_contact,
	    &search);
	return search.count == 1 ? search.last : search.found;
}

static const char *const senders[] = { "{%profile.name}", "{from}",
	"{%profile.username}", "{from_user_id}", "{%user_id}", NULL };
static const char *const echo_senders[] = { "to {~to}", "to {~to_user_id}",
	NULL };
static const char *const recipients[] = { "{~recipient_id}",
	"{~recipient_user_id}", NULL };

/* ---- messages ---- */

static const struct phrase messages[] = {
	{ { { "type", "text" } }, NULL, "{who}: {text.body}" },
	{ { { "type", "image" } }, NULL, "{who}: image[: {image.caption}]" },
	{ { { "type", "video" } }, NULL, "{who}: video[: {video.caption}]" },
	{ { { "type", "audio" }, { "audio.voice", "true" } }, NULL,
	    "{who}: voice message" },
	{ { { "type", "audio" } }, NULL, "{who}: audio[: {audio.caption}]" },
	{ { { "type", "sticker" } }, NULL,
	    "{who}: sticker[: {sticker.caption}]" },
	{ { { "type", "document" } }, NULL,
	    "{who}: document[ {document.filename}][: {document.caption}]" },
	{ { { "type", "location" }, { "location.name", NULL } }, NULL,
	    "{who}: location {location.name}[, {location.address}]" },
	{ { { "type", "location" } }, NULL,
	    "{who}: location {location.latitude}, {location.longitude}" },
	{ { { "type", "contacts" } }, NULL, "{who}: contact "
	    "{contacts.0.name.formatted_name}[, {contacts.0.phones.0.phone}]" },
	{ { { "type", "button" } }, NULL, "{who} pressed {button.text}" },
	{ { { "interactive.button_reply", NULL } }, NULL,
	    "{who} chose {interactive.button_reply.title}" },
	{ { { "interactive.list_reply", NULL } }, NULL,
	    "{who} chose {interactive.list_reply.title}" },
	{ { { "interactive.nfm_reply", NULL } }, NULL,
	    "{who} filled in a form[: {interactive.nfm_reply.body}]" },
	{ { { "interactive.call_permission_reply", NULL } }, NULL,
	    "{who} answered whether to be called: "
	    "{=interactive.call_permission_reply.response}" },
	{ { { "type", "reaction" } }, NULL,
	    "{who} reacted {reaction.emoji}" },
	{ { { "type", "reaction" } }, NULL, "{who} took back a reaction" },
	{ { { "type", "order" } }, NULL, "{who} ordered "
	    "{#order.product_items} items[: {order.text}]" },
	{ { { "type", "system" } }, NULL, "{system.body}" },
	{ { { "type", "request_welcome" } }, NULL, "{who} opened the chat" },
	{ { { "type", "edit" } }, NULL,
	    "{who} edited a message[: {edit.message.text.body}]" },
	{ { { "type", "revoke" } }, NULL, "{who} deleted a message" },
	{ { { "type", "unsupported" } }, NULL,
	    "{who}: unsupported message[: {errors.0.title}]" },
	{ { { "type", "unknown" } }, NULL,
	    "{who}: unsupported message[: {errors.0.title}]" },
	{ { { "errors", NULL } }, NULL, "{who}: {errors.0.title}" },
	{ { { "text.body", NULL } }, NULL, "{who}: {text.body}" },
	{ { { "type", NULL } }, NULL, "{who}: {=type}" },
	{ { { NULL, NULL } }, NULL, "{who}: message" },
	{ .words = NULL } };

static const struct phrase statuses[] = {
	{ { { "type", "call" } }, NULL, "call to {who}: {=status}" },
	{ { { "status", "sent" } }, NULL, "sent to {who}" },
	{ { { "status", "delivered" } }, NULL, "delivered to {who}" },
	{ { { "status", "read" } }, NULL, "read by {who}" },
	{ { { "status", "played" } }, NULL, "played by {who}" },
	{ { { "status", "failed" } }, NULL,
	    "failed to {who}: {errors.0.title}[: "
	    "{errors.0.error_data.details}]" },
	{ { { "status", "failed" } }, NULL,
	    "failed to {who}[: {errors.0.message}]" },
	{ { { "status", NULL } }, NULL, "{=status}, {who}" },
	{ .words = NULL } };

static const struct phrase calls[] = {
	{ { { "event", "connect" }, { "direction", "BUSINESS_INITIATED" } },
	    NULL, "call to {~to}" },
	{ { { "event", "connect" } }, NULL, "{who} calls" },
	{ { { "event", "terminate" } }, NULL,
	    "the call ended[: {=status}][, {duration} s][: "
	    "{errors.0.message}]" },
	{ { { "event", NULL } }, NULL, "{who}: call {=event}" },
	{ { { NULL, NULL } }, NULL, "{who}: call" },
	{ .words = NULL } };

/* ---- everything else ---- */

static const struct phrase changes[] = {
	{ { { "errors.0", NULL } }, "error",
	    "{errors.0.title}[: {errors.0.error_data.details}]" },
	{ { { "errors.0", NULL } }, "error", "{errors.0.message}" },
	{ { { ":field", "history" } }, "history", "the history is not shared: "
	    "{history.0.errors.0.title}" },
	{ { { ":field", "history" } }, "history",
	    "{#history.0.threads} chats[, {history.0.metadata.progress} % "
	    "of the history]" },
	{ { { ":field", "history" } }, "history", "a part of the history" },
	{ { { ":field", "smb_app_state_sync" } }, "contact",
	    "{=state_sync.0.action} contact "
	    "{state_sync.0.contact.full_name}[, "
	    "{state_sync.0.contact.phone_number}]" },
	{ { { ":field", "smb_app_state_sync" } }, "contact",
	    "{=state_sync.0.action} contact "
	    "{state_sync.0.contact.phone_number}" },
	{ { { ":field", "message_template_status_update" },
	    { "reason", "NONE" } }, "template",
	    "template {message_template_name}: {=event}" },
	{ { { ":field", "message_template_status_update" } }, "template",
	    "template {message_template_name}: {=event}[: {=reason}]" },
	{ { { ":field", "message_template_quality_update" } }, "template",
	    "template {message_template_name}: quality from "
	    "{=previous_quality_score} to {=new_quality_score}" },
	{ { { ":field", "message_template_components_update" } }, "template",
	    "template {message_template_name} was changed" },
	{ { { ":field", "template_category_update" },
	    { "correct_category", NULL } }, "template",
	    "template {message_template_name}: category will be "
	    "{=correct_category}" },
	{ { { ":field", "template_category_update" } }, "template",
	    "template {message_template_name}: category from "
	    "{=previous_category} to {=new_category}" },
	{ { { "message_template_name", NULL } }, "template",
	    "template {message_template_name}[: {=event}]" },
	{ { { ":field", "phone_number_name_update" } }, "number",
	    "name {requested_verified_name} for {display_phone_number}: "
	    "{=decision}[: {=rejection_reason}]" },
	{ { { ":field", "phone_number_name_update" } }, "number",
	    "name for {display_phone_number}: {=decision}" },
	{ { { ":field", "phone_number_quality_update" } }, "number",
	    "{display_phone_number}: {=event}[, limit {=current_limit}]" },
	{ { { ":field", "account_review_update" } }, "account",
	    "account review: {=decision}" },
	{ { { ":field", "account_alerts" } }, "account",
	    "alert: {alert_info.alert_description}" },
	{ { { ":field", "account_alerts" } }, "account",
	    "alert: {=alert_info.alert_type}" },
	{ { { ":field", "account_alerts" } }, "account",
	    "alert: {alert_description}" },
	{ { { ":field", "account_alerts" } }, "account",
	    "alert: {=alert_type}" },
	{ { { ":field", "account_update" } }, "account",
	    "account: {=event}[, {phone_number}]"
	    "[: {=violation_info.violation_type}]"
	    "[: {=ban_info.waba_ban_state}]" },
	{ { { ":field", "account_update" } }, "account",
	    "account: {=ban_info.waba_ban_state}" },
	{ { { ":field", "account_update" } }, "account",
	    "account[ of {phone_number}] was updated" },
	{ { { ":field", "business_capability_update" } }, "account",
	    "limit: {max_daily_conversation_per_phone} chats a day and "
	    "number[, {max_phone_numbers_per_business} numbers]" },
	{ { { ":field", "business_capability_update" } }, "account",
	    "limit: {=max_daily_conversations_per_business} chats a day"
	    "[, {max_phone_numbers_per_business} numbers]" },
	{ { { ":field", "business_capability_update" } }, "account",
	    "limits were changed" },
	{ { { ":field", "business_status_update" } }, "account",
	    "business: {=event}" },
	{ { { ":field", "account_settings_update" } }, "account",
	    "settings were changed[: {=type}]" },
	{ { { ":field", "security" } }, "security",
	    "{=event}[ for {display_phone_number}]" },
	{ { { ":field", "flows" } }, "flow", "{message}" },
	{ { { ":field", "flows" } }, "flow", "flow: {=event}" },
	{ { { ":field", "user_preferences" } }, "preference",
	    "{~user_preferences.0.wa_id}: {user_preferences.0.detail}" },
	{ { { ":field", "user_preferences" } }, "preference",
	    "{~user_preferences.0.wa_id}: "
	    "{=user_preferences.0.value} {=user_preferences.0.category}" },
	{ { { ":field", "payment_configuration_update" } }, "payment",
	    "payment configuration {configuration_name}: {=status}" },
	{ { { "groups.0.type", NULL } }, "group", "{=groups.0.type}"
	    "[: {groups.0.subject}]" },
	{ { { ":field", "partner_solutions" } }, "account",
	    "partner solution {solution_id}: {=event}" },
	{ { { ":field", "tracking_events" } }, "event",
	    "tracking event[: {=events.0.event_name}]" },
	{ { { ":field", "automatic_events" } }, "event",
	    "{=automatic_events.0.event_name}" },
	{ .words = NULL } };

const struct topic whatsapp_topics[] = {
	{ OBJECT, ARRAY(UPDATE_MESSAGES), { NULL, NULL }, "WhatsApp",
	    "message", senders, messages },
	{ OBJECT, ARRAY(UPDATE_STATUSES), { NULL, NULL }, "WhatsApp",
	    "status", recipients, statuses },
	{ OBJECT, ARRAY(UPDATE_MESSAGE_ECHOES), { NULL, NULL }, "WhatsApp",
	    "echo", echo_senders, messages },
	{ OBJECT, ARRAY(UPDATE_CALLS), { NULL, NULL }, "WhatsApp", "call",
	    senders, calls },
	{ OBJECT, CHANGES, { NULL, NULL }, "WhatsApp", NULL, NULL, changes },
	{ .name = NULL } };
