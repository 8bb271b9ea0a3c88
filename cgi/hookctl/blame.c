#include "hookctl/blame.h"

#include <string.h>
#include <strings.h>

#define KIBI_128 ((size_t)131072)	/* limit of mod_fcgid, of ModSecurity */
#define MILLION ((size_t)1000000)
#define BODY_LOOKED_AT ((size_t)65536)

#define SWITCH_OFF "switch it off for this domain (panel), or "
#define REMOVE_RULES SWITCH_OFF "SecRuleRemoveById with the ids in its log"
#define MODSECURITY ", and not hookline's: ModSecurity, as a rule"
#define SERVER_LOG "the server's error log says more"
#define GIVE_PATH "an Alias, a location or a RewriteRule must give this path " \
	"to hookline"
#define CLOUDFLARE_SKIP "Security > WAF > Custom rules: skip everything for " \
	"this path"

/* Which requests a row is about. */
enum method { ANY, GET, POST };

/* All conditions that are given must hold. The first row for which they do is
 * the cause. */
struct row {
	int status, most;	/* a range; most 0: this status alone */
	enum method method;
	size_t over;		/* more bytes than this were sent */
	const char *server;	/* part of the server's name */
	const char *head;	/* a header's name, with its colon */
	const char *body;	/* part of the answer's body */
	const char *rule;
	struct blame blame;
};

/* hookline itself answered, with this word. */
static const struct own {
	const char *word;
	enum method method;
	struct blame blame;
} own[] = {
	{ "too-large", ANY, { "max_body",
	    " by hookline itself: max_body in hookline.conf",
	    "max_body = \"4M\" is enough for all that Meta sends" } },
	{ "bad-request", POST, { "LimitRequestBody",
	    " by hookline itself: the body did not arrive whole",
	    "Apache: LimitRequestBody 8388608 for this path; mod_fcgid passes "
	    "on nothing of a larger body" } },
	{ "forbidden", POST, { "client certificate",
	    " by hookline itself: it wants Meta's client certificate",
	    NULL } },
	{ "not-found", ANY, { "no endpoint",
	    " by hookline itself: its configuration has no endpoint for this "
	    "path", "endpoint \"/path\" in hookline.conf is the path of the "
	    "URL, to the byte" } },
	{ "unavailable", ANY, { "hookline's 503",
	    " by hookline itself: it has no usable configuration, or cannot "
	    "store", "its log says why; so does hookctl check on that "
	    "machine" } },
};

