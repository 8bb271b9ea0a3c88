#include "hookctl/samples.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/digits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/*
 * A body is the head, items with commas between them, and the tail. In these
 * texts ' is written as ", and
 *
 *   <id>            a number of 17 digits that no other update has
 *   <word>, <hex>   32 letters and digits, or hexadecimal digits, likewise
 *   <seconds>, <milliseconds>, <date>     when it happened
 *   <time>, <time-ms>     when it is sent: an entry's own time
 */
const struct sample samples[] = {
	{ "photos", "a user's photo, with its value (the guide's sample)",
	    "{'object':'user','entry':[",
	    "{'id':'10210299214172187','uid':'10210299214172187',"
	    "'time':<time>,'changes':[{'field':'photos','value':{"
	    "'verb':'update','object_id':'<id>'}}]}",
	    "]}", false },
	{ "changed-fields", "which of a user's fields changed, without values",
	    "{'object':'user','entry':[",
	    "{'id':'<id>','uid':'<id>','time':<time>,"
	    "'changed_fields':['photos','birthday']}",
	    "]}", false },
	{ "whatsapp", "a text message to a WhatsApp Business number",
	    "{'object':'whatsapp_business_account','entry':[",
	    "{'id':'102290129340398','changes':[{'value':{"
	    "'messaging_product':'whatsapp','metadata':{"
	    "'display_phone_number':'15550783881',"
	    "'phone_number_id':'106540352242922'},'contacts':[{"
	    "'profile':{'name':'Ana Lima'},'wa_id':'15550002222'}],"
	    "'messages':[{'from':'15550002222',"
	    "'id':'wamid.HBgLMTU1NTAwMDIyMjIVAgASGBQz<word>A=',"
	    "'timestamp':'<seconds>','text':{"
	    "'body':'Is the shop open today? \\ud83c\\udf3b'},"
	    "'type':'text'}]},'field':'messages'}]}",
	    "]}", false },
	{ "whatsapp-status", "that a WhatsApp message was delivered",
	    "{'object':'whatsapp_business_account','entry':[",
	    "{'id':'102290129340398','changes':[{'value':{"
	    "'messaging_product':'whatsapp','metadata':{"
	    "'display_phone_number':'15550783881',"
	    "'phone_number_id':'106540352242922'},'statuses':[{"
	    "'id':'wamid.HBgLMTU1NTAwMDMzMzMVAgARGBI5<word>A=',"
	    "'status':'delivered','timestamp':'<seconds>',"
	    "'recipient_id':'15550003333','conversation':{'id':'<hex>',"
	    "'origin':{'type':'service'}},'pricing':{'billable':false,"
	    "'pricing_model':'PMP','category':'service',"
	    "'type':'free_customer_service'}}]},'field':'messages'}]}",
	    "]}", false },
	{ "messenger", "a message to a Page by Messenger",
	    "{'object':'page','entry':[",
	    "{'time':<time-ms>,'id':'101592043851402','messaging':[{"
	    "'sender':{'id':'6032113340168829'},"
	    "'recipient':{'id':'101592043851402'},"
	    "'timestamp':<milliseconds>,'message':{'mid':'m_<word>-<hex>',"
	    "'text':'Do you ship to Z\\u00fcrich? "
	    "https:\\/\\/example.com\\/lamp'}}]}",
	    "]}", false },
	{ "instagram", "a comment on an Instagram account's picture",
	    "{'object':'instagram','entry':[",
	    "{'id':'17841405309211844','time':<time>,'changes':[{'value':{"
	    "'from':{'id':'5672113340168820','username':'kim.lee'},"
	    "'media':{'id':'17887498072083520',"
	    "'media_product_type':'FEED'},'id':'<id>',"
	    "'text':'Tr\\u00e8s joli \\u2764\\ufe0f'},"
	    "'field':'comments'}]}",
	    "]}", false },
	{ "threads", "a reply to a post on Threads",
	    "{'app_id':'123456','topic':'moderate',"
	    "'target_id':'17841405309211844','time':<time>,"
	    "'subscription_id':'234567','has_uid_field':false,'values':",
	    "{'value':{'id':'<id>','username':'kim.lee',"
	    "'text':'Me too \\ud83d\\ude4b','media_type':'TEXT_POST',"
	    "'permalink':'https:\\/\\/www.threads.net\\/\\u0040kim.lee"
	    "\\/post\\/Pp','replied_to':{'id':'567890'},"
	    "'root_post':{'id':'567890','owner_id':'123456',"
	    "'username':'ana.lima'},'shortcode':'Pp',"
	    "'timestamp':'<date>'},'field':'replies'}",
	    "}", true },
	{ "feed", "a comment on a post of a Page",
	    "{'object':'page','entry':[",
	    "{'id':'101592043851402','time':<time>,'changes':[{'value':{"
	    "'from':{'id':'6032113340168829','name':'Kim Lee'},"
	    "'post':{'status_type':'added_photos','is_published':true,"
	    "'updated_time':'<date>','permalink_url':"
	    "'https:\\/\\/www.facebook.com\\/101592043851402"
	    "\\/posts\\/204981','promotion_status':'inactive',"
	    "'id':'101592043851402_204981'},'message':'Nice!',"
	    "'post_id':'101592043851402_204981',"
	    "'comment_id':'204981_<id>','created_time':<seconds>,"
	    "'item':'comment','parent_id':'101592043851402_204981',"
	    "'verb':'add'},'field':'feed'}]}",
	    "]}", false },
	{ "leadgen", "that somebody filled in a lead ad's form",
	    "{'object':'page','entry':[",
	    "{'id':'101592043851402','time':<time>,'changes':[{'value':{"
	    "'created_time':<seconds>,'leadgen_id':'<id>',"
	    "'page_id':'101592043851402','form_id':'204981113340168',"
	    "'ad_id':'120330000401680','adgroup_id':'120330000401680'},"
	    "'field':'leadgen'}]}",
	    "]}", false },
	{ "security", "an event of the security audit log",
	    "{'object':'workplace_security','entry':[",
	    "{'id':'700213005718044','time':<time>,'changes':[{"
	    "'field':'admin_activity','value':{'actor_id':'71002130057180',"
	    "'target_id':'<id>','ip':'192.0.2.7','timestamp':<seconds>,"
	    "'event':'ADDED_ADMIN'}}]}",
	    "]}", false },
	{ "test-button", "what the App Dashboard's Test button sends: "
	    "never a repeat",
	    "{'entry':[",
	    "{'id':'0','time':<time>,'changes':[{'field':'feed','value':{"
	    "'item':'status','post_id':'44444444_444444444','verb':'add',"
	    "'published':1,'created_time':<time>,"
	    "'message':'Example post content.','from':{'name':'Test Page',"
	    "'id':'1067280970047460'}}}]}",
	    "],'object':'page'}", false },
	{ NULL, NULL, NULL, NULL, NULL, false }
};

