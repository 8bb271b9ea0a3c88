#!/usr/bin/env bats
# need.bats: what is printed if something that the build needs is missing.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	CC=$BATS_TEST_TMPDIR/cc
	export CC
}

# compiler OPTIONS: makes a compiler that always adds these options.
compiler() {
	printf '#!/bin/sh\nexec gcc %s "$@"\n' "$1" >"$CC"
	chmod 755 "$CC"
}

# The packages reported as missing.
missing() {
	sed -n 's/.* is missing: apt-get install //p' <<<"$output"
}

@test "nothing is printed if nothing is missing" {
	compiler ''
	run tests/lib/need headers
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "a missing compiler is named, with its package" {
	run tests/lib/need headers
	[ "$status" = 1 ]
	[[ $output == *'no compiler: apt-get install gcc' ]]
}

@test "missing headers are named, with packages that 'make run' installs" {
	local package
	compiler -nostdinc
	run tests/lib/need headers
	echo "$output"
	[ "$status" = 1 ]
	[ "$(missing | wc -l)" = 7 ]
	for package in $(missing); do
		sed -n "/^build='/,/'\$/p" tests/lib/need | grep -qw -- "$package"
	done
}

@test "every header that is asked for is included by the program" {
	local header
	compiler -nostdinc
	run tests/lib/need headers
	for header in $(sed -n 's/.*<\(.*\)> is missing.*/\1/p' <<<"$output"); do
		# pkg-config names the folder of libpq's.
		grep -rqF "#include <${header#postgresql/}>" lib cgi ||
		    { echo "$header"; return 1; }
	done
}

@test "an archive for another processor: what is missing, and how to do without it" {
	run tests/lib/need archive arm64
	echo "$output"
	[ "$status" = 1 ]
	[[ $output == *"no compiler $CC for arm64: apt-get install gcc-aarch64-linux-gnu"* ]]
	[[ $output == *"make deps-dist"*"make dist ARCHES="a[mr][dm]64* ]]
	# A compiler that finds no libraries.
	printf '#!/bin/sh\ncase $1 in -print-file-name=*) echo "${1#*=}" ;; *) %s ;; esac\n' \
	    'exec gcc "$@"' >"$CC"
	chmod 755 "$CC"
	run tests/lib/need archive arm64
	echo "$output"
	[ "$status" = 1 ]
	[ "$(missing)" = \
	    $'libfcgi-dev:arm64\nlibjson-c-dev:arm64\nlibssl-dev:arm64\nzlib1g-dev:arm64' ]
	run tests/lib/need archive sparc
	[ "$status" = 1 ]
	[[ $output == *"'sparc': amd64 or arm64"* ]]
}

@test "only the other processor's packages are asked for" {
	local ask
	ask=$(ARCHES=amd64 PATH=$BATS_TEST_TMPDIR:$PATH bash -c '
		. <(sed "/^case \${1:-}/,\$d" tests/lib/need)
		uname() { echo x86_64; }
		foreign; arches="amd64 arm64"; foreign')
	[[ $ask == 'gcc-aarch64-linux-gnu '*' libssl-dev:arm64 '* ]]
	[ "$(wc -l <<<"$ask")" = 1 ]
}