static const struct row rows[] = {
	/* Before the server. */
	{ .status = 520, .most = 527, .blame = { "Cloudflare",
	    " by Cloudflare: the server after it does not answer",
	    SERVER_LOG } },
	{ .status = 400, .most = 503, .head = "cf-mitigated:", .blame = {
	    "Cloudflare", " by Cloudflare, which wants to see a browser",
	    CLOUDFLARE_SKIP } },
	{ .status = 403, .server = "cloudflare", .blame = { "Cloudflare",
	    " by Cloudflare: its firewall", CLOUDFLARE_SKIP } },
	{ .status = 403, .head = "cf-ray:", .blame = { "Cloudflare",
	    " by Cloudflare: its firewall", CLOUDFLARE_SKIP } },
	{ .status = 200, .most = 503, .body = "captcha", .blame = { "captcha",
	    ", and not hookline's: a page with a captcha, for robots",
	    "exempt this path from the check for robots (panel, plugin)" } },
	{ .status = 429, .blame = { "rate limit",
	    ", and not hookline's: too many requests",
	    "exempt this path from the limit" } },

	/* Something else has the path. */
	{ .status = 401, .server = "nginx", .blame = { "password",
	    " by nginx: there is a password on this path",
	    "auth_basic off; in this location" } },
	{ .status = 401, .head = "www-authenticate:", .blame = { "password",
	    ", and not hookline's: there is a password on this folder",
	    "take it off for this path (panel), or Require all granted in its "
	    "<Location>; the inbox belongs in a folder of its own" } },
	{ .status = 401, .blame = { "password",
	    ", and not hookline's: something there wants a password",
	    "take it off for this path" } },
	{ .status = 300, .most = 399, .blame = { "redirect",
	    ": a redirect, and Meta does not follow redirects",
	    "the address that it leads to belongs in the App Dashboard" } },
	{ .status = 404, .body = "wp-content", .blame = { "WordPress",
	    " by WordPress, which takes every path that is not a file",
	    "give this path to hookline before WordPress's rules, or use a "
	    "subdomain" } },
	{ .status = 404, .blame = { "not found",
	    ", and not hookline's: the server does not know this path",
	    GIVE_PATH "; is it in the right site?" } },
	{ .status = 405, .blame = { "method",
	    ", and not hookline's: a file or a page is there", GIVE_PATH } },
	{ .status = 200, .most = 299, .method = GET, .body = "password",
	    .blame = { "login", ", and not hookline's: a login page",
	    "exempt this path from the login" } },
	{ .status = 200, .most = 299, .method = GET, .blame = { "other page",
	    ", and not hookline's: another page is there", GIVE_PATH } },
	{ .status = 201, .most = 299, .method = POST, .blame = { "other page",
	    ", and not hookline's: another page is there, and Meta wants 200",
	    GIVE_PATH } },
	{ .status = 200, .method = POST, .blame = { "lost",
	    ", and not hookline's: Meta takes this for stored, and it is lost",
	    "something else answers notifications at this path" } },

	/* A request that it does not like. */
	{ .status = 400, .body = "plain HTTP", .blame = { "https",
	    ": this port speaks https", "the URL must begin with https://" } },
	{ .status = 400, .server = "nginx", .body = "SSL certificate",
	    .blame = { "client certificate",
	    " by nginx: it wants a client certificate for everything",
	    "ssl_verify_client optional; hookline asks for it where it must "
	    "be" } },
	{ .status = 400, .method = POST, .server = "nginx", .blame = {
	    "bad request", " by nginx, which could not read the request",
	    SERVER_LOG } },
	{ .status = 400, .method = POST, .server = "lighttpd", .blame = {
	    "bad request", " by lighttpd, which could not read the request",
	    SERVER_LOG } },
	{ .status = 400, .method = POST, .blame = { "ModSecurity",
	    ", and not hookline's: one of ModSecurity's limits, as a rule",
	    SWITCH_OFF "raise SecArgumentsLimit" } },
	{ .status = 403, .method = GET, .blame = { "denied",
	    ", and not hookline's: the server denies access to this path",
	    "Apache: Require all granted; nginx, lighttpd: no deny for it; "
	    "the program must be executable" } },
	{ .status = 403, .method = POST, .rule = "930120", .blame = {
	    "ModSecurity", MODSECURITY,
	    SWITCH_OFF "SecRuleRemoveById 930120" } },
	{ .status = 403, .method = POST, .blame = { "ModSecurity",
	    MODSECURITY, REMOVE_RULES } },
	{ .status = 406, .method = POST, .blame = { "ModSecurity",
	    MODSECURITY, REMOVE_RULES } },
	{ .status = 501, .method = POST, .blame = { "ModSecurity",
	    MODSECURITY, REMOVE_RULES } },

	/* Its limits. */
	{ .status = 413, .server = "nginx", .blame = { "client_max_body_size",
	    " by nginx: client_max_body_size 8m; in this location", NULL } },
	{ .status = 413, .server = "lighttpd", .blame = {
	    "server.max-request-size",
	    " by lighttpd: server.max-request-size = 8192 for this path",
	    NULL } },
	{ .status = 413, .server = "apache", .over = MILLION, .blame = {
	    "LimitRequestBody",
	    " by Apache: LimitRequestBody 8388608 for this path",
	    "or, with ModSecurity, SecRequestBodyNoFilesLimit 8388608" } },
	{ .status = 413, .server = "apache", .over = KIBI_128, .blame = {
	    "ModSecurity",
	    ", over 131,072 bytes: ModSecurity, as a rule",
	    SWITCH_OFF "SecRequestBodyNoFilesLimit 8388608; without it, "
	    "LimitRequestBody" } },
	{ .status = 413, .server = "apache", .blame = { "LimitRequestBody",
	    " by Apache: LimitRequestBody 8388608 for this path", NULL } },
	{ .status = 413, .blame = { "limit",
	    ", and not hookline's: the server limits the size of a body",
	    "8 MB is enough for all that Meta sends" } },
	{ .status = 500, .method = POST, .over = KIBI_128, .blame = {
	    "FcgidMaxRequestLen",
	    ", over 131,072 bytes: FcgidMaxRequestLen 8388608",
	    "in the server's configuration; if you have only .htaccess, run "
	    "hookline as CGI" } },
	{ .status = 408, .blame = { "time",
	    ", and not hookline's: the body came too slowly",
	    "Apache: RequestReadTimeout; nginx: client_body_timeout" } },

	{ .status = 499, .blame = { "Meta hung up",
	    ": Meta did not wait any longer for the answer",
	    "hookctl stats shows how long answers take" } },

	/* The program. */
	{ .status = 500, .blame = { "program",
	    ", and not hookline's: the program did not start, or ended",
	    SERVER_LOG } },
	{ .status = 502, .most = 504, .server = "nginx", .blame = {
	    "no process", " by nginx: no process of hookline answers it",
	    "systemctl status hookline.socket hookline.service" } },
	{ .status = 502, .most = 504, .blame = { "no process",
	    ", and not hookline's: no process of hookline answers the server",
	    SERVER_LOG } },

	{ .status = 0, .most = 999, .blame = { "unknown",
	    ", and not hookline's", SERVER_LOG } },
};

