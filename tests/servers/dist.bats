#!/usr/bin/env bats
# dist.bats: the archives of `make dist`, installed as INSTALL.txt says, by somebody
# who has a control panel but neither a shell nor root, at a host with suEXEC. Paths,
# addresses and commands are taken from INSTALL.txt. There is one archive for each of
# $ARCHES; qemu runs the one for a processor other than this machine's, see
# other-processor.bats.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"
# shellcheck source=tests/servers/lib/shared-hosting.bash
source "$HELPERS/shared-hosting.bash"

SETUP=shared-hosting
query="hub.mode=subscribe&hub.challenge=77&hub.verify_token"

arches=${ARCHES:-amd64 arm64}

make_dist() {
	make -s --no-print-directory -C "$ROOT" ARCHES="$arches" dist
}

# archive_for ARCH
archive_for() {
	ls -t "$ROOT"/build/hookline-*-"$1".tar.gz | head -n 1
}

setup_file() {
	make_dist >&2
	archive=$(archive_for "$(dpkg --print-architecture)")
	export archive
	unpacked=$(mktemp -d "${TMPDIR:-/tmp}/hookline-dist.XXXXXX")
	export unpacked
	tar -xpzf "$archive" -C "$unpacked"
	lack=$(no_hosting)
	export lack
	if [ -z "$lack" ]; then
		hosting_new "$unpacked/hookline/web/hookline.fcgi"
		home_new
		share
	fi
}

setup() {
	install=$unpacked/hookline/INSTALL.txt
	TARGET=$(callback)
	if [ -z "$lack" ]; then
		hosting_use "$SCRATCH"
	fi
}

teardown_file() {
	rm -rf "${unpacked:?}"
	end_shared stop_hosting
}

# The path of the callback URL that INSTALL.txt says to enter.
callback() {
	sed -n 's|^ *Callback URL *https://hooks.example.com\(/[^ ]*\)$|\1|p' \
	    "$unpacked/hookline/INSTALL.txt"
}

# The customer has extracted the archive in the home folder.
needs_host() {
	if [ -n "$lack" ]; then
		skip "$lack"
	fi
	home_new
	# shellcheck disable=SC2002 # root reads it, not the customer
	cat "$archive" | as_customer tar -xzf - -C "$home"
}

fill_in() {
	as_customer sed -i -e "s/\\(verify_token = \\)\"\"/\\1\"$TOKEN\"/" \
	    -e "s/\\(app_secret = \\)\"\"/\\1\"$SECRET\"/" \
	    "$home/hookline/hookline.conf"
}

copy_web() {
	as_customer cp -R "$home/hookline/web" "$site/hookline"
}

