#!/usr/bin/env bats
# package.bats: the package of `make deb`, and its life on a Debian system: it is
# installed by apt, used behind Debian's Apache and lighttpd, upgraded while
# notifications arrive, removed, installed again, purged. The tests from "apt
# installs it" on are one story.
#
# That Debian system is an overlay of this machine, or, with FRESH=1, of a tree that
# debootstrap makes, in which hookline's libraries are not installed yet.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"
# shellcheck source=tests/servers/lib/debian.bash
source "$HELPERS/debian.bash"

# deb [MAKE ARGUMENTS...]: makes a package, and prints its path.
deb() {
	(umask 022; make -s --no-print-directory -C "$ROOT" deb "$@") |
	    sed -n "s|^ deb |$ROOT/|p"
}

setup_file() {
	local now
	now=$(sed -n 's/^VERSION := //p' "$ROOT/Makefile")
	FIRST=$(deb)
	NEXT=$(deb DEB_VERSION="$now+next")
	P=$(mktemp -d "${TMPDIR:-/tmp}/hookline-package.XXXXXX")
	mkdir "$P/log" "$P/sanitizer"
	export FIRST NEXT P
	dpkg-deb -R "$FIRST" "$P/tree"
	lack=$(no_debian)
	export lack
	[ -n "$lack" ] || start_debian
}

start_debian() {
	local tree=/
	if [ -n "${FRESH:-}" ]; then
		tree=$("$ROOT/tests/lib/debian" apache2 libapache2-mod-fcgid lighttpd)
	fi
	debian_new "$tree"
	export D
	inside dpkg --purge hookline >&2
	inside rm -rf /etc/hookline /var/lib/hookline
	# The update of man-db takes longer than all the rest.
	inside rm -f /var/lib/man-db/auto-update
	echo 'ServerName localhost' >"$there/etc/apache2/conf-enabled/name.conf"
	inside sed -i 's/^\(server.port *= *\)80$/\18080/' /etc/lighttpd/lighttpd.conf
	cp "$FIRST" "$there/tmp/first.deb"
	cp "$NEXT" "$there/tmp/next.deb"
}

setup() {
	[ -n "$lack" ] || use_debian
}

# Lets the other tests' functions act on that system.
use_debian() {
	debian_use "$D"
	S=$P
	export WEBHOOK=/webhook
	conf=$there/etc/hookline/hookline.conf
	journal=$there/var/lib/hookline
	live=$journal/notifications.jsonl
	PORT=80
	sender_by=(nsenter -t "$debian_pid" -n)
	[ ! -e "$P/token" ] || TOKEN=$(<"$P/token")
}

teardown() {
	if [ -z "${BATS_TEST_COMPLETED:-}" ] && [ -n "${there:-}" ]; then
		tail -n 20 "$P/said" "$there"/var/log/{apache2,lighttpd}/*.log
	fi
}

teardown_file() {
	if [ -n "${D:-}" ]; then
		debian_use "$D"
		S=$P sender_stop
		debian_end
	fi
	rm -rf "$P" "$NEXT"
}

needs_debian() {
	[ -z "$lack" ] || skip "$lack"
}

curl() {
	on_its_network curl "$@"
}

#
# The package
#

@test "lintian finds nothing" {
	run lintian --allow-root --profile debian --fail-on error,warning "$FIRST"
	echo "$output"
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "the package has everything that make install installs" {
	make -s -C "$ROOT" install DESTDIR="$P/installed" PREFIX=/usr >/dev/null
	(cd "$P/installed" && find . -type f) |
	    sed 's|\(/share/man/.*\)|\1.gz|' | sort >"$P/wanted"
	(cd "$P/tree" && find . -path ./DEBIAN -prune -o -type f -print) | sort \
	    >"$P/got"
	[ -s "$P/wanted" ]
	[ -z "$(comm -23 "$P/wanted" "$P/got")" ]
	diff - <(comm -13 "$P/wanted" "$P/got") <<-'END'
		./etc/apache2/conf-available/hookline-inbox.conf
		./etc/apache2/conf-available/hookline.conf
		./etc/lighttpd/conf-available/45-hookline-inbox.conf
		./etc/lighttpd/conf-available/50-hookline.conf
		./usr/share/doc/hookline/changelog.gz
		./usr/share/doc/hookline/copyright
		./usr/share/lintian/overrides/hookline
	END
}

@test "before it is removed, each of its units is stopped" {
	local unit
	for unit in "$P"/tree/usr/lib/systemd/system/*; do
		grep -qwF "${unit##*/}" "$P/tree/DEBIAN/prerm" || fail "$unit"
	done
}