/* Whether `text` is in the span, ASCII case aside. */
static bool
contains(struct span span, const char *text)
{
	size_t length = strlen(text), i;

	for (i = 0; i + length <= span.length; i++)
		if (strncasecmp(span.bytes + i, text, length) == 0)
			return true;
	return false;
}

/* Servers that hide their name often have it on their error pages. */
static bool
is_server(const struct blame_facts *facts, struct span body, const char *name)
{
	struct span server = { facts->server, strlen(facts->server) };

	return contains(server, name) || contains(body, name);
}

static bool
is_method(const struct blame_facts *facts, enum method method)
{
	return method == ANY || facts->get == (method == GET);
}

static bool
fits(const struct row *row, const struct blame_facts *facts, struct span body)
{
	int most = row->most != 0 ? row->most : row->status;

	return facts->status >= row->status && facts->status <= most &&
	    is_method(facts, row->method) &&
	    (row->over == 0 || facts->sent > row->over) &&
	    (row->server == NULL || is_server(facts, body, row->server)) &&
	    (row->head == NULL || contains(facts->head, row->head)) &&
	    (row->body == NULL || contains(body, row->body)) &&
	    (row->rule == NULL || strcmp(row->rule, facts->rule) == 0);
}

static const struct blame *
find_own(const struct blame_facts *facts)
{
	size_t i;

	for (i = 0; i < sizeof own / sizeof own[0]; i++)
		if (strcmp(own[i].word, facts->word) == 0 &&
		    is_method(facts, own[i].method))
			return &own[i].blame;
	return NULL;
}

const struct blame *
blame_find(const struct blame_facts *facts)
{
	const struct blame *blame = find_own(facts);
	struct span body = facts->body;
	const struct row *row = rows;

	if (blame != NULL)
		return blame;
	if (body.length > BODY_LOOKED_AT)
		body.length = BODY_LOOKED_AT;
	/* The last row fits everything. */
	while (!fits(row, facts, body))
		row++;
	return &row->blame;
}
