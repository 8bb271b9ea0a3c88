# shellcheck shell=bash
# debian.bash: a Debian to install packages on: an overlay of this machine, or of a
# tree that debootstrap made, in its own namespaces. For package.bats, after
# test.bash. Whatever happens there, this machine and the tree do not change.
#
#   D its folder: root/ (where it is mounted, for its own processes), log,
#           holder.pid
#   there its root as seen from outside
#
# It has its own network, in which every port is free, and runs no systemd. All its
# processes end when its first one does.

# Prints why there can be none here; nothing if there can.
no_debian() {
	local probe
	if [ "$(id -u)" != 0 ]; then
		echo 'only root may install packages'
		return
	fi
	probe=$(mktemp -d "${TMPDIR:-/tmp}/hookline-probe.XXXXXX")
	mkdir "$probe/space" "$probe/root"
	unshare --mount --propagation private --net --pid --fork --kill-child \
	    bash -c "$debian_mount" debian "$probe" / >/dev/null 2>&1 ||
	    echo 'overlays in namespaces are not allowed here'
	rmdir "$probe"/* "$probe"
}

# What is written goes into memory: it must not be on the file system that the
# overlay covers.
# shellcheck disable=SC2016 # the inner shell expands it
debian_mount='set -e
	mount -t tmpfs -o mode=0755 none "$1/space"
	mkdir "$1/space/upper" "$1/space/work"
	mount -t overlay none "$1/root" -o \
	    "lowerdir=$2,upperdir=$1/space/upper,workdir=$1/space/work"'

# The first process: it enters the tree, and waits for orphans. Of the things that
# happen when a Debian boots, it does those that the servers need.
# shellcheck disable=SC2016 # the inner shell expands it
debian_first="$debian_mount"'
	python3 -c "
import fcntl, socket, struct
request = struct.pack(\"16sH14s\", b\"lo\", 0x49, b\"\")	# up
fcntl.ioctl(socket.socket(), 0x8914, request)
"
	cd "$1/root"
	mount -t proc proc proc
	mount --rbind /dev dev
	pivot_root . mnt
	umount -l mnt
	mkdir -p -m 1777 /run/lock /tmp
	printf "#!/bin/sh\nexit 0\n" >/usr/sbin/policy-rc.d
	chmod 755 /usr/sbin/policy-rc.d
	echo up
	while :; do
		sleep 1000 &
		wait
	done'

# debian_new TREE: makes D, an overlay of TREE, which may be /.
debian_new() {
	D=$(mktemp -d "${TMPDIR:-/tmp}/hookline-debian.XXXXXX")
	chmod 0755 "$D"
	mkdir "$D/space" "$D/root"
	unshare --mount --propagation private --net --pid --fork --kill-child \
	    bash -c "$debian_first" debian "$D" "$1" </dev/null >"$D/log" 2>&1 3>&- &
	echo $! >"$D/holder.pid"
	within 300 grep -qx up "$D/log" || { cat "$D/log"; return 1; }
	debian_use "$D"
}

debian_use() {
	local holder
	D=$1
	holder=$(<"$D/holder.pid")
	# unshare has one child, and the kernel writes a blank after its number.
	debian_pid=$(tr -d ' ' <"/proc/$holder/task/$holder/children")
	there=/proc/$debian_pid/root
}

debian_end() {
	kill -KILL "$debian_pid"
	within 300 gone "$(<"$D/holder.pid")"
	rm -rf --one-file-system "$D"
}

# entered OPTION... env COMMAND...: runs a command there, as root.
entered() {
	nsenter -t "$debian_pid" -m -p -r -w "$@" </dev/null 3>&-
}

clean_env=(env -i HOME=/root TERM=dumb LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)

# inside COMMAND...: runs it there.
inside() {
	entered -n "${clean_env[@]}" "$@"
}

# online COMMAND...: the same, with this machine's network.
online() {
	entered "${clean_env[@]}" "$@"
}

# on_its_network COMMAND...: runs a program of this machine on that network.
on_its_network() {
	nsenter -t "$debian_pid" -n "$@"
}
