#!/usr/bin/env bats
# one-site.bats: hookline in only one of several sites, as the comments in the server
# files say.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

setup() {
	scratch_new "$SHIPPED"
	standard_config | configure
}

# The part below the ruler goes into the site; the rest is for the whole server.
start_apache-one-site() {
	shipped apache-conf/hookline-mod_fcgid.conf >"$S/etc/whole"
	sed '1,/^# -----/d' "$S/etc/whole" >"$S/etc/site.conf"
	shipped() {
		sed '/^# -----/,$d' "$S/etc/whole"
	}
	start_apache_fcgid hookline-mod_fcgid.conf '' "
		<VirtualHost 127.0.0.1:$PORT>
			ServerName hooks.example.com
			DocumentRoot $S/htdocs
			Include $S/etc/site.conf
		</VirtualHost>
		<VirtualHost 127.0.0.1:$PORT>
			ServerName other.example.com
			DocumentRoot $S/htdocs
		</VirtualHost>"
}

# The block goes into the site's block.
start_lighttpd-one-site() {
	shipped lighttpd-conf/hookline-fastcgi.conf >"$S/etc/whole"
	shipped() {
		sed -e 's/^\$HTTP\["url"\]/$HTTP["host"] == "hooks.example.com" {\n&/' \
		    -e '$s/$/\n}/' "$S/etc/whole"
	}
	start_lighttpd hookline-fastcgi.conf
}

# It answers in that site alone, for bodies of any size.
in_one_site() {
	SETUP=$1
	start_server
	ask /webhook -H 'Host: hooks.example.com'
	answered 200 ready
	{
		printf '{"object":"page","entry":["'
		head -c 3145728 /dev/zero | tr '\0' x
		printf '"]}'
	} >"$S/body"
	post "$S/body" -H 'Host: hooks.example.com'
	answered 200 ok
	ask /webhook -H 'Host: other.example.com'
	[ "$STATUS" = 404 ]
	run ! grep -q 'not-found' "$S/answer.body"
}

@test "Apache: the part below the ruler in one <VirtualHost>" {
	in_one_site apache-one-site
}

@test "lighttpd: the \$HTTP[\"url\"] block in one \$HTTP[\"host\"] block" {
	in_one_site lighttpd-one-site
}
