/*
 * slow: the unit tests' second opinion on what is JSON, slow_valid(). The rest
 * of that file makes random texts, which are not needed here.
 */
#ifndef HOOKLINE_TESTS_SLOW_H
#define HOOKLINE_TESTS_SLOW_H

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include "../unit/json_made.h"
#pragma GCC diagnostic pop

#endif
