#!/usr/bin/env bats
# stats.bats: hookctl stats: the table, JSON, Prometheus's metrics, and --silent-for.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"
# shellcheck source=tests/servers/lib/hookctl.bash
source "$HELPERS/hookctl.bash"
# shellcheck source=tests/servers/lib/texts.bash
source "$HELPERS/texts.bash"

# Most journals here are made by past: a receiver cannot have counted for a week.
setup_file() {
	scratch_new "$CHECKED"
	export SCRATCH=$S
}

setup() {
	scratch_use "$SCRATCH"
	export TZ=UTC
	here=$S/test/$BATS_TEST_NUMBER
	mkdir -p "$here"
	journal=$here/journal
	conf=$here/hookline.conf
	settings /webhook 2
}

teardown_file() {
	end_shared
}

# settings [NAME SECRETS]...: configures these endpoints, long ago.
settings() {
	local i secrets
	{
		echo "directory = \"$journal\""
		while [ $# -gt 0 ]; do
			secrets=
			for ((i = 1; i <= $2; i++)); do
				printf -v secrets '%s%s"%032x"' "$secrets" "${secrets:+, }" $i
			done
			echo "endpoint \"$1\" { verify_token = \"$TOKEN\"" \
			    "app_secret = { $secrets } }"
			shift 2
		done
	} >"$conf"
	chmod 0600 "$conf"
	touch -d '30 days ago' "$conf"
}

past() {
	mkdir -p "$journal"
	"$HELPERS/past" "$journal"
}

# stats STATUS WORDS...: of the configuration; sets output and stderr.
stats() {
	local expected=$1
	shift
	run --separate-stderr "-$expected" ctl stats --config "$conf" "$@"
	echo "$output"
	echo "$stderr"
}

# shows LINE: the output has this line.
shows() {
	[[ $'\n'$output$'\n' == *$'\n'"$1"$'\n'* ]] || fail "there is no line: $1"
}

shows_not() {
	[[ $output != *"$1"* ]] || fail "there is: $1"
}

# A week, as in the manual.
week() {
	past <<-'END'
		since 604830
		slot /webhook
		accepted 18206 0
		repeats 311 3
		refused signature-missing 29 30
		refused too-large 13 0
		bytes 25270682
		took 48000000
		time 0 5000
		time 1 10306
		time 2 2518
		time 3 527
		time 4 166
		secret 0 18206 0
		slot
		refused path 1204 1
		seq 18191
		record 100000 /webhook page feed 1
		record 86000 /webhook whatsapp_business_account messages 2000
		record 300 /webhook user photos 12
		record 300 /webhook page feed 301
		record 245 /webhook whatsapp_business_account messages 114
	END
	mkdir "$journal/archive"
	truncate -s 13M "$journal/archive/notifications-000000000001-20200101T000000Z.jsonl"
	truncate -s 13196K "$journal/archive/notifications-000000010000-20200102T000000Z.jsonl"
	truncate -s 1990000 "$journal/.state/index-00000001"
	bytes=$(cat "$journal"/archive/* "$journal/notifications.jsonl" | wc -c)
}

#
# The table
#

@test "a week" {
	local since
	week
	# Nothing is written.
	find "$journal" -printf '%p %M %s %T@ %C@\n' | sort >"$here/before"
	stats 0
	find "$journal" -printf '%p %M %s %T@ %C@\n' | sort | diff "$here/before" -
	[ -z "$stderr" ]
	since=$(ctl stats --config "$conf" --json | jq -r .counted_since)
	since=$(LC_ALL=C date -d "$since" '+%d %b %H:%M')
	diff - <(echo "$output") <<-END
		counted since $since; last received 4 minutes ago
		                accepted  repeats  refused  503    bytes   p50     p99
		/webhook          18,206      311       42    0   24.1 M   1.4 ms  9.8 ms
		refused   signature-missing 29   too-large 13   (no endpoint: path 1,204)
		secrets   /webhook: 1 of 2 18,206, 2 of 2 0 - not used for 7 days, can go
		24 hours  whatsapp_business_account messages 2,114   page feed 301   user photos 12
		journal   3 files, 26.0 M; index 1.9 M
	END
}

@test "nothing yet: no folder, no counters, no record" {
	stats 0
	diff - <(echo "$output") <<-END
		nothing counted yet; no record in the journal
		journal   0 files, 0 bytes
	END
	mkdir "$journal"
	stats 0
	diff - <(echo "$output") <<-END
		nothing counted yet; no record in the journal
		24 hours  nothing
		journal   0 files, 0 bytes
	END
	past <<<'since 60'
	stats 0
	shows '/webhook               0        0        0    0        0   -       -'
	shows 'secrets   /webhook: 1 of 2 0, 2 of 2 0'
	shows '24 hours  nothing'
	shows 'journal   0 files, 0 bytes; index 0 bytes'
	shows_not 'refused   '
}

@test "counters of another version, or cut short" {
	past <<-'END'
		since 60
		record 185 /webhook page feed 1
	END
	printf '\2' | dd of="$journal/.state/counters" bs=1 seek=8 conv=notrunc status=none
	stats 0
	shows "the counters are another version's: they begin anew with the next request; last received 3 minutes ago"
	shows '24 hours  page feed 1'
	shows_not accepted
	stats 0 --json
	[ "$(jq -c '[.counted_since, .endpoints[0].accepted]' <<<"$output")" = '[null,0]' ]
	truncate -s 1000 "$journal/.state/counters"
	stats 0
	[[ $output == "the counters are another version's"* ]]
}

@test "several endpoints; one that is gone; requests without an endpoint" {
	settings /a 1 /b 3
	past <<-'END'
		since 864000
		slot /old
		accepted 1234567890
		secret 0 1234567890
		time 12 1
		slot /b
		accepted 5
		secret 0 3 190
		secret 1 2 0
		refused not-json 2
		time 0 1
		time 12 1
		slot /a
		unavailable 7
		refused signature 1
		slot
		unavailable 3
	END
	stats 0
	diff - <(tail -n +2 <<<"$output") <<-END
		                     accepted  repeats  refused  503    bytes   p50       p99
		/a                          0        0        1    7        0   -         -
		/b                          5        0        2    0        0   1.0 ms    over 5 s
		/old            1,234,567,890        0        0    0        0   over 5 s  over 5 s
		refused   /a: signature 1
		          /b: not-json 2
		          (no endpoint: 503 3)
		secrets   /a: 1 of 1 0
		          /b: 1 of 3 3 - not used for 7 days, can go, 2 of 3 2, 3 of 3 0 - not used for 10 days, can go
		gone      /old is no longer in the configuration
		24 hours  nothing
		journal   0 files, 0 bytes; index 0 bytes
	END
}

@test "a secret that was added lately is not called unused" {
	week
	touch "$conf"
	stats 0
	shows 'secrets   /webhook: 1 of 2 18,206, 2 of 2 0'
}

@test "a journal without its configuration" {
	week
	run ctl stats --directory "$journal"
	[ "$status" = 0 ]
	shows 'secrets   /webhook: 1 of ? 18,206'
	HOOKLINE_DIRECTORY=$journal run ctl stats
	[ "$status" = 0 ]
	shows 'secrets   /webhook: 1 of ? 18,206'
	shows '/webhook          18,206      311       42    0   24.1 M   1.4 ms  9.8 ms'
	# No configuration makes this folder.
	run ctl stats --directory "$here/none"
	[ "$status" = 3 ]
	[ "$output" = "hookctl: the journal $here/none cannot be read: No such file or directory" ]
}

@test "more endpoints than have numbers of their own, and secrets that have none" {
	local i
	settings /1 9
	past < <(
		echo since 60
		for ((i = 1; i < 64; i++)); do
			printf '%s\n' "slot /$i" 'accepted 1'
		done
		printf '%s\n' slot 'accepted 2' 'refused path 3' 'refused not-json 4'
	)
	stats 0
	shows '(others)               2        0        4    0        0   -       -'
	shows 'refused   (others, or no endpoint: not-json 4   path 3)'
	[ "$(grep -c ' is no longer in the configuration$' <<<"$output")" = 62 ]
	[[ $output == *'8 of 9 0; those after 8 are not counted'* ]]
}

@test "without a free slot, an endpoint that has none has no row of zeros" {
	local i
	settings /1 1 /late 1
	past < <(
		echo since 60
		for ((i = 1; i < 64; i++)); do
			printf '%s\n' "slot /$i" 'accepted 1'
		done
		printf '%s\n' slot 'accepted 2'
	)
	stats 0
	shows_not /late
	shows '(others)               2        0        0    0        0   -       -'
	stats 0 --json
	shows_not /late
	stats 0 --prometheus
	shows_not /late
}

@test "two names that are cut to the same make one series" {
	local path
	path=/$(printf '%0130d' 0)
	settings "${path}a" 1 "${path}b" 1
	past <<<$'since 60\nslot '"${path}a"$'\naccepted 3'
	stats 0 --prometheus
	[ -z "$(grep -v '^#' <<<"$output" | sed 's/ [^ ]*$//' | sort | uniq -d)" ]
	[ "$(grep -c '^hookline_received_bytes_total' <<<"$output")" = 1 ]
}

@test "damaged counters are not shown" {
	local form
	past <<<$'since 60\nslot /webhook\naccepted 3'
	cp "$journal/.state/counters" "$here/whole"
	printf '\33' | dd of="$journal/.state/counters" bs=1 conv=notrunc status=none \
	    seek=$((4096 + 128 + 2))
	for form in --json --prometheus --utc; do
		stats 3 $form
		[ -z "$output" ]
		[ "$stderr" = "hookctl: the counters of the journal $journal cannot be read: damaged" ]
	done
	# The highest byte of what was accepted.
	cp "$here/whole" "$journal/.state/counters"
	printf '\177' | dd of="$journal/.state/counters" bs=1 conv=notrunc status=none \
	    seek=$((12288 + 336 + 7))
	stats 3 --json
	[ -z "$output" ]
	rm "$journal/.state/counters"
	mkdir "$journal/.state/counters"
	stats 3 --json
	[ -z "$output" ]
}

@test "an unsigned endpoint is shown by its name, never by its path" {
	local word=/aB3dE5gH7jK9mN1pQ3sT5vW7xY
	cat >"$conf" <<-END
		directory = "$journal"
		endpoint "$word" {
			name = "audit"
			verify_token = "$TOKEN"
			unsigned = "accept"
		}
	END
	past <<-END
		since 60
		slot $word
		accepted 1
		slot audit
		accepted 2
		record 60 audit page feed 1
	END
	for form in --utc --json --prometheus; do
		stats 0 $form
		shows_not "$word"
	done
	stats 0
	shows 'audit                  3        0        0    0        0   -       -'
	shows_not "$word"
	shows_not gone
	shows_not secrets
}

@test "objects and fields: since when, and from whomever" {
	past <<-'END'
		since 60
		record 100000 /webhook page feed 1
		record 7300 /webhook page feed 2
		update 100 /webhook user photos
		record 60 /webhook page \u001b[31m\u202e 1
	END
	stats 0
	shows '24 hours  page feed 2   page \u001b[31m\u202e 1   user photos 1'
	stats 0 --since 2h
	shows '2 hours   page \u001b[31m\u202e 1   user photos 1'
	stats 0 --since '3 days ago'
	shows '3 days    page feed 3   page \u001b[31m\u202e 1   user photos 1'
	stats 0 --since 90s
	shows '90 seconds  page \u001b[31m\u202e 1'
	stats 0 --since 2000-01-01
	shows 'since 01 Jan 2000 00:00  page feed 3   page \u001b[31m\u202e 1   user photos 1'
	stats 0 --since 2h --json
	[ "$(jq -c .updates <<<"$output")" = \
	    '[{"object":"page","field":"\u001b[31m‮","count":1},{"object":"user","field":"photos","count":1}]' ]
}

@test "a record of a clock that was ahead hides none after it" {
	past <<-'END'
		since 60
		record 300 /webhook page feed 1
		record -99999 /webhook user photos 1
		record 60 /webhook page feed 2
	END
	stats 0
	shows '24 hours  page feed 3   user photos 1'
}

@test "many objects and fields: the rest in one number" {
	local i
	past < <(
		echo since 60
		for ((i = 10; i < 35; i++)); do
			echo "record 60 /webhook page f$i 2"
		done
	)
	stats 0
	[[ $output == *'page f29 2   others 10'* ]]
	stats 0 --json
	[ "$(jq '.updates | length' <<<"$output")" = 25 ]
}

@test "a line that is no record is named; a journal that cannot be read ends with 3" {
	past <<-'END'
		since 60
		slot /webhook
		accepted 7
		record 60 /webhook page feed 1
	END
	echo nonsense >>"$journal/notifications.jsonl"
	stats 0
	[[ $stderr == 'hookctl: notifications.jsonl: the line that begins at byte '*' is not a record; '* ]]
	shows '24 hours  page feed 1'
	rm "$journal/notifications.jsonl"
	mkfifo "$journal/notifications.jsonl"
	stats 3
	[ "$stderr" = "hookctl: the records of the journal $journal cannot be read: io" ]
	shows '/webhook               7        0        0    0        0   -       -'
	shows_not '24 hours'
	rm "$journal/notifications.jsonl" "$journal/.state/counters"
	mkfifo "$journal/.state/counters"
	stats 0
	rm -r "$journal"
	: >"$journal"
	stats 3
	[ "$stderr" = "hookctl: the journal $journal cannot be read: Not a directory" ]
}

@test "what a receiver has counted" {
	local line
	SETUP=lighttpd-cgi
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$journal"
	settings /webhook 0
	sed -i "s/{  }/\"$SECRET\"/" "$conf"
	for name in one one two; do
		fresh "$here/body" "$name"
		by_cgi "$here/body"
		grep -qx ok "$S/answer"
	done
	SECRET=${SECRET/0/1} by_cgi "$here/body"
	grep -qx unauthorized "$S/answer"
	WEBHOOK=/none by_cgi "$here/body"
	stats 0
	line=$(grep '^/webhook' <<<"$output")
	[[ $line =~ ^/webhook\ {15}2\ {8}1\ {8}1\ {4}0\ +[0-9]+\ {3}[0-9.]+\ ms ]]
	shows 'refused   signature 1   (no endpoint: path 1)'
	shows 'secrets   /webhook: 1 of 1 2'
	shows '24 hours  page - 2'
	stats 0 --prometheus
	promtool check metrics <<<"$output"
	# The sum lies within what the ranges allow.
	awk '/^hookline_answer_seconds_(sum|bucket)/ {
		if (match($1, /le="[^"]*"/)) {
			end = substr($1, RSTART + 4, RLENGTH - 5)
			most += ($2 - below) * end
			least += ($2 - below) * begin
			below = $2
			begin = end
		} else
			sum = $2
	}
	END { exit !(below == 3 && sum > 0 && sum >= least && sum <= most) }' <<<"$output"
}

#
# The other forms
#

@test "JSON has all that the table has" {
	week
	stats 0 --json
	[ -z "$stderr" ]
	jq -e '[.counted_since, .last_received_at, .updates_since] |
	    map(test("^20[0-9-]{8}T[0-9:]{8}[.][0-9]{6}Z$")) | all' <<<"$output"
	jq 'del(.counted_since, .last_received_at, .updates_since)' <<<"$output" >"$here/json"
	diff <(jq -S --arg directory "$journal" --argjson bytes "$bytes" \
	    '.journal += { directory: $directory, bytes: $bytes }' <<-'END'
		{"endpoints": [{"name": "/webhook", "configured": true, "accepted": 18206,
		  "repeats": 311, "refused": 42, "unavailable": 0, "bytes": 25270682,
		  "reasons": {"too-large": 13, "signature-missing": 29},
		  "answer_ms": {"p50": 1.413, "p99": 9.818, "ranges": [
		    {"up_to": 1, "count": 5000}, {"up_to": 2, "count": 10306},
		    {"up_to": 5, "count": 2518}, {"up_to": 10, "count": 527},
		    {"up_to": 25, "count": 166}, {"up_to": 50, "count": 0},
		    {"up_to": 100, "count": 0}, {"up_to": 250, "count": 0},
		    {"up_to": 500, "count": 0}, {"up_to": 1000, "count": 0},
		    {"up_to": 2500, "count": 0}, {"up_to": 5000, "count": 0},
		    {"up_to": null, "count": 0}]},
		  "secrets": [{"accepted": 18206, "unused_days": 0, "can_go": false},
		    {"accepted": 0, "unused_days": 7, "can_go": true}]}],
		 "no_endpoint": {"accepted": 0, "repeats": 0, "refused": 1204,
		  "unavailable": 0, "bytes": 0, "reasons": {"path": 1204},
		  "answer_ms": {"p50": null, "p99": null}},
		 "updates": [
		  {"object": "whatsapp_business_account", "field": "messages", "count": 2114},
		  {"object": "page", "field": "feed", "count": 301},
		  {"object": "user", "field": "photos", "count": 12}],
		 "other_updates": 0,
		 "journal": {"files": 3, "index_bytes": 1990000}}
	END
	) <(jq -S 'del(.no_endpoint.answer_ms.ranges)' "$here/json")
	stats 0 --json --directory "$journal"
	[ "$(jq -c '[.endpoints[0] | .configured, .secrets[1].accepted]' <<<"$output")" = '[true,0]' ]
	run ctl stats --json --directory "$journal"
	[ "$(jq -c '[.endpoints[0] | .configured, .secrets]' <<<"$output")" = '[null,null]' ]
}

# sample NAME{LABELS} NUMBER
sample() {
	shows "$1 $2"
}

@test "Prometheus takes the metrics" {
	local metric
	week
	stats 0 --prometheus
	[ -z "$stderr" ]
	promtool check metrics <<<"$output" >"$here/promtool" 2>&1
	[ ! -s "$here/promtool" ]
	sample 'hookline_received_total{endpoint="/webhook",result="accepted"}' 18206
	sample 'hookline_received_total{endpoint="/webhook",result="repeat"}' 311
	sample 'hookline_refused_total{endpoint="/webhook",reason="too-large"}' 13
	sample 'hookline_refused_total{endpoint="/webhook",reason="not-json"}' 0
	sample 'hookline_refused_total{endpoint="",reason="path"}' 1204
	sample 'hookline_unavailable_total{endpoint="/webhook"}' 0
	sample 'hookline_received_bytes_total{endpoint="/webhook"}' 25270682
	sample 'hookline_answer_seconds_bucket{endpoint="/webhook",le="0.001"}' 5000
	sample 'hookline_answer_seconds_bucket{endpoint="/webhook",le="0.025"}' 18517
	sample 'hookline_answer_seconds_bucket{endpoint="/webhook",le="+Inf"}' 18517
	sample 'hookline_answer_seconds_sum{endpoint="/webhook"}' 48.000000
	sample 'hookline_answer_seconds_count{endpoint="/webhook"}' 18517
	sample hookline_journal_bytes "$bytes"
	for metric in counted_since:604830 last_received:245; do
		[[ $output =~ hookline_${metric%:*}_timestamp_seconds\ ([0-9]+)\.[0-9]{6} ]]
		[ $((EPOCHSECONDS - BASH_REMATCH[1] - ${metric#*:})) -le 60 ]
		[ $((EPOCHSECONDS - BASH_REMATCH[1] - ${metric#*:})) -ge 0 ]
	done
}

@test "metrics before anything was counted, and odd names" {
	stats 0 --prometheus
	promtool check metrics <<<"$output"
	sample 'hookline_received_total{endpoint="/webhook",result="accepted"}' 0
	sample hookline_last_received_timestamp_seconds 0.000000
	sample hookline_journal_bytes 0
	shows_not counted_since
	past <<-'END'
		since 60
		slot a"b\c{}
		accepted 1
	END
	stats 0 --prometheus
	promtool check metrics <<<"$output"
	sample 'hookline_received_total{endpoint="a\"b\\c{}",result="accepted"}' 1
	# One exposition has no series twice.
	[ -z "$(grep -v '^#' <<<"$output" | sed 's/ [^ ]*$//' | sort | uniq -d)" ]
}

@test "hookctl(1)'s line for cron puts the metrics in place whole" {
	local line
	week
	mkdir "$here/collector" "$here/bin"
	ln -s "$CTL" "$here/bin/hookctl"
	line=$(typed <"$MAN/hookctl.1" | grep '^\* .*--prometheus')
	[[ $line == '* * * * * '* ]]
	line=${line#'* * * * * '}
	line=${line//\/var\/lib\/prometheus\/node-exporter/$here/collector}
	HOOKLINE_CONFIG=$conf PATH=$here/bin:$PATH sh -c "$line"
	[ "$(ls "$here/collector")" = hookline.prom ]
	promtool check metrics <"$here/collector/hookline.prom"
	# If hookctl fails, the last metrics stay.
	HOOKLINE_CONFIG=$here/none PATH=$here/bin:$PATH run sh -c "$line"
	[ "$status" = 3 ]
	grep -q "^hookline_journal_bytes $bytes\$" "$here/collector/hookline.prom"
}

#
# --silent-for
#

# heard WORDS...: nothing is printed, and the status is 0.
heard() {
	stats 0 --silent-for "$@"
	[ -z "$output$stderr" ]
}

# silent FIRST-LINE WORDS...: FIRST-LINE is a pattern.
silent() {
	local first=$1
	shift
	stats 1 --silent-for "$@"
	[ -z "$stderr" ]
	# shellcheck disable=SC2053 # a pattern
	[[ ${lines[0]} == $first ]] || fail "not: $first"
}

@test "hookctl(1)'s line for cron is silent while all is well" {
	local line
	week
	# A warning would be mailed each time.
	chmod 0644 "$conf"
	stats 0
	[[ $stderr == 'hookctl: warning: '* ]]
	mkdir "$here/bin"
	ln -s "$CTL" "$here/bin/hookctl"
	line=$(typed <"$MAN/hookctl.1" | grep '^5 .*--silent-for')
	line=${line#'5 * * * * '}
	HOOKLINE_CONFIG=$conf PATH=$here/bin:$PATH run sh -c "$line"
	[ "$status" = 0 ]
	[ -z "$output" ]
	stats 0 --prometheus
	[ -z "$stderr" ]
}

@test "silent: a record is heard, and its age is exact" {
	past <<-'END'
		since 60
		record 20000 /webhook page feed 1
		record 3590 /other page feed 1
		record 3580 /webhook hookline_check hookline_check 1
	END
	heard 1h
	heard 2h
	silent 'nothing has arrived for 5? minutes: the last notification came *' 59m
	diff - <(tail -n +2 <<<"$output") <<-END
		If notifications fail, Messenger unsubscribes the app from a Page after an hour;
		Meta tries others again for 36 hours, those of WhatsApp for 7 days.
		"hookctl check" looks for what stops them, "hookctl missed" at what the web
		server turned away.
	END
	silent 'nothing has arrived at /webhook for 5 hours: *' 5h --endpoint /webhook
	heard 6h --endpoint /webhook
}

@test "silent: a repeat is heard; what was refused is told" {
	past <<-'END'
		since 864000
		slot /webhook
		accepted 3 2
		repeats 1 5
		refused signature 38 1
		refused signature 2 8
		refused too-large 9 30
		refused storage 12 0
		unavailable 12 0
		record 40000 /webhook page feed 1
	END
	heard 6h
	heard 6h --endpoint /webhook
	silent 'nothing has arrived for 11 hours: the last notification came *' 3h
	[ "${lines[1]}" = 'turned away in that time: signature 40, 503 unavailable 12' ]
	settings /webhook 1 /other 1
	silent 'nothing has arrived at /other for more than 6 hours, and no older notification was found' \
	    6h --endpoint /other
	shows_not 'turned away in'
	rm "$journal/notifications.jsonl"
	silent 'nothing has ever arrived at /other' 7h --endpoint /other
}

@test "silent: what was accepted counts where its records may have been removed" {
	past <<-'END'
		since 864000
		slot /webhook
		accepted 3 30
	END
	heard 2d
	silent 'nothing has arrived for more than 20 hours, and no older notification was found' 20h
	# Here the records reach back far enough, and are hookctl's own.
	past <<-'END'
		since 864000
		slot /webhook
		accepted 3 30
		record 900000 /webhook hookline_check hookline_check 1
	END
	silent 'nothing has arrived for more than 2 days, and no older notification was found' 2d
	past <<-'END'
		since 864000
		slot /webhook
		accepted 3 30
		seq 7
		record 100000 /webhook hookline_check hookline_check 1
	END
	heard 2d
}

@test "silent: never, or a clock that was ahead" {
	silent 'nothing has ever arrived' 6h
	mkdir "$journal"
	silent 'nothing has ever arrived' 6h
	past <<-'END'
		record 30000 /webhook page feed 1
		record -99999999 /webhook page feed 1
	END
	silent 'nothing has arrived for more than 6 hours: the last notification came *, by a clock that was ahead' 6h
	past <<<'record 30000 /webhook hookline_check check 1'
	silent 'nothing has ever arrived' 6h
	run ctl stats --silent-for 6h --directory "$here/none"
	[ "$status" = 3 ]
	stats 3 --silent-for 6h --endpoint /nobody
	[ "$stderr" = 'hookctl: the configuration has no endpoint "/nobody"' ]
}

@test "wrong command lines" {
	local words
	while read -r words; do
		# shellcheck disable=SC2086 # words
		stats 2 $words
		[[ $stderr == 'hookctl stats: '*'"hookctl help stats" lists its options.' ]]
	done <<-'END'
		--json --prometheus
		--silent-for 6h --json
		--silent-for 6h --since 2h
		--prometheus --since 2h
		--endpoint /webhook
		--since never
		--silent-for 6
		word
	END
}
