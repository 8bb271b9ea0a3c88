#include "payload/name.h"

#include "payload/json_string.h"

#include <string.h>

#define LONGEST 17

/* A shorter token with an escape cannot spell one of the names. */
#define ESCAPED_MIN 9

static const struct {
	const char *text;
	size_t length;
} names[NAME_COUNT + 1] = {
#define NAME(text) { text, sizeof(text) - 1 }
	[NAME_OTHER] = NAME(""),
	[NAME_ID] = NAME("id"),
	[NAME_MID] = NAME("mid"),
	[NAME_TIME] = NAME("time"),
	[NAME_READ] = NAME("read"),
	[NAME_VERB] = NAME("verb"),
	[NAME_ITEM] = NAME("item"),
	[NAME_ENTRY] = NAME("entry"),
	[NAME_FIELD] = NAME("field"),
	[NAME_VALUE] = NAME("value"),
	[NAME_CALLS] = NAME("calls"),
	[NAME_OBJECT] = NAME("object"),
	[NAME_VALUES] = NAME("values"),
	[NAME_CHANGES] = NAME("changes"),
	[NAME_STANDBY] = NAME("standby"),
	[NAME_MESSAGE] = NAME("message"),
	[NAME_POST_ID] = NAME("post_id"),
	[NAME_MESSAGES] = NAME("messages"),
	[NAME_STATUSES] = NAME("statuses"),
	[NAME_METADATA] = NAME("metadata"),
	[NAME_CONTACTS] = NAME("contacts"),
	[NAME_POSTBACK] = NAME("postback"),
	[NAME_REACTION] = NAME("reaction"),
	[NAME_DELIVERY] = NAME("delivery"),
	[NAME_MESSAGING] = NAME("messaging"),
	[NAME_TARGET_ID] = NAME("target_id"),
	[NAME_TIMESTAMP] = NAME("timestamp"),
	[NAME_WATERMARK] = NAME("watermark"),
	[NAME_LEADGEN_ID] = NAME("leadgen_id"),
	[NAME_COMMENT_ID] = NAME("comment_id"),
	[NAME_CREATED_TIME] = NAME("created_time"),
	[NAME_MESSAGE_ECHOES] = NAME("message_echoes"),
	[NAME_CHANGED_FIELDS] = NAME("changed_fields"),
	[NAME_MESSAGING_PRODUCT] = NAME("messaging_product")
#undef NAME
};

/* The first name of each length; NAME_OTHER if there is none. */
static const enum name firsts[LONGEST + 1] = {
	[2] = NAME_ID,
	[3] = NAME_MID,
	[4] = NAME_TIME,
	[5] = NAME_ENTRY,
	[6] = NAME_OBJECT,
	[7] = NAME_CHANGES,
	[8] = NAME_MESSAGES,
	[9] = NAME_MESSAGING,
	[10] = NAME_LEADGEN_ID,
	[12] = NAME_CREATED_TIME,
	[14] = NAME_MESSAGE_ECHOES,
	[17] = NAME_MESSAGING_PRODUCT
};

static enum name
escaped_name_of(struct span key)
{
	enum name name;

	for (name = NAME_ID; name < NAME_COUNT; name++)
		if (json_string_is(key, names[name].text))
			return name;
	return NAME_OTHER;
}

enum name
name_of(struct span key)
{
	size_t length = key.length - 2;
	enum name name;

	if (length <= LONGEST && firsts[length] != NAME_OTHER)
		for (name = firsts[length]; names[name].length == length;
		    name++)
			if (names[name].text[0] == key.bytes[1] &&
			    memcmp(names[name].text, key.bytes + 1,
			    length) == 0)
				return name;
	if (key.length >= ESCAPED_MIN &&
	    memchr(key.bytes, '\\', key.length) != NULL)
		return escaped_name_of(key);
	return NAME_OTHER;
}
