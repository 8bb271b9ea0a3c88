#!/usr/bin/env bats
# verify.bats: hookctl verify: what it finds in a journal, what it does not take for
# damage, what it cannot check, and exit statuses. tests/faults/flips.bats flips bits.

# shellcheck disable=SC2016 # what perl is to expand

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"
# shellcheck source=tests/servers/lib/hookctl.bash
source "$BATS_TEST_DIRNAME/../lib/hookctl.bash"

SETUP=lighttpd-fastcgi
WRITER=$ROOT/build/faults/writer
STORE=$ROOT/build/plain/bench
UNSIGNED=/webhook/Zq4T7bVx0KcW9rEm2NfY81hL
RELAY=0123456789abcdef0123456789abcdef

# What a receiver has stored is in $S/var/received: bodies of all kinds, as whole
# notifications and as updates. $S/var/base has 40 records in four files, the first
# one compressed; they begin with seq 1, 13, 25 and 37.
setup_file() {
	scratch_new "$CHECKED"
	receives notification | configure
	share
	receive
	mv "$journal" "$S/var/received"
	make_base
}

# receives LINES: a configuration.
receives() {
	cat <<-END
		directory = "$journal"
		log_file = "$S/log/own.log"
		lines = "$1"
		endpoint "$WEBHOOK" {
			name = "shop"
			verify_token = "$TOKEN"
			app_secret = "$SECRET"
			allow_sha1 = true
		}
		endpoint "$UNSIGNED" {
			name = "audit"
			unsigned = "accept"
			verify_token = "$TOKEN"
		}
	END
}

receive() {
	local lines body
	for lines in notification update; do
		receives "$lines" | configure
		for body in "$ROOT"/tests/fixtures/payloads/*.json; do
			post "$body"
			answered 200 ok
		done
	done
	# Relayed, by SHA-1, and by nobody.
	fresh "$S/body"
	post "$S/body" -H "X-Hookline-Origin: $RELAY/7"
	answered 200 ok
	fresh "$S/body"
	ask "$WEBHOOK" -H "X-Hub-Signature: $(sign "$S/body" "$SECRET" sha1)" \
	    --data-binary "@$S/body"
	answered 200 ok
	fresh "$S/body"
	ask "$UNSIGNED" --data-binary "@$S/body"
	answered 200 ok
}

make_base() {
	journal=$S/var/base
	"$STORE/bodies" whatsapp 1 40 "$SECRET" >"$S/pool"
	"$STORE/store" "$journal" "$S/pool"
	cp "$journal/notifications.jsonl" "$S/whole.jsonl"
	mkdir "$journal/archive"
	part 1 13
	part 13 25
	part 25 37
	tail -n +37 "$S/whole.jsonl" >"$journal/notifications.jsonl"
	gzip -n "$journal"/archive/notifications-000000000001-*
	printf '%s\n' "$SECRET" >"$S/secret"
	chmod 0600 "$S/secret"
}

# part FIRST NEXT: rotates these records of $S/whole.jsonl, from FIRST to before NEXT.
part() {
	local time
	time=$(sed -nE "$1"'s/.*"received_at":"([-0-9]+T[0-9:]+)\..*/\1Z/p' "$S/whole.jsonl")
	sed -n "$1,$(($2 - 1))p" "$S/whole.jsonl" >"$journal/archive/notifications-$(
	    printf %012d "$1")-${time//[-:]/}.jsonl"
}

setup() {
	scratch_use "$SCRATCH"
	here=$S/test/$BATS_TEST_NUMBER
	mkdir -p "$here"
	journal=$here/journal
	cp -r "$S/var/base" "$journal"
	rm -rf "$journal/.state"
	live=$journal/notifications.jsonl
	first=$(echo "$journal"/archive/notifications-000000000001-*)
	second=$(echo "$journal"/archive/notifications-000000000013-*)
	third=$(echo "$journal"/archive/notifications-000000000025-*)
}

teardown() {
	no_reports
}

teardown_file() {
	end_shared
}

v() {
	ctl verify --directory "$journal" --secret-file "$S/secret" "$@"
}

