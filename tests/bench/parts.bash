# shellcheck shell=bash disable=SC2034,SC2154 # shared with run
# parts.bash: the measurements: a ROW_round NUMBER for each row that is not a body,
# and the measurements that are made once. For run, which explains measure(), note()
# and the variables.

# measure_row ROW ROUND
measure_row() {
	case $1 in
	photos | whatsapp | batch) body_round "$1" "$2" ;;
	others | memory | script) ;;
	*) "${1}_round" "$2" ;;
	esac
}

# body_round BODY ROUND
body_round() {
	local connections name names
	for connections in 1 16 64; do
		names=$(members "$1")
		if wanted others && { [ "$full" ] || [ $connections = 64 ]; }; then
			names="$names $(members others)"
		fi
		# shellcheck disable=SC2086 # words, one name each
		for name in $(turned "$2" $names); do
			measure lighttpd "$name" "$1" $connections "$2"
		done
	done
}

# Each answer needs one sync.
single_round() {
	local name
	for name in $(turned "$1" null sync); do
		measure single "$name" photos 1 "$1"
	done
	mkdir -p "$W/commit-alone"
	note single alone - 1 "$1" "$("$BIN/commit" alone "$W/commit-alone" 1 \
	    $((tenths * 100)))"
	rm -rf "$W/commit-alone"
}

shared_round() {
	local count name
	for count in $SHARED; do
		for name in $(turned "$1" "null-$count" "shared-$count"); do
			measure shared "$name" photos 64 "$1"
		done
	done
}

apache_round() {
	local body connections name
	for body in $BODIES; do
		for connections in $([ "$full" ] && echo 1 16) 64; do
			for name in $(turned "$1" apache-null apache-sync \
			    apache-async); do
				measure apache "$name" "$body" "$connections" "$1"
			done
		done
	done
}

cgi_round() {
	local connections name
	for connections in 1 16; do
		for name in $(turned "$1" cgi-empty cgi-sync cgi-async \
		    cgi-dynamic cgi-php); do
			measure cgi "$name" photos $connections "$1"
		done
	done
}

# At half the rate that a measurement with 64 connections has just given.
latency_round() {
	local name rate figures
	for name in $(turned "$1" null sync async); do
		has "$name" || continue
		load "$name" photos 64 "$tenths"
		tidy
		rate=$((${LAST[$name,photos,64]} / 2))
		fresh_pool photos $((rate * 4))
		read -r -a figures < <("$BIN/paced" "$PORT" "$W/pool" $rate \
		    $((tenths * 400)) 64)
		tidy
		note rate "$name" photos 64 "$1" "$rate"
		note p50 "$name" photos 64 "$1" "${figures[1]}" "${figures[5]}"
		note p99 "$name" photos 64 "$1" "${figures[2]}"
		note p999 "$name" photos 64 "$1" "${figures[3]}"
	done
}

# long_tenths ROUND: prints how long a measurement of a relay takes, in tenths of a
# second; fails if none is to be made in this round.
long_tenths() {
	if [ -z "$full" ]; then
		echo "$tenths"
	else
		[ "$1" -le "$LONG_ROUNDS" ] && echo $((LONG_SECONDS * 10))
	fi
}

# relay_config DIRECTORY: prints the configuration of a relay to the contender sync.
relay_config() {
	journal=$1 standard_config
	printf 'relay "sync" {\n\turl = "http://127.0.0.1:%s%s"\n\tin_flight = 16\n}\n' \
	    "$(<"${DIR[sync]}/port")" "$WEBHOOK"
}

# It sends twice as many as wrk has just sent to the same hookline.
relay_round() {
	local began micros length
	has sync || return 0
	length=$(long_tenths "$1") || return 0
	local tenths=$length
	measure relay sync photos 16 "$1"
	GOOD=$((GOOD * 2)) BAD=0
	fresh_pool photos $GOOD
	rm -rf "$W/relay"
	"$BIN/store" "$W/relay" "$W/pool"
	(umask 0077 && relay_config "$W/relay" >"$W/relay.conf")
	began=${EPOCHREALTIME/./}
	"$ROOT/build/hookline-relay" --config "$W/relay.conf" --once \
	    2>>"$W/relay.log" || BAD=1
	micros=$((${EPOCHREALTIME/./} - began))
	check_stored sync photos
	note relay relay photos 16 "$1" $((GOOD * 1000000 / micros)) $BAD
	tidy
	rm -rf "$W/relay"
}

# Prints the milliseconds from a record's time in the journal of relayed to its time
# in that of sync, in order. It is before the 200, so the delay is a little less.
delays() {
	awk -F '"' '{ split($6, t, /[:TZ]/); t[1] = (t[2] * 60 + t[3]) * 60 + t[4] }
	    NR == FNR { at[$10] = t[1]; next }
	    $10 in at { printf "%.3f\n", (t[1] - at[$10]) * 1000 }' \
	    <(lines | tail -n "$1") "${DIR[sync]}"/var/journal/notifications.jsonl |
	    sort -n
}

