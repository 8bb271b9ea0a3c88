#!/usr/bin/env bats
# house.bats: the house keeps its own rules: what each program is linked from, that
# every use points downwards, how long files and functions are. Then mistakes of
# each kind are planted, in a small house or in a copy of the table, and must be
# found.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../servers/lib/test.bash"

HOUSE=$ROOT/tests/house
PLAIN=$ROOT/build/plain

setup() {
	S=$BATS_TEST_TMPDIR
	mkdir -p "$S/lib/base" "$S/lib/http" "$S/lib/auth" "$S/lib/journal" \
	    "$S/lib/receiver" "$S/lib/config" "$S/cgi"
	echo 'int low(void);' >"$S/lib/base/low.h"
	source_file lib/base/low.c 'int low(void); int low(void) { return 1; }'
	source_file lib/config/key.c 'int low(void); int key(void); int key(void) { return low(); }'
}

teardown() {
	:
}

# source_file PATH LINE...: writes a file of the small house.
source_file() {
	local path=$S/$1
	shift
	printf '%s\n' "$@" >"$path"
}

# small_house: compiles it.
small_house() {
	local file
	for file in "$S"/lib/*/*.c "$S"/cgi/*.c; do
		[ -e "$file" ] || continue
		file=${file#"$S/"}
		mkdir -p "$S/build/plain/${file%/*}"
		(cd "$S" && "${CC:-gcc}" -g -Ilib -c -o "build/plain/${file%c}o" "$file")
	done
}

# finds TEXT COMMAND...: the command fails, and prints exactly this.
finds() {
	local text=$1
	shift
	run "$@"
	echo "$output"
	[ "$status" = 1 ] && [ "$output" = "$text" ]
}

# well COMMAND...: the command succeeds and prints nothing.
well() {
	run "$@"
	echo "$output"
	[ "$status" = 0 ] && [ -z "$output" ]
}

#
# Links
#

@test "each program is linked from what the table says" {
	well "$HOUSE/links"
}

# with_row EDIT: makes a copy of the table, changed by sed.
with_row() {
	sed "$1" "$HOUSE/programs" >"$S/programs"
	! cmp -s "$HOUSE/programs" "$S/programs"
}

@test "planted: a room, a library or a file that is not in its row" {
	with_row 's/^links  *lib.receiver$//'
	run "$HOUSE/links" "$S/programs"
	[ "$status" = 1 ]
	grep -qx 'hookline.fcgi links lib/receiver/[a-z]*.c, which is not in its row' \
	    <<<"$output"
	run ! grep -qv 'hookline.fcgi links lib/receiver/' <<<"$output"
	with_row 's/^\(libraries  *fcgi crypto\) z$/\1/'
	finds 'hookline.fcgi links z, which is not in its row' \
	    "$HOUSE/links" "$S/programs"
}

@test "planted: something that must never be linked, although its folder may be" {
	with_row 's|^never  *cgi/hookctl|& cgi/patience|'
	finds 'hookline.fcgi links cgi/patience.c, which it must not' \
	    "$HOUSE/links" "$S/programs"
	with_row 's|^never  *json-c curl|& z|'
	finds 'hookline.fcgi links z, which it must not' "$HOUSE/links" "$S/programs"
}

@test "planted: a row that names more than is linked" {
	with_row 's/^libraries  *fcgi crypto z/& ssl/'
	finds 'hookline.fcgi does not link ssl, which is in its row' \
	    "$HOUSE/links" "$S/programs"
}

@test "planted: a program that has not been built, or has no debugging information" {
	with_row 's|house/reader|house/none|'
	run "$HOUSE/links" "$S/programs"
	[ "$status" = 1 ]
	grep -qx 'house/none has not been built' <<<"$output"
	echo 'int main(void) { return 0; }' >"$S/main.c"
	"${CC:-gcc}" -o "$S/mute" "$S/main.c"
	printf 'program mute\nlinks main\n' >"$S/programs"
	finds 'mute does not say what it is linked from: build with -g' \
	    "$HOUSE/links" "$S/programs" "$S"
}

# The real archive, with one call too many.
@test "planted: a reader that calls the writer" {
	mkdir -p "$S/house/tests/house"
	{
		cat "$HOUSE/reader.c"
		echo 'extern int journal_append();'
		echo 'int more(void) { return journal_append(); }'
	} >"$S/house/tests/house/reader.c"
	cd "$S/house"
	"${CC:-gcc}" -g -w -D_GNU_SOURCE -I"$ROOT/lib" -o reader \
	    tests/house/reader.c "$PLAIN/libhookline.a" -lz
	run "$HOUSE/links" "$HOUSE/programs" "$S"
	[ "$status" = 1 ]
	grep -qx 'house/reader links lib/journal/journal.c, which is not in its row' \
	    <<<"$output"
}

@test "the reader, on its own, reads what hookline has written" {
	local number
	WORKER=$(id -un)
	scratch_new "$SHIPPED" "$S"
	# If root runs a program, it does not create this folder.
	mkdir "$journal"
	standard_config | configure
	for number in 1 2 3; do
		fresh "$S/body" "n$number"
		by_cgi "$S/body"
		grep -qx ok "$S/answer"
	done
	"$PLAIN/house/reader" "$journal" >"$S/read"
	head -n 3 "$S/read" | cmp - "$live"
	sed -n 4p "$S/read" | cmp - <(tail -n 1 "$live")
	tail -n +5 "$S/read" | grep -qE '^[0-9]{16}$'
	"$PLAIN/house/reader" "$journal" "$S/cursor" "$S/dead"
	"$PLAIN/house/reader" "$journal" "$S/cursor" "$S/dead"
	sed 's/^.*,"record":\(.*\)}$/\1/' "$S/dead" | cmp - "$live"
	grep -q '"seq":3,' "$S/cursor"
}

#
# Arrows
#

@test "no include points upwards or sideways, and no includes form a circle" {
	well "$HOUSE/arrows" includes
}

@test "no function points upwards or sideways, and no files call each other" {
	well "$HOUSE/arrows" functions
}

@test "a small house without mistakes" {
	small_house
	well "$HOUSE/arrows" includes "$S"
	well "$HOUSE/arrows" functions "$S"
}

@test "planted: an include that points upwards" {
	echo '#include "config/key.h"' >>"$S/lib/base/low.h"
	echo 'int key(void);' >"$S/lib/config/key.h"
	finds 'lib/base/low.h uses lib/config/key.h' "$HOUSE/arrows" includes "$S"
}

@test "planted: an include that points sideways, or out of the house" {
	echo '#  include "journal/seq.h"' >"$S/lib/auth/token.c"
	echo 'int seq(void);' >"$S/lib/journal/seq.h"
	finds 'lib/auth/token.c uses lib/journal/seq.h' "$HOUSE/arrows" includes "$S"
	echo '#include "../../other.h"' >"$S/lib/auth/token.c"
	: >"$S/other.h"
	finds 'lib/auth/token.c includes other.h, outside the house' \
	    "$HOUSE/arrows" includes "$S"
	rm "$S/other.h"
	finds 'lib/auth/token.c includes ../../other.h, which is not there' \
	    "$HOUSE/arrows" includes "$S"
}

@test "planted: includes in a circle" {
	echo '#include "base/second.h"' >"$S/lib/base/low.h"
	echo '#include "third.h"' >"$S/lib/base/second.h"
	echo '#include "base/low.h"' >"$S/lib/base/third.h"
	finds 'a circle: lib/base/low.h -> lib/base/second.h -> lib/base/third.h -> lib/base/low.h' \
	    "$HOUSE/arrows" includes "$S"
}

@test "planted: a file in no room" {
	mkdir "$S/lib/misc"
	echo 'int x;' >"$S/lib/misc/any.c"
	finds 'lib/misc/any.c is in no room' "$HOUSE/arrows" includes "$S"
}

@test "planted: a function that points upwards" {
	source_file lib/base/high.c 'int key(void); int high(void);' \
	    'int high(void) { return key(); }'
	small_house
	finds 'lib/base/high.c uses key() of lib/config/key.c' \
	    "$HOUSE/arrows" functions "$S"
}

@test "planted: two files that call each other" {
	source_file lib/base/low.c 'int high(void); int low(void);' \
	    'int low(void) { return high(); }'
	source_file lib/base/high.c 'int high(void); int low(void);' \
	    'int high(void) { return low(); }'
	small_house
	finds 'a circle: lib/base/high.c -> lib/base/low.c -> lib/base/high.c' \
	    "$HOUSE/arrows" functions "$S"
}

@test "planted: an object that a room on the same level defines" {
	source_file lib/auth/token.c 'int token = 1;'
	source_file lib/journal/seq.c 'extern int token; int seq(void);' \
	    'int seq(void) { return token; }'
	small_house
	finds 'lib/journal/seq.c uses token() of lib/auth/token.c' \
	    "$HOUSE/arrows" functions "$S"
}

@test "planted: a file that has not been compiled" {
	small_house
	source_file lib/http/query.c 'int query;'
	finds 'build/plain/lib/http/query.o has not been built' \
	    "$HOUSE/arrows" functions "$S"
}

#
# Measures
#

@test "files, functions, lines and rooms keep their measures" {
	well "$HOUSE/measures"
}

# many COUNT LINE
many() {
	yes "$2" | head -n "$1"
}

@test "planted: a file, a function, a line and rooms that are too long" {
	local number
	many 400 '/* x */' >"$S/lib/http/query.c"
	printf 'static int\nname(void)\n{\n%s\n}\n' "$(many 57 '	call();')" \
	    >"$S/lib/http/request.c"
	printf '\t%072d\n' 0 >"$S/cgi/adapter.h"
	well "$HOUSE/measures" "$S"
	echo >>"$S/lib/http/query.c"
	finds 'lib/http/query.c: 401 lines, at most 400' "$HOUSE/measures" "$S"
	sed -i '$d' "$S/lib/http/query.c"
	sed -i 's/^{$/&\n/' "$S/lib/http/request.c"
	finds 'lib/http/request.c:2: name(): 61 lines, at most 60' \
	    "$HOUSE/measures" "$S"
	rm "$S/lib/http/request.c"
	printf ' x\t%073d\n' 0 >"$S/cgi/adapter.h"
	finds 'cgi/adapter.h:1: 81 columns, at most 80' "$HOUSE/measures" "$S"
	rm "$S/cgi/adapter.h"
	for number in 1 2 3 4 5 6; do
		many 400 '/* x */' >"$S/lib/base/$number.c"
	done
	finds 'lib/base/: 2402 lines, at most 2000' "$HOUSE/measures" "$S"
}
