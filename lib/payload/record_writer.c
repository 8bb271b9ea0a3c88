#include "payload/record_writer.h"

#include "base/digits.h"

#include <string.h>

void
put_token(struct writer *writer, struct span token)
{
	if (token.bytes == NULL)
		PUT(writer, "null");
	else
		put_span(writer, token);
}

void
put_string(struct writer *writer, struct span text)
{
	if (text.bytes == NULL) {
		PUT(writer, "null");
		return;
	}
	PUT(writer, "\"");
	put_span(writer, text);
	PUT(writer, "\"");
}

void
put_number(struct writer *writer, size_t number)
{
	char text[DECIMAL_SIZE];

	put(writer, text, decimal_write(number, text));
}

void
blank_newlines(struct writer *writer, size_t start)
{
	struct buffer *out = writer->out;
	size_t i;

	for (i = start; i < out->length; i++)
		if (out->bytes[i] == '\n' || out->bytes[i] == '\r')
			out->bytes[i] = ' ';
}

bool
has_newline(struct span span)
{
	return memchr(span.bytes, '\n', span.length) != NULL ||
	    memchr(span.bytes, '\r', span.length) != NULL;
}
