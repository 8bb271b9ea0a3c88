#!/usr/bin/env bats
# confined.bats: the program as it is shipped, without sanitizers, in its sandbox:
# everything works there, under every server, and what it gave up is given up.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

setup() {
	scratch_new "$SHIPPED"
	LOG_FILE=$S/log/hookline.log
	standard_config 'rotate_size = 1000 compress = "gzip" keep_files = 5' |
	    configure
}

some_compressed() {
	compgen -G "$journal/archive/*.gz" >/dev/null
}

# The whole life of a journal: made, rotated, thinned out, compressed, repeated.
lives() {
	local i
	ask "/webhook?hub.mode=subscribe&hub.challenge=9&hub.verify_token=$TOKEN"
	echoed 9
	for i in $(seq 1 25); do
		fresh "$S/body" "n$i"
		post_stored "$S/body"
	done
	post "$S/body"
	answered 200 ok
	[ "$(tail -n 1 "$live" | jq .seq)" = 25 ]
	within 300 some_compressed
	# A configuration that changes is read again in the sandbox.
	standard_config 'max_body = 100' | configure
	head -c 101 /dev/zero >"$S/body"
	post "$S/body"
	answered 413 too-large
	standard_config | configure
	ask /webhook
	answered 200 ready
}

# field PID NAME: of /proc/PID/status.
field() {
	awk -v name="$2:" '$1 == name { print $2 }' "/proc/$1/status"
}

# What runs has given up new privileges, system calls and core dumps.
confined() {
	local pid count=0
	for pid in $(programs); do
		# One that has not served yet has not begun.
		[ "$(field "$pid" Seccomp)" = 2 ] || continue
		[ "$(field "$pid" NoNewPrivs)" = 1 ]
		grep -q '^Max core file size *0 *0 ' "/proc/$pid/limits"
		[ "$(stat -c %u "/proc/$pid/environ")" = 0 ]
		count=$((count + 1))
	done
	[ $count -gt 0 ]
}

@test "lighttpd with FastCGI" {
	SETUP=lighttpd-fastcgi
	start_server
	lives
	confined
}

@test "lighttpd with CGI" {
	SETUP=lighttpd-cgi
	start_server
	lives
}

@test "Apache with mod_fcgid" {
	SETUP=apache-fcgid
	start_server
	lives
	confined
}

@test "Apache with mod_cgid" {
	SETUP=apache-cgid
	start_server
	lives
}

@test "Apache with mod_proxy_fcgi" {
	SETUP=apache-proxy_fcgi
	start_server
	lives
	confined
}

@test "nginx" {
	SETUP=nginx
	start_server
	lives
	confined
}

@test "a flood of refusals writes ten lines a second, then a count" {
	local i
	SETUP=lighttpd-fastcgi
	start_server
	fresh "$S/body"
	post_stored "$S/body"
	# Several processes, and more than one second.
	for i in 1 2 3; do
		refusals 100
		within 20 next_second "$(date +%s)"
	done
	post_signature sha256=0 "$S/body"
	answered 401 unauthorized
	# A line is stamped a moment after it was counted: two to spare.
	[ "$(most_in_a_second)" -le 12 ]
	grep -q 'event=rejected-more count=[1-9]' "$LOG_FILE"
	# No refusal is forgotten: lines and counts together.
	[ "$(($(grep -c 'event=rejected ' "$LOG_FILE") +
	    $(sed -n 's/.*rejected-more count=//p' "$LOG_FILE" |
	    awk "{ n += \$1 } END { print n + 0 }")))" = 301 ]
}

next_second() {
	[ "$(date +%s)" -gt "$1" ]
}
