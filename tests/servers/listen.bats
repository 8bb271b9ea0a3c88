#!/usr/bin/env bats
# listen.bats: hookline.fcgi --listen: its socket and the processes that it
# manages, seen from a web server.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

DIRECT=$HELPERS/direct

# Put in front of a command, this runs it as the worker.
as_worker=()
if changes_user; then
	as_worker=(setpriv --reuid="$WORKER" --regid="$WORKER_GROUP" --init-groups)
fi

# A worker that does not end is killed after 15 s. Other tests run in the meantime.
setup_file() {
	local pid
	scratch_new "$SHIPPED"
	echo "$S" >"$BATS_FILE_TMPDIR/stubborn"
	use
	listen
	until_ready
	pid=$(workers | head -n 1)
	echo "$pid" >"$S/stubborn"
	# shellcheck disable=SC2016 # the inner shell expands it
	in_background waits bash -c '
		kill -STOP "$2"
		kill -TERM "$1"
		began=$SECONDS
		while [ -d "/proc/$1" ] && ! grep -q "^State:.Z" "/proc/$1/status"; do
			sleep 0.2
		done
		echo $((SECONDS - began)) >"$0/took"' \
	    "$S" "$(<"$S/workers.pid")" "$pid"
}

teardown_file() {
	scratch_use "$(<"$BATS_FILE_TMPDIR/stubborn")"
	stop_server
	rm -rf "$S"
}

use() {
	SOCKET=$S/run/hookline.sock
	standard_config "${1:-}" | configure
}

setup() {
	case $BATS_TEST_DESCRIPTION in
	'a Unix socket: '* | 'TCP, '* | 'the socket that systemd '* | \
	    'options that '* | 'a worker that is killed: '* | \
	    'SIGHUP: with a program '* | 'process 1 reaps '*)
		scratch_new "$CHECKED"
		;;
	*)
		# Each start runs five processes, and each of them would look for
		# leaks.
		scratch_new "$SHIPPED"
		;;
	esac
	use
	before=0
}

# listen [OPTIONS...]: starts it in the background, on $SOCKET unless OPTIONS say
# otherwise.
listen() {
	case " $*" in
	*' --listen '*) ;;
	*) set -- --listen "unix:$SOCKET" "$@" ;;
	esac
	in_background workers "${as_worker[@]}" env ASAN_OPTIONS="$asan_options" \
	    UBSAN_OPTIONS="$ubsan_options" "$S/lib/hookline.fcgi" \
	    --config "$conf" "$@"
}

# refused STATUS OPTIONS...: it does not start; its messages are in $output.
refused() {
	local wanted=$1
	shift
	run timeout 30 "${as_worker[@]}" "$S/lib/hookline.fcgi" --config "$conf" \
	    "$@"
	echo "$output"
	[ "$status" = "$wanted" ]
}

keeper() {
	cat "$S/workers.pid"
}

# The workers that serve, without those that have ended.
workers() {
	local pid
	for pid in $(pgrep -P "$(keeper)"); do
		! is_running "$pid" || echo "$pid"
	done
}

is_ready() {
	[ "$("$DIRECT" get "${1:-$SOCKET}")" = '200 ready' ]
}

until_ready() {
	within 150 is_ready "$@" || { show_logs; return 1; }
}

# are COUNT: there are this many workers.
are() {
	[ "$(workers | wc -l)" = "$1" ]
}

# ends STATUS: the process that manages them ends by itself, with this status.
ends() {
	local result=0
	wait "$(keeper)" || result=$?
	[ "$result" = "$1" ] || fail "exit status $result, not $1"
	within 100 no_program
}

log() {
	cat "$S/log/workers"
}

