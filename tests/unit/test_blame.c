#include "hookctl/blame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define APACHE "Apache/2.4.57 (Debian)"
#define NGINX "nginx/1.22.1"
#define LIGHTTPD "lighttpd/1.4.69"

static struct blame_facts
facts_of(int status, bool get, const char *server, size_t sent)
{
	return (struct blame_facts){ .status = status, .get = get,
	    .server = server, .word = "", .sent = sent, .rule = "" };
}

static void
is(const struct blame_facts *facts, const char *name)
{
	assert_string_equal(blame_find(facts)->name, name);
}

static void
post_is(int status, const char *server, size_t sent, const char *name)
{
	struct blame_facts facts = facts_of(status, false, server, sent);

	is(&facts, name);
}

/* With this head and body of the answer, each in any case. */
static void
page_is(int status, bool get, const char *head, const char *body,
    const char *name)
{
	struct blame_facts facts = facts_of(status, get, "", get ? 0 : 100);

	facts.head = (struct span){ head, strlen(head) };
	facts.body = (struct span){ body, strlen(body) };
	is(&facts, name);
}

static void
own_is(int status, bool get, const char *word, const char *name)
{
	struct blame_facts facts = facts_of(status, get, APACHE,
	    get ? 0 : 132000);

	facts.word = word;
	is(&facts, name);
}

static void
each_server_has_its_limit(void **state)
{
	(void)state;
	post_is(413, NGINX, 132000, "client_max_body_size");
	post_is(413, NGINX, 0, "client_max_body_size");
	post_is(413, LIGHTTPD, 3145728, "server.max-request-size");
	post_is(413, APACHE, 3145728, "LimitRequestBody");
	post_is(413, APACHE, 132000, "ModSecurity");
	post_is(413, APACHE, 131072, "LimitRequestBody");
	post_is(413, "", 132000, "limit");
	post_is(408, APACHE, 132000, "time");
	post_is(499, NGINX, 0, "Meta hung up");
}

static void
above_128_kib_a_500_is_by_mod_fcgid(void **state)
{
	(void)state;
	post_is(500, APACHE, 131073, "FcgidMaxRequestLen");
	post_is(500, APACHE, 131072, "program");
	post_is(500, APACHE, 0, "program");
	post_is(500, "", 3145728, "FcgidMaxRequestLen");
}

static void
a_refused_notification_is_by_mod_security(void **state)
{
	struct blame_facts facts = facts_of(403, false, APACHE, 600);

	(void)state;
	is(&facts, "ModSecurity");
	assert_null(strstr(blame_find(&facts)->mend, "930120"));
	facts.rule = "930120";
	is(&facts, "ModSecurity");
	assert_non_null(strstr(blame_find(&facts)->mend,
	    "SecRuleRemoveById 930120"));
	post_is(406, APACHE, 600, "ModSecurity");
	post_is(400, APACHE, 60000, "ModSecurity");
	post_is(400, NGINX, 60000, "bad request");
	post_is(400, LIGHTTPD, 60000, "bad request");
	page_is(403, true, "", "", "denied");
}

static void
what_is_before_the_server(void **state)
{
	struct blame_facts facts = facts_of(403, false, "cloudflare", 600);

	(void)state;
	is(&facts, "Cloudflare");
	post_is(522, "cloudflare", 600, "Cloudflare");
	page_is(403, false, "HTTP/1.1 403 Forbidden\r\nCF-RAY: 8\r\n", "",
	    "Cloudflare");
	page_is(503, true, "cf-mitigated: challenge\r\n", "", "Cloudflare");
	page_is(403, true, "", "<p>Please solve the CAPTCHA</p>", "captcha");
	page_is(200, true, "", "<div class=\"h-captcha\">", "captcha");
	post_is(429, NGINX, 600, "rate limit");
}

static void
what_else_has_the_path(void **state)
{
	(void)state;
	page_is(401, true, "WWW-Authenticate: Basic realm=\"x\"\r\n", "",
	    "password");
	page_is(401, false, "", "", "password");
	page_is(301, false, "Location: /x\r\n", "", "redirect");
	page_is(404, true, "", "<link href=/wp-content/x.css>", "WordPress");
	page_is(404, true, "", "Not Found", "not found");
	page_is(405, false, "", "", "method");
	page_is(200, true, "", "<input type=password>", "login");
	page_is(200, true, "", "<html>It works!", "other page");
	page_is(200, false, "", "<html>It works!", "lost");
	page_is(204, false, "", "", "other page");
	page_is(400, true, "", "You're speaking plain HTTP to an SSL", "https");
	page_is(400, true, "Server: x\r\n",
	    "No required SSL certificate was sent <hr>nginx", "client "
	    "certificate");
}

static void
no_process_answers(void **state)
{
	(void)state;
	post_is(502, NGINX, 600, "no process");
	post_is(503, APACHE, 600, "no process");
	post_is(504, "", 600, "no process");
	/* Its name on the page is enough. */
	page_is(502, true, "", "<center>nginx</center>", "no process");
	post_is(418, "", 600, "unknown");
	post_is(0, "", 600, "unknown");
}

static void
hookline_itself_refused(void **state)
{
	(void)state;
	own_is(413, false, "too-large", "max_body");
	own_is(400, false, "bad-request", "LimitRequestBody");
	own_is(403, false, "forbidden", "client certificate");
	own_is(404, true, "not-found", "no endpoint");
	own_is(503, false, "unavailable", "hookline's 503");
}

static void
only_the_beginning_of_a_page_is_read(void **state)
{
	static char page[70000];
	struct blame_facts facts = facts_of(404, true, "", 0);

	(void)state;
	memset(page, ' ', sizeof page);
	memcpy(page + sizeof page - 10, "wp-content", 10);
	facts.body = (struct span){ page, sizeof page };
	is(&facts, "not found");
	memcpy(page + 65526, "wp-content", 10);
	is(&facts, "WordPress");
	facts.body.length = 65535;
	is(&facts, "not found");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_server_has_its_limit),
		cmocka_unit_test(above_128_kib_a_500_is_by_mod_fcgid),
		cmocka_unit_test(a_refused_notification_is_by_mod_security),
		cmocka_unit_test(what_is_before_the_server),
		cmocka_unit_test(what_else_has_the_path),
		cmocka_unit_test(no_process_answers),
		cmocka_unit_test(hookline_itself_refused),
		cmocka_unit_test(only_the_beginning_of_a_page_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
