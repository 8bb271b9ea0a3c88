#include "hookctl/verify_reading.h"

#include "base/clock.h"
#include "journal/stamp.h"

#include <inttypes.h>
#include <string.h>

static const char begin[] = "{\"seq\":";

#define BEGIN_LENGTH (sizeof begin - 1)

struct place
reading_place(const struct reading *reading, uint64_t byte, uint64_t seq)
{
	return (struct place){ .file = reading->name,
	    .compressed = reading->gunzip != NULL, .byte = byte,
	    .line = reading->line, .seq = seq };
}

/* Compares a file's name with its first record. */
static void
check_name(const struct reading *reading, const struct head *head,
    uint64_t byte)
{
	const struct segment *segment = &reading->file->segment;
	const struct order *order = &reading->run->order;
	struct place place = reading_place(reading, byte + BEGIN_LENGTH,
	    head->seq);
	char time[CLOCK_RFC3339_LENGTH + 1];

	/* A seq that is not due is reported elsewhere. */
	if (head->seq != segment->first_seq && order->due == head->seq)
		findings_add(reading->run->findings, &place, "file", "the "
		    "file's name says that it begins with record %" PRIu64,
		    segment->first_seq);
	if (head->received_at / CLOCK_SECOND ==
	    segment->first_time / CLOCK_SECOND)
		return;
	clock_format(segment->first_time, time);
	place.byte = byte + head->time;
	findings_add(reading->run->findings, &place, "file", "the file's name "
	    "says that its first record is from %.19sZ", time);
}

/* Takes seq and time into account. */
static void
take_stamp(struct reading *reading, const struct head *head, uint64_t byte)
{
	struct verify_counts *counts = &reading->run->counts;
	struct place seq = reading_place(reading, byte + BEGIN_LENGTH,
	    head->seq);
	struct place time = reading_place(reading, byte + head->time,
	    head->seq);

	if (byte == 0 && !reading->file->live)
		check_name(reading, head, byte);
	if (*reading->first == 0)
		*reading->first = head->seq;
	counts->records++;
	if (counts->first_seq == 0)
		counts->first_seq = head->seq;
	counts->last_seq = head->seq;
	order_take(&reading->run->order, head->seq, head->received_at, &seq,
	    &time);
}

/* Checks the signature of a notification whose payload has its digest. */
static void
check_signature(struct reading *reading, const struct head *head,
    struct name *name, const char *line, uint64_t byte)
{
	struct verify_run *run = reading->run;
	struct span signature = head_inside(head, HEAD_SIGNATURE);
	struct place place;
	size_t at = 0;

	switch (secret_keys_check(run->keys, signature,
	    head->values[HEAD_PAYLOAD], &at)) {
	case SIGNED_RIGHT:
		run->counts.right++;
		break;
	case SIGNED_OTHER:
		run->counts.other++;
		if (name->other++ == 0)
			name->other_first = head->seq;
		break;
	case SIGNED_DAMAGED:
		place = reading_place(reading, byte +
		    (uint64_t)(signature.bytes - line) + at, head->seq);
		findings_add(run->findings, &place, "signature", "the "
		    "signature is damaged: only some of its digits differ "
		    "from those that one of the secrets gives");
		break;
	}
}

/* Checks the signature of a line that holds, or counts why it cannot. */
static void
take_record(struct reading *reading, const struct head *head,
    const char *line, uint64_t byte)
{
	struct verify_run *run = reading->run;
	struct span endpoint = head_inside(head, HEAD_ENDPOINT);
	struct place place = reading_place(reading, byte +
	    (uint64_t)(endpoint.bytes - line), head->seq);
	struct name *name = names_count(&run->names, endpoint, &place);

	if (name == NULL)
		reading->good = false;
	else if (head->values[HEAD_UPDATE].bytes != NULL)
		run->counts.updates++;
	else if (head_token(head, HEAD_SIGNATURE).bytes == NULL)
		run->counts.no_signature++;
	else if (head->values[HEAD_REFORMATTED].bytes != NULL)
		run->counts.reformatted++;
	else
		check_signature(reading, head, name, line, byte);
}

/* If a line break was damaged, the next record is in the same line. */
static void
check_rest(struct reading *reading, const char *line, size_t length,
    size_t at, uint64_t byte)
{
	const char *rest = length > at ? memmem(line + at, length - at, begin,
	    BEGIN_LENGTH) : NULL;
	int64_t time;
	uint64_t seq;

	if (rest == NULL || rest == line)
		return;
	length -= (size_t)(rest - line);
	if (stamp_read(rest, length, &seq, &time))
		reading_check(reading, rest, length, byte +
		    (uint64_t)(rest - line));
}

static void
report(struct reading *reading, const struct line_check *check,
    uint64_t byte)
{
	static const char *const kinds[] = { [LINE_HOLDS] = "",
		[LINE_MALFORMED] = "line", [LINE_DIGEST] = "digest",
		[LINE_MEMBER] = "member" };
	struct place place = reading_place(reading, byte + check->at,
	    check->head.stamped ? check->head.seq : 0);

	findings_add(reading->run->findings, &place, kinds[check->kind], "%s",
	    check->text);
}

static bool
begins_like_record(const char *line, size_t length)
{
	return length >= BEGIN_LENGTH &&
	    memcmp(line, begin, BEGIN_LENGTH) == 0;
}

void
reading_judge(struct reading *reading, const struct line_check *check,
    const char *line, size_t length, uint64_t byte)
{
	/* Damage may have split a line in two. It was reported with the first
	 * half, so the second one is not. */
	if (reading->cut && check->kind == LINE_MALFORMED &&
	    !begins_like_record(line, length))
		return;
	reading->cut = check->cut;
	if (check->kind != LINE_HOLDS)
		report(reading, check, byte);
	if (check->head.stamped)
		take_stamp(reading, &check->head, byte);
	else if (length > 0)
		order_pass(&reading->run->order);
	if (check->kind == LINE_HOLDS)
		take_record(reading, &check->head, line, byte);
	else if (check->kind == LINE_MALFORMED)
		check_rest(reading, line, length, check->at, byte);
}

void
reading_check(struct reading *reading, const char *line, size_t length,
    uint64_t byte)
{
	struct line_check check;

	reading->good = line_check(reading->run->checker, line, length,
	    &check) == ERR_NONE;
	if (reading->good)
		reading_judge(reading, &check, line, length, byte);
}
