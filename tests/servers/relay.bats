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
	rm -f "$taker"/{log,answers,refuse,refuse-with,always,go}
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

# came_by NAME: a request with it came to the taker.
came_by() {
	[[ " $(names) " == *" $1 "* ]]
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

# shown PATTERN: hookctl relays, by the relay's clock, shows it; for within.
shown() {
	MOVED=$S/moved LD_PRELOAD=$S/lib/moved.so "$CTL" relays --config "$from" \
	    >"$S/shown" || true
	grep -qE -- "$1" "$S/shown"
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
	# Each has its own place among the counts.
	[ "$("$CTL" relays --config "$from" --json | jq -c '[.relays[].sent]')" = '[3,4,1,2]' ]
	[ "$(jq -r 'select(.path == "/hook/send") | .["X-Hookline-Origin"]' \
	    "$taker/log" | tail -n 1)" = 00000000000000000000000000000abc/77 ]
}

@test "thousands that are not wanted, between two that are" {
	arrive one
	many 2 4300 object=other
	arrive two
	# They take no room after one that waits.
	echo hang >"$taker/answers"
	relay_to r "$TAKER" 'objects = "page"
		in_flight = 2'
	relay_start
	within 100 took two
	: >"$taker/go"
	within 100 is_done 4302
	relay_stop
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
	within 50 shown '  refused: record 2: http 422, try [1-4] of 5; the others wait for it$'
	never came_by two
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
	relay_to r "$TAKER" 'give_up = "60s"'
	relay_start
	# First in small steps: a gap of over two minutes would not count anyway.
	for n in {1..12}; do
		within 300 moving $((n < 6 ? 50 : 600)) came "$n"
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
	yes 500 | head -n 8 >"$taker/answers"
	relay_to r "$TAKER" 'in_flight = 16'
	relay_start
	within 100 came 8
	within 100 moving 2 is_done 8
	never relay_says 'event=relay-held'
	relay_stop
}

# took NAME: for within: it was answered with 200.
took() {
	[[ " $(got 'select(.status == "200") | .body | fromjson | .entry[0].id') " == *" $1 "* ]]
}

# fails_for_ever: the taker answers 500 to what has "poison" in it.
fails_for_ever() {
	echo poison >"$taker/refuse"
	echo 500 >"$taker/refuse-with"
}

@test "one that never gets through is given up, if others do meanwhile" {
	local n began=$SECONDS
	arrive poison
	fails_for_ever
	relay_to r "$TAKER" 'in_flight = 2
		give_up = "250s"'
	relay_start
	for ((n = 1; n <= 20; n++)); do
		arrive "$n"
		within 300 moving 5 took "$n"
		# It has not been taking records for so long yet.
		[ $(($(<"$S/moved") + SECONDS - began)) -ge 245 ] || [ ! -e "$dead" ]
		[ ! -s "$dead" ] || break
		move 60
		# The others need not wait for it.
		[ $n != 4 ] || within 100 shown '  held: http 500; try [0-9]+ in [0-9]+ s$'
	done
	within 300 moving 15 test -s "$dead"
	[ "$(jq -c '[.by, .error, .tries > 5, .record.seq]' "$dead")" = \
	    '["relay r","http 500",true,1]' ]
	within 100 is_done $((n > 20 ? 21 : n + 1))
	relay_stop
}

@test "one that never gets through keeps no other away, however long it was alone" {
	arrive poison
	fails_for_ever
	relay_to r "$TAKER" 'in_flight = 2'
	relay_start
	within 300 moving 70 came 12
	arrive good
	within 50 moving 70 took good
	relay_stop
	[ ! -e "$dead" ]
}

# has_waited COUNT: the child has gone to sleep more often than that.
has_waited() {
	[ "$(switches)" -gt "$1" ]
}

switches() {
	awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$(relay_children)/status"
}

@test "one that never gets through, and no room for more after it: it sleeps, then gives up" {
	arrive poison
	many 2 4300
	fails_for_ever
	relay_to r "$TAKER" 'in_flight = 16
		sign = "/webhook"
		give_up = "200s"'
	relay_start
	within 1800 came 4096
	within 100 has_waited $(($(switches) + 20))
	[ ! -e "$dead" ]
	within 300 moving 30 test -s "$dead"
	within 100 is_done 4301
	relay_stop
}

@test "an answer that breaks off amid its head is none" {
	arrive one
	echo cut >"$taker/answers"
	relay_to r "$TAKER"
	relay 0 --once
	[ "$(got .status)" = 'cut 200' ]
}

@test "Retry-After is waited for" {
	arrive one
	echo '503 Retry-After: 3000' >"$taker/answers"
	relay_to r "$TAKER"
	relay_start
	within 100 came 1
	# That is long enough for a word in the log at once.
	within 50 relay_says 'event=relay-held relay=r problem="http 503" tries=1 seconds=3000 '
	move 2000
	sleep 0.6
	never came 2
	move 1001
	within 100 is_done 1
	# SIGHUP tries at once.
	echo '503 Retry-After: 3000' >"$taker/answers"
	arrive two
	within 100 came 3
	within 100 shown '  held: http 503; try 2 in [0-9]+ min$'
	kill -HUP "$relay_pid"
	within 100 is_done 2
	relay_stop
	# A run of --once does not wait that long.
	arrive three
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
	# That does not begin again with each start.
	relay_stop
	: >"$S/log/relay"
	relay_start
	within 100 moving 70 relay_says 'event=relay-held .*after ten dead letters in a row'
	rm "$taker/always"
	within 100 moving 70 is_done 11
	[ "$(wc -l <"$dead")" = 10 ]
	relay_stop
}

@test "a dead letter that cannot be written: nothing is skipped" {
	printf '{"object":"page",\n"entry":[{"id":"broken","time":7}]}' >"$S/body"
	arrive_file "$S/body"
	arrive after
	mkdir "$dead"
	relay_to r "$TAKER"
	relay 3 --once
	relay_says 'event=relay-dead-not-written relay=r seq=1'
	relay_says 'event=relay-given-up .*"record 1: its dead letter cannot be written"'
	: >"$S/log/relay"
	relay_start
	within 100 moving 2 relay_twice_says 'event=relay-dead-not-written'
	[ ! -s "$taker/log" ]
	within 100 shown '  failed: record 1: its dead letter cannot be written$'
	rmdir "$dead"
	move 2
	within 300 is_done 2
	within 100 shown ' 1  in step$'
	[ "$(jq -c .record.seq "$dead")" = 1 ]
	got_names after
	relay_stop
}

@test "while its dead letter cannot be written, a record is not sent again" {
	arrive poison
	echo poison >"$taker/refuse"
	mkdir "$dead"
	relay_to r "$TAKER" 'in_flight = 2'
	relay_start
	within 300 moving 70 relay_twice_says 'event=relay-dead-not-written relay=r seq=1'
	got_names 'poison poison poison poison poison'
	# Others are sent, but it is not well.
	arrive good
	within 100 took good
	within 100 shown '  failed: record 1: its dead letter cannot be written$'
	rmdir "$dead"
	within 100 moving 10 is_done 2
	[ "$(jq -c '[.tries, .error, .answer]' "$dead")" = '[5,"http 422","not this one\n"]' ]
	got_names 'poison poison poison poison poison good'
	relay_stop
}

# relay_twice_says PATTERN: its log has two such lines, at least.
relay_twice_says() {
	[ "$(grep -cE -- "$1" "$S/log/relay")" -ge 2 ]
}

@test "a cursor that cannot be written is said, and written later" {
	arrive one
	relay_to r "$TAKER"
	mkdir -p "$cursor.new/in-the-way"
	relay 3 --once
	relay_says 'event=relay-cursor-not-written relay=r'
	relay_says 'event=relay-given-up .*"its cursor cannot be written"'
	relay_start
	within 100 took one
	arrive two
	within 100 took two
	rm -r "$cursor.new"
	within 100 moving 1 is_done 2
	relay_stop
	# The first one came again, and nothing was left out.
	got_names 'one one two'
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
	cp -p "$from" "$S/plain"
	relay_to query "$TAKER?token=5ecre7"
	relay 0 --check
	[[ $output == *"query  ok  $TAKER: there"* ]]
	mv "$S/plain" "$from"
	# There is nothing to send yet.
	relay 0 --once
	relay 2 --once --check
	[ "$output" = 'hookline-relay: --check cannot be used with what comes before it; see --help' ]
	relay 2 --twice
	[[ $output == 'hookline-relay: "--twice" is not understood here'* ]]
	arrive one
	printf '500\n500\n500\n' >"$taker/answers"
	relay 3 --once
	relay_says 'event=relay-given-up relay=r problem="http 500" remedy="none is needed once'
	echo 204 >"$taker/always"
	relay 3 --once
	relay_says 'event=relay-given-up relay=r problem="http 204" remedy="only 200 means'
	rm "$taker/always"
	relay 0 --once
	got_names 'one one one one one one one'
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
	# It waits that long, and goes on if the other one ends.
	(sleep 0.5 && kill "$relay_pid") &
	relay 0 --once
	within 50 gone "$relay_pid"
	rm "$S/relay-pid"
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
	# The pause grows.
	kill -9 "$second"
	within 100 relay_says 'event=relay-ended relay=r signal=9 seconds=2'
	within 100 moving 2 relay_children_are 1
	second=$(relay_children)
	kill -9 "$relay_pid"
	within 50 gone "$second"
	relay 0 --once
}

# relay_children_are COUNT: for within.
relay_children_are() {
	[ "$(relay_children | wc -w)" = "$1" ]
}

@test "no file may be written: that is said, and what is there is sent" {
	local command
	arrive one
	relay_to r "$TAKER"
	relay_command
	run bash -c 'ulimit -f 0; exec timeout 60 "$@"' - "${command[@]}" --once
	echo "$output"
	[ "$status" = 3 ]
	[[ $output == *event=relay-cursor-not-written*event=relay-given-up* ]]
	got_names one
}

@test "--once says that its process was killed" {
	local command
	arrive one
	echo hang >"$taker/answers"
	relay_to r "$TAKER"
	relay_command
	in_background relay "${command[@]}" --once
	relay_pid=$(<"$S/relay.pid")
	mv "$S/relay.pid" "$S/relay-pid"
	within 100 came 1
	kill -9 "$(relay_children)"
	within 100 gone "$relay_pid"
	rm "$S/relay-pid"
	: >"$taker/go"
	relay_says 'event=relay-ended relay=r signal=9'
}

@test "SIGHUP does not end a run of --once before its time" {
	local command
	arrive one two
	echo hang >"$taker/answers"
	relay_to r "$TAKER"
	relay_command
	in_background relay "${command[@]}" --once
	relay_pid=$(<"$S/relay.pid")
	mv "$S/relay.pid" "$S/relay-pid"
	within 100 came 1
	kill -HUP "$relay_pid"
	sleep 0.5
	: >"$taker/go"
	within 100 gone "$relay_pid"
	rm "$S/relay-pid"
	got_names 'one two'
}

@test "the lock is put back if it is removed or replaced" {
	relay_to r "$TAKER"
	relay_start
	arrive one
	within 100 is_done 1
	rm "$source_dir/relay/lock"
	within 100 is_locked
	kill -STOP "$relay_pid"
	mv "$source_dir/relay" "$S/relay"
	cp -a "$S/relay" "$source_dir/relay"
	kill -CONT "$relay_pid"
	within 100 is_locked
	# The cursor is written to the new folder.
	arrive two
	within 100 is_done 2
	got_names 'one two'
	relay_stop
	rm -r "$S/relay"
}

# is_locked: for within: a relay has the lock that others would ask for.
is_locked() {
	[ -e "$source_dir/relay/lock" ] && ! flock -n "$source_dir/relay/lock" true
}

@test "SIGTERM: what is in flight is finished" {
	local child
	arrive one two
	echo hang >"$taker/answers"
	relay_to r "$TAKER"
	relay_start
	within 100 came 1
	kill "$relay_pid"
	sleep 2
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
	sleep 0.5
	never gone "$relay_pid"
	# Ten seconds are the most.
	move 10
	within 100 gone "$relay_pid"
	rm "$S/relay-pid"
	[ ! -e "$cursor" ]
}

@test "SIGTERM amid many dead letters: it ends soon, and none is written twice" {
	local count
	many 1 300
	# Without a signature, none can be sent.
	sed 's/"sha256=/"SHA256=/' "$source_dir/notifications.jsonl" >"$S/unsigned"
	cat "$S/unsigned" >"$source_dir/notifications.jsonl"
	relay_to r "$TAKER"
	# A letter takes 20 ms.
	: >"$S/moved.slow"
	relay_start
	within 100 test -s "$dead"
	kill "$relay_pid"
	within 100 gone "$relay_pid"
	rm "$S/relay-pid" "$S/moved.slow"
	count=$(wc -l <"$dead")
	[ "$count" -lt 300 ]
	is_done "$count"
	relay 1 --once
	[ "$(jq .record.seq "$dead" | uniq | wc -l)" = 300 ]
	[ "$(wc -l <"$dead")" = 300 ]
}

@test "a configuration edited while it runs: another relay, a bad file" {
	arrive one
	relay_to r "$TAKER"
	relay_start
	within 100 is_done 1
	children=$(relay_children)
	cp -p "$from" "$S/good"
	echo 'nonsense = 1' >>"$from"
	within 100 moving 3 relay_says 'event=config '
	kill -HUP "$relay_pid"
	arrive_with "$S/good" two
	within 100 is_done 2
	move 10
	sleep 0.5
	[ "$(grep -c 'event=config ' "$S/log/relay")" = 1 ]
	[ "$(relay_children)" = "$children" ]
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

@test "another record of the same seq: the cursor names it" {
	arrive one
	relay_to r "$TAKER"
	relay_start
	within 100 is_done 1
	rm -r "$source_dir/.state"
	: >"$source_dir/notifications.jsonl"
	arrive other
	within 100 grep -q "$(jq -r .id "$source_dir/notifications.jsonl")" "$cursor"
	got_names 'one other'
	relay_stop
	relay 0 --once
	got_names 'one other'
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
	within 100 shown '  failed: the journal cannot be read$'
	cat "$S/id" >"$source_dir/relay/id"
	within 100 moving 2 is_done 6
	within 100 shown '  in step$'
	got_names 'one two three four five six'
	never relay_says 'event=relay-removed'
	relay_stop
	# A run of --once does not wait for that.
	echo nonsense >"$source_dir/relay/id"
	relay 3 --once
	relay_says 'event=relay-unreadable .*problem="relay/id is malformed: restore it'
	relay_says 'event=relay-given-up .*problem="the journal cannot be read"'
}

@test "the id of the journal is missing: that is said, until the receiver makes a new one" {
	relay_to r "$TAKER"
	# There is none before the first record.
	relay 0 --once
	arrive one
	rm -r "$source_dir/relay"
	relay 3 --once
	relay_says 'event=relay-unreadable .*problem="relay/id is missing: restore it'
	arrive two
	relay 0 --once
	got_names 'one two'
}

@test "without .state nobody knows what is on disk: that is said" {
	arrive one
	relay_to r "$TAKER"
	rm -r "$source_dir/.state"
	relay 3 --once
	relay_says 'event=relay-unreadable .*problem="how much of it is on disk is not known'
	relay_says 'event=relay-given-up .*problem="the journal cannot be read"'
	arrive two
	relay 0 --once
	got_names 'one two'
}

@test "what a power cut could take back is not sent" {
	arrive one
	relay_to r "$TAKER"
	# Somebody was killed before the sync.
	sed 's/"seq":1,/"seq":2,/' "$source_dir/notifications.jsonl" >"$S/unsynced"
	cat "$S/unsynced" >>"$source_dir/notifications.jsonl"
	relay 0 --once
	got_names one
	is_done 1
	# The next request syncs it.
	arrive two
	relay 0 --once
	got_names 'one one two'
	is_done 3
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
