# shellcheck shell=bash disable=SC2034 # used by the files that source it
# hosts.bash: two hosts with a relay each, A and B, for mirror and database.

RELAY=${HOOKLINE_RELAY:-$ROOT/build/hookline-relay}

# What they read: the app secret, and words before a relay's command.
export SECRET
export RELAY_AS=
if changes_user; then
	RELAY_AS="setpriv --reuid $WORKER --regid $WORKER_GROUP --clear-groups"
fi

# host PROGRAM SETUP: starts a server with a journal. The journal is in memory, where a
# sync costs nothing: only the order of calls matters.
host() {
	local memory=
	[ ! -w /dev/shm ] || memory=/dev/shm
	scratch_new "$1" $memory
	install -m 0755 "$RELAY" "$S/lib/hookline-relay"
	echo 0 >"$S/etc/clock"
	standard_config 'rotate_size = "100K"' | configure
	SETUP=$2 start_server
}

# two_hosts PROGRAM SETUP: the second one is used from here on.
two_hosts() {
	A='' B=''
	host "$@"
	A=$S
	host "$@"
	B=$S
}

teardown() {
	local folder
	for folder in $A $B; do
		scratch_use "$folder"
		[ -n "${BATS_TEST_COMPLETED:-}" ] || show_logs
		stop_server
		[ -z "${BATS_TEST_COMPLETED:-}" ] || rm -rf "$S"
	done
}
