# shellcheck shell=bash disable=SC2154 # scratch.bash sets them
# relay.bash: hookline-relay, built with sanitizers, for the tests. See test.bash.
#
# A journal to be sent is in $source_dir; $from is its configuration. Processes of
# hookline that are started for each notification fill it. $S/moved has seconds: the
# relay's clock is ahead by them, but libcurl's is not. While there is a $S/moved.slow,
# each sync takes 10 ms.

RELAY=${HOOKLINE_RELAY:-$ROOT/build/asan/hookline-relay}

# Words before a command that runs as the user of the journals.
as_owner=()
if [ "$EUID" = 0 ] && [ "$WORKER" != root ]; then
	as_owner=(setpriv --reuid "$WORKER" --regid "$WORKER_GROUP" --clear-groups)
fi

# Puts the relay and the clock that can be moved into $S/lib.
make_relay() {
	install -m 0755 "$RELAY" "$S/lib/hookline-relay"
	install -d -m 0755 -o "$WORKER" -g "$WORKER_GROUP" "$S/from"
	gcc -shared -fPIC -o "$S/lib/moved.so" -x c - -ldl <<-'END'
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <fcntl.h>
		#include <stdlib.h>
		#include <string.h>
		#include <time.h>
		#include <unistd.h>

		int clock_gettime(clockid_t clock, struct timespec *now)
		{
			static int (*real)(clockid_t, struct timespec *);
			char text[32] = "";
			const char *name = getenv("MOVED");
			Dl_info caller;
			int fd;

			if (real == NULL)
				real = dlsym(RTLD_NEXT, "clock_gettime");
			if (real(clock, now) == -1)
				return -1;
			if (name == NULL || (dladdr(__builtin_return_address(0),
			    &caller) != 0 && strstr(caller.dli_fname, "libcurl")))
				return 0;
			fd = open(name, O_RDONLY | O_CLOEXEC);
			if (fd == -1)
				return 0;
			if (read(fd, text, sizeof text - 1) > 0)
				now->tv_sec += atoll(text);
			close(fd);
			return 0;
		}

		int fsync(int fd)
		{
			static int (*real)(int);
			const struct timespec pause = { .tv_nsec = 10000000 };
			const char *name = getenv("MOVED");
			char slow[4096] = "";

			if (real == NULL)
				real = dlsym(RTLD_NEXT, "fsync");
			if (name != NULL && strlen(name) < sizeof slow - 8)
				strcat(strcpy(slow, name), ".slow");
			if (access(slow, F_OK) == 0)
				nanosleep(&pause, NULL);
			return real(fd);
		}
	END
}

# move SECONDS: the relay's clock goes on by so many.
move() {
	echo $(($(<"$S/moved") + $1)) >"$S/moved.new"
	mv "$S/moved.new" "$S/moved"
}

# moving SECONDS COMMAND...: for within: moves the clock, unless the command succeeds.
moving() {
	"${@:2}" && return
	move "$1"
	return 1
}

# from_journal NAME [LINES]: the journal in $S/from/NAME, with LINES at the top of its
# configuration. Relays are added with relay_to.
from_journal() {
	source_dir=$S/from/$1
	from=$S/etc/from-$1.conf
	[ -e "$source_dir" ] ||
	    install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$source_dir"
	cat >"$from" <<-END
		directory = "$source_dir"
		rotate_every = "never"
		sync = false
		${2:-}
		endpoint "$WEBHOOK" {
			verify_token = "$TOKEN"
			app_secret = "$SECRET"
			allow_sha1 = true
		}
	END
	chown "$conf_owner" "$from"
	chmod "$conf_mode" "$from"
}

# relay_to NAME URL [LINES]: adds a relay to that configuration.
relay_to() {
	cp -p "$from" "$from.new"
	printf 'relay "%s" {\n\turl = "%s"\n%s\n}\n' "$1" "$2" "${3:-}" >>"$from.new"
	mv "$from.new" "$from"
}

# arrive_file FILE [VARIABLE=VALUE...]: what is in FILE arrives, signed by Meta unless
# there are variables.
arrive_file() {
	local variables=("${@:2}") answer length
	length=$(stat -c %s "$1")
	[ $# -gt 1 ] || variables=(HTTP_X_HUB_SIGNATURE_256="$(sign "$1")")
	answer=$("${as_owner[@]}" env -i REQUEST_METHOD=POST \
	    REQUEST_URI="${TARGET:-$WEBHOOK}" GATEWAY_INTERFACE=CGI/1.1 \
	    CONTENT_LENGTH="$length" HOOKLINE_CONFIG="$from" \
	    "${variables[@]}" "$S/lib/hookline.fcgi" <"$1")
	[[ $answer == *ok ]] || fail "$1: $answer"
}

# arrive NAME...: a notification that contains this name arrives.
arrive() {
	local name
	for name; do
		printf '{"object":"page","entry":[{"id":"%s","time":5}]}' "$name" \
		    >"$S/arriving"
		arrive_file "$S/arriving"
	done
}

# Sets `command`: the relay as the owner of its journal.
relay_command() {
	command=("${as_owner[@]}" env MOVED="$S/moved" LD_PRELOAD="$S/lib/moved.so"
	    ASAN_OPTIONS="log_path=$S/sanitizer/relay:exitcode=99:verify_asan_link_order=0"
	    UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
	    "$S/lib/hookline-relay" --config "$from")
}

# relay STATUS WORDS...: the relay ends with this status. What it says goes to
# $S/log/relay, too.
relay() {
	local command
	relay_command
	run timeout 60 "${command[@]}" "${@:2}"
	tee -a "$S/log/relay" <<<"$output"
	[ "$status" = "$1" ] || fail "status $status, not $1"
}

# relay_start: starts it in the background; its pid is $relay_pid.
relay_start() {
	local command
	relay_command
	in_background relay "${command[@]}"
	relay_pid=$(<"$S/relay.pid")
	mv "$S/relay.pid" "$S/relay-pid"
}

# relay_stop: SIGTERM ends it, with status 0.
relay_stop() {
	kill "$relay_pid"
	within 150 gone "$relay_pid" || fail 'the relay does not end' || return
	rm -f "$S/relay-pid"
}

# For teardown(): ends a relay that a failed test left.
relay_end() {
	if [ -e "$S/relay-pid" ]; then
		kill -9 "$(<"$S/relay-pid")" 2>/dev/null || true
		rm -f "$S/relay-pid"
	fi
}

# Prints the pids of its children.
relay_children() {
	pgrep -P "$relay_pid" || true
}

# relay_says PATTERN: its log has such a line.
relay_says() {
	grep -qE -- "$1" "$S/log/relay"
}
