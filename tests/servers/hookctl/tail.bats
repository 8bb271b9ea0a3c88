#!/usr/bin/env bats
# tail.bats: hookctl tail: what it shows, how it follows, cursors, commands, dead
# letters, exit statuses. tests/faults/tail.bats kills it.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"
# shellcheck source=tests/servers/lib/hookctl.bash
source "$BATS_TEST_DIRNAME/../lib/hookctl.bash"

WRITER=$ROOT/build/faults/writer

# All tests that only read share $S/var/base: 24 records in compressed, plain and live
# files. Seqs 1 to 20 have the object page, the others user.
setup_file() {
	scratch_new "$CHECKED"
	export SCRATCH=$S
	new_journal base
	write 1 20 rotate=1500 compress=1
	write 21 4 object=user
	within 100 compressed
}

setup() {
	scratch_use "$SCRATCH"
	journal=$S/var/base
	here=$S/test/$BATS_TEST_NUMBER
	mkdir -p "$here"
	cursor=$here/cursor
	dead=$here/dead
	background=
}

teardown() {
	if [ -n "$background" ]; then
		stop_pid "$background" || true
	fi
	no_reports
}

teardown_file() {
	end_shared
}

# new_journal NAME: an empty one, of the worker.
new_journal() {
	journal=$S/var/$1
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$journal"
}

# write FIRST COUNT [NAME=VALUE...]: see tests/faults/writer.c.
write() {
	"$WRITER" "$journal" "$@"
}

compressed() {
	[ -n "$(find "$journal/archive" -name '*.gz')" ]
}

t() {
	ctl tail --directory "$journal" "$@"
}

# in_back WORD...: tail in the background; its output is in $here/out, or goes to OUT,
# and $here/err.
in_back() {
	ASAN_OPTIONS=log_path=$S/sanitizer/ctl:exitcode=99 \
	    "$CTL" tail --directory "$journal" "$@" \
	    >"${OUT:-$here/out}" 2>"$here/err" 3>&- &
	background=$!
}

# ended STATUS: what is in the background has ended so.
ended() {
	local status=0
	within 300 gone "$background" || fail 'it does not end' || return
	wait "$background" || status=$?
	background=
	[ "$status" = "$1" ] || fail "ended with $status: $(<"$here/err")"
}

