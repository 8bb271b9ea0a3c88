# shared-hosting.bash: an Apache as hosts with many customers run it: with suEXEC,
# everything allowed in .htaccess, and a customer's home with a site that resembles
# WordPress. For suexec.bats and dist.bats, after test.bash.
#
#   home    the customer's home folder; site: the document root in it
#   outside the document root of another site of the customer's, outside the home
#
# Further sites are in $home/NAME, for the Host NAME, with other rules for .htaccess:
# see other_sites.
#
# suEXEC relies on /etc/passwd, /etc/group and /etc/apache2/suexec/www-data, and logs
# to /var/log/apache2. Apache gets a mount namespace with its own files in these
# places, so nothing changes on the machine, and nothing has to be restored.

CUSTOMER=20117		# uid and gid
SUEXEC=/usr/lib/apache2/suexec

# Prints why such a host cannot be set up here; nothing if it can.
no_hosting() {
	if [ "$(id -u)" != 0 ]; then
		echo 'suEXEC needs root'
	elif [ ! -u "$SUEXEC" ]; then
		echo 'the package apache2-suexec-custom is not installed'
	elif [ ! -e /etc/apache2/suexec/www-data ]; then
		echo 'there is no /etc/apache2/suexec/www-data'
	elif ! unshare -m --propagation private true 2>/dev/null; then
		echo 'mount namespaces are not allowed here'
	elif grep -q '^NoNewPrivs:.*1' /proc/self/status; then
		echo 'programs with the setuid bit are not allowed here'
	fi
}

as_customer() {
	setpriv --reuid $CUSTOMER --regid $CUSTOMER --clear-groups \
	    env -i PATH="$PATH" HOME="$home" "$@"
}

# customer_file FILE [MODE]: writes standard input to it, as the customer.
customer_file() {
	# shellcheck disable=SC2016 # the inner shell expands it
	as_customer sh -c 'rm -f "$1" && cat >"$1" && chmod "$2" "$1"' sh \
	    "$1" "${2:-0644}"
}

hosting_use() {
	scratch_use "${1:?}"
	WEBHOOK=/hookline/events
	home=$S/home/customer
	site=$home/public_html
	outside=$S/sites/customer
	conf=$home/hookline/hookline.conf
	conf_owner=$CUSTOMER:$CUSTOMER
	conf_mode=0600
	journal=$home/hookline/journal
	live=$journal/notifications.jsonl
}

# Makes a home as a host does, with a site whose own rewrite rules take every path.
home_new() {
	rm -rf "${home:?}" "${outside:?}"
	install -d -m 0711 -o $CUSTOMER -g $CUSTOMER "$home"
	as_customer install -d -m 0755 "$site"
	echo 'page of the site' | customer_file "$site/index.txt"
	customer_file "$site/.htaccess" <<-'END'
		DirectoryIndex index.txt
		RewriteEngine On
		RewriteBase /
		RewriteRule ^index\.txt$ - [L]
		RewriteCond %{REQUEST_FILENAME} !-f
		RewriteCond %{REQUEST_FILENAME} !-d
		RewriteRule . /index.txt [L]
	END
}

# Installs as INSTALL.txt says, except for the configuration.
home_install() {
	site_install "$site"
	as_customer install -d -m 0700 "$home/hookline"
}

# site_install FOLDER: puts the program and .htaccess into the folder of a site.
site_install() {
	as_customer install -d -m 0755 "$1" "$1/hookline"
	customer_file "$1/hookline/hookline.fcgi" 0755 <"$S/lib/hookline.fcgi"
	customer_file "$1/hookline/.htaccess" \
	    <"$ROOT/apache-conf/hookline.htaccess"
}

PANEL_LOGIN=bWU6dHE3LW16ay00MmY=	# me:tq7-mzk-42f

# panel_protects FOLDER: sets a password as cPanel does: it appends to .htaccess.
panel_protects() {
	as_customer install -d -m 0755 "$home/.htpasswds"
	printf 'me:%s\n' "$(openssl passwd -apr1 tq7-mzk-42f)" |
	    customer_file "$home/.htpasswds/passwd"
	{
		cat "$1/.htaccess"
		cat <<-END

			#----------------------------------------------------------------cp:ppd
			# Section managed by cPanel: Password Protected Directories     -cp:ppd
			# - Do not edit this section of the htaccess file!              -cp:ppd
			#----------------------------------------------------------------cp:ppd
			AuthType Basic
			AuthName "Protected 'inbox'"
			AuthUserFile "$home/.htpasswds/passwd"
			Require valid-user
			#----------------------------------------------------------------cp:ppd
		END
	} >"$S/htaccess"
	customer_file "$1/.htaccess" <"$S/htaccess"
}

