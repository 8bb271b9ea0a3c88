#!/usr/bin/env bats
# check-url.bats: hookctl check finds what keeps Meta's requests from hookline, on servers
# that are set up wrongly, and says which line changes it.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"
# shellcheck source=tests/servers/lib/hookctl.bash
source "$HELPERS/hookctl.bash"
# shellcheck source=tests/servers/lib/tls.bash
source "$HELPERS/tls.bash"

# Apache answers at these addresses, on one port.
GOOD=127.0.0.1
FIREWALL=127.0.0.2
SMALL=127.0.0.3
declare -gA TLS=([good]=127.0.0.4 [bare]=127.0.0.5 [expired]=127.0.0.6 [days9]=127.0.0.7
	[other]=127.0.0.8 [self]=127.0.0.9)
SETUP=check-url
OTHER=0123456789abcdef0123456789abcdef

# our_config [LINES [ENDPOINT-LINES]]: any path is hookline's.
our_config() {
	cat <<-END
		directory = "$journal"
		rotate_every = "never"
		${1:-}
		endpoint "*" {
			verify_token = "$TOKEN"
			${2:-app_secret = \"$SECRET\"}
		}
	END
}

site_certificate() {	# NAME ADDRESS DAYS
	issue "$1" between "$3" "/CN=$2" "subjectAltName=IP:$2"
	[ "$1" = bare ] || cat "$S/tls/between.pem" >>"$S/tls/$1.pem"
}

make_site_certificates() {
	mkdir "$S/tls"
	openssl ecparam -name prime256v1 -genkey -noout -out "$S/tls/key.pem"
	make_issuers
	site_certificate good "${TLS[good]}" 90
	site_certificate bare "${TLS[bare]}" 90
	site_certificate expired "${TLS[expired]}" -1
	site_certificate days9 "${TLS[days9]}" 9
	site_certificate other 127.0.0.99 90
	openssl req -x509 -new -key "$S/tls/key.pem" -days 90 \
	    -subj "/CN=${TLS[self]}" -addext "subjectAltName=IP:${TLS[self]}" \
	    -out "$S/tls/self.pem"
}

# A site for an address, with these lines.
site() {
	printf '<VirtualHost %s:%s>\nServerName %s\nDocumentRoot "%s"\n%s\n</VirtualHost>\n' \
	    "$1" "$PORT" "$1" "$S/htdocs" "$2"
}

# ModSecurity as Debian recommends it, but switched on, and the core rules. Some of it is
# for all sites; each has a switch.
firewall() {
	sed -e 's/DetectionOnly/Off/' -e "s|/var/log/apache2/|$S/log/|" \
	    -e "s|unicode.mapping|/etc/modsecurity/&|" -e "s|Dir /tmp/|Dir $S/run/|" \
	    /etc/modsecurity/modsecurity.conf-recommended
	cat /usr/share/modsecurity-crs/owasp-crs.load
}

sites() {
	local name address
	for address in "$FIREWALL" "$SMALL" "${TLS[@]}"; do
		echo "Listen $address:$PORT"
	done
	site "$GOOD" "
		Redirect 301 /moved https://www.example.com/webhook
		<Location /locked>
			AuthType Basic
			AuthName locked
			AuthBasicProvider file
			AuthUserFile $S/etc/users
			Require valid-user
		</Location>"
	site "$FIREWALL" 'SecRuleEngine On'
	# This is mod_fcgid's own value.
	site "$SMALL" 'FcgidMaxRequestLen 131072'
	for name in "${!TLS[@]}"; do
		site "${TLS[$name]}" "
			SSLEngine on
			SSLCertificateFile $S/tls/$name.pem
			SSLCertificateKeyFile $S/tls/key.pem"
	done
}

# Another port, and another server for it: nginx with a file that lacks a line, and
# lighttpd.
start_nginx_and_lighttpd() {
	local kind as=()
	if changes_user; then
		as=(setpriv --reuid="$WORKER" --regid="$WORKER_GROUP" --clear-groups)
	fi
	in_background workers env ASAN_OPTIONS="$asan_options" \
	    UBSAN_OPTIONS="$ubsan_options" \
	    "${as[@]}" "$S/lib/hookline.fcgi" --listen "unix:$S/run/hookline.sock" \
	    --processes 1 --config "$conf"
	within 100 test -S "$S/run/hookline.sock"
	{
		changes_user && echo "user $WORKER $WORKER_GROUP;"
		echo "daemon off; pid $S/run/nginx.file; events { }"
		echo 'http { access_log off;'
		for kind in client_body proxy fastcgi uwsgi scgi; do
			echo "${kind}_temp_path $S/run/$kind;"
		done
		PORT=$NGINX_PORT shipped cgi/nginx/hookline.conf |
		    sed -e '/client_max_body_size/d' \
		    -e "s|^	location /webhook {|	location /dead { fastcgi_pass unix:$S/nobody; }\n&|"
		echo '}'
	} >"$S/etc/nginx.conf"
	in_background nginx nginx -p "$S" -e "$S/log/nginx.error" \
	    -c "$S/etc/nginx.conf"
	cat >"$S/etc/lighttpd.conf" <<-END
		server.modules = ( "mod_fastcgi" )
		server.document-root = "$S/htdocs"
		server.bind = "127.0.0.1"
		server.port = $LIGHTTPD_PORT
		server.upload-dirs = ( "$S/run" )
		server.max-request-size = 1000
		$(if changes_user; then
			echo "server.username = \"$WORKER\""
			echo "server.groupname = \"$WORKER_GROUP\""
		fi)
		fastcgi.server = ( "/webhook" => ((
			"socket" => "$S/run/hookline.sock",
			"check-local" => "disable")))
	END
	in_background lighttpd lighttpd -D -f "$S/etc/lighttpd.conf"
}

start_check-url() {
	LIGHTTPD_PORT=$(free_port)
	NGINX_PORT=$(free_port)
	MEDDLER_PORT=$(free_port)
	printf '%s\n' "$NGINX_PORT" "$LIGHTTPD_PORT" "$MEDDLER_PORT" >"$S/ports"
	start_apache_fcgid hookline-mod_fcgid.conf \
	    'socache_shmcb ssl unique_id security2 authn_core authn_file authz_user auth_basic' \
	    "$(firewall; sites)"
	start_nginx_and_lighttpd
	in_background meddler python3 "$HELPERS/meddler.py" "$MEDDLER_PORT" \
	    "$TOKEN" "$SECRET"
}

# All of them.
answers() {
	local port
	for port in "$PORT" "$NGINX_PORT" "$LIGHTTPD_PORT"; do
		curl -s -o /dev/null -m 5 "http://127.0.0.1:$port/webhook" || return
	done
	curl -s -o /dev/null -m 5 "http://127.0.0.1:$MEDDLER_PORT/own"
}

setup_file() {
	SCRATCH_NAME=check-url scratch_new "$CHECKED"
	mkdir -p "$S/home"
	make_site_certificates 2>"$S/tls.log" || { cat "$S/tls.log"; return 1; }
	make_clock
	our_config | configure
	share
	# The journal has been there for long.
	fresh "$S/body"
	post "$S/body"
	answered 200 ok
}

setup() {
	scratch_use "$SCRATCH"
	{
		read -r NGINX_PORT && read -r LIGHTTPD_PORT && read -r MEDDLER_PORT
	} <"$S/ports"
	our_config | configure_again
	# These keep owner and mode when they are written.
	install -m 0640 -g "$WORKER_GROUP" /dev/null "$S/etc/other.conf"
	install -m 0640 -g "$WORKER_GROUP" /dev/null "$S/etc/third.conf"
	before=$(count_lines)
	by=()
}

# Nothing is ever stored, but for the tests that want it.
teardown() {
	[ -n "${lack:-}" ] || [ "${stores:-}" ] || added 0 || return
	[ -n "${BATS_TEST_COMPLETED:-}" ] || show_logs
	no_reports
}

teardown_file() {
	end_shared
}

# checked WORDS...: runs hookctl check with a clock that is right. A process that has
# become another user may not look for its own leaks.
checked() {
	ASAN_OPTIONS=log_path=$S/sanitizer/ctl:exitcode=99:detect_leaks=0:verify_asan_link_order=0 \
	    UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 HOME=$S/home \
	    LD_PRELOAD=$S/lib/clock.so "${by[@]}" "$CTL" check "$@"
}

# check STATUS URL OPTIONS...: what it says of the URL is in $output, and its last line in
# $last.
check() {
	run checked --config "${CONFIG:-$conf}" --ca-file "$S/tls/root.pem" \
	    "${@:2}"
	echo "$output"
	[ "$status" = "$1" ] || fail "the exit status is $status, not $1"
	last=${lines[-1]}
	url_section
}

# What is said of this machine is check.bats's.
url_section() {
	output=$(sed -n '/^http/,$p' <<<"$output")
	mapfile -t lines <<<"$output"
}

# row NAME RESULT TEXT: there is such a row. TEXT is a pattern for all of its text.
row() {
	local line name result text
	while read -r line; do
		[[ $line == "$1"* ]] || continue
		line=${line#"$1"}
		read -r result text <<<"$line"
		# shellcheck disable=SC2053 # it is a pattern
		[ "$result" = "$2" ] && [[ $text == $3 ]] && return
	done <<<"$output"
	fail "no row $1 $2 $3"
}

# below TEXT: there is such a line below a row. TEXT is a pattern, too.
below() {
	local line
	while read -r line; do
		# shellcheck disable=SC2053 # it is a pattern
		[[ $line != $1 ]] || return 0
	done <<<"$output"
	fail "no line $1"
}

# no_row NAME
no_row() {
	[[ $output != *"  $1 "* ]] || fail "there is a row $1"
}

came_through() {
	local name
	for name in "$@"; do
		row "$name" ok 'it comes through' || return
	done
}

@test "all is well, with https: every row is ok" {
	check 0 --strict --firewall "https://${TLS[good]}:$PORT/webhook"
	[[ ${lines[0]} == "https://${TLS[good]}:$PORT/webhook" ]]
	row address ok "${TLS[good]} says ready (* ms)"
	below 'an address of this machine: what lies between Meta and it was not tested'
	row certificate ok '90 days left'
	row verification ok 'the challenge alone came back; a wrong token gets 403'
	row signature ok 'the secret is right (nothing was stored)'
	came_through 'WhatsApp text' '132 kB' '3 MB' '<script>' "' or 1=1--" \
	    ../etc/passwd '250 updates'
	[ "$last" = 'all is well' ]
}

@test "ModSecurity with the core rules: a WhatsApp text, and over 131,072 bytes" {
	check 1 "http://$FIREWALL:$PORT/webhook"
	row address ok "$FIREWALL says ready (* ms)"
	row certificate WARNING 'none: Meta calls https addresses only'
	row verification ok 'the challenge alone came back; a wrong token gets 403'
	row signature ok 'the secret is right (nothing was stored)'
	row 'WhatsApp text' FAILURE "403, and not hookline's: ModSecurity, as a rule"
	below 'switch it off for this domain (panel), or SecRuleRemoveById 930120'
	row '132 kB' FAILURE '413, over 131,072 bytes: ModSecurity, as a rule'
	below '*SecRequestBodyNoFilesLimit 8388608*'
	row '3 MB' FAILURE '413 by Apache: LimitRequestBody 8388608 for this path'
	below '*SecRequestBodyNoFilesLimit 8388608'
}

@test "ModSecurity with the core rules: --firewall" {
	check 1 --firewall "http://$FIREWALL:$PORT/webhook"
	local name
	for name in '<script>' "' or 1=1--" ../etc/passwd; do
		row "$name" FAILURE "403, and not hookline's: ModSecurity, as a rule"
	done
	below 'switch it off for this domain (panel), or SecRuleRemoveById with the ids in its log'
	row '250 updates' FAILURE "400, and not hookline's: one of ModSecurity's limits, as a rule"
	below '*SecArgumentsLimit'
}

@test "Apache without FcgidMaxRequestLen" {
	check 1 "http://$SMALL:$PORT/webhook"
	came_through 'WhatsApp text'
	row '132 kB' FAILURE '500, over 131,072 bytes: FcgidMaxRequestLen 8388608'
	row '3 MB' FAILURE '500, over 131,072 bytes: FcgidMaxRequestLen 8388608'
	no_row '<script>'
}

@test "nginx with its 1 MB" {
	check 1 "http://127.0.0.1:$NGINX_PORT/webhook"
	came_through 'WhatsApp text' '132 kB'
	row '3 MB' FAILURE '413 by nginx: client_max_body_size 8m; in this location'
}

@test "nginx without a process of hookline" {
	check 1 "http://127.0.0.1:$NGINX_PORT/dead"
	row address FAILURE '502 by nginx: no process of hookline answers it'
	below 'systemctl status hookline.socket hookline.service'
	no_row verification
}

@test "lighttpd with a small server.max-request-size" {
	check 1 "http://127.0.0.1:$LIGHTTPD_PORT/webhook"
	came_through 'WhatsApp text' '132 kB'
	row '3 MB' FAILURE '413 by lighttpd: server.max-request-size = 8192 for this path'
}

@test "a path that the server does not know" {
	check 1 "http://127.0.0.1:$LIGHTTPD_PORT/elsewhere"
	row address FAILURE "404, and not hookline's: the server does not know this path"
}

@test "a redirect is reported and not followed" {
	check 1 "http://$GOOD:$PORT/moved"
	row address FAILURE '301: a redirect to https://www.example.com/webhook'
	below 'Meta does not follow redirects; enter https://www.example.com/webhook'
	no_row verification
}

@test "a password on the path" {
	check 1 "http://$GOOD:$PORT/locked"
	row address FAILURE "401, and not hookline's: there is a password on this folder"
	below '*Require all granted*'
	no_row verification
}

@test "another secret, another token" {
	our_config '' "app_secret = \"$OTHER\"" |
	    sed "s/$TOKEN/another-token/" >"$S/etc/other.conf"
	CONFIG=$S/etc/other.conf check 1 "http://$GOOD:$PORT/webhook"
	row verification FAILURE '403 by hookline: the verify token there is another one'
	row signature FAILURE '401 by hookline: the receiver there has another secret'
	came_through 'WhatsApp text' '132 kB' '3 MB'
	our_config '' "app_secret = {\"$SECRET\", \"$OTHER\"}" >"$S/etc/other.conf"
	CONFIG=$S/etc/other.conf check 1 "http://$GOOD:$PORT/webhook"
	row signature FAILURE 'app secret 2 of 2: 401 by hookline: the receiver there has another secret'
}

@test "certificates: too old, of nobody, for another name, without the one between" {
	check 1 "https://${TLS[bare]}:$PORT/webhook"
	row address ok "${TLS[bare]} takes connections"
	row certificate FAILURE 'an intermediate certificate is missing, or its CA is not public'
	below 'serve fullchain.pem in place of cert.pem'
	no_row verification
	check 1 "https://${TLS[expired]}:$PORT/webhook"
	row certificate FAILURE 'it has expired'
	check 1 "https://${TLS[other]}:$PORT/webhook"
	row certificate FAILURE 'it is for another host name'
	check 1 "https://${TLS[self]}:$PORT/webhook"
	row certificate FAILURE 'it is self-signed, which Meta does not accept'
	run -1 checked --config "$conf" "https://${TLS[good]}:$PORT/webhook"
	row certificate FAILURE '*CA*not public'
}

@test "9 days left: a warning, which only --strict takes for a failure" {
	check 0 "https://${TLS[days9]}:$PORT/webhook"
	row certificate WARNING '9 days left: see why it was not renewed, certbot renew --dry-run'
	check 1 --strict "https://${TLS[days9]}:$PORT/webhook"
	[[ $last == '1 warning'* ]]
}

@test "--store: one notification, found in the journal; in both modes of lines" {
	stores=1
	check 0 --store "http://$GOOD:$PORT/webhook"
	added 1
	row --store ok "200 ok, and in the journal: record $((before + 1)), object hookline_check"
	our_config 'lines = "update"' | configure_again
	check 0 --store "http://$GOOD:$PORT/webhook"
	added 2
	row --store ok "200 ok, and in the journal: record $((before + 2)), object hookline_check"
	[[ $(tail -n 1 "$live") == *'"object":"hookline_check"'*'"update":{'* ]]
}

@test "--store: it is in the journal of another machine" {
	stores=1
	mkdir -p "$S/var/empty"
	our_config | sed "s|$journal|$S/var/empty|" >"$S/etc/other.conf"
	CONFIG=$S/etc/other.conf check 1 --store "http://$GOOD:$PORT/webhook"
	row --store FAILURE "200 ok, but it is not in $S/var/empty"
	our_config | sed "s|$journal|$S/var/none|" >"$S/etc/other.conf"
	CONFIG=$S/etc/other.conf check 0 --store "http://$GOOD:$PORT/webhook"
	row --store WARNING "200 ok, but $S/var/none cannot be read here"
	added 2
}

@test "unsigned notifications: nothing is sent that would be stored" {
	our_config '' "unsigned = \"accept\"
	    name = \"bell\"" | sed 's|"\*"|"/webhook/fQ81wXz5bT0cRk39mVnH2Lsy"|' >"$S/etc/other.conf"
	configure <"$S/etc/other.conf"
	check 0 --firewall "http://$GOOD:$PORT/webhook/fQ81wXz5bT0cRk39mVnH2Lsy"
	row signature ok 'nothing to check: there is no app secret, and unsigned ones are accepted'
	below 'no other bodies were sent: they would be stored'
	no_row 'WhatsApp text'
	no_row '<script>'
	# A receiver that looks at no signature is not sent any JSON either.
	our_config | sed 's|"\*"|"/webhook/fQ81wXz5bT0cRk39mVnH2Lsy"|' >"$S/etc/third.conf"
	CONFIG=$S/etc/third.conf check 1 --firewall "http://$GOOD:$PORT/webhook/fQ81wXz5bT0cRk39mVnH2Lsy"
	row signature FAILURE 'a wrong signature is not refused: *'
	no_row 'WhatsApp text'
	no_row '<script>'
}

@test "a client certificate is wanted: the secret is right all the same" {
	our_config '' "app_secret = \"$SECRET\"
	    client_cert = \"alb\"" | configure
	check 0 --store "http://$GOOD:$PORT/webhook"
	row signature ok 'the secret is right (nothing was stored)'
	below '*cannot be tested*mTLS*'
	came_through 'WhatsApp text' '132 kB' '3 MB'
	row --store WARNING "not tested: it takes Meta's certificate (mTLS)"
	cp "$conf" "$S/etc/other.conf"
	our_config | configure
	CONFIG=$S/etc/other.conf check 0 "http://$GOOD:$PORT/webhook"
	row signature WARNING 'right, but no client certificate was wanted'
}

# meddled STATUS WAY OPTIONS...
meddled() {
	check "$1" "http://127.0.0.1:$MEDDLER_PORT/$2" "${@:3}"
}

@test "a host that adds HTML, compresses, or changes headers" {
	meddled 1 html
	row address FAILURE "35 bytes were added to hookline's answer (HTML[?]): Meta's verification fails"
	row verification FAILURE '35 bytes came back around the challenge'
	no_row signature
	meddled 1 zipped
	row address FAILURE 'compressed (gzip), though not asked for: Meta cannot read the challenge'
	row verification FAILURE 'the challenge came back compressed, and Meta cannot read it'
	meddled 0 zipped_if_asked
	row compression ok 'gzip, where the client accepts it: no harm'
	meddled 0 plain
	row headers WARNING 'changed: Content-Type is text/html, X-Content-Type-Options is absent'
	came_through '3 MB'
}

@test "a host that answers out of a cache" {
	meddled 0 aged
	row cache WARNING "a cache answers in hookline's place (Age: 57)"
	meddled 0 stale
	row cache WARNING "a cache answers in hookline's place (its Date is 90 s old)"
	no_row clock
	meddled 0 cacheable
	row cache WARNING "Cache-Control is max-age=600, and not hookline's no-store"
	meddled 1 deaf
	row verification FAILURE '"ready" came back in place of the challenge'
}

@test "the clocks differ" {
	meddled 0 slow_clock
	row clock WARNING "the server's is 40 s behind this machine's"
}

@test "a login page, a captcha, Cloudflare, something that says yes, a cut connection" {
	meddled 1 login
	row address FAILURE "200, and not hookline's: a login page"
	meddled 1 to_login
	row address FAILURE "302: a redirect to http://127.0.0.1:$MEDDLER_PORT/wp-login.php[?]redirect_to=x"
	below 'that is a login page: exempt this path from the login'
	meddled 1 captcha
	row address FAILURE "200, and not hookline's: a page with a captcha, for robots"
	meddled 1 cloudflare
	row signature FAILURE '403 by Cloudflare: its firewall'
	below 'no other bodies were sent, because they might be stored'
	no_row 'WhatsApp text'
	meddled 1 lost
	row '132 kB' FAILURE "200, and not hookline's: Meta takes this for stored, and it is lost"
	meddled 1 cut
	row 'WhatsApp text' FAILURE 'no answer: *'
	came_through '132 kB'
}

@test "hookline says itself that it cannot work" {
	meddled 1 not_ready
	row address FAILURE 'hookline says bad-config: there is a mistake in hookline.conf'
	no_row verification
	meddled 1 full
	row address FAILURE 'hookline says disk-full: the disk of the journal is full'
	row verification ok 'the challenge alone came back; a wrong token gets 403'
}

@test "it takes any token, or looks at no signature" {
	meddled 1 echo
	row verification FAILURE 'a wrong token is accepted as well'
	meddled 1 unsigned
	row signature FAILURE 'a wrong signature is not refused: *'
	no_row 'WhatsApp text'
}

@test "an address of IPv6 that is dead; the token does not go out in the clear" {
	if ! unshare -m --propagation private true 2>/dev/null ||
	    [ ! -e /proc/net/if_inet6 ]; then
		skip 'no mount namespace, or no IPv6'
	fi
	printf '%s\n' '127.0.0.1 hooks.example.com' '::1 hooks.example.com' \
	    '127.0.0.1 four.example.com' '127.0.0.1 two.example.com' \
	    '127.0.0.9 two.example.com' >"$S/etc/hosts"
	our_config | sed "s/$TOKEN/never-in-the-clear/" >"$S/etc/other.conf"
	by=(unshare -m --propagation private sh -c
	    "mount --bind $S/etc/hosts /etc/hosts && exec \"\$@\"" -)
	run -1 checked --config "$S/etc/other.conf" "http://hooks.example.com:$MEDDLER_PORT/own"
	echo "$output"
	row address FAILURE '::1 does not answer: Connection refused'
	below '*remove the AAAA record'
	row address ok '127.0.0.1 says ready (* ms)'
	row verification WARNING 'not tested: the token goes over https, or to this machine, only'
	# A name without IPv6, and one of whose addresses one is dead.
	run -0 checked --config "$S/etc/other.conf" "http://four.example.com:$MEDDLER_PORT/own"
	row address ok '127.0.0.1 says ready (* ms)'
	[[ $output != *FAILURE* ]]
	run -1 checked --config "$S/etc/other.conf" "http://two.example.com:$MEDDLER_PORT/own"
	row address ok '127.0.0.1 says ready (* ms)'
	row address FAILURE '127.0.0.9 does not answer: Connection refused'
	below '*remove the A record'
	by=()
	# The log has the requests, and a token that was sent to this machine.
	grep -q "GET /own?hookctl-check=" "$S/log/meddler"
	run ! grep -q never-in-the-clear "$S/log/meddler"
	CONFIG=$S/etc/other.conf meddled 1 own
	grep -q never-in-the-clear "$S/log/meddler"
}
