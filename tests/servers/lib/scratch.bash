# scratch.bash: hookline behind a real web server, in a scratch directory, and a
# client that sends to it. For the tests, the demo and the benchmarks.
#
#   S       the scratch directory: lib/ (program), etc/ (hookline.conf), var/ (the
#           journal), htdocs/, run/, log/, sanitizer/
#   SETUP   which server; see setups.bash
#   PORT    on 127.0.0.1
#   WEBHOOK the path that hookline answers for; site: the document root; conf: its
#           configuration
#   STATUS  of the last answer, 000 if there was none; SIZE of its body in bytes;
#           its head and body are in $S/answer.*
#
# What other processes need to know is in files in $S.

# Starting a process costs more than most of what it is asked to do, and bats reads
# this file again for each test, so none is started here that is not needed.
cd "${BASH_SOURCE[0]%/*}/../../.." || return 1
ROOT=$PWD
cd "$OLDPWD" || return 1
PEER=$ROOT/tests/servers/lib/peer
TOKEN=a-token-of-the-tests
SECRET=5ec4e70f7e57500000000000000000a1

# If root runs the tests, the servers run as www-data, as a distribution's do.
if [ "$EUID" = 0 ]; then
	WORKER=${WORKER:-www-data}
else
	WORKER=$(id -un)
fi
WORKER_GROUP=${WORKER_GROUP:-$(id -gn "$WORKER")}
export WORKER_GROUP

# scratch_new PROGRAM [PARENT]: creates $S with a copy of the program, because the
# worker may not be able to enter the build folder.
scratch_new() {
	[ -x "$1" ] || { echo "there is no program $1" >&2; return 1; }
	S=$(mktemp -d "${2:-${TMPDIR:-/tmp}}/${SCRATCH_NAME:-hookline}.XXXXXX")
	S=$(cd "$S" && pwd -P)
	chmod 0755 "$S"
	mkdir "$S"/{lib,etc,htdocs}
	install -m 0755 "$1" "$S/lib/hookline.fcgi"
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" \
	    "$S"/{var,run,log,sanitizer}
	if [ -n "${HOOKLINE_BY:-}" ]; then
		run_program_by "$HOOKLINE_BY"
	fi
	scratch_use "$S"
}

# run_program_by COMMAND...: from here on, this command starts the program. It gets
# the program's path and arguments after its own.
run_program_by() {
	install -d -m 0755 "$S/lib/program"
	mv "$S/lib/hookline.fcgi" "$S/lib/program/"
	printf '#!/bin/sh\nexec %s%s "$@"\n' "$(printf "'%s' " "$@")" \
	    "$S/lib/program/hookline.fcgi" >"$S/lib/hookline.fcgi"
	chmod 0755 "$S/lib/hookline.fcgi"
}

# qemu_for ARCH: prints the emulator that runs programs for the processor that Debian
# calls ARCH.
qemu_for() {
	case $1 in
	amd64) echo qemu-x86_64-static ;;
	arm64) echo qemu-aarch64-static ;;
	esac
}

# Uses the scratch directory $1 from here on.
scratch_use() {
	S=$1
	export WEBHOOK=/webhook
	site=$S/htdocs
	conf=$S/etc/hookline.conf
	conf_owner=:$WORKER_GROUP
	conf_mode=0640
	journal=$S/var/journal
	live=$journal/notifications.jsonl
	# This has no effect in a build without sanitizers.
	asan_options=log_path=$S/sanitizer/report:exitcode=99
	# The search for leaks takes longer than a whole request in a CGI process,
	# whose memory is freed anyway when it ends.
	case ${SETUP:-} in
	lighttpd-cgi | apache-cgid | apache-suexec)
		asan_options+=:detect_leaks=0
		;;
	esac
	ubsan_options=print_stacktrace=1:halt_on_error=1
	if [ -e "$S/port" ]; then
		PORT=$(<"$S/port")
	fi
}

