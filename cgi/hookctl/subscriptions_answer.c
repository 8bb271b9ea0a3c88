#include "hookctl/subscriptions_answer.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 32

struct json_object *
answer_parse(struct span body)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
	struct json_object *answer = NULL;
	char *text = NULL;

	if (tokener == NULL || body.bytes == NULL || body.length >= INT_MAX ||
	    memchr(body.bytes, 0, body.length) != NULL)
		goto out;
	text = strndup(body.bytes, body.length);
	if (text == NULL)
		goto out;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	/* A number, or a word such as true, ends only with the NUL. */
	answer = json_tokener_parse_ex(tokener, text, (int)body.length + 1);
	if (json_tokener_get_error(tokener) != json_tokener_success) {
		json_object_put(answer);
		answer = NULL;
	}
out:
	free(text);
	if (tokener != NULL)
		json_tokener_free(tokener);
	return answer;
}

/* A member of an object, or NULL. */
static struct json_object *
member(struct json_object *object, const char *name)
{
	struct json_object *value;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, name, &value))
		return NULL;
	return value;
}

const char *
answer_text(struct json_object *object, const char *name)
{
	struct json_object *value = member(object, name);

	return json_object_is_type(value, json_type_string) ?
	    json_object_get_string(value) : "";
}

struct json_object *
answer_member(struct json_object *object, const char *name)
{
	struct json_object *value = member(object, name);

	return json_object_is_type(value, json_type_object) ||
	    json_object_is_type(value, json_type_array) ? value : NULL;
}

static int64_t
number(struct json_object *object, const char *name)
{
	struct json_object *value = member(object, name);

	return json_object_is_type(value, json_type_int) ?
	    json_object_get_int64(value) : 0;
}

static bool
is_true(struct json_object *value)
{
	if (json_object_is_type(value, json_type_boolean))
		return json_object_get_boolean(value);
	return json_object_is_type(value, json_type_string) &&
	    strcmp(json_object_get_string(value), "true") == 0;
}

bool
answer_is_success(struct json_object *answer)
{
	return is_true(json_object_is_type(answer, json_type_object) ?
	    member(answer, "success") : answer);
}

bool
answer_refusal(struct json_object *answer, struct refusal *refusal)
{
	struct json_object *error = answer_member(answer, "error");

	if (error == NULL)
		return false;
	*refusal = (struct refusal){
		.message = answer_text(error, "message"),
		.type = answer_text(error, "type"),
		.title = answer_text(error, "error_user_title"),
		.explanation = answer_text(error, "error_user_msg"),
		.trace = answer_text(error, "fbtrace_id"),
		.code = number(error, "code"),
		.subcode = number(error, "error_subcode"),
		.passes = is_true(member(error, "is_transient")) };
	return true;
}

enum refused
answer_kind(const struct refusal *refusal, int status)
{
	static const struct {
		int64_t first, last;
		enum refused kind;
	} kinds[] = {
		{ 4, 4, REFUSED_RATE }, { 17, 17, REFUSED_RATE },
		{ 32, 32, REFUSED_RATE }, { 613, 613, REFUSED_RATE },
		{ 80000, 80014, REFUSED_RATE },
		{ 130429, 130429, REFUSED_RATE },
		{ 2200, 2200, REFUSED_VERIFICATION },
		{ 101, 102, REFUSED_TOKEN }, { 190, 190, REFUSED_TOKEN },
		{ 3, 3, REFUSED_PERMISSION }, { 10, 10, REFUSED_PERMISSION },
		{ 200, 299, REFUSED_PERMISSION },
		{ 2, 2, REFUSED_FOR_NOW } };
	size_t i;

	if (strstr(refusal->message, "appsecret_proof") != NULL)
		return REFUSED_PROOF;
	if (strcasestr(refusal->message, "verification failed") != NULL)
		return REFUSED_VERIFICATION;
	if (strstr(refusal->message, "validating client secret") != NULL)
		return REFUSED_TOKEN;
	for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (refusal->code >= kinds[i].first &&
		    refusal->code <= kinds[i].last)
			return kinds[i].kind;
	if (status == 429)
		return REFUSED_RATE;
	return refusal->passes || status >= 500 ? REFUSED_FOR_NOW :
	    REFUSED_OTHERWISE;
}

/* The longest time in a list of uses. */
static int64_t
longest_wait(struct json_object *uses)
{
	int64_t longest = 0, minutes;
	size_t i;

	if (!json_object_is_type(uses, json_type_array))
		return 0;
	for (i = 0; i < json_object_array_length(uses); i++) {
		minutes = number(json_object_array_get_idx(uses, i),
		    "estimated_time_to_regain_access");
		if (minutes > longest)
			longest = minutes;
	}
	return longest;
}

int64_t
answer_patience(struct span usage)
{
	struct json_object *all = answer_parse(usage);
	int64_t longest = 0, minutes;

	if (json_object_is_type(all, json_type_object)) {
		json_object_object_foreach(all, id, uses) {
			(void)id;
			minutes = longest_wait(uses);
			if (minutes > longest)
				longest = minutes;
		}
	}
	json_object_put(all);
	return longest;
}
