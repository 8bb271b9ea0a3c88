#include "config/internal.h"

#define K UINT64_C(1024)
#define HOUR UINT64_C(3600)
#define LONGEST 1000		/* of texts without a limit of their own */

#define GENERAL(place) .member = offsetof(struct config, place)
#define ENDPOINT(place) .member = offsetof(struct endpoint, place)
#define RELAY(place) .member = offsetof(struct relay, place)

static const struct config_unit no_units[] = { { "", 1 }, { NULL, 0 } };
static const struct config_unit size_units[] = { { "", 1 }, { "K", K },
    { "M", K * K }, { "G", K * K * K }, { NULL, 0 } };
static const struct config_unit short_units[] = { { "ms", 1 }, { "s", 1000 },
    { NULL, 0 } };
static const struct config_unit time_units[] = { { "s", 1 }, { "m", 60 },
    { "h", HOUR }, { "d", 24 * HOUR }, { NULL, 0 } };

static const char *const booleans[] = { "false", "true", "no", "yes", "off",
    "on", NULL };
static const char *const rotate_words[] = { "never", "hour", "day", NULL };
static const char *const compress_words[] = { "none", "gzip", NULL };
static const char *const lines_words[] = { "notification", "update", NULL };
static const char *const unsigned_words[] = { "refuse", "accept", NULL };
static const char *const relayed_words[] = { "skip", "send", NULL };
static const char *const client_cert_words[] = { "off", "server", "alb",
    NULL };

static const char boolean_rule[] = "must be true or false";
static const char size_rule[] =
    "must be 0, or a size up to 1024G such as \"64M\"";
static const char path_rule[] = "must be a path of at most 1000 bytes";

const struct config_key config_general_keys[] = {
	{ .name = "directory", GENERAL(directory), .standard = "journal",
	  .read = config_read_text, .least = 1, .most = LONGEST,
	  .rule = "must be a path of 1 to 1000 bytes" },
	{ .name = "file_mode", GENERAL(journal.file_mode), .standard = "0640",
	  .read = config_read_mode,
	  .rule = "must be an octal mode such as \"0640\": the owner may read "
	    "and write, nobody may execute, others may not write" },
	{ .name = "rotate_size", GENERAL(journal.rotate_size),
	  .standard = "64M", .read = config_read_number, .units = size_units,
	  .least = 1, .most = K * K * K * K, .or_zero = true,
	  .rule = size_rule },
	{ .name = "rotate_every", GENERAL(journal.rotate_every),
	  .standard = "day", .read = config_read_word, .words = rotate_words,
	  .rule = "must be \"never\", \"hour\" or \"day\"" },
	{ .name = "keep_files", GENERAL(journal.keep_files), .standard = "0",
	  .read = config_read_number, .units = no_units, .most = 1000000000,
	  .rule = "must be a whole number from 0 to 1000000000, without "
	    "leading zeros" },
	{ .name = "keep_days", GENERAL(journal.keep_days), .standard = "0",
	  .read = config_read_number, .units = no_units, .most = 36500,
	  .rule = "must be a whole number from 0 to 36500, without leading "
	    "zeros" },
	{ .name = "keep_size", GENERAL(journal.keep_size), .standard = "0",
	  .read = config_read_number, .units = size_units,
	  .least = 1, .most = K * K * K * K, .or_zero = true,
	  .rule = size_rule },
	{ .name = "compress", GENERAL(journal.compress), .standard = "none",
	  .read = config_read_boolean, .words = compress_words,
	  .rule = "must be \"none\" or \"gzip\"" },
	{ .name = "lines", GENERAL(lines), .standard = "notification",
	  .read = config_read_word, .words = lines_words,
	  .rule = "must be \"notification\" or \"update\"" },
	{ .name = "duplicate_window", GENERAL(journal.window),
	  .standard = "7d", .read = config_read_number, .units = time_units,
	  .least = 36 * HOUR, .most = 366 * 24 * HOUR, .or_zero = true,
	  .rule = "must be 0, or a time from 36h to 366d such as \"7d\" "
	    "(s, m, h, d)" },
	{ .name = "max_body", GENERAL(max_body), .standard = "4M",
	  .read = config_read_number, .units = size_units,
	  .least = 1, .most = 256 * K * K,
	  .rule = "must be a size from 1 byte to 256M such as \"4M\"" },
	{ .name = "sync", GENERAL(journal.sync), .standard = "true",
	  .read = config_read_boolean, .words = booleans,
	  .rule = boolean_rule },
	{ .name = "nfs", GENERAL(journal.nfs), .standard = "false",
	  .read = config_read_boolean, .words = booleans,
	  .rule = boolean_rule },
	{ .name = "log_file", GENERAL(log_file), .standard = "",
	  .read = config_read_text, .most = LONGEST, .rule = path_rule },
	{ .name = "acknowledge", GENERAL(acknowledge), .standard = "disk",
	  .read = config_read_text, .most = LONGEST,
	  .accept = config_is_acknowledge,
	  .rule = "must be \"disk\" or the name of a relay" },
	{ .name = "acknowledge_within", GENERAL(acknowledge_within),
	  .standard = "2s", .read = config_read_number, .units = short_units,
	  .least = 100, .most = 9000, .rule = "must be a time from 100ms to "
	    "9s such as \"2s\" (ms, s)" },
	{ .name = NULL }
};

