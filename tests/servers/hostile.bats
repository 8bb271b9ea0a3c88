#!/usr/bin/env bats
# hostile.bats: malicious senders: arguments and settings smuggled into a request,
# and connections that are opened and then left alone.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

setup() {
	scratch_new "$SHIPPED"
	LOG_FILE=$S/log/hookline.log
	standard_config | configure
}

# A configuration that lets everybody in, in a place where anybody might put one.
evil_config() {
	cat >"$S/htdocs/evil.conf" <<-END
		directory = "$S/var/evil"
		endpoint "*" { verify_token = "evil-token" app_secret = "evil-secret-of-another" }
	END
	chmod 0644 "$S/htdocs/evil.conf"
}

# Apache's CGI turns a query without "=" into arguments.
no_arguments() {
	local query
	evil_config
	for query in "--config+$S/htdocs/evil.conf" --check-config --version \
	    --help "--check-config+--config+$S/htdocs/evil.conf"; do
		ask "/webhook?$query"
		answered 200 ready
	done
	ask "/webhook?--config+$S/htdocs/evil.conf&hub.mode=subscribe&hub.challenge=1&hub.verify_token=evil-token"
	answered 403 forbidden
	[ ! -e "$S/var/evil" ]
}

@test "arguments are not read under Apache CGI" {
	SETUP=apache-cgid
	start_server
	no_arguments
}

@test "arguments are not read under lighttpd CGI" {
	SETUP=lighttpd-cgi
	start_server
	no_arguments
}

# Headers that servers turn into variables: those of proxies, loaders, and our own
# settings.
no_settings() {
	evil_config
	fresh "$S/body"
	post "$S/body" -H "Proxy: http://127.0.0.1:1" \
	    -H "Hookline-Config: $S/htdocs/evil.conf" \
	    -H "Redirect-Hookline-Config: $S/htdocs/evil.conf" \
	    -H "Hookline-Verify-Token: x" -H "Hookline-App-Secret: x" \
	    -H "Hookline-Directory: $S/var/evil" -H "LD-Preload: /x.so" \
	    -H "OpenSSL-Conf: $S/htdocs/evil.conf"
	answered 200 ok
	stored "$S/body"
	[ ! -e "$S/var/evil" ]
}

@test "headers set nothing under CGI" {
	SETUP=apache-cgid
	start_server
	no_settings
}

@test "headers set nothing under FastCGI" {
	SETUP=lighttpd-fastcgi
	start_server
	no_settings
}

# hold COUNT: opens this many connections and sends half a request on each, then one
# byte a second. They belong to a separate process, which reports when all are open.
hold() {
	/usr/bin/python3 - "$PORT" "$1" "$S/held" <<-'END' 3>&- &
		import socket, sys, time
		port, count, said = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
		peers = []
		for n in range(count):
		    peer = socket.create_connection(("127.0.0.1", port))
		    head = b"POST /webhook HTTP/1.1\r\nHost: localhost\r\n"
		    if n % 2:
		        head += b"Content-Length: 1000\r\n\r\n{"
		    peer.sendall(head)
		    peers.append(peer)
		open(said, "w").write("all")
		for second in range(60):
		    for peer in peers:
		        try:
		            peer.sendall(b"x")
		        except OSError:
		            pass
		    time.sleep(1)
	END
	holder=$!
	echo $holder >"$S/holder.pid"
	within 100 test -s "$S/held"
}

# Other clients are served as usual, long before these connections give up.
not_starved() {
	local i
	hold 200
	for i in $(seq 1 20); do
		fresh "$S/body" "n$i"
		post_stored "$S/body"
	done
	is_running "$holder"
}

@test "200 half-open clients do not starve others under lighttpd" {
	SETUP=lighttpd-fastcgi
	start_server
	not_starved
}

@test "200 half-open clients do not starve others under Apache with mod_fcgid" {
	SETUP=apache-fcgid
	start_server
	not_starved
}

@test "200 half-open clients do not starve others under nginx" {
	SETUP=nginx
	start_server
	not_starved
}

@test "200 half-open clients do not starve others under Caddy" {
	SETUP=caddy
	start_server
	not_starved
}