# Prints NAME|AllowOverride|Options, as control panels set them for customers' sites.
other_sites() {
	cat <<-'END'
		cpanel|All|+SymLinksIfOwnerMatch -FollowSymLinks -ExecCGI
		plesk|AuthConfig FileInfo Indexes Limit Options=Indexes,SymLinksIfOwnerMatch,MultiViews,ExecCGI,Includes,IncludesNOEXEC|None
		directadmin|AuthConfig FileInfo Indexes Limit Options=Includes,IncludesNOEXEC,Indexes,ExecCGI,MultiViews,SymLinksIfOwnerMatch,None|None
		both-off|All|None
		followed|All|FollowSymLinks
		no-override|None|None
	END
}

# hosting_new PROGRAM: sets up the machine, without any home yet.
hosting_new() {
	WORKER=www-data
	WORKER_GROUP=www-data
	scratch_new "$1"
	hosting_use "$S"
	install -d -m 0711 "$S/home"
	install -d -m 0711 -o $CUSTOMER -g $CUSTOMER "$S/sites"
	printf '%s\n' "$S" public_html/cgi-bin >"$S/etc/suexec"
	{
		cat /etc/passwd
		echo "customer:x:$CUSTOMER:$CUSTOMER::$home:/bin/sh"
	} >"$S/etc/passwd"
	{ cat /etc/group; echo "customer:x:$CUSTOMER:"; } >"$S/etc/group"
}

hosting_config() {
	local module
	cat <<-END
		ServerName localhost
		ServerRoot "$S"
		DefaultRuntimeDir "$S/run"
		PidFile "$S/run/apache.file"
		Mutex "file:$S/run" default
		ErrorLog "$S/log/error.log"
		Listen 127.0.0.1:$PORT
		StartServers 1
		User www-data
		Group www-data
	END
	for module in mpm_event authz_core alias mime dir env setenvif rewrite \
	    cgid fcgid suexec auth_basic authn_core authn_file authz_user; do
		echo "LoadModule ${module}_module" \
		    "/usr/lib/apache2/modules/mod_$module.so"
	done
	cat <<-END
		TypesConfig /etc/mime.types
		ScriptSock $S/run/cgisock
		FcgidIPCDir $S/run
		FcgidProcessTableFile $S/run/fcgid_shm
		AddHandler fcgid-script .fcgi
		<Directory />
			AllowOverride None
			Require all denied
		</Directory>
		<Directory "$S/home/*/public_html">
			AllowOverride All
			Options Indexes SymLinksIfOwnerMatch
			Require all granted
		</Directory>
		<VirtualHost 127.0.0.1:$PORT>
			ServerName hooks.example.com
			DocumentRoot "$site"
			ScriptAlias "/cgi-bin/" "$home/cgi-bin/"
			SuexecUserGroup customer customer
		</VirtualHost>
		<Directory "$home/cgi-bin">
			Require all granted
		</Directory>
		<Directory "$outside">
			AllowOverride All
			Require all granted
		</Directory>
	END
	other_site outside "$outside"
	other_sites | while IFS='|' read -r name override options; do
		cat <<-END
			<Directory "$home/$name">
				AllowOverride $override
				Options $options
				Require all granted
			</Directory>
		END
		other_site "$name" "$home/$name"
	done
}

# other_site NAME FOLDER
other_site() {
	cat <<-END
		<VirtualHost 127.0.0.1:$PORT>
			ServerName $1
			DocumentRoot "$2"
			SuexecUserGroup customer customer
		</VirtualHost>
	END
}

# shellcheck disable=SC2016 # the inner shell expands it
start_shared-hosting() {
	hosting_config >"$S/etc/apache.conf"
	in_background server unshare -m --propagation private sh -c '
		mount --bind "$1/etc/passwd" /etc/passwd &&
		mount --bind "$1/etc/group" /etc/group &&
		mount --bind "$1/etc/suexec" /etc/apache2/suexec/www-data &&
		mount --bind "$1/log" /var/log/apache2 &&
		exec apache2 -D FOREGROUND -f "$1/etc/apache.conf"' sh "$S"
}

# Calls stop_server, and stops the customer's processes, which outlive Apache with
# mod_fcgid.
stop_hosting() {
	local process result=0
	stop_server || result=1
	for process in /proc/[0-9]*; do
		if [[ $(readlink "$process/exe") == "$S/home"/* ]]; then
			kill "${process##*/}" 2>/dev/null
		fi
	done
	return $result
}
