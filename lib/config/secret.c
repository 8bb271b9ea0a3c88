#include "config/internal.h"

#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#define SECRET_SHORT 16

/* From Meta's guide and from its sample app: everybody knows them. */
static const char *const known_tokens[] = { "meatyhamhock", "token" };

/* What our own README, manual and examples show in place of a token or a
 * secret. */
static const char *const placeholders[] = { "a-long-random-word-of-your-own",
    "the App Secret of your app's Basic Settings",
    "0123456789abcdef0123456789abcdef", "new", "old", "\xe2\x80\xa6" };

/* Why it cannot be what a person meant, or NULL. */
static const char *
fault_of(const char *text)
{
	size_t length = strlen(text), i;

	if (length > CONFIG_SECRET_LONGEST)
		return "is longer than 512 bytes";
	for (i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return "holds a control character";
	if (length > 0 && (text[0] == ' ' || text[length - 1] == ' '))
		return "begins or ends with a blank";
	return NULL;
}

static enum config_status
check(const struct config_context *context, struct config_spot spot,
    const char *text)
{
	const char *fault = fault_of(text);

	if (*text == '\0')
		return config_refuse(context, CONFIG_NO_SECRET, spot,
		    "is empty");
	if (fault != NULL)
		return config_refuse(context, CONFIG_BAD, spot, "%s", fault);
	return CONFIG_OK;
}

/* Texts gathered for an endpoint, with a NULL behind them. */
struct list {
	char **items;
	size_t count;
	size_t most;
};

static enum config_status
add(const struct config_context *context, struct list *list, const char *text)
{
	char **more = reallocarray(list->items, list->count + 2, sizeof *more);

	if (more == NULL)
		return config_no_memory(context);
	list->items = more;
	more[list->count] = secret_copy(text);
	if (more[list->count] == NULL)
		return config_no_memory(context);
	more[++list->count] = NULL;
	return CONFIG_OK;
}

/* One line of a secret file; `number` counts from 1. */
static enum config_status
take_line(const struct config_context *context,
    const struct config_file *file, unsigned number, const char *line,
    struct list *list)
{
	const char *fault = fault_of(line);

	if (line[strspn(line, " \t")] == '\0')
		return CONFIG_OK;
	if (fault != NULL)
		return config_refuse(context, CONFIG_BAD, file->spot,
		    "%s: line %u %s", file->path, number, fault);
	if (list->count == list->most)
		return config_refuse(context, CONFIG_BAD, file->spot,
		    "%s: more than %zu lines", file->path, list->most);
	return add(context, list, line);
}

/* Cuts the text into lines, in place. */
static enum config_status
take_lines(const struct config_context *context,
    const struct config_file *file, char *line, struct list *list)
{
	enum config_status status = CONFIG_OK;
	unsigned number = 0;
	char *stop;

	if (strlen(line) != (size_t)file->status.st_size)
		return config_refuse(context, CONFIG_BAD, file->spot,
		    "%s: holds a NUL byte", file->path);
	if (strncmp(line, "\xef\xbb\xbf", 3) == 0)
		line += 3;
	while (status == CONFIG_OK && *line != '\0') {
		stop = strchrnul(line, '\n');
		if (stop > line && stop[-1] == '\r')
			stop[-1] = '\0';
		if (*stop == '\n')
			*stop++ = '\0';
		status = take_line(context, file, ++number, line, list);
		line = stop;
	}
	if (status == CONFIG_OK && list->count == 0)
		return config_refuse(context, CONFIG_NO_SECRET, file->spot,
		    "%s: is empty", file->path);
	return status;
}

static enum config_status
read_lines(const struct config_context *context, struct config_file *file,
    struct list *list)
{
	enum config_status status = config_file_hide(context, file);
	char *text;

	if (status == CONFIG_OK)
		status = config_file_read(context, file, &text);
	if (status != CONFIG_OK)
		return status;
	status = take_lines(context, file, text, list);
	secret_free(text);
	return status;
}

static enum config_status
read_file(const struct config_context *context, struct config_spot spot,
    const char *name, struct list *list)
{
	struct config_file file;
	char *path;
	enum config_status status;

	/* Root opens nothing because somebody's configuration names it. */
	if (context->search != NULL && context->search->believe)
		return add(context, list, name);
	path = config_path_join(context->folder, name);
	if (path == NULL)
		return config_no_memory(context);
	if (context->stamps == NULL)
		status = config_refuse(context, CONFIG_BAD, spot,
		    "files are not read here");
	else
		status = config_file_open(context, spot, path, &file);
	if (status == CONFIG_NONE)
		status = config_refuse(context, CONFIG_NO_SECRET, spot,
		    "%s: there is no such file", path);
	else if (status == CONFIG_OK) {
		status = read_lines(context, &file, list);
		config_file_close(&file);
	}
	free(path);
	return status;
}

/* What one key gives, or else the file that the next key names; "": none. */
static enum config_status
take_texts(const struct config_context *context,
    const struct config_secrets *given, size_t key, const char *const *texts,
    size_t count, const char *file, struct list *list)
{
	struct config_spot spot = { given->lines[key],
	    config_endpoint_keys[key].name };
	struct config_spot file_spot = { given->lines[key + 1],
	    config_endpoint_keys[key + 1].name };
	enum config_status status = CONFIG_OK;
	size_t i;

	if (*file != '\0' && spot.line != 0)
		return config_refuse(context, CONFIG_BAD, file_spot,
		    "%s is given too, on line %u", spot.key, spot.line);
	if (*file != '\0')
		return read_file(context, file_spot, file, list);
	if (spot.line == 0)
		spot.line = given->line;
	if (count == 0)
		return config_refuse(context, CONFIG_NO_SECRET, spot,
		    "is missing");
	for (i = 0; status == CONFIG_OK && i < count; i++) {
		status = check(context, spot, texts[i]);
		if (status == CONFIG_OK)
			status = add(context, list, texts[i]);
	}
	return status;
}

static bool
is_among(const char *text, const char *const *known, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(text, known[i]) == 0)
			return true;
	return false;
}

