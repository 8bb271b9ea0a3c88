/*
 * check_config: what hookline.fcgi does for a person or for cron, where no web
 * server runs it.
 */
#ifndef HOOKLINE_CHECK_CONFIG_H
#define HOOKLINE_CHECK_CONFIG_H

/*
 *   --check-config [--config FILE]   says what is configured
 *   --version, --help
 *
 * Returns the exit status: 0, or 1 where the receiver would answer 503 or could
 * not use its log_file, or 2 for arguments that are not understood. Results go
 * to standard output, what is wrong to standard error. A check changes nothing,
 * whoever asks; root asks as the user of check_user.h.
 */
int check_config_main(int argc, char **argv);

#endif
