# setups.bash: a start_NAME for each way to run hookline. Each loads a file that
# users get, unchanged except for paths and port, and adds only what every server
# has anyway. The server's pid goes to $S/server.pid.

# Whether the servers run as a user other than the one that starts them.
changes_user() {
	[ "$WORKER" != "$(id -un)" ]
}

#
# lighttpd
#

# start_lighttpd FILE [MORE]
start_lighttpd() {
	cat >"$S/etc/lighttpd.conf" <<-END
		server.document-root = "$S/htdocs"
		server.bind = "127.0.0.1"
		server.port = $PORT
		server.errorlog = "$S/log/error.log"
		server.upload-dirs = ( "$S/run" )
		$(if changes_user; then
			echo "server.username = \"$WORKER\""
			echo "server.groupname = \"$WORKER_GROUP\""
		fi)
		include "$S/etc/shipped.conf"
		${2:-}
	END
	shipped "lighttpd-conf/$1" >"$S/etc/shipped.conf"
	in_background server env ASAN_OPTIONS="$asan_options" \
	    UBSAN_OPTIONS="$ubsan_options" \
	    lighttpd -D -f "$S/etc/lighttpd.conf"
}

start_lighttpd-fastcgi() {
	start_lighttpd hookline-fastcgi.conf
}

start_lighttpd-mtls() {
	start_lighttpd hookline-mtls.conf
}

# A CGI program gets only the variables that lighttpd is told to pass on.
start_lighttpd-cgi() {
	start_lighttpd hookline-cgi.conf "
		\$HTTP[\"url\"] =~ \"^/webhook(/|\$)\" {
			setenv.add-environment += (
				\"ASAN_OPTIONS\" => \"$asan_options\",
				\"UBSAN_OPTIONS\" => \"$ubsan_options\"
			)
		}"
}

#
# Apache
#

# start_apache FILE MODULES MORE; MPM is event by default.
start_apache() {
	local modules=/usr/lib/apache2/modules module
	{
		cat <<-END
			ServerName localhost
			ServerRoot "$S"
			DefaultRuntimeDir "$S/run"
			PidFile "$S/run/apache.file"
			Mutex "file:$S/run" default
			ErrorLog "$S/log/error.log"
			Listen 127.0.0.1:$PORT
			StartServers 1
			DocumentRoot "$S/htdocs"
		END
		for module in mpm_${MPM:-event} authz_core alias mime env $2; do
			echo "LoadModule ${module}_module $modules/mod_$module.so"
		done
		if changes_user; then
			echo "User $WORKER"
			echo "Group $WORKER_GROUP"
		fi
		echo "TypesConfig /etc/mime.types"
		echo "$3"
		echo "Include $S/etc/shipped.conf"
	} >"$S/etc/apache.conf"
	shipped "apache-conf/$1" >"$S/etc/shipped.conf"
	# The prefork MPM kills its whole process group when it is stopped.
	in_background server ${MPM:+setsid} apache2 -D FOREGROUND \
	    -f "$S/etc/apache.conf"
}

# start_apache_fcgid FILE MODULES [MORE]
start_apache_fcgid() {
	start_apache "$1" "fcgid $2" "
		FcgidIPCDir $S/run
		FcgidProcessTableFile $S/run/fcgid_shm
		FcgidInitialEnv ASAN_OPTIONS $asan_options
		FcgidInitialEnv UBSAN_OPTIONS $ubsan_options
		${3:-}"
}

# A site like Debian's default one, which takes everything from the server's
# settings.
default_site() {
	cat <<-END
		<VirtualHost 127.0.0.1:$PORT>
			ServerName hooks.example.com
			DocumentRoot "$S/htdocs"
			ErrorLog "$S/log/site.log"
		</VirtualHost>
	END
}

start_apache-fcgid() {
	start_apache_fcgid hookline-mod_fcgid.conf '' "$(default_site)"
}

start_apache-mtls() {
	start_apache_fcgid hookline-mtls.conf 'socache_shmcb ssl'
}

start_apache-cgid() {
	start_apache hookline-cgi.conf cgid "
		ScriptSock $S/run/cgisock
		SetEnv ASAN_OPTIONS $asan_options
		SetEnv UBSAN_OPTIONS $ubsan_options"
}

start_apache-suexec() {
	start_shared-hosting
}

#
# nginx, and others for which hookline manages its own processes
#

# Prints the command with which the file tells users to start the processes
# without systemd.
listen_command() {
	sed -n 's/^# *\(setpriv .*\)/\1/p' "$S/etc/shipped.conf" |
	    if changes_user; then
		    cat
	    else
		    sed -E 's/^setpriv (--[^ ]* )*//; s/ --socket-group [^ ]*//'
	    fi
}

