#!/usr/bin/env bats
# init.bats: hookctl init, run by root and by an ordinary user. What it makes is used by
# the receiver as it is.

# The files that are read while others are written have other names.
# shellcheck disable=SC2094 # each reads or writes a file, not both

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"
# shellcheck source=tests/servers/lib/hookctl.bash
source "$HELPERS/hookctl.bash"
# shellcheck source=tests/servers/lib/texts.bash
source "$HELPERS/texts.bash"

setup_file() {
	scratch_new "$SHIPPED"
	# The user may not be able to enter the build's folder.
	install -m 0755 "$CTL" "$S/lib/hookctl"
	export SCRATCH=$S
}

setup() {
	scratch_use "$SCRATCH"
	CTL=$S/lib/hookctl
	D=$S/$BATS_TEST_NUMBER
	install -d -m 0755 -o "$WORKER" -g "$WORKER_GROUP" "$D" "$D/home"
}

teardown_file() {
	end_shared true
}

# own WORDS...: hookctl as an ordinary user, whose home is $D/home.
own() {
	as_worker env HOME="$D/home" ASAN_OPTIONS="log_path=$S/sanitizer/ctl:exitcode=99" \
	    UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 "$CTL" "$@"
}

# needs_root: for what only root does.
needs_root() {
	[ "$EUID" = 0 ] || skip 'only root does this'
	unshare --mount --propagation private true 2>/dev/null ||
	    skip 'mount namespaces are not allowed here'
}

# on_machine COMMAND...: with an /etc, a /var/lib and a /srv that only this test sees:
# $D/etc, $D/lib and $D/srv.
on_machine() {
	if [ ! -d "$D/etc" ]; then
		install -d -m 0755 "$D/etc" "$D/lib" "$D/srv"
		cp /etc/passwd /etc/group "$D/etc/"
	fi
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --propagation private sh -c 'set -e
		mount --bind "$1/etc" /etc
		mount --bind "$1/lib" /var/lib
		mount --bind "$1/srv" /srv
		shift
		exec "$@"' sh "$D" "$@"
}

root_init() {
	on_machine env ASAN_OPTIONS="log_path=$S/sanitizer/ctl:exitcode=99" \
	    "$CTL" init "$@"
}

# is MODE OWNER:GROUP FILE
is() {
	[ "$(stat -c '%a %U:%G' "$3")" = "$1 $2" ] ||
	    fail "$3: $(stat -c '%a %U:%G' "$3")"
}

# masked: standard input without what is random.
masked() {
	sed -E -e 's/(Verify token   )[a-z0-9]{24}$/\1TOKEN/' \
	    -e 's|/[A-Za-z0-9]{32}$|/RANDOM|' -e "s|$D|DIR|g" \
	    -e "s/$WORKER:$WORKER_GROUP/OWNER:GROUP/g"
}

# accepted FILE: the receiver finds nothing wrong with it.
accepted() {
	run --separate-stderr as_worker "$S/lib/hookline.fcgi" --check-config \
	    --config "$1"
	# shellcheck disable=SC2154 # run sets it
	echo "$output" "$stderr"
	[ "$status" = 0 ]
}

# answer METHOD URI [QUERY]: of a CGI process that has $conf.
answer() {
	as_worker env -i GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD="$1" \
	    REQUEST_URI="$2" QUERY_STRING="${3:-}" HOOKLINE_CONFIG="$conf" \
	    "$S/lib/hookline.fcgi" </dev/null | tail -n 1
}

# setting KEY FILE
setting() {
	sed -n "s/^[[:blank:]]*$1 = \"\(.*\)\"\$/\1/p" "$2"
}

#
# Root
#

