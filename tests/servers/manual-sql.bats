#!/usr/bin/env bats
# manual-sql.bats: the SQL that hookline-relay(8) shows, as its reader would copy it,
# on tables that a relay fills.

# shellcheck disable=SC2154 # run sets them

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"
# shellcheck source=tests/servers/lib/relay.bash
source "$HELPERS/relay.bash"
# shellcheck source=tests/servers/lib/postgres.bash
source "$HELPERS/postgres.bash"
# shellcheck source=tests/servers/lib/texts.bash
source "$HELPERS/texts.bash"

WRITER=$ROOT/build/faults/writer
MANUAL=hookline-relay.8

setup_file() {
	scratch_new "$SHIPPED"
	export SCRATCH=$S
	make_relay
	pg_make db
	pg_start db
}

# Each test has a database and a journal of its own; the table has its usual name.
setup() {
	scratch_use "$SCRATCH"
	: >"$S/log/relay"
	echo 0 >"$S/moved"
	unset HOOKLINE_CONFIG
	from_journal "$BATS_TEST_NUMBER"
	database=d$BATS_TEST_NUMBER
	sql "CREATE DATABASE $database" >/dev/null
	relay_to r "$(pg_url "$database")"
}

teardown() {
	if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
		show_logs
	fi
	sessions_end
	no_reports
}

teardown_file() {
	scratch_use "$SCRATCH"
	[ ! -e "$S/standby.pid" ] || pg_stop standby || true
	pg_stop db || true
	end_shared
}

#
# What is in the manual
#

# displays: prints "HEADING/NUMBER" for each literal display below the first of the
# headings that are ours.
displays() {
	awk '/^\.S[hs] / { name = substr($0, 5); count = 0 }
		/^\.Sh READING THE TABLE/ { ours = 1 }
		/^\.Sh FILES/ { ours = 0 }
		/^\.Bd -literal/ { count++; if (ours) print name "/" count }' \
	    "$MAN/$MANUAL"
}

# shown HEADING [NUMBER]: the display.
shown() {
	display "$MANUAL" "$@"
}

# do_shown HEADING [NUMBER]: does it, and prints what it returns.
do_shown() {
	in_database <<<"$(shown "$@")"
}

# in_database: what standard input says is done in the test's database. Whoever must not
# wait for others fails if it does.
in_database() {
	PGOPTIONS='-c lock_timeout=20s' "$PG_BIN/psql" -XAtq -h "$S/pg/run" -p "$PG_PORT" -U root \
	    -v ON_ERROR_STOP=1 -d "$database"
}

# counts NUMBER TABLE [CONDITION]
counts() {
	local count
	count=$(sql "SELECT count(*) FROM $2 ${3:-}" "$database")
	[ "$count" = "$1" ] || fail "$2 has $count rows, not $1"
}

# records COUNT: a relay brings so many records.
records() {
	"$WRITER" "$source_dir" 1 "$1"
	relay 0 --create r
	relay 0 --once
	counts "$1" notifications
}

#
# Sessions that stay open: say NAME SQL waits for what it says.
#

session() {
	local fd
	mkfifo "$S/$1.fifo"
	"$PG_BIN/psql" -XAtq -h "$S/pg/run" -p "$PG_PORT" -U root -d "$database" \
	    <"$S/$1.fifo" >"$S/$1.said" 2>&1 3>&- &
	echo $! >"$S/$1.session"
	exec {fd}>"$S/$1.fifo"
	echo "$fd" >"$S/$1.fd"
}

tell() {
	printf '%s\n\\echo over\n' "$2" >&"$(<"$S/$1.fd")"
}

has_said() {
	grep -qx over "$S/$1.said"
}

say() {
	: >"$S/$1.said"
	tell "$@"
	within 100 has_said "$1" || fail "$1 says nothing"
}

