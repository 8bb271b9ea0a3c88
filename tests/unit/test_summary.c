#include "payload/summary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "payload_fixture.h"
#include "record_fixture.h"
#include "span_fixture.h"

#define ELLIPSIS "\xe2\x80\xa6"

static struct summary summary;

static int
teardown(void **state)
{
	(void)state;
	summary_free(&summary);
	record_fixture_free();
	return 0;
}

static void
sum_up(const struct record *record)
{
	assert_int_equal(summary_make(&summary, record), ERR_NONE);
}

static void
says(const char *kind, const char *words)
{
	assert_span(summary.words, words);
	assert_span(summary.kind, kind);
}

/* ---- the fixtures ---- */

static const struct {
	const char *name, *object, *field, *entry, *kind, *words;
	size_t more;
} expected[] = {
	{ "ad_account_array", "", "in_process_ad_objects", "",
	    "Ad object", "campaign 81: Pending Review", 0 },
	{ "big_ids", "page", "feed", "92233720368547758079", "Unknown: feed",
	    "parent_id", 0 },
	{ "graph_batch", "user", "photos", "1", "User photos", "added 7", 2 },
	{ "graph_changed_fields", "user", "photos", "120000000000001",
	    "User fields", "changed: photos, birthday", 0 },
	{ "graph_values", "user", "photos", "120000000000001", "User photos",
	    "updated 10211885744794461", 0 },
	{ "instagram_comment", "instagram", "comments", "500000000000005",
	    "Instagram comment", "someone commented: nice", 0 },
	{ "instagram_entry_field", "instagram", "mentions",
	    "500000000000005", "Instagram mention",
	    "mentioned in comment 17887498072083520", 0 },
	{ "instagram_messaging", "instagram", "messaging", "500000000000005",
	    "Instagram message", "51: hi", 0 },
	{ "leadgen", "page", "leadgen", "200000000000002", "Page lead",
	    "lead 300000000000003 from form 31", 0 },
	{ "lone_surrogates", "page", "messaging", "2", "Messenger message",
	    "somebody: cut \xef\xbf\xbd", 1 },
	{ "messenger_message", "page", "messaging", "200000000000002",
	    "Messenger message", "400: hello \xf0\x9f\x98\x80", 0 },
	{ "messenger_mixed", "page", "messaging", "200000000000002",
	    "Messenger message", "400 deleted a message", 4 },
	{ "page_comment", "page", "feed", "200000000000002", "Page feed",
	    "Ren\xc3\xa9 M\xc3\xbcller commented: https://example.org/", 0 },
	{ "page_reaction", "page", "feed", "200000000000002", "Page feed",
	    "somebody reacted: like", 0 },
	{ "pretty", "page", "a", "2", "Unknown: a", "one", 1 },
	{ "security_log", "workplace_security", "admin_activity",
	    "700000000000007", "Security event",
	    "ADDED_ADMIN by 71 from 192.0.2.7", 0 },
	{ "several_arrays", "page", "messaging", "2", "Unknown: messaging",
	    "a", 3 },
	{ "standby", "page", "standby", "200000000000002",
	    "Messenger message", "400: for another app", 0 },
	{ "test_button", "page", "feed", "0", "Page feed",
	    "somebody posted: Example post content.", 0 },
	{ "threads", "", "replies", "178", "Threads reply",
	    "someone replied: hi", 0 },
	{ "unknown_object", "something_new", "", "9",
	    "Unknown: something_new", "id, happened", 0 },
	{ "utf8", "page", "messaging", "2", "Messenger message",
	    "somebody: Gr\xc3\xbc\xc3\x9f" "e \xe2\x82\xac \xf0\x9f\x98\x80",
	    0 },
	{ "whatsapp_errors", "whatsapp_business_account", "messages",
	    "600000000000006", "WhatsApp error", "Rate limit hit", 0 },
	{ "whatsapp_messages", "whatsapp_business_account", "messages",
	    "600000000000006", "WhatsApp message",
	    "Ana \xf0\x9f\x8c\xbb: one \xf0\x9f\x98\x80", 1 },
	{ "whatsapp_statuses", "whatsapp_business_account", "messages",
	    "600000000000006", "WhatsApp status", "sent to " ELLIPSIS "2222",
	    1 },
};

static void
sums_up_the_fixtures(void **state)
{
	char body[FIXTURE_MAX];
	size_t i, length;

	(void)state;
	assert_int_equal(sizeof expected / sizeof expected[0], FIXTURE_COUNT);
	for (i = 0; i < FIXTURE_COUNT; i++) {
		assert_string_equal(expected[i].name, fixtures[i].name);
		length = fixture_read(fixtures[i].name, body);
		assert_true(length > 0);
		sum_up(record_of_bytes(body, length, false, 0));
		says(expected[i].kind, expected[i].words);
		assert_span(summary.object, expected[i].object);
		assert_span(summary.field, expected[i].field);
		assert_span(summary.entry, expected[i].entry);
		assert_int_equal(summary.more, expected[i].more);
	}
}

