#!/usr/bin/env bats
# missed.bats: hookctl missed finds in the access logs of real Apache, lighttpd and nginx
# every POST of Meta's that they stopped, and none that hookline answered.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"
# shellcheck source=tests/servers/lib/hookctl.bash
source "$HELPERS/hookctl.bash"

# Another address of Apache, with mod_fcgid's own limit.
SMALL=127.0.0.3
SETUP=missed
META='Webhooks/1.0 (https://fb.me/webhooks)'
HIDDEN=/hook/fQ81wXz5bT0cRk39mVnH2Lsy

# our_config: an endpoint for each thing that can go wrong.
our_config() {
	local path
	echo "directory = \"$journal\""
	echo 'rotate_every = "never"'
	for path in /webhook /locked /moved /gone /firewall /dead /large /page /tight; do
		echo "endpoint \"$path\" {"
		echo "	verify_token = \"$TOKEN\""
		echo "	app_secret = \"$SECRET\""
		echo '}'
	done
	cat <<-END
		endpoint "$HIDDEN" {
			name = "bell"
			unsigned = "accept"
			verify_token = "$TOKEN"
		}
	END
}

# What Apache does with each of them; /gone it does not know.
apache_sites() {
	cat <<-END
		Listen $SMALL:$PORT
		LogFormat "%h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"" combined
		LogFormat "%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"" vhost_combined
		CustomLog "$S/log/apache.access" combined
		ScriptSock $S/run/cgisock
		Redirect 302 /moved https://www.example.com/webhook
		ProxyPass /dead fcgi://127.0.0.1:$DEAD_PORT/
		ScriptAlias /large $S/lib/hookline.fcgi
		Alias /page $S/htdocs/page.html
		Alias /tight $S/lib/hookline.fcgi
		SecRuleEngine On
		SecRule REQUEST_URI "@beginsWith /firewall" "id:1,phase:1,deny,status:403"
		<Location /large>
			LimitRequestBody 100
			Require all granted
		</Location>
		<Location /page>
			Require all granted
		</Location>
		<Location /tight>
			LimitRequestBody 100
			SetHandler fcgid-script
			Options +ExecCGI
			Require all granted
		</Location>
		<Location /locked>
			AuthType Basic
			AuthName locked
			AuthBasicProvider file
			AuthUserFile $S/etc/users
			Require valid-user
		</Location>
		<VirtualHost $SMALL:$PORT>
			ServerName small.example.com
			FcgidMaxRequestLen 131072
			CustomLog "$S/log/small.access" vhost_combined
		</VirtualHost>
	END
}

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
		echo "http { access_log $S/log/nginx.access;"
		for kind in client_body proxy fastcgi uwsgi scgi; do
			echo "${kind}_temp_path $S/run/$kind;"
		done
		PORT=$NGINX_PORT shipped cgi/nginx/hookline.conf | sed -e "
			s|client_max_body_size .*|client_max_body_size 1k;|
			s|^	location /webhook {|	location /dead { fastcgi_pass unix:$S/nobody; }\n	location /locked { deny all; }\n&|"
		echo '}'
	} >"$S/etc/nginx.conf"
	in_background nginx nginx -p "$S" -e "$S/log/nginx.error" \
	    -c "$S/etc/nginx.conf"
	cat >"$S/etc/lighttpd.conf" <<-END
		server.modules = ( "mod_fastcgi", "mod_accesslog" )
		server.document-root = "$S/htdocs"
		server.bind = "127.0.0.1"
		server.port = $LIGHTTPD_PORT
		server.upload-dirs = ( "$S/run" )
		server.max-request-size = 1
		accesslog.filename = "$S/log/lighttpd.access"
		$(if changes_user; then
			echo "server.username = \"$WORKER\""
			echo "server.groupname = \"$WORKER_GROUP\""
		fi)
		fastcgi.server = (
			"/webhook" => (( "socket" => "$S/run/hookline.sock",
			    "check-local" => "disable" )),
			"$HIDDEN" => (( "socket" => "$S/run/hookline.sock",
			    "check-local" => "disable" )),
			"/dead" => (( "socket" => "$S/nobody",
			    "check-local" => "disable" )))
	END
	in_background lighttpd lighttpd -D -f "$S/etc/lighttpd.conf"
}

start_missed() {
	LIGHTTPD_PORT=$(free_port)
	NGINX_PORT=$(free_port)
	DEAD_PORT=$(free_port)
	printf '%s\n' "$NGINX_PORT" "$LIGHTTPD_PORT" >"$S/ports"
	start_apache_fcgid hookline-mod_fcgid.conf \
	    'cgid proxy proxy_fcgi unique_id security2 authn_core authn_file authz_user auth_basic' \
	    "$(apache_sites)"
	start_nginx_and_lighttpd
}

answers() {
	local port
	for port in "$PORT" "$NGINX_PORT" "$LIGHTTPD_PORT"; do
		curl -s -o /dev/null -m 5 "http://127.0.0.1:$port/webhook" || return
	done
}

# to PORT[:ADDRESS] PATH COUNT [CURL OPTIONS...]: Meta posts the small body so often.
to() {
	curl -s -o /dev/null -m 60 -A "${AGENT-$META}" -H Expect: \
	    -H 'Content-Type: application/json' --data-binary "@${BODY:-$S/small}" \
	    "${@:4}" "http://${1#*:}:${1%:*}$2?try=[1-$3]"
}

at() {
	echo "$1:127.0.0.1"
}

# sent PORT COUNT: as many real notifications.
sent() {
	ctl send --config "$conf" --count "$2" --endpoint /webhook \
	    "http://127.0.0.1:$1/webhook" >"$S/log/send"
}