# 200 notifications a second arrive at a hookline whose relay is at work.
delay_round() {
	local as=() count=$((tenths * 80)) pid
	has sync && has relayed || return 0
	scratch_use "${DIR[relayed]}"
	! changes_user || as=(setpriv --reuid="$WORKER" --regid="$WORKER_GROUP"
	    --clear-groups)
	install -m 0755 "$ROOT/build/hookline-relay" "$S/lib/hookline-relay"
	relay_config "$journal" | configure
	"${as[@]}" "$S/lib/hookline-relay" --config "$conf" --once 2>>"$S/log/relay"
	"${as[@]}" "$S/lib/hookline-relay" --config "$conf" 2>>"$S/log/relay" &
	pid=$!
	fresh_pool photos $((count + 16))
	"$BIN/paced" "$PORT" "$W/pool" 200 $((tenths * 400)) 16 >"$W/paced"
	sleep 1
	kill $pid
	wait $pid
	delays $count >"$W/delays"
	count=$(wc -l <"$W/delays")
	note delay p50 photos 16 "$1" "$(sed -n "$((count / 2 + 1))p" "$W/delays")"
	note delay p99 photos 16 "$1" "$(sed -n "$((count * 99 / 100 + 1))p" \
	    "$W/delays")"
	tidy
}

scan_round() {
	local body name value
	for body in $BODIES; do
		fresh_pool "$body" 64
		while read -r name value; do
			note scan "$name" "$body" 0 "$1" "$value"
		done < <("$BIN/scan" "$W/pool")
	done
}

# verify_speed FOLDER [OPTION...]: MB that hookctl verify reads in a second of
# processor time.
verify_speed() {
	local folder=$1 user kernel TIMEFORMAT='%U %S'
	shift
	read -r user kernel < <({ time "$ROOT/build/hookctl" verify --directory \
	    "$folder" "$@" >"$W/verify.log" 2>&1; } 2>&1)
	grep -qx 'all is well' "$W/verify.log" || return
	find "$folder" -name 'notifications*' -printf '%s\n' | awk -v user="$user" \
	    -v kernel="$kernel" '{ n += $1 } END { print n / 1e6 / (user + kernel) }'
}

# large_journal BODY FOLDER: makes a journal of about 200 MB.
large_journal() {
	local count=400000
	[ "$1" = whatsapp ] && count=120000
	[ "$1" = batch ] && count=1200
	fresh_pool "$1" $count
	rm -rf "$2"
	"$BIN/store" "$2" "$W/pool"
}

# It is read twice, so that it is in memory.
verify_round() {
	local body
	(umask 0077 && echo "$SECRET" >"$W/secret")
	for body in $BODIES; do
		large_journal "$body" "$W/verify"
		verify_speed "$W/verify" >/dev/null
		note verify none "$body" 0 "$1" "$(verify_speed "$W/verify")"
		note verify secret "$body" 0 "$1" "$(verify_speed "$W/verify" \
		    --secret-file "$W/secret")"
	done
	rm -rf "$W/verify" "$W/secret"
}

# MB of records that are read in a second of processor time.
rebuild_round() {
	local body seconds
	for body in $BODIES; do
		large_journal "$body" "$W/rebuild"
		rm -rf "$W/rebuild/.state"
		seconds=$("$BIN/rebuild" "$W/rebuild" 2>>"$W/rebuild.log")
		note rebuild records "$body" 0 "$1" "$(find "$W/rebuild" -name \
		    'notifications*' -printf '%s\n' | awk -v t="$seconds" \
		    '{ n += $1 } END { if (t > 0) print n / 1e6 / t }')"
	done
	rm -rf "$W/rebuild"
}

