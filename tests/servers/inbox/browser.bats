#!/usr/bin/env bats
# browser.bats: the inbox in Chromium, behind lighttpd, and some cases behind Apache.
# Before the tests, browser.mjs goes through all cases in one browser. Each test then
# looks at the result of one case.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"
# shellcheck source=tests/servers/lib/inbox.bash
source "$HELPERS/inbox.bash"

SETUP=${SETUP:-inbox-browser}

# A receiver and the inbox in one server, as the README sets them up.
start_inbox-browser() {
	shipped lighttpd-conf/hookline-inbox.conf >"$S/etc/inbox.conf"
	start_lighttpd hookline-fastcgi.conf "include \"$S/etc/inbox.conf\""
}

start_inbox-browser-apache() {
	shipped apache-conf/hookline-inbox.conf >"$S/etc/inbox.conf"
	start_apache_fcgid hookline-mod_fcgid.conf "$apache_passwords" "
		$(default_site)
		Include $S/etc/inbox.conf"
}

# new_site SETUP PROGRAM: an empty journal, and both programs behind a server.
new_site() {
	SETUP=$1
	inbox_new "$2"
	WEBHOOK=/webhook
	rm -rf "$journal" && install -d -m 0750 "$journal"
	if [ "$EUID" = 0 ]; then
		chown "$WORKER:$WORKER_GROUP" "$journal"
	fi
	standard_config | configure
	mkdir "$S/browser"
}

# browse NAME...: runs the cases with these names, or all.
browse() {
	timeout 500 node "$BATS_TEST_DIRNAME/browser.mjs" "$ROOT/build/npm/node_modules" \
	    "http://127.0.0.1:$PORT" "$SECRET" "$S/browser" "$@" >"$S/said" 2>&1 ||
	    cat "$S/said"
}

setup_file() {
	new_site inbox-browser "$INBOX_CHECKED"
	share
	browse
}

setup() {
	inbox_use "$SCRATCH"
}

teardown_file() {
	end_shared
}

# The case with the name of this test passed.
said() {
	grep -qxF "ok $BATS_TEST_DESCRIPTION" "$S/said" && return
	awk -v line="not ok $BATS_TEST_DESCRIPTION" '$0 == line { found = 1; next }
	    !/^#/ { found = 0 } found' "$S/said"
	return 1
}

@test "every case has a test" {
	local name
	while IFS= read -r name; do
		grep -qF "@test \"$name\"" "$BATS_TEST_FILENAME" ||
		    fail "no test is called $name"
	done < <(sed -nE "s/^\tasync '(.*)'\(\) [{]\$/\1/p" \
	    "$BATS_TEST_DIRNAME/browser.mjs")
}

@test "the list is newest first, and a choice shows the record" {
	said
}

@test "times are local, and UTC on hover" {
	said
}

@test "older pages lead to the first record, and none is missing" {
	said
}

@test "one search and one choice, by keyboard alone" {
	said
}

@test "the same without JavaScript" {
	said
}

@test "a search that finds nothing says how far it looked" {
	said
}

@test "a new notification is announced within 4 seconds" {
	said
}

@test "live rests after 15 minutes without a key, and goes on" {
	said
}

@test "keys move through the list while it has the focus, and can be off" {
	said
}

@test "headings and the order of Tab are those of the page" {
	said
}

@test "an attack in every field stays text" {
	said
}

@test "3 MB are shown in part, and all of it when asked" {
	said
}

@test "what is copied as JSON and as the line is exact" {
	said
}

@test "what is copied as cURL passes the receiver" {
	said
}

@test "on a phone there are two pages, and Back returns to the row" {
	said
}

@test "small targets have 24 px" {
	said
}

@test "axe-core has nothing to say, light, dark and on a phone" {
	said
}

@test "dark is dark" {
	said
}

# Apache's processes see the sandbox, which sanitizers switch off.
@test "behind Apache: list, search by keyboard, without JavaScript, and live" {
	(
		new_site inbox-browser-apache "$INBOX_SHIPPED"
		start_server || { show_logs; exit 1; }
		browse 'newest first' 'keyboard alone' 'without JavaScript' \
		    'within 4 seconds'
		cat "$S/said"
		stop_server
		[ "$(grep -c '^ok ' "$S/said")" = 4 ]
		rm -rf "$S"
	)
}
