# shellcheck shell=bash disable=SC2034,SC2154 # shared with run
# database.bash: the rows that need PostgreSQL: a relay into a database compared with
# psql's COPY, and a receiver that acknowledges what a database has. For run.
#
# There are two primaries, each started when a row first needs it: `plain`, and
# `replicated`, which has one synchronous standby. Their settings are PostgreSQL's own,
# so with fsync.

ACKNOWLEDGE_RATE=200	# requests a second, for the latency

declare -A DB_PORT=([plain]=5432 [replicated]=5433 [standby]=5434)

# at_db NAME COMMAND...: runs a command of postgres.bash for this server.
at_db() {
	local S=$W/database PG_PORT=${DB_PORT[$1]}
	"${@:2}"
}

db_is_up() {
	[ -e "$W/database/$1.pid" ]
}

# db_start NAME: starts the server whose files are there.
db_start() {
	at_db "$1" pg_start "$1" fsync=on autovacuum=on shared_buffers=128MB
}

# db_follow PRIMARY NAME: a standby whom each commit waits for from now on.
db_follow() {
	at_db "$1" "${as_postgres[@]}" "$PG_BIN/pg_basebackup" -R -c fast \
	    -D "$W/database/pg/$2" \
	    -d "host=$W/database/pg/run port=${DB_PORT[$1]} user=root" &&
	    db_start "$2" &&
	    at_db "$1" sql "ALTER SYSTEM SET synchronous_standby_names = '*'" &&
	    at_db "$1" sql 'SELECT pg_reload_conf()' >>"$W/relay.log" &&
	    within 100 at_db "$1" sql_is sync \
	    'SELECT sync_state FROM pg_stat_replication'
}

# db_need NAME: starts a primary, with its standby and the relay's tables, unless it
# runs.
db_need() {
	! db_is_up "$1" || return 0
	mkdir -p "$W/database/log"
	at_db "$1" pg_make "$1" && db_start "$1" || return
	[ "$1" = plain ] || db_follow "$1" standby || return
	(umask 0077 && relay_db "$1" "$W/none" >"$W/create.conf")
	"$ROOT/build/hookline-relay" --config "$W/create.conf" --create db \
	    >>"$W/relay.log" 2>&1 && at_db "$1" sql "
		CREATE TABLE copied (LIKE notifications, occurrence text,
		    PRIMARY KEY (endpoint, key, occurrence))"
}

# The standby goes first: otherwise its primary would wait for it.
db_stop() {
	local name
	for name in standby replicated plain; do
		! db_is_up $name || at_db $name pg_stop $name
	done
	rm -rf "$W/database"
}

# relay_db PRIMARY DIRECTORY [LINES]: prints the configuration of a relay into it, with
# LINES at its top.
relay_db() {
	journal=$2 standard_config "${3:-}"
	printf 'relay "db" {\n\turl = "%s"\n' "$(at_db "$1" pg_url)"
	[ "$1" = plain ] || printf '\treplicas = 1\n'
	echo '}'
}

# took COMMAND...: sets MICROS to the time that it takes; BAD is 1 if it fails.
took() {
	local began=${EPOCHREALTIME/./}
	BAD=0
	"$@" || BAD=1
	MICROS=$((${EPOCHREALTIME/./} - began))
}

# Everything that was written before is on the disk, so that nobody has to wait for it.
settle() {
	sync -f "$W"
	at_db "$1" sql CHECKPOINT
}

send_to_db() {
	"$ROOT/build/hookline-relay" --config "$W/relay.conf" --once \
	    2>>"$W/relay.log"
}

# note_rate PART WHAT COUNT ROUND
note_rate() {
	note "$1" "$2" caption 0 "$4" $(($3 * 1000000 / MICROS)) "$BAD"
}

# rows_in PRIMARY TABLE COUNT: it has so many rows, or BAD is 1.
rows_in() {
	local count
	count=$(at_db "$1" sql "SELECT count(*) FROM $2")
	[ "$count" = "$3" ] || { echo "$2 has $count rows, not $3" >&2; BAD=1; }
}

