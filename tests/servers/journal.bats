#!/usr/bin/env bats
# journal.bats: what an operator, a backup or the machine may do to the journal's
# folder: nothing acknowledged is lost, nothing is stored twice, and if nothing
# can be stored the log says what would help. Uses the program as it is shipped,
# in its sandbox, behind a real lighttpd.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"
# shellcheck source=tests/servers/lib/texts.bash
source "$BATS_TEST_DIRNAME/lib/texts.bash"

setup() {
	scratch_new "$SHIPPED"
	LOG_FILE=$S/log/program.log
	# Otherwise the file might belong to root, if root were the first to
	# write to it.
	install -o "$WORKER" -g "$WORKER_GROUP" /dev/null "$LOG_FILE"
	standard_config | configure
	SETUP=lighttpd-fastcgi
}

teardown() {
	if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
		show_logs
	fi
	stop_server
	for mount in "$S/mounted" "$journal/archive"; do
		if mountpoint -q "$mount"; then
			umount "$mount"
		fi
	done
	rm -rf "$S"
}

as_root() {
	[ "$(id -u)" = 0 ] && changes_user || skip 'only root can do this'
}

# served SETUP: starts the server, and puts a notification into the journal.
served() {
	SETUP=$1
	start_server
	fresh "$S/first" first
	first_signature=$(sign "$S/first")
	post_signature "$first_signature" "$S/first"
	answered 200 ok
	before=1
}

# Sends enough to reach every process: each has then opened the journal.
all_processes() {
	run "$PEER" flood "$PORT" 8 "$1" "$(($1 + 63))" "$SECRET"
	[ "$(grep -c ' 200 ' <<<"$output")" = 64 ] ||
	    fail "$output"
	before=$((before + 64))
}

# A new notification is stored, and the first one is a repeat.
goes_on() {
	fresh "$S/body" "next-$before"
	post "$S/body"
	answered 200 ok
	post_signature "$first_signature" "$S/first"
	answered 200 ok
	added 1
	before=$((before + 1))
	in_order
}

# Every seq occurs once, in order.
in_order() {
	lines | grep -ao '^{"seq":[0-9]*' | cut -d : -f 2 >"$S/seqs"
	seq "$(count_lines)" | cmp -s - "$S/seqs" ||
	    fail "not in order: $(tr '\n' ' ' <"$S/seqs")"
}

logged() {
	grep -qE "$1" "$LOG_FILE" || fail "not in the log: $1"
}

not_logged() {
	! grep -qE "$1" "$LOG_FILE" || fail "in the log: $1"
}

as_worker() {
	if changes_user; then
		runuser -u "$WORKER" -- "$@"
	else
		"$@"
	fi
}

#
# .state
#

tables() {
	find "$journal/.state" -name 'index-*'
}

# overwrite FILE BYTE: fills the whole file, in place.
overwrite() {
	local size
	size=$(stat -c %s "$1")
	head -c "$size" /dev/zero | tr '\0' "$2" |
	    dd of="$1" conv=notrunc status=none
}

damage_tags() {
	local table size
	for table in $(tables); do
		size=$(stat -c %s "$table")
		head -c $((size - 4096)) /dev/zero | tr '\0' '\177' |
		    dd of="$table" bs=4096 seek=1 conv=notrunc status=none
	done
}

damage_tables() {
	local table
	for table in $(tables); do
		overwrite "$table" '\377'
	done
}

damage_shared() {
	overwrite "$journal/.state/shared" '\377'
}

# put KIND FILE: puts a folder, a link or a FIFO in place of a file.
put() {
	rm -rf "$2"
	case $1 in
	folder) as_worker mkdir "$2" ;;
	full-folder) as_worker mkdir -p "$2/inside" ;;
	link) as_worker ln -s /dev/null "$2" ;;
	dangling) as_worker ln -s nowhere "$2" ;;
	fifo) as_worker mkfifo "$2" ;;
	esac
}

put_tables() {
	local table
	for table in $(tables); do
		put "$1" "$table"
	done
}

put_shared() {
	put "$1" "$journal/.state/shared"
}

