/* Messenger and Instagram messaging, in words; see summary_phrase.h. */
#include "payload/summary_phrase.h"

static const char *const people[] = { "{sender.username}", "{~sender.id}",
	"{~sender.user_ref}", "{~optin.user_ref}", NULL };

static const struct phrase phrases[] = {
	{ { { "message.is_deleted", "true" } }, "message",
	    "{who} deleted a message" },
	{ { { "message.is_echo", "true" } }, "echo",
	    "to {~recipient.id}: {message.text}" },
	{ { { "message.is_echo", "true" } }, "echo",
	    "to {~recipient.id}: {=message.attachments.0.type}"
	    "[: {message.attachments.0.payload.title}]" },
	{ { { "message.is_echo", "true" } }, "echo",
	    "to {~recipient.id}: message" },
	{ { { "message.is_unsupported", "true" } }, "message",
	    "{who}: unsupported message" },
	{ { { "message.quick_reply", NULL } }, "message",
	    "{who} chose {message.text}" },
	{ { { "message.text", NULL } }, "message", "{who}: {message.text}" },
	{ { { "message.attachments.0", NULL } }, "message",
	    "{who}: {message.attachments.0.type}"
	    "[: {message.attachments.0.payload.title}]"
	    "[: {message.attachments.0.title}]" },
	{ { { "message", NULL } }, "message", "{who}: message" },
	{ { { "message_edit", NULL } }, "message",
	    "{who} edited a message[: {message_edit.text}]" },
	{ { { "postback", NULL } }, "postback",
	    "{who} pressed {postback.title}" },
	{ { { "postback", NULL } }, "postback",
	    "{who} pressed {postback.payload}" },
	{ { { "postback", NULL } }, "postback", "{who} pressed a button" },
	{ { { "reaction.action", "unreact" } }, "reaction",
	    "{who} took back a reaction" },
	{ { { "reaction", NULL } }, "reaction",
	    "{who} reacted {reaction.emoji}" },
	{ { { "reaction", NULL } }, "reaction",
	    "{who} reacted[: {=reaction.reaction}]" },
	{ { { "read", NULL } }, "read", "read by {who}" },
	{ { { "delivery", NULL } }, "delivery", "delivered to {who}" },
	{ { { "optin.title", NULL } }, "opt-in",
	    "{who} opted in: {optin.title}" },
	{ { { "optin.ref", NULL } }, "opt-in",
	    "{who} opted in: {optin.ref}" },
	{ { { "optin", NULL } }, "opt-in",
	    "{who} opted in[: {=optin.type}]" },
	{ { { "account_linking.status", "unlinked" } }, "account linking",
	    "{who} unlinked an account" },
	{ { { "account_linking", NULL } }, "account linking",
	    "{who} linked an account" },
	{ { { "referral", NULL } }, "referral",
	    "{who} came from {=referral.source}[: {referral.ref}]" },
	{ { { "referral", NULL } }, "referral",
	    "{who} came by a link[: {referral.ref}]" },
	{ { { "pass_thread_control", NULL } }, "handover",
	    "the chat with {who} was passed on"
	    "[ to app {pass_thread_control.new_owner_app_id}]" },
	{ { { "take_thread_control", NULL } }, "handover",
	    "the chat with {who} was taken"
	    "[ from app {take_thread_control.previous_owner_app_id}]" },
	{ { { "request_thread_control", NULL } }, "handover",
	    "the chat with {who} was asked for"
	    "[ by app {request_thread_control.requested_owner_app_id}]" },
	{ { { "app_roles", NULL } }, "handover",
	    "the roles of apps were changed" },
	{ { { "policy_enforcement", NULL } }, "policy enforcement",
	    "policy: {=policy_enforcement.action}"
	    "[: {policy_enforcement.reason}]" },
	{ { { "policy-enforcement", NULL } }, "policy enforcement",
	    "policy: {=policy-enforcement.action}"
	    "[: {policy-enforcement.reason}]" },
	{ { { "messaging_feedback", NULL } }, "feedback",
	    "{who} gave feedback" },
	{ { { "customer_information", NULL } }, "customer information",
	    "{who} gave information" },
	{ { { "game_play", NULL } }, "game play", "{who} played a game" },
	{ { { "payment", NULL } }, "payment", "{who} paid"
	    "[ {payment.amount.amount}][ {payment.amount.currency}]" },
	{ { { "checkout_update", NULL } }, "payment",
	    "{who} changed an order" },
	{ { { "pre_checkout", NULL } }, "payment",
	    "{who} is about to pay" },
	{ .words = NULL } };

#define BOTH (ARRAY(UPDATE_MESSAGING) | ARRAY(UPDATE_STANDBY))

/* The dashboard's samples have such an item as the value of a change. */
const struct topic messaging_topics[] = {
	{ "instagram", BOTH, { NULL, NULL }, "Instagram", NULL, people,
	    phrases },
	{ NULL, BOTH, { NULL, NULL }, "Messenger", NULL, people, phrases },
	{ "instagram", CHANGES, { "sender.id", NULL }, "Instagram", NULL,
	    people, phrases },
	{ "page", CHANGES, { "sender.id", NULL }, "Messenger", NULL, people,
	    phrases },
	{ .name = NULL } };
