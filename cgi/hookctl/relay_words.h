/*
 * relay_words: how hookctl says where a relay sends, and how it is doing. Text
 * that came from a destination is escaped.
 */
#ifndef HOOKLINE_HOOKCTL_RELAY_WORDS_H
#define HOOKLINE_HOOKCTL_RELAY_WORDS_H

#include "base/buffer.h"
#include "hookctl/relay_facts.h"

#include <json-c/json.h>

/* Appends "https://b.example/webhook", or "postgresql db1,db2/hooks": no user
 * and no parameters. Returns the columns used. */
size_t relay_words_to(const struct relay *relay, struct buffer *out);

/* Appends "held: db1 refuses connections; try 9 in 24 s". */
void relay_words_state(const struct relay_facts *facts, struct buffer *out);

/* The first words of that as one word, for JSON and stats: "held",
 * "in-step". */
const char *relay_words_is(const struct relay_facts *facts);

/* One object with all that is known; see hookctl(1). */
json_object *relay_words_json(const struct relay_facts *facts);

/* An array of them. */
json_object *relay_words_json_list(const struct relay_facts_list *list);

#endif