# The journal is written once.
inbox_round() {
	local name elapsed processor count=${sizes##* }000
	[ -d "$W/inbox" ] || "$BIN/archive" "$W/inbox" "$count"
	while read -r name elapsed processor; do
		note inbox "$name" - "$count" "$1" "$elapsed"
		note inboxcpu "$name" - "$count" "$1" "$processor"
	done < <("$BIN/inbox" "$ROOT/build/hookline-inbox.fcgi" "$W/inbox" \
	    "$count")
}

commit_round() {
	local writers way
	for writers in 1 4 16 64; do
		for way in $(turned "$1" locked alone journal); do
			mkdir -p "$W/commit-$way"
			note commit "$way" - $writers "$1" "$("$BIN/commit" \
			    "$way" "$W/commit-$way" $writers $((tenths * 40)))"
		done
	done
	rm -rf "$W"/commit-*
}

# make_ids THOUSANDS: makes a journal with that many ids, a tenth at a time, and
# notes the cost of each tenth.
make_ids() {
	local tenth part=$(($1 * 100)) cpu
	for tenth in 0 1 2 3 4 5 6 7 8 9; do
		read -r cpu _ < <("$BIN/fill" "$W/ids-$1" \
		    $((tenth * part + 1)) $part 2>>"$W/fill.log")
		note filling $((tenth * part)) "$1" 0 1 "$cpu"
	done
}

# fill_contender NAME THOUSANDS: puts that many ids into the contender's journal
# before it starts.
fill_contender() {
	has "$1" || return 0
	scratch_use "${DIR[$1]}"
	install -m 0755 "$BIN/fill" "$S/lib/fill"
	setpriv $(changes_user && echo "--reuid=$WORKER --regid=$WORKER_GROUP --clear-groups") \
	    "$S/lib/fill" "$journal" 1 "$2"000 >"$S/log/fill" 2>&1
	SEEN[$1]=$(last_seq)
}

# The processor time of all processes of a contender, in nanoseconds.
processor_of() {
	local link
	for link in $(processes_of "$1"); do
		cut -d ' ' -f 1 "${link%exe}schedstat"
	done | awk '{ n += $1 } END { printf "%.0f\n", n }'
}

mark() {
	MARK=$(processor_of "$1")
}

# What a notification costs the receiver, with an empty journal and with full ones.
# The differences are a few per cent, so there are more turns, each shorter.
cost_round() {
	local name part size names=async
	for size in $sizes; do
		names="$names ids-$size"
	done
	for part in 1 2 3 4; do
		# shellcheck disable=SC2086 # words, one name each
		for name in $(turned $(($1 + part)) $names); do
			has "$name" || continue
			load "$name" photos 16 $(((tenths + 1) / 2)) mark
			note cost "$name" photos 16 "$1$part" "$((($(processor_of \
			    "$name") - MARK) / GOOD))" "$BAD"
			tidy
		done
	done
}

# The cost of a record at each journal size, and of a CGI request without a web
# server.
size_round() {
	local size first cpu
	cost_round "$1"
	rm -rf "$W/fresh"
	"$BIN/fill" "$W/fresh" 1 1000 >/dev/null 2>>"$W/fill.log"
	for size in 0 $sizes; do
		first=$((size * 1000 + $1 * 50000))
		read -r cpu _ < <("$BIN/fill" "$(ids_folder "$size")" "$first" \
		    40000 2>>"$W/fill.log")
		note growth "$size" - 0 "$1" "$cpu"
	done
	rm -rf "$W/fresh"
	fresh_pool photos 1000
	first=1
	note start empty - 0 "$1" "$("$BIN/start" "$W/pool" 1 100 "$BIN/empty")"
	for size in 0 $sizes; do
		first=$((first + 100))
		note start "$size" - 0 "$1" "$(start_with "$size" "$first")"
	done
}

# The speed with a slow disk.
slow_round() {
	local delay count
	for delay in $delays; do
		for count in $counts; do
			measure slow "slow-$delay-$count" photos 64 "$1"
		done
	done
}

ids_folder() {
	[ "$1" = 0 ] && echo "$W/fresh" || echo "$W/ids-$1"
}

# start_with THOUSANDS FIRST: prints the microseconds of a request.
start_with() {
	S=$W/ids
	conf=$S/etc/hookline.conf
	mkdir -p "$S/etc"
	journal=$(ids_folder "$1")
	standard_config 'sync = false' | conf_owner=:$(id -gn) configure
	"$BIN/start" "$W/pool" "$2" 100 "$static" \
	    "HOOKLINE_CONFIG=$S/etc/hookline.conf" 2>>"$W/start.log"
}

# The /proc/PID/exe of each process of a contender.
processes_of() {
	local link
	for link in /proc/[0-9]*/exe; do
		if [ "$(readlink "$link")" = "${DIR[$1]}/lib/hookline.fcgi" ]; then
			echo "$link"
		fi
	done
}

# Private memory of each process of a contender, in kilobytes.
memory_of() {
	local link
	for link in $(processes_of "$1"); do
		awk '/^Private_/ { n += $2 } END { print n }' \
		    "${link%exe}smaps_rollup"
	done
}

memory() {
	local name value number
	for name in null sync async sync-update async-update apache-sync; do
		has "$name" || continue
		number=0
		for value in $(memory_of $name); do
			number=$((number + 1))
			note memory $name - 0 $number "$value"
		done
	done
}

# How much wrk's script could send if sending cost nothing.
script() {
	local body size micros
	for body in $BODIES; do
		fresh_pool "$body" 2000
		scratch_use "${DIR[null]}"
		read -r _ size micros _ < <(wrk -t 1 -c 1 -d 1 \
		    -s "$here/requests.lua" "http://127.0.0.1:$PORT/" -- \
		    "$W/pool" 1 cost | tail -n 1)
		note script wrk "$body" 0 1 $((size * 1000000 / micros))
	done
}
