# shellcheck shell=bash disable=SC2034 # used by the files that source it
# test.bash: every .bats file here begins with this: it reads the files of this
# folder that most tests need, and has the two usual ways to run a server.
#
#   for one test     setup() calls scratch_new and writes the configuration, the test
#                    starts a server, and teardown() is the one below
#   for all tests    setup_file() calls scratch_new, writes the configuration and calls
#   of a file        share, setup() uses $SCRATCH again, teardown() is the one below,
#                    teardown_file() calls end_shared

# bats runs some programs to compare versions: once for each file is enough.
if [ -z "${BATS_IS_NEW:-}" ]; then
	bats_require_minimum_version 1.5.0
	export BATS_IS_NEW=1
fi
BATS_GUARANTEED_MINIMUM_VERSION=1.5.0

# shellcheck source=tests/servers/lib/scratch.bash
source "${BASH_SOURCE[0]%/*}/scratch.bash"
HELPERS=$ROOT/tests/servers/lib
# shellcheck source=tests/servers/lib/setups.bash
source "$HELPERS/setups.bash"
# shellcheck source=tests/servers/lib/sender.bash
source "$HELPERS/sender.bash"
# shellcheck source=tests/servers/lib/expect.bash
source "$HELPERS/expect.bash"

# The program as it is shipped, and the one with sanitizers. HOOKLINE_FCGI=FILE
# replaces both; HOOKLINE_BY=COMMAND runs it if this machine cannot.
SHIPPED=${HOOKLINE_FCGI:-$ROOT/build/hookline.fcgi}
CHECKED=${HOOKLINE_FCGI:-$ROOT/build/asan/hookline.fcgi}

# For every file that does not have its own. A shared server keeps running. `lack`
# says why a test was skipped before a server was started.
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
		sender_stop
		rm -rf "$S"
	fi
}

# For setup_file(): starts a server that all tests of the file share.
share() {
	export SCRATCH=$S
	start_server || { show_logs; return 1; }
}

# Configures standard input, unless that is the current configuration.
configure_again() {
	local new old=
	IFS= read -rd '' new || true
	printf %s "$new" >"$S/etc/standard"
	if [ -r "$conf" ]; then
		IFS= read -rd '' old <"$conf" || true
	fi
	[ "$new" = "$old" ] || configure <"$S/etc/standard"
}

# end_shared [COMMAND]: for teardown_file(). COMMAND stops the server if stop_server
# is not enough. If something is wrong, the scratch directory is kept.
end_shared() {
	local result=0
	if [ -z "${SCRATCH:-}" ]; then
		return 0
	fi
	scratch_use "$SCRATCH"
	"${1:-stop_server}" || { echo 'the server did not stop in time'; result=1; }
	no_reports || result=1
	sender_stop
	if [ $result = 0 ]; then
		rm -rf "$S"
	else
		show_logs
	fi
	return $result
}
