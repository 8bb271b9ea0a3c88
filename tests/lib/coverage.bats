#!/usr/bin/env bats
# coverage.bats: what coverage-report says about a small tree, and that a process
# counts even if it ends by _exit() or kills itself.

bats_require_minimum_version 1.5.0

setup() {
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	S=$BATS_TEST_TMPDIR
	mkdir -p "$S/lib/base" "$S/objects"
	cd "$S" || return
	: >uncovered
	cat >lib/base/sign.c <<-'END'
		#include <signal.h>
		#include <unistd.h>

		int
		main(int count, char **words)
		{
			(void)words;
			if (count == 1)
				_exit(0);
			if (count == 2)
				kill(getpid(), SIGKILL);
			return 3;
		}
	END
	# The sandbox is not needed here.
	printf '%s\n' '#include "host/sandbox.h"' 'struct sandbox' \
	    'sandbox_enter(const struct sandbox_path *p, size_t n)' \
	    '{ (void)p; (void)n; return (struct sandbox){ .absent = true }; }' >sandbox.c
	gcc --coverage -c -o objects/sign.o lib/base/sign.c
	gcc -D_GNU_SOURCE -I"$ROOT/lib" -DCOVERAGE_FOLDER='"."' --coverage \
	    -Wl,--wrap=_exit,--wrap=kill,--wrap=sandbox_enter -o sign objects/sign.o \
	    sandbox.c "$ROOT/tests/lib/gcov.c"
}

# report: reports on the runs so far.
report() {
	run "$ROOT/tests/lib/coverage-report" objects uncovered
	echo "$output"
}

@test "counts survive _exit() and a process that kills itself; a line that is not reached is listed" {
	./sign
	run ./sign 1
	[ "$status" = 137 ]
	report
	[ "$status" = 1 ]
	grep -qx '1 lines that no test reaches have no reason' <<<"$output"
	[ "${lines[-1]}" = 'lib/base/sign.c:12: main(): return 3;' ]
	# 5 of 6 lines with code, and every branch but the last.
	grep -qE '^all +6 +83[.]3 % +4 +75[.]0 %$' <<<"$output"
}

@test "a line with a reason is not listed, and a reason that explains nothing is" {
	./sign
	run ./sign 1
	printf '# So.\nlib/base/sign.c main\n\treturn 3;\n' >uncovered
	report
	[ "$status" = 0 ]
	grep -qx '0 lines that no test reaches have no reason' <<<"$output"
	run ./sign 1 2
	[ "$status" = 3 ]
	report
	[ "$status" = 1 ]
	[ "${lines[-1]}" = 'uncovered:3: explains nothing: lib/base/sign.c main: return 3;' ]
}

@test "a reason must not be missing" {
	./sign
	printf 'lib/base/sign.c main\n\treturn 3;\n' >uncovered
	report
	[ "$status" = 1 ]
	[ "${lines[-1]}" = 'uncovered:1: cannot be parsed, or has no reason' ]
}
