# Two hooklines, each behind a real lighttpd, relay to each other what they have received,
# while relays and receivers are killed: see mirror. MIRROR_SECONDS and MIRROR_KILLS make
# it longer; SEED=N repeats the choice of what is killed.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../servers/lib/test.bash"

# A receiver whose clock can be moved.
FAULTY=$ROOT/build/faults/hookline.fcgi
RELAY=${HOOKLINE_RELAY:-$ROOT/build/hookline-relay}

start_lighttpd-clock() {
	local clock="=> \"$S/etc/clock\""
	sed "s|\"HOOKLINE_CONFIG\" => .*|&, \"HOOKLINE_CLOCK\" $clock, \"HOOKLINE_BOOT_CLOCK\" $clock|" \
	    "$ROOT/lighttpd-conf/hookline-fastcgi.conf" >"$S/etc/peer.conf"
	start_lighttpd "$(realpath --relative-to="$ROOT/lighttpd-conf" \
	    "$S/etc/peer.conf")"
}

# host: starts a server with a journal. The journal is in memory, where a sync costs
# nothing: only the order of calls matters.
host() {
	local memory=
	[ ! -w /dev/shm ] || memory=/dev/shm
	scratch_new "$FAULTY" $memory
	install -m 0755 "$RELAY" "$S/lib/hookline-relay"
	echo 0 >"$S/etc/clock"
	standard_config 'rotate_size = "100K"' | configure
	SETUP=lighttpd-clock start_server
}

# mirrored URL: configures a relay that sends everything there.
mirrored() {
	{
		standard_config 'rotate_size = "100K"'
		printf 'relay "other" {\n\turl = "%s"\n\tin_flight = 4\n}\n' "$1"
	} | configure
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

@test "two hooklines mirror each other while both are killed: none lost, none twice" {
	local by=
	A='' B=''
	host
	A=$S port=$PORT
	host
	B=$S
	mirrored "http://127.0.0.1:$port$WEBHOOK"
	scratch_use "$A"
	mirrored "http://127.0.0.1:$(<"$B/port")$WEBHOOK"
	if changes_user; then
		by="setpriv --reuid $WORKER --regid $WORKER_GROUP --clear-groups"
	fi
	SECRET=$SECRET RELAY_AS=$by "$BATS_TEST_DIRNAME/mirror" "${MIRROR_SECONDS:-6}" \
	    "${MIRROR_KILLS:-4}" "$A" "$B" ${SEED:+"$SEED"} >&3
}
