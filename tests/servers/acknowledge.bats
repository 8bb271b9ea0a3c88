#!/usr/bin/env bats
# acknowledge.bats: 200 only when a relay has passed the notification: a real lighttpd,
# whose relay sends to another hookline behind another lighttpd, or to a destination
# that answers as it is told.

# shellcheck disable=SC2154 # run sets them

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"
# shellcheck source=tests/servers/lib/relay.bash
source "$HELPERS/relay.bash"

# One process for each host: if it waited, the other host would wait for it.
start_lighttpd-alone() {
	sed -E 's/"(max|min)-procs" => 4/"\1-procs" => 1/' \
	    "$ROOT/lighttpd-conf/hookline-fastcgi.conf" >"$S/etc/alone.conf"
	start_lighttpd "$(realpath --relative-to="$ROOT/lighttpd-conf" \
	    "$S/etc/alone.conf")"
}

SETUP=lighttpd-alone

# A host with a journal, since a relay does not wait for one.
make_host() {
	scratch_new "$SHIPPED"
	standard_config | configure
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$journal"
	make_relay
}

# Both hosts keep running. The first one's scratch directory is $SCRATCH.
setup_file() {
	make_host
	start_server
	export OTHER=$S
	make_host
	mkdir "$S/taker"
	in_background taker "$HELPERS/taker.py" "$S/taker"
	within 100 test -e "$S/taker/port"
	mv "$S/taker.pid" "$S/taker/pid"
	share
}

setup() {
	scratch_use "$SCRATCH"
	from=$conf
	URL=http://127.0.0.1:$(<"$OTHER/port")$WEBHOOK
	taker=$S/taker
	TAKER=http://127.0.0.1:$(<"$taker/port")/hook
	rm -f "$taker"/{log,answers,refuse,always,go}
	: >"$taker/log"
	: >"$S/log/relay"
	: >"$S/log/hookline"
	echo 0 >"$S/moved"
	echo 0 >"$OTHER/moved"
	from_nothing
	body=$S/body
	name=$BATS_TEST_NUMBER-$RANDOM
	printf '{"object":"page","entry":[{"id":"%s","time":5}]}' "$name" >"$body"
	before=$(count_lines)
}

