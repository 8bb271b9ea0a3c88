/*
 * summary_phrase: how an update is put into words. Private to summary*.c.
 *
 * The words for each kind of update are rows of tables. A phrase is text with
 * places to be filled:
 *
 *   {text.body}      the string, number, true or false at this path
 *   {~recipient_id}  its last four characters: …3333
 *   {=verb}          in words: "added" for add, "a photo" for photo; otherwise
 *                    in small letters and without "_"
 *   {#order.items}   how many items an array has
 *   {*}              an object's names, an array's strings, or the value
 *   {who}            the first of the topic's phrases for it that can be said
 *   [ ... ]          left out if one of its places cannot be filled
 *
 * A path begins at the update's item; @ begins it at the value around that, %
 * at the contact that a WhatsApp message is from or to; {:field} is the
 * update's field. A phrase of which a place cannot be filled cannot be said.
 */
#ifndef HOOKLINE_PAYLOAD_SUMMARY_PHRASE_H
#define HOOKLINE_PAYLOAD_SUMMARY_PHRASE_H

#include "base/buffer.h"
#include "payload/json_look.h"
#include "payload/survey.h"

#include <stdbool.h>

/* What must be at a path: this text, or anything but null if `is` is NULL. No
 * path: no condition. */
struct condition {
	const char *path, *is;
};

struct phrase {
	struct condition when[2];
	const char *noun;	/* ends the kind; NULL: the topic's */
	const char *words;
};

/* What a group of updates has in common. The first topic that applies, and has
 * a phrase that can be said, is taken. Tables end with a row without a name. */
struct topic {
	const char *object;	/* NULL: any */
	unsigned arrays;	/* ARRAY(...) of its updates; 0: any */
	struct condition when;
	const char *name;	/* begins the kind */
	const char *noun;	/* ends it; NULL: the field; "": nothing */
	const char *const *who;	/* phrases, up to NULL; NULL: "somebody" */
	const struct phrase *phrases; /* up to one without words */
};

#define ARRAY(array) (1u << (array))
#define CHANGES (ARRAY(UPDATE_CHANGES) | ARRAY(UPDATE_FIELD))

extern const struct topic check_topics[];
extern const struct topic whatsapp_topics[];
extern const struct topic messaging_topics[];
extern const struct topic page_topics[];
extern const struct topic other_topics[];

/* An update that is being put into words. */
struct scene {
	const struct survey_update *update;
	struct json_members members;	/* of its item */
	struct span contact;		/* WhatsApp's; or absent */
	const char *const *who;
	struct buffer *out;
	bool failed;			/* memory is short */
};

void scene_begin(struct scene *scene, const struct survey_update *update,
    struct buffer *out);

/* Appends as much. */
void scene_put(struct scene *scene, const char *bytes, size_t length);

/* Appends what a string's inside spells, or any other text without a backslash,
 * on one line. */
void scene_put_text(struct scene *scene, struct span inside);

bool scene_meets(const struct scene *scene, const struct condition *condition);

/* Appends a phrase; false, with nothing appended, if it cannot be said. */
bool scene_say(struct scene *scene, const char *words);

/* The contact that an item is from or to. Absent if that is not clear. */
struct span whatsapp_contact(const struct survey_update *update);

#endif
