#!/usr/bin/env bats
# forward.bats: hookctl forward: to another hookline behind a real lighttpd, which must
# keep each record once, and to a destination that answers as it is told.

# shellcheck disable=SC2154 # run sets them

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"
# shellcheck source=tests/servers/lib/hookctl.bash
source "$HELPERS/hookctl.bash"
# shellcheck source=tests/servers/lib/texts.bash
source "$HELPERS/texts.bash"

SETUP=lighttpd-fastcgi
STATIC=${HOOKCTL_STATIC:-$ROOT/build/static/hookctl}
WRITER=$ROOT/build/faults/writer
PAYLOADS=$ROOT/tests/fixtures/payloads
ABOUT=', Server: Taker; body: not this one\u000a'
TIMES='p50 [0-9.]+ ms   p90 [0-9.]+ ms   p99 [0-9.]+ ms   max [0-9.]+ ms'

# The records come from journals in $S/from, filled by CGI processes; the other hookline
# has the usual configuration of the tests. It is the program as it is shipped, since
# thousands of records are sent to it.
setup_file() {
	scratch_new "$SHIPPED"
	other_config | configure
	share
	install -d -m 0755 -o "$WORKER" -g "$WORKER_GROUP" "$S/from"
	mkdir "$S/taker"
	in_background taker "$HELPERS/taker.py" "$S/taker"
	within 100 test -e "$S/taker/port"
	make_naps
	from_journal plain
	arrive page_comment graph_values whatsapp_messages security_log
}

# other_config [LINES]: that of the other hookline.
other_config() {
	standard_config "sync = false
${1:-}"
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
	naps=$BATS_TEST_TMPDIR/naps
	dead=$BATS_TEST_TMPDIR/dead
	unset HOOKLINE_CONFIG
	from_journal plain
}

teardown_file() {
	stop_pid "$(<"$SCRATCH/taker.pid")" || true
	rm "$SCRATCH/taker.pid"
	end_shared
}

# Preloaded, $S/lib/naps.so lets each sleep pass at once, moves the clock by as much, and
# writes the milliseconds to the file that NAPS names.
make_naps() {
	gcc -shared -fPIC -o "$S/lib/naps.so" -x c - -ldl <<-'END'
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <poll.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <time.h>

		static long long slept;

		int clock_gettime(clockid_t clock, struct timespec *now)
		{
			static int (*real)(clockid_t, struct timespec *);
			long long all;

			if (real == NULL)
				real = dlsym(RTLD_NEXT, "clock_gettime");
			if (real(clock, now) == -1)
				return -1;
			all = now->tv_sec * 1000000000LL + now->tv_nsec + slept;
			now->tv_sec = all / 1000000000;
			now->tv_nsec = all % 1000000000;
			return 0;
		}

		int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *wait,
		    const sigset_t *mask)
		{
			static int (*real)(struct pollfd *, nfds_t,
			    const struct timespec *, const sigset_t *);
			const struct timespec none = { 0 };
			const char *name = getenv("NAPS");
			FILE *file;

			if (real == NULL)
				real = dlsym(RTLD_NEXT, "ppoll");
			if (count > 0 || wait == NULL || name == NULL)
				return real(fds, count, wait, mask);
			file = fopen(name, "a");
			fprintf(file, "%lld\n", wait->tv_sec * 1000LL +
			    wait->tv_nsec / 1000000);
			fclose(file);
			slept += wait->tv_sec * 1000000000LL + wait->tv_nsec;
			return real(fds, count, &none, mask);
		}
	END
}

#
# Journals to send from
#

# from_journal NAME [LINES]: the journal in $S/from/NAME, for which $from is the
# configuration, with LINES at its top.
from_journal() {
	source_dir=$S/from/$1
	from=$S/etc/$1.conf
	if [ ! -e "$from" ]; then
		install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$source_dir"
		journal=$source_dir conf=$from
		standard_config "${2:-}" | configure
		scratch_use "$S"
	fi
}