#define IS_AMONG(text, known) \
	is_among(text, known, sizeof known / sizeof known[0])

static void
warn_of_token(const struct config_context *context,
    const struct endpoint *endpoint)
{
	const char *whose = NULL;

	if (IS_AMONG(endpoint->verify_token, known_tokens))
		whose = "Meta's";
	else if (IS_AMONG(endpoint->verify_token, placeholders))
		whose = "hookline's own";
	if (whose != NULL)
		config_warn(context, "endpoint %s: the verify token is one "
		    "that %s documents show: make your own", endpoint->path,
		    whose);
}

static void
warn_of_secret(const struct config_context *context,
    const struct endpoint *endpoint, const char *secret)
{
	if (IS_AMONG(secret, placeholders))
		config_warn(context, "endpoint %s: an app secret is one that "
		    "hookline's own documents show: take Meta's, from the "
		    "app's Basic Settings", endpoint->path);
	else if (strlen(secret) < SECRET_SHORT)
		config_warn(context, "endpoint %s: an app secret has fewer "
		    "than %d characters", endpoint->path, SECRET_SHORT);
}

static void
warn_of_endpoint(const struct config_context *context,
    const struct endpoint *endpoint)
{
	size_t i;

	for (i = 0; i < endpoint->secret_count; i++)
		warn_of_secret(context, endpoint, endpoint->app_secrets[i]);
	warn_of_token(context, endpoint);
}

void
config_weak(const struct config *config,
    void (*warn)(void *argument, const char *text), void *argument)
{
	const struct config_search search = { .warn = warn,
	    .warn_argument = argument };
	const struct config_context context = { .search = &search };
	size_t i;

	for (i = 0; i < config->endpoint_count; i++)
		warn_of_endpoint(&context, &config->endpoints[i]);
}

enum config_status
config_secrets_take(const struct config_context *context,
    const struct config_secrets *given, struct endpoint *endpoint)
{
	struct list tokens = { .most = 1 };
	struct list secrets = { .most = CONFIG_SECRETS_MAX };
	enum config_status status;

	status = take_texts(context, given, KEY_VERIFY_TOKEN, &given->token,
	    given->token != NULL, endpoint->verify_token_file, &tokens);
	if (status == CONFIG_OK)
		status = take_texts(context, given, KEY_APP_SECRET,
		    given->secrets, given->secret_count,
		    endpoint->app_secret_file, &secrets);
	/* On failure too: config_free() wipes them. */
	if (tokens.count > 0)
		endpoint->verify_token = tokens.items[0];
	free(tokens.items);
	endpoint->app_secrets = secrets.items;
	endpoint->secret_count = secrets.count;
	return status;
}
