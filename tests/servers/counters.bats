#!/usr/bin/env bats
# counters.bats: what the processes count together: how many refusals get a line in
# the log, in every state of the journal's folder; and whether storing fails, so
# that a plain GET never says ready after a POST that was answered 503.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

SETUP=lighttpd-fastcgi

setup() {
	scratch_new "$SHIPPED"
	LOG_FILE=$S/log/hookline.log
	standard_config | configure
	mounted=
}

teardown() {
	if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
		show_logs
	fi
	stop_server
	if [ -n "$mounted" ]; then
		umount "$mounted"
	fi
	rm -rf "$S"
}

needs_root() {
	[ "$(id -u)" = 0 ] || skip "only root may $1"
}

# mount_on FOLDER MOUNT'S ARGUMENTS...: mounts it, and gives the folder to the
# worker.
mount_on() {
	local folder=$1
	shift
	mkdir "$folder"
	mount "$@" "$folder" || skip "this cannot be mounted here"
	mounted=$folder
	chown "$WORKER:$WORKER_GROUP" "$folder"
	chmod 0750 "$folder"
}

# A single process, so that GET asks the one that fails.
one_process() {
	eval "$(declare -f shipped | sed '1s/shipped/shipped_file/')"
	shipped() {
		shipped_file "$1" | sed 's/\(m[axin]*-procs" =>\) 4/\1 1/'
	}
}

#
# Log lines
#

