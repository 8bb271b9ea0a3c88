/*
 * slow: the second opinion on what is JSON, slow_valid(), that the unit tests
 * have. Nobody here makes texts at random, which is what else stands there.
 */
#ifndef HOOKLINE_TESTS_SLOW_H
#define HOOKLINE_TESTS_SLOW_H

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include "../unit/json_made.h"
#pragma GCC diagnostic pop

#endif
