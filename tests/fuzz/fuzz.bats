#!/usr/bin/env bats
# Runs each fuzz target for a few seconds; `make fuzz` takes longer. A target that
# fails shows where the input is.

fuzz() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	run tests/fuzz/run "${FUZZ_SECONDS:-3}" "$1"
	echo "$output"
	[ "$status" = 0 ]
}

# Every run uses the same inputs, as far as time allows; `make fuzz` looks for new
# ones.
export FUZZ_SEED=1

@test "query strings" {
	fuzz query
}

@test "queries of the inbox" {
	fuzz ask
}

@test "signature headers and certificate subjects" {
	fuzz signature
}

@test "requests: CGI environment and body" {
	fuzz request
}

@test "the JSON scanner compared with other parsers" {
	fuzz json
}

@test "notifications, updates and their records" {
	fuzz notification
}

@test "records" {
	fuzz record
}

@test "summaries of records, and the search for their strings" {
	fuzz summary
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