# note_sizes PRIMARY WAL COUNT ROUND: the bytes that a record takes in its table and
# among the keys, and of write-ahead log since WAL.
note_sizes() {
	local what value
	while IFS='|' read -r what value; do
		note sqlbytes "$what" caption 0 "$4" "$value"
	done < <(at_db "$1" sql "SELECT what, round(bytes / $3.0, 1) FROM (VALUES
	    ('row', pg_total_relation_size('notifications')),
	    ('key', pg_total_relation_size('notifications_keys')),
	    ('wal', pg_wal_lsn_diff(pg_current_wal_lsn(), '$2'))) AS t (what, bytes)")
}

# beside_copy PART PRIMARY ROUND: the same rows by a relay and by psql's COPY.
beside_copy() {
	local rate=${SPEED[$1]:-40000} count length wal
	length=$(long_tenths "$3") || return 0
	db_need "$2" || { note "$1" relay caption 0 "$3" '' 1; return; }
	# So many that starting the relay hardly counts.
	count=$(((rate > 20000 ? rate : 20000) * length / 10))
	fresh_pool caption $count
	rm -rf "$W/relay"
	"$BIN/store" "$W/relay" "$W/pool"
	(umask 0077 && relay_db "$2" "$W/relay" >"$W/relay.conf")
	at_db "$2" sql 'TRUNCATE notifications, notifications_keys, copied'
	settle "$2"
	wal=$(at_db "$2" sql 'SELECT pg_current_wal_lsn()')
	took send_to_db
	SPEED[$1]=$((count * 1000000 / MICROS))
	rows_in "$2" notifications $count
	note_rate "$1" relay $count "$3"
	[ "$1" != sql ] || note_sizes "$2" "$wal" $count "$3"
	at_db "$2" sql "\\copy (SELECT *, '' FROM notifications) TO $W/rows"
	rm -rf "$W/relay" "$W/pool"
	at_db "$2" sql 'TRUNCATE notifications, notifications_keys'
	settle "$2"
	took at_db "$2" sql "\\copy copied FROM $W/rows"
	rows_in "$2" copied $count
	note_rate "$1" copy $count "$3"
	rm -f "$W/rows"
}

sql_round() {
	beside_copy sql plain "$1"
}

sql-replicas_round() {
	beside_copy sql-replicas replicated "$1"
}

# As the user whom the journal of `acknowledged` belongs to.
acknowledging() {
	local as=()
	! changes_user || as=(setpriv --reuid="$WORKER" --regid="$WORKER_GROUP"
	    --clear-groups)
	relay_db plain "$journal" 'acknowledge = "db"' | configure
	install -m 0755 "$ROOT/build/hookline-relay" "$S/lib/hookline-relay"
	in_background relay "${as[@]}" "$S/lib/hookline-relay" --config "$conf"
	within 100 is_acknowledged
}

is_acknowledged() {
	echo "{\"object\":\"none\",\"entry\":$NEXT}" >"$S/check"
	NEXT=$((NEXT + 1))
	post "$S/check" 2>/dev/null
	[ "$STATUS" = 200 ]
}

# Both at full speed, and at the same rate for the latency.
acknowledge_round() {
	local name figures
	has acknowledged || return 0
	scratch_use "${DIR[acknowledged]}"
	if ! db_need plain || ! acknowledging; then
		note acknowledge acknowledged photos 64 "$1" '' 1
		return
	fi
	for name in $(turned "$1" sync acknowledged); do
		measure acknowledge "$name" photos 64 "$1"
		fresh_pool photos $((ACKNOWLEDGE_RATE * tenths / 2 + 16))
		read -r -a figures < <("$BIN/paced" "$PORT" "$W/pool" \
		    $ACKNOWLEDGE_RATE $((tenths * 400)) 16)
		tidy
		note ack50 "$name" photos 16 "$1" "${figures[1]}" "${figures[5]}"
		note ack99 "$name" photos 16 "$1" "${figures[2]}"
	done
	scratch_use "${DIR[acknowledged]}"
	stop_pid "$(<"$S/relay.pid")"
	rm "$S/relay.pid"
}
