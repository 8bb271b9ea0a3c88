#!/usr/bin/env bats
# coverage.bats: what coverage-report says of a small tree, and that a process counts
# where it ends by _exit() or kills itself.

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
	# The sandbox is nobody's here.
	printf '%s\n' '#include "base/sandbox.h"' 'struct sandbox' \
	    'sandbox_enter(const struct sandbox_path *p, size_t n)' \
	    '{ (void)p; (void)n; return (struct sandbox){ .absent = true }; }' >sandbox.c
	gcc --coverage -c -o objects/sign.o lib/base/sign.c
	gcc -D_GNU_SOURCE -I"$ROOT/lib" -DCOVERAGE_FOLDER='"."' --coverage \
	    -Wl,--wrap=_exit,--wrap=kill,--wrap=sandbox_enter -o sign objects/sign.o \
	    sandbox.c "$ROOT/tests/lib/gcov.c"
}

# report: of the runs so far.
report() {
	run "$ROOT/tests/lib/coverage-report" objects uncovered
	echo "$output"
}

@test "_exit and SIGKILL by oneself are counted; a line that is not reached is listed" {
	./sign
	run ./sign 1
	[ "$status" = 137 ]
	report
	[ "$status" = 1 ]
	grep -qx '1 lines that no test reaches, without a reason' <<<"$output"
	[ "${lines[-1]}" = 'lib/base/sign.c:12: main(): return 3;' ]
	# Of 6 lines that do something, 5; each branch but the last one's.
	grep -qE '^all +6 +83[.]3 % +4 +75[.]0 %$' <<<"$output"
}

@test "with a reason it is not, and a reason that nothing needs is" {
	./sign
	run ./sign 1
	printf '# So.\nlib/base/sign.c main\n\treturn 3;\n' >uncovered
	report
	[ "$status" = 0 ]
	grep -qx '0 lines that no test reaches, without a reason' <<<"$output"
	run ./sign 1 2
	[ "$status" = 3 ]
	report
	[ "$status" = 1 ]
	[ "${lines[-1]}" = 'uncovered:3: nothing that is not reached: lib/base/sign.c main: return 3;' ]
}

@test "a reason has words" {
	./sign
	printf 'lib/base/sign.c main\n\treturn 3;\n' >uncovered
	report
	[ "$status" = 1 ]
	[ "${lines[-1]}" = 'uncovered:1: not understood, or no reason' ]
}
