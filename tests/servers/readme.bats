#!/usr/bin/env bats
# readme.bats: README.md as a new user meets it. Its blocks are run unchanged, in the
# order of the text, on a machine that may be changed.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"
# shellcheck source=tests/servers/lib/machine.bash
source "$HELPERS/machine.bash"
# shellcheck source=tests/servers/lib/texts.bash
source "$HELPERS/texts.bash"

SETUP=lighttpd-fastcgi
README=${README:-$ROOT/README.md}
FIXTURES=$ROOT/tests/fixtures/payloads
PATH=$PATH:/usr/sbin:/sbin

setup_file() {
	lack=$(no_machine)
	export lack
}

teardown() {
	if [ -n "${S:-}" ]; then
		stop_server
		rm -rf "$S"
	fi
	if [ -n "${M:-}" ]; then
		if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
			inside sh -c 'tail -n 30 /var/log/apache2/error.log \
			    /var/log/lighttpd/* /var/log/nginx/error.log "$M"/log' || :
		fi
		machine_end
	fi
}

# blocks: prints "HEADING/NUMBER" for each fenced block.
blocks() {
	awk '!inside && /^#/ { name = $0; sub(/^#+ /, "", name) }
		/^```/ {
			inside = !inside
			if (inside)
				print name "/" ++count[name]
		}' "$README"
}

#
# The text
#

@test "README has at most 284 lines, which a terminal can show" {
	[ "$(wc -l <"$README")" -le 284 ]
	# Links are longer than what is seen of them.
	run ! grep -nE '^.{121}' <(sed -E 's/\]\([^)]*\)/]/g' "$README")
}

@test "every file that README names exists" {
	local file files
	files=$({
		grep -oE '\]\([^)]+\)' "$README" | sed 's/^](//; s/)$//'
		grep -oE '(apache-conf|lighttpd-conf|cgi|tests)/[A-Za-z0-9_./-]+[A-Za-z0-9]' \
		    "$README"
	} | sort -u)
	[ "$(wc -l <<<"$files")" -ge 15 ]
	for file in $files; do
		[ -f "$ROOT/$file" ] || fail "there is no $file" || return
	done
}

# A new block needs a test here.
@test "every block has a test" {
	diff <(blocks) - <<-'END'
		hookline/1
		See it work/1
		Install/1
		Apache/1
		Apache/2
		lighttpd/1
		lighttpd/2
		nginx/1
		nginx/2
		Check that it works/1
		Read the lines/1
		One machine, or more/1
	END
	# tests/lib/fresh tests this one.
	diff <(block "$README" 'See it work') <("$ROOT/tests/lib/fresh" --commands)
}

@test "the picture has at most 80 columns, and only what can be typed" {
	block "$README" 'One machine, or more' >"$BATS_TEST_TMPDIR/picture"
	run ! grep -nE '^.{81}|[^ -~]|	' "$BATS_TEST_TMPDIR/picture"
}

@test "the packages for building are those of tests/lib/need" {
	diff <(block "$README" Install | sed -n 's/.*apt-get install -y //p' | xargs -n 1 |
	    grep -vx curl | sort) \
	    <(sed -n "/^build='/,/'$/p" "$ROOT/tests/lib/need" |
	    sed "s/^build=//; s/'//g" | xargs -n 1 |
	    grep -vxE 'lighttpd|curl' | sort)
}

#
# Behind each server
#

# Stands in for programs that need a network, or a system that has booted.
stand_ins() {
	# Each package is installed already, or is itself a stand-in. Debian starts
	# the servers.
	stand_in apt-get <<-'END'
		#!/bin/bash
		case "$1 $2" in
		'update ') exit ;;
		'install -y') shift 2 ;;
		*) echo "apt-get: unexpected: $*" >&2; exit 100 ;;
		esac
		for package; do
			[ -e "$M/bin/$package" ] ||
			    dpkg-query -W -f '${db:Status-Status}\n' "$package" |
			    grep -qx installed || exit 100
			case $package in
			apache2 | lighttpd) "/etc/init.d/$package" start ;;
			nginx-light) /etc/init.d/nginx start ;;
			esac
		done
	END
	# Debian's init scripts do the same with the same servers, and as-systemd
	# does what the installed units say.
	stand_in systemctl <<-'END'
		#!/bin/bash
		units=/usr/local/lib/systemd/system
		case $* in
		'reload '* | 'restart '*) exec "/etc/init.d/$2" "$1" ;;
		daemon-reload) exec test -e $units/hookline.socket ;;
		'enable --now hookline.socket')
			install -d /run/hookline
			"$ROOT/tests/servers/lib/as-systemd" $units/hookline.socket \
			    $units/hookline.service </dev/null >/var/log/units 2>&1 &
			echo $! >/run/units.pid
			until [ -S /run/hookline/hookline.sock ] ||
			    ! kill -0 $!; do
				sleep 0.1
			done
			;;
		'disable --now hookline.socket') kill "$(cat /run/units.pid)" ;;
		*) echo "systemctl: unexpected: $*" >&2; exit 1 ;;
		esac
	END
	stand_in journalctl <<-'END'
		#!/bin/sh
		[ "$*" = '-u hookline' ] && cat /var/log/units
	END
	# The file that Let's Encrypt asks for must be served. Then the certificate
	# is written, from an authority that curl trusts, and the hook is run.
	stand_in certbot <<-'END'
		#!/bin/bash
		set -euo pipefail
		[ "$1" = certonly ]
		shift
		options=$(getopt -a -o nw:d: -l webroot,agree-tos,deploy-hook: \
		    -l register-unsafely-without-email -- "$@")
		# Without these options it would ask, and take the next line for the
		# answer.
		[[ $options == *-n* && $options == *--agree-tos* &&
		    $options == *--register-unsafely-without-email* ]]
		eval "set -- $options"
		while [ "$1" != -- ]; do
			case $1 in
			-w) root=$2; shift ;;
			-d) name=$2; shift ;;
			--deploy-hook) hook=$2; shift ;;
			esac
			shift
		done
		install -D -m 0644 /dev/stdin "$root/.well-known/acme-challenge/x" <<<proof
		[ "$(curl -sSf "http://$name/.well-known/acme-challenge/x")" = proof ]
		live=/etc/letsencrypt/live/$name
		mkdir -p "$live"
		chmod 0700 /etc/letsencrypt/live
		openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=Test authority" \
		    -keyout /root/ca.key -out /root/ca.pem 2>/dev/null
		cat /root/ca.pem >>/etc/ssl/certs/ca-certificates.crt
		openssl req -newkey rsa:2048 -nodes -subj "/CN=$name" \
		    -keyout "$live/privkey.pem" -out /root/csr 2>/dev/null
		openssl x509 -req -in /root/csr -CA /root/ca.pem -CAkey /root/ca.key \
		    -CAcreateserial -days 90 -out "$live/fullchain.pem" \
		    -extfile <(echo "subjectAltName=DNS:$name") 2>/dev/null
		eval "$hook"
	END
	inside sh -c 'echo 127.0.0.1 hooks.example.com >>/etc/hosts'
}

# follow HEADING [NUMBER]: runs the block unchanged, in a shell that knows $host.
follow() {
	local commands
	commands=$(block "$README" "$@")
	inside bash -euo pipefail -c "$(block "$README" Install | grep '^host=')
$commands"
}

# follow_inline COMMAND: runs a command from the middle of a sentence.
follow_inline() {
	grep -qF "\`$1\`" "$README" || fail "the README has no $1" || return
	inside bash -euo pipefail -c "$(block "$README" Install | grep '^host=')
$1"
}

# works SEQ: what follows the servers' sections, once for each. The sample gets this seq.
works() {
	follow 'Check that it works' >"$M/output" 2>&1
	grep -qx 'https://hooks.example.com/webhook' "$M/output"
	run ! grep -E '^ .* FAILURE ' "$M/output"
	tail -n 1 "$M/output" | jq -r '[.seq, .endpoint, .object] | @tsv' |
	    diff - <(printf '%s\t/webhook\twhatsapp_business_account\n' "$1")
}

# No server may refuse a notification as large as Meta's largest.
takes_large() {
	# shellcheck disable=SC2016 # the inner shell expands it
	inside bash -euo pipefail -c '
		conf=/etc/hookline/hookline.conf
		secret=$(sed -n "s/.*app_secret *= *\"\(.*\)\".*/\1/p" $conf)
		{
			printf "{\"object\":\"page\",\"entry\":[\""
			head -c 3145728 /dev/zero | tr "\0" x
			printf "\"]}"
		} >/root/body
		mac=$(openssl dgst -r -sha256 -hmac "$secret" /root/body)
		curl -sS -H "Host: hooks.example.com" --data-binary @/root/body \
		    -H "X-Hub-Signature-256: sha256=${mac%% *}" \
		    http://127.0.0.1/webhook' | diff - <(echo ok)
}

# over_https: with a certificate.
over_https() {
	follow "$1" 2
	# shellcheck disable=SC2016 # the inner shell expands it
	follow_inline 'curl "https://$host/webhook"' | diff - <(echo ready)
	works 2
}

# behind SERVER: follows the sections that lead there, from scratch.
behind() {
	machine_new
	stand_ins
	follow Install <<<"$SECRET" 2>&1 | tee "$M/install"
	grep -q '^wrote  /etc/hookline/hookline.conf  *root:www-data  *0640$' "$M/install"
	grep -q '^made   /var/lib/hookline  *www-data:www-data  *0750$' "$M/install"
	grep -q '^  Callback URL  *https://hooks.example.com/webhook$' "$M/install"
	run ! grep warning: "$M/install"
	follow "$1"
	takes_large
	over_https "$1"
}

# uninstall SERVER COMMAND: does what "Running it" says. Only what the user would
# miss is left.
uninstall() {
	follow_inline "$2"
	inside systemctl restart "$1"
	follow_inline 'make uninstall'
	[ "$(inside curl -s -o /dev/null -w '%{http_code}' \
	    -H 'Host: hooks.example.com' http://127.0.0.1/webhook)" = 404 ]
	inside sh -c '! find /usr/local/ -path "*hook[cl]*" | grep .'
	inside test -s /var/lib/hookline/notifications.jsonl
	inside test -s /etc/hookline/hookline.conf
}

# logs_refusals FILE: the README's table names this as the file with hookline's log.
logs_refusals() {
	grep -qE "^\|.*\`$1\`" "$README"
	inside curl -s -d x -H 'Host: hooks.example.com' \
	    http://127.0.0.1/webhook | diff - <(echo unauthorized)
	inside tail -n 1 "$1" | grep -q 'event=rejected reason=signature-missing'
}

@test "Apache: from nothing to a stored notification, by copy and paste" {
	[ -z "$lack" ] || skip "$lack"
	behind Apache
	logs_refusals /var/log/apache2/error.log
	uninstall apache2 'a2disconf hookline'
}

@test "lighttpd: from nothing to a stored notification, by copy and paste" {
	[ -z "$lack" ] || skip "$lack"
	behind lighttpd
	logs_refusals /var/log/lighttpd/hookline
	# This is what Debian's logrotate does once a week.
	inside sh -c 'for log in /var/log/lighttpd/*.log; do mv "$log" "$log.1"; done
	    /etc/init.d/lighttpd reopen-logs'
	logs_refusals /var/log/lighttpd/hookline
	uninstall lighttpd 'lighty-disable-mod hookline'
}

@test "nginx: from nothing to a stored notification, by copy and paste" {
	[ -z "$lack" ] || skip "$lack"
	behind nginx
	inside curl -s -d x -H 'Host: hooks.example.com' http://127.0.0.1/webhook
	follow_inline 'journalctl -u hookline' |
	    grep -q 'event=rejected reason=signature-missing'
	uninstall nginx \
	    'systemctl disable --now hookline.socket && rm /etc/nginx/conf.d/hookline.conf'
}

#
# The lines of the journal
#

# masked: prints a line, as shown in the README or as written, without the parts that
# differ.
masked() {
	jq -c . | sed -E -e 's/"(seq|received_at)":[^,]*/"\1":0/g' \
	    -e 's/"id":"(<sha256 of the body>|[0-9a-f]{64})"/"id":"H"/' \
	    -e 's/sha256=(<hex>|[0-9a-f]{64})/sha256=H/'
}

@test "the line at the beginning of README is what is written" {
	scratch_new "$SHIPPED"
	standard_config | configure
	start_server
	block "$README" hookline | tr -d '\n' >"$S/shown"
	jq -cj .payload "$S/shown" >"$S/body"
	post_stored "$S/body" '"page"'
	diff <(masked <"$S/shown") <(masked <"$live")
}

# read_lines: runs the commands of "Read the lines", and prints the output of each;
# what cannot be foreseen is masked.
read_lines() {
	local command
	while IFS= read -r command; do
		echo "\$ ${command%% *}"
		(cd "$journal" && bash -euo pipefail -c "$command") 2>&1 ||
		    fail "$command" || return
	done < <(block "$README" 'Read the lines' |
	    grep -v ' && cd /var/lib/hookline$') |
	    sed -E 's/20[0-9-]{8}T[0-9:.]{15}Z/TIME/'
}

# send_all: sends a message, and some bodies that are hard to read.
send_all() {
	local name
	for name in whatsapp_messages lone_surrogates ad_account_array \
	    graph_changed_fields threads; do
		post "$FIXTURES/$name.json"
		answered 200 ok
	done
	for name in '"text"' null '{"object":null,"text":"x"}'; do
		printf %s "$name" >"$S/body"
		post "$S/body"
		answered 200 ok
	done
	# A sender without a phone number to show.
	sed 's/"from":"[0-9]*"/"from_user_id":"US.1"/; s/wamid[.]A/wamid.C/' \
	    "$FIXTURES/whatsapp_messages.json" >"$S/body"
	post "$S/body"
	answered 200 ok
}

@test "reading the lines: both formats in one file, before a rotation and after" {
	scratch_new "$SHIPPED"
	standard_config | configure
	start_server
	send_all
	read_lines | sed '/^[[{"n]/s/^\(.\{24\}\).*/\1/; s/\t$/&NONE/' >"$S/said"
	diff "$S/said" - <<-'OUT'
		$ jq
		{"object":"whatsapp_busi
		[{"field":"in_process_ad
		{"object":"user","entry"
		{"app_id":"120","topic":
		"text"
		null
		{"object":null,"text":"x
		{"object":"whatsapp_busi
		$ jq
		1	TIME	whatsapp_business_account
		3	TIME	NONE
		4	TIME	user
		5	TIME	NONE
		6	TIME	NONE
		7	TIME	NONE
		8	TIME	NONE
		9	TIME	whatsapp_business_account
		$ jq
		15550002222	one 😀
		15550002222	two
		US.1	one 😀
		15550002222	two
		$ find
		      5 null
		      1 user
		      2 whatsapp_business_account
	OUT
	standard_config 'lines = "update" rotate_size = 2000 compress = "gzip"' |
	    configure
	send_all
	within 300 all_compressed
	read_lines >"$S/said"
	diff <(tail -n 4 "$S/said") - <<-'OUT'
		$ find
		      6 null
		      2 user
		      5 whatsapp_business_account
	OUT
	run ! grep -iE 'error|cannot|no such' "$S/said"
	grep -qxF $'US.1\tone 😀' "$S/said"
}