# verifies STATUS [LINE...]: verify ends so, and finds exactly these, each as
# "FILE: REST" with FILE as below archive/, or "live"; * is a wild card.
verifies() {
	local wanted=$1 i found=()
	shift
	run --separate-stderr v ${words[@]+"${words[@]}"}
	printf '%s\n' "$output" "--- $stderr"
	[ "$status" = "$wanted" ] || fail "exit $status, not $wanted" || return
	for ((i = 0; i < ${#lines[@]}; i++)); do
		[[ ${lines[i]} == *.jsonl*': '* ]] && found+=("${lines[i]}")
	done
	[ ${#found[@]} = $# ] || fail "${#found[@]} findings, not $#" || return
	for ((i = 0; i < $#; i++)); do
		# shellcheck disable=SC2053 # a pattern
		[[ ${found[i]} == ${*:i+1:1} ]] ||
		    fail "'${found[i]}' is not '${*:i+1:1}'" || return
	done
}

# edit FILE PERL: changes a file; $_ is the whole of it.
edit() {
	perl -0777 -pi -e "$2" "$1"
}

# offset FILE TEXT: of the first place where it is.
offset() {
	local found
	found=$(grep -abo -m 1 -- "$2" "$1" | head -n 1)
	echo "${found%%:*}"
}

said() {
	[[ $stderr == *"$1"* ]] || fail "it does not say: $1"
}

printed() {
	[[ $'\n'$output$'\n' == *$'\n'"$1"$'\n'* ]] || fail "it does not print: $1"
}

#
# What is right
#

@test "a journal that is whole: the summary, with and without secrets" {
	verifies 0
	diff <(echo "$output") - <<-END
		checked      40 records, seq 1 to 40, in 4 files, $(size)
		signatures   40 right
		all is well
	END
	[ -z "$stderr" ]
	run --separate-stderr ctl verify --directory "$journal"
	[ "$status" = 0 ]
	diff <(echo "$output") - <<-END
		checked      40 records, seq 1 to 40, in 4 files, $(size)
		not checked  40 signatures: no secret is given
		all is well
	END
}

size() {
	awk -v bytes="$(stat -c %s "$S/whole.jsonl")" \
	    'BEGIN { printf "%.1f K of text\n", bytes / 1024 }'
}

@test "everything that the receiver writes holds, and what cannot be checked is counted" {
	journal=$S/var/received
	words=()
	run --separate-stderr ctl verify --config "$conf" --directory "$journal"
	printf '%s\n' "$output" "$stderr"
	[ "$status" = 0 ]
	printed 'all is well'
	printed 'not checked  1 not signed'
	printed 'not checked  1 reformatted: neither digest nor signature'
	grep -q '^not checked  [0-9]* signatures of updates, whose lines have none$' \
	    <<<"$output"
	# All others are right; among them are these.
	[[ $output != *'secret that is not given'* ]]
	for mark in '"repeat_key":' '"distinct":false' '"relayed":' '"signature":"sha1='; do
		grep -q "$mark" "$journal/notifications.jsonl"
	done
}

@test "the configuration tells folder and secrets, and old secrets come from files" {
	local old=0000111122223333444455556666777f
	standard_config | sed "s/$SECRET/$old/" | conf=$here/hookline.conf configure
	words=()
	run --separate-stderr ctl verify --config "$here/hookline.conf"
	printf '%s\n' "$output" "$stderr"
	[ "$status" = 0 ]
	printed 'signatures   0 right'
	printed 'not checked  40 signed with a secret that is not given'
	printed '             40 at /webhook, from record 1 on'
	printf '# old\n\n%s\r\n%s\n' "$old" "$SECRET" >"$here/secrets"
	chmod 0600 "$here/secrets"
	run --separate-stderr ctl verify --config "$here/hookline.conf" \
	    --secret-file "$here/secrets"
	[ "$status" = 0 ]
	printed 'signatures   40 right'
}

@test "lines of version 0.1.0 hold" {
	local lines
	for lines in notification update; do
		rm -r "$journal"
		mkdir "$journal"
		cp "$ROOT/tests/fixtures/journal-0.1.0/$lines.jsonl" "$live"
		run --separate-stderr ctl verify --directory "$journal"
		printf '%s\n' "$output" "$stderr"
		[ "$status" = 0 ]
		[ -z "$stderr" ]
	done
}

@test "nothing is written, and no lock is taken" {
	find "$journal" -printf '%p %T@ %C@ %s\n' | sort >"$here/before"
	chmod -R a-w "$journal"
	strace -f -o "$here/trace" -e trace=flock,openat,write,fcntl,unlinkat,renameat2 \
	    "$ROOT/build/hookctl" verify --directory "$journal" >"$here/out"
	grep -E 'flock|F_(OFD_)?SETLK|O_(WRONLY|RDWR|CREAT)|unlinkat|renameat' "$here/trace" |
	    grep -v '/dev/null' >"$here/writes" || true
	[ -s "$here/trace" ]
	[ ! -s "$here/writes" ]
	chmod -R u+w "$journal"
	find "$journal" -printf '%p %T@ %s\n' | sort | diff - <(cut -d ' ' -f 1,2,4 "$here/before")
}

#
# Damage to lines
#

@test "each kind of damage to a record is named with its first byte" {
	local at
	edit "$live" 's/crack from/crack_from/; 0'
	at=$(offset "$live" '{"object"')
	verifies 1 "notifications.jsonl: byte $at, line 1, seq 37: the payload that begins here does not match its digest"
	printed '1 finding'

	tail -n +37 "$S/whole.jsonl" >"$live"
	edit "$live" 's/"id":"\K(.)/$1 eq "0" ? "1" : "0"/e'
	verifies 1 "notifications.jsonl: byte $(($(offset "$live" '"id"') + 6)), line 1, seq 37: id is damaged*"

	tail -n +37 "$S/whole.jsonl" >"$live"
	edit "$live" 's/"endpoint"/"endpoinu"/'
	verifies 1 "notifications.jsonl: byte $(($(offset "$live" endpoinu) + 7)), line 1, seq 37: not a record: here there is \"u\", where *"

	tail -n +37 "$S/whole.jsonl" >"$live"
	edit "$live" 's/"signature":"sha256=\K(.)/$1 eq "0" ? "1" : "0"/e'
	verifies 1 "notifications.jsonl: byte $(($(offset "$live" sha256=) + 7)), line 1, seq 37: the signature is damaged*"

	tail -n +37 "$S/whole.jsonl" >"$live"
	edit "$live" 's/"endpoint":"\/web/"endpoint":"\/wec/'
	verifies 1 "notifications.jsonl: byte $(offset "$live" '"/wec'), line 1, seq 37: endpoint and payload do not match the repeat_key*"

	tail -n +37 "$S/whole.jsonl" >"$live"
	edit "$live" 's/\\ud83d/\\ug83d/'
	verifies 1 "notifications.jsonl: byte $(($(offset "$live" '.ug83d') + 2)), line 1, seq 37: not JSON: here there is \"g\""
}

@test "in a compressed file, bytes are those of the text" {
	local text=${first%.gz}
	gunzip "$first"
	edit "$text" 's/crack from/crack_from/'
	local at
	at=$(offset "$text" '{"object"')
	gzip -n "$text"
	verifies 1 "archive/${first##*/}: uncompressed byte $at, line 1, seq 1: the payload *"
}

@test "damage to one line does not hide the next" {
	# In each line of the live file; in the second, to its line break.
	edit "$live" 's/"seq":37,/"seq":27,/; s/\n(?=\{"seq":39)/J/;
	    s/("seq":39.*)crack from/$1crack_from/; s/("seq":40.*"timestamp":")1/$1\x00/'
	verifies 1 '*line 2, seq 38: not JSON: here there is "J"' \
	    '*line 1, seq 27: seq is 27, where 37 was due; the records around it are in order' \
	    '*line 2, seq 39: the payload that begins here does not match its digest' \
	    '*line 3, seq 40: not JSON: here there is the byte 0x00'
}

@test "a line break that appears is one finding, and so is one that vanishes" {
	local at
	at=$(offset "$second" 'crack')
	edit "$second" 's/crack/cra\nk/'
	verifies 1 "archive/${second##*/}: byte $((at + 3)), line 1, seq 13: not JSON: here the line ends"
	cp "$S/var/base/archive/${second##*/}" "$second"
	at=$(offset "$second" '{"seq":14')
	edit "$second" 's/\n(?=\{"seq":14)/\x0b/'
	verifies 1 "archive/${second##*/}: byte $((at - 1)), line 1, seq 13: not JSON: here there is the byte 0x0b"
}

@test "blank lines, zeros and foreign lines are found, and nothing else for them" {
	edit "$second" 's/\n(?=\{"seq":14)/\n\n/; s/\n(?=\{"seq":16)/\nhello\n/; s/\n(?=\{"seq":18)/\n\0\0\n/'
	verifies 1 '*: byte *, line 2: not JSON: here the line ends' \
	    '*, line 5: not JSON: here there is "h"' \
	    '*, line 8: not JSON: here there is the byte 0x00'
}

@test "a key that this version does not write is found" {
	edit "$live" 's/,"payload"/,"pay":1,"payload"/'
	verifies 1 "*: byte $(($(offset "$live" '"pay":') + 4)), line 1, seq 37: not a record: here there is the byte 0x22, where ,\"payload\": belongs"
}

#
# Order
#

@test "records that are missing or come again are named" {
	sed -i 2,3d "$second"
	verifies 1 '*line 2, seq 16: records 14 to 15 are missing before this one'
	cp "$S/var/base/archive/${second##*/}" "$second"
	sed -i 5p "$second"
	verifies 1 '*line 6, seq 17: seq 17 comes again, where 18 was due'
	cp "$S/var/base/archive/${second##*/}" "$second"
	sed -i '$d' "$second"
	verifies 1 "archive/${third##*/}: byte 7, line 1, seq 25: record 24 is missing before this one"
}

@test "a file that is missing in the middle is found; the oldest may be gone" {
	rm "$second"
	verifies 1 "archive/${third##*/}: byte 7, line 1, seq 25: records 13 to 24 are missing before this one"
	rm "$first"
	verifies 0
	[[ ${lines[0]} == 'checked      16 records, seq 25 to 40, in 2 files, '* ]]
}

@test "a file's name that is wrong is found" {
	mv "$second" "${second/000013/000014}"
	verifies 1 "*/notifications-000000000014-*: byte 7, line 1, seq 13: the file's name says that it begins with record 14"
	mv "${second/000013/000014}" "${second/Z.jsonl/Y.jsonl}"
	verifies 1 '*: records 13 to 24 are missing before this one'
	said 'is not a file of the journal, and was not checked'
	mv "${second/Z.jsonl/Y.jsonl}" "${second/13-20/13-21}"
	verifies 1 "*, line 1, seq 13: the file's name says that its first record is from 21*"
}

@test "a time that goes back a little is found; a clock that was set back is noted" {
	at_times 06:00:00 06:00:01 05:30:00 06:00:02
	verifies 1 '*, line 3, seq 39: received_at is out of order: *'
	at_times 16:00:00 16:00:01 09:15:00 09:15:01
	verifies 0
	said 'the clock was set back before record 39: from 2099-11-21T16:00:01.000000Z to 2099-11-21T09:15:00.000000Z'
	# One bit makes the third one 16:00:02.
	at_times 16:00:00 16:00:01 06:00:02 16:00:03
	verifies 1 '*, line 3, seq 39: received_at is out of order: *'
}

# at_times TIME...: gives the live file's records these times.
at_times() {
	local time seq=37
	tail -n +37 "$S/whole.jsonl" >"$live"
	for time; do
		sed -i -E "s/(\"seq\":$seq,\"received_at\":\")[^\"]*/\12099-11-21T$time.000000Z/" "$live"
		seq=$((seq + 1))
	done
}

@test "a name one bit away from a frequent one is found, unless it is known" {
	edit "$second" 's/"endpoint":"\/webhook"/"endpoint":"\/webhooj"/; s/"repeat_key":"[^"]*",//'
	verifies 1 '*, line 1, seq 13: the endpoint is "/webhooj", one bit away from "/webhook"; if that is right, use --endpoint /webhooj'
	words=(--endpoint /webhooj)
	verifies 0
	words=()
	edit "$second" 's/"\/webhooj"/"\/other"/'
	verifies 0
}

#
# Files
#

@test "damage to a compressed file is found, and the next file is checked" {
	local name=archive/${first##*/} good=$S/var/base/archive/${first##*/}
	edit "$live" 's/crack from/crack_from/'
	local next='notifications.jsonl: byte *, line 1, seq 37: the payload *'
	head -c -20 "$good" >"$first"
	verifies 1 "$name: uncompressed byte *: the file ends too early, at about byte *" "$next"
	{ cat "$good"; echo more; } >"$first"
	verifies 1 "$name: uncompressed byte *: there are bytes after its end, *" "$next"
	cp "$good" "$first"
	edit "$first" 's/(.)(.{7})$/chr(ord($1) ^ 4) . $2/se'
	verifies 1 "$name: uncompressed byte *: incorrect data check, *" "$next"
	cp "$good" "$first"
	edit "$first" 'substr($_, 4, 1) ^= "\x10"'
	verifies 1 "$name: uncompressed byte 0: a bit of its header is wrong, *" "$next"
	tail -n +37 "$S/whole.jsonl" >"$first"
	verifies 1 "$name: uncompressed byte 0: incorrect header check, *" "$next"
}

@test "files that another gzip compressed are fine, and so is the twin of a plain one" {
	gunzip "$first"
	gzip -9 "${first%.gz}"
	verifies 0
	zcat "$first" >"${first%.gz}"
	head -c 100 "$first" >"$here/half"
	mv "$here/half" "$first"
	verifies 0
	[ "$stderr" = "hookctl: archive/${first##*/} was left out: the same file is there uncompressed" ]
}

@test "a journal without records is not called well" {
	rm -r "$journal"
	mkdir "$journal"
	verifies 0
	[ "${lines[*]: -1}" = 'no records' ]
}

@test "a rotated file that is empty, cut or without its last line break is found" {
	head -c -1 "$S/var/base/archive/${second##*/}" >"$second"
	verifies 1 "archive/${second##*/}: byte *, line 12: the file ends without a line break"
	head -c -200 "$S/var/base/archive/${second##*/}" >"$second"
	verifies 1 "archive/${second##*/}: byte *, line 12: the file ends without a line break" \
	    "archive/${second##*/}: byte *, line 12, seq 24: not JSON: here the line ends"
	: >"$second"
	verifies 1 "archive/${second##*/}: byte 0: the file has no record" \
	    "archive/${third##*/}: *: records 13 to 24 are missing before this one"
}

@test "half a line at the live file's end is a note, other bytes there are a finding" {
	head -c -200 "$S/whole.jsonl" | tail -n +37 >"$live"
	verifies 0
	said 'the live file ends with'
	said 'the next request cuts them off'
	printf '\0\0\0\0' >>"$live"
	verifies 0
	tail -n +37 "$S/whole.jsonl" >"$live"
	edit "$live" 's/\n$/J/'
	verifies 1 'notifications.jsonl: byte *, line 4, seq 40: not JSON: here there is "J"'
}

@test "an empty journal and one without a live file are fine" {
	rm -r "$journal"
	mkdir "$journal"
	verifies 0
	printed 'checked      0 records, in 0 files, 0 of text'
	said 'there is no live file'
	: >"$live"
	verifies 0
	[ -z "$stderr" ]
}

#
# Statuses and forms
#

@test "what cannot be read gives 3, and the rest is checked" {
	chmod 0000 "$third"
	edit "$live" 's/crack from/crack_from/'
	if [ "$EUID" = 0 ]; then
		chown -R "$WORKER" "$journal"
	fi
	run --separate-stderr as_worker "$ROOT/build/hookctl" verify --directory "$journal"
	printf '%s\n' "$output" "$stderr"
	[ "$status" = 3 ]
	said "${third##*/}: Permission denied; run it as the journal's owner"
	printed '1 finding'
	chmod 0600 "$third"
	rm "$live"
	mkfifo "$live"
	verifies 3
	said 'notifications.jsonl: it is not a regular file'
	run --separate-stderr ctl verify --directory "$here/none"
	[ "$status" = 3 ]
	said "the journal $here/none: No such file or directory"
	run --separate-stderr ctl verify --directory "$journal" --secret-file "$here/none"
	[ "$status" = 3 ]
	said '--secret-file: '
	run --separate-stderr ctl verify --directory "$journal" more
	[ "$status" = 2 ]
}

@test "--json prints one object" {
	edit "$live" 's/crack from/crack_from/'
	printf half >>"$live"
	words=(--json)
	run --separate-stderr v --json
	[ "$status" = 1 ]
	jq -e --argjson at "$(offset "$live" '{"object"')" '
		.records == 40 and .first_seq == 1 and .last_seq == 40 and .files == 4 and
		.signatures_right == 39 and .signatures_unknown == 0 and .secrets == 1 and
		(.findings | length == 2) and
		.findings[0] == { file: "notifications.jsonl", compressed: false,
		    byte: $at, line: 1, seq: 37, kind: "digest",
		    text: "the payload that begins here does not match its digest" }' \
	    <<<"$output"
	rm "$live"
	run --separate-stderr v --json
	[ "$status" = 0 ]
	jq -e '.findings == [] and .notes == ["there is no live file"]' <<<"$output"
	[ -z "$stderr" ]
}

@test "nothing is found while a receiver writes, rotates, compresses and removes" {
	local runs=0
	rm -r "$journal"
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$journal"
	"$WRITER" "$journal" 1 8000 rotate=40000 compress=1 keep=4 rate=2000 \
	    >"$here/writer" 2>&1 3>&- &
	local pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		run --separate-stderr ctl verify --directory "$journal"
		printf '%s\n' "$output" "$stderr"
		[ "$status" = 0 ] || { kill "$pid"; return 1; }
		runs=$((runs + 1))
	done
	wait "$pid"
	[ $runs -gt 3 ]
}
