#include "fastcgi_peek.h"

#include <string.h>

static struct span
take(struct span *rest, size_t length)
{
	const struct span taken = { rest->bytes, length };

	rest->bytes += length;
	rest->length -= length;
	return taken;
}

static size_t
smaller(size_t left, size_t right)
{
	return left < right ? left : right;
}

/*
 * Streams
 */

/* Adds to the header of the next record. False if it is not complete yet. */
static bool
fill_header(struct fastcgi_stream *stream, struct span *rest)
{
	struct span part = take(rest, smaller(rest->length,
	    sizeof stream->header - stream->have));

	if (part.length > 0)
		memcpy((char *)&stream->header + stream->have, part.bytes,
		    part.length);
	stream->have += part.length;
	return stream->have == sizeof stream->header;
}

/* Begins the record whose header is complete. */
static bool
begin_record(struct fastcgi_stream *stream)
{
	const FCGI_Header *header = &stream->header;

	if (header->version != FCGI_VERSION_1 ||
	    header->type != stream->type ||
	    header->requestIdB1 != stream->id[0] ||
	    header->requestIdB0 != stream->id[1])
		return false;
	stream->have = 0;
	stream->content = (size_t)(header->contentLengthB1 << 8 |
	    header->contentLengthB0);
	stream->padding = header->paddingLength;
	stream->ended = stream->content == 0;
	return true;
}

enum fastcgi_step
fastcgi_next(struct fastcgi_stream *stream, struct span *rest, size_t max,
    struct span *piece)
{
	for (;;) {
		size_t skipped;

		if (stream->content > 0) {
			if (rest->length == 0)
				return FASTCGI_MORE;
			*piece = take(rest, smaller(max,
			    smaller(stream->content, rest->length)));
			stream->content -= piece->length;
			return FASTCGI_PIECE;
		}
		skipped = take(rest, smaller(stream->padding,
		    rest->length)).length;
		stream->padding -= skipped;
		if (stream->padding > 0)
			return FASTCGI_MORE;
		if (stream->ended)
			return FASTCGI_END;
		if (!fill_header(stream, rest))
			return FASTCGI_MORE;
		if (!begin_record(stream))
			return FASTCGI_WRONG;
	}
}

/*
 * Heads
 */

/* Whether a request begins here that we can serve. */
static bool
begins(const FCGI_BeginRequestRecord *record)
{
	const FCGI_Header *header = &record->header;

	/* libfcgi does not expect padding here. */
	return header->version == FCGI_VERSION_1 &&
	    header->type == FCGI_BEGIN_REQUEST &&
	    (header->requestIdB1 != 0 || header->requestIdB0 != 0) &&
	    header->contentLengthB1 == 0 &&
	    header->contentLengthB0 == sizeof record->body &&
	    header->paddingLength == 0 &&
	    record->body.roleB1 == 0 && record->body.roleB0 == FCGI_RESPONDER;
}

static enum fastcgi_step
begin_head(struct fastcgi_head *head, struct span bytes)
{
	FCGI_BeginRequestRecord record;

	if (bytes.length > 0 && bytes.bytes[0] != FCGI_VERSION_1)
		return FASTCGI_WRONG;
	if (bytes.length < sizeof record)
		return FASTCGI_MORE;
	memcpy(&record, bytes.bytes, sizeof record);
	if (!begins(&record))
		return FASTCGI_WRONG;
	head->length = sizeof record;
	head->params.type = FCGI_PARAMS;
	head->params.id[0] = record.header.requestIdB1;
	head->params.id[1] = record.header.requestIdB0;
	return FASTCGI_PIECE;
}

/*
 * Takes a byte of a pair's two lengths. Each has one byte, or four if the
 * highest bit of the first is set. False if no head can be that long.
 */
static bool
take_length_byte(struct fastcgi_head *head, unsigned char byte)
{
	if (head->length_bytes == 0) {
		head->length_bytes = byte & 0x80 ? 4 : 1;
		head->pair_length = byte & 0x7f;
	} else {
		head->pair_length = head->pair_length << 8 | byte;
	}
	if (--head->length_bytes > 0)
		return true;
	if (head->pair_length > FASTCGI_HEAD_MAX)
		return false;
	head->pair_left += head->pair_length;
	head->value_next = !head->value_next;
	return true;
}

static bool
take_pairs(struct fastcgi_head *head, struct span piece)
{
	while (piece.length > 0) {
		bool in_lengths = head->value_next || head->length_bytes > 0;

		if (!in_lengths && head->pair_left > 0)
			head->pair_left -= take(&piece,
			    smaller(head->pair_left, piece.length)).length;
		else if (!take_length_byte(head,
		    (unsigned char)*take(&piece, 1).bytes))
			return false;
	}
	return true;
}

/* Whether a pair has just ended, or none has begun. */
static bool
between_pairs(const struct fastcgi_head *head)
{
	return head->length_bytes == 0 && !head->value_next &&
	    head->pair_left == 0;
}

static enum fastcgi_step
take_params(struct fastcgi_head *head, struct span bytes)
{
	struct span rest = { bytes.bytes + head->length,
	    bytes.length - head->length }, piece;
	enum fastcgi_step step;

	while ((step = fastcgi_next(&head->params, &rest, rest.length,
	    &piece)) == FASTCGI_PIECE)
		if (!take_pairs(head, piece))
			return FASTCGI_WRONG;
	head->length = bytes.length - rest.length;
	if (step != FASTCGI_END)
		return step;
	/* libfcgi would take padding here for the start of the body. */
	return between_pairs(head) && head->params.header.paddingLength == 0 ?
	    FASTCGI_END : FASTCGI_WRONG;
}

enum fastcgi_step
fastcgi_head(struct fastcgi_head *head, struct span bytes)
{
	enum fastcgi_step step = FASTCGI_PIECE;

	if (head->length == 0)
		step = begin_head(head, bytes);
	if (step == FASTCGI_PIECE)
		step = take_params(head, bytes);
	if ((step == FASTCGI_MORE && bytes.length >= FASTCGI_HEAD_MAX) ||
	    (step == FASTCGI_END && head->length > FASTCGI_HEAD_MAX))
		return FASTCGI_WRONG;
	return step;
}

struct fastcgi_stream
fastcgi_body(const struct fastcgi_head *head)
{
	return (struct fastcgi_stream){ .type = FCGI_STDIN,
	    .id = { head->params.id[0], head->params.id[1] } };
}

bool
fastcgi_has_body(const struct fastcgi_head *head, struct span rest)
{
	struct fastcgi_stream body = fastcgi_body(head);
	enum fastcgi_step step;
	struct span piece;

	do
		step = fastcgi_next(&body, &rest, rest.length, &piece);
	while (step == FASTCGI_PIECE);
	return step == FASTCGI_END;
}
