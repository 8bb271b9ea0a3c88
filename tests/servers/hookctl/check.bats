#!/usr/bin/env bats
# check.bats: hookctl check on this machine: each row when all is well, and with what it
# warns of or fails for, made for real.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"
# shellcheck source=tests/servers/lib/hookctl.bash
source "$HELPERS/hookctl.bash"

ORDINARY=20118		# a uid and gid that is not in /etc/passwd

# What the kernel says of this machine's clock is not for us to change.
setup_file() {
	scratch_new "$SHIPPED"
	export SCRATCH=$S
	install -m 0755 "$CTL" "$S/lib/hookctl"
	make_clock
}

setup() {
	scratch_use "$SCRATCH"
	standard_config | configure
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$S"/{var,log} "$journal"
	mounted=()
	by=()
}

eval "$(declare -f teardown | sed '1s/teardown/usual_teardown/')"

teardown() {
	local folder
	for folder in "${mounted[@]}"; do
		umount "$folder"
	done
	usual_teardown
	rm -rf "${S:?}"/{etc,var,log}
	mkdir "$S/etc" "$S/log"
}

teardown_file() {
	end_shared
}

needs_root() {
	if [ "$EUID" != 0 ]; then
		skip "only root may $1"
	fi
}

# hookctl WORDS...: as the user that `by` says. A process that has become another user
# may not look for its own leaks. For `run`, since it changes the environment.
hookctl() {
	local leaks=0
	[ ${#by[@]} = 0 ] || leaks=1
	export ASAN_OPTIONS=log_path=$S/sanitizer/ctl:exitcode=99:detect_leaks=$leaks:verify_asan_link_order=0
	export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
	export HOME=$S/home LD_PRELOAD=$S/lib/clock.so
	"${by[@]}" "$S/lib/${CTL_COPY:-hookctl}" "$@"
}

# check STATUS WORDS...
check() {
	local expected=$1
	shift
	run --separate-stderr "-$expected" hookctl check --config "$conf" "$@"
	echo "$output"
	echo "$stderr"
}

# row CHECK RESULT TEXT: the rows of this name begin with one like that; TEXT is a pattern.
row() {
	local line
	printf -v line '  %-13s  %-7s  ' "$1" "$2"
	[[ $output == *$'\n'"$line"$3* ]] || fail "there is no row $1 $2 $3"
}

more() {
	local line
	printf -v line '%26s' ''
	[[ $output == *$'\n'"$line$1"* ]] || fail "there is no line $1"
}

last_line_is() {
	[ "${lines[-1]}" = "$1" ] || fail "the last line is ${lines[-1]}"
}

as_worker_by() {
	if [ "$EUID" = 0 ]; then
		by=(setpriv --reuid "$WORKER" --regid "$WORKER_GROUP" --clear-groups)
	else
		by=(env)
	fi
}

# record SEQ AGE [OBJECT]: prints a record of so long ago.
record() {
	printf '{"seq":%d,"received_at":"%s","id":"%064d","signature":null,"endpoint":"/webhook","object":"%s","payload":{}}\n' \
	    "$1" "$(date -u -d "-$2" +%FT%T.000000Z)" "$1" "${3:-page}"
}

# give FILE...: to the journal's owner.
give() {
	if [ "$EUID" = 0 ]; then
		chown -R "$WORKER:$WORKER_GROUP" "$@"
	fi
}

# mount_on FOLDER MOUNT'S ARGUMENTS...
mount_on() {
	local folder=$1
	shift
	[ -d "$folder" ] || mkdir "$folder"
	mount "$@" "$folder" || skip 'nothing can be mounted here'
	mounted=("$folder" "${mounted[@]}")
	rmdir "$folder/lost+found" 2>/dev/null || :
	give "$folder"
	chmod 0750 "$folder"
}

# disk SIZE: the journal is on an ext4 file system of its own.
disk() {
	truncate -s "$1" "$S/image"
	mkfs.ext4 -q -F "$S/image"
	mount_on "$journal" -o loop "$S/image"
}

# store NAME...: by the receiver.
store() {
	local name
	for name; do
		fresh "$S/body" "$name"
		by_cgi "$S/body"
		grep -qx ok "$S/answer"
	done
}

# What depends on the time and the place.
masked() {
	sed -E -e 's/[0-9.]+ [MG]B free/SPACE free/' \
	    -e 's/since ([0-9]+ [A-Z][a-z]+ )?[0-9:]{8}$/since TIME/' \
	    -e 's/[0-9]+ seconds? ago$/AGE ago/'
}

@test "all is well: root checks as the owner of the journal's folder, and changes nothing" {
	needs_root 'mount'
	disk 400M
	store one two
	find "$S/etc" "$S/var" "$S/log" -printf '%p %M %u:%g %s %T@ %C@\n' | sort >"$S/before"
	check 0
	find "$S/etc" "$S/var" "$S/log" -printf '%p %M %u:%g %s %T@ %C@\n' | sort |
	    diff "$S/before" -
	[ -z "$stderr" ] || [[ $stderr == 'hookctl: what lies between Meta and this machine was not checked'* ]]
	diff <(masked <<<"$output") - <<-END
		on this machine, as www-data
		  configuration  ok       $conf, root:www-data 0640
		  secrets        ok       /webhook: 1 app secret, 1 verify token
		  journal        ok       $journal, ext4, SPACE free, 2 records
		  state          ok       of this boot; counted since TIME
		  log file       ok       none is set: events go to the web server's error log
		  clock          ok       synchronised
		  last received  ok       AGE ago
		all is well
	END
}

@test "a user who may read all of it sees the same" {
	as_worker_by
	record 1 '4 minutes' >"$live"
	give "$live"
	check 0
	[ "${lines[0]}" = "on this machine, as $WORKER" ]
	row configuration ok "$conf, "
	row journal ok "$journal, *free, 1 record"$'\n'
	row 'last received' ok '4 minutes ago'
	last_line_is 'all is well'
}

@test "configuration: a mode that is too open, sync = false" {
	local owner=
	standard_config 'sync = false' | configure
	give "$conf"
	chmod 0664 "$conf"
	owner=$(stat -c %U:%G "$conf")
	as_worker_by
	check 0
	row configuration WARNING "$conf, $owner 0664"
	more "$conf: mode 0664 is too open: its group may write to it; hookline changes that"
	more 'sync = false: notifications are acknowledged before they are on disk'
	[ "$(stat -c %a "$conf")" = 664 ]
	check 1 --strict
}

@test "configuration: the receiver may not read it, or does not understand it" {
	standard_config 'what = 1' | configure
	check 1
	row configuration FAILURE "$conf:4: what: unknown key"
	more 'until that is mended, hookline answers 503'
	last_line_is '1 failure'
	needs_root 'hide a file from another user'
	standard_config | configure
	chown root:root "$conf"
	check 1
	[ "${lines[0]}" = 'on this machine, as www-data' ]
	row configuration FAILURE "$conf: Permission denied"
	more "$conf, root:root 0640"
}

@test "secrets: pasted wrongly, in files, for endpoints of several kinds" {
	local word=k3JdQ7_xT-0aZr9WmB5cYv
	{
		standard_config | sed 's/app_secret.*/app_secret_file = "secrets"/'
		printf 'endpoint "/log/%s" {\nname = "log"\nverify_token = { "%s", "b" }\nunsigned = "accept"\n}\n' \
		    "$word" "$TOKEN"
	} | configure
	printf '"%s"\n%s\n' "$SECRET" "$SECRET" >"$S/etc/secrets"
	chmod 0640 "$S/etc/secrets"
	chown ":$WORKER_GROUP" "$S/etc/secrets"
	check 0
	row secrets WARNING '/webhook: 2 app secrets, 1 verify token'$'\n'
	more $'an app secret is not 32 hex digits, as Meta\'s are: it contains quotes: leave them out\n'
	row secrets ok 'log: 0 app secrets, 2 verify tokens; signatures are not checked'
	row secrets ok "$S/etc/secrets, $(stat -c %U:%G "$S/etc/secrets") 0640"
	[[ $output != *"$SECRET"* && $output != *"$TOKEN"* && $output != *"$word"* ]]
	check 1 --strict
}

@test "journal: not there, not writable, of another owner" {
	rmdir "$journal"
	check 0
	row journal ok "$journal (made with the first notification), *free, 0 records"
	rmdir "$S/var"
	check 1
	row journal FAILURE "$journal: missing, "
	more 'until that is mended, notifications may be answered 503'
	row 'last received' WARNING 'no record yet'
	needs_root 'give folders away'
	install -d -m 0750 "$S/var" "$journal"
	check 1
	[ "${lines[0]}" = "on this machine, as www-data ($journal belongs to root)" ]
	row journal FAILURE "$journal: permission denied, as user "
	chmod 0755 "$S/var"
	check 1
	row journal FAILURE "$journal: permission denied (owner 0:0, mode 0750)"
	chown $ORDINARY:$ORDINARY "$journal"
	chgrp $ORDINARY "$conf"
	check 0
	[ "${lines[0]}" = "on this machine, as user $ORDINARY" ]
	chmod 0550 "$journal"
	check 1
	row journal FAILURE "$journal: permission denied (owner $ORDINARY:$ORDINARY, mode 0550)"
}

@test "journal: in memory, and archive/ on another device" {
	needs_root mount
	mount_on "$journal" -t tmpfs -o size=400m tmpfs
	check 0
	row journal WARNING "$journal, tmpfs, *free, 0 records"
	more 'tmpfs: it is in memory, and gone when the machine is restarted'
	umount "$journal"
	mounted=()
	mount_on "$journal/archive" -t tmpfs -o size=1m tmpfs
	check 0
	row journal WARNING "$journal, "
	more 'archive/ is on another device: nothing rotates'
}

@test "journal: a disk that is nearly full, and one that is full" {
	needs_root mount
	disk 16M
	check 0
	row journal WARNING "$journal, ext4, *MB free, 0 records"
	more 'nearly full: make room (df -h), or set keep_size'
	head -c 16M /dev/zero >"$journal/filler" 2>/dev/null || :
	check 1
	row journal FAILURE "$journal: no room left, or no inodes"
}

@test "journal: a disk with few inodes left" {
	needs_root mount
	truncate -s 400M "$S/image"
	mkfs.ext4 -q -F -N 512 "$S/image"
	mount_on "$journal" -o loop "$S/image"
	check 0
	row journal WARNING "$journal, ext4, "
	more 'nearly out of inodes'
}

@test "journal: records are counted from the first that is there to the last" {
	local long
	mkdir "$journal/archive"
	record 1001 '2 days' >"$journal/archive/notifications-000000001001-20261101T000000Z.jsonl"
	record 2235 '3 hours' >>"$journal/archive/notifications-000000001001-20261101T000000Z.jsonl"
	: >"$live"
	give "$journal"
	check 0
	row journal ok "$journal, *free, 1,235 records"
	row 'last received' ok '3 hours ago'
	# What has no newline yet is no record, and what is no record does not count.
	record 2236 '2 minutes' >"$live"
	echo 'not one' >>"$live"
	printf '{"seq":2237' >>"$live"
	check 0
	row journal ok "$journal, *free, 1,236 records"
	row 'last received' ok '2 minutes ago'
	# One that is longer than what is read at first.
	printf -v long '%100000s' ''
	record 2236 '5 minutes' | sed "s/{}/{$long}/" >"$live"
	check 0
	row 'last received' ok '5 minutes ago'
}

# boot_of ID, rebuilding_is NUMBER: changes the state; see lib/journal/shared.h.
boot_of() {
	printf %s "$1" | dd of="$journal/.state/shared" bs=1 seek=16 conv=notrunc status=none
}

rebuilding_is() {
	printf '%b' "\\x0$1" | dd of="$journal/.state/shared" bs=1 seek=12 conv=notrunc status=none
}

@test "state: missing, of another boot, being made, damaged, without counters" {
	check 0
	row state ok 'none: it is made with the next notification; no counters yet'
	store one
	check 0
	row state ok 'of this boot; counted since '
	rebuilding_is 1
	check 0
	row state WARNING 'being made again from the records: until that is done, the answer is 503'
	rebuilding_is 0
	boot_of 01234567
	check 0
	row state ok 'of an earlier boot: it is made again with the next notification; counted since '
	rm "$journal/.state/counters"
	echo garbage >"$journal/.state/shared"
	check 0
	row state WARNING 'damaged: it is made again from the records with the next notification; no counters yet'
	rm "$journal/.state/shared"
	mkdir "$journal/.state/shared"
	check 0
	row state WARNING "$journal/.state/shared: Is a directory"
}

@test "log file: fine, and not writable" {
	LOG_FILE=$S/log/hookline.log
	standard_config | configure
	check 0
	row 'log file' ok "$LOG_FILE"$'\n'
	[ ! -e "$LOG_FILE" ]
	mkdir "$LOG_FILE"
	check 0
	row 'log file' WARNING "$LOG_FILE: is not a regular file: events go to the web server's error log"
	needs_root 'give files away'
	rmdir "$LOG_FILE"
	: >"$LOG_FILE"
	check 0
	row 'log file' WARNING "$LOG_FILE: Permission denied"
}

@test "clock: synchronised, not, not known" {
	record 1 '1 minute' >"$live"
	give "$live"
	check 0
	row clock ok synchronised
	CLOCK_IS=wrong check 0
	row clock WARNING 'not synchronised, says the kernel'
	more timedatectl
	CLOCK_IS=wrong check 1 --strict
	CLOCK_IS=secret check 0
	row clock ok 'not known whether it is synchronised: the kernel does not say (Operation not permitted)'
}

@test "last received: what hookctl itself has sent is passed over" {
	local i
	: >"$live"
	give "$live"
	check 0
	row 'last received' WARNING 'no record yet'
	more 'press Test'
	check 1 --strict
	record 1 '1 minute' hookline_check >"$live"
	check 0
	row journal ok "$journal, *free, 1 record"$'\n'
	row 'last received' WARNING 'no record yet'
	# More of them than are read at once.
	{
		record 1 '2 days'
		for i in {2..1200}; do
			printf '{"seq":%d,"received_at":"2026-11-21T06:00:00.000000Z","id":"%064d","signature":null,"endpoint":"/webhook","object":"hookline_check","payload":{}}\n' \
			    "$i" "$i"
		done
	} >"$live"
	check 0
	row journal ok "$journal, *free, 1,200 records"
	row 'last received' ok '2 days ago'
	# In the file before the live one.
	mkdir "$journal/archive"
	mv "$live" "$journal/archive/notifications-000000000001-20261101T000000Z.jsonl"
	record 1201 '1 minute' hookline_check >"$live"
	give "$journal"
	check 0
	row 'last received' ok '2 days ago'
}

@test "last received: by the counters, where others have taken the records away" {
	store one
	rm -r "$live"
	check 0
	row 'last received' ok '0 seconds ago, by the counters: the journal holds no record'
	# They do not know what hookctl sent.
	record 1 '1 minute' hookline_check >"$live"
	give "$live"
	check 0
	row 'last received' WARNING 'no record yet'
}

@test "--user: as somebody else" {
	needs_root 'become somebody else'
	check 1 --user daemon
	[ "${lines[0]}" = 'on this machine, as daemon' ]
	row configuration FAILURE "$conf: Permission denied"
	check 0 --user root
	[ "${lines[0]}" = 'on this machine, as root' ]
	check 3 --user nobody-of-this-name
	[ -z "$output" ]
	[ "$stderr" = 'hookctl: --user nobody-of-this-name: there is no such user in /etc/passwd' ]
	as_worker_by
	check 3 --user root
	[ "$stderr" = 'hookctl: --user root: only root can check as another user (sudo hookctl check)' ]
}

@test "an ordinary user who may not read the configuration" {
	needs_root 'hide a file from another user'
	by=(setpriv --reuid "$ORDINARY" --regid "$ORDINARY" --clear-groups)
	check 3
	[ -z "$output" ]
	[[ $stderr == "hookctl: $conf: Permission denied; run by root (sudo hookctl check), "* ]]
	chown www-data "$conf"
	chmod 0644 "$conf"
	check 3
	[[ $stderr == "hookctl: $conf: belongs to user "*' (sudo hookctl check)'* ]]
	# Their own is wrong for everybody.
	chmod 0755 "$S/var"
	chown $ORDINARY "$conf"
	chmod 0646 "$conf"
	check 1
	row configuration FAILURE "$conf: everybody may write to it"
	chmod 0600 "$conf"
	check 1
	row journal FAILURE "$journal: permission denied"
	[[ $stderr == *"hookctl: $journal belongs to www-data: run by root (sudo hookctl check), this"* ]]
}

@test "no configuration: nothing is checked, not even a URL" {
	rm "$conf"
	check 3
	[ -z "$output" ]
	[ "$stderr" = "hookctl: $conf: No such file or directory" ]
	check 3 http://127.0.0.1:1/webhook
	[ -z "$output" ]
	run --separate-stderr -3 hookctl check
	[ -z "$output" ]
	[[ $stderr == *'hookctl: there is no hookline.conf; these places were searched:'* ]]
	needs_root 'hide a folder from another user'
	install -d -m 0700 "$S/lib/hookline"
	run --separate-stderr -3 hookctl check
	[[ $stderr == *"  $S/lib/hookline/hookline.conf: Permission denied"* ]]
}

@test "without a URL: a note says what was not checked" {
	check 0
	[ "$stderr" = 'hookctl: what lies between Meta and this machine was not checked; "hookctl check https://..." does that, with your callback URL' ]
	check 3 --store
	[ -z "$output" ]
	[ "$stderr" = 'hookctl: --store needs a URL: give one, or set callback_url' ]
	check 3 --firewall
	[ "$stderr" = 'hookctl: --firewall needs a URL: give one, or set callback_url' ]
	check 3 --endpoint /other
	[ "$stderr" = 'hookctl: the configuration has no endpoint "/other"' ]
}

@test "a callback_url that nobody could use" {
	standard_config | sed 's|^}|callback_url = "https://user:password@host/webhook"&|' | configure
	check 0
	[[ $output == *$'\ncallback_url of /webhook\n'* ]]
	row callback_url WARNING 'not checked: it is not an http or https URL without a user'
	[ -z "$stderr" ]
}

@test "the static program checks this machine, but no URL" {
	CTL_COPY=static
	install -m 0755 "$ROOT/build/static/hookctl" "$S/lib/static"
	standard_config | sed 's|^}|callback_url = "https://127.0.0.1:1/webhook"&|' | configure
	check 0
	row journal ok "$journal, "
	[ "$stderr" = 'hookctl: the callback_url of /webhook was not checked: this hookctl was built without libcurl, so it cannot check a URL' ]
	check 3 https://127.0.0.1:1/webhook
	[ -z "$output" ]
	[ "$stderr" = 'hookctl: this hookctl was built without libcurl, so it cannot check a URL' ]
	check 3 --store
	[[ $stderr == 'hookctl: --store needs a URL: this hookctl was built without libcurl'* ]]
}

@test "--json: an array of rows, and nothing else" {
	chmod 0550 "$journal"
	standard_config 'sync = false' | configure
	CLOCK_IS=wrong check 1 --json
	[ "$EUID" = 0 ] || give "$conf"
	jq -e --arg conf "$conf" '
	    all(.[]; keys == ["check", "more", "result", "section", "text"]
	    and (.section | startswith("on this machine, as "))) and
	    map(.check) == ["configuration", "secrets", "journal", "state", "log file",
	    "clock", "last received"] and
	    map(.result) == ["warning", "ok", "failure", "ok", "ok", "warning", "warning"] and
	    (.[0].text | startswith($conf)) and
	    .[0].more == ["sync = false: notifications are acknowledged before they are on disk"]' \
	    <<<"$output"
	chmod 0750 "$journal"
}

@test "totals and exit statuses" {
	standard_config 'sync = false' | configure
	check 0
	last_line_is '2 warnings'
	check 1 --strict
	chmod 0550 "$journal"
	check 1
	last_line_is '2 warnings, 1 failure'
	chmod 0750 "$journal"
	standard_config | configure
	check 0
	last_line_is '1 warning'
	record 1 '1 minute' >"$live"
	give "$live"
	check 0 --strict
	last_line_is 'all is well'
}

@test "wrong words: exit 2, and what was wrong" {
	check 2 ftp://example.com/
	[[ $stderr == 'hookctl check: "ftp://example.com/" is not an http or https URL '* ]]
	check 2 --no-such
	[[ $stderr == 'hookctl check: there is no option --no-such'* ]]
	check 2 http://127.0.0.1/a http://127.0.0.1/b
	[[ $stderr == *'"http://127.0.0.1/b" is one word too many'* ]]
	check 2 --strict --strict
	[[ $stderr == *'--strict is given twice'* ]]
	[ -z "$output" ]
}

# on_terminal COMMAND...: its output on a pseudo-terminal.
on_terminal() {
	printf '%q ' "$@" >"$S/command"
	SHELL=/bin/bash script -qec "$(<"$S/command")" /dev/null </dev/null
}

@test "colours on a terminal only, and not with NO_COLOR" {
	local e=$'\e'
	standard_config 'sync = false' | configure
	chmod 0550 "$journal"
	run on_terminal env -u NO_COLOR TERM=xterm "$S/lib/hookctl" check --config "$conf"
	[[ $output == *"  secrets        ${e}[32mok     ${e}[0m  /webhook"* ]]
	[[ $output == *"  configuration  ${e}[33mWARNING${e}[0m  $conf"* ]]
	[[ $output == *"  journal        ${e}[1;31mFAILURE${e}[0m  $journal"* ]]
	run on_terminal env NO_COLOR=1 TERM=xterm "$S/lib/hookctl" check --config "$conf"
	[[ $output == *'  secrets        ok       /webhook'* ]]
	[[ $output != *"$e"* ]]
	check 1
	[[ $output != *"$e"* ]]
	chmod 0750 "$journal"
}

@test "a name that a terminal would obey" {
	local word
	word=$(printf 'journal\xe2\x80\xae\xff')
	standard_config | sed "s|^directory.*|directory = '$S/var/$word'|" | configure
	check 0
	[[ $output == *"$S/var/journal\\u202e\\xff "* ]]
	check 0 --json
	jq -e '.[2].text | contains("\\u202e\\xff")' <<<"$output"
}
