# hookctl tail with a cursor, killed and started again while the journal is written,
# rotated and compressed: see tail. TAIL_RECORDS and TAIL_KILLS make it longer, SEED=N
# repeats the times of the kills.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
}

# torture WAY RECORDS KILLS
torture() {
	tests/faults/tail "$1" "${TAIL_RECORDS:-$2}" "${TAIL_KILLS:-$3}" \
	    ${SEED:+"$SEED"}
}

@test "killed while it prints records, tail leaves none out" {
	torture print 2000 8
}

@test "killed while it has a command take records, tail leaves none out" {
	torture exec 300 12
}
