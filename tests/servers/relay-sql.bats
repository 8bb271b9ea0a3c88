#!/usr/bin/env bats
# relay-sql.bats: hookline-relay into a real PostgreSQL.

# shellcheck disable=SC2154 # run sets them

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"
# shellcheck source=tests/servers/lib/relay.bash
source "$HELPERS/relay.bash"
# shellcheck source=tests/servers/lib/postgres.bash
source "$HELPERS/postgres.bash"

CTL=$ROOT/build/hookctl
WRITER=$ROOT/build/faults/writer
PAYLOADS=$ROOT/tests/fixtures/payloads

setup_file() {
	scratch_new "$SHIPPED"
	export SCRATCH=$S
	make_relay
	pg_make db
	pg_start db
}

# Each test has tables of its own, in $table, and a journal.
setup() {
	scratch_use "$SCRATCH"
	: >"$S/log/relay"
	echo 0 >"$S/moved"
	unset HOOKLINE_CONFIG
	from_journal "$BATS_TEST_NUMBER"
	table=t$BATS_TEST_NUMBER
	dead=$source_dir/relay/r.dead.jsonl
	cursor=$source_dir/relay/r.cursor
}

teardown() {
	if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
		show_logs
	fi
	relay_end
	if [ -e "$S/names" ]; then
		demand ''
		sql 'ALTER ROLE root RESET synchronous_commit'
		rm "$S/names"
	fi
	if [ -e "$S/tcp" ]; then
		pg_stop db
		PG_PORT=$(<"$S/tcp")
		pg_start db
		rm "$S/tcp"
	fi
	no_reports
}

teardown_file() {
	scratch_use "$SCRATCH"
	pg_stop db || true
	end_shared
}

#
# What happens
#

# to_database [LINES [URL]]: the relay r sends to $table, which is made.
to_database() {
	relay_to r "${2:-$(pg_url)}" "	table = \"$table\"
${1:-}"
	relay 0 --create r
}

# many FIRST COUNT [SETTINGS...]: numbered records are in the journal.
many() {
	"$WRITER" "$source_dir" "$@"
}

# has COUNT: $table has so many rows; for within.
has() {
	sql_is "$1" "SELECT count(*) FROM $table"
}

# names: of the entries in $table, in the order in which they were added.
names() {
	sql "SELECT payload::json->'entry'->0->>'id' FROM $table ORDER BY ctid" |
	    paste -sd ' '
}

# at SEQ: the position in the database and the cursor say so; for within.
at() {
	sql_is "$1" "SELECT seq FROM ${table}_position WHERE relay = 'r' AND
	    journal = '$(<"$source_dir/relay/id")'" &&
	    grep -q "\"seq\":$1," "$cursor" 2>/dev/null
}

# demand NAMES: these are the synchronous standbys.
demand() {
	: >"$S/names"
	sql "ALTER SYSTEM SET synchronous_standby_names = '$1'"
	sql 'SELECT pg_reload_conf()' >/dev/null
	within 50 sql_is "$1" 'SHOW synchronous_standby_names'
}

# trigger TABLE BODY: this is done before rows are added to it.
trigger() {
	sql "CREATE FUNCTION $1_does() RETURNS trigger LANGUAGE plpgsql
	    AS \$\$ BEGIN $2 END \$\$"
	sql "CREATE TRIGGER does BEFORE INSERT ON $1 EXECUTE FUNCTION $1_does()"
}

# other_session STATEMENT...: somebody else does this meanwhile in a transaction, which
# lasts until the last statement is done.
other_session() {
	local statement arguments=()
	for statement; do
		arguments+=(-c "$statement")
	done
	in_background other "$PG_BIN/psql" -XAtq -h "$S/pg/run" -p "$PG_PORT" -U root \
	    -v ON_ERROR_STOP=1 -d postgres -c BEGIN "${arguments[@]}"
	rm "$S/other.pid"
}

# is_doing PATTERN: a session does this; for within.
is_doing() {
	sql_is 1 "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND
	    query ~ '$1' AND pid <> pg_backend_pid()"
}

