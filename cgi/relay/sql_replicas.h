/*
 * sql_replicas: how many standbys PostgreSQL waits for at a COMMIT.
 */
#ifndef HOOKLINE_RELAY_SQL_REPLICAS_H
#define HOOKLINE_RELAY_SQL_REPLICAS_H

#include <stdint.h>

/*
 * The number that synchronous_standby_names demands:
 *
 *   FIRST 2 (a, b, c), ANY 2 (a, b, c), 2 (a, b, c)   2
 *   a, "b c", *                                       1
 *   empty, or malformed                               0
 *
 * A list of fewer names, which PostgreSQL would wait for in vain, still demands
 * what it says.
 */
uint64_t sql_replicas_demanded(const char *names);

#endif