@test "all files belong to root, and nobody else may write to them" {
	dpkg-deb -c "$FIRST" | awk '{ print $1, $2, $6 }' |
	    sed -E 's|(^\S+ \S+) .*/$|\1 folder|; s|(^\S+ \S+) .*\.fcgi$|\1 program|
		s|(^\S+ \S+) .*/bin/hook(ctl\|line-relay)$|\1 program|
		s|(^\S+ \S+) [.]/.*|\1 file|' | sort -u >"$P/modes"
	diff - "$P/modes" <<-'END'
		-rw-r--r-- root/root file
		-rwxr-xr-x root/root program
		drwxr-xr-x root/root folder
	END
}

@test "all files in /etc are conffiles, which the administrator may change" {
	diff <(sort "$P/tree/DEBIAN/conffiles") \
	    <(cd "$P/tree" && find etc -type f -printf '/%p\n' | sort)
}

@test "the servers' files name the package's program" {
	local file
	run ! grep -rn /usr/local "$P/tree"
	for file in "$P/tree"/etc/*/conf-available/*; do
		grep -qE '"/usr/lib/hookline/hookline(-inbox)?.fcgi"' "$file"
	done
	[ -x "$P/tree/usr/lib/hookline/hookline.fcgi" ]
}

@test "the same sources give the same bytes" {
	cp "$FIRST" "$P/before"
	(umask 077; export TZ=Asia/Tokyo; deb) >"$P/again"
	cmp "$FIRST" "$P/before"
	[ "$(<"$P/again")" = "$FIRST" ]
}

#
# Its life
#

# said COMMAND...: runs it; its output is in $P/said. apt runs dpkg in a terminal,
# which ends lines with CR.
said() {
	local status=0
	"$@" >"$P/raw" 2>&1 || status=$?
	tr -d '\r' <"$P/raw" >"$P/said"
	return $status
}

@test "apt installs it: makes a folder and a configuration, and says what is missing" {
	needs_debian
	said online apt-get install -y /tmp/first.deb
	grep -q '^hookline: Nothing is enabled or started yet' "$P/said"
	grep -q '^hookline: First fill in the app secret' "$P/said"
	[ "$(stat -c '%a %u %g' "$journal")" = '750 33 33' ]
	[ "$(stat -c '%a %u %g' "$conf")" = '640 0 33' ]
	[ "$(stat -c '%a %u %g' "${conf%/*}")" = '755 0 0' ]
	sed -nE 's/^[[:blank:]]*verify_token = "([a-z0-9]{24})"$/\1/p' "$conf" \
	    >"$P/token"
	[ -s "$P/token" ]
	run ! grep -qF "$(<"$P/token")" "$P/said"
}

@test "nothing is enabled by the installation" {
	needs_debian
	run find "$there/etc/apache2" "$there/etc/lighttpd" \
	    "$there/etc/systemd/system" -path '*available*' -prune -o \
	    -name '*hookline*' -print
	echo "$output"
	[ -z "$output" ]
}

@test "with the secret in the line that it named, nothing is missing" {
	local line check=/usr/lib/hookline/hookline.fcgi
	needs_debian
	run inside $check --check-config
	[ "$status" = 1 ]
	[[ $output == *no-secret* ]]
	line=$(sed -n 's/^hookline: .*line \([0-9]*\) of$/\1/p' "$P/said")
	[ -n "$line" ]
	sed -i "${line}s/\"\"/\"$SECRET\"/" "$conf"
	said inside $check --check-config
	grep -q '^checked as: *www-data ' "$P/said"
	run ! grep -q warning: "$P/said"
}

# receives: the server on $PORT says ready, verifies, and stores a notification once.
receives() {
	within 100 answers
	ask "$WEBHOOK"
	answered 200 ready
	ask "$WEBHOOK?hub.mode=subscribe&hub.challenge=7&hub.verify_token=$TOKEN"
	echoed 7
	fresh "$P/body" "$PORT"
	post_stored "$P/body"
	post "$P/body"
	answered 200 ok
	[ "$(grep -cF "$PORT-$BATS_TEST_NUMBER" "$live")" = 1 ]
}

@test "behind Apache, after a2enconf" {
	needs_debian
	said inside a2enconf hookline
	inside apachectl configtest
	said inside service apache2 start
	receives
}

@test "behind lighttpd, after lighty-enable-mod" {
	needs_debian
	said inside lighty-enable-mod hookline
	inside lighttpd -tt -f /etc/lighttpd/lighttpd.conf
	said inside service lighttpd start
	PORT=8080 receives
}

# load PORT FIRST: sends notifications until $P/upgraded exists, and some after that.
load() {
	local number=$2 last=
	: >"$P/flood.$1"
	until [ -n "$last" ]; do
		[ ! -e "$P/upgraded" ] || last=yes
		on_its_network "$PEER" flood "$1" 4 "$number" $((number + 49)) \
		    "$SECRET" >>"$P/flood.$1"
		number=$((number + 50))
	done
}

have_begun() {
	[ -s "$P/flood.80" ] && [ -s "$P/flood.8080" ]
}

@test "an upgrade under load loses nothing and refuses nothing" {
	local pids=()
	needs_debian
	cp "$conf" "$P/conf"
	load 80 100000 3>&- &
	pids+=($!)
	load 8080 500000 3>&- &
	pids+=($!)
	within 300 have_begun
	said inside apt-get install -y /tmp/next.deb
	touch "$P/upgraded"
	wait "${pids[@]}"
	cat "$P"/flood.* >"$P/flood"
	[ "$(cut -d ' ' -f 2 "$P/flood" | sort -u)" = 200 ] ||
	    fail "$(cut -d ' ' -f 2 "$P/flood" | sort | uniq -c)"
	[ "$(wc -l <"$P/flood")" -ge 200 ]
	stored_all "$P/flood"
	"$PEER" verify "$journal" "$SECRET"
	run ! grep -q 'child signaled' "$there/var/log/lighttpd/error.log"
	cmp "$conf" "$P/conf"
	[ "$(stat -c '%a %u %g' "$conf")" = '640 0 33' ]
	run ! grep -q 'app secret' "$P/said"
	[[ $(inside dpkg-query -W hookline) == *+next ]]
}

# Where systemd runs.
@test "an upgrade restarts hookline-relay, and an installation does not" {
	local postinst=/var/lib/dpkg/info/hookline.postinst
	needs_debian
	mkdir -p "$there/run/systemd/system" "$there/tmp/stub"
	ln -s /bin/true "$there/tmp/stub/systemctl"
	printf '#!/bin/sh\necho "$@" >>/tmp/invoked\n' \
	    >"$there/tmp/stub/deb-systemd-invoke"
	chmod +x "$there/tmp/stub/deb-systemd-invoke"
	inside env PATH=/tmp/stub:/usr/sbin:/usr/bin:/sbin:/bin \
	    $postinst configure
	[ ! -e "$there/tmp/invoked" ]
	inside env PATH=/tmp/stub:/usr/sbin:/usr/bin:/sbin:/bin \
	    $postinst configure 0.1.0
	rmdir "$there/run/systemd/system"
	[ "$(<"$there/tmp/invoked")" = 'try-restart hookline-relay.service' ]
}

# Counts the processes that run the first package's program.
old_processes() {
	readlink "$there"/proc/[0-9]*/exe |
	    grep -c '^/usr/lib/hookline/hookline.fcgi.* (deleted)$'
}

