#include "hookctl/check.h"

#include "hookctl/options.h"
#include "hookctl/where.h"

#include <stddef.h>
#include <string.h>

struct values {
	struct where where;
	bool firewall, store, strict, json;
	const char *ca_file;
};

static const struct option_row rows[] = {
	WHERE_CONFIG_ROW(struct values, where),
	{ '\0', "firewall", OPTION_FLAG, offsetof(struct values, firewall),
	    NULL, "also send what a firewall may ban this machine for", 0, 0,
	    NULL },
	{ '\0', "store", OPTION_FLAG, offsetof(struct values, store), NULL,
	    "send one real notification", 0, 0, NULL },
	{ '\0', "ca-file", OPTION_TEXT, offsetof(struct values, ca_file),
	    "FILE", "certificates that are trusted, too", 0, 0, NULL },
	{ '\0', "strict", OPTION_FLAG, offsetof(struct values, strict), NULL,
	    "warnings count as failures", 0, 0, NULL },
	{ '\0', "json", OPTION_FLAG, offsetof(struct values, json), NULL,
	    "print JSON", 0, 0, NULL },
	{ 0 } };

static enum status
run(char **words)
{
	struct values values = { 0 };
	struct check_target target = { 0 };
	struct client_url parts;
	const char *url;
	struct config *config;
	struct report *report;
	enum status status = options_read(&command_check, words, &values,
	    &url);

	if (status != STATUS_DONE)
		return status;
	if (url == NULL || !client_url_parse(url, &parts))
		return fail(STATUS_FAILED, "not a URL");
	config = where_config(&values.where);
	if (config == NULL)
		return STATUS_FAILED;
	target.url = url;
	target.parts = parts;
	target.config = config;
	parts.path[strcspn(parts.path, "?")] = '\0';
	target.endpoint = config_endpoint(config, parts.path);
	if (target.endpoint == NULL)
		target.endpoint = &config->endpoints[0];
	target.firewall = values.firewall;
	target.store = values.store;
	target.ca_file = values.ca_file;
	report = report_new(values.json);
	check_url(report, &target);
	status = report_end(report, values.strict);
	config_free(config);
	return status;
}

const struct command command_check = { .name = "check", .operands = "[URL]",
    .operands_most = 1, .summary = "check", .about = "", .options = rows,
    .run = run };
