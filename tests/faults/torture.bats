# The journal under faults: the short, seeded selection of `make torture`. SEED=N
# repeats a run.

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	SEED=${SEED:-$(date +%s)}
	export SEED
	echo "# seed $SEED" >&3
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
}

# Runs all scenarios whose names begin with one of the words.
torture() {
	local word failed=0
	for word; do
		build/faults/torture --short --seed "$SEED" --only "$word" \
		    >"$BATS_TEST_TMPDIR/out" || failed=1
		cat "$BATS_TEST_TMPDIR/out"
		# Names every scenario that cannot run here.
		sed -n 's/^ok.* - \(.*# SKIP\)/# \1/p' \
		    "$BATS_TEST_TMPDIR/out" >&3
	done
	return "$failed"
}

@test "one promise at a time" {
	torture dead-leader duplicate-waits lost-state nfs-is late-record waiter moved-waiter \
	    zeros failed-rotation batch short-write-is stamps retention
}

@test "settings and versions that differ between processes" {
	torture nfs-edit settings settings-crew newer-version older-version \
	    unstable-numbers
}

@test "the folder replaced, removed or mounted over" {
	torture folder
}

@test "a state that is older than the files" {
	torture stale hole-in-index older-index newer-state same-length \
	    remounted-amid-sync remount-btrfs
}

@test "odd names, damaged tables, somebody else's files" {
	torture odd damaged-state run-by-root foreign
}

@test "clocks of other years" {
	torture rebuild retention-in
}

@test "no hard links, a quota, archive/ elsewhere" {
	torture no-links no-links-kill archive-elsewhere quota
}

@test "records that are repeats for a while, or never" {
	torture indistinct samples forgotten-newest
}

@test "power cut, in every image that a file system may show" {
	torture model
}

@test "power cut on ext4 and XFS, and a thin disk" {
	torture power-cut thin-disk
}

@test "kill -9 at random" {
	torture random-k short-lives acknowledgement
}

@test "kill -9 and failure at system calls" {
	torture kill-at-every every-call short-writes
}

@test "stopped, killed and failing leaders of a sync" {
	torture stopped killed-leader failed-sync failed-probe failing
}

@test "rotated, truncated and removed by somebody else" {
	torture outside
}

@test "state lost or damaged, wrong clocks" {
	torture state clocks
}

@test "no room, no memory" {
	torture file-size full-disk out-of-memory no-memory
}
