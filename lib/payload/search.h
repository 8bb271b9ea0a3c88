/*
 * search: finds a text in JSON, in every way in which JSON may spell it.
 *
 * It looks into strings, names and values alike, at bytes that json_scan() has
 * accepted. ü is found as UTF-8 and as "\u00fc" or "\u00FC", 😀 also as a pair
 * of surrogates, "/" also as "\/", a newline as "\n". The case of ASCII letters
 * does not matter. Outside strings only numbers are found, or a part of one:
 * people look for ids.
 */
#ifndef HOOKLINE_PAYLOAD_SEARCH_H
#define HOOKLINE_PAYLOAD_SEARCH_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

struct search;

/* Looks for `text`, UTF-8 of one byte or more, which is copied. NULL when
 * memory is short. */
struct search *search_new(const char *text, size_t length);

/* Whether the text is in these bytes, a JSON value or a part of an object from
 * the name of one member on. Allocates nothing. */
bool search_finds(const struct search *search, struct span bytes);

/* A quick look at a line, or at any other bytes that need not be JSON: false
 * only if search_finds() is false for every part of them. */
bool search_may_find(const struct search *search, struct span bytes);

/* NULL is allowed. */
void search_free(struct search *search);

#endif