# Replaces hookline.conf with standard input, as an editor does.
configure() {
	cat >"$S/etc/new"
	chown "$conf_owner" "$S/etc/new"
	chmod "$conf_mode" "$S/etc/new"
	mv "$S/etc/new" "$conf"
}

# standard_config [LINES]: prints a configuration with one endpoint, and with LINES
# at its top.
standard_config() {
	printf '%s\n' "directory = \"$journal\"" 'rotate_every = "never"' \
	    "log_file = \"${LOG_FILE:-}\"" "${1:-}" "endpoint \"$WEBHOOK\" {" \
	    "	verify_token = \"$TOKEN\"" "	app_secret = \"$SECRET\"" \
	    "	client_cert = \"${CLIENT_CERT:-off}\"" '}'
}

# shipped FILE: prints one of the files that users get, with only paths and ports
# replaced.
shipped() {
	sed -e "s|/usr/local/lib/hookline|$S/lib|g" \
	    -e "s|/etc/hookline/|$S/etc/|g" \
	    -e "s|/var/lib/hookline|$S/var/journal|g" \
	    -e "s|/var/www/html|$S/htdocs|g" \
	    -e "s|/run/hookline|$S/run|g" \
	    -e "s|/run/lighttpd|$S/run|g" \
	    -e "s|/var/log/[a-z0-9]*/|$S/log/|g" \
	    -e "s|<VirtualHost \*:80>|<VirtualHost 127.0.0.1:$PORT>|" \
	    -e "s|listen 80;|listen 127.0.0.1:$PORT;|" \
	    -e "/listen \[::\]/d" \
	    -e "s|^hooks.example.com {|http://:$PORT {\n\tbind 127.0.0.1|" \
	    -e "s|/etc/letsencrypt/live/hooks.example.com/|$S/etc/|" \
	    -e "s|<VirtualHost \*:443>|<VirtualHost 127.0.0.1:$PORT>|" \
	    -e "s|== \":443\"|== \"127.0.0.1:$PORT\"|" \
	    -e "s|listen 443 ssl;|listen 127.0.0.1:$PORT ssl;|" "$ROOT/$1"
}

# in_background NAME COMMAND...: starts the command without any of our descriptors;
# its output goes to $S/log/NAME, its pid to $S/NAME.pid.
in_background() {
	local name=$1 fd
	shift
	(
		for fd in 3 4 5 6 7 8 9; do
			eval "exec $fd>&-"
		done
		exec "$@"
	) </dev/null >>"$S/log/$name" 2>&1 &
	echo $! >"$S/$name.pid"
}

is_running() {
	[ -d "/proc/$1" ] && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null
}

# within TENTHS COMMAND...: retries until the command succeeds or the time is up.
within() {
	local left=$1
	shift
	until "$@"; do
		left=$((left - 1))
		if [ $left -le 0 ]; then
			return 1
		fi
		sleep 0.1
	done
}

answers() {
	curl -s -o /dev/null -m 5 "http://127.0.0.1:$PORT$WEBHOOK"
}

# The server answers, or it has ended.
answers_or_ended() {
	answers || ! is_running "$(<"$S/server.pid")"
}

# Prints a free port of 127.0.0.1. `make run` needs this, so it uses perl-base, which
# every Debian has; Python is only installed with the tests.
free_port() {
	perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(
	    LocalAddr => "127.0.0.1", Listen => 1)->sockport'
}

# Starts the server of $SETUP and waits until it answers. The port is free when it is
# chosen; if another program takes it first, another port is tried.
start_server() {
	local try
	for try in 1 2 3 4 5; do
		PORT=$(free_port)
		echo "$PORT" >"$S/port"
		"start_$SETUP"
		if within 150 answers_or_ended &&
		    is_running "$(<"$S/server.pid")"; then
			return 0
		fi
		stop_server
		echo "start_server: try $try on port $PORT failed" >&2
	done
	return 1
}

gone() {
	! is_running "$1"
}

# stop_pid PID: asks the process to end; kills it after 10 s, and fails.
stop_pid() {
	kill "$1" 2>/dev/null || return 0
	within 300 gone "$1" && return 0
	kill -9 "$1" 2>/dev/null
	return 1
}

