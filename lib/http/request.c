#include "http/request.h"

#include "base/digits.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	enum request_method method;
} methods[] = {
	{ "GET", METHOD_GET },
	{ "HEAD", METHOD_HEAD },
	{ "POST", METHOD_POST },
};

/* The value of the next variable with exactly this name, or NULL. Moves
 * `*entry` past it. */
static const char *
next_value(char *const **entry, const char *name)
{
	size_t length = strlen(name);

	while (**entry != NULL) {
		const char *setting = *(*entry)++;

		if (strncmp(setting, name, length) == 0 &&
		    setting[length] == '=')
			return setting + length + 1;
	}
	return NULL;
}

const char *
request_variable(const struct request *request, const char *name)
{
	char *const *entry = request->env;

	return next_value(&entry, name);
}

const char *
request_last_variable(const struct request *request, const char *name)
{
	const char *last = NULL, *value;
	char *const *entry = request->env;

	while ((value = next_value(&entry, name)) != NULL)
		last = value;
	return last;
}

enum header_count
request_header_with_commas(const struct request *request, const char *name,
    const char **value)
{
	char *const *entry = request->env;
	const char *found = next_value(&entry, name);

	if (found == NULL)
		return HEADER_ABSENT;
	if (next_value(&entry, name) != NULL)
		return HEADER_REPEATED;
	*value = found;
	return HEADER_ONCE;
}

enum header_count
request_header(const struct request *request, const char *name,
    const char **value)
{
	const char *found = NULL;
	enum header_count count;

	count = request_header_with_commas(request, name, &found);
	if (count == HEADER_ONCE && strchr(found, ',') != NULL)
		return HEADER_REPEATED;
	if (count == HEADER_ONCE)
		*value = found;
	return count;
}

static enum request_method
parse_method(const char *name)
{
	size_t i;

	for (i = 0; name != NULL && i < sizeof methods / sizeof methods[0];
	    i++) {
		if (strcmp(name, methods[i].name) == 0)
			return methods[i].method;
	}
	return METHOD_OTHER;
}

/* Skips scheme and host of an absolute form (RFC 9112, section 3.2.2). */
static const char *
skip_authority(const char *uri)
{
	static const char *const schemes[] = { "http://", "https://" };
	size_t i, length;

	for (i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
		length = strlen(schemes[i]);
		if (strncasecmp(uri, schemes[i], length) == 0)
			return uri + length + strcspn(uri + length, "/?#");
	}
	return uri;
}

/* Joins two parts; "" if they do not fit, "/" if both are empty. */
static void
set_path(struct request *request, const char *first, size_t first_length,
    const char *second)
{
	size_t second_length = strlen(second);

	request->path[0] = '\0';
	if (first_length + second_length == 0) {
		memcpy(request->path, "/", 2);
		return;
	}
	if (first_length >= REQUEST_PATH_MAX ||
	    second_length >= REQUEST_PATH_MAX - first_length)
		return;
	memcpy(request->path, first, first_length);
	memcpy(request->path + first_length, second, second_length + 1);
}

static const char *
variable_or_empty(const struct request *request, const char *name)
{
	const char *value = request_variable(request, name);

	return value != NULL ? value : "";
}

static void
parse_target(struct request *request)
{
	const char *uri = variable_or_empty(request, "REQUEST_URI");
	const char *script = variable_or_empty(request, "SCRIPT_NAME");
	size_t length;

	if (*uri == '\0') {
		set_path(request, script, strlen(script),
		    variable_or_empty(request, "PATH_INFO"));
		request->query = variable_or_empty(request, "QUERY_STRING");
		return;
	}
	uri = skip_authority(uri);
	length = strcspn(uri, "?#");
	set_path(request, uri, length, "");
	request->query = request_variable(request, "QUERY_STRING");
	if (request->query == NULL)
		request->query = uri[length] == '?' ? uri + length + 1 : "";
}

static void
parse_length(struct request *request)
{
	const char *text = request_variable(request, "CONTENT_LENGTH");

	request->length = 0;
	if (text == NULL || *text == '\0')
		request->length_kind = LENGTH_ABSENT;
	else if (decimal_read(text, strlen(text), INT64_MAX, &request->length))
		request->length_kind = LENGTH_GIVEN;
	else
		request->length_kind = LENGTH_MALFORMED;
}

void
request_parse(struct request *request, char *const *env)
{
	request->env = env;
	request->method = parse_method(request_variable(request,
	    "REQUEST_METHOD"));
	parse_target(request);
	parse_length(request);
}
