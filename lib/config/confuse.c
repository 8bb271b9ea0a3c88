#include "config/internal.h"

#include <confuse.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a section gives: libconfuse's values, our lines. */
struct section {
	cfg_t *values;		/* NULL: nothing is given */
	const unsigned *lines;
	unsigned line;		/* of the section itself */
};

static const unsigned no_lines[CONFIG_GENERAL_KEYS];

/* libconfuse hands its error function nothing of ours; valid while it parses. */
static const struct config_context *parsing;

static void
take_error(cfg_t *values, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

static void
take_error(cfg_t *values, const char *format, va_list arguments)
{
	struct config_spot spot = { .line = (unsigned)values->line };
	char text[128];

	(void)vsnprintf(text, sizeof text, format, arguments);
	config_refuse(parsing, CONFIG_BAD, spot, "%s", text);
}

static void
fill_options(cfg_opt_t *options, const struct config_key *keys, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		options[i] = (cfg_opt_t)CFG_STR(keys[i].name, NULL,
		    CFGF_NODEFAULT);
}

static cfg_t *
new_values(void)
{
	cfg_opt_t general[CONFIG_GENERAL_KEYS + 2];
	cfg_opt_t endpoint[CONFIG_ENDPOINT_KEYS + 1];

	fill_options(endpoint, config_endpoint_keys, CONFIG_ENDPOINT_KEYS);
	endpoint[KEY_APP_SECRET] = (cfg_opt_t)CFG_STR_LIST(
	    config_endpoint_keys[KEY_APP_SECRET].name, NULL, CFGF_NODEFAULT);
	endpoint[CONFIG_ENDPOINT_KEYS] = (cfg_opt_t)CFG_END();
	fill_options(general, config_general_keys, CONFIG_GENERAL_KEYS);
	general[CONFIG_GENERAL_KEYS] = (cfg_opt_t)CFG_SEC("endpoint", endpoint,
	    CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES);
	general[CONFIG_GENERAL_KEYS + 1] = (cfg_opt_t)CFG_END();
	return cfg_init(general, CFGF_NONE);
}

/* The stream has our buffer, so that it can be wiped. */
static bool
parse_stream(cfg_t *values, char *text, size_t length)
{
	char buffer[BUFSIZ];
	FILE *stream = fmemopen(text, length, "r");
	bool good = false;

	if (stream == NULL)
		return false;
	if (setvbuf(stream, buffer, _IOFBF, sizeof buffer) == 0)
		good = cfg_parse_fp(values, stream) == CFG_SUCCESS;
	(void)fclose(stream);
	explicit_bzero(buffer, sizeof buffer);
	return good;
}

static cfg_t *
parse_values(const struct config_context *context, char *text, size_t length)
{
	cfg_t *values = new_values();
	bool good;

	config_no_memory(context);	/* unless it says something better */
	if (values == NULL)
		return NULL;
	parsing = context;
	(void)cfg_set_error_function(values, take_error);
	good = parse_stream(values, text, length);
	parsing = NULL;
	if (good)
		return values;
	cfg_free(values);
	return NULL;
}

static void
wipe_option(cfg_t *values, const char *name)
{
	unsigned i;

	for (i = 0; i < cfg_size(values, name); i++)
		config_wipe(cfg_getnstr(values, name, i));
}

/* What it holds in buffers of its own is out of reach. */
static void
free_values(cfg_t *values)
{
	unsigned i;

	for (i = 0; i < cfg_size(values, "endpoint"); i++) {
		cfg_t *endpoint = cfg_getnsec(values, "endpoint", i);

		wipe_option(endpoint, "verify_token");
		wipe_option(endpoint, "app_secret");
	}
	cfg_free(values);
}

static const char *
given(const struct section *section, const struct config_key *key)
{
	return section->values == NULL ? NULL :
	    cfg_getstr(section->values, key->name);
}

/* Every key of the table, as given or by default, into the struct at `base`. */
static enum config_status
take_keys(const struct config_context *context, const struct section *section,
    const struct config_key *keys, size_t count, void *base)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const char *text = given(section, &keys[i]);
		enum error error;

		if (keys[i].read == NULL)
			continue;
		error = keys[i].read(&keys[i],
		    text != NULL ? text : keys[i].standard,
		    (char *)base + keys[i].member);
		if (error == ERR_BUSY)
			return config_no_memory(context);
		if (error != ERR_NONE)
			return config_refuse(context, CONFIG_BAD,
			    (struct config_spot){ section->lines[i],
			    keys[i].name }, "%s", keys[i].rule);
	}
	return CONFIG_OK;
}

/* Without slashes at the end, behind which no last component would stand. */
static bool
make_absolute(const struct config_context *context, char **name)
{
	char *joined;
	size_t length;

	if (**name == '\0')
		return true;
	joined = config_path_join(context->folder, *name);
	if (joined == NULL)
		return false;
	for (length = strlen(joined); length > 1 && joined[length - 1] == '/';)
		joined[--length] = '\0';
	free(*name);
	*name = joined;
	return true;
}