make_traffic() {
	local path
	perl -e 'print "{\"a\":\"" . "x" x 300 . "\"}"' >"$S/small"
	perl -e 'print "{\"a\":\"" . "x" x 2000 . "\"}"' >"$S/medium"
	perl -e 'print "{\"a\":\"" . "x" x 140000 . "\"}"' >"$S/big"
	# 650 by Apache, beside what hookline stored and refused.
	sent "$PORT" 30
	to "$(at "$PORT")" /webhook 7
	for path in /locked /moved /gone /firewall /large; do
		to "$(at "$PORT")" $path 100
	done
	to "$(at "$PORT")" /dead 90
	to "$(at "$PORT")" /tight 10
	to "$(at "$PORT")" /page 20
	BODY=$S/big to "$PORT:$SMALL" /webhook 30
	AGENT=curl/8 to "$(at "$PORT")" /webhook 11
	AGENT=curl/8 to "$(at "$PORT")" /firewall 3
	to "$(at "$PORT")" /wrong 4
	# 150 by lighttpd.
	sent "$LIGHTTPD_PORT" 20
	to "$(at "$LIGHTTPD_PORT")" /webhook 5
	to "$(at "$LIGHTTPD_PORT")" "$HIDDEN" 6
	BODY=$S/medium to "$(at "$LIGHTTPD_PORT")" "$HIDDEN" 70
	to "$(at "$LIGHTTPD_PORT")" /gone 50
	to "$(at "$LIGHTTPD_PORT")" /dead 30
	# 200 by nginx.
	sent "$NGINX_PORT" 20
	to "$(at "$NGINX_PORT")" /webhook 5
	BODY=$S/medium to "$(at "$NGINX_PORT")" /webhook 100
	to "$(at "$NGINX_PORT")" /dead 80
	to "$(at "$NGINX_PORT")" /locked 20
}

# lighttpd writes its log every few seconds, and when it is asked for a new one.
is_written() {
	kill -HUP "$(<"$S/lighttpd.pid")"
	[ "$(grep -c 'POST' "$S/log/lighttpd.access")" = 181 ]
}

setup_file() {
	SCRATCH_NAME=missed scratch_new "$CHECKED"
	mkdir -p "$S/home"
	echo 'jo:x' >"$S/etc/users"
	echo '<p>It works!' >"$S/htdocs/page.html"
	our_config | configure
	share
	{
		read -r NGINX_PORT && read -r LIGHTTPD_PORT
	} <"$S/ports"
	make_traffic
	within 100 is_written
}

setup() {
	scratch_use "$SCRATCH"
}

teardown() {
	[ -n "${BATS_TEST_COMPLETED:-}" ] || show_logs
	no_reports
}

teardown_file() {
	end_shared
}

# missed STATUS LOG...: runs it, and checks the exit status.
missed() {
	run ctl missed --config "${CONFIG:-$conf}" "${@:2}"
	echo "$output"
	[ "$status" = "$1" ] || fail "the exit status is $status, not $1"
}

# stopped STATUS [TEXT]: prints how many the table has with this status, and this text in
# their line.
stopped() {
	STATUS=$1 TEXT=${2:-} perl -ne '
	    $sum += $1 if /  (\d+)  $ENV{STATUS}  / && index($_, $ENV{TEXT}) >= 0;
	    END { print $sum // 0, "\n" }' <<<"$output"
}

# has LINE: a pattern.
has() {
	local line
	for line in "${lines[@]}"; do
		# shellcheck disable=SC2053 # it is a pattern
		[[ $line != $1 ]] || return 0
	done
	fail "no line $1"
}

# has_no TEXT
has_no() {
	[[ $output != *"$1"* ]] || fail "there is: $1"
}

@test "Apache, whose sizes have the headers in them: all 650, and no other" {
	missed 1 "$S"/log/{apache,small}.access
	[ "$(stopped 401 password)" = 100 ]
	[ "$(stopped 302 redirect)" = 100 ]
	[ "$(stopped 404 'not found')" = 100 ]
	[ "$(stopped 403 ModSecurity)" = 100 ]
	[ "$(stopped 413 LimitRequestBody)" = 100 ]
	[ "$(stopped 503 'no process')" = 90 ]
	# mod_fcgid hands on an empty body, which hookline refuses.
	[ "$(stopped 400 LimitRequestBody)" = 10 ]
	[ "$(stopped 500 'over 131,072 bytes: FcgidMaxRequestLen')" = 30 ]
	[ "$(stopped 200 'lost; Meta does not retry')" = 20 ]
	has '650 of 687 were stopped, all after *. Others than Meta: 14 POSTs, not counted.'
	has 'hookline itself refused 7; its log says why.'
	has 'Meta also sent 4 POSTs to paths that no endpoint has, such as /wrong.'
}

@test "lighttpd: all 150; a path that is a secret is not shown" {
	missed 1 "$S/log/lighttpd.access"
	[ "$(stopped 413 server.max-request-size)" = 70 ]
	[ "$(stopped 413 bell)" = 70 ]
	[ "$(stopped 404 'not found')" = 50 ]
	[ "$(stopped 503 'no process')" = 30 ]
	has '150 of 181 were stopped, all after *.'
	has 'hookline itself refused 5; *'
	has_no fQ81
}

@test "nginx: all 200" {
	missed 1 "$S/log/nginx.access"
	[ "$(stopped 413)" = 100 ]
	[ "$(stopped 502 'no process')" = 80 ]
	[ "$(stopped 403)" = 20 ]
	has '200 of 225 were stopped, all after *.'
	has 'hookline itself refused 5; *'
}
