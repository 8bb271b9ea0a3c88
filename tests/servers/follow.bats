#!/usr/bin/env bats
# follow.bats: what confined processes depend on is replaced while they run: the
# configuration's folder is switched or replaced, log_file is renamed. Uses the
# program as it is shipped, since only that one has its sandbox.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

SETUP=lighttpd-fastcgi

setup() {
	scratch_new "$SHIPPED"
	LOG_FILE=$S/log/hookline.log
}

# put_version NAME LINES: creates a folder with a configuration, laid out as
# Kubernetes mounts one.
put_version() {
	mkdir "$S/etc/$1"
	standard_config "$2" >"$S/etc/$1/hookline.conf"
	chown -R "$conf_owner" "$S/etc/$1"
	chmod 0750 "$S/etc/$1"
	chmod "$conf_mode" "$S/etc/$1/hookline.conf"
}

# switch_to NAME: switches the link to that folder in one step.
switch_to() {
	ln -s "$1" "$S/etc/..data_tmp"
	mv -T "$S/etc/..data_tmp" "$S/etc/..data"
}

store_one() {
	fresh "$S/body" "$1"
	post "$S/body"
	[ "$STATUS" = 200 ]
}

# The processes that have served a request, and so have entered their sandbox.
confined() {
	local pid
	for pid in $(programs); do
		! grep -q '^Seccomp:.*2' "/proc/$pid/status" || echo "$pid"
	done
}

# At least one of them has.
confine() {
	store_one "$RANDOM$RANDOM"
	[ -n "$(confined)" ]
}

@test "a configuration behind a link that is switched, as in a ConfigMap" {
	local before_pids
	put_version ..one 'max_body = 1000'
	ln -s ..one "$S/etc/..data"
	ln -s ..data/hookline.conf "$S/etc/hookline.conf"
	start_server
	confine
	before_pids=$(programs)
	put_version ..two 'max_body = 100'
	switch_to ..two
	rm -r "$S/etc/..one"
	head -c 101 /dev/zero >"$S/body"
	for _ in 1 2 3 4 5 6 7 8; do
		post "$S/body"
		answered 413 too-large
	done
	store_one after
	[ "$(programs)" = "$before_pids" ]
}

# Some process has opened the new file.
logs_into() {
	post_signature sha256=0 "$S/body"
	[ "$STATUS" = 401 ] && [ -s "$1" ]
}

@test "log_file is renamed, and lines go to the new file" {
	install -d -o "$WORKER" -g "$WORKER_GROUP" "$journal"
	LOG_FILE=$journal/hookline.log
	standard_config | configure
	start_server
	confine
	mv "$LOG_FILE" "$LOG_FILE.1"
	within 100 logs_into "$LOG_FILE"
	run ! grep -q event=rejected "$S"/log/*.log
}

ended() {
	grep -q "event=ending reason=$1" "$LOG_FILE" "$LOG_FILE.1" 2>/dev/null
}

# None of the old processes is left, and the new ones work.
renewed() {
	local pid
	for pid in $before_pids; do
		! is_running "$pid" || return 1
	done
	store_one "$RANDOM$RANDOM"
}

# Both are in one test, since each takes a minute. Only the log may show the
# first change.
@test "log_file in another folder is renamed, then the configuration's folder: new processes" {
	local before_pids
	standard_config | configure
	start_server
	confine
	before_pids=$(confined)
	mv "$LOG_FILE" "$LOG_FILE.1"
	install -m 0640 -o "$WORKER" -g "$WORKER_GROUP" /dev/null "$LOG_FILE"
	store_one "meanwhile"
	within 100 ended log-file-renamed
	store_one "still"
	cp -a "$S/etc" "$S/etc.new"
	mv "$S/etc" "$S/etc.old"
	mv "$S/etc.new" "$S/etc"
	within 900 renewed
	grep -q event=ending "$LOG_FILE.1"
	logs_into "$LOG_FILE"
}