# A line gets its time a moment after it was counted, so two more are allowed.
few_lines() {
	local most
	most=$(most_in_a_second)
	[ "${most:-0}" -ge 1 ] || fail 'no refusal was logged'
	[ "$most" -le 12 ] || fail "$most refusals in one second have a line"
	# Nor is there some other line for each of the rest.
	most=$(cat "$S"/log/* | grep -c ' event=')
	[ "$most" -lt 200 ] || fail "$most lines for 1000 refusals"
}

@test "1000 refusals: a good folder" {
	mkdir "$journal"
	chown "$WORKER:$WORKER_GROUP" "$journal"
	start_server
	refusals 1000
	few_lines
	[ "$(stat -c %s "$journal/.state/counters")" = 2199552 ]
	[ "$(stat -c %U "$journal/.state/counters")" = "$WORKER" ]
}

@test "1000 refusals: no folder, and none can be created" {
	needs_root 'keep a folder from its owner'
	chown root "$S/var"
	start_server
	refusals 1000
	few_lines
	[ ! -e "$journal" ]
}

@test "1000 refusals: no folder yet" {
	start_server
	refusals 1000
	few_lines
	# The folder is created for a notification, not for a refusal.
	[ ! -e "$journal" ]
	fresh "$S/body"
	post_stored "$S/body"
	within 30 counted
}

# One more refusal puts the counters into the file.
counted() {
	refusals 1
	[ -e "$journal/.state/counters" ]
}

@test "1000 refusals: a folder that is not writable" {
	needs_root 'keep a folder from its owner'
	mkdir -m 0755 "$journal"
	start_server
	refusals 1000
	few_lines
}

@test "1000 refusals: .state belongs to another user" {
	needs_root 'give a folder to another'
	start_server
	fresh "$S/body"
	post_stored "$S/body"
	stop_server
	chown -R root "$journal/.state"
	chmod 0700 "$journal/.state"
	start_server
	refusals 1000
	few_lines
}

@test "1000 refusals: .state is a file" {
	mkdir "$journal"
	echo >"$journal/.state"
	chown -R "$WORKER:$WORKER_GROUP" "$journal"
	start_server
	refusals 1000
	few_lines
}

@test "1000 refusals: a folder in place of the counters" {
	mkdir -p "$journal/.state/counters"
	chown -R "$WORKER:$WORKER_GROUP" "$journal"
	start_server
	refusals 1000
	few_lines
}

# counters_change COMMAND...: runs the command in the middle of the refusals.
counters_change() {
	mkdir "$journal"
	chown "$WORKER:$WORKER_GROUP" "$journal"
	start_server
	refusals 300
	[ -e "$journal/.state/counters" ]
	"$@"
	refusals 700
	few_lines
	ask "$WEBHOOK"
	answered 200 ready
}

@test "1000 refusals: the counters are cut short while processes use them" {
	counters_change truncate -s 0 "$journal/.state/counters"
}

@test "1000 refusals: .state is removed while processes use it" {
	counters_change rm -r "$journal/.state"
}

@test "1000 refusals: a full disk" {
	needs_root mount
	mount_on "$journal" -t tmpfs -o size=1m tmpfs
	head -c 2M /dev/zero >"$journal/filler" 2>/dev/null || true
	start_server
	refusals 1000
	few_lines
}

@test "1000 refusals: a disk with room for lines but not for counters" {
	needs_root mount
	mount_on "$journal" -t tmpfs -o size=4m tmpfs
	start_server
	refusals 1000
	few_lines
	fresh "$S/body"
	post_stored "$S/body"
	[ ! -e "$journal/.state/counters" ]
}

@test "1000 refusals: under mod_fcgid, with any folder" {
	needs_root 'keep a folder from its owner'
	SETUP=apache-fcgid
	mkdir -m 0755 "$journal"
	start_server
	refusals 1000
	few_lines
}

@test "refusals under plain CGI without a folder share a lock" {
	needs_root 'keep a folder from its owner'
	SETUP=lighttpd-cgi
	chown root "$S/var"
	start_server
	refusals 300
	few_lines
}

@test "refusals under plain CGI share the counters" {
	SETUP=lighttpd-cgi
	mkdir "$journal"
	chown "$WORKER:$WORKER_GROUP" "$journal"
	start_server
	refusals 300
	few_lines
}

#
# Failing
#

# The plain GET agrees with the answer to the last POST.
agree() {
	ask "$WEBHOOK"
	case $STATUS in
	503) grep -qxE 'failing|not-writable|disk-full' "$S/answer.body" ;;
	*) fail "answered $STATUS after a POST that was answered 503" ;;
	esac
}

# ready_again: GET says ready after a POST that is stored.
ready_again() {
	fresh "$S/body" again
	post_stored "$S/body"
	ask "$WEBHOOK"
	answered 200 ready
}

not_stored() {
	fresh "$S/body" not-stored
	post "$S/body"
	answered 503 unavailable
	agree
}

@test "failing: .state is given to another user" {
	needs_root 'give a folder to another'
	one_process
	start_server
	fresh "$S/body"
	post_stored "$S/body"
	chown root "$journal/.state"
	chmod 0700 "$journal/.state"
	not_stored
	chown "$WORKER" "$journal/.state"
	ready_again
}

@test "failing: the folder is removed while a process runs" {
	one_process
	start_server
	fresh "$S/body"
	post_stored "$S/body"
	rm -r "$journal"
	fresh "$S/body" second
	post "$S/body"
	# Either the folder is created again, or nothing is stored; GET says which.
	if [ "$STATUS" = 200 ]; then
		ask "$WEBHOOK"
		answered 200 ready
	else
		answered 503 unavailable
		agree
		stop_server
		start_server
		ready_again
	fi
}

# with_limit KILOBYTES: the program cannot write larger files.
with_limit() {
	mv "$S/lib/hookline.fcgi" "$S/lib/hookline.fcgi.real"
	printf '#!/bin/bash\nulimit -f %s\nexec %s\n' "$1" \
	    "$S/lib/hookline.fcgi.real" >"$S/lib/hookline.fcgi"
	chmod 0755 "$S/lib/hookline.fcgi"
}

# Makes a notification of slightly more than this many bytes.
large() {
	{
		printf '{"object":"page","entry":["'
		head -c "$1" /dev/zero | tr '\0' x
		printf '"]}'
	} >"$S/large"
}

# A notification that fits max_body and the limit, but whose line is longer than the
# limit: a check of the folder finds nothing wrong.
just_too_large() {
	local left
	left=$((2400 * 1024 - $(stat -c %s "$live" 2>/dev/null || echo 0)))
	standard_config "max_body = $((left - 50))" | configure
	large $((left - 150))
}

small_again() {
	standard_config 'max_body = 1000' | configure
	ready_again
}

@test "disk-full: a file may not grow as large as a notification" {
	one_process
	with_limit 2400
	start_server
	ask "$WEBHOOK"
	answered 503 disk-full
	large 2500000
	post "$S/large"
	answered 503 unavailable
	ask "$WEBHOOK" --head
	[ "$STATUS" = 503 ]
	small_again
}

@test "failing: all processes know" {
	local try pids=()
	with_limit 2400
	start_server
	fresh "$S/body"
	post_stored "$S/body"
	just_too_large
	ask "$WEBHOOK"
	answered 200 ready
	post "$S/large"
	answered 503 unavailable
	# Several at a time, so that more than one process answers.
	for try in 1 2 3 4 5 6 7 8; do
		curl -s -m 30 "http://127.0.0.1:$PORT$WEBHOOK" \
		    >"$S/got.$try" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	[ "$(cat "$S"/got.* | sort | uniq -c | xargs)" = "8 failing" ]
	small_again
}

@test "failing: no inodes are left" {
	local n
	needs_root mount
	one_process
	truncate -s 8M "$S/image"
	mkfs.ext4 -q -N 32 -b 1024 "$S/image"
	mount_on "$journal" -o loop "$S/image"
	mkdir "$journal/fillers"
	for n in $(seq 100); do
		touch "$journal/fillers/$n" 2>/dev/null || break
	done
	start_server
	not_stored
	rm -r "$journal/fillers"
	ready_again
}

@test "failing: for one minute" {
	export HOOKLINE_BOOT_CLOCK=$S/etc/boot
	one_process
	cp "$ROOT/build/faults/hookline.fcgi" "$S/lib/hookline.fcgi"
	with_limit 2400
	start_server
	just_too_large
	post "$S/large"
	answered 503 unavailable
	echo 50 >"$S/etc/boot"
	ask "$WEBHOOK"
	answered 503 failing
	echo 61 >"$S/etc/boot"
	ask "$WEBHOOK"
	answered 200 ready
}

@test "failing: under plain CGI" {
	SETUP=lighttpd-cgi
	mkdir "$journal"
	chown "$WORKER:$WORKER_GROUP" "$journal"
	with_limit 2400
	start_server
	just_too_large
	post "$S/large"
	answered 503 unavailable
	ask "$WEBHOOK"
	answered 503 failing
	small_again
}
