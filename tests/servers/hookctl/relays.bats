#!/usr/bin/env bats
# relays.bats: hookctl relays, and the relays in hookctl stats: states made by hand, and a
# real hookline-relay whose destination goes and comes.

# shellcheck disable=SC2154 # run sets them

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"
# shellcheck source=tests/servers/lib/hookctl.bash
source "$HELPERS/hookctl.bash"
# shellcheck source=tests/servers/lib/texts.bash
source "$HELPERS/texts.bash"

WRITER=$ROOT/build/faults/writer
RELAY=$ROOT/build/asan/hookline-relay
START='not running: "systemctl enable --now hookline-relay" starts it'
DONE='in step, not running'

# All tests that only read share a journal with 300 records, in several files.
setup_file() {
	scratch_new "$CHECKED"
	export SCRATCH=$S
	new_journal base
	"$WRITER" "$journal" 1 300 rotate=30000
}

setup() {
	scratch_use "$SCRATCH"
	export TZ=UTC
	here=$S/test/$BATS_TEST_NUMBER
	mkdir -p "$here"
	conf=$here/hookline.conf
	journal=$S/var/base
	background=
	settings second-host "https://b.example/webhook?token=5ecre7" \
	    warehouse postgresql://hookline@db1,db2,db3/hooks?connect_timeout=3
}

