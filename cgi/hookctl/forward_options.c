#include "hookctl/forward_options.h"

#include "client.h"

#include <stddef.h>

#define ROW(name, kind, member, value, help, least, most)		\
	{ '\0', name, kind, offsetof(struct forward_options, member),	\
	    value, help, least, most, NULL }

const struct option_row forward_rows[] = {
	ROW("from-seq", OPTION_NUMBER, from_seq, "SEQ",
	    "records from this number on", 1, UINT64_MAX - 1),
	ROW("since", OPTION_TEXT, since, "TIME",
	    "records from this time on, such as \"2 hours ago\"", 0, 0),
	ROW("until", OPTION_TEXT, until, "TIME",
	    "records up to this time", 0, 0),
	ROW("utc", OPTION_FLAG, utc, NULL,
	    "times without an offset are UTC", 0, 0),
	FILTER_ROWS(struct forward_options, filter),
	ROW("file", OPTION_TEXT, file, "FILE",
	    "send what is in FILE, or standard input (-)", 0, 0),
	ROW("sign", OPTION_TEXT, sign, "ENDPOINT",
	    "sign anew, with the first secret of this endpoint", 0, 0),
	ROW("dead", OPTION_TEXT, dead, "FILE",
	    "write to FILE what is refused or cannot be sent", 0, 0),
	ROW("rate", OPTION_NUMBER, rate, "N",
	    "send at most N records a second", 1, 100000),
	ROW("give-up", OPTION_SECONDS, give_up, "TIME",
	    "how long to try while it takes nothing (10m)", 0, 30 * 86400),
	ROW("ca-file", OPTION_TEXT, ca_file, "FILE",
	    "trust the authorities in FILE", 0, 0),
	WHERE_DIRECTORY_ROW(struct forward_options, where),
	WHERE_CONFIG_ROW(struct forward_options, where),
	{ 0 }
};

enum status
forward_options_check(const struct command *command,
    const struct forward_options *options, struct range *range)
{
	struct client_url parts;
	enum status status;

	if (options->url == NULL)
		return usage_error(command, "to which URL? Give one, as in "
		    "\"hookctl forward https://b.example/webhook\"");
	if (!client_url_parse(options->url, &parts))
		return usage_error(command, "\"%s\" is not an http or https "
		    "URL without user, password and fragment", options->url);
	status = range_read(command, options->since, options->until,
	    options->utc, range);
	range->from_seq = options->from_seq;
	return status;
}
