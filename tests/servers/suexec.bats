#!/usr/bin/env bats
# suexec.bats: hookline on shared hosting, with the .htaccess that users get.
#
#   HOOKLINE_FCGI   the program; build/asan/hookline.fcgi by default

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"
# shellcheck source=tests/servers/lib/shared-hosting.bash
source "$HELPERS/shared-hosting.bash"

SETUP=shared-hosting
export TARGET=/hookline/events
query="hub.mode=subscribe&hub.challenge=77&hub.verify_token"

setup_file() {
	lack=$(no_hosting)
	export lack
	if [ -n "$lack" ]; then
		return 0
	fi
	hosting_new "$CHECKED"
	home_new
	share
}

setup() {
	if [ -n "$lack" ]; then
		skip "$lack"
	fi
	hosting_use "$SCRATCH"
	home_new
	home_install
	settings | customer_file "$home/hookline/hookline.conf" 0600
	before=$(count_lines)
	fresh "$S/body"
}

teardown_file() {
	end_shared stop_hosting
}

# settings [DIRECTORY]
settings() {
	cat <<-END
		directory = "${1:-journal}"
		endpoint "*" {
			verify_token = "$TOKEN"
			app_secret = "$SECRET"
		}
	END
}

# works [WORD [CURL OPTIONS...]]: hookline verifies and stores.
works() {
	ask "$TARGET" "${@:2}"
	answered 200 ready
	ask "$TARGET?$query=$TOKEN" "${@:2}"
	echoed 77
	fresh "$S/body" "${1:-one}"
	post "$S/body" "${@:2}"
	answered 200 ok
	stored "$S/body" '"page"' "$(sign "$S/body")" '\*'
}

# The answer is the host's own page, without anything from hookline.
host_says() {
	[ "$STATUS" = "$1" ] || fail "answered $STATUS, not $1" || return
	grep -qi '<html' "$S/answer.body"
}

@test "the host is realistic: suEXEC, no HOME, only CGI's variables" {
	customer_file "$site/hookline/probe.cgi" 0755 <<-'END'
		#!/bin/sh
		printf 'Content-Type: text/plain\r\n\r\n'
		id -u
		env
	END
	customer_file "$site/hookline/.htaccess" <<-'END'
		Options +ExecCGI
		AddHandler cgi-script .cgi
		SetEnv HOOKLINE_CONFIG /nowhere
	END
	ask /hookline/probe.cgi
	[ "$STATUS" = 200 ]
	[ "$(head -n 1 "$S/answer.body")" = $CUSTOMER ]
	grep -q '^GATEWAY_INTERFACE=' "$S/answer.body"
	run ! grep -qE '^(HOME|HOOKLINE_)' "$S/answer.body"
	grep -q "cmd: probe.cgi" "$S/log/suexec.log"
}

@test "verification and notifications, beside a site with its own rewrite rules" {
	works
	added 1
	post "$S/body"
	answered 200 ok
	added 1
	ask "$TARGET?$query=wrong"
	answered 403 forbidden
	post_signature "$(sign "$S/body" not-the-secret)" "$S/body"
	answered 401 unauthorized
	added 1
	ask /hookline/hookline.fcgi
	answered 200 ready
	ask /anything/else
	[ "$STATUS" = 200 ]
	grep -qx 'page of the site' "$S/answer.body"
}

@test "the files of the journal belong to the customer" {
	works
	[ "$(stat -c '%u:%g %a' "$live")" = "$CUSTOMER:$CUSTOMER 640" ]
	[ -z "$(find "$home" ! -uid $CUSTOMER)" ]
	[ -z "$(find "$site" -newer "$home/hookline/hookline.conf" -type f)" ]
}

@test "a body of 3 MB" {
	{
		printf '{"object":"page","entry":["'
		head -c 3145000 /dev/zero | tr '\0' x
		printf '%s"]}' "$BATS_TEST_NUMBER"
	} >"$S/body"
	post "$S/body"
	answered 200 ok
	stored "$S/body" '"page"' "$(sign "$S/body")" '\*'
	added 1
}

@test "hookline, not the host, refuses a path that is not the callback" {
	head -c $((4 * 1024 * 1024 + 1)) /dev/zero | tr '\0' ' ' >"$S/body"
	post "$S/body"
	answered 413 too-large
	ask "$TARGET?--version"
	answered 200 ready
	ask "$TARGET" -X PUT
	answered 405 method-not-allowed
}

@test "the configuration is found in every place, in open and closed folders" {
	local place mode
	rm -r "$home/hookline"
	for place in hookline private/hookline priv/hookline .config/hookline .; do
		for mode in 0755 0700; do
			as_customer install -d -m "$mode" "$home/$place"
			if [ $place = . ]; then
				chmod 0755 "$home"
			fi
			settings | customer_file "$home/$place/hookline.conf" 0600
			journal=$home/$place/journal
			live=$journal/notifications.jsonl
			works "$mode" || fail "in $place, $mode" || return
			[ "$(count_lines)" = 1 ]
			rm -r "$home/$place/hookline.conf" "$journal"
		done
	done
	ask "$TARGET"
	answered 503 no-config
}

