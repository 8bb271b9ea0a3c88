#!/usr/bin/env bats
# old-kernels.bats: the program as it is shipped on kernels that lack newer system
# calls, as far as a filter that answers ENOSYS can imitate them; and as the first
# process of a container, which inherits orphans.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

# The calls of the program and its C library that are newer than Linux 3.10. Only
# systems older than 3.17 lack getrandom, and these have no Landlock.
calls=(close_range statx renameat2 faccessat2 'getrandom,landlock_create_ruleset'
    landlock_create_ruleset rseq all)

setup() {
	scratch_new "$SHIPPED"
	# The worker may not be able to enter the tree.
	install -m 0755 "$HELPERS/without" "$S/lib/without"
	LOG_FILE=$S/log/hookline.log
	rotating
}

# A process that is still compressing would run for minutes.
teardown() {
	local pid
	for pid in $(compressing); do
		kill -9 "$pid" || :
	done
	stop_server
	if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
		show_logs
	fi
	rm -rf "$S"
}

# rotating [LINES]: configures one file for each record, all compressed except the
# newest.
rotating() {
	standard_config "rotate_size = 100 ${1-compress = \"gzip\"}" | configure
}

compressed() {
	compgen -G "$journal/archive/*.gz" | wc -l
}

# has_compressed COUNT: this many files are compressed, and no process compresses any
# more.
has_compressed() {
	[ "$(compressed)" = "$1" ] && [ -z "$(compressing)" ]
}

# A process that compresses has its own session, and none of the web server's pipes.
compressing() {
	local pid
	for pid in $(programs); do
		if [ "$(readlink "/proc/$pid/fd/0")" = /dev/null ] &&
		    [ "$(readlink "/proc/$pid/fd/2")" = /dev/null ]; then
			echo "$pid"
		fi
	done
}

# lives COUNT: verifies, stores this many, recognizes a repeat, rotates and
# compresses.
lives() {
	local i
	ask "$WEBHOOK"
	answered 200 ready
	ask "$WEBHOOK?hub.mode=subscribe&hub.challenge=9&hub.verify_token=$TOKEN"
	echoed 9
	for ((i = 1; i <= $1; i++)); do
		fresh "$S/body" "n$i"
		post_stored "$S/body"
	done
	post "$S/body"
	answered 200 ok
	[ "$(tail -n 1 "$live" | jq .seq)" = "$1" ]
	within 300 has_compressed $(($1 - 2)) || fail "$(compressed) compressed, and $(compressing)"
	[ "$(zcat "$journal"/archive/*.gz | cat - "$journal"/archive/*.jsonl "$live" |
	    jq -s "map(.seq) == [range(1; $1 + 1)]")" = true ]
}

@test "CGI without each of the newer calls: records are stored, recognized, rotated, compressed" {
	local call i
	mv "$S/lib" "$S/lib.plain"
	for call in "${calls[@]}"; do
		rm -rf "${S:?}/lib" "$journal"
		cp -a "$S/lib.plain" "$S/lib"
		install -d -m 0750 -o "$WORKER" "$journal"
		run_program_by "$S/lib/without" "$call"
		for i in 1 2 3 3; do
			fresh "$S/body" "$i"
			by_cgi "$S/body"
			[ "$(tail -n 1 "$S/answer")" = ok ] ||
			    fail "without $call: $(cat "$S/answer")" || return
		done
		[ "$(jq .seq "$live")" = 3 ]
		within 300 has_compressed 1 || fail "without $call" || return
	done
}

@test "nginx without any of them: everything works" {
	SETUP=nginx
	run_program_by "$S/lib/without" all
	start_server
	lives 8
}

@test "Apache with CGI without any of them: everything works" {
	SETUP=apache-cgid
	run_program_by "$S/lib/without" all
	start_server
	lives 6
}

# one_compresses: one process is still compressing, and holds none of the server's
# connections.
one_compresses() {
	local pid
	pid=$(compressing)
	[ -n "$pid" ] || fail 'the answer came only after the compression' || return
	find "/proc/$pid/fd" -lname 'socket:*' >"$S/held"
	[ ! -s "$S/held" ] || fail 'it holds a connection'
}

# answered_before_compressed CALLS: the compression of an archive takes seconds, and
# the answer to the notification that started it does not wait.
answered_before_compressed() {
	local i
	SETUP=nginx
	run_program_by "$S/lib/without" "$1"
	rotating ''
	start_server
	for i in 1 2 3; do
		fresh "$S/body" "$i"
		post "$S/body"
		answered 200 ok
	done
	truncate -s 8G "$(compgen -G "$journal/archive/*-000000000001-*")"
	rotating
	fresh "$S/body" 4
	post "$S/body" || :
	within 50 one_compresses
	answered 200 ok
}

@test "without close_range: a process that compresses keeps no connection of the server's" {
	answered_before_compressed close_range,landlock_create_ruleset
}

@test "without close_range and /proc: a process that compresses keeps no connection either" {
	answered_before_compressed close_range
}

@test "on a new kernel: a process that compresses keeps no connection either" {
	answered_before_compressed openat2
}

#
# The first process of a container
#

# The program, on nginx's socket, in a namespace whose first process it is. unshare
# ends when the program does, and ignores polite signals.
start_as_first() {
	in_background first env ASAN_OPTIONS="$asan_options" \
	    UBSAN_OPTIONS="$ubsan_options" unshare --pid --fork --mount-proc \
	    setpriv --reuid="$WORKER" --regid="$WORKER_GROUP" --clear-groups \
	    /usr/bin/python3 -c 'import os, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1] + "/run/hookline.sock")
listener.listen(64)
os.dup2(listener.fileno(), 0)
program = sys.argv[1] + "/lib/hookline.fcgi"
os.execv(program, [program, "--config", sys.argv[2]])' "$S" "$conf"
	rm "$S/first.pid"
	within 100 first_runs
	programs >"$S/run/first.pid"
}

first_runs() {
	[ -n "$(programs)" ]
}

# Counts the program's children that have ended and not been reaped.
zombies() {
	local child count=0
	# shellcheck disable=SC2013 # they are words
	for child in $(cat "/proc/$1/task/$1/children"); do
		if grep -qs '^State:.Z' "/proc/$child/status"; then
			count=$((count + 1))
		fi
	done
	echo $count
}

all_gone() {
	[ "$(zombies "$1")" = 0 ]
}

@test "as the first process of a container, it leaves no zombies" {
	local pid
	if [ "$(id -u)" != 0 ] || ! unshare --pid --fork --mount-proc true; then
		skip 'needs root and pid namespaces'
	fi
	start_workers() { start_as_first; }
	SETUP=nginx
	start_server
	pid=$(programs)
	[[ $(grep ^NSpid: "/proc/$pid/status") =~ [[:blank:]]1$ ]]
	lives 6
	within 100 all_gone "$pid" || fail "$(zombies "$pid") zombies"
	ask "$WEBHOOK"
	answered 200 ready
}