teardown() {
	if [ -n "$background" ]; then
		stop_pid "$background" || true
	fi
	rm -rf "$S"/var/base/relay/*.{cursor,dead.jsonl} "$S/var/base/.state/relays"
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

# settings [NAME URL]...: configures these relays.
settings() {
	{
		echo "directory = \"$journal\""
		echo "endpoint \"/webhook\" { verify_token = \"$TOKEN\" app_secret = \"$SECRET\" }"
		while [ $# -gt 0 ]; do
			echo "relay \"$1\" { url = \"$2\" }"
			shift 2
		done
	} >"$conf"
	chgrp "$WORKER_GROUP" "$conf"
	chmod 0640 "$conf"
}

# state: standard input is what the relays have left; see lib/relays.
state() {
	"$HELPERS/relays" "$journal"
}

# relays STATUS WORDS...: sets output and stderr.
relays() {
	local expected=$1
	shift
	run --separate-stderr "-$expected" ctl relays --config "$conf" "$@"
	echo "$output"
	echo "$stderr"
}

# states EXPECTED...: the state of each relay.
states() {
	local -a found
	mapfile -t found < <(sed 1d <<<"$output" |
	    sed -nE 's/^([^ ]+ +){2,3}[0-9,-]+ +[0-9,]+(, [0-9]+ [a-z]+)? +[0-9,?]+  //p')
	diff <(printf '%s\n' "$@") <(printf '%s\n' "${found[@]}")
}

# shows LINE: the output has this line.
shows() {
	[[ $'\n'$output$'\n' == *$'\n'"$1"$'\n'* ]] || { echo "there is no line: $1"; false; }
}

# letters NAME COUNT: its dead letters.
letters() {
	local i
	for ((i = 0; i < $2; i++)); do
		echo '{"dead_at":"2026-11-21T06:04:11.000000Z","by":"relay","tries":5,' \
		    '"error":"http 422","answer":"","record":{}}'
	done >"$journal/relay/$1.dead.jsonl"
}

#
# The table
#

@test "one in step, one held" {
	state <<-'END'
		relay second-host
		cursor 300
		sent 18206
		relay warehouse
		cursor 35
		state held
		text db1 refuses connections
		tries 8
		next 24
		sent 17941
	END
	letters warehouse 2
	# Nothing is written.
	find "$journal" -printf '%p %M %s %T@ %C@\n' | sort >"$here/before"
	relays 1
	find "$journal" -printf '%p %M %s %T@ %C@\n' | sort | diff "$here/before" -
	[ -z "$stderr" ]
	# The manual has it like this.
	display hookctl.1 'hookctl relays Op Ar options' 1 |
	    diff - <(sed -E 's/ +265, [0-9]+ (s|min) /  265, 4 min /; s/in [0-9]+ s$/in 24 s/' <<<"$output")
	[[ $output =~ \;\ try\ 9\ in\ 2[0-5]\ s$ ]]
	rm "$journal/relay/warehouse.dead.jsonl"
	relays 1
	[[ $output =~ \ 0\ \ held: ]]
}

@test "each state, and its exit status" {
	settings a http://127.0.0.1/a
	state <<<''
	# Nothing was ever sent, and no relay has run.
	relays 1
	states "$START"
	[[ $output =~ \ -\ +300,\ [0-9]+\ (s|min)\ +0\ \  ]]
	state <<<$'relay a\ncursor 299'
	relays 0
	states sending
	[[ $output =~ \ 1,\ [0-9]+\ (s|min)\ +0\ \ sending ]]
	state <<<$'relay a\ncursor 299\ntext record 300: http 422, try 2 of 5'
	relays 0
	states 'refused: record 300: http 422, try 2 of 5'
	state <<<$'relay a\ncursor 298\ntext record 299: http 422, try 2 of 5'
	relays 0
	states 'refused: record 299: http 422, try 2 of 5; the others wait for it'
	state <<<$'relay a\ncursor 300\nstate held\ntext http 500\nnext -3'
	relays 1
	states 'held: http 500; try 1 now'
	state <<<$'relay a\ncursor 300\nstate held\ntext http 429\ntries 1\nnext 7300'
	relays 1
	states 'held: http 429; try 2 in 2 h'
	state <<<$'relay a\ncursor 298\nstate held\ntext http 429\ntries 1\nnext 7300'
	relays 1
	states 'held: http 429; try 2 in 2 h; the others wait for it'
	sed -i 's/relay "a" {/& in_flight = 2/' "$conf"
	relays 1
	states 'held: http 429; try 2 in 2 h'
	settings a http://127.0.0.1/a
	state <<<$'relay a\ncursor 300\nstate failed\ntext its key is gone\nsilent 50'
	relays 1
	states 'failed: its key is gone'
	state <<<$'relay a\ncursor 300\nstate failed'
	relays 1
	states 'failed: its log says why'
	# It was told to end, or cron runs it.
	state <<<$'relay a\ncursor 300\nstate ended\nsilent 50'
	relays 0
	states "$DONE"
	state <<<$'relay a\ncursor 299\nstate ended'
	relays 1
	states "$START"
	# It was killed.
	state <<<$'relay a\ncursor 300\nsilent 50'
	relays 0
	states "$START"
	state <<<$'relay a\ncursor 299\nstate failed\nsilent 500'
	relays 1
	states "$START"
	# A dead letter is enough, whatever else there is.
	letters a 1
	state <<<$'relay a\ncursor 300'
	relays 1
	states 'in step'
}

@test "a cursor that is malformed, or of another journal" {
	settings a http://127.0.0.1/a
	state <<<$'relay a\ncursor 300'
	relays 0
	: >"$journal/relay/a.cursor"
	relays 1
	states 'failed: relay/a.cursor is malformed; restore it, or remove it to send every record in the journal'
	state <<<$'relay a\ncursor 300 0123456789abcdef0123456789abcdef'
	relays 0
	[[ $output =~ \ 300,\ .*\ sending ]]
	[[ $stderr == *'relay a: its cursor is from another journal, so every record in this one is sent'* ]]
	# A seq that the journal has not reached, after a restored back-up.
	state <<<$'relay a\ncursor 301'
	relays 0
	[[ $output =~ \ 300,\ .*\ sending ]]
	[[ $stderr == *'from another journal'* ]]
}

@test "what was removed unsent" {
	new_journal removed
	"$WRITER" "$journal" 1 100 rotate=10000
	settings a http://127.0.0.1/a b http://127.0.0.1/b
	state <<<$'relay a\ncursor 3\nremoved 7\nrelay b\ncursor 100\nremoved 1'
	find "$journal/archive" -type f | sort | head -n 1 | xargs rm
	first=$(head -qn 1 "$journal"/archive/* "$journal"/notifications.jsonl | head -n 1 | jq .seq)
	[ "$first" -gt 4 ]
	relays 0
	[[ $output =~ \ $((101 - first)),\ .*\ sending ]]
	shows "a: $((first - 4 + 7)) records were removed by retention before they were sent"
	shows 'b: 1 record was removed by retention before it was sent'
	relays 0 --json
	jq -e --argjson n $((first - 4 + 7)) '.relays[0].removed == $n and .relays[1].removed == 1' <<<"$output"
}

@test "what a destination says cannot reach the terminal" {
	settings a http://127.0.0.1/a
	state <<<$'relay a\ncursor 300\nstate held\nnext -1\ntext \\x1b]0;x\\x07\\x1b[2J\\xff\\xe2\\x80\\xae'
	relays 1
	states 'held: \u001b]0;x\u0007\u001b[2J\xff\u202e; try 1 now'
	relays 1 --json
	jq -e '.relays[0].text | startswith("held: \\u001b]0;x")' <<<"$output"
}

@test "no relay section, and sections that are gone" {
	state <<<$'relay old\ncursor 5\nrelay second-host\ncursor 300\nrelay warehouse\ncursor 300'
	relays 0
	[[ $stderr == 'hookctl: relay old: it is no longer in the configuration; if that is right, remove relay/old.* from the journal'\''s folder' ]]
	[[ $output != *old* ]]
	relays 0 --json
	jq -e '.gone == ["old"]' <<<"$output"
	settings
	relays 0
	[ "$output" = "there is no relay section in $conf" ]
	[[ $stderr == *'relay old: '*'relay second-host: '* || $stderr == *'relay second-host: '* ]]
	relays 0 --json
	jq -e '.relays == [] and (.gone | length) == 3' <<<"$output"
	rm "$journal"/relay/*.cursor
	relays 0
	[ -z "$stderr" ]
	# Before the receiver has made the folder.
	journal=$here/none
	settings a http://127.0.0.1/a
	relays 0
	[[ $output =~ \ -\ +0\ +0\ \ not\ running ]]
	[[ $stderr == "hookctl: the journal's folder $journal is not there yet: "* ]]
}

@test "JSON" {
	state <<-'END'
		relay second-host
		cursor 300
		sent 18206
		relay warehouse
		cursor 35
		state held
		text db1 refuses connections
		tries 8
		next 24
		sent 17941
	END
	letters warehouse 2
	relays 1 --json
	jq -e '.relays[0] == {name: "second-host", to: "https://b.example/webhook",
	    sent: 18206, behind: 0, behind_since: null, dead: 0, removed: 0, running: true,
	    state: "in-step", text: "in step"}' <<<"$output"
	jq -e '.relays[1] | .to == "postgresql db1,db2,db3/hooks" and .behind == 265 and
	    .dead == 2 and .state == "held" and (.behind_since | test("^20..-.*Z$")) and
	    (.text | test("^held: db1 refuses connections; try 9 in 2[0-5] s$"))' <<<"$output"
	[ "$(jq -r '.relays[1].behind_since' <<<"$output")" = \
	    "$(cat "$journal"/archive/* "$journal/notifications.jsonl" |
	    jq -r 'select(.seq == 36).received_at')" ]
}

@test "files that may not be read" {
	[ "$EUID" = 0 ] || skip 'root only'
	settings a http://127.0.0.1/a
	state <<<$'relay a\ncursor 35\nposition 290\nsent 5'
	letters a 3
	chown "$WORKER:$WORKER_GROUP" "$journal/.state/relays" "$journal"/relay/a.*
	chmod 0640 "$journal/.state/relays"
	chmod 0600 "$journal"/relay/a.*
	chmod 0755 "$S" "$S/test" "$here"
	# With the journal's group alone, what the relay has published is shown.
	run --separate-stderr -3 setpriv --reuid 12345 --regid "$WORKER_GROUP" --clear-groups \
	    "$ROOT/build/hookctl" relays --config "$conf"
	[[ $output =~ \ 5\ +10,\ [0-9]+\ (s|min)\ +\?\ \ sending ]] || { echo "$output$stderr"; false; }
	[[ $stderr == *'relay a: not all of its files can be read: Permission denied; run hookctl as root'* ]]
}

@test "wrong words, and no configuration" {
	run --separate-stderr -2 ctl relays --prometheus
	run --separate-stderr -2 ctl relays more
	run --separate-stderr -3 ctl relays --config "$here/none.conf"
	[[ $stderr == *none.conf* ]]
}

#
# hookctl stats
#

stats() {
	run --separate-stderr -0 ctl stats --config "$conf" "$@"
	echo "$output"
	[ -z "$stderr" ]
}

@test "stats: a line, JSON and metrics" {
	state <<-'END'
		relay second-host
		cursor 300
		sent 18206
		dead 4
		removed 3
		relay warehouse
		cursor 35
		state held
		text db1 refuses connections
		tries 8
		next 24
		sent 17941
	END
	letters warehouse 2
	stats
	[[ $output =~ $'\n'"relays    second-host in step, 3 removed unsent   warehouse held, 265 behind ("[0-9]+" "(s|min)"), 2 dead letters"$ ]]
	stats --json
	jq -e '[.relays[] | .name, .behind, .dead, .state] ==
	    ["second-host", 0, 0, "in-step", "warehouse", 265, 2, "held"]' <<<"$output"
	stats --prometheus
	promtool check metrics <<<"$output" >"$here/promtool" 2>&1
	[ ! -s "$here/promtool" ]
	shows 'hookline_relay_up{relay="second-host"} 1'
	shows 'hookline_relay_up{relay="warehouse"} 0'
	shows 'hookline_relay_behind_records{relay="second-host"} 0'
	shows 'hookline_relay_behind_records{relay="warehouse"} 265'
	shows 'hookline_relay_behind_seconds{relay="second-host"} 0'
	shows 'hookline_relay_dead_letters{relay="warehouse"} 2'
	shows 'hookline_relay_sent_total{relay="second-host"} 18206'
	shows 'hookline_relay_dead_total{relay="second-host"} 4'
	shows 'hookline_relay_removed_total{relay="second-host"} 3'
	# Without relays, or without the configuration, nothing of them is there.
	settings
	stats
	[[ $output != *relays* ]]
	stats --prometheus
	[[ $output != *relay* ]]
	stats --json
	jq -e 'has("relays") | not' <<<"$output"
	settings a http://127.0.0.1/a
	run --separate-stderr -0 ctl stats --directory "$journal" --json
	jq -e 'has("relays") | not' <<<"$output"
}

#
# A real relay
#

# is STATE: what the only relay is doing, in one word.
is() {
	[ "$(ctl relays --config "$conf" --json | jq -r '.relays[0].state')" = "$1" ]
}

@test "a relay whose destination goes and comes" {
	new_journal real
	"$WRITER" "$journal" 1 3
	mkdir "$here/taker"
	chmod 0777 "$here/taker"
	in_background taker "$HELPERS/taker.py" "$here/taker"
	taker=$(<"$S/taker.pid")
	within 100 test -e "$here/taker/port"
	port=$(<"$here/taker/port")
	settings a "http://127.0.0.1:$port/hook"
	sed -i 's/relay "a" {/& sign = "\/webhook"/' "$conf"
	chmod 0755 "$S/test" "$here"
	install -m 0755 "$RELAY" "$S/lib/hookline-relay"
	by=()
	[ "$EUID" != 0 ] ||
	    by=(setpriv --reuid "$WORKER" --regid "$WORKER_GROUP" --clear-groups)
	ASAN_OPTIONS=log_path=$S/sanitizer/relay in_background relay \
	    "${by[@]}" "$S/lib/hookline-relay" --config "$conf"
	background=$(<"$S/relay.pid")
	within 100 is in-step
	relays 0
	[[ $output =~ \ 3\ +0\ +0\ \ in\ step$ ]]
	stop_pid "$taker"
	"$WRITER" "$journal" 4 2
	within 100 is held
	relays 1
	[[ $output =~ \ 3\ +2,\ [0-9]+\ s\ +0\ \ held:\ .+\;\ try\ [0-9]+\ (in\ [0-9]+\ s|now)\;\ the\ others\ wait\ for\ it$ ]]
	kill -9 "$background"
	within 100 is not-running
	relays 1
	[[ $output =~ \ 2,\ [0-9]+\ s\ .*not\ running: ]]
	background=
}