# each_damage HOW: tries all kinds of damage, one after the other.
each_damage() {
	local kind
	for kind in tags tables shared; do
		"$1" "damage_$kind"
	done
	for kind in folder full-folder link dangling fifo; do
		"$1" put_tables $kind
		"$1" put_shared $kind
	done
}

survives() {
	echo "$@"
	"$@"
	goes_on
}

survives_restart() {
	echo "$@"
	stop_server
	"$@"
	start_server
	goes_on
}

@test "a damaged state is rebuilt while processes run" {
	served lighttpd-fastcgi
	all_processes 1
	each_damage survives
}

@test "a damaged state is rebuilt by processes that have just started" {
	served lighttpd-fastcgi
	survives_restart damage_tags
	survives_restart damage_shared
	survives_restart put_tables full-folder
	survives_restart put_shared fifo
}

@test "a damaged state is rebuilt by CGI" {
	served lighttpd-cgi
	each_damage survives
}

#
# archive/
#

# Makes at least four rotated files.
rotated() {
	standard_config 'rotate_size = 700' | configure
	served "$1"
	all_processes 1
	[ "$(find "$journal/archive" -type f | wc -l)" -gt 4 ]
}

# odd NUMBER: prints a name that sorts before all others.
odd() {
	echo "$journal/archive/notifications-00000000000$1-20200101T000000Z.jsonl"
}

odd_names() {
	put folder "$(odd 1)"
	put dangling "$(odd 2)"
	put fifo "$(odd 3)"
	put link "$(odd 4)"
	install -m 0000 /dev/null "$(odd 5)"
}

@test "odd names in archive/ do no harm" {
	rotated lighttpd-fastcgi
	odd_names
	rm -rf "$journal/.state"
	fresh "$S/body"
	post "$S/body" -m 20
	answered 200 ok
	ask /webhook
	answered 200 ready
	post_signature "$first_signature" "$S/first"
	answered 200 ok
	added 1
	for i in 1 2 3 4; do
		logged "event=segment-passed-over .*$(basename "$(odd $i)")"
	done
	if changes_user; then
		logged "event=segment-passed-over .*$(basename "$(odd 5)")"
	fi
	stop_server
}

@test "a FIFO in archive/ does not keep a process from ending" {
	local pid
	rotated lighttpd-fastcgi
	put fifo "$(odd 1)"
	rm -rf "$journal/.state"
	fresh "$S/body"
	post "$S/body" -m 20 || true
	for pid in $(programs); do
		stop_pid "$pid"
	done
}

@test "the newest rotated file cannot be read: no seq is used twice" {
	local newest
	as_root
	rotated lighttpd-fastcgi
	newest=$(find "$journal/archive" -type f | sort | tail -n 1)
	chown root: "$newest"
	chmod 0600 "$newest"
	rm -rf "$journal/.state"
	fresh "$S/body"
	post "$S/body"
	answered 200 ok
	logged "event=segment-passed-over .*$(basename "$newest")"
	[ -z "$(lines | jq .seq | sort | uniq -d)" ]
}

#
# Who owns the files
#

all_the_workers() {
	run find "$journal" ! -user "$WORKER"
	[ -z "$output" ] || fail "not $WORKER's: $output"
	run find "$journal" ! -group "$WORKER_GROUP"
	[ -z "$output" ] || fail "not $WORKER_GROUP's: $output"
}

@test "a process that root runs does not lock out the others" {
	as_root
	standard_config 'rotate_size = 700' | configure
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$journal"
	for i in 1 2 3 4 5 6; do
		fresh "$S/root.$i" "root-$i"
		by_cgi "$S/root.$i"
		grep -qx ok "$S/answer"
	done
	[ -d "$journal/archive" ]
	all_the_workers
	served lighttpd-fastcgi
	before=7
	goes_on
	fresh "$S/root.7" "root-7"
	by_cgi "$S/root.7"
	grep -qx ok "$S/answer"
	before=$((before + 1))
	goes_on
	all_the_workers
}