const struct config_key config_endpoint_keys[] = {
	[KEY_NAME] = { .name = "name", ENDPOINT(name), .standard = "",
	  .read = config_read_text, .most = 64, .accept = config_is_name,
	  .rule = "must be at most 64 of A-Z a-z 0-9 . _ / and -" },
	[KEY_UNSIGNED] = { .name = "unsigned", ENDPOINT(accept_unsigned),
	  .standard = "refuse",
	  .read = config_read_boolean, .words = unsigned_words,
	  .rule = "must be \"refuse\" or \"accept\"" },
	[KEY_VERIFY_TOKEN] = { .name = "verify_token", ENDPOINT(verify_tokens),
	  .read = config_read_secret, .most = CONFIG_SECRETS_MAX,
	  .list = true, .rule = "there are too many" },
	[KEY_VERIFY_TOKEN_FILE] = {
	  .name = "verify_token_file", ENDPOINT(verify_token_file),
	  .standard = "",
	  .read = config_read_text, .most = LONGEST, .rule = path_rule },
	[KEY_APP_SECRET] = { .name = "app_secret", ENDPOINT(app_secrets),
	  .read = config_read_secret, .most = CONFIG_SECRETS_MAX,
	  .list = true, .rule = "there are too many" },
	[KEY_APP_SECRET_FILE] = {
	  .name = "app_secret_file", ENDPOINT(app_secret_file),
	  .standard = "",
	  .read = config_read_text, .most = LONGEST, .rule = path_rule },
	{ .name = "allow_sha1", ENDPOINT(allow_sha1), .standard = "false",
	  .read = config_read_boolean, .words = booleans,
	  .rule = boolean_rule },
	{ .name = "client_cert", ENDPOINT(client_cert), .standard = "off",
	  .read = config_read_word, .words = client_cert_words,
	  .rule = "must be \"off\", \"server\" or \"alb\"" },
	{ .name = "client_cert_cn", ENDPOINT(client_cert_cn),
	  .standard = "client.webhooks.fbclientcerts.com",
	  .read = config_read_text, .least = 1, .most = LONGEST,
	  .rule = "must be a name of 1 to 1000 bytes" },
	{ .name = "app_id", ENDPOINT(app_id), .standard = "",
	  .read = config_read_text, .most = 32, .accept = config_is_digits,
	  .rule = "must be at most 32 digits" },
	{ .name = "callback_url", ENDPOINT(callback_url), .standard = "",
	  .read = config_read_text, .most = LONGEST, .accept = config_is_url,
	  .rule = "must begin with https:// or http://" },
	{ .name = NULL }
};

const struct config_key config_relay_keys[] = {
	[KEY_URL] = { .name = "url", RELAY(url), .standard = "",
	  .read = config_read_text, .most = LONGEST,
	  .accept = config_is_relay_url,
	  .rule = "must begin with https://, http:// or postgresql://, and "
	    "have a host" },
	[KEY_SIGN] = { .name = "sign", RELAY(sign), .standard = "",
	  .read = config_read_text, .most = CONFIG_PATH_LONGEST,
	  .rule = "must be the name of an endpoint, or \"\"" },
	[KEY_ENDPOINTS] = { .name = "endpoints", RELAY(endpoints),
	  .read = config_read_words, .most = CONFIG_WORDS_MAX, .list = true,
	  .rule = "must be names of endpoints, 100 at most" },
	[KEY_RELAYED] = { .name = "relayed", RELAY(relayed),
	  .read = config_read_boolean, .words = relayed_words,
	  .rule = "must be \"skip\" or \"send\"" },
	[KEY_REPLICAS] = { .name = "replicas", RELAY(replicas),
	  .standard = "0",
	  .read = config_read_number, .units = no_units, .most = 16,
	  .rule = "must be a whole number from 0 to 16" },
	{ .name = "objects", RELAY(objects),
	  .read = config_read_words, .most = CONFIG_WORDS_MAX, .list = true,
	  .rule = "must be words such as \"page\", 100 at most" },
	{ .name = "in_flight", RELAY(in_flight), .standard = "1",
	  .read = config_read_number, .units = no_units, .least = 1,
	  .most = 64, .rule = "must be a whole number from 1 to 64" },
	{ .name = "timeout", RELAY(timeout), .standard = "10s",
	  .read = config_read_number, .units = time_units, .least = 1,
	  .most = 600, .rule = "must be a time from 1s to 10m such as "
	    "\"10s\" (s, m)" },
	{ .name = "give_up", RELAY(give_up), .standard = "7d",
	  .read = config_read_number, .units = time_units, .least = 1,
	  .most = 366 * 24 * HOUR, .rule = "must be a time from 1s to 366d "
	    "such as \"7d\" (s, m, h, d)" },
	{ .name = "table", RELAY(table), .standard = "notifications",
	  .read = config_read_text, .least = 1, .most = 48,
	  .accept = config_is_table, .rule = "must be at most 48 of a-z 0-9 "
	    "and _, and begin with a letter" },
	{ .name = NULL }
};

_Static_assert(sizeof config_general_keys / sizeof config_general_keys[0] <=
    CONFIG_KEYS_MAX && sizeof config_endpoint_keys /
    sizeof config_endpoint_keys[0] <= CONFIG_KEYS_MAX &&
    sizeof config_relay_keys / sizeof config_relay_keys[0] <= CONFIG_KEYS_MAX,
    "lines of a section");
