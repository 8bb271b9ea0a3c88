/*
 * prompt: a secret that is typed in, or piped.
 */
#ifndef HOOKLINE_HOOKCTL_PROMPT_H
#define HOOKLINE_HOOKCTL_PROMPT_H

/*
 * Reads the first line of standard input, without blanks around it, into memory
 * of auth/secret.h. If that is a terminal, asks the question on standard error
 * and lets the terminal echo nothing; a signal that ends or stops the program
 * first makes it echo again. "" if there is no line. NULL after a message.
 */
char *prompt_secret(const char *question);

#endif