#define NAMED_MAX 40		/* bytes in place of a name */

const struct sample *
sample_find(const char *name)
{
	const struct sample *sample = samples;

	while (sample->name != NULL && strcmp(sample->name, name) != 0)
		sample++;
	return sample->name != NULL ? sample : NULL;
}

bool
sample_has_time(const struct sample *sample)
{
	return strstr(sample->head, "<time") != NULL ||
	    strstr(sample->item, "<time") != NULL;
}

/* Meaningless letters, the same for the same serial. */
static void
write_letters(uint64_t serial, bool hex, char out[NAMED_MAX])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789";
	struct span part = { (const char *)&serial, sizeof serial };
	uint8_t digest[DIGEST_SHA256_SIZE];
	size_t i;

	digest_sha256(&part, 1, digest);
	for (i = 0; i < sizeof digest; i++)
		out[i] = letters[digest[i] % (sizeof letters - 1)];
	out[i] = '\0';
	if (hex)
		hex_write(digest, sizeof digest / 2, out);
}

static void
write_date(int64_t time, char out[NAMED_MAX])
{
	time_t seconds = (time_t)(time / CLOCK_SECOND);
	struct tm utc;

	(void)gmtime_r(&seconds, &utc);
	(void)strftime(out, NAMED_MAX, "%Y-%m-%dT%H:%M:%S+0000", &utc);
}

/* What a name between < and > means. */
static void
write_named(struct span name, const struct sample_moment *moment,
    char out[NAMED_MAX])
{
	int64_t number = moment->sent / CLOCK_SECOND;

	if (span_is(name, "id")) {
		(void)snprintf(out, NAMED_MAX, "%017" PRIu64, moment->serial);
		return;
	}
	if (span_is(name, "date")) {
		write_date(moment->happened, out);
		return;
	}
	if (span_is(name, "word") || span_is(name, "hex")) {
		write_letters(moment->serial, span_is(name, "hex"), out);
		return;
	}
	if (span_is(name, "time-ms"))
		number = moment->sent / 1000;
	else if (span_is(name, "seconds"))
		number = moment->happened / CLOCK_SECOND;
	else if (span_is(name, "milliseconds"))
		number = moment->happened / 1000;
	(void)snprintf(out, NAMED_MAX, "%" PRId64, number);
}

static bool
write_text(const char *text, const struct sample_moment *moment,
    struct buffer *out)
{
	char named[NAMED_MAX];
	size_t length;

	for (; *text != '\0'; text += length) {
		const char *bytes = text;
		size_t count;

		length = count = strcspn(text, "'<");
		if (*text == '\'') {
			bytes = "\"";
			length = count = 1;
		} else if (*text == '<') {
			length = strcspn(text, ">") + 1;
			write_named((struct span){ text + 1, length - 2 },
			    moment, named);
			bytes = named;
			count = strlen(named);
		}
		if (buffer_append(out, bytes, count) != ERR_NONE)
			return false;
	}
	return true;
}

bool
sample_write(const struct sample *sample, const struct sample_moment *moment,
    size_t updates, struct buffer *out)
{
	struct sample_moment item = *moment;
	bool brackets = sample->bare && updates > 1;
	size_t i;

	if (!write_text(sample->head, moment, out) ||
	    !write_text(brackets ? "[" : "", moment, out))
		return false;
	for (i = 0; i < updates; i++) {
		if (!write_text(i > 0 ? "," : "", moment, out) ||
		    !write_text(sample->item, &item, out))
			return false;
		item.serial++;
	}
	return write_text(brackets ? "]" : "", moment, out) &&
	    write_text(sample->tail, moment, out);
}
