# setups.bash: a start_NAME for each program that hookline is compared with. Each is
# behind lighttpd, with settings like those in the file that hookline ships: the
# same limits, buffering and number of processes. $S, $PORT and $SECRET are
# explained in tests/servers/lib/scratch.bash.

PROCESSES=4		# as lighttpd-conf/hookline-fastcgi.conf says
PHP_PROCESSES=16	# each handles one request at a time

# lighttpd with standard input as its configuration, instead of the shipped file.
lighttpd_with() {
	cat >"$S/etc/peer.conf"
	start_lighttpd "$(realpath --relative-to="$ROOT/lighttpd-conf" \
	    "$S/etc/peer.conf")"
}

# A FastCGI program in hookline's place, or hookline.
start_lighttpd-even() {
	lighttpd_with <"$ROOT/lighttpd-conf/hookline-fastcgi.conf"
}

# The same with $PROCESSES processes that share one socket, started as for nginx.
start_lighttpd-shared() {
	shipped cgi/nginx/hookline.conf |
	    sed "s/ --listen / --processes $PROCESSES&/" >"$S/etc/shipped.conf"
	start_workers
	sed -e '/"bin-path"/d' -e '/"bin-environment"/,/),/d' \
	    -e '/"m[axin]*-procs"/d' \
	    -e "s|\"socket\" => .*|\"socket\" => \"/run/hookline/hookline.sock\",|" \
	    "$ROOT/lighttpd-conf/hookline-fastcgi.conf" | lighttpd_with
}

# hookline with $PROCESSES processes, on a disk whose sync takes $DELAY ms longer;
# the program must be the one with the fault seam.
start_lighttpd-slow() {
	sed -e "s|\(\"m[axin]*-procs\"\) => .*|\1 => $PROCESSES,|" \
	    -e "s|\"HOOKLINE_CONFIG\" => .*|&, \"HOOKLINE_FAULT\" => \"fdatasync/*:${DELAY}ms\"|" \
	    "$ROOT/lighttpd-conf/hookline-fastcgi.conf" | lighttpd_with
}

# The same under Apache, whose threads, too, all run from the start. With file
# locks, Debian's default, mod_fcgid sometimes fails with EDEADLK under load, which
# also ends an Apache child.
start_apache-even() {
	start_apache hookline-mod_fcgid.conf fcgid "
		Mutex pthread fcgid-proctbl fcgid-pipe
		FcgidIPCDir $S/run
		FcgidProcessTableFile $S/run/fcgid_shm
		ServerLimit 4
		StartServers 4
		MinSpareThreads 1
		MaxSpareThreads 256
		ThreadLimit 64
		ThreadsPerChild 64
		MaxRequestWorkers 256
		MaxKeepAliveRequests 0
		KeepAliveTimeout 60"
}

#
# PHP
#

php_fpm() {
	local name
	for name in php-fpm8.2 php-fpm8.4 php-fpm; do
		command -v "$name" && return
	done
}

# start_php SYNC: SYNC is 1 or 0.
start_php() {
	cat >"$S/etc/fpm.conf" <<-END
		[global]
		error_log = $S/log/fpm
		daemonize = no
		[bench]
		listen = $S/run/php.socket
		listen.owner = $WORKER
		user = $WORKER
		group = $WORKER_GROUP
		pm = static
		pm.max_children = $PHP_PROCESSES
		security.limit_extensions =
		env[BENCH_SYNC] = $1
		env[BENCH_SECRET] = $SECRET
		env[BENCH_LOG] = $S/var/log
	END
	install -m 0644 "$ROOT/tests/bench/webhook.php" "$S/htdocs/webhook"
	in_background backend "$(php_fpm)" -F -y "$S/etc/fpm.conf"
	within 100 test -S "$S/run/php.socket"
	sed -e '/"bin-path"/d' -e '/"bin-environment"/,/),/d' \
	    -e '/"m[axin]*-procs"/d' \
	    -e "s|\"socket\" => .*|\"socket\" => \"$S/run/php.socket\", \"docroot\" => \"$S/htdocs\",|" \
	    "$ROOT/lighttpd-conf/hookline-fastcgi.conf" | lighttpd_with
}

start_php-sync() {
	start_php 1
}

start_php-async() {
	start_php 0
}

# Through CGI: php-cgi interprets the file in the program's place.
start_php-cgi() {
	install -m 0755 "$ROOT/tests/bench/webhook.php" "$S/lib/webhook.php"
	sed -e "s|/usr/local/lib/hookline/hookline.fcgi|$S/lib/webhook.php|" \
	    -e "s|cgi.assign.*|cgi.assign = ( \".php\" => \"$(command -v php-cgi)\" )|" \
	    -e "s|\"HOOKLINE_CONFIG\".*|\"BENCH_SECRET\" => \"$SECRET\", \"BENCH_LOG\" => \"$S/var/log\",|" \
	    "$ROOT/lighttpd-conf/hookline-cgi.conf" | lighttpd_with
}

#
# Programs that are servers themselves, behind mod_proxy
#

# proxied PORT: waits until something listens there; otherwise lighttpd would mark
# the backend as dead.
proxied() {
	within 100 curl -s -o "$S/log/answer" "http://127.0.0.1:$1/"
	sed -e '/fastcgi.server/,/)))/d' -e 's|mod_fastcgi|mod_proxy|' \
	    -e "s|server.max-read-idle = .*|&\n\tproxy.server = ( \"/webhook\" => (( \"host\" => \"127.0.0.1\", \"port\" => $1 )) )|" \
	    "$ROOT/lighttpd-conf/hookline-fastcgi.conf" | lighttpd_with
}

start_node() {
	local port
	port=$(free_port)
	in_background backend node "$ROOT/tests/bench/webhook.js" "$port" \
	    "$S/var/log" "$SECRET"
	proxied "$port"
}

# Debian's adnanh/webhook runs a command for each request and answers when the
# command has ended, so its 200 guarantees as much as the command does.
start_webhook() {
	local port
	port=$(free_port)
	cat >"$S/etc/hooks.json" <<-END
		[{
		  "id": "webhook",
		  "execute-command": "$S/lib/store",
		  "include-command-output-in-response": true,
		  "pass-file-to-command": [{
		    "source": "raw-request-body",
		    "envname": "BODY_FILE"
		  }],
		  "command-working-directory": "$S/run",
		  "trigger-rule": { "match": {
		    "type": "payload-hmac-sha256",
		    "secret": "$SECRET",
		    "parameter": { "source": "header",
		      "name": "X-Hub-Signature-256" }
		  }}
		}]
	END
	cat >"$S/lib/store" <<-END
		#!/bin/sh
		cat "\$BODY_FILE" >>"$S/var/log" && echo >>"$S/var/log" && echo ok
	END
	chmod 0755 "$S/lib/store"
	in_background backend webhook -hooks "$S/etc/hooks.json" \
	    -ip 127.0.0.1 -port "$port" -urlprefix ''
	proxied "$port"
}
