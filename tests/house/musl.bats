#!/usr/bin/env bats
# musl.bats: hookline needs nothing that is missing from musl, the C library of
# Alpine and others. All of it compiles with musl's headers, and the undefined
# symbols of its objects are in musl, or in one of the libraries that it is linked
# with. Debian does not have these libraries for musl, so nothing can be run.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../servers/lib/test.bash"

setup() {
	S=$BATS_TEST_TMPDIR
}

teardown() {
	:
}

# The headers of our libraries are searched after musl's own.
compile() {
	local source=$1 object=$S/${1//\//_}.o
	(cd "$ROOT" && musl-gcc -std=c17 -D_GNU_SOURCE -DHOOKLINE_VERSION='""' \
	    -DSTYLE_HASH='""' -DSCRIPT_HASH='""' -DICON_HASH='""' \
	    -Wall -Wextra -Werror -Ilib -Icgi -idirafter /usr/include \
	    -idirafter "/usr/include/$(gcc -print-multiarch)" \
	    -c -o "$object" "$source")
}

# symbols KIND FILE...: prints the symbols whose letters in nm's output match KIND.
symbols() {
	local kind=$1
	shift
	nm "$@" 2>/dev/null | awk -v kind="$kind" \
	    'NF > 1 && $(NF - 1) ~ kind { print $NF }' | sort -u
}

# The symbols that the objects in $S need from a C library and musl does not have.
lacking() {
	comm -23 <(symbols '^U$' "$S"/*.o) <(
		symbols '^[A-TV-Z]$' "$S"/*.o \
		    /usr/lib/*-linux-musl/libc.a) |
	    grep -vE '^(FCGX|CRYPTO|OPENSSL|SHA1|SHA256|curl)_|^gz|^_GLOBAL_OFFSET_TABLE_$'
}

@test "everything compiles, and musl has all symbols that are needed" {
	local source
	for source in $(cd "$ROOT" && echo lib/*/*.c cgi/*.c); do
		compile "$source"
	done
	run lacking
	echo "$output"
	[ -z "$output" ]
	[ "$(symbols '^U$' "$S"/*.o | grep -c .)" -gt 100 ]
}

@test "planted: a function that only glibc has" {
	printf '%s\n' 'const char *gnu_get_libc_version(void);' 'int planted(void);' \
	    'int planted(void) { return *gnu_get_libc_version(); }' >"$S/planted.c"
	compile "$S/planted.c"
	[ "$(lacking)" = gnu_get_libc_version ]
}
