#!/usr/bin/env bats
# relay.bats: hookline-relay. It sends to another hookline behind a real lighttpd,
# which must keep each record once, and to a taker that answers as a test tells it.

# shellcheck disable=SC2154 # run sets them

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"
# shellcheck source=tests/servers/lib/relay.bash
source "$HELPERS/relay.bash"

SETUP=lighttpd-fastcgi
CTL=$ROOT/build/hookctl
WRITER=$ROOT/build/faults/writer
PAYLOADS=$ROOT/tests/fixtures/payloads
OTHER=0ther5ec4e70f00000000000000000b22

setup_file() {
	scratch_new "$SHIPPED"
	other_config | configure
	share
	make_relay
	mkdir "$S/taker"
	in_background taker "$HELPERS/taker.py" "$S/taker"
	within 100 test -e "$S/taker/port"
}

# The configuration of the other hookline.
other_config() {
	standard_config 'sync = false' | sed 's/client_cert/allow_sha1 = true\n\t&/'
}

setup() {
	scratch_use "$SCRATCH"
	other_config | configure_again
	before=$(count_lines)
	URL=http://127.0.0.1:$PORT$WEBHOOK
	taker=$S/taker
	TAKER=http://127.0.0.1:$(<"$taker/port")/hook
	rm -f "$taker"/{log,answers,refuse,always,go}
	: >"$taker/log"
	: >"$S/log/relay"
	echo 0 >"$S/moved"
	unset HOOKLINE_CONFIG
	from_journal "$BATS_TEST_NUMBER"
	dead=$source_dir/relay/r.dead.jsonl
	cursor=$source_dir/relay/r.cursor
}

teardown() {
	if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
		show_logs
	fi
	relay_end
	no_reports
}

teardown_file() {
	stop_pid "$(<"$SCRATCH/taker.pid")" || true
	rm "$SCRATCH/taker.pid"
	end_shared
}

#
# What happens
#

# got FILTER: what jq prints for the requests that the taker got, on one line.
got() {
	jq -r "$1" "$taker/log" | paste -sd ' '
}

# names: the ids of the entries that the taker got.
names() {
	got '.body | fromjson | .entry[0].id'
}

# came COUNT: the taker got at least this many requests.
came() {
	[ "$(wc -l <"$taker/log")" -ge "$1" ]
}

# got_names WORDS: the taker got exactly these entries.
got_names() {
	[ "$(names)" = "$1" ] || fail "it got $(names), not $1"
}

# has_added COUNT: the other hookline has this many new records; for within.
has_added() {
	[ "$(count_lines)" = $((before + $1)) ]
}

# never COMMAND...: the command must fail.
never() {
	! "$@" || fail "it does: $*"
}

# is_done SEQ: the cursor is at this record.
is_done() {
	grep -q "\"seq\":$1," "$cursor" 2>/dev/null
}

# many FIRST COUNT [SETTINGS...]: writes numbered records into the journal.
many() {
	"$WRITER" "$source_dir" "$@"
}

# same_as_other COUNT: the last lines of both journals have the same bodies and
# signatures.
same_as_other() {
	local filter='[.id, .signature, .payload]'
	tail -n "$1" "$source_dir/notifications.jsonl" | jq -c "$filter" >"$S/one"
	tail -n "$1" "$live" | jq -c "$filter" | diff "$S/one" -
}

#
# What is sent
#

@test "to another hookline: as it came, in order, once, and with its origin" {
	local id
	arrive_file "$PAYLOADS/page_comment.json"
	arrive_file "$PAYLOADS/whatsapp_messages.json"
	arrive_file "$PAYLOADS/utf8.json" HTTP_X_HUB_SIGNATURE="$(sign \
	    "$PAYLOADS/utf8.json" "$SECRET" sha1)"
	relay_to r "$URL"
	relay 0 --once
	[ -z "$output" ]
	added 3
	same_as_other 3
	tail -n 1 "$live" | grep -q '"signature":"sha1='
	id=$(<"$source_dir/relay/id")
	[ "$(tail -n 3 "$live" | jq -r .relayed | paste -sd ' ')" = "$id/1 $id/2 $id/3" ]
	is_done 3
	[ ! -e "$dead" ]
	# Nothing is left to send. Without the cursor everything is sent again, and
	# the other hookline recognizes it.
	relay 0 --once
	rm "$cursor"
	relay 0 --once
	added 3
}

