#!/usr/bin/env bats
# fresh.bats: the README's two commands on a bare new system.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
}

@test "make fresh runs the README's commands word for word" {
	local name
	for name in run test; do
		grep "^apt-get update && apt-get install -y make && make $name\$" \
		    README.md
	done >"$BATS_TEST_TMPDIR/commands"
	tests/lib/fresh --commands | diff "$BATS_TEST_TMPDIR/commands" -
	[ "$(wc -l <"$BATS_TEST_TMPDIR/commands")" = 2 ]
}

@test "a README without the commands is an error" {
	echo 'make run' >"$BATS_TEST_TMPDIR/README.md"
	README=$BATS_TEST_TMPDIR/README.md run ! tests/lib/fresh --commands
}

@test "both commands work on a machine that only has apt" {
	if [ -z "${FRESH:-}" ]; then
		skip 'needs a mirror and half an hour: FRESH=1 TIMEOUT=5400 runs it'
	fi
	run make fresh
	echo "$output"
	[ "$status" = 0 ]
}
