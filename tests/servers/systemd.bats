#!/usr/bin/env bats
# The systemd units: whether systemd takes them, and hookline started as they say,
# behind nginx.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

SETUP=nginx-systemd

start_nginx-systemd() {
	start_nginx-spawn-fcgi
}

# In place of spawn-fcgi.
spawn_command() {
	as_systemd
}

setup_file() {
	scratch_new "$CHECKED"
	standard_config | configure
	share
}

setup() {
	scratch_use "$SCRATCH"
	before=$(count_lines)
}

teardown_file() {
	end_shared
}

processes() {
	cat "$S/run/hookline.pid"
}

page() {
	printf '{"object":"page","entry":[{"id":"%s"}]}' "$1" >"$S/body"
	echo "$S/body"
}

@test "systemd has nothing to say about the units" {
	local units=$BATS_TEST_TMPDIR/lib/systemd/system
	make -s -C "$ROOT" install PREFIX="$BATS_TEST_TMPDIR" >/dev/null
	# systemd also shows the manuals that they name, by `man`. mandoc's is here
	# for the tests of the manuals anyway.
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nexec mman "$@"\n' >"$BATS_TEST_TMPDIR/bin/man"
	chmod 755 "$BATS_TEST_TMPDIR/bin/man"
	MANPATH=$BATS_TEST_TMPDIR/share/man PATH=$BATS_TEST_TMPDIR/bin:$PATH \
	    run systemd-analyze verify \
	    "$units/hookline.socket" "$units/hookline@1.service"
	echo "$output"
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "to systemd a process is hardly exposed" {
	run systemd-analyze security --offline=true --threshold=15 \
	    "$ROOT/cgi/systemd/hookline@.service"
	echo "$output"
	[ "$status" = 0 ]
}

@test "enabling the socket enables sixteen processes" {
	local root=$BATS_TEST_TMPDIR
	install -D -m 0644 -t "$root/usr/lib/systemd/system" "$ROOT"/cgi/systemd/*
	systemctl --root="$root" enable hookline.socket
	[ -L "$root/etc/systemd/system/sockets.target.wants/hookline.socket" ]
	run ls "$root/etc/systemd/system/hookline.socket.wants"
	[ "$output" = "$(printf 'hookline@%s.service\n' {1..16} | sort)" ]
}

@test "sixteen processes listen on one socket, as descriptor 0" {
	local pid listeners
	[ "$(processes | wc -l)" = 16 ]
	listeners=$(for pid in $(processes); do
		readlink "/proc/$pid/fd/0"
	done | sort -u)
	echo "$listeners"
	[[ $listeners =~ ^socket:\[[0-9]+\]$ ]]
}

@test "they run as the unit's user" {
	local pid uid
	uid=$(id -u "$WORKER")
	for pid in $(processes); do
		grep -q "^Uid:[[:blank:]]${uid}[[:blank:]]${uid}[[:blank:]]" \
		    "/proc/$pid/status"
	done
}

@test "the socket is closed to all but the web server" {
	run stat -c '%a' "$S/run/hookline.sock"
	[ "$output" = 660 ]
	run stat -c '%U:%G' "$S/run/hookline.sock"
	[ "$output" = "$WORKER:$WORKER_GROUP" ]
}

@test "a plain GET is ready" {
	ask /webhook
	[ "$STATUS" = 200 ]
	[ "$(<"$S/answer.body")" = ready ]
}

@test "the challenge is answered" {
	ask "/webhook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=$TOKEN"
	[ "$STATUS" = 200 ]
	[ "$(<"$S/answer.body")" = 1158201444 ]
}

@test "a signed notification is stored" {
	post "$(page stored)"
	[ "$STATUS" = 200 ]
	[ "$(count_lines)" = $((before + 1)) ]
}

@test "an unsigned one is refused, and standard error says why" {
	post_signature 'sha256=00' "$(page refused)"
	[ "$STATUS" = 401 ]
	[ "$(count_lines)" = "$before" ]
	grep -q ' event=rejected reason=signature ' "$S/log/spawn"
}

@test "they share the work of many clients" {
	run "$PEER" flood "$PORT" 16 1 400 "$SECRET"
	[ "$(grep -c ' 200 ' <<<"$output")" = 400 ]
	[ "$(count_lines)" = $((before + 400)) ]
	"$PEER" verify "$journal" "$SECRET"
}

# How often they have gone to sleep by themselves.
sleeps() {
	local pid
	for pid in $(processes); do
		cat "/proc/$pid/status"
	done | awk '/^voluntary_ctxt_switches/ { n += $2 } END { print n }'
}

@test "a connection wakes one of them, not all" {
	local first try
	first=$(sleeps)
	for try in {1..40}; do
		ask /webhook
		[ "$STATUS" = 200 ]
	done
	first=$(($(sleeps) - first))
	echo "they slept $first times during $try requests"
	[ $first -lt 300 ]
}

@test "when all but one are stopped, that one serves" {
	local pid
	for pid in $(processes | tail -n +2); do
		stop_pid "$pid"
	done
	post "$(page last)"
	[ "$STATUS" = 200 ]
	[ "$(count_lines)" = $((before + 1)) ]
}