/* The first update's own line says what the notification says. */
static void
sums_up_the_lines_of_updates(void **state)
{
	char body[FIXTURE_MAX];
	size_t i, length;

	(void)state;
	for (i = 0; i < FIXTURE_COUNT; i++) {
		if (fixtures[i].updates == 0)
			continue;
		length = fixture_read(fixtures[i].name, body);
		sum_up(record_of_bytes(body, length, true, 0));
		says(expected[i].kind, expected[i].words);
		assert_span(summary.object, expected[i].object);
		assert_span(summary.field, expected[i].field);
		assert_span(summary.entry, expected[i].entry);
		assert_int_equal(summary.more, 0);
	}
	length = fixture_read("whatsapp_statuses", body);
	sum_up(record_of_bytes(body, length, true, 1));
	says("WhatsApp status", "delivered to " ELLIPSIS "2222");
}

/* ---- what each shape is called ---- */

struct sample {
	const char *value, *kind, *words;
};

/* Puts each value between the same two texts. */
static void
sum_up_all(const char *before, const struct sample *samples, size_t count,
    const char *after)
{
	char body[4096];
	size_t i;

	for (i = 0; i < count; i++) {
		assert_in_range(snprintf(body, sizeof body, "%s%s%s", before,
		    samples[i].value, after), 1, sizeof body - 1);
		sum_up(record_of(body));
		says(samples[i].kind, samples[i].words);
	}
}

#define ALL(samples) (samples), sizeof(samples) / sizeof((samples)[0])
#define WHATSAPP "{\"object\":\"whatsapp_business_account\",\"entry\":" \
	"[{\"id\":\"600\",\"changes\":[{\"value\":"
#define NUMBERS "\"messaging_product\":\"whatsapp\",\"metadata\":" \
	"{\"display_phone_number\":\"15550001111\"}"

static void
whatsapp_messages(void **state)
{
	static const char message[] = "WhatsApp message";
	static const struct sample samples[] = {
		{ "\"type\":\"text\",\"text\":{\"body\":"
		    "\"Is the shop\\nopen today?\"}", message,
		    "Ana Lima: Is the shop open today?" },
		{ "\"type\":\"image\",\"image\":{\"id\":\"1\"}", message,
		    "Ana Lima: image" },
		{ "\"type\":\"image\",\"image\":{\"caption\":\"Menu\"}",
		    message, "Ana Lima: image: Menu" },
		{ "\"type\":\"video\",\"video\":{\"caption\":\"Look\"}",
		    message, "Ana Lima: video: Look" },
		{ "\"type\":\"audio\",\"audio\":{\"voice\":true}", message,
		    "Ana Lima: voice message" },
		{ "\"type\":\"audio\",\"audio\":{\"voice\":false}", message,
		    "Ana Lima: audio" },
		{ "\"type\":\"sticker\",\"sticker\":{}", message,
		    "Ana Lima: sticker" },
		{ "\"type\":\"document\",\"document\":{\"caption\":\"bill\","
		    "\"filename\":\"a.pdf\"}", message,
		    "Ana Lima: document a.pdf: bill" },
		{ "\"type\":\"location\",\"location\":{\"latitude\":1.50,"
		    "\"longitude\":-2}", message,
		    "Ana Lima: location 1.50, -2" },
		{ "\"type\":\"location\",\"location\":{\"name\":\"Caf\\u00e9\""
		    ",\"address\":\"1 Road\"}", message,
		    "Ana Lima: location Caf\xc3\xa9, 1 Road" },
		{ "\"type\":\"contacts\",\"contacts\":[{\"name\":"
		    "{\"formatted_name\":\"Bo\"},\"phones\":[{\"phone\":"
		    "\"+1 5\"}]}]", message, "Ana Lima: contact Bo, +1 5" },
		{ "\"type\":\"button\",\"button\":{\"text\":\"Yes\"}",
		    message, "Ana Lima pressed Yes" },
		{ "\"type\":\"interactive\",\"interactive\":{\"button_reply\":"
		    "{\"title\":\"Later\"}}", message,
		    "Ana Lima chose Later" },
		{ "\"type\":\"interactive\",\"interactive\":{\"list_reply\":"
		    "{\"title\":\"Tea\"}}", message, "Ana Lima chose Tea" },
		{ "\"type\":\"interactive\",\"interactive\":{\"nfm_reply\":"
		    "{\"body\":\"Sent\"}}", message,
		    "Ana Lima filled in a form: Sent" },
		{ "\"type\":\"interactive\",\"interactive\":{"
		    "\"call_permission_reply\":{\"response\":\"accept\"}}",
		    message, "Ana Lima answered whether to be called: "
		    "accept" },
		{ "\"type\":\"interactive\",\"interactive\":{}", message,
		    "Ana Lima: interactive" },
		{ "\"type\":\"reaction\",\"reaction\":{\"emoji\":"
		    "\"\\ud83d\\udc4d\"}", message,
		    "Ana Lima reacted \xf0\x9f\x91\x8d" },
		{ "\"type\":\"reaction\",\"reaction\":{\"message_id\":\"w\"}",
		    message, "Ana Lima took back a reaction" },
		{ "\"type\":\"order\",\"order\":{\"product_items\":[{},{}],"
		    "\"text\":\"soon\"}", message,
		    "Ana Lima ordered 2 items: soon" },
		{ "\"type\":\"system\",\"system\":{\"body\":\"Ana changed\"}",
		    message, "Ana changed" },
		{ "\"type\":\"request_welcome\"", message,
		    "Ana Lima opened the chat" },
		{ "\"type\":\"edit\",\"edit\":{}", message,
		    "Ana Lima edited a message" },
		{ "\"type\":\"revoke\"", message,
		    "Ana Lima deleted a message" },
		{ "\"type\":\"unsupported\",\"errors\":[{\"title\":"
		    "\"Message type unknown\"}]", message,
		    "Ana Lima: unsupported message: Message type unknown" },
		{ "\"type\":\"poll_creation\"", message,
		    "Ana Lima: poll creation" },
		{ "\"text\":{\"body\":\"no type\"}", message,
		    "Ana Lima: no type" },
		{ "\"x\":1", message, "Ana Lima: message" } };

	(void)state;
	sum_up_all(WHATSAPP "{" NUMBERS ",\"contacts\":[{\"profile\":{\"name\":"
	    "\"Ana Lima\"},\"wa_id\":\"15550002222\"}],\"messages\":[{"
	    "\"from\":\"15550002222\",\"id\":\"w\",\"timestamp\":\"1\",",
	    ALL(samples), "}]},\"field\":\"messages\"}]}]}");
}

