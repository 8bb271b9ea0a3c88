#!/usr/bin/env bats
# together.bats: requests that are already waiting when a FastCGI process starts.
# Good notifications go into the journal together, and a bad one does not affect the
# others. Some tests let the second write fail, to see that there is only one.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

setup() {
	WORKER=$(id -un)
	scratch_new "$ROOT/build/faults/hookline.fcgi"
	# If root runs a program, it does not create this folder.
	mkdir -p "$journal/relay"
	# The journal already has its id, so that every write in a test writes
	# lines.
	printf '%032d\n' 1 >"$journal/relay/id"
	standard_config | configure
	export HOOKLINE_CONFIG=$conf
	for number in $(seq 1 20); do
		page "$number" >"$S/$number"
	done
}

teardown() {
	if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
		cat "$S/log/queue" "$S/answers"
	fi
	rm -rf "$S"
}

page() {
	printf '{"object":"page","entry":[{"id":"%s"}]}' "$1"
}

# A notification of 300 kB, with number 4.
long_page() {
	printf '{"object":"page","entry":[{"id":"4"}],"text":"'
	head -c 300000 /dev/zero | tr '\0' x
	printf '"}'
}

# limited ULIMIT...: makes a program that starts hookline with these limits.
limited() {
	PROGRAM=$S/lib/limited
	printf '#!/bin/bash\nulimit %s\nexec "%s"\n' "$*" \
	    "$S/lib/hookline.fcgi" >"$PROGRAM"
	chmod 755 "$PROGRAM"
}

# queue REQUEST...: puts the answers into $S/answers and their statuses into
# $statuses. HOW is an option of `queue`, and PROGRAM replaces the usual program.
queue() {
	# shellcheck disable=SC2086 # HOW may be several words
	"$HELPERS/queue" ${HOW:-} "${PROGRAM:-$S/lib/hookline.fcgi}" \
	    "$SECRET" "$@" >"$S/answers" 2>>"$S/log/queue"
	statuses=$(sort -n "$S/answers" | cut -d ' ' -f 2 | tr '\n' ' ')
}

# Prints the numbers of the requests in the order of their answers.
order() {
	cut -d ' ' -f 1 "$S/answers" | tr '\n' ' '
}

posts() {
	local number
	for number; do
		echo "post:$S/$number"
	done
}

ids() {
	lines | jq -r '.payload.entry[0].id' | tr '\n' ' '
}

@test "eight waiting requests need one write and one sync" {
	export HOOKLINE_FAULT=write/2+:EIO,fdatasync/2+:EIO
	# shellcheck disable=SC2046 # one word each
	queue $(posts 1 2 3 4 5 6 7 8)
	[ "$statuses" = "200 200 200 200 200 200 200 200 " ]
	[ "$(ids)" = "1 2 3 4 5 6 7 8 " ]
	"$PEER" verify "$journal" "$SECRET"
}

@test "at most sixteen are taken together" {
	local wanted
	wanted=$(printf '200 %.0s' {1..16}; printf '503 %.0s' {1..4})
	export HOOKLINE_FAULT=write/2+:EIO
	# shellcheck disable=SC2046 # one word each
	queue $(posts {1..20})
	[ "$statuses" = "$wanted" ]
	[ "$(count_lines)" = 16 ]
}

@test "if a sync fails, every request that depends on it is refused" {
	export HOOKLINE_FAULT=fdatasync/1:EIO
	# shellcheck disable=SC2046 # one word each
	queue $(posts 1 2 3)
	[ "$statuses" = "503 503 503 " ]
	unset HOOKLINE_FAULT
	# shellcheck disable=SC2046 # one word each
	queue $(posts 1 2 3)
	[ "$statuses" = "200 200 200 " ]
	[ "$(ids)" = "1 2 3 " ]
}

@test "if a write fails, every request whose lines were in it is refused" {
	export HOOKLINE_FAULT=write/1:short
	# shellcheck disable=SC2046 # one word each
	queue $(posts 1 2 3)
	[ "$statuses" = "503 503 503 " ]
	[ "$(count_lines)" = 0 ]
}

@test "the same notification five times makes one line, and is answered ok five times" {
	# shellcheck disable=SC2046 # one word each
	queue $(posts 1 2 1 1 2 1 1)
	[ "$statuses" = "200 200 200 200 200 200 200 " ]
	[ "$(ids)" = "1 2 " ]
}

@test "a repeat of a notification that is about to fail fails, too" {
	export HOOKLINE_FAULT=fdatasync/1:EIO
	# shellcheck disable=SC2046 # one word each
	queue $(posts 1 1)
	[ "$statuses" = "503 503 " ]
}

@test "an update that two bodies share makes one line" {
	change() {
		printf '{"field":"feed","value":{"n":%s}}' "$1"
	}
	standard_config 'lines = "update"' | configure
	printf '{"object":"page","entry":[{"id":"7","time":1,"changes":[%s,%s]}]}' \
	    "$(change 1)" "$(change 2)" >"$S/1"
	printf '{"object":"page","entry":[{"id":"7","time":1,"changes":[%s,%s]}]}' \
	    "$(change 2)" "$(change 3)" >"$S/2"
	# shellcheck disable=SC2046 # one word each
	queue $(posts 1 2)
	[ "$statuses" = "200 200 " ]
	[ "$(lines | jq -r .update.value.n | tr '\n' ' ')" = "1 2 3 " ]
	[ "$(lines | jq .update_index | tr '\n' ' ')" = "0 1 1 " ]
}

