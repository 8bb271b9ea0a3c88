/*
 * verify_text: the lines of one file.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_TEXT_H
#define HOOKLINE_HOOKCTL_VERIFY_TEXT_H

#include "hookctl/verify_run.h"

/*
 * Checks the text of an open file. `name` must be valid as long as the run. If
 * `*first` is 0, it becomes the seq of the first record. Sets file->rotated.
 * False if memory runs out.
 */
bool verify_text(struct verify_run *run, struct file *file, const char *name,
    const char *directory, uint64_t *first);

#endif