static void
whatsapp_senders(void **state)
{
	static const char message[] = "WhatsApp message";
	static const struct sample samples[] = {
		{ "\"messages\":[{\"from\":\"15550002222\"}]", message,
		    "15550002222: message" },
		{ "\"messages\":[{\"from_user_id\":\"US.1349\"}]", message,
		    "US.1349: message" },
		{ "\"contacts\":[{\"user_id\":\"US.7\"}],\"messages\":[{}]",
		    message, "US.7: message" },
		{ "\"contacts\":[{\"profile\":{\"username\":\"ana\"},"
		    "\"user_id\":\"US.7\"}],\"messages\":[{\"from_user_id\":"
		    "\"US.7\"}]", message, "ana: message" },
		{ "\"messages\":[{}]", message, "somebody: message" },
		{ "\"contacts\":[{\"profile\":{\"name\":\"A\"},\"wa_id\":"
		    "\"1\"},{\"profile\":{\"name\":\"B\"},\"wa_id\":\"2\"}],"
		    "\"messages\":[{\"from\":\"2\"}]", message,
		    "B: message" },
		{ "\"contacts\":[{\"profile\":{\"name\":\"A\"},\"wa_id\":"
		    "\"1\"},{\"profile\":{\"name\":\"B\"},\"user_id\":"
		    "\"US.2\"}],\"messages\":[{\"from_user_id\":\"US.2\"}]",
		    message, "B: message" },
		{ "\"contacts\":[{\"profile\":{\"name\":\"A\"},\"wa_id\":"
		    "\"1\"},{\"profile\":{\"name\":\"B\"},\"wa_id\":\"2\"}],"
		    "\"messages\":[{\"from\":\"3\"}]", message,
		    "3: message" },
		{ "\"contacts\":[{\"profile\":{\"name\":\" \\n \"},\"wa_id\":"
		    "\"1\"}],\"messages\":[{\"from\":\"1\"}]", message,
		    "1: message" } };

	(void)state;
	sum_up_all(WHATSAPP "{" NUMBERS ",", ALL(samples),
	    "},\"field\":\"messages\"}]}]}");
}

static void
whatsapp_statuses(void **state)
{
	static const char status[] = "WhatsApp status";
	static const struct sample samples[] = {
		{ "\"status\":\"sent\",\"recipient_id\":\"15550003333\"",
		    status, "sent to " ELLIPSIS "3333" },
		{ "\"status\":\"delivered\",\"recipient_id\":\"15550003333\"",
		    status, "delivered to " ELLIPSIS "3333" },
		{ "\"status\":\"read\",\"recipient_user_id\":\"US.1349\"",
		    status, "read by " ELLIPSIS "1349" },
		{ "\"status\":\"played\",\"recipient_id\":\"3333\"", status,
		    "played by 3333" },
		{ "\"status\":\"failed\",\"recipient_id\":\"15550003333\","
		    "\"errors\":[{\"code\":131026,\"title\":"
		    "\"Message undeliverable\"}]", status,
		    "failed to " ELLIPSIS "3333: Message undeliverable" },
		{ "\"status\":\"failed\"", status, "failed to somebody" },
		{ "\"status\":\"deleted\",\"recipient_id\":\"15550003333\"",
		    status, "deleted, " ELLIPSIS "3333" },
		{ "\"type\":\"call\",\"status\":\"RINGING\",\"recipient_id\":"
		    "\"15550003333\"", status,
		    "call to " ELLIPSIS "3333: ringing" },
		{ "\"a\":1,\"b\":[]", "Unknown: messages", "a, b" } };

	(void)state;
	sum_up_all(WHATSAPP "{" NUMBERS ",\"statuses\":[{", ALL(samples),
	    "}]},\"field\":\"messages\"}]}]}");
}

#define FIELD(name) "},\"field\":\"" name "\""
#define TEMPLATE "\"message_template_name\":\"hello\""

