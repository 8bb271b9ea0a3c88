/*
 * record_writer: puts a record's tail together, or a body. Private to
 * record_encode.c and rebuild_body.c.
 */
#ifndef HOOKLINE_PAYLOAD_RECORD_WRITER_H
#define HOOKLINE_PAYLOAD_RECORD_WRITER_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

/* Appends until something fails; `error` then says what. */
struct writer {
	struct buffer *out;
	enum error error;
};

static inline void
put(struct writer *writer, const char *bytes, size_t length)
{
	if (writer->error == ERR_NONE)
		writer->error = buffer_append(writer->out, bytes, length);
}

static inline void
put_span(struct writer *writer, struct span span)
{
	put(writer, span.bytes, span.length);
}

void put_number(struct writer *writer, size_t number);

/* A token, or null if it is absent. */
void put_token(struct writer *writer, struct span token);

/* A text that needs no escapes, or null if it is absent. */
void put_string(struct writer *writer, struct span text);

bool has_newline(struct span span);

/* Turns each CR and LF from `start` on into a blank. */
void blank_newlines(struct writer *writer, size_t start);

#define PUT(writer, literal) put((writer), "" literal, sizeof(literal) - 1)

#endif