sessions_end() {
	local file
	for file in "$S"/*.session; do
		[ -e "$file" ] || continue
		kill -9 "$(<"$file")" 2>/dev/null || true
		rm -f "${file%.session}".{session,fd,fifo,said}
	done
}

@test "every display has a test" {
	diff <(displays) - <<-'END'
		Workers that take rows out/1
		Workers that take rows out/2
		Workers that take rows out/3
		Workers that take rows out/4
		Several readers, and rows that stay/1
		Several readers, and rows that stay/2
		Several readers, and rows that stay/3
		As JSON/1
		PARTITIONS AND RETENTION/1
		PARTITIONS AND RETENTION/2
		FAIL-OVER/1
		FAIL-OVER/2
		FAIL-OVER/3
	END
}

@test "workers take rows out: each gets others, and those of a dead one come back" {
	local command
	records 250
	command=$(shown 'Workers that take rows out')
	session one
	say one "${command%COMMIT;}"
	[ "$(grep -c '/webhook' "$S/one.said")" = 100 ]
	do_shown 'Workers that take rows out' >"$S/taken"
	[ "$(wc -l <"$S/taken")" = 100 ]
	[ -z "$(comm -12 <(sort "$S/one.said") <(sort "$S/taken"))" ]
	kill -9 "$(<"$S/one.session")"
	within 100 sql_is 0 "SELECT count(*) FROM pg_stat_activity
	    WHERE datname = '$database'"
	do_shown 'Workers that take rows out' >"$S/taken"
	do_shown 'Workers that take rows out' >>"$S/taken"
	[ "$(wc -l <"$S/taken")" = 150 ]
	counts 0 notifications
	# What was taken does not come again.
	sql 'DELETE FROM notifications_position' "$database"
	relay 0 --once
	counts 0 notifications
	counts 250 notifications_keys
}

@test "workers that keep the rows; the occurrence is that among the keys" {
	local heading='Workers that take rows out'
	"$WRITER" "$source_dir" 1 1
	# Both are stored, as they are not distinct.
	arrive 0 0
	relay 0 --create r
	relay 0 --once
	do_shown "$heading" 2 | sort >"$S/names"
	sql 'SELECT endpoint, key, occurrence FROM notifications_keys' "$database" |
	    sort | diff "$S/names" -
	[ "$(cut -d '|' -f 3 "$S/names" | sort | paste -sd ' ')" = \
	    " $(<"$source_dir/relay/id")/2 $(<"$source_dir/relay/id")/3" ]
	do_shown "$heading" 3
	[ "$(do_shown "$heading" 4 | wc -l)" = 3 ]
	counts 0 notifications
	counts 3 notifications_done
}

# store KEY: a row comes in, as a relay would add it.
store() {
	echo "INSERT INTO notifications (journal, seq, received_at, id, key, endpoint,
	    object, \"distinct\", reformatted, payload)
	    VALUES ('j', 1, now(), '$1', '$1', '/webhook', 'page', true, false, '{}');"
}

@test "a queue for each reader: nothing is missed or comes twice, whoever ends first" {
	local heading='Several readers, and rows that stay' fill
	records 5
	do_shown "$heading" 1
	do_shown "$heading" 2
	do_shown "$heading" 3
	counts 5 billing_queue
	fill=$(shown "$heading" 3)
	# One transaction begins first and ends last.
	session slow
	say slow "BEGIN; $(store early)"
	in_database <<<"$(store late)"
	in_database <<<"$fill"
	counts 0 billing_queue "WHERE key = 'late'"
	say slow 'COMMIT;'
	in_database <<<"$fill"
	counts 7 billing_queue
	# Two fill it at the same time.
	in_database <<<"$(store next)"
	say slow "BEGIN; $fill"
	session other
	: >"$S/other.said"
	tell other "$fill"
	within 100 sql_is 1 "SELECT count(*) FROM pg_stat_activity
	    WHERE datname = '$database' AND wait_event_type = 'Lock'"
	in_database <<<"$(store last)"
	say slow 'COMMIT;'
	within 100 has_said other
	counts 8 billing_queue
	in_database <<<"$fill"
	counts 9 billing_queue
	[ "$(sql 'SELECT count(DISTINCT key) FROM billing_queue' "$database")" = 9 ]
	# The relay goes on as before.
	"$WRITER" "$source_dir" 6 5
	relay 0 --once
	in_database <<<"$fill"
	counts 14 billing_queue
	# One that began long before must not go back.
	sql "UPDATE billing_read SET until = '9999999999'" "$database"
	in_database <<<"$fill"
	[ "$(sql 'SELECT until FROM billing_read' "$database")" = 9999999999 ]
}

# payload KEY TEXT: a row with this string as its entry's id.
payload() {
	in_database <<<"$(store "$1")
	    UPDATE notifications SET payload =
	    '{\"object\":\"page\",\"entry\":[{\"id\":\"$2\"}]}' WHERE key = '$1';"
}

@test "as JSON: what PostgreSQL cannot look into is left out" {
	relay 0 --create r
	payload plain 1
	payload pair '\ud83d\ude00'
	payload zero '\u0000'
	payload high '\ud83dx\ude00'
	payload low '\uDE00'
	payload highs '\ud83d\ud83d\ude00'
	payload lows '\ud83d\ude00\ude00'
	do_shown 'As JSON' | cut -d '|' -f 2- | sort >"$S/read"
	diff <(printf 'page|1\npage|😀\n') "$S/read"
	# Without the condition, each of the others ends the query.
	run in_database <<<"$(shown 'As JSON' | grep -v ' !~ ')"
	[ "$status" = 3 ]
}

@test "a partitioned table; a month goes, together with its keys" {
	local heading='PARTITIONS AND RETENTION'
	records 5
	do_shown "$heading" 1
	relay 0 --create r
	"$WRITER" "$source_dir" 6 5
	relay 0 --once
	counts 10 notifications_json
	counts 10 notifications_other
	# Two of January, of which one is not distinct.
	in_database <<-END
		$(store distinct) $(store indistinct)
		UPDATE notifications SET received_at = '2027-01-31T23:59:59Z',
		    "distinct" = (key = 'distinct') WHERE journal = 'j';
		INSERT INTO notifications_keys
		    VALUES ('/webhook', 'distinct', '', 1), ('/webhook', 'indistinct', 'j/1', 1);
	END
	counts 2 notifications_2027_01
	do_shown "$heading" 2
	counts 10 notifications
	counts 10 notifications_keys
}

@test "fail-over: the relay follows the promoted standby and sends what that lacks" {
	local port=$((PG_PORT + 1)) configured
	records 5
	"${as_postgres[@]}" "$PG_BIN/pg_basebackup" -R -c fast -D "$S/pg/standby" \
	    -d "host=$S/pg/run port=$PG_PORT user=root"
	PG_PORT=$port pg_start standby
	# The standby is cut off, and lacks what comes now.
	sql "ALTER SYSTEM SET primary_conninfo = ''" >/dev/null
	PG_PORT=$port sql "ALTER SYSTEM SET primary_conninfo = ''" >/dev/null
	PG_PORT=$port sql 'SELECT pg_reload_conf()' >/dev/null
	within 100 sql_is 0 'SELECT count(*) FROM pg_stat_replication'
	"$WRITER" "$source_dir" 6 5
	relay 0 --once
	counts 10 notifications
	pg_stop db
	grep -q '^[0-9A-F]*/[0-9A-F]*$' <<<"$(PG_PORT=$port do_shown FAIL-OVER 2)"
	PG_PORT=$port counts 5 notifications
	[ "$(PG_PORT=$port do_shown FAIL-OVER 3)" = t ]
	# The url names both servers, and the old one is away.
	configured=$(shown FAIL-OVER | sed "s/\"warehouse\"/\"r\"/; s/= 1/= 0/
	    s|relay@[^\"]*|root@/$database?host=$S/pg/run,$S/pg/run\&port=$PG_PORT,$port|")
	from_journal "$BATS_TEST_NUMBER"
	echo "$configured" >>"$from"
	relay 0 --once
	PG_PORT=$port counts 10 notifications
	pg_start db
}