static void
whatsapp_fields(void **state)
{
	static const struct sample samples[] = {
		{ "\"message_echoes\":[{\"from\":\"15550001111\",\"to\":"
		    "\"15550003333\",\"type\":\"text\",\"text\":{\"body\":"
		    "\"Yes\"}}]" FIELD("smb_message_echoes"), "WhatsApp echo",
		    "to " ELLIPSIS "3333: Yes" },
		{ "\"calls\":[{\"from\":\"15550002222\",\"event\":"
		    "\"connect\",\"direction\":\"USER_INITIATED\"}]"
		    FIELD("calls"), "WhatsApp call", "15550002222 calls" },
		{ "\"calls\":[{\"to\":\"15550003333\",\"event\":\"connect\","
		    "\"direction\":\"BUSINESS_INITIATED\"}]" FIELD("calls"),
		    "WhatsApp call", "call to " ELLIPSIS "3333" },
		{ "\"calls\":[{\"event\":\"terminate\",\"status\":"
		    "\"COMPLETED\",\"duration\":63}]" FIELD("calls"),
		    "WhatsApp call", "the call ended: completed, 63 s" },
		{ "\"history\":[{\"metadata\":{\"progress\":55},\"threads\":"
		    "[{},{}]}]" FIELD("history"), "WhatsApp history",
		    "2 chats, 55 % of the history" },
		{ "\"history\":[{\"errors\":[{\"title\":\"Declined\"}]}]"
		    FIELD("history"), "WhatsApp history",
		    "the history is not shared: Declined" },
		{ "\"state_sync\":[{\"type\":\"contact\",\"contact\":"
		    "{\"full_name\":\"Bo Li\",\"phone_number\":\"15\"},"
		    "\"action\":\"add\"}]" FIELD("smb_app_state_sync"),
		    "WhatsApp contact", "added contact Bo Li, 15" },
		{ "\"state_sync\":[{\"contact\":{\"phone_number\":\"15\"},"
		    "\"action\":\"remove\"}]" FIELD("smb_app_state_sync"),
		    "WhatsApp contact", "removed contact 15" },
		{ "\"event\":\"APPROVED\",\"reason\":\"NONE\"," TEMPLATE
		    FIELD("message_template_status_update"),
		    "WhatsApp template", "template hello: approved" },
		{ "\"event\":\"REJECTED\",\"reason\":\"INVALID_FORMAT\","
		    TEMPLATE FIELD("message_template_status_update"),
		    "WhatsApp template",
		    "template hello: rejected: invalid format" },
		{ "\"previous_quality_score\":\"GREEN\",\"new_quality_score\":"
		    "\"YELLOW\"," TEMPLATE
		    FIELD("message_template_quality_update"),
		    "WhatsApp template",
		    "template hello: quality from green to yellow" },
		{ TEMPLATE FIELD("message_template_components_update"),
		    "WhatsApp template", "template hello was changed" },
		{ "\"previous_category\":\"UTILITY\",\"new_category\":"
		    "\"MARKETING\"," TEMPLATE
		    FIELD("template_category_update"), "WhatsApp template",
		    "template hello: category from utility to marketing" },
		{ "\"decision\":\"APPROVED\",\"requested_verified_name\":"
		    "\"Shop\",\"display_phone_number\":\"15\""
		    FIELD("phone_number_name_update"), "WhatsApp number",
		    "name Shop for 15: approved" },
		{ "\"event\":\"DOWNGRADE\",\"display_phone_number\":\"15\","
		    "\"current_limit\":\"TIER_1K\""
		    FIELD("phone_number_quality_update"), "WhatsApp number",
		    "15: downgrade, limit tier 1k" },
		{ "\"decision\":\"APPROVED\"" FIELD("account_review_update"),
		    "WhatsApp account", "account review: approved" },
		{ "\"event\":\"ACCOUNT_VIOLATION\",\"violation_info\":"
		    "{\"violation_type\":\"SPAM\"}" FIELD("account_update"),
		    "WhatsApp account", "account: account violation: spam" },
		{ "\"alert_info\":{\"alert_type\":\"OBA_APPROVED\","
		    "\"alert_description\":\"Good news\"}"
		    FIELD("account_alerts"), "WhatsApp account",
		    "alert: Good news" },
		{ "\"max_daily_conversation_per_phone\":250,"
		    "\"max_phone_numbers_per_business\":2"
		    FIELD("business_capability_update"), "WhatsApp account",
		    "limit: 250 chats a day and number, 2 numbers" },
		{ "\"event\":\"PIN_CHANGED\",\"display_phone_number\":\"15\""
		    FIELD("security"), "WhatsApp security",
		    "pin changed for 15" },
		{ "\"event\":\"ENDPOINT_ERROR_RATE\",\"message\":\"Too many\""
		    FIELD("flows"), "WhatsApp flow", "Too many" },
		{ "\"user_preferences\":[{\"wa_id\":\"15550003333\","
		    "\"detail\":\"User stopped\"}]"
		    FIELD("user_preferences"), "WhatsApp preference",
		    ELLIPSIS "3333: User stopped" },
		{ "\"groups\":[{\"type\":\"group_create\",\"subject\":"
		    "\"Us\"}]" FIELD("group_lifecycle_update"),
		    "WhatsApp group", "group create: Us" },
		{ "\"errors\":[{\"title\":\"Rate\",\"error_data\":"
		    "{\"details\":\"slow down\"}}]" FIELD("messages"),
		    "WhatsApp error", "Rate: slow down" },
		{ "\"one\":1,\"two\":2" FIELD("threads_x"),
		    "Unknown: threads_x", "one, two" },
		{ FIELD("threads_x"), "Unknown: threads_x", "nothing" } };

	(void)state;
	sum_up_all(WHATSAPP "{", ALL(samples), "}]}]}");
}

