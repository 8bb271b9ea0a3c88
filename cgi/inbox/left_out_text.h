/*
 * left_out_text: says what part of the journal could not be read
 * (journal/left_out.h).
 */
#ifndef HOOKLINE_INBOX_LEFT_OUT_TEXT_H
#define HOOKLINE_INBOX_LEFT_OUT_TEXT_H

#include "journal/left_out.h"

#define LEFT_OUT_TEXT_MAX 300

/* Writes a sentence or two, without markup or a newline; "" if nothing was left
 * out. */
void left_out_text(const struct left_out *left_out,
    char text[LEFT_OUT_TEXT_MAX]);

#endif