@test "a home in whose top its owner cannot write: private/" {
	rm -r "$home/hookline"
	as_customer install -d -m 0700 "$home/private"
	chown root:root "$home"
	run ! as_customer mkdir "$home/hookline"
	as_customer mkdir "$home/private/hookline"
	settings | customer_file "$home/private/hookline/hookline.conf" 0600
	journal=$home/private/hookline/journal
	live=$journal/notifications.jsonl
	works
	added 1
}

@test "a site outside the home: the owner's home in /etc/passwd counts" {
	local place
	site_install "$outside"
	rm -r "$home/hookline"
	for place in hookline private/hookline priv/hookline .config/hookline; do
		as_customer install -d -m 0700 "$home/$place"
		settings | customer_file "$home/$place/hookline.conf" 0600
		journal=$home/$place/journal
		live=$journal/notifications.jsonl
		works one -H 'Host: outside' || fail "in $place" || return
		added 1
		rm -r "${home:?}/$place"
	done
	ask "$TARGET" -H 'Host: outside'
	answered 503 no-config
	# A file inside the customer's other site is not in this site's document
	# root.
	as_customer install -d "$site/hookline"
	settings | customer_file "$site/hookline/hookline.conf" 0600
	ask "$TARGET" -H 'Host: outside'
	answered 503 no-config
}

@test "a site outside the home with FastCGI: a changed configuration is noticed" {
	site_install "$outside"
	sed -e '/^<Files/,/^<\/Files/d' -e '/^#<Files/,/^#<\/Files/s/^#//' \
	    "$ROOT/apache-conf/hookline.htaccess" |
	    customer_file "$outside/hookline/.htaccess"
	works first -H 'Host: outside'
	settings | sed 's/verify_token.*/verify_token = "another-token"/' |
	    customer_file "$home/hookline/hookline.conf" 0600
	ask "$TARGET?$query=another-token" -H 'Host: outside'
	echoed 77
	fresh "$S/body" second
	post "$S/body" -H 'Host: outside'
	answered 200 ok
	added 2
}

@test "the same .htaccess, whatever the host allows for symbolic links" {
	local name override
	while IFS='|' read -r name override _; do
		[ "$override" != None ] || continue
		site_install "$home/$name"
		works "$name" -H "Host: $name" || fail "at $name" || return
	done < <(other_sites)
	added 5
}

@test "only cgi-bin: without .htaccess, the configuration is found" {
	site_install "$home/no-override"
	ask "$TARGET?$query=$TOKEN" -H 'Host: no-override'
	[ "$STATUS" != 200 ]
	as_customer install -d -m 0755 "$home/cgi-bin"
	customer_file "$home/cgi-bin/hookline.fcgi" 0755 <"$S/lib/hookline.fcgi"
	for TARGET in /cgi-bin/hookline.fcgi /cgi-bin/hookline.fcgi/events; do
		works "$TARGET"
	done
	added 2
	ask "$TARGET?--version"
	answered 200 ready
}

@test "only cgi-bin: the starter, with program and configuration anywhere" {
	as_customer install -d -m 0755 "$home/cgi-bin" "$home/some/where/web"
	as_customer mv "$home/hookline/hookline.conf" "$home/some/where/"
	customer_file "$home/some/where/web/hookline.fcgi" 0755 \
	    <"$S/lib/hookline.fcgi"
	sed "s|/home/you/hookline|$home/some/where|" \
	    "$ROOT/cgi/dist/hookline.cgi" |
	    customer_file "$home/cgi-bin/hookline.cgi" 0755
	journal=$home/some/where/journal
	live=$journal/notifications.jsonl
	TARGET=/cgi-bin/hookline.cgi
	works
	added 1
	ask "$TARGET?--version"
	answered 200 ready
	ask "$TARGET?hub.mode=subscribe+x;touch+here"
	answered 400 bad-request
}

@test "the configuration is not searched for inside the site" {
	rm "$home/hookline/hookline.conf"
	as_customer install -d "$site/.config/hookline" "$site/hookline/hookline"
	settings | customer_file "$site/hookline.conf" 0600
	for place in .config/hookline hookline hookline/hookline; do
		settings | customer_file "$site/$place/hookline.conf" 0600
	done
	ask "$TARGET"
	answered 503 no-config
	post "$S/body"
	answered 503 unavailable
	added 0
}