static const struct sample messaging[] = {
	{ "\"message\":{\"text\":\"Hi\"}", "message", ELLIPSIS "4444: Hi" },
	{ "\"message\":{\"text\":\"Red\",\"quick_reply\":{\"payload\":\"R\"}}",
	    "message", ELLIPSIS "4444 chose Red" },
	{ "\"message\":{\"attachments\":[{\"type\":\"image\",\"payload\":"
	    "{\"url\":\"https:\\/\\/a\"}}]}", "message",
	    ELLIPSIS "4444: image" },
	{ "\"message\":{\"attachments\":[{\"type\":\"template\",\"payload\":"
	    "{\"title\":\"Shoe\"}}]}", "message",
	    ELLIPSIS "4444: template: Shoe" },
	{ "\"message\":{\"mid\":\"m\"}", "message", ELLIPSIS "4444: message" },
	{ "\"message\":{\"is_unsupported\":true}", "message",
	    ELLIPSIS "4444: unsupported message" },
	{ "\"message\":{\"is_deleted\":true,\"mid\":\"m\"}", "message",
	    ELLIPSIS "4444 deleted a message" },
	{ "\"message\":{\"is_echo\":true,\"text\":\"Hello\"}", "echo",
	    "to " ELLIPSIS "5555: Hello" },
	{ "\"message\":{\"is_echo\":true,\"attachments\":[{\"type\":"
	    "\"ig_reel\"}]}", "echo", "to " ELLIPSIS "5555: ig reel" },
	{ "\"message_edit\":{\"text\":\"Hj\"}", "message",
	    ELLIPSIS "4444 edited a message: Hj" },
	{ "\"postback\":{\"title\":\"Start\",\"payload\":\"GO\"}", "postback",
	    ELLIPSIS "4444 pressed Start" },
	{ "\"postback\":{\"payload\":\"GO\"}", "postback",
	    ELLIPSIS "4444 pressed GO" },
	{ "\"reaction\":{\"action\":\"react\",\"emoji\":\"\\u2764\"}",
	    "reaction", ELLIPSIS "4444 reacted \xe2\x9d\xa4" },
	{ "\"reaction\":{\"action\":\"unreact\"}", "reaction",
	    ELLIPSIS "4444 took back a reaction" },
	{ "\"read\":{\"watermark\":1}", "read", "read by " ELLIPSIS "4444" },
	{ "\"message\":null,\"read\":{}", "read",
	    "read by " ELLIPSIS "4444" },
	{ "\"delivery\":{\"watermark\":1}", "delivery",
	    "delivered to " ELLIPSIS "4444" },
	{ "\"optin\":{\"type\":\"notification_messages\",\"title\":\"News\"}",
	    "opt-in", ELLIPSIS "4444 opted in: News" },
	{ "\"referral\":{\"source\":\"ADS\",\"ref\":\"r1\"}", "referral",
	    ELLIPSIS "4444 came from ads: r1" },
	{ "\"account_linking\":{\"status\":\"linked\"}", "account linking",
	    ELLIPSIS "4444 linked an account" },
	{ "\"account_linking\":{\"status\":\"unlinked\"}", "account linking",
	    ELLIPSIS "4444 unlinked an account" },
	{ "\"pass_thread_control\":{\"new_owner_app_id\":77}", "handover",
	    "the chat with " ELLIPSIS "4444 was passed on to app 77" },
	{ "\"policy_enforcement\":{\"action\":\"warning\",\"reason\":\"x\"}",
	    "policy enforcement", "policy: warning: x" } };

#define MESSAGING_COUNT (sizeof messaging / sizeof messaging[0])

/* The same items, in each place where they come. */
static void
messaging_of(const char *product, const char *before, const char *after)
{
	struct sample samples[MESSAGING_COUNT];
	char kinds[MESSAGING_COUNT][64];
	size_t i;

	for (i = 0; i < MESSAGING_COUNT; i++) {
		(void)snprintf(kinds[i], sizeof kinds[i], "%s %s", product,
		    messaging[i].kind);
		samples[i] = messaging[i];
		samples[i].kind = kinds[i];
	}
	sum_up_all(before, samples, MESSAGING_COUNT, after);
}

#define SENDER "{\"sender\":{\"id\":\"10004444\"},\"recipient\":{\"id\":" \
	"\"10005555\"},\"timestamp\":1,"

static void
messenger_and_instagram(void **state)
{
	(void)state;
	messaging_of("Messenger", "{\"object\":\"page\",\"entry\":[{\"id\":"
	    "\"1\",\"time\":1,\"messaging\":[" SENDER, "}]}]}");
	messaging_of("Messenger", "{\"object\":\"page\",\"entry\":[{\"id\":"
	    "\"1\",\"time\":1,\"standby\":[" SENDER, "}]}]}");
	messaging_of("Instagram", "{\"object\":\"instagram\",\"entry\":[{"
	    "\"id\":\"1\",\"time\":1,\"messaging\":[" SENDER, "}]}]}");
	messaging_of("Instagram", "{\"object\":\"instagram\",\"entry\":[{"
	    "\"id\":\"0\",\"time\":1,\"changes\":[{\"field\":\"messages\","
	    "\"value\":" SENDER, "}}]}]}");
	messaging_of("Messenger", "{\"object\":\"page\",\"entry\":[{"
	    "\"id\":\"0\",\"time\":1,\"changes\":[{\"field\":\"messages\","
	    "\"value\":" SENDER, "}}]}]}");
}