@test "signed anew: updates, what is unsigned, and what was reformatted" {
	local path=/in/aB3dE6gH9kL2mN5pQ8sT1v
	from_journal "$BATS_TEST_NUMBER" 'lines = "update"'
	printf 'endpoint "%s" {\nname = "open"\nverify_token = "t"\nunsigned = "accept"\n}\n' "$path" >>"$from"
	printf '%s' '{"object":"page","entry":[{"id":"1","time":5,"changes":[' \
	    '{"field":"a","value":1},{"field":"b","value":2}]}]}' >"$S/body"
	arrive_file "$S/body"
	printf '{"object":"page",\n"entry":[{"id":"broken","time":7}]}' >"$S/body"
	arrive_file "$S/body"
	printf '{"object":"page","entry":[{"id":"open","time":5}]}' >"$S/body"
	TARGET=$path arrive_file "$S/body" A=
	relay_to r "$URL" 'sign = "/webhook"'
	relay 0 --once
	added 4
	[ ! -e "$dead" ]
	[ "$(tail -n 4 "$live" | jq -r '.payload.entry[0].id' | paste -sd ' ')" = \
	    '1 1 broken open' ]
}

@test "what was reformatted has lost its signature: a dead letter at once" {
	printf '{"object":"page",\n"entry":[{"id":"broken","time":7}]}' >"$S/body"
	arrive_file "$S/body"
	arrive after
	relay_to r "$TAKER"
	relay 1 --once
	got_names after
	[ "$(jq -c '[.by, .tries, .error, .record.seq, .record.reformatted]' "$dead")" = \
	    '["relay r",0,"a reformatted body has lost its signature",1,true]' ]
	relay 0 --once
}

@test "a signature is needed: the configuration says so at once" {
	from_journal "$BATS_TEST_NUMBER" 'lines = "update"'
	relay_to r "$TAKER"
	relay 3 --once
	[[ $output == *'records must be signed anew'* ]]
}

@test "filters: endpoints, objects, samples, and what came from a relay" {
	printf 'endpoint "/second" {\nname = "second"\nverify_token = "t"\n%s }\n' \
	    "app_secret = \"$SECRET\"" >>"$from"
	arrive one
	TARGET=/second arrive two
	arrive_file "$PAYLOADS/whatsapp_messages.json"
	arrive_file "$PAYLOADS/test_button.json"
	arrive_file "$PAYLOADS/leadgen.json" \
	    HTTP_X_HUB_SIGNATURE_256="$(sign "$PAYLOADS/leadgen.json")" \
	    HTTP_X_HOOKLINE_ORIGIN=00000000000000000000000000000abc/77
	grep -q '"distinct":false' "$source_dir/notifications.jsonl"
	relay_to all "$TAKER/all"
	relay_to send "$TAKER/send" 'relayed = "send"'
	relay_to second "$TAKER/second" 'endpoints = "second"'
	relay_to page "$TAKER/page" 'objects = "page"'
	relay 0 --once
	[ "$(jq -r .path "$taker/log" | sort | uniq -c | awk '{ print $2, $1 }' |
	    paste -sd ' ')" = '/hook/all 3 /hook/page 2 /hook/second 1 /hook/send 4' ]
	[ "$(jq -r 'select(.path == "/hook/send") | .["X-Hookline-Origin"]' \
	    "$taker/log" | tail -n 1)" = 00000000000000000000000000000abc/77 ]
}

@test "thousands that are not wanted, before one that is" {
	many 1 3000 object=other
	arrive one
	relay_to r "$TAKER" 'objects = "page"'
	relay 0 --once
	got_names one
	is_done 3001
}

@test "one in flight keeps the order; sixteen send all" {
	many 1 300 rotate=20000
	relay_to one "$TAKER" 'sign = "/webhook"'
	relay 0 --once
	[ "$(names)" = "$(seq -s ' ' 300)" ]
	relay_to r "$URL" 'sign = "/webhook"
		in_flight = 16'
	relay 0 --once
	added 300
	is_done 300
	[ "$(tail -n 300 "$live" | jq -r '.payload.entry[0].id' | sort -n |
	    paste -sd ' ')" = "$(seq -s ' ' 300)" ]
}

#
# Whose fault it is
#