@test "a refused request does not affect the others" {
	export HOOKLINE_FAULT=write/2+:EIO
	queue "post:$S/1" "bad:$S/2" "post:$S/3" get "post:$S/4"
	[ "$statuses" = "200 401 200 200 200 " ]
	[ "$(ids)" = "1 3 4 " ]
}

@test "an endless run of refusals does not keep a good request waiting" {
	local requests=("post:$S/1")
	for _ in $(seq 2 40); do
		requests+=("bad:$S/2")
	done
	queue "${requests[@]}"
	# It is answered with those that were taken together with it, not last.
	[ "$(grep -n '^1 200' "$S/answers" | cut -d : -f 1)" -lt 40 ]
}

@test "no request waits for one that has not arrived completely" {
	queue "post:$S/1" "post:$S/2" "half:$S/3"
	[ "$statuses" = "200 200 200 " ]
	[ "$(order)" = "1 2 3 " ] || [ "$(order)" = "2 1 3 " ]
	[ "$(ids)" = "1 2 3 " ]
}

@test "no request waits for a long body that has not arrived completely" {
	long_page >"$S/4"
	queue "post:$S/1" "post:$S/2" "half:$S/4"
	[ "$statuses" = "200 200 200 " ]
	[ "$(ids)" = "1 2 4 " ]
}

@test "a closed connection, or one that is not FastCGI, does not affect the others" {
	queue "post:$S/1" closed "post:$S/2" garbage "post:$S/3"
	[ "$(grep -c ' 200$' "$S/answers")" = 3 ]
	[ "$(grep -c ' 000$' "$S/answers")" = 1 ]
	[ "$(ids)" = "1 2 3 " ]
}

@test "no request waits because of one that libfcgi would not accept" {
	local kind
	# Such a connection would keep libfcgi waiting until its peer closes it.
	export LIBFCGI_OS_CLOSE_POLL_TIMEOUT=60000
	for kind in headless nameless role longer padded padded-end; do
		echo "$kind"
		queue "post:$S/1" $kind "half:$S/2"
		[ "$(head -n 1 "$S/answers")" = "1 200" ]
		[ "$(ids)" = "1 2 " ]
	done
}

@test "no request waits because of one whose variables are garbage" {
	local requests=("post:$S/1")
	for _ in $(seq 14); do
		requests+=(mangled)
	done
	queue "${requests[@]}" "half:$S/2"
	[ "$(grep -c ' 200$' "$S/answers")" = 2 ]
}

@test "repeats are kept if the configuration says so" {
	standard_config 'duplicate_window = "0"' | configure
	# shellcheck disable=SC2046 # one word each
	queue $(posts 1 2 1 1)
	[ "$statuses" = "200 200 200 200 " ]
	[ "$(ids)" = "1 2 1 1 " ]
}

@test "gathering does not make a file larger than rotate_size" {
	local file number
	standard_config 'rotate_size = "4K"' | configure
	for number in $(seq 1 20); do
		printf '{"object":"page","entry":[{"id":"%s"}],"text":"%0999d"}' \
		    "$number" 0 >"$S/$number"
	done
	# shellcheck disable=SC2046 # one word each
	queue $(posts {1..20})
	[ "$(grep -c ' 200$' "$S/answers")" = 20 ]
	[ "$(count_lines)" = 20 ]
	for file in "$live" "$journal"/archive/*; do
		[ "$(stat -c %s "$file")" -le 4096 ]
	done
}

@test "a notification that the disk has no room for does not affect the others" {
	long_page >"$S/4"
	limited -f 200
	# shellcheck disable=SC2046 # one word each
	queue $(posts 4 1 2 3)
	[ "$statuses" = "503 200 200 200 " ]
	[ "$(ids)" = "1 2 3 " ]
}

@test "if descriptors are scarce, the journal gets them" {
	limited -n 20
	# shellcheck disable=SC2046 # one word each
	queue $(posts {1..14})
	[ "$(grep -c ' 200$' "$S/answers")" = 14 ]
	[ "$(count_lines)" = 14 ]
}

@test "no request waits because the socket was made blocking" {
	# shellcheck disable=SC2046 # one word each
	HOW=--blocking queue $(posts 1 2 3)
	[ "$statuses" = "200 200 200 " ]
	[ "$(ids)" = "1 2 3 " ]
}

@test "when told to end, it serves what it has accepted, and no more" {
	export HOOKLINE_FAULT=fdatasync/1:stop
	# shellcheck disable=SC2046 # one word each
	HOW=--term queue $(posts {1..20} {1..20} {1..20})
	[ "$(grep -c ' 200$' "$S/answers")" = 16 ]
	[ "$(grep -c ' 000$' "$S/answers")" = 44 ]
	[ "$(count_lines)" = 16 ]
}