@test "the archive: one folder, these files, these modes" {
	local arch file
	for arch in $arches; do
		file=$(archive_for "$arch")
		tar -tvzf "$file" | awk '{ print $1, $2, $NF }' >"$unpacked/list"
		diff - "$unpacked/list" <<-'END'
			drwx------ 0/0 hookline/
			-rw-r--r-- 0/0 hookline/INSTALL.txt
			drwxr-xr-x 0/0 hookline/bin/
			-rwxr-xr-x 0/0 hookline/bin/hookctl
			drwxr-xr-x 0/0 hookline/cgi-bin/
			-rwxr-xr-x 0/0 hookline/cgi-bin/hookline.cgi
			-rw------- 0/0 hookline/hookline.conf
			drwxr-xr-x 0/0 hookline/inbox/
			-rw-r--r-- 0/0 hookline/inbox/.htaccess
			-rwxr-xr-x 0/0 hookline/inbox/hookline-inbox.fcgi
			drwxr-xr-x 0/0 hookline/web/
			-rw-r--r-- 0/0 hookline/web/.htaccess
			-rwxr-xr-x 0/0 hookline/web/hookline.fcgi
		END
		[[ ${file##*/} =~ ^hookline-[0-9.]+-[a-z0-9_]+\.tar\.gz$ ]]
	done
	[ "$(grep -cE '^[[:blank:]]*(verify_token|app_secret) = ""$' \
	    "$unpacked/hookline/hookline.conf")" = 2 ]
	cmp "$unpacked/hookline/web/.htaccess" "$ROOT/apache-conf/hookline.htaccess"
	cmp "$unpacked/hookline/inbox/.htaccess" \
	    "$ROOT/apache-conf/hookline-inbox.htaccess"
}

@test "the same sources give the same bytes" {
	local arch
	first() {
		for arch in $arches; do
			"$@" "$(archive_for "$arch")" "$unpacked/first.$arch"
		done
	}
	first cp
	(umask 077; TZ=Asia/Tokyo LC_ALL=C.UTF-8 make_dist)
	first cmp
	SOURCE_DATE_EPOCH=1000000000 make_dist
	[ "$(tar -tvzf "$archive" | awk '{ print $4 }' | sort -u)" = 2001-09-09 ]
	make_dist
	first cmp
}

@test "the programs need no library and no loader" {
	local arch name
	declare -A machines=([amd64]=X86-64 [arm64]=AArch64)
	for arch in $arches; do
	    for name in web/hookline.fcgi inbox/hookline-inbox.fcgi bin/hookctl; do
		tar -xOzf "$(archive_for "$arch")" "hookline/$name" \
		    >"$unpacked/program"
		readelf -hldW "$unpacked/program" >"$unpacked/elf"
		grep -qE "Machine: .*${machines[$arch]}$" "$unpacked/elf"
		run ! grep -qE 'NEEDED|INTERP' "$unpacked/elf"
		grep -q 'GNU_RELRO' "$unpacked/elf"
		grep -qE 'GNU_STACK .* RW ' "$unpacked/elf"
	    done
	done
}

@test "the program uses the jump protection of its processor" {
	local object=lib/base/io.o own
	declare -A built=([amd64]=x86_64 [arm64]=aarch64)
	declare -A says=([amd64]='x86 feature: IBT, SHSTK' [arm64]='AArch64 feature: BTI, PAC')
	for arch in $arches; do
		own=$ROOT/build/static-${built[$arch]}
		[ -d "$own" ] || own=$ROOT/build/static
		readelf -nW "$own/$object" | grep -qF "${says[$arch]}"
	done
}

@test "INSTALL.txt fits on one page, and has every reason for a 503" {
	local word
	[ "$(wc -l <"$install")" -le 97 ]
	run ! grep -qE '.{91}' "$install"
	run ! LC_ALL=C grep -q '[^ -~]' "$install"
	for word in no-config bad-config unsafe-config no-secret not-writable \
	    disk-full; do
		grep -qE "^503 $word " "$install"
		grep -qr "\"$word\"" "$ROOT/lib"
	done
	for word in cPanel Plesk DirectAdmin ModSecurity 301 500 downloaded \
	    subdomain; do
		grep -q "$word" "$install"
	done
}

@test "step by step: it is ready, verifies, and writes a line for the notification" {
	needs_host
	[ "$TARGET" = /hookline/events ]
	for file in $(grep -oE '^ {8}hookline/[a-z./]+' "$install"); do
		[ -e "$home/$file" ]	# 1
	done
	copy_web
	ask "$TARGET"
	answered 503 no-secret
	ask "$TARGET?$query=$TOKEN"
	answered 503 unavailable
	fill_in				# 2; 3 was copy_web
	[ "$(ls -A "$site/hookline")" = $'.htaccess\nhookline.fcgi' ]
	ask "$TARGET"			# 4
	answered 200 ready
	ask "$TARGET?$query=$TOKEN"	# 5
	echoed 77
	before=$(count_lines)
	fresh "$S/body"
	post "$S/body"
	answered 200 ok
	stored "$S/body" '"page"' "$(sign "$S/body")" '\*'
	added 1
	[ "$live" = "$home/$(grep -oE 'hookline/journal/[a-z]+\.jsonl' "$install" |
	    head -n 1)" ]
}

@test "the inbox: not-protected until the panel sets a password, and Meta gets no 401" {
	local page
	needs_host
	copy_web
	fill_in
	fresh "$S/body"
	post "$S/body"
	answered 200 ok
	page=$(grep -oE 'https://hooks.example.com/[a-z-]*inbox/' "$install")
	page=${page#https://hooks.example.com}
	as_customer cp -R "$home/hookline/inbox" "$site/${page//\//}"
	ask "$page"
	[ "$STATUS $(head -n 1 "$S/answer.body")" = '403 not-protected' ]
	panel_protects "$site/${page//\//}"
	ask "$page"
	[ "$STATUS" = 401 ]
	ask "$page?get=payload&seq=1" -H "Authorization: Basic $PANEL_LOGIN"
	cmp "$S/body" "$S/answer.body"
	ask "$TARGET"
	answered 200 ready
}

# cron NUMBER: one of the cron jobs, as it is typed into the panel.
cron() {
	perl -0777 -ne 'my @jobs = /^ {8}("\$HOME.*(?:\n {12}.*)*)/mg;
		print $jobs['"$(($1 - 1))"'] =~ s/\n +/ /gr' "$install"
}

@test "the cron job that writes what is wrong" {
	local line out
	needs_host
	out=$home/hookline/check.txt
	line=$(cron 1)
	[[ $line == *'/hookctl" check '* ]]
	run -1 as_customer sh -c "$line"
	grep -qE 'hookline.conf:[0-9]+: verify_token: is empty' "$out"
	fill_in
	as_customer sh -c "$line"
	grep -qE "^ *configuration +ok +$home/hookline/hookline.conf," "$out"
	echo 'no_such_key = 1' >>"$home/hookline/hookline.conf"
	run -1 as_customer sh -c "$line"
	grep -qE 'hookline.conf:[0-9]+' "$out"
	run ! grep -qF -e "$SECRET" -e "$TOKEN" "$out"
}

@test "the cron job that sends on" {
	local line
	needs_host
	copy_web
	fill_in
	line=$(cron 2)
	[[ $line == *'/hookctl" tail --cursor-file '* ]]
	# Where a host has curl, this one only writes down what it is to send.
	install -D -m 0755 /dev/stdin "$S/bin/curl" <<-'END'
		#!/bin/sh
		{ echo "$*"; cat; echo; } >>"$HOME/sent"
	END
	fresh "$S/first" first
	post "$S/first"
	answered 200 ok
	as_customer env PATH="$S/bin:$PATH" sh -c "$line"
	fresh "$S/second" second
	post "$S/second"
	answered 200 ok
	as_customer env PATH="$S/bin:$PATH" sh -c "$line"
	as_customer env PATH="$S/bin:$PATH" sh -c "$line"
	for file in first second; do
		echo "-fsS -H X-Hub-Signature-256: $(sign "$S/$file") --data-binary @- https://your.program/webhook"
		cat "$S/$file"
		echo
	done | diff - "$home/sent"
	run ! grep . "$home/hookline/sent.txt"
}

@test "a separate site in the home, as for a subdomain or in Plesk" {
	local name
	needs_host
	fill_in
	for name in httpdocs hooks.example.com domains/example.com/public_html; do
		rm -rf "$site" "$home/domains" "$home/hookline/journal"
		as_customer install -d -m 0755 "$home/$name"
		as_customer cp -R "$home/hookline/web" "$home/$name/hookline"
		as_customer ln -s "$name" "$site"
		as_customer env REQUEST_METHOD=GET REQUEST_URI="$TARGET" \
		    DOCUMENT_ROOT="$home/$name" \
		    "$home/$name/hookline/hookline.fcgi" >"$S/cgi"
		tail -n 1 "$S/cgi" | grep -qx ready || fail "in $name"
	done
}

@test "the archive in private/, if the top of the home is closed" {
	needs_host
	grep -qE ' in private/ or priv/,' "$install"
	fill_in
	as_customer install -d -m 0700 "$home/private"
	as_customer mv "$home/hookline" "$home/private/"
	chown root:root "$home"
	as_customer cp -R "$home/private/hookline/web" "$site/hookline"
	ask "$TARGET?$query=$TOKEN"
	echoed 77
	fresh "$S/body"
	post "$S/body"
	answered 200 ok
	[ -s "$home/private/hookline/journal/notifications.jsonl" ]
}

@test "the starter in cgi-bin, filled in as it asks" {
	local starter
	needs_host
	fill_in
	starter=$(grep -oE 'hookline/cgi-bin/[a-z.]+' "$install" | head -n 1)
	as_customer install -d -m 0755 "$home/cgi-bin"
	as_customer cp "$home/$starter" "$home/cgi-bin/"
	[ "$(grep -vc '^#' "$home/$starter")" = 2 ]
	[ "$(grep -v '^#' "$home/$starter" | grep -o '/home/you/' | wc -l)" = 2 ]
	as_customer sed -i "/^#/!s|/home/you|$home|" "$home/cgi-bin/${starter##*/}"
	TARGET=$(sed -n 's|.*https://your.site\(/[a-z./-]*\) .*|\1|p' "$home/$starter")
	before=$(count_lines)
	ask "$TARGET?$query=$TOKEN"
	echoed 77
	fresh "$S/body"
	post "$S/body"
	answered 200 ok
	added 1
}

@test "a back-up that is restored as it says; and the line for NFS" {
	local line
	needs_host
	fill_in
	copy_web
	before=$(count_lines)
	fresh "$S/first" first
	post "$S/first"
	answered 200 ok
	as_customer cp -R "$journal" "$journal.new"
	as_customer rm -r "$journal.new/.state"
	fresh "$S/body" lost
	post "$S/body"
	answered 200 ok
	as_customer mv "$journal" "$journal.old"
	as_customer mv "$journal.new" "$journal"
	post "$S/first"
	answered 200 ok
	added 1
	line=$(sed -n 's/.*hookline.conf: \(nfs = .*\)/\1/p' "$install")
	[ -n "$line" ]
	as_customer sh -c "echo '$line' >>'$conf'"
	fresh "$S/body" after
	post "$S/body"
	answered 200 ok
	added 2
	[ "$(tail -n 1 "$live" | jq .seq)" = 2 ]
}

@test "in an empty chroot" {
	if [ "$(id -u)" != 0 ]; then
		skip 'chroot needs root'
	fi
	in_jail "$unpacked/hookline/web/hookline.fcgi"
}

@test "in an empty chroot: the program for the other processor" {
	local qemu arch program=$unpacked/other.fcgi
	if [ "$(id -u)" != 0 ]; then
		skip 'chroot needs root'
	fi
	for arch in $arches; do
		[ "$arch" != "$(dpkg --print-architecture)" ] || continue
		qemu=$(command -v "$(qemu_for "$arch")")
		tar -xOzf "$(archive_for "$arch")" hookline/web/hookline.fcgi >"$program"
		install -D -m 0755 "$qemu" "$unpacked/jail/qemu"
		in_jail "$program" /qemu
	done
}

# in_jail PROGRAM [COMMAND]: runs the program there, by the COMMAND in the jail if
# given.
in_jail() {
	local jail=$unpacked/jail body='{"object":"page","entry":[]}' by=${2:-} mac
	rm -rf "$jail/hookline"
	install -d -m 0755 "$unpacked" "$jail" "$jail/site"
	install -d -m 0700 -o "$CUSTOMER" -g "$CUSTOMER" "$jail/hookline"
	install -m 0755 "$1" "$jail/site/hookline.fcgi"
	sed -e "s/token = \"\"/token = \"$TOKEN\"/" \
	    -e "s/secret = \"\"/secret = \"$SECRET\"/" \
	    "$unpacked/hookline/hookline.conf" >"$jail/hookline/hookline.conf"
	chmod 0600 "$jail/hookline/hookline.conf"
	chown "$CUSTOMER:$CUSTOMER" "$jail/hookline/hookline.conf"
	jailed() {
		# shellcheck disable=SC2086 # options, which may be none
		env -i "${@:2}" /usr/sbin/chroot --userspec=$CUSTOMER:$CUSTOMER "$jail" \
		    $by /site/hookline.fcgi $1
	}
	jailed --version | grep -qE '^hookline [0-9]'
	jailed '--check-config --config /hookline/hookline.conf' >"$jail/said"
	cgi=(GATEWAY_INTERFACE=CGI/1.1 SCRIPT_FILENAME=/site/hookline.fcgi
	    DOCUMENT_ROOT=/site REQUEST_URI=/x)
	jailed '' "${cgi[@]}" REQUEST_METHOD=GET \
	    QUERY_STRING="$query=$TOKEN" >"$jail/said"
	[ "$(tail -n 1 "$jail/said")" = 77 ]
	mac=$(printf %s "$body" | openssl dgst -r -sha256 -hmac "$SECRET")
	printf %s "$body" | jailed '' "${cgi[@]}" REQUEST_METHOD=POST \
	    CONTENT_LENGTH=${#body} \
	    HTTP_X_HUB_SIGNATURE_256="sha256=${mac%% *}" >"$jail/said"
	[ "$(tail -n 1 "$jail/said")" = ok ]
	[ "$(grep -cF "\"payload\":$body}" \
	    "$jail/hookline/journal/notifications.jsonl")" = 1 ]
}
