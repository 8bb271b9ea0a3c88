#!/usr/bin/env bats
# model.bats: random bodies of all shapes, compared with what
# tests/servers/lib/updates says about them: their lines, whether anything is lost,
# and which events are the same.

bats_require_minimum_version 1.5.0

ROOT=$BATS_TEST_DIRNAME/../..
UPDATES=$ROOT/tests/servers/lib/updates

# model SEED: MODEL_BODIES is the number of bodies.
model() {
	"$UPDATES" model "$1" "${MODEL_BODIES:-2000}" "$ROOT/build/asan/unit/lines"
}

@test "2000 bodies" {
	model 1
}

@test "2000 other bodies" {
	model 2
}

@test "2000 more bodies" {
	model 3
}
