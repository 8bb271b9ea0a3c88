#!/usr/bin/env bats
# A few seconds of each fuzz target; `make fuzz` takes longer. A failure shows
# where the input is that made it.

fuzz() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	run tests/fuzz/run "${FUZZ_SECONDS:-3}" "$1"
	echo "$output"
	[ "$status" = 0 ]
}

# The same inputs each time, as far as the time goes: new ones are make fuzz's.
export FUZZ_SEED=1

@test "query strings" {
	fuzz query
}

@test "signature headers and certificate subjects" {
	fuzz signature
}

@test "requests: CGI environment and body" {
	fuzz request
}

@test "the JSON scanner against others" {
	fuzz json
}

@test "notifications, updates and their lines" {
	fuzz notification
}

@test "records" {
	fuzz record
}

@test "FastCGI requests" {
	fuzz fastcgi
}

@test "configuration files" {
	fuzz config
}

@test "recovery of a journal" {
	fuzz journal
}