teardown() {
	if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
		show_logs
		tail -n 20 "$OTHER"/log/*
	fi
	relay_end
	no_reports
}

teardown_file() {
	local result=0
	stop_pid "$(<"$SCRATCH/taker/pid")" || true
	end_shared || result=1
	scratch_use "$OTHER"
	stop_server || result=1
	[ $result = 1 ] || rm -rf "$OTHER"
	return $result
}

# The relay has not run yet, and has sent nothing.
from_nothing() {
	standard_config | configure
	rm -rf "$journal/relay" "$journal/.state"
}

# acknowledged_by NAME URL [LINES [WITHIN [RELAY LINES]]]: by this relay.
acknowledged_by() {
	{
		standard_config "acknowledge = \"$1\"
			acknowledge_within = \"${4:-9s}\"
			${3:-}"
		printf 'relay "%s" {\n\turl = "%s"\n%s\n}\n' "$1" "$2" "${5:-}"
	} | configure
}

# in_other: how often the other host has the notification of this test.
in_other() {
	jq -r '.payload.entry[0].id' "$OTHER/var/journal/notifications.jsonl" |
	    grep -cxF "$name"
}

# logged PATTERN: the receiver's log has such a line.
logged() {
	grep -qE -- "$1" "$S/log/hookline" || fail "not logged: $1"
}

# said PATTERN: how many lines there are like that.
said() {
	grep -cE -- "$1" "$S/log/hookline" || true
}

# answers_ok: for within: the notification is answered 200.
answers_ok() {
	post "$body" && [ "$STATUS" = 200 ]
}

# acknowledged: the notification is answered 200. If the machine lets the relay stand still
# for two seconds, it is silent, and the next try counts.
acknowledged() {
	local try
	for try in 1 2 3 4 5; do
		: >"$S/log/hookline"
		post "$body"
		if [ "$STATUS" = 200 ] || [ "$(said 'reason=relay-silent')" = 0 ]; then
			break
		fi
		sleep 0.5
	done
	answered 200 ok
}

is_done() {
	grep -q "\"seq\":$1," "$journal/relay/r.cursor" 2>/dev/null
}

@test "200 only after the other host has it, and soon after" {
	local n
	acknowledged_by r "$URL"
	relay_start
	within 100 answers_ok
	for n in 1 2 3 4 5 6 7 8 9 10; do
		name=$BATS_TEST_NUMBER-$RANDOM-$n
		printf '{"object":"page","entry":[{"id":"%s","time":5}]}' "$name" >"$body"
		acknowledged
		[ "$(in_other)" = 1 ]
		# A repeat waits for the same record.
		acknowledged
	done
	added 11
	relay_stop
}

@test "no relay runs: it is stored, and 503 at once; later 200, and one line" {
	local began
	acknowledged_by r "$URL"
	began=${EPOCHREALTIME/./}
	post "$body"
	answered 503 unavailable
	header_is Retry-After 30
	# Not after acknowledge_within, which is 9 s.
	[ $((${EPOCHREALTIME/./} - began)) -lt 8000000 ]
	added 1
	logged "event=not-acknowledged reason=relay-silent relay=r seq=$((before + 1)) endpoint=/webhook bytes=[0-9]+ peer=127.0.0.1"
	# That is no failure of this host's.
	ask "$WEBHOOK"
	answered 200 ready
	run "$S/lib/hookline.fcgi" --check-config --config "$conf"
	[[ $output == *'acknowledged:     when relay r has passed it, within 9000 ms'* ]]
	[[ $output == *'warning: '*'acknowledge = "r": that relay is not running'* ]]
	relay_start
	within 100 answers_ok
	added 1
	[ "$(in_other)" = 1 ]
	run "$S/lib/hookline.fcgi" --check-config --config "$conf"
	[[ $output != *'is not running'* ]]
	relay_stop
}

@test "a run of --once is no heartbeat" {
	acknowledged_by r "$URL"
	post "$body"
	answered 503 unavailable
	relay 0 --once
	[ "$(in_other)" = 1 ]
	post "$body"
	answered 503 unavailable
	added 1
}

@test "the destination is away: 503 when the time is up, and stored once" {
	local began
	acknowledged_by r "$TAKER" '' 300ms
	echo hang >"$taker/always"
	relay_start
	began=${EPOCHREALTIME/./}
	within 100 slow_answer
	[ $((${EPOCHREALTIME/./} - began)) -ge 300000 ]
	added 1
	: >"$taker/go"
	within 100 answers_ok
	added 1
	[ "$(jq -r .body "$taker/log" | grep -cxFf "$body")" = 1 ]
	relay_stop
}

# For within: the relay is there, and the answer is 503.
slow_answer() {
	post "$body"
	[ "$STATUS" = 503 ] && grep -q 'reason=relay-slow relay=r' "$S/log/hookline"
}

@test "a dead letter counts as passed, and so does what is not for the relay" {
	acknowledged_by r "$TAKER" '' 9s 'objects = "page"'
	relay_start
	within 100 answers_ok
	: >"$taker/log"
	printf '{"object":"user","entry":[{"id":"%s","time":5}]}' "$name" >"$body"
	acknowledged
	printf '{"object":"page",\n"entry":[{"id":"%s","time":6}]}' "$name" >"$body"
	acknowledged
	[ "$(wc -l <"$journal/relay/r.dead.jsonl")" = 1 ]
	[ ! -s "$taker/log" ]
	relay_stop
}

@test "the relay is killed: who waits gets 200 from the next one" {
	local try
	acknowledged_by r "$URL"
	for try in 1 2 3 4 5; do
		relay_start
		within 100 answers_ok
		: >"$S/log/hookline"
		kill -9 "$(relay_children)"
		name+=-again
		printf '{"object":"page","entry":[{"id":"%s","time":5}]}' "$name" >"$body"
		post "$body"
		[ "$STATUS" = 503 ] || break
		# On a slow machine the next one may begin only after two seconds.
		logged 'reason=relay-silent relay=r'
		relay_stop
	done
	answered 200 ok
	[ "$(in_other)" = 1 ]
	relay_stop
}

@test "the relay is stopped: after two seconds it is silent" {
	acknowledged_by r "$TAKER" '' 3s
	relay_start
	within 100 answers_ok
	kill -STOP "$(relay_children)"
	post "$body"
	# It had passed that one, and then had no heartbeat any more.
	within 50 silent_answer
	kill -CONT "$(relay_children)"
	within 50 answers_ok
	relay_stop
}

# For within: 503, and that is why.
silent_answer() {
	post "$body"
	[ "$STATUS" = 503 ] && grep -q 'reason=relay-silent relay=r' "$S/log/hookline"
}

@test "while notifications come, .state is removed: none is lost, none comes twice" {
	local n
	acknowledged_by r "$URL"
	relay_start
	within 100 answers_ok
	for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
		[ $((n % 4)) != 0 ] || rm -r "$journal/.state"
		printf '{"object":"page","entry":[{"id":"%s-%s","time":5}]}' "$name" \
		    "$n" >"$body"
		within 100 answers_ok
		# It is there when the answer comes.
		[ "$(grep -cF "\"$name-$n\"" "$OTHER/var/journal/notifications.jsonl")" = 1 ]
	done
	added 13
	relay_stop
}

@test "an older copy is restored: what the relay had sent proves nothing" {
	local n
	acknowledged_by r "$TAKER" '' 300ms
	relay_start
	within 100 answers_ok
	cp -a "$live" "$S/older"
	for n in 1 2 3; do
		printf '{"object":"page","entry":[{"id":"%s-%s","time":5}]}' "$name" \
		    "$n" >"$body"
		within 100 answers_ok
	done
	# What was slow until here does not count below.
	: >"$S/log/hookline"
	echo hang >"$taker/always"
	# The relay is at work. The new record has a seq that it had passed.
	rm -r "$journal/.state"
	cp -a "$S/older" "$live.new"
	mv "$live.new" "$live"
	rm "$S/older"
	printf '{"object":"page","entry":[{"id":"%s-new","time":5}]}' "$name" >"$body"
	within 100 slow_new_answer
	added 2
	: >"$taker/go"
	within 100 answers_ok
	jq -r .body "$taker/log" | grep -qF "$name-new"
	added 2
	relay_stop
}

# For within: the relay, which is at work again, has not passed it.
slow_new_answer() {
	post "$body"
	[ "$STATUS" = 503 ] || fail "answered $STATUS" || return 0
	[ "$(said "reason=relay-slow relay=r seq=$((before + 2)) ")" -ge 2 ]
}

@test "sync = false, and a relay that there is not, are refused" {
	local line
	acknowledged_by r "$URL" 'sync = false'
	run "$S/lib/hookline.fcgi" --check-config --config "$conf"
	[ "$status" = 1 ]
	line=$(grep -n '^acknowledge = ' "$conf" | cut -d : -f 1)
	[[ $output == *"bad-config: $conf:$line: acknowledge: needs sync = true"* ]]
	acknowledged_by r "$URL"
	sed -i 's/^relay "r"/relay "s"/' "$conf"
	run "$S/lib/hookline.fcgi" --check-config --config "$conf"
	[ "$status" = 1 ]
	[[ $output == *"bad-config: $conf:$line: acknowledge: no relay has the name \"r\""* ]]
}

@test "CGI: 200 when the relay has passed it, 503 when it is silent" {
	acknowledged_by r "$URL"
	owner_by_cgi
	[[ $(<"$S/answer") == 'Status: 503'*unavailable ]]
	relay_start
	within 100 ok_by_cgi
	name+=-next
	printf '{"object":"page","entry":[{"id":"%s","time":5}]}' "$name" >"$body"
	owner_by_cgi
	[[ $(<"$S/answer") == 'Status: 200'*ok ]]
	[ "$(in_other)" = 1 ]
	relay_stop
}

# by_cgi, but as the owner of the journal. The answer is in $S/answer.
owner_by_cgi() {
	local answer length signature
	length=$(stat -c %s "$body")
	signature=$(sign "$body")
	answer=$("${as_owner[@]}" env -i REQUEST_METHOD=POST \
	    REQUEST_URI="$WEBHOOK" GATEWAY_INTERFACE=CGI/1.1 \
	    CONTENT_LENGTH="$length" HOOKLINE_CONFIG="$conf" \
	    HTTP_X_HUB_SIGNATURE_256="$signature" "$S/lib/hookline.fcgi" <"$body")
	printf '%s\n' "${answer//$'\r'/}" >"$S/answer"
}

ok_by_cgi() {
	owner_by_cgi
	[[ $(<"$S/answer") == 'Status: 200'* ]]
}

@test "SIGTERM: what waits is answered before the process ends" {
	acknowledged_by r "$TAKER"
	relay_start
	within 100 answers_ok
	echo hang >"$taker/always"
	name+=-last
	printf '{"object":"page","entry":[{"id":"%s","time":5}]}' "$name" >"$body"
	in_background waiting curl -s -m 20 -o "$S/waited" -w '%{http_code}' \
	    -H "X-Hub-Signature-256: $(sign "$body")" --data-binary "@$body" \
	    "http://127.0.0.1:$PORT$WEBHOOK"
	within 100 came_last
	: >"$S/log/waiting"
	kill "$(programs)"
	sleep 0.2
	: >"$taker/go"
	within 100 gone "$(<"$S/waiting.pid")"
	rm "$S/waiting.pid"
	[ "$(<"$S/log/waiting")" = 200 ]
	relay_stop
}

came_last() {
	grep -qF "$name" "$taker/log"
}

@test "two that acknowledge through each other, with one process each" {
	local url together
	acknowledged_by r "$URL" '' 9s 'in_flight = 16'
	url=http://127.0.0.1:$PORT$WEBHOOK
	relay_start
	in_other_scratch acknowledged_by r "$url" '' 9s 'in_flight = 16'
	in_other_scratch rm -rf "$OTHER/var/journal/relay" "$OTHER/var/journal/.state"
	in_other_scratch relay_start
	within 100 answers_ok
	: >"$S/log/hookline"
	: >"$OTHER/log/hookline"
	together=$("$HELPERS/crowd.py" "${CROWD_SECONDS:-3}" "${CROWD_SENDERS:-24}" \
	    "$SECRET" "$name" "$PORT" "$(<"$OTHER/port")")
	echo "$together"
	within 100 same_in_both
	in_other_scratch relay_stop
	relay_stop
	[[ $(head -n 1 <<<"$together") == 200\ * ]]
	[ "$(wc -l <<<"$together")" = 3 ] || only_silent
	diff <(names_in "$live") <(names_in "$OTHER/var/journal/notifications.jsonl")
}

# The only answers besides 200 are 503, because the machine let a relay stand still for
# two seconds. None may be slow: it would wait for the other host, which waits for it.
only_silent() {
	[ "$(wc -l <<<"$together")" = 4 ] && grep -q '^503 ' <<<"$together" &&
	    grep -qh 'reason=relay-silent' "$S/log/hookline" "$OTHER/log/hookline" &&
	    ! grep -h 'reason=relay-slow' "$S/log/hookline" "$OTHER/log/hookline"
}

# For within.
same_in_both() {
	diff -q <(names_in "$live") <(names_in "$OTHER/var/journal/notifications.jsonl")
}

# names_in FILE: of what the crowd sent, sorted.
names_in() {
	jq -r '.payload.entry[0].id' "$1" | grep -F "$name-" | sort
}

# in_other_scratch COMMAND...: with the other host's scratch directory.
in_other_scratch() {
	(
		scratch_use "$OTHER"
		from=$conf
		[ ! -e "$S/relay-pid" ] || relay_pid=$(<"$S/relay-pid")
		"$@"
	)
}