static enum config_status
take_general(const struct config_context *context,
    const struct section *section, struct config *config)
{
	enum config_status status = take_keys(context, section,
	    config_general_keys, CONFIG_GENERAL_KEYS, config);

	if (status != CONFIG_OK)
		return status;
	if (!make_absolute(context, &config->directory) ||
	    !make_absolute(context, &config->log_file))
		return config_no_memory(context);
	return CONFIG_OK;
}

static enum config_status
take_secrets(const struct config_context *context,
    const struct section *section, struct endpoint *endpoint)
{
	const char *list[CONFIG_SECRETS_MAX];
	const char *name = config_endpoint_keys[KEY_APP_SECRET].name;
	struct config_secrets secrets = { .secrets = list,
	    .line = section->line, .lines = section->lines };
	unsigned i;

	secrets.token = cfg_getstr(section->values,
	    config_endpoint_keys[KEY_VERIFY_TOKEN].name);
	secrets.secret_count = cfg_size(section->values, name);
	if (secrets.secret_count > CONFIG_SECRETS_MAX)
		return config_refuse(context, CONFIG_BAD, (struct config_spot){
		    section->lines[KEY_APP_SECRET], name },
		    "there are too many");
	for (i = 0; i < secrets.secret_count; i++)
		list[i] = cfg_getnstr(section->values, name, i);
	return config_secrets_take(context, &secrets, endpoint);
}

static enum config_status
take_endpoint(const struct config_context *context,
    const struct section *section, const char *path, struct endpoint *endpoint)
{
	enum config_status status;

	endpoint->path = strdup(path);
	if (endpoint->path == NULL)
		return config_no_memory(context);
	status = take_keys(context, section, config_endpoint_keys,
	    CONFIG_ENDPOINT_KEYS, endpoint);
	if (status != CONFIG_OK || section->values == NULL)
		return status;
	return take_secrets(context, section, endpoint);
}

static struct config *
new_config(size_t endpoint_count)
{
	struct config *config = calloc(1, sizeof *config);

	if (config == NULL)
		return NULL;
	config->endpoints = calloc(endpoint_count, sizeof *config->endpoints);
	config->endpoint_count = endpoint_count;
	if (config->endpoints != NULL)
		return config;
	free(config);
	return NULL;
}

static enum config_status
take_all(const struct config_context *context, cfg_t *values,
    const struct config_lines *lines, struct config *config)
{
	const struct section general = { .values = values,
	    .lines = lines->general };
	enum config_status status = take_general(context, &general, config);
	unsigned i;

	for (i = 0; status == CONFIG_OK && i < lines->endpoint_count; i++) {
		cfg_t *endpoint = cfg_getnsec(values, "endpoint", i);
		const struct section section = { .values = endpoint,
		    .lines = lines->endpoints[i].keys,
		    .line = lines->endpoints[i].line };

		status = take_endpoint(context, &section, cfg_title(endpoint),
		    &config->endpoints[i]);
	}
	return status;
}

/* `text` has been scanned. */
static enum config_status
parse_scanned(const struct config_context *context, char *text, size_t length,
    const struct config_lines *lines, struct config **config)
{
	enum config_status status = CONFIG_BAD;
	cfg_t *values = parse_values(context, text, length);

	if (values == NULL)
		return CONFIG_BAD;
	*config = new_config(lines->endpoint_count);
	status = *config == NULL ? config_no_memory(context) :
	    take_all(context, values, lines, *config);
	free_values(values);
	if (status != CONFIG_OK) {
		config_free(*config);
		*config = NULL;
	}
	return status;
}

static bool
any_secret(const struct config_lines *lines)
{
	size_t i;

	for (i = 0; i < lines->endpoint_count; i++)
		if (lines->endpoints[i].keys[KEY_VERIFY_TOKEN] != 0 ||
		    lines->endpoints[i].keys[KEY_APP_SECRET] != 0)
			return true;
	return false;
}

enum config_status
config_parse_text(const struct config_context *context, const char *text,
    size_t length, struct config **config, bool *has_secrets)
{
	struct config_lines *lines = calloc(1, sizeof *lines);
	char *copy = malloc(length + 1);
	enum config_status status;

	*config = NULL;
	if (lines == NULL || copy == NULL) {
		status = config_no_memory(context);
		goto out;
	}
	memcpy(copy, text, length);
	copy[length] = '\0';
	status = config_scan(context, copy, length, lines);
	*has_secrets = any_secret(lines);
	if (status == CONFIG_OK && lines->endpoint_count == 0)
		status = config_refuse(context, CONFIG_BAD,
		    (struct config_spot){ 0 }, "no endpoint is configured");
	if (status == CONFIG_OK)
		status = parse_scanned(context, copy, length, lines, config);
	explicit_bzero(copy, length);
out:
	free(copy);
	free(lines);
	return status;
}

enum config_status
config_parse_nothing(const struct config_context *context,
    struct config **config)
{
	const struct section nothing = { .lines = no_lines };
	enum config_status status;

	*config = new_config(1);
	if (*config == NULL)
		return config_no_memory(context);
	status = take_general(context, &nothing, *config);
	if (status == CONFIG_OK)
		status = take_endpoint(context, &nothing, "*",
		    &(*config)->endpoints[0]);
	if (status != CONFIG_OK) {
		config_free(*config);
		*config = NULL;
	}
	return status;
}
