#!/usr/bin/env bats
# program.bats: the inbox's program without a web server: whom it serves, where it looks
# for the journal, which rights it gives up, and --listen.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"
# shellcheck source=tests/servers/lib/inbox.bash
source "$HELPERS/inbox.bash"

setup_file() {
	inbox_new "$INBOX_SHIPPED"
	# The one with sanitizers takes a while to start, so only some pages use it.
	install -m 0755 "$INBOX_CHECKED" "$S/lib/checked"
	export SCRATCH=$S
}

setup() {
	inbox_use "$SCRATCH"
}

teardown_file() {
	end_shared
}

# says TEXT: the last answer contains it.
says() {
	grep -qF -- "$1" "$S/answer.body" || fail "does not say: $1"
}

#
# Whom it serves
#

@test "it serves only if both variables are set and not empty" {
	local set
	for set in 'AUTH_TYPE= REMOTE_USER=demo' 'AUTH_TYPE=Basic REMOTE_USER=' \
	    'AUTH_TYPE= REMOTE_USER=' 'AUTH_TYPE= HTTP_AUTH_TYPE=Basic' \
	    'AUTH_TYPE= REDIRECT_AUTH_TYPE=Basic'; do
		# shellcheck disable=SC2086 # two words
		page '' $set
		word_is 403 not-protected
		says 'directory privacy'
	done
	page '' -REMOTE_USER
	word_is 403 not-protected
	page '' -AUTH_TYPE
	word_is 403 not-protected
	INBOX=$S/lib/checked page
	[ "$STATUS" = 200 ]
}

@test "whoever has not logged in learns nothing else" {
	page '?nonsense=1' AUTH_TYPE=
	word_is 403 not-protected
	METHOD=POST page '' AUTH_TYPE=
	word_is 403 not-protected
	page '' AUTH_TYPE= HOOKLINE_DIRECTORY=/missing
	word_is 403 not-protected
	run ! grep -q /missing "$S/answer.body"
}

@test "arguments in the query are not read" {
	page '?--directory' AUTH_TYPE=Basic
	word_is 400 bad-request
	env -i GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET AUTH_TYPE=Basic \
	    REMOTE_USER=demo HOOKLINE_DIRECTORY=/nowhere \
	    "$S/lib/hookline-inbox.fcgi" --directory "$journal" >"$S/answer"
	grep -q '^Status: 503 ' "$S/answer"
}

#
# Where the journal is
#

# found [NAME=VALUE...]: without HOOKLINE_DIRECTORY, the inbox finds a copy of the
# journal: line 2 is the same.
found() {
	page '?get=line&seq=2' -HOOKLINE_DIRECTORY "$@"
	[ "$STATUS" = 200 ] || fail "$(cat "$S/answer.body")" || return
	sed -n 2p "$live" | cmp - "$S/answer.body"
}

# moved FOLDER: copies the journal to FOLDER/journal.
moved() {
	mkdir -p "$1"
	cp -a "$journal" "$1/journal"
}

@test "the journal is found in the places of hookline.conf" {
	local home=$S/home place
	mkdir -p "$home/public_html/x" "$S/elsewhere"
	install -m 0755 "$S/lib/hookline-inbox.fcgi" "$home/public_html/x"
	INBOX=$home/public_html/x/hookline-inbox.fcgi
	for place in hookline private/hookline priv/hookline .config/hookline .; do
		moved "$home/$place"
		found DOCUMENT_ROOT="$home/public_html"
		rm -r "$home/${place:?}/journal"
	done
	# Not inside the site, nor with a configuration alone.
	moved "$home/public_html/x/hookline"
	touch "$home/hookline/hookline.conf"
	page '' -HOOKLINE_DIRECTORY DOCUMENT_ROOT="$home/public_html"
	[ -e /var/lib/hookline ] || word_is 503 no-journal
	moved "$S/elsewhere/.config/hookline"
	found HOME="$S/elsewhere" DOCUMENT_ROOT="$home/public_html"
	rm -r "$home" "$S/elsewhere"
}

