#!/usr/bin/env bats
# bench.bats: what the measurements go by.

bats_require_minimum_version 1.5.0

# shellcheck source=tests/servers/lib/scratch.bash
source "$BATS_TEST_DIRNAME/../servers/lib/scratch.bash"

setup() {
	journal=$BATS_TEST_TMPDIR
	live=$journal/notifications.jsonl
	archived=$journal/archive/notifications-000000000001-20261121T060000Z.jsonl
	mkdir "$journal/archive"
}

# line SEQ
line() {
	printf '{"seq":%s,"received_at":"2026-11-21T06:00:00.123456Z"}\n' "$1"
}

last_is() {
	local seq
	seq=$(last_seq)
	[ "$seq" = "$1" ] || { echo "it is '$seq', not $1"; return 1; }
}

@test "the last seq is that of the last line" {
	last_is 0
	line 1 >"$live"
	last_is 1
	line 2 >>"$live"
	last_is 2
}

@test "of a new live file, it is that of the newest archived one" {
	line 41 >"$archived"
	line 42 >"${archived/0001-/0042-}"
	: >"$live"
	last_is 42
}

@test "half a line, wherever it is cut, does not count" {
	local length whole
	whole=$(line 3525901)
	line 41 >"$archived"
	# Before, inside and behind the number, and before the line's end.
	for length in 1 7 8 13 14 15 "${#whole}"; do
		printf %s "${whole::length}" >"$live"
		last_is 41
		{ line 3525900; printf %s "${whole::length}"; } >"$live"
		last_is 3525900
	done
}
