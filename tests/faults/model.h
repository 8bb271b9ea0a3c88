/* model: see model.c. watch.c reports the calls that matter. */
#ifndef HOOKLINE_TESTS_MODEL_H
#define HOOKLINE_TESTS_MODEL_H

#include "torture.h"

/* Watches this process's calls, for the journal of `world`. */
void model_start(struct world *world);
void model_stop(void);

/* The power fails now, before this call is made. */
void model_crash(const char *call);

/* This file will be truncated. */
void model_cutting(int fd);

/* This descriptor was synced. */
void model_synced(int fd);

#endif