@test "root does not create the folder" {
	as_root
	fresh "$S/body"
	by_cgi "$S/body"
	grep -q '^Status: 503' "$S/answer"
	env -i REQUEST_METHOD=GET REQUEST_URI=/webhook GATEWAY_INTERFACE=CGI/1.1 \
	    HOOKLINE_CONFIG="$conf" "$S/lib/hookline.fcgi" >"$S/answer"
	grep -qx not-writable "$S/answer"
	[ ! -e "$journal" ]
	logged 'event=unavailable .*path=.*/journal problem="missing, and root does not create it" .*remedy='
}

@test "logrotate's create 0640 root adm leaves an empty file that belongs to root" {
	as_root
	served lighttpd-fastcgi
	mv "$live" "$live.1"
	install -m 0640 -o root -g adm /dev/null "$live"
	fresh "$S/body"
	post_stored "$S/body"
	[ "$(stat -c %U "$live")" = "$WORKER" ]
	logged 'event=recovery found=empty-file-of-another'
	[ "$(jq .seq "$live")" = 2 ]
}

#
# Other devices
#

@test "archive/ on another device: notifications are stored, and the log says once that nothing is rotated" {
	as_root
	standard_config 'rotate_size = 700' | configure
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$journal"{,/archive}
	mount -t tmpfs -o "size=1m,uid=$(id -u "$WORKER"),mode=0750" tmpfs \
	    "$journal/archive"
	served lighttpd-fastcgi
	all_processes 1
	goes_on
	[ -z "$(ls "$journal/archive")" ]
	[ "$(grep -c 'event=rotation-failed' "$LOG_FILE")" = 1 ]
	logged 'event=rotation-failed .*another device'
	run env -i "$S/lib/hookline.fcgi" --check-config --config "$conf"
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *archive*rotat* ]]
}

@test "a file system without hard links" {
	as_root
	command -v mkfs.vfat >/dev/null || skip 'mkfs.vfat is not installed'
	truncate -s 40M "$S/image"
	mkfs.vfat "$S/image" >/dev/null
	mkdir "$S/mounted"
	mount -o "loop,uid=$(id -u "$WORKER"),gid=$(id -g "$WORKER"),umask=027" \
	    "$S/image" "$S/mounted" || skip 'vfat cannot be mounted here'
	journal=$S/mounted/journal
	live=$journal/notifications.jsonl
	standard_config 'rotate_size = 700' | configure
	served lighttpd-fastcgi
	all_processes 1
	goes_on
	[ "$(find "$journal/archive" -type f | wc -l)" -gt 4 ]
	not_logged event=rotation-failed
	stop_server
	start_server
	goes_on
	stop_server
	umount "$S/mounted"
}

#
# Copies
#

@test "a copy with an older .state: nothing is stored twice, and seqs continue" {
	local i
	standard_config 'rotate_size = 2000' | configure
	served lighttpd-fastcgi
	# .state is copied first, as by rsync, and the files a while later.
	mkdir "$S/var/copy"
	cp -a "$journal/.state" "$S/var/copy"
	all_processes 1
	cp -a "$journal"/archive "$live" "$S/var/copy"
	stop_server
	if changes_user; then
		chown "$WORKER:" "$S/var/copy"
	fi
	chmod 0750 "$S/var/copy"
	journal=$S/var/copy
	live=$journal/notifications.jsonl
	standard_config 'rotate_size = 2000' | configure
	start_server
	run "$PEER" flood "$PORT" 4 1 64 "$SECRET"
	[ "$(grep -c ' 200 ' <<<"$output")" = 64 ]
	added 0
	goes_on
	logged 'event=state-discarded reason=copy'
}