@test "one record is refused for ever: five tries, then a dead letter" {
	arrive one poison two
	echo poison >"$taker/refuse"
	relay_to r "$TAKER"
	relay_start
	within 100 came 2
	# It holds up the next one.
	sleep 0.3
	got_names 'one poison'
	within 300 moving 70 came 7
	got_names 'one poison poison poison poison poison two'
	relay_stop
	[ "$(jq -c '[.by, .tries, .error, .answer, .record.seq]' "$dead")" = \
	    '["relay r",5,"http 422","not this one\n",2]' ]
	cmp <(sed -n 2p "$source_dir/notifications.jsonl") \
	    <(sed 's/.*,"record"://; s/}$//' "$dead")
	is_done 3
	relay_says 'event=relay-dead relay=r seq=2 tries=5 problem="http 422"'
	# Once the cause is removed, the dead letters can be sent again.
	rm "$taker/refuse"
	mv "$dead" "$S/mended"
	HOME=$S "$CTL" forward --config "$from" --file "$S/mended" "$TAKER"
	[[ $(names) == *' two poison' ]]
}

@test "with sixteen in flight, one that is refused holds up no other" {
	arrive one poison two three
	echo poison >"$taker/refuse"
	relay_to r "$TAKER" 'in_flight = 16'
	relay_start
	within 100 came 4
	[ "$(got 'select(.status == "200") | .body | fromjson | .entry[0].id' |
	    tr ' ' '\n' | sort | paste -sd ' ')" = 'one three two' ]
	within 300 moving 70 test -s "$dead"
	within 100 is_done 4
	relay_stop
}

@test "500 for an hour, then well: nothing is given up" {
	local n
	arrive one two
	echo 500 >"$taker/always"
	relay_to r "$TAKER"
	relay_start
	for n in 1 2 3 4 5 6 7; do
		within 300 moving 600 came "$n"
	done
	relay_says 'event=relay-held relay=r problem="http 500"'
	rm "$taker/always"
	within 300 moving 600 is_done 2
	relay_stop
	relay_says 'event=relay-resumed'
	[ "$(got 'select(.status == "200") | .body | fromjson | .entry[0].id')" = \
	    'one two' ]
	[ ! -e "$dead" ]
}

@test "sixteen that fail at the same time are one failure" {
	local n
	for n in 1 2 3 4 5 6 7 8; do
		arrive "$n"
	done
	echo 500 >"$taker/always"
	relay_to r "$TAKER" 'in_flight = 16'
	relay_start
	within 100 came 8
	rm "$taker/always"
	sleep 0.3
	move 2
	within 50 is_done 8
	never relay_says 'event=relay-held'
	relay_stop
}

@test "Retry-After is waited for" {
	arrive one
	echo '503 Retry-After: 3000' >"$taker/answers"
	relay_to r "$TAKER"
	relay_start
	within 100 came 1
	move 2000
	sleep 0.6
	never came 2
	move 1001
	within 100 is_done 1
	relay_stop
	# A run of --once does not wait that long.
	arrive two
	echo '503 Retry-After: 3000' >"$taker/answers"
	relay 3 --once
}

@test "ten dead letters in a row: it holds instead" {
	local n
	for n in 1 2 3 4 5 6 7 8 9 10 11; do
		arrive "$n"
	done
	echo 422 >"$taker/always"
	relay_to r "$TAKER"
	relay_start
	within 600 moving 70 relay_says 'event=relay-held'
	relay_says 'event=relay-held .*after ten dead letters in a row'
	[ "$(wc -l <"$dead")" = 10 ]
	rm "$taker/always"
	within 100 moving 70 is_done 11
	[ "$(wc -l <"$dead")" = 10 ]
	relay_stop
}

@test "a slow destination holds up no other" {
	arrive one two
	echo hang >"$taker/always"
	relay_to slow "$TAKER"
	relay_to r "$URL"
	relay_start
	within 100 has_added 2
	within 100 came 1
	never came 2
	: >"$taker/go"
	rm "$taker/always"
	within 100 came 2
	relay_stop
}