# arrive_file FILE [VARIABLE=VALUE...]: what is in FILE arrives, signed by Meta unless
# there are variables.
arrive_file() {
	local variables=("${@:2}") answer length
	[ $# -gt 1 ] || variables=(HTTP_X_HUB_SIGNATURE_256="$(sign "$1")")
	length=$(stat -c %s "$1")
	answer=$(as_worker env -i REQUEST_METHOD=POST REQUEST_URI="${TARGET:-$WEBHOOK}" \
	    GATEWAY_INTERFACE=CGI/1.1 CONTENT_LENGTH="$length" \
	    HOOKLINE_CONFIG="$from" "${variables[@]}" "$S/lib/hookline.fcgi" <"$1")
	[[ $answer == *ok ]] || fail "$1: $answer"
}

# arrive PAYLOAD...: these fixtures arrive.
arrive() {
	local name
	for name; do
		arrive_file "$PAYLOADS/$name.json"
	done
}

#
# What happens
#

# forward STATUS WORDS...: hookctl forward ends with this status; sleeps pass at once.
# Its output is in $output, what it says otherwise in $stderr.
forward() {
	run --separate-stderr fast forward --config "$from" "${@:2}"
	printf '%s\n' "$output" "--- $stderr"
	[ "$status" = "$1" ] || fail "status $status, not $1"
}

fast() {
	ASAN_OPTIONS=log_path=$S/sanitizer/ctl:exitcode=99:verify_asan_link_order=0 \
	    UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
	    HOME=$S/home NAPS=$naps LD_PRELOAD=$S/lib/naps.so "$CTL" "$@"
}

# in_back WORDS...: hookctl forward in the background; its output is in $S/out and
# $S/err, its pid in $background.
in_back() {
	ASAN_OPTIONS=log_path=$S/sanitizer/ctl:exitcode=99 HOME=$S/home \
	    "$CTL" forward --config "$from" "$@" >"$S/out" 2>"$S/err" 3>&- &
	background=$!
}

# said LINE...: hookctl says exactly these, on standard error.
said() {
	local line text=
	for line; do
		text+=${text:+$'\n'}"hookctl: $line"
	done
	[ "$stderr" = "$text" ] || fail "it does not say: $text"
}

# told PATTERN...: each line of the output is like its pattern, and there is no other.
told() {
	local i
	[ "${#lines[@]}" = $# ] || fail "${#lines[@]} lines, not $#" || return
	for ((i = 0; i < $#; i++)); do
		[[ ${lines[i]} =~ ^${*:i+1:1}$ ]] ||
		    fail "'${lines[i]}' is not like '${*:i+1:1}'" || return
	done
}

# napped MILLISECONDS...: it slept so long, one time after the other.
napped() {
	[ "$(paste -sd ' ' "$naps" 2>/dev/null)" = "$*" ] ||
	    fail "it slept $(paste -sd ' ' "$naps"), not $*"
}

# nap_time: the milliseconds that it slept in all.
nap_time() {
	awk '{ sum += $1 } END { print sum + 0 }' "$naps"
}

# got FILTER: what jq makes of the requests that the taker got, joined by blanks.
got() {
	jq -r "$1" "$taker/log" | paste -sd ' '
}

# came COUNT: so many requests came to the taker.
came() {
	[ "$(wc -l <"$taker/log")" = "$1" ]
}

# statuses TEXT: the taker answered so.
statuses() {
	[ "$(got .status)" = "$1" ] || fail "answered $(got .status), not $1"
}

# journal_id: that of the journal that is sent.
journal_id() {
	cat "$source_dir/relay/id"
}

# jq refuses the lone surrogates of a fixture.
ids() {
	cut -d '"' -f 10 "$1" | sort
}

#
# To another hookline
#

@test "a journal into another hookline: as it came, in order, once" {
	forward 0 "$URL"
	[ -z "$stderr" ]
	told '200 ok 4' "$TIMES" 'sent 4'
	added 4
	jq -c '[.id, .signature, .payload]' "$source_dir/notifications.jsonl" >"$S/one"
	tail -n 4 "$live" | jq -c '[.id, .signature, .payload]' | diff "$S/one" -
	[ "$(tail -n 4 "$live" | jq -r .relayed | paste -sd ' ')" = "$(printf '%s\n' \
	    "$(journal_id)"/{1..4} | paste -sd ' ')" ]
	forward 0 "$URL"
	told '200 ok 4' "$TIMES" 'sent 4'
	added 4
}

@test "a chain: the third hookline learns the first one's origin" {
	from_journal second
	arrive_file "$PAYLOADS/page_comment.json" \
	    HTTP_X_HUB_SIGNATURE_256="$(sign "$PAYLOADS/page_comment.json")" \
	    HTTP_X_HOOKLINE_ORIGIN=00000000000000000000000000000abc/77
	arrive leadgen
	forward 0 "$TAKER"
	[ "$(got '.["X-Hookline-Origin"]')" = \
	    "00000000000000000000000000000abc/77 $(journal_id)/2" ]
}

@test "each update of each payload has the same id in the other hookline" {
	local name
	from_journal updates 'lines = "update"'
	for name in "$PAYLOADS"/*.json; do
		arrive_file "$name"
	done
	printf '%s' '{"object":"page","entry":[{"id":"1","time":5,"changes":[' \
	    '{"field":"a","value":1},{"field":"a","value":1},' \
	    '{"field":"a","value":1}]}]}' >"$S/equal"
	arrive_file "$S/equal"
	other_config 'lines = "update"' | configure_again
	forward 0 "$URL" --sign /webhook --rate 1000
	[ -z "$stderr" ]
	ids "$source_dir/notifications.jsonl" >"$S/one"
	[ "$(wc -l <"$S/one")" = 41 ]
	tail -n "+$((before + 1))" "$live" >"$S/new"
	ids "$S/new" | diff "$S/one" -
	forward 0 "$URL" --sign /webhook
	added "$(wc -l <"$S/one")"
}

@test "equal updates that are indistinct, or samples: as many lines as they were" {
	local id equal='{"field":"x","value":{"a":1}}'
	from_journal equals 'lines = "update"'
	for id in 77 0; do
		printf '{"object":"user","entry":[{"id":"%s","changes":[%s]}]}' \
		    $id "$equal,$equal" >"$S/equal"
		arrive_file "$S/equal"
	done
	printf '{"object":"user","entry":[{"id":"78","changes":[%s]}]}' \
	    "$equal,$equal,{\"field\":\"y\",\"value\":2},$equal" >"$S/equal"
	arrive_file "$S/equal"
	[ "$(grep -c '"distinct":false' "$source_dir/notifications.jsonl")" = 8 ]
	other_config 'lines = "update"' | configure_again
	forward 0 "$URL" --sign /webhook
	told '200 ok 8' "$TIMES" 'sent 8'
	added 8
	forward 0 "$URL" --sign /webhook
	added 8
}

@test "equal updates of one notification share its origin along a chain" {
	local equal='{"field":"x","value":{"a":1}}'
	from_journal whole 'lines = "update"'
	printf '{"object":"user","entry":[{"id":"79","changes":[%s]}]}' \
	    "$equal,$equal,$equal" >"$S/equal"
	arrive_file "$S/equal" HTTP_X_HUB_SIGNATURE_256="$(sign "$S/equal")" \
	    HTTP_X_HOOKLINE_ORIGIN=00000000000000000000000000000abc/77
	other_config 'lines = "update"' | configure_again
	forward 0 "$URL" --sign /webhook
	added 3
	forward 0 "$URL" --sign /webhook
	added 3
}

@test "ten thousand records, sent twice, of which none is stored twice" {
	from_journal many
	"$WRITER" "$source_dir" 1 10000 rotate=1000000
	CTL=$ROOT/build/hookctl
	forward 0 "$URL" --sign /webhook
	told '200 ok 10,000' "$TIMES" 'sent 10,000'
	added 10000
	forward 0 "$URL" --sign /webhook
	added 10000
	tail -n 10000 "$live" | cut -d '"' -f 10 | uniq -d >"$S/twice"
	[ ! -s "$S/twice" ]
	[ "$(tail -n 10000 "$live" | jq -r '.relayed | split("/")[1]' | uniq |
	    sort -nc && echo in order)" = 'in order' ]
}

@test "kill -9 in the middle, and on from the record that it was at" {
	local seq
	from_journal killed
	"$WRITER" "$source_dir" 20001 40
	{ yes 200 | head -n 12; echo hang; } >"$taker/answers"
	in_back "$TAKER" --sign /webhook
	within 300 came 13
	kill -9 $background
	wait $background || true
	: >"$taker/go"
	seq=$(tail -n 1 "$taker/log" | jq -r '.["X-Hookline-Origin"] | split("/")[1]')
	[ "$seq" = 13 ]
	forward 0 "$TAKER" --sign /webhook --from-seq "$seq"
	told '200 28' "$TIMES" 'sent 28'
	jq -r '.["X-Hookline-Origin"]' "$taker/log" | sort | uniq -c |
	    awk '$1 != 1 + ($2 ~ /\/13$/)' >"$S/odd"
	[ ! -s "$S/odd" ] || fail "$(<"$S/odd")"
}

#
# Which records
#

# seqs: of what the taker got.
seqs() {
	got '.["X-Hookline-Origin"] | split("/")[1]'
}

@test "ranges and filters" {
	local words expected last
	last=$(jq -rs '.[2].received_at' "$source_dir/notifications.jsonl")
	while IFS='|' read -r expected words; do
		: >"$taker/log"
		# shellcheck disable=SC2086 # words
		forward 0 "$TAKER" $words
		[ "$(seqs)" = "$expected" ] || fail "sent $(seqs), not $expected"
	done <<-END
		1 2 3 4|
		2 3 4|--from-seq 2
		3 4|--since $last
		1 2 3|--until $last
		2 3|--from-seq 2 --until $last
		|--from-seq 9
		1|--object page
		1 3 4|--not-object user
		3|-g WHATSAPP
	END
}

@test "a filter and its count" {
	forward 0 "$TAKER" --object page
	[ "${lines[2]}" = 'sent 1   hidden by filters 3' ]
}

@test "only what is safe on the disk" {
	from_journal unsafe
	arrive page_comment leadgen
	rm -r "$source_dir/.state"
	local sending="\"--directory $source_dir --file $source_dir/notifications.jsonl --from-seq"
	# None of them is asked for.
	forward 0 "$TAKER" --object whatsapp
	[ -z "$stderr" ]
	forward 0 "$TAKER" --until '1 hour ago'
	forward 0 "$TAKER" --from-seq 3
	[ -z "$stderr" ]
	forward 1 "$TAKER" --field leadgen --since 2026-01-01T00:00:00Z
	[ "${stderr_lines[1]}" = "hookctl: left out for now: record 2 may not be on the disk yet; $sending 2 --since 2026-01-01T00:00:00.000000Z --field=leadgen\" sends it all the same" ]
	forward 1 "$TAKER"
	said "$source_dir/.state/shared is missing, so nobody knows which records of the live file are safe on the disk: they come after the receiver's next record" \
	    "left out for now: records 1 to 2 may not be on the disk yet; $sending 1\" sends them all the same"
	[ ! -s "$taker/log" ]
	forward 0 "$TAKER" --directory "$source_dir" \
	    --file "$source_dir/notifications.jsonl" --from-seq 1
	told '200 2' "$TIMES" 'sent 2'
	[ "$(seqs)" = '1 2' ]
}

@test "what comes while it runs is left for the next run" {
	from_journal busy
	arrive page_comment
	echo hang >"$taker/answers"
	in_back "$TAKER"
	within 300 came 1
	arrive leadgen graph_values
	: >"$taker/go"
	wait $background
	[ "$(seqs)" = 1 ]
	forward 0 "$TAKER"
	[ "$(seqs)" = '1 1 2 3' ]
}

@test "what was removed is said" {
	from_journal removed
	"$WRITER" "$source_dir" 1 30 rotate=2000 keep=1
	forward 1 "$TAKER" --sign /webhook --from-seq 1
	[[ ${stderr_lines[0]} =~ ^'hookctl: records 1 to '[0-9]+' were removed before they were read'$ ]]
	# Without a number, the oldest one is the first.
	forward 0 "$TAKER" --sign /webhook
	[ -z "$stderr" ]
}

two_compressed() {
	local files=("$source_dir"/archive/*.gz)
	[ ${#files[@]} -ge 2 ]
}

@test "a damaged file of the journal is said, and the others are sent" {
	local next second third
	from_journal broken
	"$WRITER" "$source_dir" 1 40 rotate=3000 compress=1
	within 100 two_compressed
	second=$(printf '%s\n' "$source_dir"/archive/*.gz | sed -n 2p)
	next=$(basename "$second")
	next=$((10#${next:14:12}))
	truncate -s 100 "$second"
	forward 1 "$TAKER" --sign /webhook
	[[ $stderr =~ ^'hookctl: records '$next' to '([0-9]+)' are missing in the journal'\''s files'$ ]]
	third=$((BASH_REMATCH[1] + 1))
	[ "$(seqs)" = "$(seq -s ' ' 1 $((next - 1))) $(seq -s ' ' $third 40)" ]
}

@test "--rate: one after the other, in time" {
	local began=${EPOCHREALTIME/./}
	forward 0 "$TAKER" --rate 1
	[ "$(nap_time)" -le 3000 ]
	# A request that takes long is part of the time.
	[ $(((${EPOCHREALTIME/./} - began) / 1000 + $(nap_time))) -ge 3000 ]
}

#
# Signatures
#

@test "sha1 keeps its header; others need --sign, and say so" {
	from_journal odd "$(printf '%s\n' 'endpoint "/webhook/aB3dE5gH7jK9mN1pQ3sT5v" {' \
	    'name = "open"' "verify_token = \"$TOKEN\"" 'unsigned = "accept"' '}')"
	sed -i 's/^	client_cert.*/	allow_sha1 = true/' "$from"
	arrive instagram_comment
	arrive_file "$PAYLOADS/leadgen.json" \
	    HTTP_X_HUB_SIGNATURE="$(sign "$PAYLOADS/leadgen.json" "$SECRET" sha1)"
	arrive pretty
	TARGET=/webhook/aB3dE5gH7jK9mN1pQ3sT5v arrive_file "$PAYLOADS/utf8.json" NONE=
	forward 1 "$TAKER"
	said 'record 3 was not sent: a reformatted body has lost its signature; --sign ENDPOINT signs anew' \
	    'record 4 was not sent: there is no signature; --sign ENDPOINT signs anew'
	told '200 2' "$TIMES" 'sent 2   left out 2'
	[ "$(got '.["X-Hub-Signature"]')" = \
	    "null $(sign "$PAYLOADS/leadgen.json" "$SECRET" sha1)" ]
	[ "$(got '.["X-Hub-Signature-256"]')" = "$(sign "$PAYLOADS/instagram_comment.json") null" ]
	# Each of them signed anew is taken by another hookline.
	forward 0 "$URL" --sign /webhook
	told '200 ok 4' "$TIMES" 'sent 4'
	added 4
	forward 1 "$TAKER" --dead "$dead"
	told '200 2' "$TIMES" 'sent 2   dead letters 2'
	[ "$(jq -r '[.tries, .error, .record.seq] | join(" ")' "$dead")" = \
	    $'0 a reformatted body has lost its signature 3\n0 there is no signature 4' ]
	rm "$dead"
}

@test "updates without --sign: all in one line" {
	from_journal few 'lines = "update"'
	arrive messenger_mixed
	forward 1 "$TAKER"
	said 'records 1 to 5 were not sent: an update'\''s line has no signature; --sign ENDPOINT signs anew'
	told 'sent 0   left out 5'
	[ ! -s "$taker/log" ]
}

@test "a damaged record is not sent, nor signed anew" {
	from_journal damaged
	arrive page_comment leadgen
	sed -i '1s/"payload":{"object":"page"/"payload":{"object":"pagE"/' \
	    "$source_dir/notifications.jsonl"
	forward 1 "$TAKER" --sign /webhook
	said 'record 1 was not sent: the line is damaged: its id does not match its bytes'
	[ "$(seqs)" = 2 ]
}

#
# Answers
#

@test "a secret that the other hookline does not have: said at once" {
	from_journal stranger
	SECRET=00000000000000000000000000000bad arrive_here
	forward 3 "$URL" --give-up 1s
	[ "${stderr_lines[0]}" = 'hookctl: record 1 has to wait: http 401, the receiver does not have the secret that this was signed with, or it was not signed; trying again for up to 1 second' ]
	[ "${stderr_lines[2]}" = 'hookctl: go on with --from-seq 1' ]
	added 0
}

# arrive_here: one record, under the secret of the moment.
arrive_here() {
	sed -i "s/app_secret = .*/app_secret = \"$SECRET\"/" "$from"
	arrive standby
}

@test "500 twice, then 200: held, and taken" {
	printf '%s\n' 200 500 500 >"$taker/answers"
	forward 0 "$TAKER"
	[ "${stderr_lines[0]}" = "hookctl: record 2 has to wait: http 500$ABOUT; trying again for up to 10 minutes" ]
	[[ ${stderr_lines[1]} =~ ^'hookctl: the destination answers again, after '[0-9]+' seconds'$ ]]
	[ ${#stderr_lines[@]} = 2 ]
	told '200 4   500 2' "$TIMES" '500: Server: Taker; body: not this one\\u000a' 'sent 4'
	statuses '200 500 500 200 200 200'
	[ "$(seqs)" = '1 2 2 2 3 4' ]
	[ "$(head -n 1 "$naps")" = 1000 ]
	[ "$(wc -l <"$naps")" = 2 ]
}

@test "Retry-After, in seconds and as a date" {
	local date
	date=$(LC_ALL=C date -u -d '+100 seconds' '+%a, %d %b %Y %H:%M:%S GMT')
	printf '%s\n' '503 Retry-After: 70' "429 Retry-After: $date" >"$taker/answers"
	forward 0 "$TAKER"
	[ "$(sed -n 1p "$naps")" = 70000 ]
	# The clock has been moved by 70 s meanwhile. Without the date it would sleep 2 s at most.
	[ "$(sed -n 2p "$naps")" -gt 2100 ]
	[ "$(sed -n 2p "$naps")" -le 31000 ]
	statuses '503 429 200 200 200 200'
}

@test "a destination that fails for ever is given up, and where to go on is said" {
	local least=0 nap began=${EPOCHREALTIME/./}
	printf '%s\n' 200 200 >"$taker/answers"
	echo 503 >"$taker/always"
	forward 3 "$TAKER"
	said "record 3 has to wait: http 503$ABOUT; trying again for up to 10 minutes" \
	    'the destination has taken nothing for 10 minutes: http 503' \
	    'go on with --from-seq 3'
	told '200 2   503 [0-9]+' "$TIMES" '503: .*' 'sent 2'
	# Twice as long each time, less a quarter, up to a minute; the last one is cut.
	while read -r nap; do
		[ "$nap" -ge $least ]
		[ "$nap" -le 60000 ]
		least=$((least == 0 ? 1500 : least * 2 > 45000 ? 45000 : least * 2))
	done < <(head -n -1 "$naps")
	[ "$(nap_time)" -le 600000 ]
	[ $(((${EPOCHREALTIME/./} - began) / 1000 + $(nap_time))) -ge 600000 ]
}

@test "--give-up; what asks for more than that; a destination that is not there" {
	echo 301 >"$taker/always"
	forward 3 "$TAKER" --give-up 0s --from-seq 2
	said 'the destination has taken nothing for 0 seconds: http 301' 'go on with --from-seq 2'
	echo '503 Retry-After: 7200' >"$taker/always"
	forward 3 "$TAKER" --give-up 30s
	said 'the destination takes nothing: http 503; it asks for a pause of 2 hours, and --give-up is 30 seconds' \
	    'go on with --from-seq 1'
	rm -f "$naps"
	forward 3 "http://127.0.0.1:1/" --give-up 5s
	[[ ${stderr_lines[0]} == 'hookctl: record 1 has to wait: '*'; trying again for up to 5 seconds' ]]
	[[ ${stderr_lines[1]} == 'hookctl: the destination has taken nothing for 5 seconds: '* ]]
	[ "${stderr_lines[2]}" = 'hookctl: go on with --from-seq 1' ]
	[ "${lines[-1]}" = 'sent 0' ]
}

@test "a record that is refused: five tries, and a dead letter, sent again by --file" {
	echo 'phone_number_id' >"$taker/refuse"
	forward 1 "$TAKER" --dead "$dead"
	said "record 3 is refused: http 422$ABOUT; trying it 4 more times, within 80 seconds" \
	    'record 3 is a dead letter now: http 422'
	told '200 3   422 5' "$TIMES" '422: .*' 'sent 3   dead letters 1'
	napped 1000 4000 15000 60000
	[ "$(seqs)" = '1 2 3 3 3 3 3 4' ]
	[ "$(stat -c %a "$dead")" = 600 ]
	[ "$(jq -c '[.by,.tries,.error,.answer,.record.seq]' "$dead")" = \
	    '["hookctl forward",5,"http 422","not this one\n",3]' ]
	# The record is unchanged, and last.
	[[ $(<"$dead") == *",\"record\":$(sed -n 3p "$source_dir/notifications.jsonl")}" ]]
	forward 3 "$TAKER" --file "$dead" --dead "$dead"
	said "--file and --dead are the same file, $dead: move it away first, as in \"mv $dead $dead.old\", and give the new name to --file"
	# shellcheck disable=SC2094 # that is what is tried
	forward 3 "$TAKER" --file - --dead "$dead" <"$dead"
	said "standard input and --dead are the same file, $dead: move it away first, as in \"mv $dead $dead.old\", and give the new name to --file"
	rm "$taker/refuse"
	: >"$taker/log"
	mv "$dead" "$dead.old"
	forward 0 "$TAKER" --file "$dead.old" --dead "$dead"
	told '200 1' "$TIMES" 'sent 1'
	[ ! -s "$dead" ]
	jq -j .body "$taker/log" | cmp - "$PAYLOADS/whatsapp_messages.json"
	[ "$(got '.["X-Hub-Signature-256"]')" = "$(sign "$PAYLOADS/whatsapp_messages.json")" ]
}

@test "without --dead, a refusal names its record" {
	echo 'phone_number_id' >"$taker/refuse"
	forward 1 "$TAKER"
	[ "${stderr_lines[1]}" = 'hookctl: record 3 was refused: http 422' ]
	[ "${lines[-1]}" = 'sent 3   left out 1' ]
	[ "$(seqs)" = '1 2 3 3 3 3 3 4' ]
}

@test "ten refusals in a row: the destination is wrong" {
	from_journal many
	[ -d "$source_dir/archive" ] || "$WRITER" "$source_dir" 1 20
	echo 200 >"$taker/answers"
	echo 400 >"$taker/always"
	forward 3 "$TAKER" --sign /webhook --dead "$dead"
	[ "$(wc -l <"$dead")" = 9 ]
	[ "${stderr_lines[-2]}" = 'hookctl: record 11 was refused, too: http 400; it is the 10th in a row, so the destination is at fault, not the records' ]
	[ "${stderr_lines[-1]}" = 'hookctl: go on with --from-seq 11' ]
	[ "${lines[-1]}" = 'sent 1   dead letters 9' ]
	# Without a file, all of them have to be sent again.
	forward 3 "$TAKER" --sign /webhook --from-seq 3
	[ "${stderr_lines[-1]}" = 'hookctl: go on with --from-seq 3' ]
}

@test "nine refusals, one that is taken, and another refusal" {
	from_journal nine
	"$WRITER" "$source_dir" 1 12
	{ yes 400 | head -n 45; echo 200; yes 400 | head -n 5; } >"$taker/answers"
	forward 1 "$TAKER" --sign /webhook
	[ "${lines[-1]}" = 'sent 2   left out 10' ]
}

#
# Files
#

@test "a file of lines; lines that are no records; standard input" {
	{
		sed -n 2p "$source_dir/notifications.jsonl"
		echo 'no record'
		echo '{"dead_at":"x","record":{"seq":1}}'
		sed -n 1p "$source_dir/notifications.jsonl" | tr -d '\n'
	} >"$S/lines"
	forward 1 "$TAKER" --file "$S/lines"
	said "line 2 of $S/lines is neither a record nor a dead letter; such lines are skipped"
	[ "$(got '.["X-Hookline-Origin"]')" = 'null null' ]
	[ "$(got '.body | fromjson.object')" = 'user page' ]
	# The journal that they are from may be named.
	sed -n '1p;4p' "$S/lines" >"$S/lines.1"
	: >"$taker/log"
	forward 0 "$TAKER" --file - --directory "$source_dir" <"$S/lines.1"
	[ "$(seqs)" = '2 1' ]
}

@test "a file that is given up, compressed, missing" {
	echo 503 >"$taker/always"
	forward 3 "$TAKER" --file "$source_dir/notifications.jsonl" --give-up 0s --from-seq 3
	said 'the destination has taken nothing for 0 seconds: http 503' \
	    "go on with: tail -n +3 $source_dir/notifications.jsonl | hookctl forward --file - ..."
	forward 3 "$TAKER" --file - --give-up 0s <"$source_dir/notifications.jsonl"
	[ "${stderr_lines[1]}" = 'hookctl: go on with line 1 of standard input' ]
	gzip -c "$source_dir/notifications.jsonl" >"$S/lines.gz"
	forward 3 "$TAKER" --file "$S/lines.gz"
	said "$S/lines.gz is compressed: zcat $S/lines.gz | hookctl forward --file - ..."
	forward 3 "$TAKER" --file "$S/none"
	said "$S/none: No such file or directory"
	forward 3 "$TAKER" --file "$S"
	said "$S: Is a directory"
	forward 3 "$TAKER" --dead "$source_dir/dead"
	said "$source_dir/dead is in the journal's folder, where only the receiver writes; choose another place"
	forward 3 "$TAKER" --dead "$S/none/dead"
	said "$S/none/dead: No such file or directory"
}

@test "indistinct records without an origin are counted" {
	from_journal vague
	arrive whatsapp_errors page_comment
	forward 0 "$TAKER"
	[ -z "$stderr" ]
	forward 0 "$TAKER" --file "$source_dir/notifications.jsonl"
	said '1 of the records that were sent are indistinct and had no origin: of equal ones within 15 minutes, another hookline keeps only the first; --directory DIR says which journal they are from'
	rm "$source_dir/relay/id"
	forward 0 "$TAKER"
	[[ $stderr == *'; the journal has no id in relay/id' ]]
}

#
# Ends
#

@test "a signal: what is on its way is finished" {
	printf '%s\n' 200 hang >"$taker/answers"
	in_back "$TAKER"
	within 300 came 2
	kill -TERM $background
	: >"$taker/go"
	status=0
	wait $background || status=$?
	[ "$status" = 3 ]
	[ "$(cat "$S/err")" = $'hookctl: stopped by a signal\nhookctl: go on with --from-seq 3' ]
	grep -q '^200 2$' "$S/out"
	grep -q '^sent 2$' "$S/out"
	# One that has to wait is not done.
	echo 500 >"$taker/always"
	in_back "$TAKER"
	within 300 grep -q 'has to wait' "$S/err"
	kill -TERM $background
	status=0
	wait $background || status=$?
	[ "$status" = 3 ]
	[ "$(tail -n 1 "$S/err")" = 'hookctl: go on with --from-seq 1' ]
}

@test "signals that come together are one, as from timeout(1); a later one ends it" {
	echo hang >"$taker/answers"
	in_back "$TAKER"
	within 300 came 1
	# Both are there when it goes on.
	kill -STOP $background
	kill -TERM $background
	kill -HUP $background
	kill -CONT $background
	within 100 is_handled
	: >"$taker/go"
	status=0
	wait $background || status=$?
	[ "$status" = 3 ]
	[ "$(tail -n 1 "$S/err")" = 'hookctl: go on with --from-seq 2' ]
	rm "$taker/go"
	: >"$taker/log"
	echo hang >"$taker/answers"
	in_back "$TAKER"
	within 300 came 1
	kill -TERM $background
	within 100 is_handled
	sleep 0.2
	kill -TERM $background
	status=0
	wait $background || status=$?
	[ "$status" = 143 ]
	: >"$taker/go"
	[ ! -s "$S/err" ]
}

# is_handled: no signal is waiting for the process in the background.
is_handled() {
	! grep -qE '^S(ig|hd)Pnd:.*[1-9a-f]' "/proc/$background/status"
}

@test "https: the certificate is checked" {
	local names=subjectAltName=IP:127.0.0.1 url
	mkdir -p "$S/tls" "$S/tls-taker"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
	    -keyout "$S/tls/key.pem" -out "$S/tls/self.pem" -days 2 -subj /CN=self \
	    -addext $names 2>/dev/null
	in_background tls-taker "$HELPERS/taker.py" "$S/tls-taker" "$S/tls/self.pem" \
	    "$S/tls/key.pem"
	within 100 test -e "$S/tls-taker/port"
	url=https://127.0.0.1:$(<"$S/tls-taker/port")/
	forward 3 "$url" --give-up 0s
	[[ ${stderr_lines[0]} == 'hookctl: the destination has taken nothing for 0 seconds: SSL certificate problem: self'* ]]
	forward 0 "$url" --give-up 0s --ca-file "$S/tls/self.pem"
	told '200 4' "$TIMES" 'sent 4'
	stop_pid "$(<"$S/tls-taker.pid")"
	rm "$S/tls-taker.pid"
}

@test "a wrong command line is refused by name" {
	local line words
	while IFS='|' read -r line words; do
		# shellcheck disable=SC2086 # words
		forward 2 $words
		[ "${stderr_lines[0]}" = "hookctl forward: $line" ]
	done <<-END
		to which URL? Give one, as in "hookctl forward https://b.example/webhook"|
		"postgresql://db/" is not an http or https URL without user, password and fragment|postgresql://db/
		"more" is one word too many|$TAKER more
		--since is later than --until|$TAKER --since now --until yesterday
		--from-seq: "0" is not a number from 1 to 18446744073709551614|$TAKER --from-seq 0
		--give-up: "10" is not a time such as 30s, 10m or 6h, from 0s to 2592000s|$TAKER --give-up 10
		--rate: "0" is not a number from 1 to 100000|$TAKER --rate 0
	END
	forward 3 "$TAKER" --sign nobody
	said 'the configuration has no endpoint "nobody"'
	from_journal odd
	if [ -e "$source_dir/notifications.jsonl" ]; then
		forward 3 "$TAKER" --sign open
		said '--sign: the endpoint "open" has no app secret'
	fi
}

@test "the examples of hookctl(1)" {
	local bin=$BATS_TEST_TMPDIR/bin
	mkdir "$bin"
	# The destination is ours; everything else is as it is printed.
	cat >"$bin/hookctl" <<-END
		#!/bin/bash
		exec "$CTL" "\${@/#https:\/\/b.example\/webhook/$TAKER}"
	END
	chmod +x "$bin/hookctl"
	cd "$BATS_TEST_TMPDIR"
	display hookctl.1 'hookctl forward Oo Ar options Oc Ar url' 3 |
	    sed 's/18204/2/' >example
	[ "$(grep -c '^hookctl forward' example)" = 3 ]
	echo phone_number_id >"$taker/refuse"
	run env PATH="$bin:$PATH" HOOKLINE_CONFIG="$from" NAPS="$naps" \
	    LD_PRELOAD="$S/lib/naps.so" \
	    ASAN_OPTIONS="log_path=$S/sanitizer/ctl:exitcode=99:verify_asan_link_order=0" \
	    sh example
	echo "$output"
	[ "$(grep -c '^sent' <<<"$output")" = 3 ]
	[ "$(got '.["X-Hookline-Origin"] // "none" | split("/") | last')" = \
	    '1 2 3 3 3 3 3 4 2 3 3 3 3 3 4 none none none none none' ]
	[ "$(jq .record.seq dead.jsonl again.jsonl)" = $'3\n3' ]
}

@test "a bar on a terminal, which a message replaces" {
	printf '%s\n' 200 500 >"$taker/answers"
	script -qec "$(printf '%q ' env ASAN_OPTIONS="log_path=$S/sanitizer/ctl:exitcode=99:verify_asan_link_order=0" \
	    LD_PRELOAD="$S/lib/naps.so" NAPS="$naps" "$CTL" forward --config "$from" \
	    "$TAKER")" "$S/typescript" >/dev/null 2>&1
	tr '\r' '\n' <"$S/typescript" >"$S/screen"
	grep -qE '\[#{5}-{15}\]  25 %  1  [0-9]+/s' "$S/screen"
	grep -qE '^.\[Khookctl: record 2 has to wait: ' "$S/screen"
	grep -qE '^sent 4$' "$S/screen"
}

@test "the static program has no network" {
	[ -x "$STATIC" ] || fail "there is no $STATIC: make VARIANT=static $STATIC"
	CTL=$STATIC
	forward 3 "$TAKER"
	said 'this hookctl was built without network'
}