# seqs [FILE]: of the lines of $output, or of a file.
seqs() {
	local line list=()
	while IFS= read -r line; do
		if [[ $line =~ ^\{\"seq\":([0-9]+), ]]; then
			list+=("${BASH_REMATCH[1]}")
		fi
	done < <(if [ -n "${1:-}" ]; then cat "$1"; else echo "$output"; fi)
	echo "${list[*]}"
}

# shows LIST WORD...: tail with these words prints these seqs and exits 0.
shows() {
	local wanted=$1
	shift
	run --separate-stderr t "$@"
	[ "$status" = 0 ] || fail "exit $status: $stderr" || return
	[ "$(seqs)" = "$wanted" ] || fail "$* shows $(seqs), not $wanted"
}

# ends STATUS TEXT WORD...: tail ends so, and says this on standard error.
ends() {
	local wanted=$1 text=$2
	shift 2
	run --separate-stderr t "$@"
	[ "$status" = "$wanted" ] || fail "exit $status, not $wanted: $stderr" ||
	    return
	[[ $stderr == *"$text"* ]] || fail "says '$stderr', not '$text'"
}

cursor_seq() {
	local text
	text=$(<"$cursor")
	[[ $text =~ \"seq\":([0-9]+), ]]
	echo "${BASH_REMATCH[1]}"
}

# A file has this text, with a newline.
has() {
	[ "$(cat "$1" 2>/dev/null)" = "$2" ]
}

last_seq_of() {
	local list
	list=$(seqs "$1")
	[ "${list##* }" = "$2" ]
}

#
# What is shown
#

@test "the last ten, or -n" {
	shows '15 16 17 18 19 20 21 22 23 24'
	shows '23 24' -n 2
	shows '' -n 0
	shows "$(seq -s ' ' 24)" --lines=1000
	shows '20 21 22 23 24' -n5
}

@test "the same from an old and compressed file, and bytes unchanged" {
	[ -n "$(find "$journal/archive" -name '*.gz')" ]
	shows "$(seq -s ' ' 24)" --from-seq 1
	[ "$output" = "$({
		for file in "$journal"/archive/*; do
			case $file in
			*.gz) zcat "$file" ;;
			*) cat "$file" ;;
			esac
		done
		cat "$journal/notifications.jsonl"
	})" ]
}

@test "from a record on, and the last of these" {
	shows '22 23 24' --from-seq 22
	shows '' --from-seq 25
	shows '23 24' --from-seq 22 -n 2
	shows '22 23 24' --from-seq 22 -n 5
}

@test "from one time to another" {
	local all from to
	all=$(seq -s ' ' 24)
	shows "$all" --since '1 hour ago'
	shows "$all" --until now
	shows '' --since '2099-01-01'
	shows '' --until '1 hour ago'
	run -0 t --from-seq 1
	from=$(jq -r 'select(.seq == 7).received_at' <<<"$output")
	to=$(jq -r 'select(.seq == 18).received_at' <<<"$output")
	shows "$(seq -s ' ' 7 18)" --since "$from" --until "$to"
	shows '17 18' --until "$to" -n 2
	shows "$(seq -s ' ' 9 18)" --since "$from" --until "$to" --from-seq 9 -n 20
}

@test "times are local, or UTC" {
	local now
	now=$(date -u '+%F %T' -d '+1 hour')
	TZ=UTC-3 ctl tail --directory "$journal" --since "$now" >"$here/out"
	last_seq_of "$here/out" 24
	TZ=UTC-3 ctl tail --directory "$journal" --utc --since "$now" >"$here/out"
	[ ! -s "$here/out" ]
}

@test "a clock that was wrong for a while hides nothing" {
	local n time
	new_journal clock
	n=0
	for time in 2026-01-02 2099-01-01 2026-01-03; do
		n=$((n + 1))
		printf '{"seq":%d,"received_at":"%sT00:00:00.000000Z","id":"%064d",' \
		    $n $time $n
		printf '"signature":null,"endpoint":"/webhook","object":null,'
		printf '"payload":{}}\n'
	done >"$journal/notifications.jsonl"
	shows '1 3' --utc --until 2026-02-01
	shows '2 3' --utc --since 2026-01-03
	shows '1 3' --utc --until 2026-02-01 -n 2
}

@test "with filters, the last ten that pass, from the whole journal" {
	shows '11 12 13 14 15 16 17 18 19 20' --object page
	[[ $stderr == 'hookctl: --object=page hides 4 of 14 records so far' ]]
	shows '21 22 23 24' --object user
	[[ $stderr == 'hookctl: --object=user hides 20 of 24 records so far' ]]
	shows '20' --object page -n 1
	shows '' --object none
	[[ $stderr == *' hides 24 of 24 records so far' ]]
}

@test "payload, and raw by default" {
	run -0 t -n 1 -o payload
	[[ $output == '{"object":"user","entry":[{"id":"24",'*'}' ]]
	run -0 t -n 1
	[[ $output == '{"seq":24,'*'}}' ]]
	run -0 t -n 1 -o raw
	[[ $output == '{"seq":24,'*'}}' ]]
}

@test "hookline_check is shown like any other" {
	new_journal check
	write 1 1 object=hookline_check
	shows 1
}

@test "a line that is no record is skipped, and said once" {
	new_journal foreign
	write 1 2
	printf 'not a record\nnor this\n' >>"$journal/notifications.jsonl"
	write 3 1
	printf '{"seq":4,"received_at":"2026-11-21T06:00:00.000000Z","x":1}\n' \
	    >>"$journal/notifications.jsonl"
	local at
	at=$(head -n 2 "$journal/notifications.jsonl" | wc -c)
	shows '1 2 3'
	[[ $stderr == *"/notifications.jsonl: the line at byte $at is not a record;"* ]]
	[ "$(wc -l <<<"$stderr")" = 1 ]
}

@test "an empty journal has none" {
	new_journal empty
	shows ''
	shows '' --object page
	shows '' --cursor-file "$cursor"
	[ ! -e "$cursor" ]
}

@test "usage: each mistake is named" {
	ends 2 'there is no option --bogus' --bogus
	ends 2 '--lines: "x" is not a number' -n x
	ends 2 '--since: "soon" is not a time such as' --since soon
	ends 2 '--until: "later" is not a time' --until later
	ends 2 '--since is later than --until' --since now --until yesterday
	ends 2 '--output: "xml" is none of: raw, short, payload, pretty' -o xml
	ends 2 '--timeout needs --exec' --timeout 5s
	ends 2 '--retries needs --exec' --retries 5
	ends 2 '--dead needs --exec' --dead "$dead"
	ends 2 '--batch needs --exec or --cursor-file' --batch 5
	ends 2 '--lines and --cursor-file exclude' -n 1 --cursor-file "$cursor"
	ends 2 '--from-seq and --cursor-file exclude' --from-seq 1 \
	    --cursor-file "$cursor"
	ends 2 '"word" is one word too many' word
	[ ! -e "$cursor" ]
}

@test "a journal that is not there: 3" {
	journal=$S/var/no-such
	ends 3 "the journal $journal: No such file or directory"
}

@test "a journal that may not be read: 3" {
	[ "$EUID" = 0 ] || skip 'only root may become another'
	CTL=$here/hookctl
	install -m 0755 "$ROOT/build/hookctl" "$CTL"
	chmod 0755 "$here" "$S/test"
	run --separate-stderr setpriv --reuid nobody --regid nogroup \
	    --clear-groups "$CTL" tail --directory "$journal"
	[ "$status" = 3 ]
	[[ $stderr == *'Permission denied'* ]]
}

@test "nothing is written into the journal's folder" {
	new_journal still
	write 1 3
	find "$journal" -printf '%p %i %s %T@\n' | sort >"$here/before"
	shows '1 2 3' --cursor-file "$cursor"
	ends 3 'is in the journal' --cursor-file "$journal/cursor"
	ends 3 'is in the journal' --cursor-file "$journal/relay/cursor"
	ends 3 'is in the journal' --exec true --dead "$journal/dead"
	find "$journal" -printf '%p %i %s %T@\n' | sort >"$here/after"
	cmp "$here/before" "$here/after"
}

#
# Following
#

@test "-f: across rotation, compression, restarts and a lost state" {
	local n
	new_journal follow
	write 1 3
	in_back -f
	within 100 last_seq_of "$here/out" 3
	for n in 4 14 24 34; do
		write $n 10 rotate=1500 compress=1
		[ $n != 14 ] || rm -r "$journal/.state"
	done
	within 100 last_seq_of "$here/out" 43
	[ "$(seqs "$here/out")" = "$(seq -s ' ' 43)" ]
	kill "$background"
	ended 0
	[ ! -s "$here/err" ]
}

@test "-f: waits for a journal that is not there yet, and says so once" {
	journal=$S/var/later
	in_back -f
	within 100 grep -q 'later is not there; waiting for it' "$here/err"
	new_journal later
	write 1 2
	within 100 last_seq_of "$here/out" 2
	write 3 1
	within 100 last_seq_of "$here/out" 3
	[ "$(seqs "$here/out")" = '1 2 3' ]
	[ "$(wc -l <"$here/err")" = 1 ]
}

@test "-f: the folder is moved away and back, and replaced by another journal" {
	new_journal moved
	write 1 2
	in_back -f
	within 100 last_seq_of "$here/out" 2
	mv "$journal" "$journal.away"
	within 100 grep -q 'is not there; waiting for it' "$here/err"
	mv "$journal.away" "$journal"
	write 3 1
	within 100 last_seq_of "$here/out" 3
	[ "$(seqs "$here/out")" = '1 2 3' ]
	mv "$journal" "$journal.away"
	new_journal moved
	write 11 2
	within 100 grep -q 'is another journal now; going on with its first' \
	    "$here/err"
	within 100 last_seq_of "$here/out" 2
	[ "$(seqs "$here/out")" = '1 2 3 1 2' ]
}

@test "-f -n 0: only what is new" {
	local n=2 list
	new_journal new
	write 1 2
	in_back -f -n 0
	# It is not known when it has seen what is there.
	until [ -s "$here/out" ]; do
		n=$((n + 1))
		[ $n -lt 100 ] || fail 'shows nothing'
		write $n 1
		sleep 0.1
	done
	write $((n + 1)) 1
	within 100 last_seq_of "$here/out" $((n + 1))
	list=$(seqs "$here/out")
	[ "${list%% *}" -gt 2 ]
	[ "$list" = "$(seq -s ' ' "${list%% *}" $((n + 1)))" ]
}

@test "-f says what a filter hides" {
	new_journal hides
	write 1 1 object=page
	write 2 3 object=user
	in_back -f --object page
	within 100 grep -qx 'hookctl: --object=page hides 3 of 4 records so far' \
	    "$here/err"
	kill "$background"
	ended 0
	[ "$(wc -l <"$here/err")" = 1 ]
}

@test "-f --until ends when the time has passed" {
	in_back -f --until now
	ended 0
	last_seq_of "$here/out" 24
}

@test "records that retention removed are named" {
	new_journal retention
	write 1 2
	shows '1 2' --cursor-file "$cursor"
	write 3 30 rotate=1000 keep=2
	run --separate-stderr t --cursor-file "$cursor"
	[ "$status" = 0 ]
	local list first
	list=$(seqs)
	first=${list%% *}
	[ "$first" -gt 4 ]
	[ "$list" = "$(seq -s ' ' "$first" 32)" ]
	[ "$stderr" = "hookctl: records 3 to $((first - 1)) were removed before they were read" ]
	ends 0 "records 1 to $((first - 1)) were removed" --from-seq 1
	# A first run has missed nothing.
	rm "$cursor"
	ends 0 '' --cursor-file "$cursor"
	[ -z "$stderr" ]
}

#
# Pipes and signals
#

@test "a closed pipe: 0, at once" {
	# shellcheck disable=SC2016 # for the other shell
	run -0 bash -c '"$@" | head -n 1; exit "${PIPESTATUS[0]}"' - \
	    "$CTL" tail --directory "$journal" -f
	[ "$(seqs)" = 15 ]
}

@test "a closed pipe ends what waits for records" {
	mkfifo "$here/pipe"
	OUT=$here/pipe in_back -f -n 1
	head -n 1 "$here/pipe" >"$here/line"
	ended 0
	[ ! -s "$here/err" ]
}

@test "a full disk: 3" {
	[ -e /dev/full ] || skip 'there is no /dev/full'
	OUT=/dev/full in_back
	ended 3
	grep -q 'standard output: No space left' "$here/err"
	OUT=/dev/full in_back --cursor-file "$cursor"
	ended 3
	[ ! -e "$cursor" ]
}

#
# Cursors
#

@test "a cursor: each record once, and the file as it should be" {
	new_journal cursor
	write 1 3
	shows '1 2 3' --cursor-file "$cursor"
	run -0 jq -r '[.cursor, .seq, .journal, .id] | @tsv' "$cursor"
	[ "$output" = "$(printf '1\t3\t%s\t%s' "$(<"$journal/relay/id")" \
	    "$(jq -r 'select(.seq == 3).id' "$journal/notifications.jsonl")")" ]
	[ "$(stat -c %a "$cursor")" = 600 ]
	[ ! -e "$cursor.new" ]
	shows '' --cursor-file "$cursor"
	write 4 20 rotate=1500 compress=1
	shows "$(seq -s ' ' 4 23)" --cursor-file "$cursor"
	shows '' --cursor-file "$cursor" --batch 100
}

@test "a cursor passes over what a filter hides" {
	shows '21 22 23 24' --cursor-file "$cursor" --object user
	[ "$(cursor_seq)" = 24 ]
	rm "$cursor"
	shows "$(seq -s ' ' 20)" --cursor-file "$cursor" --object page
	[ "$(cursor_seq)" = 24 ]
}

@test "a cursor stays before what is later than --until" {
	local to
	run -0 t --from-seq 1
	to=$(jq -r 'select(.seq == 7).received_at' <<<"$output")
	shows "$(seq -s ' ' 7)" --cursor-file "$cursor" --until "$to"
	[ "$(cursor_seq)" = 7 ]
	shows "$(seq -s ' ' 8 24)" --cursor-file "$cursor"
}

@test "a cursor hands out only what is durable" {
	new_journal durable
	write 1 2
	printf '{"seq":3,"received_at":"%s","id":"%064d","signature":null,"endpoint":"/webhook","object":null,"payload":{}}\n' \
	    2026-11-21T06:00:00.123456Z 3 >>"$journal/notifications.jsonl"
	shows '1 2' --cursor-file "$cursor"
	shows '1 2 3'
}

@test "a cursor that does not fit: 3, and nothing is sent" {
	local good
	new_journal wrong
	write 1 5
	shows '1 2 3 4 5' --cursor-file "$cursor"
	good=$(<"$cursor")
	sed -i 's/"seq":5/"seq":4/' "$cursor"
	wrong 'record 4 of the journal'
	sed -i 's/"seq":4/"seq":6/' "$cursor"
	wrong 'has no record 6'
	echo "${good/\"journal\":\"????????/\"journal\":\"00000000}" >"$cursor"
	wrong 'belongs to another journal, 00000000'
	: >"$cursor"
	wrong 'is empty or not a cursor'
	echo "${good%\}}" >"$cursor"
	wrong 'is empty or not a cursor'
	echo 41 >"$cursor"
	wrong 'is empty or not a cursor'
	echo "$good" >"$cursor"
	mv "$journal/relay/id" "$journal/relay/away"
	wrong 'relay/id is missing'
	mv "$journal/relay/away" "$journal/relay/id"
	shows '' --cursor-file "$cursor"
}

# wrong TEXT: a command is not run, the cursor stays, and this is said.
wrong() {
	local before
	before=$(<"$cursor")
	ends 3 "$1" --cursor-file "$cursor" || return
	[ -z "$output" ] || fail "shows $output" || return
	ends 3 "$1" --cursor-file "$cursor" --exec "echo run" || return
	[ -z "$output" ] || fail 'runs the command' || return
	[ "$(<"$cursor")" = "$before" ] || fail 'changes the cursor'
}

@test "a cursor in a folder that is not there: 3" {
	ends 3 'No such file or directory' --cursor-file "$here/no/cursor"
}

@test "a cursor that another process uses: 3" {
	in_back -f --cursor-file "$cursor"
	within 100 last_seq_of "$here/out" 24
	ends 3 'is being used by another process' --cursor-file "$cursor"
	kill "$background"
	ended 0
	shows '' --cursor-file "$cursor"
}

@test "-f with a cursor, restarted" {
	new_journal restarted
	in_back -f --cursor-file "$cursor"
	write 1 2
	within 100 last_seq_of "$here/out" 2
	kill "$background"
	ended 0
	write 3 2 rotate=600
	in_back -f --cursor-file "$cursor"
	within 100 last_seq_of "$here/out" 4
	[ "$(seqs "$here/out")" = '3 4' ]
}

@test "-f with a cursor ends where another journal takes its place: 3" {
	new_journal taken
	write 1 2
	in_back -f --cursor-file "$cursor"
	within 100 last_seq_of "$here/out" 2
	mv "$journal" "$journal.away"
	new_journal taken
	write 11 2
	ended 3
	grep -q 'belongs to another journal' "$here/err"
	[ "$(seqs "$here/out")" = '1 2' ]
}

#
# Commands
#

@test "--exec: a record on standard input, without a newline, in each format" {
	run -0 t -n 1 --exec 'cat; echo .'
	[ "$output" = "$(tail -n 1 "$journal/notifications.jsonl")." ]
	run -0 t -n 2 -o payload --exec 'cat; echo .'
	[ "$output" = "$(tail -n 2 "$journal/notifications.jsonl" |
	    jq -c .payload | sed 's/$/./')" ]
}

@test "--exec: what the environment says" {
	# shellcheck disable=SC2016 # for the command's shell
	run -0 t -n 1 --exec 'env | grep ^HOOKLINE_RECORD_ | sort'
	[ "$output" = "$(tail -n 1 "$journal/notifications.jsonl" |
	    jq -r '"HOOKLINE_RECORD_ENDPOINT=\(.endpoint)",
	    "HOOKLINE_RECORD_ID=\(.id)", "HOOKLINE_RECORD_OBJECT=\(.object)",
	    "HOOKLINE_RECORD_RECEIVED_AT=\(.received_at)",
	    "HOOKLINE_RECORD_SEQ=\(.seq)",
	    "HOOKLINE_RECORD_SIGNATURE=\(.signature)"')" ]
}

@test "--exec: variables that are not plain text are empty" {
	local object long n=0
	long=$(printf %0201d 0)
	new_journal odd
	for object in null '"a\u000ab"' '"\u00fc"' '"a\u0062c \"d\""' "\"$long\"" \
	    "\"${long:1}\""; do
		n=$((n + 1))
		printf '{"seq":%d,"received_at":"%s","id":"%064d",' $n \
		    2026-11-21T06:00:00.123456Z $n
		printf '"signature":null,"endpoint":"/webhook","object":%s,' "$object"
		printf '"payload":{}}\n'
	done >"$journal/notifications.jsonl"
	# shellcheck disable=SC2016 # for the command's shell
	run -0 t --exec 'echo "<$HOOKLINE_RECORD_OBJECT$HOOKLINE_RECORD_SIGNATURE>"'
	[ "$output" = "$(printf '%s\n' '<>' '<>' '<>' '<abc "d">' '<>' "<${long:1}>")" ]
}

@test "--exec: signals and descriptors are as for a new process" {
	# shellcheck disable=SC2016 # for the command's shell
	run -0 bash -c '"$@" 7</dev/null' - "$CTL" tail --directory "$journal" \
	    -n 1 --exec 'cat >/dev/null
	    sed -n "s/^Sig\(Blk\|Ign\):.*\(.......\)$/\2/p" /proc/self/status
	    ls /proc/self/fd | wc -l'
	# The last one is of ls itself.
	[ "$output" = $'0000000\n0000000\n4' ]
}

@test "--exec: the cursor moves past exit 0 only, and no --dead: 1" {
	# shellcheck disable=SC2016 # for the command's shell
	ends 1 'does not take record 3: exit 7' --cursor-file "$cursor" --retries 0 \
	    --exec '[ "$HOOKLINE_RECORD_SEQ" != 3 ] || exit 7'
	[ "$(cursor_seq)" = 2 ]
	run -0 t --cursor-file "$cursor" --exec 'cat; echo'
	[ "$(seqs)" = "$(seq -s ' ' 3 24)" ]
	[ "$(cursor_seq)" = 24 ]
}

@test "--exec: a command need not read its input" {
	new_journal large
	write 1 1 pad=100000
	run -0 t --cursor-file "$cursor" --exec true
	[ "$(cursor_seq)" = 1 ]
	rm "$cursor"
	run -0 t --cursor-file "$cursor" --exec 'wc -c'
	[ "$output" -gt 100000 ]
}

@test "--exec: tried again" {
	# shellcheck disable=SC2016 # for the command's shell
	run -0 t -n 1 --retries 1 --exec \
	    "cat >>'$here/got'; [ -e '$here/once' ] || { : >'$here/once'; exit 1; }"
	has "$here/got" "$(tail -n 1 "$journal/notifications.jsonl" | tr -d '\n')$(
	    tail -n 1 "$journal/notifications.jsonl")"
}

@test "--exec --timeout: all that the command started ends" {
	local began=$EPOCHSECONDS
	ends 1 'timeout 1s' -n 1 --retries 0 --timeout 1s \
	    --exec "sleep 60 & echo \$! >'$here/pid'; sleep 60"
	[ $((EPOCHSECONDS - began)) -lt 20 ]
	within 50 gone "$(<"$here/pid")"
}

@test "--exec --timeout: TERM, and KILL for what does not end" {
	ends 1 'timeout 1s' -n 1 --retries 0 --timeout 1s \
	    --exec "trap 'echo term >>\"$here/said\"' TERM
	    while :; do sleep 0.1; done"
	has "$here/said" term
}

@test "--exec: killed by a signal" {
	# shellcheck disable=SC2016 # for the command's shell
	ends 1 'signal 9' -n 1 --retries 0 --exec 'kill -9 $$'
}

@test "--exec: a signal ends tail after the record in hand" {
	in_back --cursor-file "$cursor" --exec \
	    ": >'$here/begun'; while [ ! -e '$here/go' ]; do sleep 0.05; done"
	within 100 test -e "$here/begun"
	kill "$background"
	: >"$here/go"
	ended 0
	[ "$(cursor_seq)" = 1 ]
}

# is_handled: no signal is waiting for the process in the background.
is_handled() {
	! grep -qE '^S(ig|hd)Pnd:.*[1-9a-f]' "/proc/$background/status"
}

@test "--exec: a second signal ends the command" {
	in_back --cursor-file "$cursor" --exec ": >'$here/begun'; sleep 60"
	within 100 test -e "$here/begun"
	kill "$background"
	within 100 is_handled
	# Within 100 ms it would be the same request.
	sleep 0.2
	kill -HUP "$background"
	ended 0
	[ ! -e "$cursor" ]
}

@test "--exec: a signal ends the wait for another try" {
	in_back --cursor-file "$cursor" --exec ": >'$here/begun'; exit 1"
	within 100 test -e "$here/begun"
	kill "$background"
	ended 0
	[ ! -e "$cursor" ]
}

@test "--batch: records joined by newlines, the rest at the end" {
	new_journal batch
	write 1 5
	run -0 t --cursor-file "$cursor" --batch 2 --exec 'cat; echo .'
	[ "$output" = "$(sed '2s/$/./;4s/$/./;5s/$/./' "$journal/notifications.jsonl")" ]
	[ "$(cursor_seq)" = 5 ]
}

@test "--batch: one that fails is tried record by record" {
	new_journal batches
	write 1 6
	cat >"$here/take" <<-END
		cat >'$here/in'
		! grep -q '"seq":5,' '$here/in' || exit 1
		grep -o '^{"seq":[0-9]*' '$here/in' | cut -d : -f 2 | xargs
	END
	ends 1 'record 5 is a dead letter now: exit 1' --cursor-file "$cursor" \
	    --batch 3 --retries 0 --dead "$dead" --exec "sh '$here/take'"
	[ "$output" = $'1 2 3\n4\n6' ]
	[ "$(jq -c .record.seq "$dead")" = 5 ]
	[ "$(cursor_seq)" = 6 ]
}

#
# Dead letters
#

@test "--dead: what the command does not take, and exit 1" {
	new_journal dead
	write 1 3
	# shellcheck disable=SC2016 # for the command's shell
	ends 1 'record 2 is a dead letter now: exit 22' --cursor-file "$cursor" \
	    --retries 1 --dead "$dead" --exec \
	    '[ "$HOOKLINE_RECORD_SEQ" != 2 ] || { echo "no, 422" >&2; exit 22; }'
	[[ $stderr == *'no, 422'* ]]
	[ "$(stat -c %a "$dead")" = 600 ]
	[ "$(jq -r '[.by, .tries, .error, .answer, .record.seq] | @tsv' "$dead")" = \
	    $'hookctl tail\t2\texit 22\tno, 422\\n\t2' ]
	grep -qF ",\"record\":$(sed -n 2p "$journal/notifications.jsonl")}" "$dead"
	[[ $(<"$dead") == '{"dead_at":"20'*'Z","by":'* ]]
	[ "$(cursor_seq)" = 3 ]
}

@test "--dead: at the tenth in a row the command is wrong: nine are written" {
	ends 1 'it is the 10th in a row' --cursor-file "$cursor" --retries 0 \
	    --dead "$dead" --exec false
	[ "$(jq -c .record.seq "$dead" | xargs)" = '1 2 3 4 5 6 7 8 9' ]
	[ "$(cursor_seq)" = 9 ]
	# One that is taken in between begins a new row.
	# shellcheck disable=SC2016 # for the command's shell
	ends 1 'record 24 is a dead letter' --cursor-file "$cursor" --retries 0 \
	    --dead "$dead" --exec '[ "$HOOKLINE_RECORD_SEQ" = 17 ]'
	[ "$(jq -c .record.seq "$dead" | xargs)" = \
	    '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 18 19 20 21 22 23 24' ]
	[ "$(cursor_seq)" = 24 ]
}

@test "--dead: a file that cannot be written: 3, and nothing is sent" {
	ends 3 'No such file or directory' --cursor-file "$cursor" \
	    --dead "$here/no/dead" --exec 'echo run'
	[ -z "$output" ]
	[ ! -e "$cursor" ]
}

@test "a cursor for standard output, where the journal has no id: 3, and nothing is shown" {
	new_journal nameless
	write 1 3
	rm -r "$journal/relay"
	run --separate-stderr -3 t --cursor-file "$cursor"
	[ -z "$output" ]
	[[ $stderr == *'relay/id is missing, so no cursor can name the journal'* ]]
	[ ! -e "$cursor" ]
}

@test "--dead: not one of the cursor's own files" {
	local name
	for name in "$cursor" "$cursor.new" "$here/../$BATS_TEST_NUMBER/cursor.lock"; do
		run -3 t --exec false --retries 0 --cursor-file "$cursor" --dead "$name"
		[[ $output == *"belongs to the cursor; choose another place" ]]
	done
	[ ! -e "$cursor" ]
}

@test "standard output that is closed: 3, and the cursor stays" {
	run --separate-stderr -3 closed_output --cursor-file "$cursor"
	[ "$stderr" = 'hookctl: standard output is closed' ]
	[ ! -e "$cursor" ]
}

closed_output() {
	t "$@" >&-
}

@test "a cursor without a state: it says why the live file's records do not come" {
	new_journal stateless
	write 1 3
	rm -r "$journal/.state"
	run --separate-stderr -0 t --cursor-file "$cursor"
	[ -z "$output" ]
	[[ $stderr == *'/.state/shared is missing, so nobody knows'* ]]
}

@test "a long name does not move the rows after it" {
	new_journal wide
	write 1 1 object="$(printf '%040d' 0 | tr 0 o)"
	write 2 1 object=page
	t -o short >"$here/out"
	tail -n 1 "$here/out" | grep -qE '^[^ ]+ +2  page {24}[^ ]'
}
