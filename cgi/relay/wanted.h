/*
 * wanted: which records a relay sends, by its filters in hookline.conf. The
 * others count as done.
 */
#ifndef HOOKLINE_RELAY_WANTED_H
#define HOOKLINE_RELAY_WANTED_H

#include "config/config.h"
#include "payload/record.h"

#include <stdbool.h>

bool wanted(const struct relay *relay, const struct record *record);

#endif
