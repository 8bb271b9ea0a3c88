#include "hookctl/filter.h"

#include <stdlib.h>

struct filter { const struct filter_options *options; };

struct filter *
filter_new(const struct filter_options *options)
{
	struct filter *filter = malloc(sizeof *filter);

	if (filter != NULL)
		filter->options = options;
	return filter;
}

void
filter_free(struct filter *filter)
{
	free(filter);
}

bool
filter_is_set(const struct filter *filter)
{
	return filter->options->object.count > 0;
}

bool
filter_passes(struct filter *filter, const struct record *record)
{
	return !filter_is_set(filter) || (record->object.bytes != NULL &&
	    texts_has(&filter->options->object, record->object.bytes + 1,
	    record->object.length - 2));
}

void
filter_describe(const struct filter *filter, struct buffer *out)
{
	(void)buffer_append(out, "--object=", 9);
	(void)buffer_append(out, filter->options->object.texts[0],
	    strlen(filter->options->object.texts[0]));
}
