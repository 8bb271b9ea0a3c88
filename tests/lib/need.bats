#!/usr/bin/env bats
# need.bats: what is printed if something needed for building is missing.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	CC=$BATS_TEST_TMPDIR/cc
	export CC
}

# compiler OPTIONS: makes a compiler that adds these options.
compiler() {
	printf '#!/bin/sh\nexec gcc %s "$@"\n' "$1" >"$CC"
	chmod 755 "$CC"
}

# The packages reported as missing.
missing() {
	sed -n 's/.* is missing: apt-get install //p' <<<"$output"
}

@test "nothing is printed if everything is there" {
	compiler ''
	run tests/lib/need headers
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "without a compiler, gcc is asked for" {
	run tests/lib/need headers
	[ "$status" = 1 ]
	[[ $output == *'no compiler: apt-get install gcc' ]]
}

@test "missing headers are named with packages that 'make run' installs" {
	local package
	compiler -nostdinc
	run tests/lib/need headers
	echo "$output"
	[ "$status" = 1 ]
	[ "$(missing | wc -l)" = 4 ]
	for package in $(missing); do
		sed -n "/^build='/,/'\$/p" tests/lib/need | grep -qw -- "$package"
	done
}

@test "no header is asked for that the program does not include" {
	local header
	compiler -nostdinc
	run tests/lib/need headers
	for header in $(sed -n 's/.*<\(.*\)> is missing.*/\1/p' <<<"$output"); do
		grep -rqF "#include <$header>" lib cgi || { echo "$header"; return 1; }
	done
}
