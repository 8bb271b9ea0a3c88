#include "hookctl/subscriptions_found.h"

#include "hookctl/subscriptions_answer.h"
#include "hookctl/subscriptions_words.h"

#include <stdlib.h>
#include <string.h>

void
found_set(struct json_object *object, const char *name,
    struct json_object *value)
{
	(void)json_object_object_add(object, name, value);
}

struct json_object *
found_shown(const struct subscriptions *it, const char *text)
{
	struct json_object *value = NULL;
	char *copy = *text != '\0' ? strdup(text) : NULL;

	if (copy != NULL) {
		mask_text(&it->graph.mask, copy);
		value = json_object_new_string(copy);
	}
	free(copy);
	return value;
}

void
found_text(struct json_object *object, const char *name, const char *text)
{
	found_set(object, name, json_object_new_string(text));
}

/* The endpoint that gets notifications sent to this URL, or NULL. */
static const struct endpoint *
endpoint_at(const struct subscriptions *it, const char *url)
{
	const struct config *config = it->config;
	size_t i;

	if (leads_to(url, it->endpoint->callback_url))
		return it->endpoint;
	for (i = 0; i < config->endpoint_count; i++)
		if (*config->endpoints[i].callback_url != '\0' &&
		    leads_to(url, config->endpoints[i].callback_url))
			return &config->endpoints[i];
	return NULL;
}

void
found_goes(const struct subscriptions *it, struct json_object *object,
    const char *url)
{
	const struct endpoint *endpoint = endpoint_at(it, url);

	if (endpoint == NULL)
		found_text(object, "goes", GOES_ELSEWHERE);
	else if (endpoint == it->endpoint)
		found_text(object, "goes", GOES_HERE);
	else {
		found_text(object, "goes", GOES_ENDPOINT);
		found_text(object, "endpoint", endpoint->name);
	}
}

void
found_goes_like(struct json_object *object, struct json_object *from)
{
	const char *endpoint = answer_text(from, "endpoint");

	found_text(object, "goes", from != NULL ? answer_text(from, "goes") :
	    GOES_NOWHERE);
	if (*endpoint != '\0')
		found_text(object, "endpoint", endpoint);
}
