/*
 * secret_file: a secret in a file that the command line names.
 */
#ifndef HOOKLINE_HOOKCTL_SECRET_FILE_H
#define HOOKLINE_HOOKCTL_SECRET_FILE_H

/*
 * The first line that is neither blank nor a comment, in memory of
 * auth/secret.h. NULL after a message, which calls a secret that is missing
 * `what`: "app secret", say.
 */
char *secret_file_first(const char *name, const char *what);

#endif