replaced() {
	ask "$WEBHOOK"
	PORT=8080 ask "$WEBHOOK"
	[ "$(old_processes)" = 0 ]
}

@test "the old program's processes end by themselves" {
	needs_debian
	[ -n "${FRESH:-}" ] || skip 'takes a minute: FRESH=1 runs it'
	within 1200 replaced
	receives
	PORT=8080 receives
}

@test "when removed, it is enabled nowhere, and configuration and journal stay" {
	needs_debian
	before=$(count_lines)
	said inside apt-get remove -y hookline
	[ ! -e "$there/usr/lib/hookline" ]
	cmp "$conf" "$P/conf"
	[ "$(count_lines)" = "$before" ]
	[ ! -L "$there/etc/apache2/conf-enabled/hookline.conf" ]
	[ ! -L "$there/etc/lighttpd/conf-enabled/50-hookline.conf" ]
	inside apachectl configtest
	inside lighttpd -tt -f /etc/lighttpd/lighttpd.conf
	ask "$WEBHOOK"
	[ "$STATUS" = 404 ]
}

@test "when installed again, it continues where it stopped" {
	needs_debian
	said online apt-get install -y /tmp/next.deb
	cmp "$conf" "$P/conf"
	run ! grep -q 'app secret' "$P/said"
	before=$(last_seq)
	said inside a2enconf hookline
	said inside service apache2 restart
	receives
	[ "$(last_seq)" = $((before + 1)) ]
}

@test "when purged, it says where the journal is, and leaves nothing else" {
	needs_debian
	before=$(count_lines)
	sed -i 's|^directory.*|directory = "/srv/hooks"|' "$conf"
	inside mkdir -p /srv/hooks /etc/systemd/system/sockets.target.wants
	touch "$there/srv/hooks/notifications.jsonl"
	inside ln -s /usr/lib/systemd/system/hookline.socket \
	    /etc/systemd/system/sockets.target.wants/hookline.socket
	said inside apt-get purge -y hookline
	grep -qx 'hookline: what was received is still in /var/lib/hookline' "$P/said"
	grep -qx 'hookline: what was received is still in /srv/hooks' "$P/said"
	[ "$(count_lines)" = "$before" ]
	[ -e "$there/srv/hooks/notifications.jsonl" ]
	run inside find /etc /usr /var -name '*hookline*' -not -path /var/lib/hookline \
	    -not -path '/var/log/*' -not -path '/var/cache/*'
	echo "$output"
	[ -z "$output" ]
	inside apachectl configtest
}