# For within: the server's end of the relay's connection sends a keepalive in at most 5
# seconds, which are 1F4 hundredths.
keeps_alive() {
	awk -v port="$(printf ':%04X$' "$PG_PORT")" '$2 ~ port && $4 == "01" &&
	    $6 ~ /^02:00000[01]/ { good = 1 } END { exit !good }' /proc/net/tcp
}

# waits_for EVENT: the relay's backend waits for it; for within.
waits_for() {
	backend=$(sql "SELECT pid FROM pg_stat_activity WHERE wait_event = '$1' AND
	    application_name = 'hookline-relay'")
	[ -n "$backend" ]
}

# shown PATTERN: hookctl relays shows it, unless the clock was moved; for within.
shown() {
	"$CTL" relays --config "$from" >"$S/shown"
	grep -qE -- "$1" "$S/shown"
}

# rows COLUMNS: of $table, by seq.
rows() {
	sql "SELECT $1 FROM $table ORDER BY seq"
}

# lines_as FILTER: of the journal, with what the filter gives joined by |.
lines_as() {
	jq -r "[$1] | map(. // \"\" | tostring) | join(\"|\")" \
	    "$source_dir/notifications.jsonl"
}

#
# The tables
#

@test "--sql prints what --create makes, and both may be repeated" {
	to_database
	relay 0 --create r
	[ "$output" = "r: $table, ${table}_keys, ${table}_position and ${table}_json are there" ]
	relay 0 --sql r
	sql 'CREATE DATABASE other'
	sql "$output" other
	sql "$output" other 2>/dev/null
	[ "$(sql "SELECT count(*) FROM ${table}_json" other)" = 0 ]
	sql 'DROP DATABASE other'
	relay 3 --sql none
	[[ $output == *' has no relay "none"'* ]]
	relay_to web http://127.0.0.1:9/hook
	relay 3 --create web
	[[ $output == *'does not begin with postgresql://'* ]]
	relay 2 --sql
	relay 2 --sql r --once
}

@test "--check: what is there, and what is missing" {
	relay_to r "$(pg_url)" "table = \"$table\""
	relay 1 --check
	[[ $output == "r  FAILURE  "*'42P01: relation '*"hookline-relay --create r" ]]
	relay 0 --create r
	relay 0 --check
	[[ $output == "r  ok  "*"the tables of $table are there; nothing has been sent yet" ]]
	arrive one
	relay 0 --once
	relay 0 --check
	[[ $output == *'sent up to record 1' ]]
	sql "ALTER TABLE ${table}_keys RENAME COLUMN occurrence TO o"
	relay 1 --check
	[[ $output == *'42703: column "occurrence"'* ]]
	relay_to away "postgresql://127.0.0.1:$(free_port)/hooks"
	relay 1 --check
	[[ $output == *'away  FAILURE  '*'Connection refused' ]]
}

#
# What is sent
#

@test "notifications: once, in order, with the columns of their lines" {
	arrive_file "$PAYLOADS/page_comment.json"
	arrive_file "$PAYLOADS/whatsapp_messages.json"
	arrive_file "$PAYLOADS/test_button.json"
	printf '{"object":"page",\n"entry":[{"id":"broken","time":7}]}' >"$S/body"
	arrive_file "$S/body"
	to_database
	relay 0 --once
	[ -z "$output" ]
	diff <(rows 'seq, id, endpoint, object, signature, repeat_key, "distinct", reformatted, payload') \
	    <(perl -ne '/,"payload":(.*)\}$/ and print "$1\n"' \
	    "$source_dir/notifications.jsonl" | paste -d '|' <(lines_as '.seq, .id,
	    .endpoint, .object, .signature, .repeat_key,
	    if .distinct == false then "f" else "t" end,
	    if .reformatted then "t" else "f" end') -)
	diff <(rows "to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')") \
	    <(lines_as .received_at)
	[ "$(sql "SELECT DISTINCT journal FROM $table")" = "$(<"$source_dir/relay/id")" ]
	at 4
	# Nothing is left to send; and what is sent again is known.
	relay 0 --once
	sql "UPDATE ${table}_position SET seq = 0"
	relay 0 --once
	has 4
	at 4
}

@test "updates: once, with the columns of their lines" {
	from_journal "$BATS_TEST_NUMBER" 'lines = "update"'
	printf '%s' '{"object":"whatsapp_business_account","entry":[{"id":"6","changes":[' \
	    '{"value":{"messaging_product":"whatsapp","statuses":[{"id":"wamid.A"},' \
	    '{"id":"wamid.B"}]},"field":"messages"}]}]}' >"$S/body"
	arrive_file "$S/body"
	printf '%s' '{"object":"page","x":1,"entry":[{"id":"1","time":5,"y":2,"changes":[' \
	    '{"field":"a","value":1},{"field":"b","value":2}]}]}' >"$S/body"
	arrive_file "$S/body"
	to_database
	relay 0 --once
	diff <(rows 'seq, id, key, delivery_id, update_index, update_count, entry_id,
	    entry_time, "array", field, meta_id, envelope, entry, value::json, "update", payload') \
	    <(jq -r '[.seq, .id, .id, .delivery_id, .update_index, .update_count,
	    .entry_id, .entry_time, .array, .field, .meta_id, .envelope, .entry, .value,
	    .update, null] | map(if . == null then "" else . end | tostring) | join("|")' \
	    "$source_dir/notifications.jsonl")
}

@test "a redelivery to another host is not added; what is indistinct is" {
	local second
	to_database
	arrive_file "$PAYLOADS/page_comment.json"
	arrive_file "$PAYLOADS/test_button.json"
	relay 0 --once
	cp -p "$from" "$S/etc/second.conf"
	second=$S/from/second
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$second"
	sed -i "s,^directory.*,directory = \"$second\"," "$S/etc/second.conf"
	from=$S/etc/second.conf
	arrive_file "$PAYLOADS/page_comment.json"
	arrive_file "$PAYLOADS/test_button.json"
	# A relay brought the other host's sample here.
	arrive_file "$PAYLOADS/test_button.json" \
	    HTTP_X_HUB_SIGNATURE_256="$(sign "$PAYLOADS/test_button.json")" \
	    HTTP_X_HOOKLINE_ORIGIN="$(<"$source_dir/relay/id")/2"
	relay 0 --once
	[ "$(rows 'seq, relayed' | sort | paste -sd ' ')" = '1| 2| 2|' ]
	[ "$(sql "SELECT count(*) FROM ${table}_keys WHERE occurrence ~ '^[0-9a-f]{32}/2$'")" = 2 ]
	[ "$(sql "SELECT seq FROM ${table}_position ORDER BY seq" | paste -sd ' ')" = '2 3' ]
}

@test "unpaired surrogates and \\u0000 are kept, also as json" {
	printf '%s' '{"object":"page","entry":[{"id":"x","time":5,"a":"\u0000","b":"\ud800 \udc00"}]}' \
	    >"$S/body"
	arrive_file "$S/body"
	to_database
	relay 0 --once
	[ "$(rows payload)" = "$(<"$S/body")" ]
	[ "$(sql "SELECT payload FROM ${table}_json")" = "$(<"$S/body")" ]
}

@test "filters choose what is sent; the position passes the rest" {
	many 1 30 object=other
	arrive one
	many 31 5 object=other
	to_database '	objects = "page"'
	relay 0 --once
	[ "$(names)" = one ]
	at 36
}

@test "thousands: all of them once, in order" {
	many 1 2500 rotate=100000
	to_database
	relay 0 --once
	[ "$(names)" = "$(seq -s ' ' 2500)" ]
	at 2500
	"$CTL" relays --config "$from" | grep -qE '^r +postgresql /postgres +2,500 +0 +0 +in step'
}

#
# Whose fault it is
#

@test "one record is refused: a dead letter, and the rest goes on" {
	many 1 1500
	to_database
	sql "ALTER TABLE $table ADD CHECK (payload NOT LIKE '%\"777\"%')"
	relay 1 --once
	[ "$(names)" = "$(seq -s ' ' 1500 | sed 's/ 777 / /')" ]
	at 1500
	[ "$(jq -c '[.by, .tries, .record.seq]' "$dead")" = '["relay r",1,777]' ]
	[[ $(jq -r .error "$dead") == "23514: new row for relation \"$table\" violates check"* ]]
	relay_says 'event=relay-dead relay=r seq=777 tries=1 problem="23514: '
	# The last one is refused: the position passes it nevertheless.
	arrive two 777
	relay 1 --once
	at 1502
	# A server that is slow has refused a record at last: nothing waits after that.
	sed -i 's/^\ttable/\ttimeout = "1s"\n&/' "$from"
	trigger "$table" "PERFORM pg_sleep(2); RAISE 'no' USING ERRCODE = '23000';"
	arrive three
	relay 1 --once
	relay_says 'event=relay-held relay=r problem="the server has not answered for'
	relay_says 'event=relay-dead relay=r seq=1503 tries=1 problem="23000: no"'
	at 1503
}

@test "ten dead letters in a row: it holds instead" {
	many 1 30
	to_database
	sql "ALTER TABLE $table ADD CHECK (seq > 1000) NOT VALID"
	relay 3 --once
	[ "$(wc -l <"$dead")" = 10 ]
	relay_says 'event=relay-held relay=r problem="23514: .*, after ten dead letters in a row'
	# That does not begin again with each start.
	relay_start
	within 100 shown '  held: 23514: .*, after ten dead letters in a row'
	relay_stop
	[ "$(wc -l <"$dead")" = 10 ]
	sql "ALTER TABLE $table DROP CONSTRAINT ${table}_seq_check"
	relay 0 --once
	has 20
}

@test "a database in LATIN1: what it lacks becomes dead letters" {
	sql "CREATE DATABASE latin ENCODING LATIN1 TEMPLATE template0"
	arrive_file "$PAYLOADS/utf8.json"
	arrive one
	to_database '' "$(pg_url latin)"
	relay 0 --check
	[[ $output == *'what its encoding lacks becomes dead letters: LATIN1' ]]
	relay 1 --once
	[ "$(sql "SELECT seq FROM $table" latin)" = 2 ]
	[[ $(jq -r .error "$dead") == 22P05:* ]]
	sql 'DROP DATABASE latin'
}

#
# The position
#

@test "the position is moved back, forward, and to what the journal does not have" {
	arrive one two three
	to_database
	relay 0 --once
	sql "UPDATE ${table}_position SET seq = 1"
	relay 0 --once
	relay_says 'event=relay-back relay=r problem="the journal has another record'
	at 3
	sql "UPDATE ${table}_position SET seq = 100"
	relay 0 --once
	relay_says 'event=relay-back relay=r problem="the journal ends before'
	at 3
	# The cursor goes back with it, even if nothing can be sent.
	sql "DELETE FROM ${table}_position"
	sql "ALTER TABLE $table RENAME TO ${table}_away"
	arrive four
	relay 3 --once
	[ ! -e "$cursor" ]
	sql "ALTER TABLE ${table}_away RENAME TO $table"
	relay 0 --once
	at 4
	[ "$(names)" = 'one two three four' ]
	# The cursor is only a copy.
	echo garbage >"$cursor"
	relay 0 --once
	at 4
}

@test "a journal is restored at an older record" {
	arrive one two
	cp -a "$source_dir" "$S/copy"
	arrive three four
	to_database
	relay 0 --once
	cp -a "$source_dir/relay/." "$S/copy/relay/"
	mv "$source_dir" "$S/replaced"
	mv "$S/copy" "$source_dir"
	arrive a b
	relay 0 --once
	relay_says 'event=relay-back'
	[ "$(names)" = 'one two three four a b' ]
	at 4
	# Nothing can be read for a while.
	cp "$source_dir/relay/id" "$S/id"
	echo nonsense >"$source_dir/relay/id"
	relay_start
	within 100 shown '  failed: the journal cannot be read$'
	cat "$S/id" >"$source_dir/relay/id"
	within 100 shown '  in step$'
	relay_stop
}

@test "two that send the same journal: one of them holds, and neither ends" {
	local first second n
	arrive one
	to_database
	cp -a "$source_dir" "$S/from/twin"
	first=$from
	second=$S/etc/twin.conf
	sed "s,^directory.*,directory = \"$S/from/twin\"," "$from" >"$second"
	chown "$conf_owner" "$second"
	chmod "$conf_mode" "$second"
	relay_start
	within 100 at 1
	from=$second
	relay_command
	in_background twin "${command[@]}"
	for n in 1 2 3 4 5 6; do
		from=$first
		arrive "a$n"
		within 300 has_or_holds $((2 * n))
		! one_holds || break
		from=$second
		arrive "b$n"
		within 300 has_or_holds $((2 * n + 1))
		! one_holds || break
	done
	grep -qE 'event=relay-held relay=r problem="somebody else is sending' \
	    "$S/log/relay" "$S/log/twin"
	kill "$(<"$S/twin.pid")"
	within 100 gone "$(<"$S/twin.pid")"
	rm "$S/twin.pid"
	relay_stop
	run grep -q 'event=relay-ended' "$S/log/relay" "$S/log/twin"
	[ "$status" = 1 ]
}

# one_holds: one of the two relays has said that somebody else is sending.
one_holds() {
	grep -qs 'somebody else' "$S/log/relay" "$S/log/twin"
}

# has_or_holds COUNT: for within: the table has so many rows, or one of the two holds.
has_or_holds() {
	one_holds || has "$1"
}

@test "a journal that is restored under it: what was done before does not count" {
	arrive one two
	cp -a "$source_dir/notifications.jsonl" "$S/older"
	arrive three four
	to_database
	relay_start
	within 100 at 4
	cat "$S/older" >"$source_dir/notifications.jsonl"
	arrive a
	within 100 relay_says 'event=relay-back'
	within 100 has 5
	relay_stop
	[ "$(names)" = 'one two three four a' ]
}

@test "acknowledge: 200 is only for what is in the database" {
	to_database
	sed -i 's/^sync = false/sync = true\nacknowledge = "r"\nacknowledge_within = "9s"/' "$from"
	relay_start
	# The relay beats before there is a record.
	within 100 arrive one
	arrive two
	has 2
	# A dead letter counts as passed.
	sql "ALTER TABLE $table ADD CHECK (payload NOT LIKE '%\"bad\"%')"
	arrive bad
	[ "$(jq .record.seq "$dead")" = 3 ]
	pg_stop db
	run arrive three
	[ "$status" != 0 ]
	pg_start db
	within 300 moving 5 has 3
	relay_stop
}

#
# The server
#

@test "the server is away at the start, and later, and comes back" {
	pg_stop db
	arrive one
	relay_to r "$(pg_url)" "table = \"$table\""
	relay 3 --once
	relay_says 'event=relay-held relay=r problem="connection to server on socket .* failed'
	relay_says 'event=relay-given-up relay=r'
	relay_start
	within 100 shown 'r +postgresql /postgres .* held: connection to server'
	pg_start db
	within 300 moving 70 relay_says 'event=relay-held .*42P01: relation '
	relay 0 --create r
	within 300 moving 70 has 1
	pg_stop db
	arrive two
	pg_start db
	within 300 moving 70 has 2
	within 100 at 2
	within 50 relay_says 'event=relay-resumed'
	# As after a fail-over to a standby that lacked the last transaction.
	sql "DELETE FROM $table WHERE seq = 2"
	sql "DELETE FROM ${table}_keys WHERE seq = 2"
	sql "UPDATE ${table}_position SET (seq, id, received_at) =
	    (SELECT seq, id, received_at FROM $table)"
	pg_stop db
	pg_start db
	within 300 moving 70 at 2
	relay_says 'event=relay-position-back relay=r first=2 last=2'
	[ "$(names)" = 'one two' ]
	relay_stop
}

@test "kill -9 in a transaction: all of it comes, once" {
	many 1 1500
	to_database
	relay_start
	within 100 has 1500
	# Nobody can write to the table, so that the transaction stays open.
	in_background lock "$PG_BIN/psql" -XAtq -h "$S/pg/run" -U root postgres -c \
	    "BEGIN" -c "LOCK TABLE $table IN EXCLUSIVE MODE" -c 'SELECT pg_sleep(30)'
	within 50 sql_is 1 "SELECT count(*) FROM pg_locks WHERE relation = '$table'::regclass
	    AND mode = 'ExclusiveLock'"
	many 1501 300
	within 100 waits_for relation
	kill -9 "$(relay_children)"
	sql "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'" \
	    >/dev/null
	rm "$S/lock.pid"
	within 300 moving 5 has 1800
	within 100 at 1800
	relay_stop
	[ "$(sql "SELECT count(DISTINCT id) FROM $table")" = 1800 ]
}

@test "a COMMIT whose wait is cancelled is none: the position is read again" {
	local n
	arrive one
	to_database
	relay_start
	within 100 at 1
	demand nobody
	arrive two
	within 100 waits_for SyncRep
	sql "SELECT pg_cancel_backend($backend)" >/dev/null
	within 100 relay_says 'event=relay-held .*canceling wait for synchronous replication'
	# What the database shows now is not confirmed either.
	within 100 moving 3 waits_for SyncRep
	grep -q '"seq":1,' "$cursor"
	demand ''
	within 100 moving 3 at 2
	within 50 relay_says 'event=relay-resumed'
	relay_stop
	has 2
}

@test "replicas: fewer standbys than it wants are refused by name" {
	arrive one
	to_database '	replicas = 2'
	demand 'ANY 1 (a, b)'
	relay 3 --once
	relay_says "event=relay-held relay=r problem=\"synchronous_standby_names = 'ANY 1 \(a, b\)' waits for 1 standby, and replicas is 2"
	relay 1 --check
	[[ $output == *"synchronous_standby_names = 'ANY 1 (a, b)'"* ]]
	has 0
	# Enough are demanded, and COMMIT waits for them; then no more.
	demand 'FIRST 2 (a, b)'
	relay_start
	within 100 waits_for SyncRep
	demand ''
	within 100 relay_says "event=relay-held .*synchronous_standby_names = '' waits for 0 standbys"
	demand 'FIRST 2 (a, b)'
	within 100 moving 3 waits_for SyncRep
	within 300 moving 2 relay_says 'event=relay-held .*the server has not answered COMMIT for [1-9][0-9] s'
	kill "$relay_pid"
	within 100 moving 3 gone "$relay_pid"
	rm "$S/relay-pid"
	[ ! -e "$cursor" ]
	demand ''
}

@test "replicas: a COMMIT counts once a standby has it, and not if nobody waited" {
	local standby
	"${as_postgres[@]}" mkdir "$S/pg/wal"
	in_background standby "${as_postgres[@]}" "$PG_BIN/pg_receivewal" -D "$S/pg/wal" \
	    --synchronous --no-loop -d "host=$S/pg/run user=root application_name=a"
	standby=$(<"$S/standby.pid")
	demand a
	# The relay waits whatever the server would do by itself.
	sql 'ALTER ROLE root SET synchronous_commit = local'
	arrive one
	to_database '	replicas = 1'
	relay 0 --check
	[[ $output == *'; it waits for enough standbys' ]]
	relay_start
	within 100 at 1
	kill -STOP "$standby"
	arrive two
	within 100 waits_for SyncRep
	# The server commits without a standby, and without a warning.
	demand ''
	within 100 relay_says "event=relay-held .*synchronous_standby_names = '' waits for 0"
	has 2
	grep -q '"seq":1,' "$cursor"
	demand a
	within 100 moving 2 waits_for SyncRep
	grep -q '"seq":1,' "$cursor"
	kill -CONT "$standby"
	within 100 moving 2 at 2
	relay_stop
	demand ''
	kill "$standby"
	within 50 gone "$standby"
	rm "$S/standby.pid"
	has 2
}

@test "a backend that is stopped: it connects anew" {
	arrive one
	to_database
	relay_start
	within 100 at 1
	backend=$(sql "SELECT pid FROM pg_stat_activity WHERE application_name =
	    'hookline-relay'")
	kill -STOP "$backend"
	arrive two
	sleep 0.5
	within 50 moving 70 relay_says 'event=relay-held .*has not answered for'
	within 300 moving 5 has 2
	kill -CONT "$backend"
	relay_stop
}

@test "others are in its way: it tries again at once, or is held and tries later" {
	local key
	arrive_file "$PAYLOADS/page_comment.json"
	to_database '' "$(pg_url postgres \
	    '&options=-c%20default_transaction_isolation%3Drepeatable%5C%20read')"
	# Another relay adds the same event, and commits once this one waits for it.
	key=$(lines_as '.repeat_key // .id')
	other_session "INSERT INTO ${table}_keys VALUES ('$WEBHOOK', '$key', '', 1)" \
	    "DO \$\$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_stat_activity
	    WHERE wait_event = 'transactionid') LOOP PERFORM pg_sleep(0.05),
	    pg_stat_clear_snapshot(); END LOOP; END \$\$" COMMIT
	within 100 is_doing '^DO'
	relay 0 --once
	grep -q 'could not serialize access' "$S/log/db"
	run relay_says relay-held
	[ "$status" = 1 ]
	at 1
	has 0
	# It does not do that for ever.
	trigger "${table}_keys" "RAISE 'no' USING ERRCODE = '40001';"
	arrive two
	relay_start
	within 100 relay_says 'event=relay-held relay=r problem="40001: no"'
	# Somebody has locked the position.
	other_session "UPDATE ${table}_position SET seq = seq" 'SELECT pg_sleep(60)'
	within 100 is_doing '^SELECT pg_sleep'
	sql "DROP TRIGGER does ON ${table}_keys"
	within 150 relay_says 'event=relay-held relay=r problem="55P03: '
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	    WHERE query ~ '^SELECT pg_sleep'" >/dev/null
	within 300 moving 5 at 2
	has 1
	relay_stop
}

@test "over TCP: it passes over a host that says nothing, and the server sends keepalives" {
	local silent
	in_background silent python3 -c 'import socket, time
silent = socket.create_server(("127.0.0.1", 0))
print(silent.getsockname()[1], flush=True)
time.sleep(600)'
	echo "$PG_PORT" >"$S/tcp"
	pg_stop db
	PG_PORT=$(free_port)
	pg_start db listen_addresses=127.0.0.1
	within 50 test -s "$S/log/silent"
	silent=127.0.0.1:$(<"$S/log/silent")
	arrive one
	to_database '' "postgresql://root@$silent,127.0.0.1:$PG_PORT/postgres"
	sed -i "s/$silent,//" "$from"
	relay_start
	within 100 at 1
	within 50 keeps_alive
	relay_stop
	kill "$(<"$S/silent.pid")"
	rm "$S/silent.pid"
}

@test "a server elsewhere that is not checked: one warning" {
	arrive one
	relay_to r "postgresql://0.0.0.0:$(free_port)/hooks"
	relay 3 --once
	[ "$(grep -c 'event=relay-unverified relay=r sslmode=prefer' "$S/log/relay")" = 1 ]
	never_says() {
		! relay_says relay-unverified
	}
	: >"$S/log/relay"
	from_journal "$BATS_TEST_NUMBER"
	relay_to r "postgresql://127.0.0.1:$(free_port)/hooks"
	relay 3 --once
	never_says
}

@test "a password is in no log" {
	local passfile=$S/etc/pass
	sql "CREATE ROLE careful LOGIN SUPERUSER PASSWORD 'w0rd-of-the-tests'"
	cp -p "$S/pg/db/pg_hba.conf" "$S/hba"
	sed '1i local all careful scram-sha-256' "$S/hba" >"$S/pg/db/pg_hba.conf"
	sql 'SELECT pg_reload_conf()' >/dev/null
	arrive one
	echo "*:*:*:careful:wr0ng-w0rd-of-the-tests" >"$passfile"
	chown "$WORKER" "$passfile"
	chmod 0600 "$passfile"
	relay_to r "postgresql://careful@/postgres?host=$S/pg/run&passfile=$passfile" \
	    "table = \"$table\""
	relay 3 --once
	relay_says 'password authentication failed for user'
	echo "*:*:*:careful:w0rd-of-the-tests" >"$passfile"
	relay 0 --create r
	relay 0 --once
	has 1
	run relay_says w0rd
	[ "$status" = 1 ]
	cat "$S/hba" >"$S/pg/db/pg_hba.conf"
	sql 'SELECT pg_reload_conf()' >/dev/null
}
