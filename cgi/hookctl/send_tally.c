#include "hookctl/send_tally.h"

#include "hookctl/output.h"
#include "hookctl/send_answer.h"

#include <json-c/json.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct { const char *name; unsigned of_hundred; } ranks[] = {
	{ "p50", 50 }, { "p90", 90 }, { "p99", 99 }, { "max", 100 } };

#define RANKS (sizeof ranks / sizeof ranks[0])

static bool
is_expected(const struct tally *tally, const struct client_answer *answer)
{
	if (answer->status != tally->expected || answer->status != 200 ||
	    tally->any_receiver)
		return answer->status == tally->expected;
	return answer_body_is(answer, tally->challenge != NULL ?
	    tally->challenge : "ok\n");
}

/* What an answer is called. */
static void
name_answer(const struct tally *tally, const struct client_answer *answer,
    struct tally_kind *kind)
{
	const char *word = answer_word(answer);

	if (tally->challenge != NULL && answer->status == 200 &&
	    answer_body_is(answer, tally->challenge))
		word = tally->challenge;
	kind->status = answer->status;
	kind->expected = is_expected(tally, answer);
	kind->ours = word != NULL;
	if (word == NULL)
		word = answer->status == 0 ? "no answer" :
		    tally->any_receiver ? "" : "not hookline's";
	(void)snprintf(kind->word, sizeof kind->word, "%s", word);
}

/* The kind of an answer; a new one gets its text. */
static struct tally_kind *
kind_of(struct tally *tally, const struct client_answer *answer)
{
	struct tally_kind new = { 0 };
	size_t i;

	name_answer(tally, answer, &new);
	for (i = 0; i < tally->kind_count; i++)
		if (tally->kinds[i].status == new.status &&
		    strcmp(tally->kinds[i].word, new.word) == 0)
			return &tally->kinds[i];
	if (tally->kind_count == TALLY_KINDS_MAX)
		return &tally->kinds[TALLY_KINDS_MAX - 1];
	if (tally->kind_count == TALLY_KINDS_MAX - 1)
		new = (struct tally_kind){ .word = "others" };
	else if (!new.expected && tally->any_receiver && new.status == 0)
		(void)snprintf(new.about, sizeof new.about, "%s",
		    answer->error);
	else if (!new.expected)
		answer_about(answer, new.about, sizeof new.about);
	tally->kinds[tally->kind_count] = new;
	return &tally->kinds[tally->kind_count++];
}

/* "200 ok", "422", "no answer". */
static const char *
kind_text(const struct tally_kind *kind, char out[48])
{
	if (kind->status == 0)
		(void)snprintf(out, 48, "%s", kind->word);
	else
		(void)snprintf(out, 48, "%d%s%s", kind->status,
		    *kind->word != '\0' ? " " : "", kind->word);
	return out;
}

static void
print_status(const struct tally_kind *kind)
{
	enum tone tone = kind->expected ? TONE_GOOD : TONE_BAD;
	char text[48];

	printf("%s%s%s", tone_begin(stdout, tone), kind_text(kind, text),
	    tone_end(stdout, tone));
}

static void
print_each(const struct client_request *request,
    const struct client_answer *answer, const struct tally_kind *kind)
{
	char number[40];

	if (request->body == NULL)
		printf("%s ?hub.mode=subscribe", request->method);
	else
		printf("%s %s bytes", request->method,
		    number_text(request->length, number));
	fputs("  ", stdout);
	print_status(kind);
	printf("  %s\n",
	    duration_text((uint64_t)answer->microseconds, number));
	if (kind->count == 1 && *kind->about != '\0')
		printf("  %s\n", kind->about);
	(void)output_flush();
}

static bool
add_time(struct tally *tally, int64_t microseconds)
{
	size_t room = tally->time_room == 0 ? 1024 : 2 * tally->time_room;
	uint32_t *times = tally->times;

	if (tally->time_count == tally->time_room) {
		times = reallocarray(times, room, sizeof *times);
		if (times == NULL)
			return false;
		tally->times = times;
		tally->time_room = room;
	}
	times[tally->time_count++] = microseconds > UINT32_MAX ? UINT32_MAX :
	    (uint32_t)microseconds;
	return true;
}