static void
page_feeds(void **state)
{
	static const char feed[] = "Page feed";
	static const struct sample samples[] = {
		{ "\"item\":\"comment\",\"verb\":\"add\",\"message\":\"Nice!\"",
		    feed, "Kim Lee commented: Nice!" },
		{ "\"item\":\"comment\",\"verb\":\"edited\",\"message\":"
		    "\"Nicer!\"", feed, "Kim Lee edited a comment: Nicer!" },
		{ "\"item\":\"comment\",\"verb\":\"remove\"", feed,
		    "Kim Lee removed a comment" },
		{ "\"item\":\"comment\",\"verb\":\"hide\"", feed,
		    "Kim Lee hid a comment" },
		{ "\"item\":\"reaction\",\"verb\":\"add\",\"reaction_type\":"
		    "\"love\"", feed, "Kim Lee reacted: love" },
		{ "\"item\":\"reaction\",\"verb\":\"remove\","
		    "\"reaction_type\":\"love\"", feed,
		    "Kim Lee took back a reaction: love" },
		{ "\"item\":\"like\",\"verb\":\"add\"", feed,
		    "Kim Lee liked it" },
		{ "\"item\":\"photo\",\"verb\":\"add\",\"message\":\"Sea\"",
		    feed, "Kim Lee posted a photo: Sea" },
		{ "\"item\":\"status\",\"verb\":\"add\",\"message\":\"Open\"",
		    feed, "Kim Lee posted: Open" },
		{ "\"item\":\"album\",\"verb\":\"edit\"", feed,
		    "Kim Lee edited an album" },
		{ "\"item\":\"new_thing\",\"verb\":\"do_over\"", feed,
		    "Kim Lee do over new thing" },
		{ "\"verb\":\"remove\"", feed, "Kim Lee removed a post" } };

	(void)state;
	sum_up_all("{\"object\":\"page\",\"entry\":[{\"id\":\"1\",\"time\":1,"
	    "\"changes\":[{\"field\":\"feed\",\"value\":{\"from\":{\"id\":"
	    "\"9\",\"name\":\"Kim Lee\"},", ALL(samples), "}}]}]}");
}

static void
other_page_fields(void **state)
{
	static const struct sample samples[] = {
		{ "\"ratings\",\"value\":{\"item\":\"rating\",\"verb\":"
		    "\"add\",\"reviewer_name\":\"Kim\",\"recommendation_type\""
		    ":\"POSITIVE\",\"review_text\":\"Good\"}", "Page rating",
		    "Kim recommends it: Good" },
		{ "\"ratings\",\"value\":{\"reviewer_name\":\"Kim\","
		    "\"recommendation_type\":\"NEGATIVE\"}", "Page rating",
		    "Kim does not recommend it" },
		{ "\"ratings\",\"value\":{\"reviewer_name\":\"Kim\","
		    "\"rating\":5}", "Page rating", "Kim rated it 5" },
		{ "\"mention\",\"value\":{\"sender_name\":\"Kim\",\"message\":"
		    "\"See them\"}", "Page mention",
		    "Kim mentioned the Page: See them" },
		{ "\"live_videos\",\"value\":{\"id\":\"5\",\"status\":"
		    "\"live_stopped\"}", "Page live video",
		    "live video 5: live stopped" },
		{ "\"leadgen\",\"value\":{\"leadgen_id\":3,\"form_id\":4}",
		    "Page lead", "lead 3 from form 4" },
		{ "\"website\",\"value\":\"https:\\/\\/a\"",
		    "Unknown: website", "https://a" },
		{ "\"website\",\"value\":null", "Unknown: website",
		    "nothing" },
		{ "\"website\",\"value\":[1,\"a\",true,{}]",
		    "Unknown: website", "1, a, true" } };

	(void)state;
	sum_up_all("{\"object\":\"page\",\"entry\":[{\"id\":\"1\",\"time\":1,"
	    "\"changes\":[{\"field\":", ALL(samples), "}]}]}");
}

static void
instagram_fields(void **state)
{
	static const struct sample samples[] = {
		{ "\"comments\",\"value\":{\"from\":{\"username\":\"kim\"},"
		    "\"text\":\"Nice\"}", "Instagram comment",
		    "kim commented: Nice" },
		{ "\"live_comments\",\"value\":{\"from\":{\"username\":"
		    "\"kim\"},\"text\":\"Hi\"}", "Instagram comment",
		    "kim commented live: Hi" },
		{ "\"mentions\",\"value\":{\"media_id\":\"5\"}",
		    "Instagram mention", "mentioned in media 5" },
		{ "\"story_insights\",\"value\":{\"media_id\":\"5\",\"reach\":"
		    "44,\"replies\":1}", "Instagram story",
		    "story 5: 44 reached, 1 replies" } };

	(void)state;
	sum_up_all("{\"object\":\"instagram\",\"entry\":[{\"id\":\"1\","
	    "\"time\":1,\"changes\":[{\"field\":", ALL(samples), "}]}]}");
	/* Instagram Login */
	sum_up_all("{\"object\":\"instagram\",\"entry\":[{\"id\":\"1\","
	    "\"time\":1,\"field\":", ALL(samples), "}]}");
	/* Some samples are an array at the top. */
	sum_up_all("[{\"object\":\"instagram\",\"entry\":[{\"id\":\"1\","
	    "\"time\":1,\"field\":", ALL(samples), "}]}]");
}

