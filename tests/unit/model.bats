#!/usr/bin/env bats
# model.bats: random bodies of all shapes, checked against what tests/servers/lib/updates
# says about them: their lines, that nothing is lost, and which events are the same.

bats_require_minimum_version 1.5.0

ROOT=$BATS_TEST_DIRNAME/../..
UPDATES=$ROOT/tests/servers/lib/updates

# model SEED: MODEL_BODIES says how many bodies.
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