# as_systemd: prints the command that starts the processes as the systemd units
# say.
as_systemd() {
	local unit
	for unit in hookline.socket hookline.service; do
		shipped "cgi/systemd/$unit" >"$S/etc/$unit"
	done
	echo "'$ROOT/tests/servers/lib/as-systemd' '$S/etc/hookline.socket'" \
	    "'$S/etc/hookline.service'"
}

# They are to be stopped after the server: `workers` comes after `server` in the
# order of pid files.
start_workers() {
	in_background workers env ASAN_OPTIONS="$asan_options" \
	    UBSAN_OPTIONS="$ubsan_options" sh -c "exec $(listen_command)"
	within 300 test -S "$S/run/${1:-hookline.sock}"
}

start_apache-proxy_fcgi() {
	start_apache hookline-proxy_fcgi.conf 'reqtimeout proxy proxy_fcgi' \
	    "$(default_site)"
	start_workers
}

# nginx_with SITES: writes nginx's configuration.
nginx_with() {
	local kind
	{
		if changes_user; then
			echo "user $WORKER $WORKER_GROUP;"
		fi
		cat <<-END
			daemon off;
			pid $S/run/nginx.file;
			error_log $S/log/error.log;
			events { }
			http {
				access_log off;
		END
		for kind in client_body proxy fastcgi uwsgi scgi; do
			echo "${kind}_temp_path $S/run/$kind;"
		done
		echo "$1 }"
	} >"$S/etc/nginx.conf"
}

run_nginx() {
	in_background server nginx -p "$S" -e "$S/log/error.log" \
	    -c "$S/etc/nginx.conf"
}

# start_nginx_with FILE
start_nginx_with() {
	shipped "cgi/nginx/$1" >"$S/etc/shipped.conf"
	nginx_with "include $S/etc/shipped.conf;"
	start_workers
	run_nginx
}

start_nginx() {
	start_nginx_with hookline.conf
}

start_nginx-mtls() {
	start_nginx_with hookline-mtls.conf
}

# Caddy runs as its own user, which the socket's group lets in.
start_caddy() {
	local as=()
	shipped cgi/caddy/Caddyfile >"$S/etc/shipped.conf"
	{
		printf '{\n\tadmin off\n\tauto_https off\n}\n'
		cat "$S/etc/shipped.conf"
	} >"$S/etc/Caddyfile"
	mkdir -p "$S/caddy"
	if changes_user; then
		chgrp caddy "$S/run"
		chown caddy: "$S/caddy"
		as=(setpriv --reuid=caddy --regid=caddy --clear-groups)
	fi
	start_workers
	in_background server "${as[@]}" env XDG_DATA_HOME="$S/caddy" \
	    XDG_CONFIG_HOME="$S/caddy" caddy run --adapter caddyfile \
	    --config "$S/etc/Caddyfile"
}

#
# Mutual TLS, for a sender that knows nothing about it: a tunnel in front of the
# server presents Meta's certificate.
#

# tunneled SETUP
tunneled() {
	local outside=$PORT
	if [ ! -d "$S/tls" ]; then
		make_certificates
	fi
	PORT=$(free_port)
	"start_$1"
	in_background tunnel "$ROOT/tests/servers/lib/tunnel" "$outside" "$PORT" \
	    "$S/tls/right.pem" "$S/tls/key.pem"
	PORT=$outside
}

start_apache-mtls-tunneled() {
	tunneled apache-mtls
}

start_lighttpd-mtls-tunneled() {
	tunneled lighttpd-mtls
}

#
# The inbox, as its own files have it; WEBHOOK is its path
#

start_inbox-lighttpd() {
	start_lighttpd hookline-inbox.conf
}

apache_passwords='auth_basic authn_core authn_file authz_user'

start_inbox-apache-fcgid() {
	start_apache_fcgid hookline-inbox.conf "$apache_passwords" "$(default_site)"
}

start_inbox-apache-cgid() {
	start_apache hookline-inbox.conf "cgid $apache_passwords" "
		ScriptSock $S/run/cgisock
		SetEnv ASAN_OPTIONS $asan_options
		SetEnv UBSAN_OPTIONS $ubsan_options"
}

# Beside what is shipped, /open has no password, but everything else.
start_inbox-nginx() {
	shipped cgi/nginx/hookline-inbox.conf >"$S/etc/shipped.conf"
	nginx_with "server {
		listen 127.0.0.1:$PORT;
		root $S/htdocs;
		include $S/etc/shipped.conf;
		location = /open {
			include /etc/nginx/fastcgi_params;
			fastcgi_pass unix:$S/run/inbox.sock;
		}
	}"
	start_workers inbox.sock
	run_nginx
}