static void
threads(void **state)
{
	static const struct sample samples[] = {
		{ "{\"field\":\"mentions\",\"value\":{\"username\":\"kim\","
		    "\"text\":\"you\"}}", "Threads mention",
		    "kim mentioned you: you" },
		{ "{\"field\":\"publish\",\"value\":{\"username\":\"kim\","
		    "\"text\":\"new\"}}", "Threads post",
		    "kim posted: new" },
		{ "{\"field\":\"delete\",\"value\":{\"id\":\"5\"}}",
		    "Threads post", "post 5 was deleted" },
		{ "{\"field\":\"threads_x\",\"value\":{\"id\":\"5\"}}",
		    "Unknown: threads_x", "id" } };

	(void)state;
	sum_up_all("{\"target_id\":\"8\",\"time\":1,\"values\":",
	    ALL(samples), "}");
	sum_up_all("{\"target_id\":\"8\",\"time\":1,\"values\":[",
	    ALL(samples), ",{}]}");
	assert_span(summary.entry, "8");
	assert_int_equal(summary.more, 1);
}

static void
users_security_and_others(void **state)
{
	static const struct sample samples[] = {
		{ "{\"object\":\"user\",\"entry\":[{\"id\":\"1\",\"time\":1,"
		    "\"changes\":[{\"field\":\"name\",\"value\":\"Kim\"}]}]}",
		    "User name", "Kim" },
		{ "{\"object\":\"permissions\",\"entry\":[{\"id\":\"1\","
		    "\"time\":1,\"changes\":[{\"field\":\"email\",\"value\":"
		    "{\"verb\":\"granted\",\"target_ids\":[\"8\"]}}]}]}",
		    "Permission email", "granted 8" },
		{ "{\"object\":\"mma_security\",\"entry\":[{\"id\":\"1\","
		    "\"time\":1,\"changes\":[{\"field\":\"admin\",\"value\":"
		    "{\"event\":\"LOGIN\",\"actor_id\":71}}]}]}",
		    "Security event", "LOGIN by 71" },
		{ "[{\"field\":\"with_issues_ad_objects\",\"value\":{\"id\":"
		    "\"8\",\"level\":\"AD\",\"error_summary\":\"Bad\"}}]",
		    "Ad issue", "ad 8: Bad" },
		{ "{\"object\":\"hookline_check\",\"entry\":[{\"id\":\"1\"}]}",
		    "Check", "a check by hookctl" },
		{ "{\"object\":\"page\",\"entry\":[{\"id\":\"1\",\"time\":1,"
		    "\"changed_fields\":[\"about\"]}]}", "Page fields",
		    "changed: about" } };

	(void)state;
	sum_up_all("", ALL(samples), "");
}

/* ---- what nobody documented ---- */

static void
odd_bodies_get_some_summary(void **state)
{
	static const struct sample samples[] = {
		{ "[]", "Unknown", "nothing" },
		{ "{}", "Unknown", "nothing" },
		{ "null", "Unknown", "nothing" },
		{ " \"a text\" ", "Unknown", "a text" },
		{ "-1.50e9", "Unknown", "-1.50e9" },
		{ "[[],[]]", "Unknown", "nothing" },
		{ "{\"object\":5,\"entry\":7}", "Unknown", "7" },
		{ "{\"object\":null,\"entry\":{\"id\":{},\"changes\":\"x\"}}",
		    "Unknown", "id, changes" },
		{ "{\"object\":\"page\",\"entry\":[1,2]}", "Unknown: page",
		    "1" },
		{ "{\"object\":\"page\",\"entry\":[{\"changes\":[null]}]}",
		    "Unknown: page", "nothing" },
		{ "{\"object\":\"page\",\"entry\":[{\"changes\":[{\"field\":"
		    "{},\"value\":{\"item\":{},\"verb\":[]}}]}]}",
		    "Unknown: page", "item, verb" },
		{ "{\"object\":\"page\",\"entry\":[{\"messaging\":[[]]}]}",
		    "Unknown: messaging", "nothing" },
		{ "{\"object\":\"page\",\"entry\":[{\"changed_fields\":"
		    "{}}]}", "Unknown: page", "nothing" },
		{ WHATSAPP "{\"messages\":[5]},\"field\":\"messages\"}]}]}",
		    "WhatsApp message", "somebody: message" },
		{ WHATSAPP "{\"messages\":[{\"type\":\"text\",\"text\":"
		    "\"x\",\"from\":{}}]},\"field\":\"messages\"}]}]}",
		    "WhatsApp message", "somebody: text" },
		{ "{\"values\":5,\"target_id\":1}", "Unknown", "5" } };

	(void)state;
	sum_up_all("", ALL(samples), "");
}

static void
the_last_of_repeated_members_counts(void **state)
{
	(void)state;
	sum_up(record_of("{\"object\":\"user\",\"object\":\"page\",\"entry\":"
	    "[{\"id\":\"1\",\"id\":2,\"changes\":[{\"field\":\"x\","
	    "\"field\":\"feed\",\"value\":{\"item\":\"like\",\"item\":"
	    "\"comment\",\"verb\":\"add\",\"message\":\"a\","
	    "\"message\":\"b\"}}]}]}"));
	says("Page feed", "somebody commented: b");
	assert_span(summary.object, "page");
	assert_span(summary.entry, "2");
}