@test "root: the transcript; owners and modes; the receiver takes it as it is" {
	needs_root
	WORKER=www-data WORKER_GROUP=www-data
	root_init --url https://hooks.example.com/webhook <<<"$SECRET" >"$D/said" 2>&1
	sed -E 's/(Verify token   )[a-z0-9]{24}$/\1TOKEN/' "$D/said" | diff - <(cat <<-'END'
		wrote  /etc/hookline/hookline.conf   root:www-data      0640
		made   /var/lib/hookline             www-data:www-data  0750

		In Meta's App Dashboard, Webhooks:
		  Callback URL   https://hooks.example.com/webhook
		  Verify token   TOKEN

		Next: set up the web server (man hookline), then  hookctl check
	END
	)
	is 755 root:root "$D/etc/hookline"
	is 640 root:www-data "$D/etc/hookline/hookline.conf"
	is 750 www-data:www-data "$D/lib/hookline"
	[ "$(ls -A "$D/etc/hookline")" = hookline.conf ]
	[ "$(setting directory "$D/etc/hookline/hookline.conf")" = /var/lib/hookline ]
	on_machine "$S/lib/hookline.fcgi" --check-config >"$D/check"
	grep -q '^checked as: *www-data (owner of /var/lib/hookline)$' "$D/check"
	run ! grep warning: "$D/check"
}

@test "root, in a folder, for another user" {
	needs_root
	root_init "$D/a/b" --user nobody <<<"$SECRET"
	is 755 root:root "$D/a/b"
	is "640" "root:$(id -gn nobody)" "$D/a/b/hookline.conf"
	is "750" "nobody:$(id -gn nobody)" "$D/a/b/journal"
	run -3 root_init "$D/c" --user no-such-user </dev/null
	[[ $output == 'hookctl: there is no user "no-such-user" in /etc/passwd' ]]
	[ ! -e "$D/c" ]
	sed -i '/^www-data:/d' "$D/etc/passwd"
	run -3 root_init "$D/c" </dev/null
	[[ $output == *'no user "www-data"'*'--user'* ]]
}

@test "a journal's folder that belongs to somebody else is refused, and left" {
	needs_root
	install -d -m 0700 -o nobody "$D/d/journal"
	run -3 root_init "$D/d" --user www-data <<<"$SECRET"
	[[ $output == "hookctl: $D/d/journal is there already and belongs to nobody, but hookline would run as www-data: "* ]]
	[ "$(ls -A "$D/d")" = journal ]
	is 700 "nobody:$(id -gn root)" "$D/d/journal"
	# The same user's is kept as it is.
	root_init "$D/d" --user nobody <<<"$SECRET" >"$D/said"
	grep -q "^kept   $D/d/journal  *nobody:root  *0700$" "$D/said"
}

@test "the examples of hookctl(1)" {
	local number
	needs_root
	for number in 1 2 3; do
		rm -rf "${D:?}/etc" "${D:?}/lib"
		display hookctl.1 EXAMPLES $number >"$D/example"
		grep -q '^hookctl init ' "$D/example"
		on_machine env PATH="$S/lib:$PATH" sh -e "$D/example" <<<"$SECRET"
	done
	grep -qx '	unsigned = "accept"' "$D/srv/hookline-audit/hookline.conf"
}

#
# An ordinary user
#

