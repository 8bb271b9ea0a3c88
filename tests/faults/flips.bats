# hookctl verify finds single flipped bits: see flips. FLIPS_RECORDS makes the journals
# longer, SEED=N repeats the flips.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
}

# flip KIND FLIPS
flip() {
	tests/faults/flips "$1" "${FLIPS_RECORDS:-3000}" "$2" ${SEED:+"$SEED"}
}

@test "each of a thousand flipped bits is found" {
	flip photos 1000
}

@test "each is also found in records with a repeat_key" {
	flip whatsapp 500
}

@test "in update lines, each is found in a value on which others depend" {
	flip photos-updates 300
	flip whatsapp-updates 300
}
