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

scan_round() {
	local body name value
	for body in $BODIES; do
		fresh_pool "$body" 64
		while read -r name value; do
			note scan "$name" "$body" 0 "$1" "$value"
		done < <("$BIN/scan" "$W/pool")
	done
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
