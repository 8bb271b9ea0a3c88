#include "config/internal.h"

#define K UINT64_C(1024)
#define HOUR UINT64_C(3600)
#define LONGEST 1000		/* of texts that have no limit of their own */

#define GENERAL(member) offsetof(struct config, member)
#define ENDPOINT(member) offsetof(struct endpoint, member)

static const struct config_unit no_units[] = { { "", 1 }, { NULL, 0 } };
static const struct config_unit size_units[] = { { "", 1 }, { "K", K },
    { "M", K * K }, { "G", K * K * K }, { NULL, 0 } };
static const struct config_unit time_units[] = { { "s", 1 }, { "m", 60 },
    { "h", HOUR }, { "d", 24 * HOUR }, { NULL, 0 } };

static const char *const booleans[] = { "false", "true", "no", "yes", "off",
    "on", NULL };
static const char *const rotate_words[] = { "never", "hour", "day", NULL };
static const char *const compress_words[] = { "none", "gzip", NULL };
static const char *const lines_words[] = { "notification", "update", NULL };
static const char *const acknowledge_words[] = { "disk", NULL };
static const char *const client_cert_words[] = { "off", "server", "alb",
    NULL };
static const char *const web_schemes[] = { "https://", "http://", NULL };

static const char boolean_rule[] = "must be true or false";
static const char size_rule[] =
    "must be 0, or a size up to 1024G such as \"64M\"";
static const char path_rule[] = "must be a path of at most 1000 bytes";

const struct config_key config_general_keys[CONFIG_GENERAL_KEYS] = {
	{ .name = "directory", .read = config_read_text,
	  .member = GENERAL(directory), .standard = "journal",
	  .least = 1, .most = LONGEST,
	  .rule = "must be a path of 1 to 1000 bytes" },
	{ .name = "file_mode", .read = config_read_mode,
	  .member = GENERAL(journal.file_mode), .standard = "0640",
	  .rule = "must be an octal mode such as \"0640\": read and write for "
	    "the owner, execute for nobody, no write for the world" },
	{ .name = "rotate_size", .read = config_read_number,
	  .units = size_units, .member = GENERAL(journal.rotate_size),
	  .standard = "64M", .least = 1, .most = K * K * K * K, .or_zero = true,
	  .rule = size_rule },
	{ .name = "rotate_every", .read = config_read_word,
	  .member = GENERAL(journal.rotate_every), .standard = "day",
	  .words = rotate_words,
	  .rule = "must be \"never\", \"hour\" or \"day\"" },
	{ .name = "keep_files", .read = config_read_number,
	  .units = no_units, .member = GENERAL(journal.keep_files),
	  .standard = "0", .most = 1000000000,
	  .rule = "must be a whole number from 0 to 1000000000, without "
	    "zeros in front" },
	{ .name = "keep_days", .read = config_read_number,
	  .units = no_units, .member = GENERAL(journal.keep_days),
	  .standard = "0", .most = 36500,
	  .rule = "must be a whole number from 0 to 36500, without zeros in "
	    "front" },
	{ .name = "keep_size", .read = config_read_number,
	  .units = size_units, .member = GENERAL(journal.keep_size),
	  .standard = "0", .least = 1, .most = K * K * K * K, .or_zero = true,
	  .rule = size_rule },
	{ .name = "compress", .read = config_read_boolean,
	  .member = GENERAL(journal.compress), .standard = "none",
	  .words = compress_words, .rule = "must be \"none\" or \"gzip\"" },
	{ .name = "lines", .read = config_read_word,
	  .member = GENERAL(lines), .standard = "notification",
	  .words = lines_words,
	  .rule = "must be \"notification\" or \"update\"" },
	{ .name = "duplicate_window", .read = config_read_number,
	  .units = time_units, .member = GENERAL(journal.window),
	  .standard = "7d", .least = 36 * HOUR, .most = 366 * 24 * HOUR,
	  .or_zero = true,
	  .rule = "must be 0, or a time from 36h to 366d such as \"7d\" "
	    "(s, m, h, d)" },
	{ .name = "max_body", .read = config_read_number,
	  .units = size_units, .member = GENERAL(max_body),
	  .standard = "4M", .least = 1, .most = 256 * K * K,
	  .rule = "must be a size from 1 byte to 256M such as \"4M\"" },
	{ .name = "sync", .read = config_read_boolean,
	  .member = GENERAL(journal.sync), .standard = "true",
	  .words = booleans, .rule = boolean_rule },
	{ .name = "nfs", .read = config_read_boolean,
	  .member = GENERAL(journal.nfs), .standard = "false",
	  .words = booleans, .rule = boolean_rule },
	{ .name = "log_file", .read = config_read_text,
	  .member = GENERAL(log_file), .standard = "",
	  .most = LONGEST, .rule = path_rule },
	{ .name = "acknowledge", .read = config_read_word,
	  .member = GENERAL(acknowledge), .standard = "disk",
	  .words = acknowledge_words, .rule = "must be \"disk\"" },
};

const struct config_key config_endpoint_keys[CONFIG_ENDPOINT_KEYS] = {
	[KEY_VERIFY_TOKEN] = { .name = "verify_token" },
	[KEY_VERIFY_TOKEN_FILE] = { .name = "verify_token_file",
	  .read = config_read_text, .member = ENDPOINT(verify_token_file),
	  .standard = "", .most = LONGEST, .rule = path_rule },
	[KEY_APP_SECRET] = { .name = "app_secret" },
	[KEY_APP_SECRET_FILE] = { .name = "app_secret_file",
	  .read = config_read_text, .member = ENDPOINT(app_secret_file),
	  .standard = "", .most = LONGEST, .rule = path_rule },
	{ .name = "allow_sha1", .read = config_read_boolean,
	  .member = ENDPOINT(allow_sha1), .standard = "false",
	  .words = booleans, .rule = boolean_rule },
	{ .name = "client_cert", .read = config_read_word,
	  .member = ENDPOINT(client_cert), .standard = "off",
	  .words = client_cert_words,
	  .rule = "must be \"off\", \"server\" or \"alb\"" },
	{ .name = "client_cert_cn", .read = config_read_text,
	  .member = ENDPOINT(client_cert_cn),
	  .standard = "client.webhooks.fbclientcerts.com",
	  .least = 1, .most = LONGEST,
	  .rule = "must be a name of 1 to 1000 bytes" },
	{ .name = "app_id", .read = config_read_digits,
	  .member = ENDPOINT(app_id), .standard = "",
	  .most = 32, .rule = "must be at most 32 digits" },
	{ .name = "callback_url", .read = config_read_url,
	  .member = ENDPOINT(callback_url), .standard = "",
	  .most = LONGEST, .words = web_schemes,
	  .rule = "must begin with https:// or http://" },
};
