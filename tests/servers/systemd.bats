#!/usr/bin/env bats
# systemd.bats: checks that systemd accepts the units, and tests hookline behind
# nginx, started as the units say.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"
# shellcheck source=tests/servers/lib/texts.bash
source "$BATS_TEST_DIRNAME/lib/texts.bash"

SETUP=nginx

# Replaces the command in nginx's file.
# shellcheck disable=SC2317 # start_workers calls it
listen_command() {
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

# The process that manages the others.
parent() {
	pgrep -f -- "^$S/lib/hookline.fcgi --listen systemd"
}

# The processes that serve.
processes() {
	pgrep -P "$(parent)"
}

page() {
	printf '{"object":"page","entry":[{"id":"%s"}]}' "$1" >"$S/body"
	echo "$S/body"
}

@test "systemd has no complaints about the units" {
	local units=$BATS_TEST_TMPDIR/lib/systemd/system
	make -s -C "$ROOT" install PREFIX="$BATS_TEST_TMPDIR" >/dev/null
	# systemd also opens the manuals that the units name, with `man`. mandoc
	# provides that command, and is installed anyway for the tests of the
	# manuals.
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nexec mman "$@"\n' >"$BATS_TEST_TMPDIR/bin/man"
	chmod 755 "$BATS_TEST_TMPDIR/bin/man"
	MANPATH=$BATS_TEST_TMPDIR/share/man PATH=$BATS_TEST_TMPDIR/bin:$PATH \
	    run systemd-analyze verify \
	    "$units/hookline.socket" "$units/hookline.service" \
	    "$units/hookline-inbox.socket" "$units/hookline-inbox.service" \
	    "$units/hookline-relay.service"
	echo "$output"
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "systemd rates a process as hardly exposed" {
	local service
	for service in hookline hookline-inbox hookline-relay; do
		run systemd-analyze security --offline=true --threshold=15 \
		    "$ROOT/cgi/systemd/$service.service"
		echo "$output"
		[ "$status" = 0 ]
	done
}

@test "enabling the socket enables the service" {
	local root=$BATS_TEST_TMPDIR
	install -D -m 0644 -t "$root/usr/lib/systemd/system" "$ROOT"/cgi/systemd/*
	systemctl --root="$root" enable hookline.socket
	[ -L "$root/etc/systemd/system/sockets.target.wants/hookline.socket" ]
	run ls "$root/etc/systemd/system/hookline.socket.wants"
	[ "$output" = hookline.service ]
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

@test "they do not see what systemd passed, and have no other socket open" {
	local pid
	for pid in $(processes); do
		run ! grep -zq '^LISTEN_' "/proc/$pid/environ"
		[ ! -e "/proc/$pid/fd/3" ] ||
		    [[ $(readlink "/proc/$pid/fd/3") != socket:* ]]
	done
}

@test "they run as the unit's user" {
	local pid uid
	uid=$(id -u "$WORKER")
	for pid in $(processes); do
		grep -q "^Uid:[[:blank:]]${uid}[[:blank:]]${uid}[[:blank:]]" \
		    "/proc/$pid/status"
	done
}

@test "only the web server can use the socket" {
	run stat -c '%a' "$S/run/hookline.sock"
	[ "$output" = 660 ]
	run stat -c '%U:%G' "$S/run/hookline.sock"
	[ "$output" = "$WORKER:$WORKER_GROUP" ]
}

@test "a plain GET says ready" {
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
	grep -q ' event=rejected reason=signature ' "$S/log/workers"
}

@test "they share the work for many clients" {
	run "$PEER" flood "$PORT" 16 1 400 "$SECRET"
	[ "$(grep -c ' 200 ' <<<"$output")" = 400 ]
	[ "$(count_lines)" = $((before + 400)) ]
	"$PEER" verify "$journal" "$SECRET"
}

# Prints how often they have gone to sleep voluntarily.
sleeps() {
	local pid
	for pid in $(processes); do
		cat "/proc/$pid/status"
	done | awk '/^voluntary_ctxt_switches/ { n += $2 } END { print n }'
}

@test "a connection wakes one process, not all" {
	local first try began=$SECONDS
	first=$(sleeps)
	for try in {1..40}; do
		ask /webhook
		[ "$STATUS" = 200 ]
	done
	first=$(($(sleeps) - first))
	echo "they slept $first times during $try requests"
	# Each also wakes every two seconds by itself.
	[ $first -lt $((300 + 8 * (SECONDS - began))) ]
}

@test "when all processes but one are stopped, that one serves" {
	local pid keeper
	# The process that would start others in their place is stopped meanwhile.
	keeper=$(parent)
	kill -STOP "$keeper"
	for pid in $(processes | tail -n +2); do
		stop_pid "$pid"
	done
	post "$(page last)"
	kill -CONT "$keeper"
	[ "$STATUS" = 200 ]
	[ "$(count_lines)" = $((before + 1)) ]
}

#
# From hookline@1.service to hookline@16.service, which came with version 0.1.0
#

# The old units, with the new ones' socket.
old_units() {
	local unit
	for unit in hookline.socket hookline@.service; do
		shipped "tests/fixtures/systemd-0.1.0/$unit" >"$S/etc/old-$unit"
	done
	echo "$(as_systemd) '$S/etc/old-hookline.socket'" \
	    "'$S/etc/old-hookline@.service'"
}

is_new() {
	[ "$(programs | wc -l)" = 17 ] && parent >"$S/parent" &&
	    [ "$(processes | wc -l)" = 16 ]
}

sixteen() {
	[ "$(programs | wc -l)" = 16 ]
}

some_answered() {
	[ "$(grep -c ' 200 ' "$S/flood")" -ge "$1" ]
}

@test "the upgrade from sixteen services loses nothing and refuses nothing" {
	local flood status=0
	stop_server
	listen_command() {
		old_units
	}
	start_server
	within 100 sixteen
	run ! parent
	: >"$S/flood"
	"$PEER" flood "$PORT" 8 2001 3600 "$SECRET" >"$S/flood" 3>&- &
	flood=$!
	within 300 some_answered 200
	# For a moment, both old and new ones serve.
	kill -USR1 "$(<"$S/workers.pid")"
	within 300 is_new
	wait $flood
	[ "$(grep -c ' 200 ' "$S/flood")" = 1600 ] ||
	    fail "$(cut -d ' ' -f 2 "$S/flood" | sort | uniq -c)"
	stored_all "$S/flood"
	[ "$(count_lines)" = $((before + 1600)) ]
	"$PEER" verify "$journal" "$SECRET"
}

# The commands are those of hookline(8).
@test "the upgrade's commands leave no old unit behind" {
	local root=$BATS_TEST_TMPDIR units wants
	units=$root/usr/lib/systemd/system
	wants=$root/etc/systemd/system/hookline.socket.wants
	install -D -m 0644 -t "$units" "$ROOT"/tests/fixtures/systemd-0.1.0/*
	systemctl --root="$root" enable hookline.socket
	[ "$(find "$wants" -mindepth 1 | wc -l)" = 16 ]
	install -D -m 0644 -t "$units" "$ROOT"/cgi/systemd/*
	display hookline.8 'Upgrading from hookline@.service' >"$root/shown"
	sed -n 's/^# //p' "$root/shown" >"$root/commands"
	[ "$(grep -c '^systemctl' "$root/commands")" -ge 4 ]
	# Runs those that change files. There is no systemd here for the others.
	sed -n "s|^systemctl enable|systemctl --root=$root enable|p
	    s|/etc/systemd|$root&|gp" "$root/commands" | sh -eux
	run ls "$wants"
	[ "$output" = hookline.service ]
}
