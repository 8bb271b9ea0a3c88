# shellcheck shell=bash disable=SC2034,SC2154 # shared with run
# database.bash: the rows that need PostgreSQL: a relay into a database compared with
# psql's COPY, and a receiver that acknowledges what a database has. For run.
#
# There are two primaries, each started when a row first needs it: `plain`, and
# `replicated`, with one synchronous standby. Their settings are Debian's, with fsync.

SQL_SECONDS=60		# of a measurement, with --full
SQL_ROUNDS=3		# with --full
ACKNOWLEDGE_RATE=200	# requests a second, for the latency

declare -A DB_PORT=()	# primary -> port

# postgres PROGRAM [WORDS...]: one of the server's programs, which root may not run.
postgres() {
	local as=() programs
	programs=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin |
	    sort -V | tail -n 1)
	[ "$EUID" != 0 ] || as=(setpriv --reuid="$WORKER" --regid="$WORKER_GROUP"
	    --clear-groups)
	"${as[@]}" "$programs/$1" "${@:2}" >>"$W/postgres.log" 2>&1
}

# db_serve NAME: starts the server whose files are in $W/db-NAME.
db_serve() {
	DB_PORT[$1]=$(free_port)
	postgres pg_ctl start -w -t 60 -D "$W/db-$1" -l "$W/db-$1/log.txt" -o \
	    "-p ${DB_PORT[$1]} -k '' -c listen_addresses=127.0.0.1" 9>&-
}

# db NAME [PSQL OPTIONS...]: asks the server of this name.
db() {
	psql -qAtX -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "${DB_PORT[$1]}" \
	    -U bench -d postgres "${@:2}"
}

# db_new NAME: makes a server and starts it, without standbys.
db_new() {
	install -d -m 0700 -o "$WORKER" -g "$WORKER_GROUP" "$W/db-$1"
	postgres initdb -A trust -U bench -E UTF8 --locale=C "$W/db-$1" &&
	    db_serve "$1"
}

# db_follow NAME STANDBY: STANDBY follows it from now on, and commits wait for that.
db_follow() {
	install -d -m 0700 -o "$WORKER" -g "$WORKER_GROUP" "$W/db-$2"
	postgres pg_basebackup -R -c fast -D "$W/db-$2" \
	    -d "host=127.0.0.1 port=${DB_PORT[$1]} user=bench" && db_serve "$2" &&
	    db "$1" -c "ALTER SYSTEM SET synchronous_standby_names = '*'" &&
	    db "$1" -c 'SELECT pg_reload_conf()' >>"$W/postgres.log" &&
	    within 100 follows "$1"
}

follows() {
	[ "$(db "$1" -c "SELECT sync_state FROM pg_stat_replication")" = sync ]
}

# db_need NAME: starts a primary, with its standby and the relay's tables, unless it
# runs.
db_need() {
	[ -z "${DB_PORT[$1]:-}" ] || return 0
	db_new "$1" || return
	[ "$1" = plain ] || db_follow "$1" standby || return
	relay_db "$1" "$W/none" >"$W/create.conf" && chmod 0600 "$W/create.conf" &&
	    "$ROOT/build/hookline-relay" --config "$W/create.conf" --create db \
	    >>"$W/relay.log" 2>&1 && db "$1" <<-'END'
		CREATE TABLE copied (LIKE notifications INCLUDING DEFAULTS,
		    PRIMARY KEY (endpoint, key, occurrence));
	END
}

# The standby goes first: otherwise its primary would wait for it.
db_stop() {
	local name
	for name in standby replicated plain; do
		[ -n "${DB_PORT[$name]:-}" ] || continue
		postgres pg_ctl stop -m immediate -D "$W/db-$name"
		rm -rf "$W/db-$name"
	done
}

# relay_db PRIMARY DIRECTORY [LINES]: prints the configuration of a relay into it, with
# LINES at its top.
relay_db() {
	journal=$2 standard_config "${3:-}"
	printf 'relay "db" {\n\turl = "postgresql://bench@127.0.0.1:%s/postgres"\n' \
	    "${DB_PORT[$1]}"
	printf '\treplicas = %s\n}\n' $((${#1} > 5))
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
	db "$1" -c CHECKPOINT
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
	count=$(db "$1" -c "SELECT count(*) FROM $2")
	[ "$count" = "$3" ] || { echo "$2 has $count rows, not $3" >&2; BAD=1; }
}

# beside_copy PART PRIMARY ROUND: the same rows by a relay and by psql's COPY.
beside_copy() {
	local rate=${SPEED[$1]:-20000} count length=$tenths
	if [ "$full" ]; then
		[ "$3" -le $SQL_ROUNDS ] || return 0
		length=$((SQL_SECONDS * 10))
	fi
	db_need "$2" || { note "$1" relay caption 0 "$3" '' 1; return; }
	count=$((rate * length / 10))
	fresh_pool caption $count
	rm -rf "$W/relay"
	"$BIN/store" "$W/relay" "$W/pool"
	(umask 0077 && relay_db "$2" "$W/relay" >"$W/relay.conf")
	db "$2" -c 'TRUNCATE notifications, notifications_keys, copied'
	settle "$2"
	took send_to_db
	SPEED[$1]=$((count * 1000000 / MICROS))
	rows_in "$2" notifications $count
	note_rate "$1" relay $count "$3"
	db "$2" -c "\\copy notifications TO $W/rows"
	rm -rf "$W/relay" "$W/pool"
	db "$2" -c 'TRUNCATE notifications, notifications_keys'
	settle "$2"
	took db "$2" -c "\\copy copied FROM $W/rows"
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
	has acknowledged && db_need plain || return 0
	scratch_use "${DIR[acknowledged]}"
	acknowledging || { note acknowledge acknowledged photos 64 "$1" '' 1; return; }
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
