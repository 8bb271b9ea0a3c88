/*
 * owner: whose a file is, as people say it.
 */
#ifndef HOOKLINE_HOOKCTL_OWNER_H
#define HOOKLINE_HOOKCTL_OWNER_H

#include <sys/stat.h>

#define OWNER_SIZE 400

/* Writes "root:www-data", with numbers for those who have no name in
 * /etc/passwd and /etc/group. Returns `out`. */
const char *owner_names(uid_t uid, gid_t gid, char out[OWNER_SIZE]);

/* Writes "root:www-data 0640". Returns `out`. */
const char *owner_text(const struct stat *status, char out[OWNER_SIZE]);

/* The user's name, or "user 1000"; 256 bytes. Returns `out`. */
const char *owner_user(uid_t uid, char out[256]);

#endif