@test "without a journal, every place is named" {
	[ ! -e /var/lib/hookline ] || skip 'this machine has a journal'
	INBOX=$S/lib/checked page '' -HOOKLINE_DIRECTORY HOME=/nowhere DOCUMENT_ROOT="$S/htdocs"
	word_is 503 no-journal
	says "  $S/lib/hookline/journal/notifications.jsonl"
	says "  $S/private/hookline/journal/notifications.jsonl"
	says '  /nowhere/.config/hookline/journal/notifications.jsonl'
	says '  /etc/hookline/journal/notifications.jsonl'
	says '  /var/lib/hookline'
	says 'HOOKLINE_DIRECTORY'
	run ! grep -qF htdocs "$S/answer.body"
}

@test "HOOKLINE_DIRECTORY counts even if it is empty or missing" {
	mkdir "$S/empty"
	moved "$S/hookline"
	INBOX=$S/lib/checked page '' HOOKLINE_DIRECTORY="$S/empty"
	[ "$STATUS" = 200 ]
	says 'Nothing has arrived yet'
	page '' HOOKLINE_DIRECTORY=/nowhere
	word_is 503 no-journal
	says /nowhere
	page '' HOOKLINE_DIRECTORY=var/journal
	word_is 503 no-journal
	says 'absolute path'
	page '' HOOKLINE_DIRECTORY="$live"
	word_is 503 no-journal
	says "$live is not a folder"
	# An empty variable does not count.
	found HOOKLINE_DIRECTORY=
	rm -r "$S/hookline"
}

@test "after a rewrite the variable has another name; a header is not a variable" {
	moved "$S/redirected"
	found REDIRECT_HOOKLINE_DIRECTORY="$S/redirected/journal"
	found REDIRECT_HOOKLINE_DIRECTORY=/nowhere HOOKLINE_DIRECTORY="$journal"
	page '' -HOOKLINE_DIRECTORY HTTP_HOOKLINE_DIRECTORY="$journal"
	[ -e /var/lib/hookline ] || word_is 503 no-journal
	rm -r "$S/redirected"
}

