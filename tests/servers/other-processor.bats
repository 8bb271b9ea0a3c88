#!/usr/bin/env bats
# other-processor.bats: the archive's program for a processor other than this
# machine's, run by qemu: the cases of cases/, behind lighttpd and Apache. Only quick
# and informative ones are run, unless OTHER_PROCESSOR=all.
#
# qemu supports neither Landlock nor seccomp, so the program runs without its
# sandbox.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

some='signed notification|challenge comes back, however|missing, malformed or wrong'
some+='|redelivery|3 MB|changed configuration|16 clients|stopping the server'

setup_file() {
	local arch
	for arch in ${ARCHES:-amd64 arm64}; do
		if [ "$arch" != "$(dpkg --print-architecture)" ]; then
			export other=$arch
		fi
	done
	if [ -n "${other:-}" ]; then
		make -s --no-print-directory -C "$ROOT" ARCHES="$other" dist >&2
		tar -xOzf "$(ls -t "$ROOT"/build/hookline-*-"$other".tar.gz |
		    head -n 1)" hookline/web/hookline.fcgi \
		    >"$BATS_FILE_TMPDIR/hookline.fcgi"
		chmod 0755 "$BATS_FILE_TMPDIR/hookline.fcgi"
	fi
}

setup() {
	[ -n "${other:-}" ] || skip 'ARCHES names no other processor'
}

teardown() {
	:
}

# cases SETUP: runs the cases with this setup.
cases() {
	local filter=$some program=$BATS_FILE_TMPDIR/hookline.fcgi variable
	if [ "${OTHER_PROCESSOR:-}" = all ]; then
		filter=.
	fi
	(
		for variable in $(compgen -e BATS_); do
			unset "$variable"
		done
		HOOKLINE_FCGI=$program \
		    HOOKLINE_BY=$(qemu_for "$other") \
		    bats --tap -f "$filter" "$ROOT/tests/servers/cases/$1.bats" 3>&-
	)
}

@test "it prints its version, and says that it has no sandbox here" {
	SETUP=lighttpd-cgi
	HOOKLINE_BY=$(qemu_for "$other") scratch_new "$BATS_FILE_TMPDIR/hookline.fcgi"
	"$S/lib/hookline.fcgi" --version | grep -qE '^hookline [0-9]'
	standard_config | configure
	"$S/lib/hookline.fcgi" --check-config --config "$conf" >"$S/said"
	cat "$S/said"
	grep -q '^sandbox: .*none' "$S/said"
	rm -rf "$S"
}

@test "FastCGI behind lighttpd" {
	cases lighttpd-fastcgi
}

@test "CGI behind Apache" {
	cases apache-cgid
}
