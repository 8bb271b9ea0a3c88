#!/usr/bin/env bats
# model.bats: bodies of all shapes at random, against what tests/servers/lib/updates says of
# them: their lines, that nothing is lost, and what is the same event.

bats_require_minimum_version 1.5.0

ROOT=$BATS_TEST_DIRNAME/../..
UPDATES=$ROOT/tests/servers/lib/updates

# model SEED: MODEL_BODIES is how many.
model() {
	"$UPDATES" model "$1" "${MODEL_BODIES:-2000}" "$ROOT/build/asan/unit/lines"
}

@test "2000 bodies" {
	model 1
}

@test "2000 others" {
	model 2
}

@test "and 2000 more" {
	model 3
}
