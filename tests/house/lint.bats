#!/usr/bin/env bats
# lint.bats: gcc -fanalyzer, cppcheck, shellcheck and perl -c find nothing here that
# lint.known does not explain; and mistakes of each kind, planted in a small house,
# are found.

# shellcheck disable=SC2016 # expanded by the planted scripts

bats_require_minimum_version 1.5.0

setup() {
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	LINT=$ROOT/tests/house/lint
	S=$BATS_TEST_TMPDIR
	cd "$ROOT" || return
}

# small_house: makes one with a file for each tool, all without mistakes.
small_house() {
	cd "$S" || return
	mkdir -p .ci lib/base tests/lib
	cp "$ROOT/.shellcheckrc" .
	: >known
	cat >lib/base/copy.c <<-'END'
		#include <stdlib.h>
		#include <string.h>

		char *copy_of(const char *text, size_t size);

		char *
		copy_of(const char *text, size_t size)
		{
			char *copy = malloc(size);

			if (copy != NULL)
				memcpy(copy, text, size);
			return copy;
		}
	END
	cat >tests/lib/say <<-'END'
		#!/usr/bin/env bash
		echo "$1"
	END
	cat >tests/lib/one <<-'END'
		#!/usr/bin/perl
		use strict;
		print "1\n";
	END
}

# linted: prints what is found in the small house, which is built again.
linted() {
	make -s --no-print-directory -f "$ROOT/Makefile" VARIANT=lint CC=gcc \
	    build/lint/findings >/dev/null || return
	mapfile -t found <build/lint/findings
	"$LINT" --known known "${found[@]}"
}

# known LINE...: explains the finding in tests/lib/say, with these lines as the
# reason.
known() {
	printf '%s\n' "${1:+# $1}" "${@:2}" 'tests/lib/say SC2086' '	echo $1' >known
}

# finds TEXT: exactly one line is printed, which matches this pattern.
finds() {
	run linted
	echo "$output"
	# shellcheck disable=SC2053 # a pattern
	[ "$status" = 1 ] && [ "${#lines[@]}" = 1 ] && [[ $output == $1 ]]
}

@test "every finding is explained" {
	mapfile -t found <build/lint/findings
	run "$LINT" "${found[@]}"
	echo "$output"
	[ "$status" = 0 ]
	[ -z "$output" ]
}

# The list is complete, so that the test above covers all of them.
@test "every file that ships and every script is checked" {
	local file
	for file in lib/*/*.c cgi/*.c .ci/run tests/*/*.bats tests/*/*/*.bash; do
		[ -h "$file" ] || grep -qx "build/lint/$file.found" build/lint/findings ||
		    { echo "$file"; return 1; }
	done
	grep -qx build/lint/cppcheck.found build/lint/findings
	grep -qx build/lint/tests/house/lint.found build/lint/findings
}

@test "each suppression in a script has its reason beside it" {
	run ! grep -rnE 'shellcheck .*disable=[SC0-9,]+$' .ci tests
}

@test "a small house is clean" {
	small_house
	run linted
	echo "$output"
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "planted: a mistake for gcc -fanalyzer" {
	small_house
	sed -i 's/copy != NULL/size < 9/' lib/base/copy.c
	finds 'lib/base/copy.c:12: use of possibly-NULL * \[-Wanalyzer-possible-null-argument\]'
}

@test "planted: a mistake for gcc's warnings" {
	small_house
	sed -i 's/^char \*copy_of.*//' lib/base/copy.c
	finds 'lib/base/copy.c:7: no previous prototype *\[-Wmissing-prototypes\]'
}

@test "planted: a mistake for cppcheck" {
	small_house
	sed -i 's/return copy;/copy = copy; &/' lib/base/copy.c
	finds 'lib/base/copy.c:13: Redundant assignment *\[selfAssignment\]'
}

@test "planted: a mistake for shellcheck" {
	small_house
	sed -i 's/"//g' tests/lib/say
	finds 'tests/lib/say:2: Double quote *\[SC2086\]'
}

@test "planted: a mistake for perl -c" {
	small_house
	sed -i 's/use strict;/& print $x;/' tests/lib/one
	finds 'tests/lib/one:2: Global symbol * \[perl\]'
}

@test "a mistake is reported again until it is fixed or explained" {
	small_house
	sed -i 's/"//g' tests/lib/say
	finds 'tests/lib/say:2: *'
	finds 'tests/lib/say:2: *'
	known 'A number.'
	run linted
	[ "$status" = 0 ]
	# The explanation is for this code alone.
	sed -i 's/echo \$1/echo $2/' tests/lib/say
	run linted
	[ "$status" = 1 ]
	[[ ${lines[0]} == 'tests/lib/say:2: '* ]]
	[[ ${lines[1]} == 'known:3: explains nothing: tests/lib/say SC2086: echo $1' ]]
	[ "${#lines[@]}" = 2 ]
}

@test "an explanation needs a reason" {
	small_house
	known 'About something else.' ''
	run linted
	[ "$status" != 0 ]
	[[ $output == *'known:3: no reason' ]]
}
