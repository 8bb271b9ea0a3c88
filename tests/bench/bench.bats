#!/usr/bin/env bats
# bench.bats: the logic behind the measurements.

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

@test "with a new live file, the last seq is that of the newest archived file" {
	line 41 >"$archived"
	line 42 >"${archived/0001-/0042-}"
	: >"$live"
	last_is 42
}

@test "half a line does not count, wherever it is cut" {
	local length whole
	whole=$(line 3525901)
	line 41 >"$archived"
	# Before, inside and after the number, and before the line's end.
	for length in 1 7 8 13 14 15 "${#whole}"; do
		printf %s "${whole::length}" >"$live"
		last_is 41
		{ line 3525900; printf %s "${whole::length}"; } >"$live"
		last_is 3525900
	done
}

#
# Rows
#

# bench ROWS [AGAINST]: starts run without measuring anything.
bench() {
	ROWS=$1 AGAINST=${2:-} run "$ROOT/tests/bench/run"
	echo "$output"
}

@test "ROWS=help lists the rows, through make as well" {
	local row
	bench help
	[ "$status" = 0 ]
	for row in photos whatsapp batch single shared; do
		grep -q "^$row  " <<<"$output"
	done
	[ "$(make -s -C "$ROOT" bench ROWS=help)" = "$output" ]
}

@test "the rows that the texts name are there" {
	local row named
	bench help
	named=$(grep -ohE "make bench ROWS=['\"][a-z -]+" "$ROOT/tests/README.md" \
	    "$ROOT/cgi/man/hookline-relay.8" | sed 's/.*[^a-z -]//')
	[ "$(wc -l <<<"$named")" = 2 ]
	for row in $named; do
		grep -q "^$row  " <<<"$output" || { echo "$row"; return 1; }
	done
}

@test "an unknown row, and one in which programs are not compared, are refused" {
	bench 'photos photo'
	[ "$status" = 2 ]
	[[ $output == 'run: there is no row photo; the rows are photos whatsapp '* ]]
	bench 'photos scan' /bin/true
	[ "$status" = 2 ]
	[[ $output == *'not in scan' ]]
	bench photos "$BATS_TEST_TMPDIR/none"
	[ "$status" = 2 ]
	[ "$output" = "run: there is no program $BATS_TEST_TMPDIR/none" ]
}

# result PART WHAT BODY CONNECTIONS VALUE...: adds one value for each round.
result() {
	local start=$1$'\t'$2$'\t'$3$'\t'$4 round=0 value
	shift 4
	for value; do
		round=$((round + 1))
		printf '%s\t%s\t%s\t0\n' "$start" $round "$value"
	done >>"$BATS_TEST_TMPDIR/results"
}

# reported TEXT: the table made from the results contains it.
reported() {
	/usr/bin/python3 -B "$ROOT/tests/bench/report" "$BATS_TEST_TMPDIR/results" \
	    >"$BATS_TEST_TMPDIR/table" || return
	tr -s ' ' <"$BATS_TEST_TMPDIR/table" | grep -qF -- "$1" ||
	    { cat "$BATS_TEST_TMPDIR/table"; return 1; }
}

@test "the report shows what was measured, and no more" {
	result lighttpd null batch 64 1000 1000 1000
	result lighttpd sync batch 64 300 400 500
	reported 'batch 64 hookline 300 400 500 0.30 0.40 0.50 wanted >= 0.35: met'
	[ "$(grep -c ':' "$BATS_TEST_TMPDIR/table")" = 3 ]
	reported '1 wanted figures met, 0 not'
}

@test "one connection is compared with the time of null and a sync" {
	result single null photos 1 5000 5000
	result single alone - 1 5000 5000
	result single sync photos 1 2000 2250
	reported 'null, then that sync, by their times 2500 2500 2500'
	reported 'hookline 2000 2125 2250 0.80 0.85 0.90 wanted >= 0.85: met'
}

@test "processes that share a socket are compared with as many null ones" {
	result shared null-1 photos 64 1000
	result shared shared-1 photos 64 500
	result shared null-4 photos 64 2000
	result shared shared-4 photos 64 1700
	reported 'hookline, sync=false, 1 process 500 500 500 0.50 0.50 0.50'
	reported 'hookline, sync=false, 4 processes 1700 1700 1700 0.85 0.85 0.85 wanted >= 0.90: NOT MET'
}

@test "of two programs the report shows the ratio of each round, and judges their median" {
	result lighttpd sync photos 64 100 110 80
	result lighttpd sync@other photos 64 100 100 100
	result shared shared-2 photos 64 90 94 99
	result shared shared-2@other photos 64 100 100 100
	reported 'lighttpd photos 64 hookline 0.80 1.00 1.10 wanted >= 0.95: met'
	reported 'shared photos 64 hookline, sync=false, 2 processes 0.90 0.94 0.99 wanted >= 0.95: NOT MET'
}

@test "the report shows the inbox's times and its search" {
	result inbox first - 1000 20 25 40
	result inboxcpu first - 1000 8 9 10
	result inbox search - 1000 900 990 2000
	result inboxcpu search - 1000 2700 2800 2900
	reported 'the first page 20.0 25.0 40.0 8.00 9.00 10.0 wanted <= 30: met'
	reported 'a text that is not there 900 990 2000 2700 2800 2900 wanted >= 1000: NOT MET'
}

@test "the report compares the relay with wrk" {
	result relay sync photos 16 1000 1000 1000
	result relay relay photos 16 600 400 700
	reported 'a relay, in_flight=16 400 600 700 0.40 0.60 0.70 wanted >= 0.5: met'
}

@test "the report shows the relay's delay" {
	result delay p99 photos 16 30 40 50
	reported 'from one journal to the other, p99 30.0 40.0 50.0'
}

@test "the report compares the relay with COPY, with a standby and without" {
	result sql relay caption 0 30000 40000 20000
	result sql copy caption 0 100000 100000 100000
	result sqlbytes key caption 0 300 310 320
	result sql-replicas relay caption 0 10000
	result sql-replicas copy caption 0 20000
	reported "psql's COPY 100000 100000 100000"
	reported 'a relay 20000 30000 40000 0.20 0.30 0.40 wanted >= 0.3: met'
	reported 'a relay, a synchronous standby 10000 10000 10000 0.50 0.50 0.50'
	reported 'bytes that a record takes, its key 300 310 320'
	reported '1 wanted figures met, 0 not'
}

@test "the report compares what a database acknowledges with what the disk does" {
	result acknowledge sync photos 64 1000 1000
	result acknowledge acknowledged photos 64 500 700
	result ack99 sync photos 16 2000 3000
	result ack99 acknowledged photos 16 4000 6000
	reported 'acknowledge=a relay to PostgreSQL 500 600 700 0.50 0.60 0.70'
	reported 'ms at 200/s, p99, acknowledge=disk 2.00 2.50 3.00'
}
