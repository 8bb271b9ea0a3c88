#!/usr/bin/env bats
# patience.bats: peers that keep a process waiting or try to end it, such as a
# broken web server or anybody else who may connect to the socket.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

setup() {
	WORKER=$(id -un)
	scratch_new "${PROGRAM:-$CHECKED}"
	LOG_FILE=$S/log/hookline.log
	standard_config | configure
	export HOOKLINE_CONFIG=$conf
	export ASAN_OPTIONS=$asan_options UBSAN_OPTIONS=$ubsan_options
	printf '{"object":"page","entry":[]}' >"$S/body"
	# If root runs a program, it does not create this folder.
	mkdir "$journal"
}

teardown() {
	if [ -n "${holder:-}" ]; then
		kill "$holder" 2>/dev/null || true
	fi
	if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
		cat "$S/answers" "$S"/log/* "$S"/sanitizer/* || true
	fi
	rm -rf "$S"
}

# slow [OPTION] CASE...: runs `slow`; its output is in $S/answers.
slow() {
	local options=()
	if [[ $1 == --* ]]; then
		options=("$1")
		shift
	fi
	"$HELPERS/slow" "${options[@]}" "$S/lib/hookline.fcgi" "$SECRET" "$S/body" \
	    "$@" >"$S/answers"
}

# took CASE STATUS LEAST MOST EXIT: this case got STATUS, after LEAST to MOST
# seconds, and the program ended with EXIT. A slow machine may need some seconds more than
# the program waits.
took() {
	local line status seconds result
	line=$(grep "^$1 " "$S/answers")
	read -r _ status seconds result <<<"$line"
	echo "$line; wanted: $2, $3 to $4 s, $5"
	[ "$status" = "$2" ]
	[ "$seconds" -ge "$3" ]
	[ "$seconds" -le "$4" ]
	[ "$result" = "$5" ]
}

@test "no peer keeps a process busy for more than 60 seconds, or 5 once it is refused" {
	slow silent begun variables body refused longer ended unread \
	    cgi-silent cgi-body cgi-refused cgi-ended
	took silent 000 58 75 0
	took begun 000 58 75 0
	took variables 000 58 75 0
	took body 400 58 75 0
	took refused 404 4 18 0
	took longer 400 4 18 0
	took ended 400 0 15 0
	took unread none 0 15 0
	took cgi-silent 400 58 75 0
	took cgi-body 400 58 75 0
	took cgi-refused 404 4 18 0
	took cgi-ended 400 0 15 0
	[ "$(grep -c reason=body-broken-off "$LOG_FILE")" = 4 ]
	[ "$(count_lines)" = 1 ]	# from the peer that did not wait for its answer
}

@test "a process that is told to end does so in 10 seconds, whatever its peer does" {
	slow --term silent begun variables body refused longer \
	    cgi-silent cgi-body cgi-refused
	took silent 000 0 15 0
	took begun 000 0 15 0
	took variables 000 0 15 0
	took body 503 0 15 0
	took refused 404 0 15 0
	took longer 400 0 15 0
	took cgi-silent 000 0 15 -15
	took cgi-body 000 0 15 -15
	took cgi-refused 404 0 15 -15
	[ "$(count_lines)" = 0 ]
}

@test "a process that was stopped and continued answers as if nothing had happened" {
	slow --stop variables body refused cgi-body cgi-refused
	took variables 200 0 15 0
	took body 200 0 15 0
	took refused 404 0 15 0
	took cgi-body 200 0 15 0
	took cgi-refused 404 0 15 0
	[ "$(count_lines)" = 1 ]
}

# queue [OPTION] REQUEST...: as in together.bats; fails if the program does not end
# as it should.
queue() {
	local options=()
	if [[ $1 == --* ]]; then
		options=("$1")
		shift
	fi
	"$HELPERS/queue" "${options[@]}" "$S/lib/hookline.fcgi" "$SECRET" "$@" \
	    >"$S/answers"
	cat "$S/answers"
}

lock_is_held() {
	! flock -n "$journal" true
}

@test "it works even if its parent has blocked every signal" {
	chmod 0700 "$journal"
	(
		exec 3>&- 8<"$journal"
		flock 8
		exec sleep 60
	) &
	holder=$!
	within 100 lock_is_held
	queue --blocked "post:$S/body"
	[ "$(<"$S/answers")" = "1 503" ]
	grep 'event=unavailable reason=busy' "$LOG_FILE"
}

@test "requests that would crash libfcgi harm neither the process nor other requests" {
	local kind i good
	for kind in wrapping wrapping-half values values-in-body; do
		echo "$kind"
		good=()
		for i in 1 2 3 4 5 6 7; do
			printf '{"object":"page","%s":%s}' "$kind" "$i" >"$S/$i"
			good+=("post:$S/$i")
		done
		queue $kind
		grep -E '^1 (000|400)$' "$S/answers"
		queue "${good[@]}" $kind get "${good[@]}"
		[ "$(grep -c ' 200$' "$S/answers")" = 15 ]
	done
	[ "$(count_lines)" = 28 ]
}