static void
decodes_every_escape(void **state)
{
	(void)state;
	sum_up(record_of("{\"obj\\u0065ct\":\"p\\u0061ge\",\"entry\":[{\"id\":"
	    "\"\\u0031\",\"m\\u0065ssaging\":[{\"m\\u0065ssage\":{\"text\":"
	    "\"\\u0061\"}}]}]}"));
	says("Messenger message", "somebody: a");
	assert_span(summary.object, "page");
	assert_span(summary.entry, "1");
	sum_up(record_of("{\"object\":\"page\",\"entry\":[{\"id\":\"1\","
	    "\"messaging\":[{\"message\":{\"text\":\"\\u0000\\ud83d"
	    "\\ude3d\\udc00\\ud83d\\u001b\\t\\r\\n\\\"\\\\\\/\"}}]}]}"));
	assert_int_equal(summary.words.length, 10 + 1 + 4 + 3 + 3 + 1 + 4);
	assert_memory_equal(summary.words.bytes,
	    "somebody: \0\xf0\x9f\x98\xbd\xef\xbf\xbd\xef\xbf\xbd\033 \"\\/",
	    summary.words.length);
}

/* Fills `body` with `count` times `what` between two texts. */
static const struct record *
many(const char *before, const char *what, size_t count, const char *after)
{
	size_t length = strlen(before) + count * strlen(what) + strlen(after);
	char *body = malloc(length + 1), *end = body;
	const struct record *record;

	assert_non_null(body);
	end = stpcpy(end, before);
	while (count-- > 0)
		end = stpcpy(end, what);
	end = stpcpy(end, after);
	assert_int_equal((size_t)(end - body), length);
	record = record_of_bytes(body, length, false, 0);
	free(body);
	return record;
}

static void
long_texts_are_cut(void **state)
{
	static const char before[] = "{\"object\":\"page\",\"entry\":[{\"id\":"
	    "\"1\",\"messaging\":[{\"message\":{\"text\":\"";

	(void)state;
	sum_up(many(before, "\\u00fc ", 400000, "\"}}]}]}"));
	assert_in_range(summary.words.length, 4000, 4200);
	assert_memory_equal(summary.words.bytes + summary.words.length - 4,
	    " " ELLIPSIS, 4);
	sum_up(many("{\"object\":\"page\",\"entry\":[{\"id\":1", "0",
	    3000000, "}]}"));
	assert_in_range(summary.entry.length, 4000, 4200);
	sum_up(many("{\"x\":1", ",\"name of a member\":1", 150000, "}"));
	assert_in_range(summary.words.length, 100, 4400);
	sum_up(many("{\"object\":\"page\",\"entry\":[{\"id\":\"1\","
	    "\"changed_fields\":[\"a\"", ",\"a name\"", 300000, "]}]}"));
	assert_in_range(summary.words.length, 4000, 4400);
}

static void
many_updates_are_counted(void **state)
{
	(void)state;
	sum_up(many("{\"object\":\"page\",\"entry\":[{\"id\":\"1\",\"time\":1,"
	    "\"changes\":[{\"field\":\"x\",\"value\":1}",
	    ",{\"field\":\"y\",\"value\":{}}", 999, "]}]}"));
	assert_int_equal(summary.more, 999);
	assert_span(summary.field, "x");
	sum_up(many("{\"object\":\"page\",\"entry\":[0", ",{}", 1000000,
	    "]}"));
	assert_int_equal(summary.more, 9999);
	sum_up(many(WHATSAPP "{\"contacts\":[0", ",{\"wa_id\":\"1\"}", 150000,
	    "],\"messages\":[{\"from\":\"2\"}]},\"field\":\"messages\"}]}]}"));
	says("WhatsApp message", "2: message");
}

static void
deep_nests_are_no_trouble(void **state)
{
	char body[1024], *end;
	unsigned i;

	(void)state;
	end = stpcpy(body, "{\"object\":\"page\",\"entry\":[{\"id\":\"1\","
	    "\"changes\":[{\"field\":\"deep\",\"value\":");
	for (i = 0; i < 195; i++)
		*end++ = '[';
	for (i = 0; i < 195; i++)
		*end++ = ']';
	end = stpcpy(end, "}]}]}");
	sum_up(record_of(body));
	says("Unknown: deep", "nothing");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_up_the_fixtures),
		cmocka_unit_test(sums_up_the_lines_of_updates),
		cmocka_unit_test(whatsapp_messages),
		cmocka_unit_test(whatsapp_senders),
		cmocka_unit_test(whatsapp_statuses),
		cmocka_unit_test(whatsapp_fields),
		cmocka_unit_test(messenger_and_instagram),
		cmocka_unit_test(page_feeds),
		cmocka_unit_test(other_page_fields),
		cmocka_unit_test(instagram_fields),
		cmocka_unit_test(threads),
		cmocka_unit_test(users_security_and_others),
		cmocka_unit_test(odd_bodies_get_some_summary),
		cmocka_unit_test(the_last_of_repeated_members_counts),
		cmocka_unit_test(decodes_every_escape),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(many_updates_are_counted),
		cmocka_unit_test(deep_nests_are_no_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
