/*
 * verify_value: takes the values of a line's head, one after another.
 *
 * Each function leaves the cursor after the value. If there is no value of this
 * form, it leaves the cursor at the first wrong byte and returns false. Private
 * to verify_head.c.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_VALUE_H
#define HOOKLINE_HOOKCTL_VERIFY_VALUE_H

#include <stdbool.h>

/* What is left of the line. */
struct cursor {
	const char *p;
	const char *end;
};

typedef bool taker(struct cursor *cursor);

/* Takes exactly this text. */
bool take_text(struct cursor *cursor, const char *text);

/* 64 lower-case digits in quotes; a signature in quotes, or null; the name of
 * an endpoint, as the configuration allows it; a number. */
taker take_digest, take_signature, take_name, take_number;

/* The contents of a string or an object are not checked; only its end is found.
 * A token is a string, or letters, digits and signs. */
taker take_string, take_string_or_null, take_token, take_object;

/* The name of an update's array; an origin (record.h); false; true. */
taker take_array_name, take_origin, take_false, take_true;

/* Everything up to the line's closing brace. */
taker take_rest;

#endif
