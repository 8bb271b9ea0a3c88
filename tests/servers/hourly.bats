#!/usr/bin/env bats
# hourly.bats: lasting facts (a kernel without Landlock, a weak secret) are
# logged at most once an hour, however many processes there are.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

SECRET=weak

setup() {
	scratch_new "$SHIPPED"
	LOG_FILE=$S/log/hookline.log
	standard_config | configure
	# Applies to the server and to everything that it starts.
	mkdir "$S/bin"
	printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$HELPERS/no-landlock" \
	    "$(PATH=$PATH:/usr/sbin command -v lighttpd)" >"$S/bin/lighttpd"
	chmod 0755 "$S/bin/lighttpd"
	PATH=$S/bin:$PATH
}

# said PATTERN: counts the lines of the log that match.
said() {
	grep -c "$1" "$LOG_FILE" || true
}

sandbox='level=info .*event=sandbox landlock=no seccomp=yes'
weak='level=warning .*event=config .*warning=".*not 32 hex digits, .*: it is shorter"'

# said_once [TIMES]: each of the two facts is logged once, or TIMES times.
said_once() {
	[ "$(said "$sandbox")" = "${1:-1}" ] &&
	    [ "$(said "$weak")" = "${1:-1}" ] ||
	    fail "sandbox $(said "$sandbox"), secret $(said "$weak")"
}

posts() {
	local i
	for i in $(seq "$1"); do
		fresh "$S/body" "n$i-$RANDOM"
		post "$S/body"
		answered "${2:-200}" "${3:-ok}"
	done
}

# Counts the processes that serve: those that have entered the sandbox, as far
# as there is one.
serving() {
	local pid count=0
	for pid in $(programs); do
		[ "$(awk '$1 == "Seccomp_filters:" { print $2 }' \
		    "/proc/$pid/status")" = 2 ] && count=$((count + 1))
	done
	echo $count
}

@test "50 requests through CGI: one line for each fact, no more" {
	local i
	SETUP=lighttpd-cgi
	start_server
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$journal"
	for i in $(seq 5); do
		ask "$WEBHOOK"
		answered 200 ready
	done
	# A GET creates no file, not even to remember what was logged.
	[ -z "$(ls -A "$journal")" ]
	posts 1
	said_once
	posts 24
	for i in $(seq 20); do
		ask "$WEBHOOK"
		answered 200 ready
	done
	said_once
	# After the state is deleted, both are logged again.
	rm -r "$journal/.state"
	posts 3
	said_once 2
}

@test "50 refusals through CGI: one line for each fact" {
	local i
	SETUP=lighttpd-cgi
	# A refusal does not create the folder.
	install -d -o "$WORKER" -g "$WORKER_GROUP" "$journal"
	start_server
	fresh "$S/body"
	for i in $(seq 50); do
		post_signature sha256=0 "$S/body"
		answered 401 unauthorized
	done
	said_once
}

@test "FastCGI: one line for all processes, even after a restart" {
	SETUP=lighttpd-fastcgi
	start_server
	"$PEER" flood "$PORT" 16 1 400 "$SECRET" >"$S/flood"
	[ "$(grep -c ' 200 ' "$S/flood")" = 400 ]
	[ "$(serving)" -ge 2 ] || fail "$(serving) processes serve"
	said_once
	stop_server
	start_server
	"$PEER" flood "$PORT" 16 401 800 "$SECRET" >"$S/flood"
	[ "$(grep -c ' 200 ' "$S/flood")" = 400 ]
	said_once
	# Nor is it logged when the configuration is read again.
	standard_config 'keep_days = 5' | configure
	posts 5
	said_once
}

# The folder exists, but nothing can be created in it.
close_journal() {
	install -d -m 0550 -o "$WORKER" -g "$WORKER_GROUP" "$journal"
}

@test "without the journal's folder CGI says nothing" {
	if [ "$(id -u)" = 0 ] && [ "$WORKER" = root ]; then
		skip 'root can write everywhere'
	fi
	close_journal
	SETUP=lighttpd-cgi
	start_server
	posts 10 503 unavailable
	said_once 0
}

# said_by_each PATTERN: no two of the matching lines come from the same process.
said_by_each() {
	local lines
	lines=$(grep "$1" "$LOG_FILE")
	[ "$(wc -l <<<"$lines")" = \
	    "$(grep -o ' pid=[0-9]*' <<<"$lines" | sort -u | wc -l)" ] ||
	    fail "$lines"
}

@test "without the journal's folder a FastCGI process says it once" {
	if [ "$(id -u)" = 0 ] && [ "$WORKER" = root ]; then
		skip 'root can write everywhere'
	fi
	close_journal
	SETUP=lighttpd-fastcgi
	start_server
	"$PEER" flood "$PORT" 16 1 100 "$SECRET" >"$S/flood"
	[ "$(grep -c "503 " "$S/flood")" = 100 ]
	# It is not logged again when the configuration is read again.
	standard_config 'keep_days = 5' | configure
	"$PEER" flood "$PORT" 16 101 200 "$SECRET" >"$S/flood"
	[ "$(grep -c "503 " "$S/flood")" = 100 ]
	said_by_each "$sandbox"
	said_by_each "$weak"
}

@test "--check-config prints them each time" {
	local i
	for i in 1 2; do
		run --separate-stderr "$HELPERS/no-landlock" \
		    "$S/lib/hookline.fcgi" --check-config --config "$conf"
		[[ $output == *$'\nsandbox:          seccomp alone: this kernel has no Landlock\n'* ]]
		[[ $output == *'not 32 hex digits, '*': it is shorter'* ]]
	done
	run --separate-stderr "$S/lib/hookline.fcgi" --check-config --config "$conf"
	[[ $output == *$'\nsandbox:          '*'seccomp'* ]]
}