# logged TEXT
logged() {
	grep -qse "$1" "$S"/log/*
}

# posts [ADDRESS]: sends a notification that no other call sends; it is stored.
posts() {
	number=$((${number:-0} + 1))
	fresh "$S/body" "n$number"
	[ "$("$DIRECT" post "${1:-$SOCKET}" "$SECRET" "$S/body")" = '200 ok' ]
	stored "$S/body"
}

some_answered() {
	[ "$(grep -c ' 200 ' "$S/flood")" -ge "$1" ]
}

#
# The socket
#

@test "a Unix socket: four processes, for the user and its group" {
	listen
	until_ready
	are 4
	[ "$(stat -c '%a %U:%G' "$SOCKET")" = "660 $WORKER:$WORKER_GROUP" ]
	posts
	logged " event=listening address=unix:$SOCKET processes=4\$"
	kill "$(keeper)"
	ends 0
	[ ! -e "$SOCKET" ]
}

@test "the socket's mode and group, and the number of processes" {
	local group
	group=$(id -G "$WORKER" | tr ' ' '\n' | tail -n 1)
	listen --processes 7 --socket-mode 0600 --socket-group "$group"
	until_ready
	are 7
	[ "$(stat -c '%a %g' "$SOCKET")" = "600 $group" ]
	kill -INT "$(keeper)"
	ends 0
	listen --processes 1 --socket-group "$WORKER_GROUP"
	until_ready
	are 1
	[ "$(stat -c '%a %G' "$SOCKET")" = "660 $WORKER_GROUP" ]
	kill -USR1 "$(keeper)"
	ends 0
}

@test "a dead socket is removed, one that answers is not taken over" {
	listen --processes 1
	until_ready
	refused 1 --listen "unix:$SOCKET"
	[[ $output == "hookline.fcgi: --listen unix:$SOCKET: somebody else listens there" ]]
	is_ready
	kill -9 "$(keeper)"
	within 100 no_program
	[ -S "$SOCKET" ]
	listen
	until_ready
}

@test "two that start at the same time: one of them serves" {
	local other status=0
	in_background first "${as_worker[@]}" "$S/lib/hookline.fcgi" --config "$conf" \
	    --listen "unix:$SOCKET" --processes 1
	other=$(<"$S/first.pid")
	listen --processes 1
	until_ready
	wait -n "$other" "$(keeper)" || status=$?
	[ "$status" = 1 ]
	is_ready
	[ "$(cat "$S"/log/first "$S"/log/workers |
	    grep -c ': somebody else listens there$')" = 1 ]
}

# Whether it waits for the lock on the folder.
waits_for_lock() {
	grep -qE -e "-> FLOCK .* $(keeper) " /proc/locks
}

@test "while another process is about to bind a socket, it waits" {
	local holder
	# shellcheck disable=SC2016 # the inner shell expands it
	flock "$S/run" bash -c 'touch "$0/held"; until [ -e "$0/go" ]; do sleep 0.1; done' \
	    "$S" 3>&- &
	holder=$!
	within 100 test -e "$S/held"
	listen --processes 1
	within 100 waits_for_lock
	[ ! -e "$SOCKET" ]
	touch "$S/go"
	wait $holder
	until_ready
}

@test "a file that is not a socket is left alone" {
	echo mine >"$S/run/file"
	chmod 0666 "$S/run/file"
	refused 1 --listen "unix:$S/run/file"
	[[ $output == *': there is a file, and it is no socket' ]]
	[ "$(<"$S/run/file")" = mine ]
}

@test "if it cannot have a socket, it says why" {
	local port
	refused 1 --listen "unix:$S/none/sock"
	[[ $output == *': cannot make it: No such file or directory' ]]
	refused 1 --listen "unix:$SOCKET" --socket-group no-such-group
	[[ $output == *': there is no group of that name in /etc/group' ]]
	[ ! -e "$SOCKET" ]
	port=$(free_port)
	listen --listen "127.0.0.1:$port"
	until_ready "127.0.0.1:$port"
	refused 1 --listen "127.0.0.1:$port"
	[[ $output == *': cannot listen: Address already in use' ]]
}

@test "TCP, on loopback" {
	local port address
	port=$(free_port)
	for address in "127.0.0.1:$port" "localhost:$port" "[::1]:$port"; do
		listen --listen "$address"
		until_ready "$address"
		posts "$address"
		kill "$(keeper)"
		ends 0
	done
	port=$(free_port)
	listen --listen "0.0.0.0:$port" --public
	until_ready "127.0.0.1:$port"
}

@test "other addresses are only allowed with --public" {
	local address
	for address in 0.0.0.0:9000 192.0.2.1:9000 '[::]:9000' '[2001:db8::1]:9000' \
	    '[::ffff:192.0.2.1]:9000'; do
		refused 1 --listen "$address"
		[[ $output == *'--public allows that' ]]
	done
}

@test "over TCP nobody vouches for a certificate or for an unsigned notification" {
	local port address
	port=$(free_port)
	address=127.0.0.1:$port
	CLIENT_CERT=server standard_config | configure
	refused 1 --listen "$address"
	[[ $output == *"$conf:5: "*'whoever connects could claim either' ]]
	standard_config | sed 's/app_secret.*/name = "x" unsigned = "accept"/
	    s|"/webhook"|"/aBcDeFgHiJkLmNoPqR0123"|' | configure
	refused 1 --listen "$address"
	[[ $output == *"$conf:5: "*'whoever connects could claim either' ]]
	[[ $output != *aBcDeF* ]]
	# Over the Unix socket, the web server vouches for it.
	CLIENT_CERT=server standard_config | configure
	listen
	until_ready
	fresh "$S/body"
	[ "$("$DIRECT" post "$SOCKET" "$SECRET" "$S/body")" = '403 forbidden' ]
	[ "$("$DIRECT" post "$SOCKET" "$SECRET" "$S/body" SSL_CLIENT_VERIFY=SUCCESS \
	    SSL_CLIENT_S_DN_CN=client.webhooks.fbclientcerts.com)" = '200 ok' ]
	kill "$(keeper)"
	ends 0
	# The configuration requires a certificate only later.
	standard_config | configure
	listen --listen "$address"
	until_ready "$address"
	CLIENT_CERT=server standard_config | configure
	[ "$("$DIRECT" get "$address")" = '503 unsafe-config' ]
	[ "$("$DIRECT" post "$address" "$SECRET" "$S/body" SSL_CLIENT_VERIFY=SUCCESS \
	    SSL_CLIENT_S_DN_CN=client.webhooks.fbclientcerts.com)" = '503 unavailable' ]
	standard_config | configure
	is_ready "$address"
}