@test "a journal or a secret inside the site is refused" {
	settings "$site/journal" |
	    customer_file "$home/hookline/hookline.conf" 0600
	ask "$TARGET"
	answered 503 unsafe-config
	post "$S/body"
	answered 503 unavailable
	[ ! -e "$site/journal" ]
	echo "$SECRET" | customer_file "$site/secret" 0600
	settings | sed "s|app_secret .*|app_secret_file = \"$site/secret\"|" |
	    customer_file "$home/hookline/hookline.conf" 0600
	ask "$TARGET"
	answered 503 unsafe-config
	post "$S/body"
	answered 503 unavailable
	as_customer ln -s "$site" "$home/hookline/journal"
	settings | customer_file "$home/hookline/hookline.conf" 0600
	ask "$TARGET"
	answered 503 unsafe-config
	[ "$(ls -A "$site")" = $'.htaccess\nhookline\nindex.txt\nsecret' ]
}

@test "a configuration that others may read is made private" {
	chmod 0644 "$home/hookline/hookline.conf"
	works
	[ "$(stat -c %a "$home/hookline/hookline.conf")" = 640 ]
}

@test "modes that suEXEC or Apache refuse: never answered 200" {
	chmod 0775 "$site/hookline"
	post "$S/body"
	host_says 500
	chmod 0700 "$site/hookline"
	post "$S/body"
	host_says 403
	chmod 0755 "$site/hookline"
	chmod 0775 "$site/hookline/hookline.fcgi"
	post "$S/body"
	host_says 500
	chmod 0644 "$site/hookline/hookline.fcgi"
	post "$S/body"
	host_says 500
	added 0
	chmod 0755 "$site/hookline/hookline.fcgi"
	works
}

@test "a folder with the name of the URL causes a redirect, as INSTALL.txt says" {
	as_customer mkdir "$site/hookline/events"
	ask "$TARGET?$query=$TOKEN"
	host_says 301
	post "$S/body"
	host_says 301
	added 0
}

@test "without .htaccess the program is just a file" {
	rm "$site/hookline/.htaccess"
	ask "$TARGET?$query=$TOKEN"
	run ! grep -qx 77 "$S/answer.body"
	post "$S/body"
	added 0
}

@test "the commented lines of .htaccess: mod_fcgid" {
	local pid count=0
	sed -e '/^<Files/,/^<\/Files/d' -e '/^#<Files/,/^#<\/Files/s/^#//' \
	    "$ROOT/apache-conf/hookline.htaccess" |
	    customer_file "$site/hookline/.htaccess"
	grep -q '^.SetHandler fcgid-script' "$site/hookline/.htaccess"
	works first
	works second
	added 2
	# One process serves two requests, and belongs to the customer.
	for pid in $(pgrep -u "$CUSTOMER" -f hookline.fcgi); do
		[ "$(readlink "/proc/$pid/cwd")" != "$site/hookline" ] ||
		    count=$((count + 1))
	done
	[ $count = 1 ]
}

#
# The inbox
#

# inbox_install FOLDER: puts it beside hookline, as INSTALL.txt says.
inbox_install() {
	as_customer install -d -m 0755 "$1/hookline-inbox"
	customer_file "$1/hookline-inbox/hookline-inbox.fcgi" 0755 \
	    <"$ROOT/build/hookline-inbox.fcgi"
	customer_file "$1/hookline-inbox/.htaccess" \
	    <"$ROOT/apache-conf/hookline-inbox.htaccess"
}

# inbox [CURL OPTIONS...]: saves record 1, with the password.
inbox() {
	ask '/hookline-inbox/?get=payload&seq=1' \
	    -H "Authorization: Basic $PANEL_LOGIN" "$@"
}

@test "the inbox, with a password by the panel or of its own" {
	local name override page=/hookline-inbox/
	works first
	cp "$S/body" "$S/first"
	inbox_install "$site"
	inbox
	[ "$STATUS $(head -n 1 "$S/answer.body")" = '403 not-protected' ]
	panel_protects "$site/hookline-inbox"
	inbox
	cmp "$S/first" "$S/answer.body"
	for name in '' hookline-inbox.fcgi .htaccess .htpasswd nothing; do
		ask "$page$name"
		[ "$STATUS" = 401 ]
	done
	# Nothing of the folder but the page can be had.
	ask "${page}.htaccess" -H "Authorization: Basic $PANEL_LOGIN"
	run ! grep -q Rewrite "$S/answer.body"
	ask "$TARGET"
	answered 200 ready
	# Our own lines, with the path filled in, do the same.
	sed "s|/home/you/public_html|$site|" \
	    "$ROOT/apache-conf/hookline-inbox.htaccess" |
	    customer_file "$site/hookline-inbox/.htaccess"
	customer_file "$site/hookline-inbox/.htpasswd" <"$home/.htpasswds/passwd"
	ask "$page"
	[ "$STATUS" = 401 ]
	inbox
	cmp "$S/first" "$S/answer.body"
	while IFS='|' read -r name override _; do
		[ "$override" != None ] || continue
		inbox_install "$home/$name"
		panel_protects "$home/$name/hookline-inbox"
		inbox -H "Host: $name"
		cmp "$S/first" "$S/answer.body" || fail "at $name" || return
	done < <(other_sites)
}
