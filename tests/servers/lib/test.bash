# shellcheck shell=bash disable=SC2034 # for those who read it
# test.bash: what every .bats file here begins with: the other files of this folder that
# most tests need, and the two usual lives of a server.
#
#   for one test     setup() calls scratch_new and writes the configuration, the test
#                    starts a server, and teardown() is the one below
#   for all tests    setup_file() calls scratch_new, writes the configuration and calls
#   of a file        share, setup() uses $SCRATCH again, teardown() is the one below,
#                    teardown_file() calls end_shared

bats_require_minimum_version 1.5.0

HELPERS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/servers/lib/scratch.bash
source "$HELPERS/scratch.bash"
# shellcheck source=tests/servers/lib/setups.bash
source "$HELPERS/setups.bash"
# shellcheck source=tests/servers/lib/expect.bash
source "$HELPERS/expect.bash"

# The program as it is shipped, and with sanitizers. HOOKLINE_FCGI=FILE is taken in
# place of either.
SHIPPED=${HOOKLINE_FCGI:-$ROOT/build/hookline.fcgi}
CHECKED=${HOOKLINE_FCGI:-$ROOT/build/asan/hookline.fcgi}

# For every file that does not have its own. A server that is shared goes on. `lack` is
# why a test was skipped before there was a server.
teardown() {
	if [ -n "${lack:-}" ]; then
		return 0
	fi
	if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
		show_logs
	fi
	if [ -z "${SCRATCH:-}" ]; then
		stop_server
	fi
	no_reports
	if [ -z "${SCRATCH:-}" ]; then
		rm -rf "$S"
	fi
}

# For setup_file(): the server is started, and all tests of the file have it.
share() {
	export SCRATCH=$S
	start_server || { show_logs; return 1; }
}

# Makes the configuration standard input's, unless it is already.
configure_again() {
	cat >"$S/etc/standard"
	cmp -s "$S/etc/standard" "$conf" || configure <"$S/etc/standard"
}

# end_shared [COMMAND]: for teardown_file(). COMMAND stops the server where stop_server
# would not do. The scratch directory stays where something is wrong.
end_shared() {
	local result=0
	if [ -z "${SCRATCH:-}" ]; then
		return 0
	fi
	scratch_use "$SCRATCH"
	"${1:-stop_server}" || { echo 'the server did not stop in time'; result=1; }
	no_reports || result=1
	if [ $result = 0 ]; then
		rm -rf "$S"
	else
		show_logs
	fi
	return $result
}