@test "an ordinary user: below the home, the caller's own" {
	own init <<<"$SECRET" >"$D/said"
	masked <"$D/said" | diff - <(cat <<-'END'
		wrote  DIR/home/.config/hookline/hookline.conf   OWNER:GROUP  0600
		made   DIR/home/.config/hookline/journal         OWNER:GROUP  0750

		In Meta's App Dashboard, Webhooks:
		  Callback URL   https://hooks.example.com/webhook
		                 (put your own host's name in place of hooks.example.com)
		  Verify token   TOKEN

		Next: set up the web server (man hookline), then  hookctl check
	END
	)
	is 700 "$WORKER:$WORKER_GROUP" "$D/home/.config/hookline"
	conf=$D/home/.config/hookline/hookline.conf
	accepted "$conf"
	[[ $output == *"directory:        $D/home/.config/hookline/journal"* ]]
	[[ $output != *warning* ]]
	run ! grep -q '^	callback_url' "$conf"
}

@test "what it has made receives: ready, verified, stored" {
	own init "$D/x/" --url https://h.example/in/here <<<'a "quoted\" secret' 2>"$D/err"
	conf=$D/x/hookline.conf journal=$D/x/journal live=$D/x/journal/notifications.jsonl
	grep -qF 'warning: endpoint /in/here: an app secret is not 32 hex digits' "$D/err"
	[ "$(answer GET /in/here)" = ready ]
	[ "$(answer GET /in/here "hub.mode=subscribe&hub.challenge=7&hub.verify_token=$(
	    setting verify_token "$conf")")" = 7 ]
	fresh "$D/body"
	SECRET='a "quoted\" secret' WEBHOOK=/in/here
	as_worker env -i REQUEST_METHOD=POST REQUEST_URI=/in/here \
	    GATEWAY_INTERFACE=CGI/1.1 CONTENT_LENGTH="$(stat -c %s "$D/body")" \
	    HOOKLINE_CONFIG="$conf" HTTP_X_HUB_SIGNATURE_256="$(sign "$D/body")" \
	    "$S/lib/hookline.fcgi" <"$D/body" | grep -qx ok
	[ "$(count_lines)" = 1 ]
}

@test "a folder: relative, with those above it; the next step names it" {
	cd "$D"
	own init ./one/two --url http://127.0.0.1:8080/webhook <<<"$SECRET" >"$D/said" 2>"$D/err"
	conf=$D/one/two/hookline.conf
	is 700 "$WORKER:$WORKER_GROUP" "$D/one/two"
	is 600 "$WORKER:$WORKER_GROUP" "$conf"
	is 750 "$WORKER:$WORKER_GROUP" "$D/one/two/journal"
	[ "$(setting directory "$conf")" = journal ]
	[ "$(setting callback_url "$conf")" = http://127.0.0.1:8080/webhook ]
	tail -n 3 "$D/said" | masked | diff - <(cat <<-'END'
		Next: set up the web server (man hookline), with
		  HOOKLINE_CONFIG=DIR/one/two/hookline.conf
		then  hookctl check --config DIR/one/two/hookline.conf
	END
	)
	grep -qx 'hookctl: warning: --url: Meta calls https addresses only; http is for tests' "$D/err"
	accepted "$conf"
	cd "$D/one/two"
	run -3 own init . </dev/null
	[[ $output == "hookctl: $D/one/two/hookline.conf is there already, and is left as it is" ]]
}

@test "without a secret: which line, 503 no-secret, and init names the line again" {
	local line
	own init "$D/x" </dev/null >"$D/said"
	conf=$D/x/hookline.conf
	line=$(sed -n 's/^The app secret is still empty: fill it in, in line \([0-9]*\) of$/\1/p' "$D/said")
	[ "$(sed -n "${line}p" "$conf")" = '	app_secret = ""' ]
	[ "$(answer GET /webhook)" = no-secret ]
	cp "$conf" "$D/before"
	run -3 own init "$D/x" <<<"$SECRET"
	echo "$output"
	[ "${lines[1]}" = "hookctl: fill in its line $line: $conf:$line: app_secret: is empty" ]
	cmp "$conf" "$D/before"
	# Nobody is asked in vain.
	{
		own init "$D/x" 2>/dev/null || [ $? = 3 ]
		[ "$(cat)" = unread ]
	} <<<unread
	sed -i "${line}s/\"\"/\"$SECRET\"/" "$conf"
	[ "$(answer GET /webhook)" = ready ]
	run -3 own init "$D/x" </dev/null
	[ "${#lines[@]}" = 1 ]
	# A link that leads nowhere is there, too.
	mkdir "$D/link"
	ln -s nowhere "$D/link/hookline.conf"
	chown "$WORKER" "$D/link"
	run -3 own init "$D/link" </dev/null
	[ "$(readlink "$D/link/hookline.conf")" = nowhere ]
}

@test "the secret is the first line, without blanks around it" {
	printf ' %s\t\r\nmore\n' "$SECRET" >"$D/in"
	{
		own init "$D/x" >/dev/null
		cat >"$D/rest"
	} <"$D/in"
	[ "$(setting app_secret "$D/x/hookline.conf")" = "$SECRET" ]
	[ "$(<"$D/rest")" = more ]
}

@test "a secret that no configuration can have: nothing is written" {
	run -3 own init "$D/x" < <(printf 'a\033[31m\n')
	[ "$output" = 'hookctl: the app secret contains a control character: nothing was written' ]
	run -3 own init "$D/x" < <(printf 'a\0b\n')
	[[ $output == *'control character'* ]]
	run -3 own init "$D/x" < <(printf '%0600d\n' 0)
	[[ $output == *'is longer than 512 bytes'* ]]
	run -3 own init "$D/x" <"$D"
	[[ $output == 'hookctl: standard input: '* ]]
	[ ! -e "$D/x" ]
}

# dialogue COMMAND: runs it in a terminal, by sh; what it shows is in $D/shown. Type
# with >&8. What is started in the background ignores Ctrl-C otherwise.
dialogue() {
	mkfifo "$D/typed"
	SHELL=/bin/sh env --default-signal script -qfec "$1" "$D/shown" <"$D/typed" >/dev/null 2>&1 3>&- &
	script_pid=$!
	exec 8>"$D/typed"
}

asked() {
	[ "$(grep -o 'not echoed' "$D/shown" | wc -l)" = "$1" ]
}

end_dialogue() {
	exec 8>&-
	wait "$script_pid"
}

@test "in a terminal the secret is asked for, and not shown" {
	dialogue "HOME='$D/home' '$CTL' init '$D/home/x'; stty -a"
	within 100 asked 1
	# Stopped and continued, it asks again.
	printf '\032' >&8
	within 100 asked 2
	printf '%s\n' "$SECRET" >&8
	end_dialogue
	[ "$(setting app_secret "$D/home/x/hookline.conf")" = "$SECRET" ]
	grep -qF 'App secret (App settings > Basic > Show; not echoed, empty = later): ' "$D/shown"
	run ! grep -qF "$SECRET" "$D/shown"
	grep -q ' echo ' "$D/shown"
}

@test "Ctrl-C at the question: nothing is made, and the terminal echoes again" {
	dialogue "trap : INT; HOME='$D/home' '$CTL' init '$D/home/x'; echo \"ended: \$?\"; stty -a"
	within 100 asked 1
	printf 'abc\003' >&8
	end_dialogue
	grep -q 'ended: 130' "$D/shown"
	grep -q ' echo ' "$D/shown"
	run ! grep -q abc "$D/shown"
	[ ! -e "$D/home/x" ]
}

@test "a file that appears during the question is not replaced" {
	install -d -o "$WORKER" "$D/x"
	dialogue "HOME='$D/home' '$CTL' init '$D/x'; echo \"ended: \$?\""
	within 100 asked 1
	echo '# mine' >"$D/x/hookline.conf"
	echo "$SECRET" >&8
	end_dialogue
	grep -q 'hookline.conf is there already, and is left as it is' "$D/shown"
	grep -q 'ended: 3' "$D/shown"
	[ "$(<"$D/x/hookline.conf")" = '# mine' ]
	[ "$(ls -A "$D/x")" = $'hookline.conf\njournal' ]
}

#
# Options
#

# refused URL PATTERN
refused() {
	run -2 own init "$D/x" --url "$1" </dev/null
	# shellcheck disable=SC2053 # a pattern
	[[ ${lines[0]} == "hookctl init: --url: "$2 ]] || fail "$output" || return
	[ ! -e "$D/x" ]
}

@test "URLs that can be called, and paths that an endpoint can have" {
	refused hooks.example.com '"hooks.example.com" must be an address such as *'
	refused ftp://h.example/ '*must be an address*'
	refused https://user:word@h.example/x '*must be an address*'
	refused 'https://h"x.example/' '*must be an address*'
	refused "https://h.example/$(printf %01000d 0)" '*at most 1000 bytes'
	refused 'https://h.example/in?a=1' 'no endpoint can have the path "/in?a=1": it must begin with / and *'
	refused 'https://h.example/a"b' 'no endpoint can have the path *'
	own init "$D/1" --url HTTPS://h.example <<<"$SECRET" >"$D/said"
	grep -qx '  Callback URL   https://h.example' "$D/said"
	grep -qx 'endpoint "/" {' "$D/1/hookline.conf"
	own init "$D/2" --url 'https://[::1]:8443/a%20b/' <<<"$SECRET" >"$D/said"
	grep -qx 'endpoint "/a%20b/" {' "$D/2/hookline.conf"
	[ "$(setting callback_url "$D/2/hookline.conf")" = 'https://[::1]:8443/a%20b/' ]
	accepted "$D/2/hookline.conf"
}

@test "--unsigned: a name, and a path that nobody can guess" {
	local path
	own init "$D/1" --unsigned --url https://h.example/audit </dev/null >"$D/said" 2>"$D/err"
	conf=$D/1/hookline.conf journal=$D/1/journal
	path=$(setting 'endpoint' <(sed 's/^endpoint \(.*\) {$/endpoint = \1/' "$conf"))
	[[ $path =~ ^/audit/[A-Za-z0-9]{32}$ ]]
	grep -qx "  Callback URL   https://h.example$path" "$D/said"
	[ "$(setting callback_url "$conf")" = "https://h.example$path" ]
	[ "$(setting name "$conf")" = unsigned ]
	grep -q 'warning: .*access log' "$D/err"
	run ! grep -q 'still empty' "$D/said"
	accepted "$conf"
	[ "$(answer GET "$path")" = ready ]
	fresh "$D/body"
	as_worker env -i REQUEST_METHOD=POST REQUEST_URI="$path" \
	    GATEWAY_INTERFACE=CGI/1.1 CONTENT_LENGTH="$(stat -c %s "$D/body")" \
	    HOOKLINE_CONFIG="$conf" "$S/lib/hookline.fcgi" <"$D/body" | grep -qx ok
	# Without a URL, with a secret, and where the path is hard to guess already.
	own init "$D/2" --unsigned <<<"$SECRET" >"$D/said" 2>&1
	grep -qE 'https://hooks.example.com/webhook/[A-Za-z0-9]{32}$' "$D/said"
	[ "$(setting app_secret "$D/2/hookline.conf")" = "$SECRET" ]
	accepted "$D/2/hookline.conf"
	own init "$D/3" --unsigned --url "https://h.example$path/x" </dev/null >"$D/said" 2>&1
	grep -qx "  Callback URL   https://h.example$path/x" "$D/said"
}

@test "--secret-file: it is named, and nobody is asked" {
	install -m 0600 -o "$WORKER" /dev/stdin "$D/home/secret" <<<"$SECRET"
	cd "$D/home"
	{
		own init "$D/1" --secret-file secret >"$D/said" 2>"$D/err"
		cat >"$D/rest"
	} <<<'not read'
	[ "$(<"$D/rest")" = 'not read' ]
	[ "$(setting app_secret_file "$D/1/hookline.conf")" = "$D/home/secret" ]
	[ ! -s "$D/err" ]
	accepted "$D/1/hookline.conf"
	# One that is not there yet is warned of.
	own init "$D/2" --secret-file /no/such <<<'' 2>"$D/err"
	[ "$(setting app_secret_file "$D/2/hookline.conf")" = /no/such ]
	grep -q "^hookctl: warning: $D/2/hookline.conf:[0-9]*: app_secret_file: /no/such: " "$D/err"
	run -2 own init "$D/3" --secret-file $'a\nb' </dev/null
	[[ $output == *'--secret-file: "a\u000ab" must be a path'* ]]
}

@test "what is in comments can be used as it is" {
	own init "$D/x" <<<"$SECRET" >/dev/null
	[ "$(grep -cE '^\s*# [a-z_]+ = ' "$D/x/hookline.conf")" = 4 ]
	sed -i -E 's/^(\s*)# ([a-z_]+ = )/\1\2/' "$D/x/hookline.conf"
	chmod 0600 "$D/x/hookline.conf"
	chown "$WORKER" "$D/x/hookline.conf"
	accepted "$D/x/hookline.conf"
	[[ $output == *'days kept:        90'* ]]
}

@test "what cannot be: status 3, with the reason" {
	run -3 own init --user root </dev/null
	if [ "$(id -un)" != root ] || [ "$WORKER" != root ]; then
		[ "$output" = 'hookctl: --user: only root can make files for root' ]
	fi
	rm -rf "${D:?}/home"
	run -3 own init </dev/null
	[[ $output == "hookctl: there is no home folder \"$D/home\", which HOME should name: "* ]]
	mkdir -m 0555 "$D/closed"
	: >"$D/file"
	chown "$WORKER" "$D/closed" "$D/file"
	run -3 own init "$D/closed/a/b" </dev/null
	[ "$output" = "hookctl: cannot make $D/closed/a/b: $D/closed: Permission denied" ]
	run -3 own init "$D/closed" </dev/null
	[ "$output" = "hookctl: cannot write to $D/closed: Permission denied" ]
	run -3 own init "$D/file" </dev/null
	[ "$output" = "hookctl: cannot write to $D/file: Not a directory" ]
	install -d -o "$WORKER" "$D/x"
	install -o "$WORKER" /dev/null "$D/x/journal"
	run -3 own init "$D/x" </dev/null
	[[ $output == "hookctl: $D/x/journal is where the journal's folder should be, and is none"* ]]
	rm "$D/x/journal"
	install -d -m 0777 -o "$WORKER" "$D/x/journal"
	run -3 own init "$D/x" </dev/null
	[[ $output == "hookctl: $D/x/journal is writable by everybody: "* ]]
	[ "$(ls -A "$D/x")" = journal ]
}

@test "of several at the same time one makes it, and it is whole" {
	local number
	for number in 1 2 3 4; do
		own init "$D/x" --url "https://h.example/$number" <<<"$SECRET" \
		    >"$D/said.$number" 2>&1 3>&- && echo made || echo "status $?"
	done >"$D/results" &
	for number in 5 6 7 8; do
		own init "$D/x" --url "https://h.example/$number" <<<"$SECRET" \
		    >"$D/said.$number" 2>&1 3>&- && echo made || echo "status $?"
	done >"$D/results2"
	wait
	[ "$(sort "$D/results" "$D/results2" | uniq -c | tr -s ' ')" = $' 1 made\n 7 status 3' ]
	[ "$(ls -A "$D/x")" = $'hookline.conf\njournal' ]
	accepted "$D/x/hookline.conf"
}

@test "words that are wrong: status 2" {
	run -2 own init a b
	[[ ${lines[0]} == 'hookctl init: "b" is one word too many' ]]
	run -2 own init --secret x
	[[ ${lines[0]} == 'hookctl init: there is no option --secret' ]]
	run -2 own init --url
	[[ ${lines[0]} == 'hookctl init: --url needs a value: URL' ]]
	own init --help >"$D/said"
	grep -q '^usage: hookctl init \[options\] \[DIR\]$' "$D/said"
}

@test "values with a dollar and a brace are written so that hookline takes them" {
	# shellcheck disable=SC2016 # it must not expand
	own init "$D/x" --url 'https://h.example/${x}' <<<'a${b}' >"$D/said"
	accepted "$D/x/hookline.conf"
	grep -qF "app_secret = 'a\${b}'" "$D/x/hookline.conf"
}

@test "a journal that is a link to nothing, and a folder without a name" {
	as_worker mkdir "$D/x"
	as_worker ln -s /nowhere/at/all "$D/x/journal"
	run -3 own init "$D/x" <<<"$SECRET"
	[[ $output == "hookctl: $D/x/journal is a link to something that is not there"* ]]
	[ "$(ls -A "$D/x")" = journal ]
	run -2 own init ''
	[[ ${lines[0]} == "hookctl init: the folder's name is empty" ]]
}