@test "a time-out, nobody there, a wrong certificate: held, and tried again" {
	local port
	arrive one
	port=$(free_port)
	relay_to away "http://127.0.0.1:$port/hook"
	relay_to r "$TAKER" 'timeout = "3s"'
	printf 'hang\nhang\nhang\n' >"$taker/answers"
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=wrong.example \
	    -keyout "$S/key.pem" -out "$S/cert.pem" 2>/dev/null
	mkdir -p "$S/tls-taker"
	in_background tls-taker "$HELPERS/taker.py" "$S/tls-taker" "$S/cert.pem" \
	    "$S/key.pem"
	within 100 test -e "$S/tls-taker/port"
	relay_to tls "https://127.0.0.1:$(<"$S/tls-taker/port")/hook"
	relay 1 --check
	[[ $output == *'away  FAILURE'* && $output == *'r  ok'* &&
	    $output == *'tls  FAILURE'*certificate* ]]
	relay_start
	within 300 moving 70 relay_says 'event=relay-held relay=tls problem=.*certificate'
	within 300 moving 70 relay_says 'event=relay-held relay=away'
	within 300 moving 70 is_done 1
	relay_says 'event=relay-held relay=r problem="Operation timed out'
	[[ $(got .status) == 'hang hang hang '*200 ]]
	# The destination starts late.
	mkdir -p "$S/late"
	sed "s/(\"127.0.0.1\", 0)/(\"127.0.0.1\", $port)/" "$HELPERS/taker.py" \
	    >"$S/late.py"
	in_background late python3 "$S/late.py" "$S/late"
	within 300 moving 70 test -s "$S/late/log"
	relay_stop
	[ ! -e "$S/tls-taker/log" ]
	stop_pid "$(<"$S/tls-taker.pid")"
	stop_pid "$(<"$S/late.pid")"
	rm "$S"/{tls-taker,late}.pid
}

@test "a secret that is rotated late: 401, then right" {
	arrive_file "$PAYLOADS/page_reaction.json"
	other_config | sed "s/$SECRET/$OTHER/" | configure_again
	relay_to r "$URL"
	relay_start
	within 300 moving 70 relay_says 'event=relay-held relay=r problem="http 401"'
	added 0
	other_config | configure_again
	within 300 moving 70 has_added 1
	within 100 is_done 1
	relay_stop
	[ ! -e "$dead" ]
}

#
# Runs
#

@test "--check and --once: what they say, and their statuses" {
	relay 3 --once
	relay_says 'event=relay-not-started .*no relay section'
	relay 3 --check
	relay_to r "$TAKER"
	relay 0 --check
	[ "$output" = "r  ok  $TAKER: there is an answer: HTTP 501" ]
	# There is nothing to send yet.
	relay 0 --once
	relay 2 --twice
	[[ $output == 'hookline-relay: "--twice" is not understood here'* ]]
	arrive one
	printf '500\n500\n500\n' >"$taker/answers"
	relay 3 --once
	relay_says 'event=relay-given-up relay=r problem="http 500"'
	relay 0 --once
	got_names 'one one one one'
}

@test "a second relay for a journal, and another user, are refused" {
	local command began=$SECONDS
	arrive one
	relay_to r "$TAKER"
	relay_start
	within 100 came 1
	relay 3 --once
	relay_says 'event=relay-not-started .*another hookline-relay is sending its records'
	[ $((SECONDS - began)) -ge 5 ]
	relay_stop
	changes_user || skip 'only root can be another user'
	relay_command
	run "${command[@]:${#as_owner[@]}}" --once
	[ "$status" = 3 ]
	[[ $output == *'it belongs to another user'*'setpriv --reuid OWNER'* ]]
}

@test "kill -9 of a child, and of the parent" {
	local child second
	arrive one
	relay_to r "$TAKER"
	relay_start
	within 100 is_done 1
	child=$(relay_children)
	kill -9 "$child"
	within 100 relay_says 'event=relay-ended relay=r signal=9 seconds=1'
	arrive two
	within 100 moving 2 is_done 2
	got_names 'one two'
	second=$(relay_children)
	[ "$second" != "$child" ]
	[ "$(ps -o pgid= -p "$second")" = "$(ps -o pgid= -p "$relay_pid")" ]
	kill -9 "$relay_pid"
	within 50 gone "$second"
	relay 0 --once
}

@test "SIGTERM: what is in flight is finished" {
	local child
	arrive one two
	echo hang >"$taker/answers"
	relay_to r "$TAKER"
	relay_start
	within 100 came 1
	kill "$relay_pid"
	sleep 0.3
	never gone "$relay_pid"
	: >"$taker/go"
	within 100 gone "$relay_pid"
	rm "$S/relay-pid"
	is_done 1
	got_names one
}

@test "SIGTERM, and an answer that never comes: it ends nevertheless" {
	arrive one
	echo hang >"$taker/answers"
	relay_to r "$TAKER" 'timeout = "60s"'
	relay_start
	within 100 came 1
	kill "$relay_pid"
	within 100 moving 5 gone "$relay_pid"
	rm "$S/relay-pid"
	[ ! -e "$cursor" ]
}

