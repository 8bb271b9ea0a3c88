#!/usr/bin/env bats
# confined.bats: the program as it is shipped, without sanitizers, in its sandbox:
# it works there under every web server, and what it gave up is really gone.

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

# The whole life of a journal: it is created, rotated, compressed, its oldest
# files are removed, and it receives repeats.
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
	# In the sandbox, too, a changed configuration is read again.
	standard_config 'max_body = 100' | configure
	head -c 101 /dev/zero >"$S/body"
	post "$S/body"
	answered 413 too-large
	standard_config | configure
	ask /webhook
	answered 200 ready
}

# field PID NAME: prints that field of /proc/PID/status.
field() {
	awk -v name="$2:" '$1 == name { print $2 }' "/proc/$1/status"
}

# The processes have given up new privileges, many system calls, and core dumps.
confined() {
	local pid count=0
	for pid in $(programs); do
		# A process enters the sandbox when it serves its first request.
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
	# Sends to several processes, for more than one second.
	for i in 1 2 3; do
		refusals 100
		within 20 next_second "$(date +%s)"
	done
	post_signature sha256=0 "$S/body"
	answered 401 unauthorized
	# A line gets its time a moment after it was counted, so two more are
	# allowed.
	[ "$(most_in_a_second)" -le 12 ]
	grep -q 'event=rejected-more count=[1-9]' "$LOG_FILE"
	# No refusal is lost: lines and counts add up.
	[ "$(($(grep -c 'event=rejected ' "$LOG_FILE") +
	    $(sed -n 's/.*rejected-more count=//p' "$LOG_FILE" |
	    awk "{ n += \$1 } END { print n + 0 }")))" = 301 ]
}

next_second() {
	[ "$(date +%s)" -gt "$1" ]
}
