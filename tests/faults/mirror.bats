# Two hooklines, each behind a real lighttpd, relay to each other what they have received,
# while relays and receivers are killed: see mirror. MIRROR_SECONDS and MIRROR_KILLS make
# it longer; SEED=N repeats the choice of what is killed.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../servers/lib/test.bash"
# shellcheck source=tests/faults/hosts.bash
source "$BATS_TEST_DIRNAME/hosts.bash"

# A receiver whose clock can be moved.
FAULTY=$ROOT/build/faults/hookline.fcgi

start_lighttpd-clock() {
	local clock="=> \"$S/etc/clock\""
	sed "s|\"HOOKLINE_CONFIG\" => .*|&, \"HOOKLINE_CLOCK\" $clock, \"HOOKLINE_BOOT_CLOCK\" $clock|" \
	    "$ROOT/lighttpd-conf/hookline-fastcgi.conf" >"$S/etc/peer.conf"
	start_lighttpd "$(realpath --relative-to="$ROOT/lighttpd-conf" \
	    "$S/etc/peer.conf")"
}

# mirrored URL [LINE]: configures a relay that sends everything there, with LINE at the
# top.
mirrored() {
	{
		standard_config "rotate_size = \"100K\"
		    ${2:-}"
		printf 'relay "other" {\n\turl = "%s"\n\tin_flight = 4\n}\n' "$1"
	} | configure
}

# mirrors [LINE]: both send to each other.
mirrors() {
	two_hosts "$FAULTY" lighttpd-clock
	mirrored "http://127.0.0.1:$(<"$A/port")$WEBHOOK" "${1:-}"
	scratch_use "$A"
	mirrored "http://127.0.0.1:$(<"$B/port")$WEBHOOK" "${1:-}"
}

@test "two hooklines mirror each other while both are killed: none lost, none twice" {
	mirrors
	"$BATS_TEST_DIRNAME/mirror" "${MIRROR_SECONDS:-6}" "${MIRROR_KILLS:-4}" \
	    "$A" "$B" ${SEED:+"$SEED"} >&3
}

@test "they acknowledge through each other: 200, but for the seconds after a kill" {
	# Beside other tests the machine may be too slow for the whole rate, or stand still
	# for two seconds. Hosts that wait for each other do not reach a tenth of it.
	local least=0.2 within=9s
	if [ -n "${MIRROR_SECONDS:-}" ]; then
		least=0.9 within=2s
	fi
	mirrors "acknowledge = \"other\"
	    acknowledge_within = \"$within\""
	GRACE=5 LEAST=$least "$BATS_TEST_DIRNAME/mirror" "${MIRROR_SECONDS:-10}" \
	    "$((${MIRROR_KILLS:-5} / 5))" "$A" "$B" ${SEED:+"$SEED"} >&3
}
