#!/usr/bin/env bats
# check-config.bats: root's --check-config reports what the web server's user
# would meet, and changes nothing.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

OTHER_USER=20118	# uid and gid, not in /etc/passwd

setup() {
	if [ "$(id -u)" != 0 ]; then
		lack='only root can become another user'
		skip "$lack"
	fi
	scratch_new "$SHIPPED"
	standard_config | configure
	install -d -m 0750 -o www-data -g www-data "$journal"
}

# check STATUS: runs --check-config; its output is in $output and $stderr.
check() {
	run --separate-stderr "-$1" "$S/lib/hookline.fcgi" --check-config \
	    --config "$conf"
	echo "$output"
	echo "$stderr"
}

# as_whom TEXT: the output's first line says this.
as_whom() {
	[ "${lines[0]}" = "checked as:       $1" ]
}

# in_tree COMMAND...: runs it with the /etc/passwd and /etc/group of $S/etc.
in_tree() {
	unshare -m --propagation private sh -c '
		mount --bind "$0/etc/passwd" /etc/passwd &&
		mount --bind "$0/etc/group" /etc/group && exec "$@"' "$S" "$@"
}

needs_tree() {
	if ! unshare -m --propagation private true 2>/dev/null; then
		skip 'mount namespaces are not allowed here'
	fi
	cp /etc/passwd /etc/group "$S/etc/"
}

# Lists every file below $S: mode, owner, and the times of its content and
# inode.
everything() {
	find "$S" -printf '%p %M %u:%g %s %T@ %C@\n' | sort
}

@test "all is well: root checks as the owner of the journal's folder" {
	everything >"${BATS_TEST_TMPDIR:?}/before"
	check 0
	as_whom "www-data (owner of $journal)"
	[ -z "$stderr" ]
	everything | diff "$BATS_TEST_TMPDIR/before" -
}

@test "a configuration that only root can read" {
	chown root:root "$conf"
	check 1
	as_whom "www-data (owner of $journal)"
	[[ $stderr == *"bad-config: $conf: Permission denied" ]]
}

@test "a configuration in a folder that only root can enter" {
	chmod 0700 "$S/etc"
	check 1
	as_whom "www-data (owner of $journal)"
	[[ $stderr == *"$conf: Permission denied" ]]
	# Nor is it found there without --config.
	cp "$S/lib/hookline.fcgi" "$S/hookline.fcgi"
	install -d -m 0700 "$S/hookline"
	mv "$conf" "$S/hookline/hookline.conf"
	run --separate-stderr -1 "$S/hookline.fcgi" --check-config
	[[ $stderr == *"no-config: there is no hookline.conf."* ]]
	[[ $stderr == *"  $S/hookline/hookline.conf: Permission denied"* ]]
}

@test "a journal that only root can write" {
	chmod 0550 "$journal"
	check 1
	[[ $stderr == *"not-writable: $journal: "* ]]
	chown root "$journal"
	check 1
	as_whom "www-data ($journal belongs to root)"
	rmdir "$journal"
	chmod 0550 "$S/var"
	check 1
	as_whom "www-data ($journal does not exist)"
}

@test "a log_file that only root can write" {
	LOG_FILE=$S/log/hookline.log
	standard_config | configure
	: >"$LOG_FILE"
	check 1
	[[ $stderr == *"log_file: $LOG_FILE: Permission denied: events go to"* ]]
	chown www-data "$LOG_FILE"
	check 0
	rm "$LOG_FILE"
	check 0
	[ ! -e "$LOG_FILE" ]
	chown root "$S/log"
	check 1
	[[ $stderr == *"$LOG_FILE: cannot be created in $S/log: Permission denied"* ]]
}

@test "a journal of another user, who is not in /etc/passwd" {
	chown -R $OTHER_USER:$OTHER_USER "$S/var"
	check 1
	as_whom "user $OTHER_USER (owner of $journal)"
	[[ $stderr == *"$conf: Permission denied" ]]
	chgrp $OTHER_USER "$conf"
	check 0
}

@test "modes are not changed, but the output says which are too open" {
	chown www-data "$conf"
	chmod 0664 "$conf"
	everything >"${BATS_TEST_TMPDIR:?}/before"
	check 0
	[[ $output == *"$conf: mode 0664 is too open: its group may write"* ]]
	[[ $output == *"$conf: mode 0664 is too open: everybody may read"* ]]
	everything | diff "$BATS_TEST_TMPDIR/before" -
	chown root "$conf"
	check 1
	[[ $stderr == *'unsafe-config: '* ]]
	# A check by the file's owner does not change the mode either.
	chown www-data "$conf"
	setpriv --reuid www-data --regid www-data --clear-groups \
	    "$S/lib/hookline.fcgi" --check-config --config "$conf" >"$S/said"
	run ! grep -q '^checked as' "$S/said"
	rm "$S/said"
	[ "$(stat -c %a "$conf")" = 664 ]
}