bool
tally_add(struct tally *tally, const struct client_request *request,
    const struct client_answer *answer)
{
	struct tally_kind *kind = kind_of(tally, answer);

	kind->count++;
	tally->answers++;
	if (!is_expected(tally, answer))
		tally->unexpected++;
	if (tally->each)
		print_each(request, answer, kind);
	return answer->status == 0 || add_time(tally, answer->microseconds);
}

static int
compare(const void *left, const void *right)
{
	const uint32_t *one = left, *other = right;

	return (*one > *other) - (*one < *other);
}

static void
sort_times(struct tally *tally)
{
	if (tally->time_count > 0)
		qsort(tally->times, tally->time_count, sizeof *tally->times,
		    compare);
}

/* The time within which so many of a hundred answers came (nearest rank). */
static uint32_t
time_at(const struct tally *tally, unsigned of_hundred)
{
	return tally->times[(tally->time_count * of_hundred + 99) / 100 - 1];
}

void
tally_print(struct tally *tally)
{
	char text[48];
	size_t i;

	if (tally->each || tally->answers == 0)
		return;
	for (i = 0; i < tally->kind_count; i++) {
		const struct tally_kind *kind = &tally->kinds[i];

		fputs(i > 0 ? "   " : "", stdout);
		print_status(kind);
		printf(" %s", number_text(kind->count, text));
	}
	putchar('\n');
	sort_times(tally);
	for (i = 0; i < RANKS && tally->time_count > 0; i++)
		printf("%s%s %s%s", i > 0 ? "   " : "", ranks[i].name,
		    duration_text(time_at(tally, ranks[i].of_hundred), text),
		    i + 1 == RANKS ? "\n" : "");
	for (i = 0; i < tally->kind_count; i++)
		if (*tally->kinds[i].about != '\0')
			printf("%s: %s\n", kind_text(&tally->kinds[i], text),
			    tally->kinds[i].about);
}

/*
 * JSON
 */

static json_object *
kind_json(const struct tally_kind *kind)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "status",
	    kind->status != 0 ? json_object_new_int(kind->status) : NULL);
	json_object_object_add(object, "answer",
	    json_object_new_string(kind->word));
	json_object_object_add(object, "hookline",
	    json_object_new_boolean(kind->ours));
	json_object_object_add(object, "count",
	    json_object_new_uint64(kind->count));
	if (*kind->about != '\0')
		json_object_object_add(object, "about",
		    json_object_new_string(kind->about));
	return object;
}

/* In milliseconds, with three digits after the point. */
static json_object *
times_json(struct tally *tally)
{
	json_object *object = json_object_new_object();
	char text[32];
	size_t i;

	sort_times(tally);
	for (i = 0; i < RANKS && tally->time_count > 0; i++) {
		double time = (double)time_at(tally, ranks[i].of_hundred) /
		    1000;

		(void)snprintf(text, sizeof text, "%.3f", time);
		json_object_object_add(object, ranks[i].name,
		    json_object_new_double_s(time, text));
	}
	return object;
}

bool
tally_print_json(struct tally *tally, const char *endpoint, double seconds)
{
	json_object *object = json_object_new_object();
	json_object *kinds = json_object_new_array();
	const char *text;
	char number[32];
	size_t i;

	for (i = 0; i < tally->kind_count; i++)
		json_object_array_add(kinds, kind_json(&tally->kinds[i]));
	(void)snprintf(number, sizeof number, "%.3f", seconds);
	json_object_object_add(object, "endpoint", endpoint != NULL ?
	    json_object_new_string(endpoint) : NULL);
	json_object_object_add(object, "sent",
	    json_object_new_uint64(tally->answers));
	json_object_object_add(object, "unexpected",
	    json_object_new_uint64(tally->unexpected));
	json_object_object_add(object, "seconds",
	    json_object_new_double_s(seconds, number));
	json_object_object_add(object, "answers", kinds);
	json_object_object_add(object, "latency_ms", times_json(tally));
	text = json_object_to_json_string_ext(object,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (text != NULL)
		puts(text);
	json_object_put(object);
	return text != NULL;
}

void
tally_free(struct tally *tally)
{
	free(tally->times);
}
