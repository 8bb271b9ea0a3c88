#!/usr/bin/env bats
# Requests that one FastCGI process finds waiting: good notifications go into the
# journal together, and whatever is wrong with one of them is its own affair. "A
# second write fails" is how a test sees that there was only one.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

setup() {
	WORKER=$(id -un)
	scratch_new "$ROOT/build/faults/hookline.fcgi"
	# Root's own program would not make it.
	mkdir -p "$journal/relay"
	# It has its id, so that all writes of a test are those of lines.
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

# Of 300 kB, and number 4.
long_page() {
	printf '{"object":"page","entry":[{"id":"4"}],"text":"'
	head -c 300000 /dev/zero | tr '\0' x
	printf '"}'
}

# limited ULIMIT...: the program is started with these limits.
limited() {
	PROGRAM=$S/lib/limited
	printf '#!/bin/bash\nulimit %s\nexec "%s"\n' "$*" \
	    "$S/lib/hookline.fcgi" >"$PROGRAM"
	chmod 755 "$PROGRAM"
}

# queue REQUEST...: the answers are in $S/answers, their statuses in $statuses. With
# HOW as queue takes it, and PROGRAM in place of the usual one.
queue() {
	# shellcheck disable=SC2086 # HOW may be several words
	"$HELPERS/queue" ${HOW:-} "${PROGRAM:-$S/lib/hookline.fcgi}" \
	    "$SECRET" "$@" >"$S/answers" 2>>"$S/log/queue"
	statuses=$(sort -n "$S/answers" | cut -d ' ' -f 2 | tr '\n' ' ')
}

# The numbers of the requests in the order of their answers.
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

@test "eight that wait take one write and one sync" {
	export HOOKLINE_FAULT=write/2+:EIO,fdatasync/2+:EIO
	# shellcheck disable=SC2046 # one word each
	queue $(posts 1 2 3 4 5 6 7 8)
	[ "$statuses" = "200 200 200 200 200 200 200 200 " ]
	[ "$(ids)" = "1 2 3 4 5 6 7 8 " ]
	"$PEER" verify "$journal" "$SECRET"
}

@test "sixteen at most go together" {
	local wanted
	wanted=$(printf '200 %.0s' {1..16}; printf '503 %.0s' {1..4})
	export HOOKLINE_FAULT=write/2+:EIO
	# shellcheck disable=SC2046 # one word each
	queue $(posts {1..20})
	[ "$statuses" = "$wanted" ]
	[ "$(count_lines)" = 16 ]
}

@test "a sync that fails is told to all whom it was for" {
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

@test "a write that fails is told to all whose lines were in it" {
	export HOOKLINE_FAULT=write/1:short
	# shellcheck disable=SC2046 # one word each
	queue $(posts 1 2 3)
	[ "$statuses" = "503 503 503 " ]
	[ "$(count_lines)" = 0 ]
}

@test "the same notification five times is one line and five times ok" {
	# shellcheck disable=SC2046 # one word each
	queue $(posts 1 2 1 1 2 1 1)
	[ "$statuses" = "200 200 200 200 200 200 200 " ]
	[ "$(ids)" = "1 2 " ]
}

@test "a repeat of what is about to fail fails as well" {
	export HOOKLINE_FAULT=fdatasync/1:EIO
	# shellcheck disable=SC2046 # one word each
	queue $(posts 1 1)
	[ "$statuses" = "503 503 " ]
}

@test "an update that two bodies share is one line" {
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

@test "one that is refused does not touch the others" {
	export HOOKLINE_FAULT=write/2+:EIO
	queue "post:$S/1" "bad:$S/2" "post:$S/3" get "post:$S/4"
	[ "$statuses" = "200 401 200 200 200 " ]
	[ "$(ids)" = "1 3 4 " ]
}

@test "refusals without end do not keep a good one waiting" {
	local requests=("post:$S/1")
	for _ in $(seq 2 40); do
		requests+=("bad:$S/2")
	done
	queue "${requests[@]}"
	# With those that were taken together with it, and before the last.
	[ "$(grep -n '^1 200' "$S/answers" | cut -d : -f 1)" -lt 40 ]
}

@test "what is not there as a whole is not waited for" {
	queue "post:$S/1" "post:$S/2" "half:$S/3"
	[ "$statuses" = "200 200 200 " ]
	[ "$(order)" = "1 2 3 " ] || [ "$(order)" = "2 1 3 " ]
	[ "$(ids)" = "1 2 3 " ]
}

@test "neither is a body that is long" {
	long_page >"$S/4"
	queue "post:$S/1" "post:$S/2" "half:$S/4"
	[ "$statuses" = "200 200 200 " ]
	[ "$(ids)" = "1 2 4 " ]
}

@test "a connection that was given up, or is none, costs the others nothing" {
	queue "post:$S/1" closed "post:$S/2" garbage "post:$S/3"
	[ "$(grep -c ' 200$' "$S/answers")" = 3 ]
	[ "$(grep -c ' 000$' "$S/answers")" = 1 ]
	[ "$(ids)" = "1 2 3 " ]
}

@test "nobody waits behind what libfcgi does not take" {
	local kind
	# It would wait for such a peer to close.
	export LIBFCGI_OS_CLOSE_POLL_TIMEOUT=60000
	for kind in headless nameless role longer padded padded-end; do
		echo "$kind"
		queue "post:$S/1" $kind "half:$S/2"
		[ "$(head -n 1 "$S/answers")" = "1 200" ]
		[ "$(ids)" = "1 2 " ]
	done
}

@test "nor for one whose variables are none" {
	local requests=("post:$S/1")
	for _ in $(seq 14); do
		requests+=(mangled)
	done
	queue "${requests[@]}" "half:$S/2"
	[ "$(grep -c ' 200$' "$S/answers")" = 2 ]
}

@test "repeats that are to be kept are kept" {
	standard_config 'duplicate_window = "0"' | configure
	# shellcheck disable=SC2046 # one word each
	queue $(posts 1 2 1 1)
	[ "$statuses" = "200 200 200 200 " ]
	[ "$(ids)" = "1 2 1 1 " ]
}

@test "a file does not grow beyond rotate_size by it" {
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

@test "one too many for the disk does not take others with it" {
	long_page >"$S/4"
	limited -f 200
	# shellcheck disable=SC2046 # one word each
	queue $(posts 4 1 2 3)
	[ "$statuses" = "503 200 200 200 " ]
	[ "$(ids)" = "1 2 3 " ]
}

@test "where descriptors are short, the journal has them" {
	limited -n 20
	# shellcheck disable=SC2046 # one word each
	queue $(posts {1..14})
	[ "$(grep -c ' 200$' "$S/answers")" = 14 ]
	[ "$(count_lines)" = 14 ]
}

@test "who makes the socket blocking keeps nobody waiting" {
	# shellcheck disable=SC2046 # one word each
	HOW=--blocking queue $(posts 1 2 3)
	[ "$statuses" = "200 200 200 " ]
	[ "$(ids)" = "1 2 3 " ]
}

@test "told to end, it serves what it has taken and no more" {
	export HOOKLINE_FAULT=fdatasync/1:stop
	# shellcheck disable=SC2046 # one word each
	HOW=--term queue $(posts {1..20} {1..20} {1..20})
	[ "$(grep -c ' 200$' "$S/answers")" = 16 ]
	[ "$(grep -c ' 000$' "$S/answers")" = 44 ]
	[ "$(count_lines)" = 16 ]
}
