#!/usr/bin/env bats
# moved.bats: files that FastCGI processes have opened are replaced while they
# serve: the journal's folder, `directory` in the configuration, the program. Uses
# the program as it is shipped, since its sandbox is the reason why a process then
# ends.
#
# A process does not end before it is a minute old. So all the waiting is done at
# the same time: setup_file starts everything, and the tests check the results. The
# folder is swapped for SWAP_SECONDS.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

export SECRET WORKER

start_systemd() {
	start_nginx
}

# For nginx.
listen_command() {
	as_systemd
}

# scene NAME SETUP: starts a server in a new scratch directory.
scene() {
	SCRATCH_NAME=hookline-$1
	SETUP=$2
	scratch_new "$SHIPPED"
	echo "$S" >"$BATS_FILE_TMPDIR/$1"
	LOG_FILE=$S/log/program.log
	standard_config | configure
	start_server || { show_logs; return 1; }
}

# changes WHAT PROCESSES ARGUMENT: starts `swaps` for the scene that was started
# last. The exit status goes to $S/status.
changes() {
	# shellcheck disable=SC2016 # the inner shell expands it
	in_background swaps bash -c '"$@"; echo $? >"$0"' "$S/status" \
	    "$HELPERS/swaps" "$1" "$S" "$2" "$3"
	rm "$S/swaps.pid"
}

other_directory() {
	sed "s|$journal|$S/var/other|" "$conf" >"$S/etc/other"
	chown "$conf_owner" "$S/etc/other"
	chmod "$conf_mode" "$S/etc/other"
	changes directory "$1" "$S/etc/other"
}

other_program() {
	cp -p "$S/lib/hookline.fcgi" "$S/lib/other"
	changes program "$1" "$S/lib/other"
}

setup_file() {
	local seconds=${SWAP_SECONDS:-12}
	scene fcgid apache-fcgid && changes folder 16 "$seconds" &&
	    scene lighttpd lighttpd-fastcgi && changes folder 4 "$seconds" &&
	    scene systemd systemd && changes folder 16 "$seconds" &&
	    scene directory apache-fcgid && other_directory 16 &&
	    scene program lighttpd-fastcgi && other_program 4 &&
	    scene program-fcgid apache-fcgid && other_program 16
}

# All servers keep running until every test has checked its own.
teardown() {
	:
}

teardown_file() {
	local file result=0
	for file in "$BATS_FILE_TMPDIR"/*; do
		scratch_use "$(<"$file")"
		within 100 test -e "$S/status" || true
		stop_server || { echo "$S did not stop in time"; result=1; }
		rm -rf "$S"
	done
	return $result
}

# ends_well NAME: checks the results of `swaps` for this scene.
ends_well() {
	scratch_use "$(<"$BATS_FILE_TMPDIR/$1")"
	within $((10 * (${SWAP_SECONDS:-12} + 120))) test -s "$S/status" ||
	    fail 'it did not end'
	cat "$S/log/swaps"
	if [ -n "${SWAP_SECONDS:-}" ]; then
		sed "s/^/# $1: /" "$S/log/swaps" >&3
	fi
	[ "$(<"$S/status")" = 0 ] || { show_logs; return 1; }
}

says_why() {
	grep -q " event=ending reason=$1 " "$S/log/program.log"
}

# No 503 asks for a repair of something that repairs itself.
blames_nobody() {
	grep -q ' problem="not the folder that this process began with" ' \
	    "$S/log/program.log"
	! grep 'permission denied' "$S/log/program.log"
}

@test "the journal's folder is swapped under mod_fcgid" {
	ends_well fcgid
	says_why folder-replaced
}

@test "the journal's folder is swapped under lighttpd" {
	ends_well lighttpd
	says_why folder-replaced
	blames_nobody
}

@test "the journal's folder is swapped under systemd" {
	ends_well systemd
	says_why folder-replaced
	# The old workers made room for new ones, which were started at once.
	run ! grep ' event=worker-ended ' "$S/log/workers"
}

@test "another directory in the configuration" {
	ends_well directory
	says_why folder-replaced
}

@test "a replaced program runs within seconds, and no sender notices" {
	ends_well program
	says_why program-replaced
}

@test "a replaced program under mod_fcgid" {
	ends_well program-fcgid
	says_why program-replaced
}
