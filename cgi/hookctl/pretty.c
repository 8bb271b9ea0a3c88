#include "hookctl/pretty.h"

#include "hookctl/output.h"
#include "payload/json.h"

#include <string.h>

struct pretty {
	struct buffer *out;
	const struct pretty_style *style;
	bool begun;		/* the container that is open has a value */
	bool failed;
};

static void
put(struct pretty *pretty, const char *bytes, size_t length)
{
	pretty->failed |= buffer_append(pretty->out, bytes, length) !=
	    ERR_NONE;
}

static void
put_token(struct pretty *pretty, struct span token)
{
	if (pretty->style->escaped)
		(void)text_append(pretty->out, token, 0);
	else
		put(pretty, token.bytes, token.length);
}

static void
put_line_break(struct pretty *pretty, unsigned depth)
{
	put(pretty, "\n", 1);
	while (depth-- > 0)
		put(pretty, "  ", 2);
}

/* What comes before a value: a comma, a new line, a name. */
static void
put_before(struct pretty *pretty, const struct json_value *value)
{
	const struct pretty_style *style = pretty->style;

	if (value->depth > 0) {
		if (pretty->begun)
			put(pretty, ",", 1);
		put_line_break(pretty, value->depth);
	}
	if (value->key.bytes != NULL) {
		put(pretty, style->name_begin, strlen(style->name_begin));
		put_token(pretty, value->key);
		put(pretty, style->name_end, strlen(style->name_end));
		put(pretty, ": ", 2);
	}
}

static bool
on_open(void *context, const struct json_value *value)
{
	struct pretty *pretty = context;

	put_before(pretty, value);
	put(pretty, value->bytes.bytes, 1);
	pretty->begun = false;
	return true;
}

static void
on_value(void *context, const struct json_value *value)
{
	struct pretty *pretty = context;

	if (value->kind == JSON_ARRAY || value->kind == JSON_OBJECT) {
		if (pretty->begun)
			put_line_break(pretty, value->depth);
		put(pretty, value->bytes.bytes + value->bytes.length - 1, 1);
	} else {
		put_before(pretty, value);
		put_token(pretty, value->bytes);
	}
	pretty->begun = true;
}

bool
pretty_append(struct buffer *out, struct span json,
    const struct pretty_style *style)
{
	struct pretty pretty = { .out = out, .style = style };
	const struct json_visitor visitor = { on_open, on_value, &pretty,
	    true };

	return json_scan(json.bytes, json.length, &visitor, NULL) &&
	    !pretty.failed;
}