@test "a configuration edited while it runs: another relay, a bad file" {
	arrive one
	relay_to r "$TAKER"
	relay_start
	within 100 is_done 1
	cp -p "$from" "$S/good"
	echo 'nonsense = 1' >>"$from"
	within 100 moving 3 relay_says 'event=config '
	arrive_with "$S/good" two
	within 100 is_done 2
	move 10
	sleep 0.5
	[ "$(grep -c 'event=config ' "$S/log/relay")" = 1 ]
	cp -p "$S/good" "$from.new" && mv "$from.new" "$from"
	relay_to new "$URL"
	within 100 moving 3 has_added 2
	relay_says 'event=relay-renewed relays=2'
	# Without a relay section it waits for one.
	cp -p "$S/good" "$from.new"
	sed -i '/^relay/,$d' "$from.new"
	mv "$from.new" "$from"
	within 100 moving 3 relay_says 'event=relay-renewed relays=0'
	relay_to r "$TAKER"
	arrive three
	within 100 moving 3 is_done 3
	got_names 'one two three'
	relay_stop
}

# arrive_with FILE NAME: arrive NAME, with FILE as the configuration.
arrive_with() {
	local from=$1
	arrive "$2"
}

#
# The journal
#

@test "a malformed cursor: nothing is sent" {
	arrive one
	relay_to r "$TAKER"
	relay 0 --once
	arrive two
	echo '{"cursor":1,"seq":7}' >"$cursor"
	relay 3 --once
	relay_says 'event=relay-cursor-malformed relay=r'
	: >"$cursor"
	relay 3 --once
	got_names one
	rm "$cursor"
	relay 0 --once
	got_names 'one one two'
}

