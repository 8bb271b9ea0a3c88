#!/usr/bin/env bats
# apache-logs.bats: where Apache puts hookline's log, and what happens to a body
# above LimitRequestBody, as the comments in the shipped files say.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

setup() {
	scratch_new "$SHIPPED"
	standard_config | configure
}

# The shipped file for CGI, in a site with its own ErrorLog.
start_cgi-in-site() {
	start_apache hookline-cgi.conf "$cgi" "
		$([ "$cgi" = cgi ] || echo "ScriptSock $S/run/cgisock")
		<VirtualHost 127.0.0.1:$PORT>
			ServerName hooks.example.com
			ErrorLog $S/log/hookline.log
			Include $S/etc/shipped.conf
		</VirtualHost>"
}

# Makes hookline log a refusal.
refused_once() {
	fresh "$S/body"
	post_signature sha256=0 "$S/body"
	answered 401 unauthorized
}

# logged_in FILE: the refusal is in this log, and in no other.
logged_in() {
	[ "$(grep -l 'event=rejected reason=signature' "$S"/log/*)" = "$1" ] ||
	    fail "logged in: $(grep -l 'event=rejected' "$S"/log/*)"
}

# comment_on FILE DIRECTIVE: prints the comment above a directive, as one line.
comment_on() {
	awk -v directive="$2" '$1 == "#" { $1 = ""; text = text $0; next }
	    $1 == directive { print text } { text = "" }' \
	    "$ROOT/apache-conf/$1"
}

@test "mod_fcgid: hookline's log is in the main error log" {
	SETUP=apache-fcgid
	start_server
	refused_once
	logged_in "$S/log/error.log"
	[[ $(comment_on hookline-mod_fcgid.conf SetHandler) == *'main error log'* ]]
	[[ $(comment_on hookline-mtls.conf ErrorLog) == *'main error log'* ]]
}

@test "mod_cgid: hookline's log is in the main error log" {
	SETUP=cgi-in-site cgi=cgid
	start_server
	refused_once
	logged_in "$S/log/error.log"
	[[ $(comment_on hookline-cgi.conf SetEnv) == *'main error log with mod_cgid'* ]]
}

@test "mod_cgi: hookline's log is in the site's error log" {
	SETUP=cgi-in-site cgi=cgi MPM=prefork
	start_server
	refused_once
	logged_in "$S/log/hookline.log"
	[[ $(comment_on hookline-cgi.conf SetEnv) == *"site's ErrorLog with mod_cgi;"* ]]
}

@test "mod_fcgid: no part of a body above LimitRequestBody gets through" {
	local file
	SETUP=apache-fcgid
	start_server
	head -c $((8388608 + 1)) /dev/zero | tr '\0' ' ' >"$S/body"
	post "$S/body"
	# hookline gets an empty body, although the signature is that of the whole
	# one.
	answered 400 bad-request
	grep -q 'event=rejected reason=body-empty .*bytes=0 ' "$S/log/error.log"
	for file in hookline-mod_fcgid.conf hookline-mtls.conf; do
		[[ $(comment_on $file LimitRequestBody) == *'Apache itself sends no 413'* ]]
	done
}

@test "mod_cgid: Apache answers 413 for a body above LimitRequestBody" {
	SETUP=apache-cgid
	start_server
	head -c $((8388608 + 1)) /dev/zero | tr '\0' ' ' >"$S/body"
	post "$S/body"
	[ "$STATUS" = 413 ]
	grep -q '<title>413 ' "$S/answer.body"
	run ! grep -rq 'event=rejected' "$S/log"
}
