# shellcheck shell=bash
# machine.bash: a copy of this machine, to be changed as README.md tells users to
# change theirs: a mount namespace in which /etc, /var, /run, /usr/local and /root
# are overlays of the real ones, with its own network where every port is free. For
# readme.bats, after test.bash.
#
#   M   its folder: bin/ (stand-ins, first in PATH inside), upper/ (whatever was
#       changed), holder.pid
#
# All its processes end when its first one does, and nothing outside is changed.

MACHINE_FOLDERS=(etc var run usr/local root)

# Prints why there can be no such machine here; nothing if there can.
no_machine() {
	local probe reason=
	if [ "$(id -u)" != 0 ]; then
		echo 'only root may change a machine'
		return
	fi
	probe=$(mktemp -d "${TMPDIR:-/tmp}/hookline-probe.XXXXXX")
	mkdir "$probe"/{upper,work}
	# shellcheck disable=SC2016 # the inner shell expands it
	unshare --mount --net --pid --fork --mount-proc sh -c \
	    'mount -t overlay overlay -o "lowerdir=/etc,upperdir=$1/upper,workdir=$1/work" /etc' \
	    sh "$probe" 2>/dev/null || reason='overlays are not allowed here'
	rm -rf "$probe"
	if [ -n "$reason" ]; then
		echo "$reason"
	fi
}

# The first process inside: it sets up overlays and the network, then waits for
# orphans.
# shellcheck disable=SC2016 # the inner shell expands it
machine_first='set -e
	M=$1
	shift
	for folder; do
		mkdir -p "$M/upper/$folder" "$M/work/$folder"
		mount -t overlay overlay -o "lowerdir=/$folder,upperdir=$M/upper/$folder,workdir=$M/work/$folder" "/$folder"
	done
	python3 -c "
import fcntl, socket, struct
request = struct.pack(\"16sH14s\", b\"lo\", 0x49, b\"\")	# IFF_UP, LOOPBACK, RUNNING
fcntl.ioctl(socket.socket(), 0x8914, request)			# SIOCSIFFLAGS
"
	: >"$M/up"
	while :; do
		sleep 1000 &
		wait
	done'

# machine_new: makes M, in which no server runs and none of hookline's files exist.
machine_new() {
	M=$(mktemp -d "${TMPDIR:-/tmp}/hookline-machine.XXXXXX")
	chmod 0755 "$M"
	mkdir "$M"/{bin,upper,work}
	# Bash adopts orphans and reaps them.
	unshare --mount --propagation private --net --pid --fork --kill-child \
	    --mount-proc bash -c "$machine_first" machine "$M" \
	    "${MACHINE_FOLDERS[@]}" </dev/null >"$M/log" 2>&1 3>&- &
	echo $! >"$M/holder.pid"
	within 600 test -e "$M/up" || { cat "$M/log"; return 1; }
	# Nor can processes outside be reached: Debian's scripts would turn to
	# systemd.
	inside rm -rf /etc/hookline /usr/local/lib/hookline /var/lib/hookline \
	    /etc/letsencrypt /run/systemd /run/dbus /run/apache2 \
	    /run/lighttpd.pid /run/nginx.pid
}

# The namespaces belong to unshare's child.
machine_first_pid() {
	local unshare first
	unshare=$(<"$M/holder.pid")
	read -r first <"/proc/$unshare/task/$unshare/children"
	echo "$first"
}

# inside COMMAND...: runs it on that machine, in the working tree, with the
# environment of root's login.
inside() {
	nsenter -t "$(machine_first_pid)" -m -n -p -w"$ROOT" env -i HOME=/root \
	    M="$M" ROOT="$ROOT" TERM=dumb LANG=C.UTF-8 \
	    PATH="$M/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
	    "$@" 3>&-
}

# stand_in NAME: puts a program from standard input in place of one of the machine's.
stand_in() {
	install -m 0755 /dev/stdin "$M/bin/$1"
}

machine_end() {
	kill -KILL "$(machine_first_pid)"
	wait "$(<"$M/holder.pid")" 2>/dev/null || :
	rm -rf --one-file-system "$M"
}