# copy_of FOLDER: copies the journal to FOLDER, without the relay's cursor.
copy_of() {
	cp -a "$source_dir" "$1"
	rm -f "$1"/relay/*.cursor
}

# restore FOLDER: puts that copy in the journal's place, but keeps the relay's files.
restore() {
	cp -a "$1" "$S/restored"
	cp -a "$source_dir/relay/." "$S/restored/relay/"
	mv "$source_dir" "$S/replaced.$BATS_TEST_NUMBER.$RANDOM"
	mv "$S/restored" "$source_dir"
}

@test "an older copy is restored: all is sent again, and nothing is skipped" {
	arrive one two
	copy_of "$S/copy"
	arrive three four
	relay_to r "$TAKER"
	relay 0 --once
	restore "$S/copy"
	# The journal ends before the cursor.
	relay 0 --once
	relay_says 'event=relay-back relay=r problem="the journal ends before .*seq=4'
	got_names 'one two three four one two'
	arrive three four five
	rm "$source_dir/relay/r.cursor"
	relay 0 --once
	restore "$S/copy"
	# The cursor's seq belongs to another record now.
	arrive a b c
	: >"$taker/log"
	relay 0 --once
	relay_says 'event=relay-back relay=r problem="the journal has another record'
	got_names 'one two a b c'
	is_done 5
	rm -r "$S/copy"
}

@test "while it runs: restored over the files, replaced, removed" {
	arrive one two
	cp -a "$source_dir/notifications.jsonl" "$S/older"
	arrive three four
	relay_to r "$TAKER"
	relay_start
	within 100 is_done 4
	# An older copy is written over the live file.
	cat "$S/older" >"$source_dir/notifications.jsonl"
	arrive a
	within 100 relay_says 'event=relay-back'
	# The receiver knows which seqs it has given out.
	within 100 is_done 5
	got_names 'one two three four one two a'
	# The folder is replaced by another one.
	mv "$source_dir" "$S/away"
	arrive x y
	within 100 moving 2 is_done 2
	[[ $(names) == *' x y' ]]
	grep -q "$(<"$source_dir/relay/id")" "$cursor"
	# There is no folder for a while.
	rm -r "$source_dir"
	within 100 relay_says 'event=relay-unreadable'
	arrive z
	within 100 moving 2 is_done 1
	[[ $(names) == *z ]]
	relay 3 --once
	relay_stop
	rm -r "$S/away" "$S/older"
}

@test "restored over the files while the destination takes nothing" {
	arrive one two
	cp -a "$source_dir/notifications.jsonl" "$S/older"
	arrive three four
	relay_to r "$TAKER"
	relay_start
	within 100 is_done 4
	echo '503 Retry-After: 3000' >"$taker/answers"
	arrive five
	within 100 came 5
	# The live file becomes larger than the relay last saw it.
	cat "$S/older" >"$source_dir/notifications.jsonl"
	arrive a b c d e
	: >"$taker/log"
	move 3001
	within 100 is_done 10
	got_names 'five one two a b c d e'
	relay_stop
	rm "$S/older"
}

@test "the journal cannot be read for a while: nothing is left out" {
	local child
	from_journal "$BATS_TEST_NUMBER" 'rotate_size = "1K"'
	arrive one
	relay_to r "$TAKER"
	relay_start
	within 100 is_done 1
	child=$(relay_children)
	kill -STOP "$child"
	# After a rotation the relay looks at the journal's id.
	arrive two three four five six
	cp "$source_dir/relay/id" "$S/id"
	echo nonsense >"$source_dir/relay/id"
	kill -CONT "$child"
	within 100 relay_says 'event=relay-unreadable'
	cat "$S/id" >"$source_dir/relay/id"
	within 100 moving 2 is_done 6
	got_names 'one two three four five six'
	never relay_says 'event=relay-removed'
	relay_stop
	# A run of --once does not wait for that.
	echo nonsense >"$source_dir/relay/id"
	relay 3 --once
}

@test "cut short by a power loss with sync = false: nothing is skipped" {
	local size
	arrive one two
	size=$(stat -c %s "$source_dir/notifications.jsonl")
	arrive three four
	relay_to r "$URL"
	relay 0 --once
	added 4
	# After the power came back, the end is missing, and so is the state.
	truncate -s "$size" "$source_dir/notifications.jsonl"
	rm -r "$source_dir/.state"
	arrive five
	arrive six
	arrive seven
	relay 0 --once
	relay_says 'event=relay-back relay=r'
	added 7
	[ "$(tail -n 3 "$live" | jq -r '.payload.entry[0].id' | paste -sd ' ')" = \
	    'five six seven' ]
}

@test "retention keeps what has to be sent; keep_size does not, and both say so" {
	from_journal "$BATS_TEST_NUMBER" 'keep_files = 1
		rotate_size = "4K"'
	relay_to r "$TAKER" 'sign = "/webhook"'
	arrive one
	relay 0 --once
	arrive_long 8
	relay 0 --once
	[ "$(got '.body | fromjson | .entry[0].id' | wc -w)" = 9 ]
	[ "$(grep -c . "$taker/log")" = 9 ]
	from_journal "$BATS_TEST_NUMBER" 'keep_size = "4K"
		rotate_size = "4K"'
	relay_to r "$TAKER" 'sign = "/webhook"'
	: >"$S/said"
	arrive_long 16 2>"$S/said"
	grep -qE 'event=removed-unsent relay=r first=10 last=[0-9]+' "$S/said"
	: >"$taker/log"
	relay 0 --once
	relay_says 'event=relay-removed relay=r first=10 last=[0-9]+'
	removed=$(sed -n 's/.*event=relay-removed .* last=\([0-9]*\).*/\1/p' "$S/log/relay")
	[ "$(wc -l <"$taker/log")" = $((25 - removed)) ]
}

# arrive_long COUNT: this many long notifications arrive.
arrive_long() {
	local n
	for ((n = 0; n < $1; n++)); do
		printf '{"object":"page","entry":[{"id":"%s","time":5,"x":"%02000d"}]}' \
		    "long-$RANDOM-$n" 0 >"$S/arriving"
		arrive_file "$S/arriving" HTTP_X_HUB_SIGNATURE_256="$(sign "$S/arriving")" || return
	done
}

@test "rotated, compressed and .state removed while it is behind: all comes, in order" {
	relay_to r "$TAKER" 'sign = "/webhook"'
	many 1 200 rotate=6000 compress=1
	echo hang >"$taker/answers"
	relay_start
	within 100 came 1
	rm -r "$source_dir/.state"
	many 201 200 rotate=6000 compress=1
	: >"$taker/go"
	within 300 is_done 400
	[ "$(names | wc -w)" = 400 ]
	[ "$(names)" = "$(seq -s ' ' 400)" ]
	[ "$(find "$source_dir/archive" -name '*.gz' | wc -l)" -gt 3 ]
	within 50 test -e "$source_dir/.state/relays"
	relay_stop
}