stop_server() {
	local file pid result=0
	for file in "$S"/*.pid "$S"/run/*.pid; do
		[ -e "$file" ] || continue
		while read -r pid || [ -n "$pid" ]; do
			stop_pid "$pid" || result=1
		done <"$file"
		rm -f "$file"
	done
	# The program's processes may take a moment longer than the server to end.
	within 300 no_program || result=1
	return $result
}

# Prints the pids of the processes that run this scratch directory's copy of the
# program.
programs() {
	{
		grep -lsE "^$S/lib/hookline(-inbox)?.fcgi" /proc/[0-9]*/cmdline
		grep -lsz "^$S/lib/program/hookline.fcgi" /proc/[0-9]*/cmdline
	} | cut -d / -f 3 | sort
}

no_program() {
	[ -z "$(programs)" ]
}

#
# A sender
#

# sign FILE [SECRET [sha256|sha1]]: prints the value of a signature header.
sign() {
	local digest
	digest=$(openssl dgst -r "-${3:-sha256}" -hmac "${2:-$SECRET}" "$1")
	echo "${3:-sha256}=${digest%% *}"
}

# ask PATH?QUERY [CURL OPTIONS...]
ask() {
	local target=$1
	shift
	read -r STATUS SIZE < <(curl -sS -m 30 -H 'Expect:' \
	    -D "$S/answer.head" -o "$S/answer.body" \
	    -w '%{http_code} %{size_download}\n' "$@" \
	    "http://127.0.0.1:$PORT$target")
}

# post_signature VALUE FILE [CURL OPTIONS...]: posts the file with this signature.
post_signature() {
	local signature=$1 file=$2
	shift 2
	ask "${TARGET:-$WEBHOOK}" -H "X-Hub-Signature-256: $signature" \
	    -H 'Content-Type: application/json' --data-binary "@$file" "$@"
}

# post FILE [CURL OPTIONS...]: posts the file, signed.
post() {
	post_signature "$(sign "$1")" "$@"
}

# by_cgi FILE: posts the file, signed, to a CGI process that we start ourselves,
# whose answer goes to $S/answer.
by_cgi() {
	env -i REQUEST_METHOD=POST REQUEST_URI="$WEBHOOK" \
	    GATEWAY_INTERFACE=CGI/1.1 CONTENT_LENGTH="$(stat -c %s "$1")" \
	    HOOKLINE_CONFIG="$conf" HTTP_X_HUB_SIGNATURE_256="$(sign "$1")" \
	    "$S/lib/hookline.fcgi" <"$1" >"$S/answer"
}

#
# The journal
#

# Prints all lines, in order, except for anything in archive/ that is not a file.
lines() {
	local file
	for file in "$journal"/archive/*.jsonl "$live"; do
		if [ -f "$file" ]; then
			cat "$file"
		fi
	done
}

# Whether all rotated files are compressed, but for the newest one, which never is.
all_compressed() {
	compgen -G "$journal/archive/*.gz" >/dev/null &&
	    [ "$(find "$journal/archive" -name '*.jsonl' | wc -l)" = 1 ]
}

count_lines() {
	lines | wc -l
}

# Prints the seq of the last line, 0 if there is none. A line that is still being
# written does not count.
last_seq() {
	local file seq=
	for file in "$live" $(ls -r "$journal"/archive/*.jsonl 2>/dev/null); do
		seq=$(tail -n 2 "$file" 2>/dev/null | perl -ne '
		    $seq = $1 if /^\{"seq":(\d+),.*\n\z/;
		    END { print $seq // "" }')
		[ -z "$seq" ] || break
	done
	echo "${seq:-0}"
}

# cut_payload LINE-FILE: prints the bytes after "payload":, without the end of the
# line.
cut_payload() {
	local at
	at=$(LC_ALL=C grep -abo '"payload":' "$1" | head -n 1)
	tail -c "+$((${at%%:*} + 11))" "$1" | head -c -2
}
