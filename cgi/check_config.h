/*
 * check_config: what hookline.fcgi does when a person or cron runs it, not a
 * web server.
 */
#ifndef HOOKLINE_CHECK_CONFIG_H
#define HOOKLINE_CHECK_CONFIG_H

/*
 *   --check-config [--config FILE]   prints the settings in effect
 *   --version, --help
 *
 * Returns the exit status: 0; 1 if the receiver would answer 503 or could not
 * use its log_file; 2 if the arguments are not understood. Prints results on
 * standard output and problems on standard error. A check changes nothing. If
 * root runs it, it checks as the user of check_user.h.
 */
int check_config_main(int argc, char **argv);

#endif