@test "the configuration is never read" {
	printf 'directory = "/nowhere"\n' >"$S/lib/hookline.conf"
	page '' HOOKLINE_CONFIG="$S/lib/hookline.conf"
	[ "$STATUS" = 200 ]
	rm "$S/lib/hookline.conf"
	# The program's only mention of it is in texts for people.
	[ "$(grep -aoE '[^ "`]*hookline\.conf' "$INBOX_SHIPPED" | sort -u)" = hookline.conf ]
}

# another_user: sets INBOX to a program that runs the inbox as WORKER.
another_user() {
	INBOX=$S/as-user
	printf '#!/bin/sh\nexec setpriv --reuid %s --regid %s --clear-groups %s\n' \
	    "$WORKER" "$WORKER_GROUP" "$S/lib/hookline-inbox.fcgi" >"$INBOX"
	chmod 0755 "$INBOX"
}

@test "a journal that may not be read: the page says who may, and who asks" {
	[ "$EUID" = 0 ] || skip 'only root can run as another user'
	mkdir -m 0700 "$S/closed"
	another_user
	page '' HOOKLINE_DIRECTORY="$S/closed" PATH="$PATH"
	[ "$STATUS" = 503 ]
	says "$WORKER"
	says root
	says 0700
	copied
	as_worker chmod 0600 notifications.jsonl
	says "$S/copy/notifications.jsonl</bdi></code>: Permission denied"
	says '<code>0600</code>'
	says "chown --reference=$S/copy $S/copy/notifications.jsonl"
	as_worker ln -s /dev/null notifications.jsonl
	says 'It is a symbolic link'
	page '?after=1' HOOKLINE_DIRECTORY="$S/copy" PATH="$PATH"
	word_is 503 not-readable
	says "$S/copy/notifications.jsonl: It is a symbolic link"
	[ -z "$(tail -c 1 "$S/answer.body")" ]
}

# copied: makes a copy of the journal, $S/copy, which WORKER owns and all can read.
copied() {
	rm -rf "$S/copy"
	cp -a "$journal" "$S/copy"
	chmod -R a+rX "$S/copy"
	chown -R "$WORKER:$WORKER_GROUP" "$S/copy"
}

# as_worker COMMAND... FILE: gives this file of the copy to root, runs the command on
# it, and asks for a page as WORKER.
as_worker() {
	local file=$S/copy/${*: -1}
	chown root:root "$file"
	[ "$1" != ln ] || rm "$file"
	"${@:1:$#-1}" "$file"
	page '' HOOKLINE_DIRECTORY="$S/copy" PATH="$PATH"
}

@test "what can be read is shown; what cannot be read is named with its owner" {
	[ "$EUID" = 0 ] || skip 'only root can run as another user'
	another_user
	copied
	mkdir -p "$S/copy/archive"
	as_worker chmod 0700 archive
	[ "$STATUS" = 200 ]
	says 'archive is left out here: Permission denied.'
	says "chown --reference=$S/copy $S/copy/archive"
	# It has the name, not the number, although the sandbox hides /etc.
	says '">root</bdi>'
	says 'href="?seq=3#r3"'
	page '?seq=9' HOOKLINE_DIRECTORY="$S/copy" PATH="$PATH"
	[ "$STATUS" = 404 ]
}

@test "damage: the page names the line, the file, and the record that may be there" {
	local old=archive/notifications-000000000001-20261101T000000Z.jsonl.gz
	rm -rf "$S/copy"
	cp -a "$journal" "$S/copy"
	rm -rf "$S/copy/.state"
	sed -i '2s/"signature"/"signed by"/' "$S/copy/notifications.jsonl"
	page '?seq=2' HOOKLINE_DIRECTORY="$S/copy"
	[ "$STATUS" = 200 ]
	says 'Record 2 cannot be read'
	says 'Its line in the journal is not a record.'
	says '1 line of notifications.jsonl is not a record. hookctl verify says more.'
	page '?seq=4' HOOKLINE_DIRECTORY="$S/copy"
	[ "$STATUS" = 404 ]
	says 'There is no record 4'
	says 'href="?seq=3#r3"'
	mkdir -p "$S/copy/archive"
	sed -i 1d "$S/copy/notifications.jsonl"
	: >"$S/copy/$old"
	page '?seq=1' HOOKLINE_DIRECTORY="$S/copy"
	[ "$STATUS" = 200 ]
	says "$old is damaged, and not all of it could be read."
	says 'Record 1 cannot be found'
	page '?seq=1&get=line' HOOKLINE_DIRECTORY="$S/copy"
	word_is 503 not-readable
	says "$old is damaged"
}

@test "relays that are behind are named" {
	page
	[ "$STATUS" = 200 ]
	run ! grep -q 'id="relays"' "$S/answer.body"
	"$HELPERS/relays" "$journal" <<-'END'
		relay second-host
		position 3
		relay warehouse
		state held
		position 1
		text http 500
	END
	INBOX=$S/lib/checked page
	says '<span class="fact warn" id="relays">relays behind: warehouse <b>2</b> (held)</span>'
	run ! grep -qE 'second-host|http 500' "$S/answer.body"
	rm "$journal/.state/relays"
}

#
# What it gives up
#

@test "once the journal is known, nothing can be written, and nothing else read" {
	"$SHIPPED" --check-config --config "$conf" |
	    grep -q '^sandbox: *Landlock and seccomp' || skip 'this kernel has no sandbox'
	# Tries everything when the program sends its answer.
	gcc -shared -fPIC -o "$S/lib/try.so" -x c - <<-'END'
		#define _GNU_SOURCE
		#include <errno.h>
		#include <fcntl.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <sys/syscall.h>
		#include <unistd.h>
		static void try(const char *what, long result)
		{
			dprintf(2, "%s %d\n", what, result == -1 ? errno : 0);
		}
		ssize_t write(int fd, const void *bytes, size_t length)
		{
			static int tried;
			const char *live = getenv("LIVE"), *new = getenv("NEW");

			if (fd == 1 && !tried++) {
				try("make", open(new, O_WRONLY | O_CREAT, 0600));
				try("change", open(live, O_WRONLY | O_APPEND));
				try("cut", open(live, O_RDWR | O_TRUNC));
				try("remove", unlink(live));
				try("move", rename(live, new));
				try("link", link(live, new));
				try("folder", mkdir(new, 0700));
				try("mode", chmod(live, 0600));
				try("passwd", open("/etc/passwd", O_RDONLY));
				try("run", execl("/bin/true", "true", NULL));
				try("read", open(live, O_RDONLY));
			}
			return syscall(SYS_write, fd, bytes, length);
		}
	END
	INBOX=$INBOX_SHIPPED
	page '' LD_PRELOAD="$S/lib/try.so" LIVE="$live" NEW="$journal/new" \
	    2>"$S/tried"
	[ "$STATUS" = 200 ]
	cat "$S/tried"
	[ "$(grep -cE ' (13|1|18)$' "$S/tried")" = 10 ]
	grep -qx 'read 0' "$S/tried"
}

#
# --listen
#

# listening ADDRESS [OPTION...]: starts the inbox there, with one process.
listening() {
	in_background listener "$INBOX_SHIPPED" --listen "$1" --processes 1 \
	    --directory "$journal" "${@:2}"
}

# by_fastcgi QUERY [NAME=VALUE...]: asks over that socket; sets STATUS and writes
# $S/answer.body.
by_fastcgi() {
	"$HELPERS/direct" get "$S/run/one.sock" REQUEST_URI="/inbox$1" AUTH_TYPE=Basic \
	    REMOTE_USER=demo "${@:2}" >"$S/answer"
	read -r STATUS _ <"$S/answer"
	cut -d ' ' -f 2- "$S/answer" >"$S/answer.body"
}

@test "--listen: it is confined, and reads no other folder in the journal's place" {
	local worker listener
	listening "unix:$S/run/one.sock"
	listener=$(<"$S/listener.pid")
	within 100 test -S "$S/run/one.sock"
	by_fastcgi '?after=1' HOOKLINE_DIRECTORY=/nowhere
	[ "$STATUS $(<"$S/answer.body")" = '200 {"count":2,"latest":3}' ]
	by_fastcgi '?after=1' AUTH_TYPE=
	word_is 403 not-protected
	grep -q 'event=not-protected' "$S/log/listener"
	worker=$(tr -d ' ' <"/proc/$listener/task/$listener/children")
	grep -qx 'NoNewPrivs:.1' "/proc/$worker/status"
	grep -qx 'Seccomp:.2' "/proc/$worker/status"
	mv "$journal" "$journal.old"
	by_fastcgi '?after=1'
	word_is 503 no-journal
	cp -a "$journal.old" "$journal"
	by_fastcgi '?after=1'
	word_is 503 journal-replaced
	rm -r "$journal"
	mv "$journal.old" "$journal"
	by_fastcgi '?after=2'
	[ "$STATUS $(<"$S/answer.body")" = '200 {"count":1,"latest":3}' ]
	stop_pid "$listener"
	rm "$S/listener.pid"
	[ ! -e "$S/run/one.sock" ]
}

@test "--listen by TCP: it warns that anyone who can connect can read everything" {
	listening "127.0.0.1:$(free_port)"
	within 100 grep -q 'level=warning .*event=unprotected' "$S/log/listener"
	stop_pid "$(<"$S/listener.pid")"
	rm "$S/listener.pid"
	run "$INBOX_SHIPPED" --listen 192.0.2.1:9 --directory "$journal"
	[ "$status" = 1 ]
	[[ $output == *'other machines could connect'* ]]
}

@test "Cross-Origin-Opener-Policy is sent over https only" {
	page
	run ! grep -qi '^Cross-Origin-Opener-Policy' "$S/answer.head"
	page '' HTTPS=on
	grep -qi '^Cross-Origin-Opener-Policy: same-origin' "$S/answer.head"
}

@test "arguments" {
	local name
	run "$S/lib/hookline-inbox.fcgi" --version
	[ "$status" = 0 ]
	[[ $output == 'hookline-inbox '* ]]
	run "$S/lib/hookline-inbox.fcgi" --help
	[ "$status" = 0 ]
	[[ $output == *--directory* ]]
	run "$S/lib/hookline-inbox.fcgi"
	[ "$status" = 2 ]
	run "$S/lib/hookline-inbox.fcgi" --config x
	[ "$status" = 2 ]
	for name in '' no/folder "$conf"; do
		run "$S/lib/hookline-inbox.fcgi" --listen "unix:$S/run/x" --directory "$name"
		[ "$status" = 2 ]
		[[ $output == 'hookline-inbox.fcgi: --directory: must be a folder, but '* ]]
	done
	run "$S/lib/hookline-inbox.fcgi" --listen "unix:$S/run/x" --config x
	[ "$status" = 2 ]
	[[ $output == 'hookline-inbox.fcgi: --config: is not known with --listen; see --help' ]]
}