@test "the user's other groups count" {
	needs_tree
	chgrp 20119 "$conf"
	check 1
	echo 'readers:x:20119:daemon,www-data' >>"$S/etc/group"
	in_tree "$S/lib/hookline.fcgi" --check-config --config "$conf"
	# Root's own groups are all given up.
	chgrp 20120 "$conf"
	run -1 in_tree setpriv --groups 20120 \
	    "$S/lib/hookline.fcgi" --check-config --config "$conf"
	[[ $output == *'Permission denied'* ]]
}

@test "without www-data root checks as root" {
	needs_tree
	sed -i '/^www-data:/d' "$S/etc/passwd"
	chown 0:0 "$journal"
	run -0 in_tree "$S/lib/hookline.fcgi" --check-config --config "$conf"
	as_whom 'root (there is no user www-data)'
	# The journal's folder would then belong to root for good.
	rmdir "$journal"
	run -1 in_tree "$S/lib/hookline.fcgi" --check-config --config "$conf"
	[[ $output == *'not-writable: '*'root does not create it'* ]]
}

@test "root's home is not searched in place of the web server's" {
	local program=$BATS_TEST_TMPDIR/alone/hookline.fcgi
	install -d "$S/home/.config/hookline" "$BATS_TEST_TMPDIR/alone"
	chmod 0755 "$S/home/.config" "$S/home"
	mv "$conf" "$S/home/.config/hookline/hookline.conf"
	install -m 0755 "$S/lib/hookline.fcgi" "$program"
	run -1 env HOME="$S/home" "$program" --check-config
	[[ $output == *'there is no hookline.conf.'* ]]
	[[ $output != *"$S/home"* ]]
}

# unsigned_config [LINE]: prints a configuration with an endpoint that has no
# secret, and whose path contains $word.
unsigned_config() {
	cat <<-END
		directory = "$journal"
		endpoint "/log/$word" {
			name = "security-log"
			verify_token = "$TOKEN"
			unsigned = "accept"
			${1:-}
		}
	END
}

@test "an endpoint that needs no signature is shown by its name, without its path" {
	local word=k3JdQ7_xT-0aZr9WmB5cYv line
	unsigned_config | configure
	check 0
	[[ $output == *$'\nendpoint:         security-log\n  path:           not shown'* ]]
	[[ $output != *"$word"* ]]
	[[ $output != *warning:* ]]
	[ -z "$stderr" ]
	# Error messages do not show the path either.
	for line in 'app_secret = ""' 'no_such_key = 1' "name = \"$word\"" "'$word'" \
	    "} endpoint \"/log/$word\" {" \
	    "} endpoint \"/other\" { name = \"security-log\"" '} }'; do
		unsigned_config "$line" | configure
		check 1
		[[ $output$stderr != *"$word"* ]]
		[[ $stderr == *"$conf:"* ]]
	done
	unsigned_config | sed '/name/d' | configure
	check 1
	[[ $stderr == *"$conf:4: unsigned: \"accept\" also needs a name"* ]]
	[[ $stderr != *"$word"* ]]
}

@test "a secret that was pasted wrongly gets a warning, and is not shown" {
	standard_config | sed 's/app_secret.*/app_secret_file = "secrets"/' | configure
	printf '# of 1 May\n"%s"\nAPP_SECRET=%s\n#%s\n%s\n' "$SECRET" "$SECRET" "$SECRET" \
	    "$SECRET" >"$S/etc/secrets"
	chmod 0640 "$S/etc/secrets"
	chgrp www-data "$S/etc/secrets"
	check 0
	[ "$(grep '^warning: ' <<<"$output")" = "\
warning:          endpoint $WEBHOOK: an app secret is not 32 hex digits, as Meta's are: it contains quotes: leave them out
warning:          endpoint $WEBHOOK: an app secret is not 32 hex digits, as Meta's are: it looks like NAME=value: write only the value" ]
	[[ $output == *$'\n  app secrets:    3\n'* ]]
	[[ $output$stderr != *"$SECRET"* ]]
}
