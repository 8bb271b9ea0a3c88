# expect.bash: checks of answers, of the journal and of the logs. If something is
# not as expected, a check says what is wrong and returns 1.

fail() {
	echo "$*"
	return 1
}

show_logs() {
	local file
	for file in "$S"/log/*; do
		if [ -s "$file" ]; then
			echo "--- $file"
			tail -n 20 "$file"
		fi
	done
	echo "--- last answer: ${STATUS:-none}"
	cat "$S"/answer.head 2>/dev/null
	head -c 1000 "$S"/answer.body 2>/dev/null
}

# No sanitizer has reported anything, neither in its own files nor in a log.
no_reports() {
	sender reports || return
	if [ -n "$SAID" ]; then
		echo "a sanitizer reports, in $SAID:"
		head -n 60 "${SAID%%$'\n'*}"
		return 1
	fi
}

# header NAME: sets VALUE to the values of this header in the last answer, joined by
# commas.
header() {
	local line
	VALUE=
	while IFS= read -r line; do
		line=${line%$'\r'}
		if [[ ${line,,} == "${1,,}: "* ]]; then
			VALUE+=${VALUE:+,}${line#*: }
		fi
	done <"$S/answer.head"
}

header_is() {
	header "$1"
	[ "$VALUE" = "$2" ] || fail "$1 is '$VALUE', not '$2'"
}

has_the_headers() {
	header_is Content-Type 'text/plain; charset=utf-8' &&
	    header_is X-Content-Type-Options nosniff &&
	    header_is Cache-Control no-store
}

# Prints the headers, except those that depend on how the server frames an answer.
own_headers() {
	grep -viE '^(Date|Content-Length|Transfer-Encoding):' "$S/answer.head"
}

# answer_is STATUS BODY: the answer is exactly this, to the byte.
answer_is() {
	local body
	[ "$STATUS" = "$1" ] || fail "answered $STATUS, not $1" || return
	IFS= read -rd '' body <"$S/answer.body" || true
	[ "$body" = "$2" ] && [ "$SIZE" = ${#2} ] ||
	    fail "answered $SIZE bytes, '$body', not '$2'" || return
	has_the_headers
}

# answered STATUS WORD
answered() {
	answer_is "$1" "$2"$'\n'
}

# echoed CHALLENGE: the body is the challenge and nothing else.
echoed() {
	answer_is 200 "$1"
}

# added COUNT: there are this many more lines than when the test began.
added() {
	local now
	now=$(count_lines)
	[ "$now" = $((${before:-0} + $1)) ] ||
	    fail "there were ${before:-0} lines, there are $now, not $1 more"
}

# Writes a notification that no other test has to the file $1.
fresh() {
	printf '{"object":"page","entry":[{"id":"%s-%s"}]}' \
	    "${2:-one}" "$BATS_TEST_NUMBER" >"$1"
}

# stored FILE [OBJECT [SIGNATURE [ENDPOINT]]]: the last line is exactly that of this
# notification; copies it to $S/line. OBJECT and ENDPOINT are patterns.
stored() {
	local object=${2:-'"page"'}
	sender stored "$live" "$S/line" "$1" "$object" "${3:-}" \
	    "${4:-$WEBHOOK}" "$SECRET"
}

# post_stored FILE [OBJECT]: posts the file, signed; it is answered 200 and stored.
post_stored() {
	post "$1" && answered 200 ok && stored "$@"
}

verified() {
	"$PEER" verify "$journal" "$SECRET" "$OTHER" || return
}

# raw_head LENGTH-HEADER FILE: prints the head of a request that is signed for FILE.
raw_head() {
	printf 'POST %s HTTP/1.1\r\nHost: localhost\r\n' "$WEBHOOK"
	printf 'Connection: close\r\n%s\r\n' "$1"
	printf 'X-Hub-Signature-256: %s\r\n\r\n' "$(sign "$2")"
}

# unavailable WORD: checks all answers of a hookline that cannot work, and that it
# works again as soon as it has the standard configuration.
unavailable() {
	fresh "$S/body"
	ask "$WEBHOOK"
	answered 503 "$1"
	ask "$WEBHOOK?ping=1"
	answered 503 "$1"
	ask "$WEBHOOK" --head
	[ "$STATUS" = 503 ]
	ask "$WEBHOOK?hub.mode=subscribe&hub.challenge=9&hub.verify_token=$TOKEN"
	answered 503 unavailable
	post "$S/body"
	answered 503 unavailable
	header Retry-After
	[[ $VALUE =~ ^[1-9][0-9]*$ ]]
	added 0
	configure <"$S/etc/standard"
	ask "$WEBHOOK"
	answered 200 ready
	post_stored "$S/body"
	added 1
}

# stored_all FLOOD: each notification that was answered 200 has exactly one line.
stored_all() {
	awk '$2 == 200 { print $3 }' "$1" | sort >"$S/acknowledged"
	lines | grep -aoE '"id":"[0-9a-f]{64}"' | cut -d '"' -f 4 | sort >"$S/ids"
	[ -z "$(uniq -d "$S/acknowledged")" ]
	comm -23 "$S/acknowledged" <(uniq "$S/ids") >"$S/lost"
	[ ! -s "$S/lost" ] || fail "acknowledged but lost: $(cat "$S/lost")"
	comm -12 "$S/acknowledged" <(uniq -d "$S/ids") >"$S/twice"
	[ ! -s "$S/twice" ] || fail "stored twice: $(cat "$S/twice")"
}

#
# Refusals
#

# refusals COUNT: sends this many forged notifications, from several clients at
# once.
refusals() {
	local n
	fresh "$S/forged"
	for ((n = 1; n <= $1; n++)); do
		[ "$n" = 1 ] || echo next
		printf 'url = "http://127.0.0.1:%s%s"\n' "$PORT" "$WEBHOOK"
		printf 'data-binary = "@%s"\noutput = "/dev/null"\n' "$S/forged"
		printf 'header = "X-Hub-Signature-256: sha256=%064d"\n' 7
		printf 'write-out = "%%{http_code}\\n"\n'
	done | curl -s --parallel --parallel-max 8 -K - >"$S/statuses"
	[ "$(grep -c '^401$' "$S/statuses")" = "$1" ] ||
	    fail "answered $(sort "$S/statuses" | uniq -c)"
}

# Prints the largest number of refusals that the logs show within one second.
most_in_a_second() {
	grep -h 'event=rejected ' "$S"/log/* | cut -c6-24 | sort | uniq -c |
	    sort -rn | awk 'NR == 1 { print $1 }'
}