@test "an older .state copied over the current one: nothing is stored twice, and seqs continue" {
	standard_config 'rotate_size = 2000' | configure
	served lighttpd-fastcgi
	cp -a "$journal/.state" "$S/var/older"
	all_processes 1
	stop_server
	# The copy overwrites the files in place, as some restores do.
	for file in "$S"/var/older/*; do
		cat "$file" >"$journal/.state/$(basename "$file")"
	done
	start_server
	run "$PEER" flood "$PORT" 4 1 64 "$SECRET"
	[ "$(grep -c ' 200 ' <<<"$output")" = 64 ]
	added 0
	goes_on
}

#
# The manual's commands, word for word
#

# commands NUMBER: prints those of the section BACK-UP AND RESTORE, for the
# scratch directory.
commands() {
	display hookline.8 'BACK-UP AND RESTORE' "$1" |
	    sed -e 's/^# //' -e "s|/var/lib/hookline|$journal|g" \
	    -e "s|/srv/backup|$S/backup|g" \
	    -e "s|www-data:www-data|$WORKER:$WORKER_GROUP|" \
	    -e "s|-o www-data -g www-data|-o $WORKER -g $WORKER_GROUP|"
}

# A copy that is made while others send and files are rotated contains everything
# that was received before it began.
@test "the manual's back-up and restore" {
	local flood over=
	as_root
	# As in /var/lib, only root may create a folder there.
	chown root: "$S/var"
	chmod 0755 "$S/var"
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$journal"
	install -d -m 0700 "$S/backup"
	standard_config 'rotate_size = "20K"' | configure
	served lighttpd-fastcgi
	commands 1 >"$S/back-up"
	commands 2 >"$S/restore"
	[ "$(wc -l <"$S/back-up")" = 7 ]
	[ "$(wc -l <"$S/restore")" = 5 ]
	install -d -o "$WORKER" -g "$WORKER_GROUP" "$journal/relay"
	echo 0123456789abcdef0123456789abcdef >"$journal/relay/id"
	# Nothing has been rotated yet.
	bash -e "$S/back-up"
	cmp "$live" "$S/backup/notifications.jsonl"
	"$PEER" flood "$PORT" 4 1 300 "$SECRET" >"$S/flood" 3>&- &
	flood=$!
	within 100 sent_more 30
	# Once more when it is over, which may be at once on a slow machine.
	until [ "$over" ]; do
		is_running $flood || over=1
		awk '$2 == 200 { print $3 }' "$S/flood" >"$S/before"
		bash -e "$S/back-up"
		cat "$S"/backup/archive/* "$S/backup/notifications.jsonl" |
		    grep -aoE '"id":"[0-9a-f]{64}"' | cut -d '"' -f 4 | sort >"$S/ids"
		[ -z "$(sort "$S/before" | comm -23 - "$S/ids")" ]
		[ -z "$(uniq -d "$S/ids")" ]
	done
	[ -e "$S/backup/archive" ]
	# The state is copied too, as by somebody who does not know better.
	cp -a "$journal/.state" "$S/backup/"
	stop_server
	bash -e "$S/restore"
	[ -d "$journal.old" ]
	[ ! -e "$journal/.state" ]
	cmp "$journal/relay/id" "$journal.old/relay/id"
	start_server
	before=$(lines | grep -c '}$')
	goes_on
	run "$PEER" flood "$PORT" 4 1 300 "$SECRET"
	[ "$(grep -c ' 200 ' <<<"$output")" = 300 ]
	[ "$(count_lines)" = 302 ]
	in_order
}

#
# Settings that change under load
#

# edits CONFIG-LINES...: configures each line in turn while others send.
edits() {
	local line flood
	served lighttpd-fastcgi
	"$PEER" flood "$PORT" 8 1 1200 "$SECRET" >"$S/flood" 3>&- &
	flood=$!
	for line; do
		within 300 sent_more_or_all 150
		standard_config "$line" | configure
	done
	wait $flood
	stored_all "$S/flood"
	in_order
	[ "$(grep -c ' 200 ' "$S/flood")" -ge 1000 ]
	# What was refused is sent again, as Meta does; all else is a repeat.
	"$PEER" flood "$PORT" 8 1 1200 "$SECRET" >"$S/again"
	[ "$(grep -c ' 200 ' "$S/again")" = 1200 ]
	in_order
}

sent=0
sent_more() {
	local now
	now=$(wc -l <"$S/flood")
	[ "$now" -gt $((sent + $1)) ] && sent=$now
}

sent_more_or_all() {
	sent_more "$1" || ! is_running "$flood"
}

@test "nfs is edited under load: nothing is lost or stored twice" {
	edits 'nfs = true' 'nfs = false' 'nfs = true'
	stored_all "$S/again"
	added 1200
}

@test "duplicate_window is edited under load: nothing is lost" {
	edits 'duplicate_window = "2d"' 'duplicate_window = "30d"'
	stored_all "$S/again"
	added 1200
}

@test "duplicate_window is set to 0, then back to 7d, under load: nothing is lost" {
	edits 'duplicate_window = "0"' 'duplicate_window = "7d"'
	stored_all "$S/again"
	added 1200
}

#
# What the log says
#

# says PATH OWNER MODE PROBLEM: the log line for a 503 has all of these.
says() {
	local user
	user=$(id -u "$WORKER"):$(id -g "$WORKER")
	logged "event=unavailable .* path=\"?$1\"? problem=.*$4.* owner=$(id -u "$2"):[0-9]+ mode=$3 user=$user remedy=.+"
}

# refused WORD: a POST is refused, and GET answers WORD.
refused() {
	fresh "$S/body" "refused-$BATS_TEST_NUMBER"
	post "$S/body"
	answered 503 unavailable
	ask /webhook
	answered 503 "$1"
}

each_server() {
	local setup
	for setup in lighttpd-fastcgi lighttpd-cgi; do
		: >"$LOG_FILE"
		SETUP=$setup
		start_server
		"$@"
		stop_server
	done
}

@test "the folder belongs to somebody else" {
	as_root
	install -d -m 0750 -o daemon -g daemon "$journal"
	foreign_folder() {
		refused not-writable
		says "$journal" daemon 0750 'permission denied'
	}
	each_server foreign_folder
	chown "$WORKER:" "$journal"
	start_server
	fresh "$S/body"
	post_stored "$S/body"
}

@test "the live file belongs to root and is not empty" {
	as_root
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$journal"
	echo '{"seq":1}' >"$live"
	chmod 0600 "$live"
	foreign_file() {
		refused not-writable
		says "$live" root 0600 'permission denied'
	}
	each_server foreign_file
}

@test "the folder does not exist and cannot be created" {
	as_root
	chown root: "$S/var"
	chmod 0755 "$S/var"
	no_folder() {
		refused not-writable
		logged "event=unavailable .* path=$journal problem=\"missing, and this user may not create it\" user=$(id -u "$WORKER"):$(id -g "$WORKER") remedy=.+install -d"
	}
	each_server no_folder
}

@test ".state belongs to root" {
	as_root
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$journal"
	install -d -m 0700 "$journal/.state"
	foreign_state() {
		refused not-writable
		says "$journal/.state" root 0700 'permission denied'
	}
	each_server foreign_state
}

@test "the folder belongs to the worker, who may not write to it" {
	as_root
	install -d -m 0550 -o "$WORKER" -g "$WORKER_GROUP" "$journal"
	closed_folder() {
		refused not-writable
		says "$journal" "$WORKER" 0550 'permission denied'
		logged 'remedy=".*[(]chmod u[+]rwX[)]'
	}
	each_server closed_folder
}

@test "the live file is a link, a pipe, or writable by everybody" {
	as_root
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$journal"
	ln -s elsewhere "$live"
	a_link() {
		refused not-writable
		says "$live" root 0777 'a symbolic link'
	}
	each_server a_link
	rm "$live"
	mkfifo -m 0640 "$live"
	chown "$WORKER:" "$live"
	a_pipe() {
		refused not-writable
		says "$live" "$WORKER" 0640 '"not a regular file"'
	}
	each_server a_pipe
	rm "$live"
	echo foreign >"$live"
	chown "$WORKER:" "$live"
	chmod 0666 "$live"
	everybodys() {
		refused not-writable
		says "$live" "$WORKER" 0666 '"writable by everybody"'
		logged 'remedy=".*chmod o-w'
	}
	each_server everybodys
}

@test "archive/ belongs to root: notifications are stored, and the log says why nothing is rotated" {
	as_root
	standard_config 'rotate_size = 700' | configure
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$journal"
	install -d -m 0755 "$journal/archive"
	served lighttpd-fastcgi
	all_processes 1
	goes_on
	logged "event=rotation-failed .*archive.*permission denied.*owner 0:0.*mode 0755"
}
