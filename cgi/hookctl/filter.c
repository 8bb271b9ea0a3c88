#include "hookctl/filter.h"

static const struct { const char *name; size_t member; } kinds[] = {
	{ "object", offsetof(struct filter_options, object) },
	{ "field", offsetof(struct filter_options, field) },
	{ "entry", offsetof(struct filter_options, entry) },
	{ "endpoint", offsetof(struct filter_options, endpoint) },
	{ "not-object", offsetof(struct filter_options, not_object) },
	{ "not-field", offsetof(struct filter_options, not_field) },
	{ "not-entry", offsetof(struct filter_options, not_entry) },
	{ "not-endpoint", offsetof(struct filter_options, not_endpoint) } };

#define KINDS (sizeof kinds / sizeof kinds[0])

static const struct texts *
texts_of(const struct filter_options *options, size_t kind)
{
	return (const void *)((const char *)options + kinds[kind].member);
}

static void
put(struct buffer *out, const char *text)
{
	(void)buffer_append(out, text, strlen(text));
}

static void
put_option(struct buffer *out, const char *before, const char *name,
    const char *after, const char *value)
{
	const char *quote = strchr(value, ' ') != NULL ? "\"" : "";

	put(out, out->length > 0 ? " " : "");
	put(out, before);
	put(out, name);
	put(out, after);
	put(out, quote);
	put(out, value);
	put(out, quote);
}

void
filter_describe(const struct filter *filter, struct buffer *out)
{
	const struct filter_options *options = filter_options(filter);
	size_t i, j;

	for (i = 0; i < KINDS; i++) {
		const struct texts *list = texts_of(options, i);

		for (j = 0; j < list->count; j++)
			put_option(out, "--", kinds[i].name, "=",
			    list->texts[j]);
	}
	if (options->text != NULL)
		put_option(out, "-g", "", " ", options->text);
}