@test "a bad configuration does not keep it from starting" {
	rm "$conf"
	listen --listen "127.0.0.1:$(free_port)"
	kill -0 "$(keeper)"
	within 100 logged ' event=config status=no-config '
	kill "$(keeper)"
	ends 0
	listen
	within 100 test -S "$SOCKET"
	[ "$("$DIRECT" get "$SOCKET")" = '503 no-config' ]
	standard_config | configure
	posts
}

# Put in front of FAMILY, ADDRESS and a command, this gives the command a socket as
# systemd does.
systemd=("${as_worker[@]}" /usr/bin/python3 -c '
import os, socket, sys
family, address, *command = sys.argv[1:]
if family.startswith("unix"):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
else:
    listener = socket.create_server((family, int(address)))
if family != "unix-deaf":
    listener.listen(100)
os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(command[0], command)')

@test "the socket that systemd passes" {
	local pid
	in_background workers "${systemd[@]}" unix "$SOCKET" "$S/lib/hookline.fcgi" \
	    --config "$conf" --listen systemd
	until_ready
	are 4
	posts
	for pid in $(workers); do
		run ! grep -zq '^LISTEN_' "/proc/$pid/environ"
	done
	kill "$(keeper)"
	ends 0
	# It belongs to systemd.
	[ -S "$SOCKET" ]
}

@test "what systemd passes is checked" {
	local port
	port=$(free_port)
	run timeout 30 "${systemd[@]}" 0.0.0.0 "$port" "$S/lib/hookline.fcgi" --listen systemd
	[ "$status" = 1 ]
	[[ $output == *'--public allows that' ]]
	CLIENT_CERT=server standard_config | configure
	run timeout 30 "${systemd[@]}" 127.0.0.1 "$port" "$S/lib/hookline.fcgi" --config "$conf" \
	    --listen systemd
	[ "$status" = 1 ]
	[[ $output == *'whoever connects could claim either' ]]
	refused 1 --listen systemd
	[[ $output == *'systemd has not handed on one socket: '* ]]
	LISTEN_PID=1 LISTEN_FDS=1 refused 1 --listen systemd
	[[ $output == *'systemd has not handed on one socket: '* ]]
	# shellcheck disable=SC2016 # the inner shell expands it
	run timeout 30 bash -c 'LISTEN_PID=$$ LISTEN_FDS=2 exec "$0" --listen systemd 3</dev/null' \
	    "$S/lib/hookline.fcgi"
	[ "$status" = 1 ]
	[[ $output == *'systemd has not handed on one socket: '* ]]
	# shellcheck disable=SC2016 # the inner shell expands it
	run timeout 30 bash -c 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" --listen systemd 3</dev/null' \
	    "$S/lib/hookline.fcgi"
	[ "$status" = 1 ]
	[[ $output == *'is no stream socket that listens: '* ]]
	run timeout 30 "${systemd[@]}" unix-deaf "$SOCKET" "$S/lib/hookline.fcgi" \
	    --config "$conf" --listen systemd
	[ "$status" = 1 ]
	[[ $output == *'is no stream socket that listens: '* ]]
}

@test "options that make no sense are refused by name" {
	local name
	while read -r name options; do
		# shellcheck disable=SC2086 # options
		refused 2 $options
		[[ $output == "hookline.fcgi: $name: "* ]]
	done <<-END
		--listen --listen
		--listen --listen elsewhere
		--listen --listen unix:
		--listen --listen unix:/$(printf '%0107d' 0)
		--listen --listen 127.0.0.1
		--listen --listen 127.0.0.1:0
		--listen --listen 127.0.0.1:65536
		--listen --listen ::1:9000
		--listen --listen [127.0.0.1]:9000
		--listen --listen hooks.example.com:9000
		--listen --listen systemd --listen systemd
		--processes --listen systemd --processes 0
		--processes --listen systemd --processes 65
		--processes --listen systemd --processes 4x
		--socket-mode --listen unix:/x --socket-mode 0680
		--socket-mode --listen unix:/x --socket-mode 1777
		--socket-mode --listen unix:/x --socket-mode rw
		--socket-mode --listen systemd --socket-mode 0660
		--socket-group --listen 127.0.0.1:9000 --socket-group www-data
		--public --listen unix:/x --public
		--check-config --listen unix:/x --check-config
		--config --listen unix:/x --config x
	END
}

#
# The processes
#

@test "a worker that is killed: the others serve, and it is replaced" {
	local old
	listen
	until_ready
	old=$(workers)
	kill -9 "$(head -n 1 <<<"$old")"
	posts
	within 100 are 4
	[ "$(workers)" != "$old" ]
	logged " event=worker-ended worker=$(head -n 1 <<<"$old") signal=9 seconds=1\$"
	posts
}

@test "a worker that ends at once is restarted after longer and longer pauses" {
	listen --processes 1
	until_ready
	cp "$(type -P false)" "$S/lib/new"
	mv "$S/lib/new" "$S/lib/hookline.fcgi"
	kill -9 "$(workers)"
	within 200 logged ' event=worker-ended .* status=1 seconds=4$'
	[ "$(sed -n 's/.* event=worker-ended .*seconds=//p' "$S/log/workers" |
	    tr '\n' ' ')" = '1 2 4 ' ]
}

@test "when the process that manages them is killed, none is left" {
	listen
	until_ready
	are 4
	kill -9 "$(keeper)"
	within 100 no_program
}

# on_new COUNT: this many of the four workers run the program that is now in place.
on_new() {
	local pid count=0 file
	file=$(stat -c %i "$S/lib/hookline.fcgi")
	for pid in $(workers); do
		[ "$(stat -Lc %i "/proc/$pid/exe")" != "$file" ] || count=$((count + 1))
	done
	[ $count = "$1" ] && are 4
}

# another PROGRAM: replaces the program with this one.
another() {
	cp "$1" "$S/lib/new"
	chmod 0755 "$S/lib/new"
	mv "$S/lib/new" "$S/lib/hookline.fcgi"
}

@test "SIGHUP: new workers run the replaced program, and no request is lost" {
	local flood
	listen
	until_ready
	: >"$S/flood"
	"$DIRECT" flood "$SOCKET" 8 1 4000 "$SECRET" >"$S/flood" 3>&- &
	flood=$!
	within 300 some_answered 100
	another "$S/lib/hookline.fcgi"
	on_new 0
	kill -HUP "$(keeper)"
	within 300 on_new 4
	kill -HUP "$(keeper)"
	wait $flood
	[ "$(grep -c ' 200 ' "$S/flood")" = 4000 ] ||
	    fail "$(cut -d ' ' -f 2 "$S/flood" | sort | uniq -c)"
	stored_all "$S/flood"
	added 4000
	verified
	run ! logged ' event=\(worker-ended\|renewal-given-up\) '
}

@test "SIGHUP: with a program that ends at once, the old workers stay" {
	local old
	listen
	until_ready
	old=$(workers)
	cp "$S/lib/hookline.fcgi" "$S/lib/good"
	another "$(type -P false)"
	kill -HUP "$(keeper)"
	within 100 logged ' event=renewal-given-up worker=[0-9]* status=1 '
	within 100 are 4
	[ "$(workers)" = "$old" ]
	posts
	another "$S/lib/good"
	kill -HUP "$(keeper)"
	within 300 on_new 4
	posts
}

@test "if the program's file is gone, the running program is used" {
	listen --processes 1
	until_ready
	mv "$S/lib/hookline.fcgi" "$S/lib/aside"
	kill -9 "$(workers)"
	until_ready
	logged " event=program-not-usable path=$S/lib/hookline.fcgi problem="
	mv "$S/lib/aside" "$S/lib/hookline.fcgi"
}

only_busy() {
	are 1
}

@test "SIGTERM: requests that have begun are finished, and the exit status is 0" {
	local flood begun
	listen
	until_ready
	: >"$S/flood"
	"$DIRECT" flood "$SOCKET" 8 1 2000 "$SECRET" >"$S/flood" 3>&- &
	flood=$!
	within 300 some_answered 100
	fresh "$S/body"
	"$DIRECT" begun "$SOCKET" "$SECRET" "$S/body" "$S/begun" "$S/go" \
	    >"$S/answer" 3>&- &
	begun=$!
	within 300 test -e "$S/begun"
	kill "$(keeper)"
	within 40 only_busy
	touch "$S/go"
	wait $begun
	[ "$(<"$S/answer")" = '200 ok' ]
	ends 0
	wait $flood
	stored_all "$S/flood"
	[ "$(count_lines)" -ge "$(grep -c ' 200 ' "$S/flood")" ]
	[ ! -e "$SOCKET" ]
	verified
	run ! logged ' event=worker-ended '
}

#
# As process 1 of a container
#

# as_init [OPTIONS...]: starts it as process 1 of a pid namespace.
as_init() {
	if ! unshare --pid --fork --mount-proc true 2>/dev/null; then
		skip 'pid namespaces are not allowed here'
	fi
	in_background unshare unshare --pid --fork --mount-proc --kill-child \
	    setpriv --reuid="$WORKER" --regid="$WORKER_GROUP" --init-groups \
	    env ASAN_OPTIONS="$asan_options" UBSAN_OPTIONS="$ubsan_options" \
	    "$S/lib/hookline.fcgi" --config "$conf" --listen "unix:$SOCKET" "$@"
	until_ready
	pgrep -P "$(<"$S/unshare.pid")" >"$S/init"
	cp "$S/init" "$S/workers.pid"
}

some_compressed() {
	[ "$(find "$journal/archive" -name '*.gz' | wc -l)" -ge 3 ]
}

# The only children are the workers; no others remain, dead or alive.
no_orphans() {
	[ "$(pgrep -P "$(keeper)" | wc -l)" = 4 ] && are 4
}

@test "process 1 reaps the processes that compress, and ends when it is told to" {
	local result=0
	use 'rotate_size = 1000 compress = "gzip"'
	as_init
	[ "$(awk '/^NSpid:/ { print $3 }' "/proc/$(keeper)/status")" = 1 ]
	for _ in {1..25}; do
		posts
	done
	within 300 some_compressed
	within 100 no_orphans
	kill -9 "$(workers | head -n 1)"
	posts
	within 100 no_orphans
	kill "$(keeper)"
	wait "$(<"$S/unshare.pid")" || result=$?
	[ $result = 0 ]
	[ ! -e "$SOCKET" ]
}

@test "process 1: a worker makes room for a new one" {
	as_init --processes 1
	posts
	mv "$journal" "$journal.old"
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$journal"
	fresh "$S/body" moved
	[ "$("$DIRECT" post "$SOCKET" "$SECRET" "$S/body")" = '503 unavailable' ]
	# The reason is not restart-needed, as it would be if no process were there
	# to start another.
	within 50 logged ' event=ending reason=folder-replaced seconds=[0-9]* '
}

@test "a worker that does not end is killed after 15 s" {
	local result=0 own=$S
	rm -rf "$own"
	scratch_use "$(<"$BATS_FILE_TMPDIR/stubborn")"
	within 300 test -e "$S/took"
	echo "it took $(<"$S/took") s"
	[ "$(<"$S/took")" -ge 14 ]
	[ "$(<"$S/took")" -le 20 ]
	within 50 no_program
	[ ! -e "$S/run/hookline.sock" ]
}

#
# The files that users get
#

# parts_of FILE: prints it without comments and blank lines.
parts_of() {
	sed -e 's/^[[:blank:]]*#.*//' -e '/^[[:blank:]]*$/d' "$ROOT/cgi/nginx/$1"
}

# So the acceptance cases for the plain file are enough.
@test "nginx's file for mutual TLS is the plain one plus TLS" {
	diff <(parts_of hookline.conf) <(parts_of hookline-mtls.conf) >"$S/diff" || true
	grep '^<' "$S/diff" | diff - <(printf '< \tlisten %s;\n' 80 '[::]:80')
	run ! grep -vE '^([<0-9-]|> (map|	default|	"~|}|	listen (\[::\]:)?443 ssl|	ssl_|		fastcgi_param SSL_CLIENT_(VERIFY|S_DN_CN) ))' "$S/diff"
}
