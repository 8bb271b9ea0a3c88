#!/usr/bin/env bats
# container.bats: follows the recipe of hookline(8), CONTAINERS, to the letter: its
# configuration, its Containerfile and its commands are read from the manual.
# `container` does what an engine would do.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"
# shellcheck source=tests/servers/lib/texts.bash
source "$BATS_TEST_DIRNAME/lib/texts.bash"

STATIC=${HOOKLINE_FCGI:-$ROOT/build/static/hookline.fcgi}

# Prints why there can be no container here; nothing if there can.
no_container() {
	if [ "$(id -u)" != 0 ]; then
		echo 'only root can become another user'
	elif ! unshare --mount --net --pid --fork true 2>/dev/null; then
		echo 'namespaces are not allowed here'
	fi
}

setup_file() {
	lack=$(no_container)
	export lack
	[ -z "$lack" ] || return 0
	scratch_new "$STATIC"
	export SCRATCH=$S
	build_image
	start_container
	start_nginx_in_front
}

setup() {
	[ -z "$lack" ] || skip "$lack"
	scratch_use "$SCRATCH"
	of_container
}

teardown_file() {
	if [ -z "$lack" ]; then
		scratch_use "$SCRATCH"
		of_container
		stop_pid "$(<"$S/server.pid")"
		stop_container
		sender_stop
		rm -rf "$S"
	fi
}

#
# The recipe
#

# recipe NUMBER: prints one of the section's examples, as it is to be typed.
recipe() {
	sed -n '/^\.Sh CONTAINERS/,/^\.Sh [^C]/p' "$ROOT/cgi/man/hookline.8" |
	    awk -v wanted="$1" '/^\.Ed/ { inside = 0 }
		inside && number == wanted { print }
		/^\.Bd/ { inside = 1; number++ }' | typed
}

# command_of NAME: prints the arguments of `podman NAME`, one line for each use.
command_of() {
	recipe 3 | sed -e ':more' -e '/\\$/{N;s/\\\n *//;b more' -e '}' |
	    sed -n "s/^[$] podman $1 //p"
}

# copy_into_image [--chown=OWNER] SOURCE... TARGET: does what COPY does. If a source
# is a folder, its contents are copied.
copy_into_image() {
	local owner=0:0 target=$S/image${*: -1} source
	if [[ $1 == --chown=* ]]; then
		owner=${1#*=}
		shift
	fi
	for source in "${@:1:$#-1}"; do
		source=$S/context/$source
		if [ -d "$source" ]; then
			mkdir -p "$target"
			cp -a "$source/." "$target"
			chown -R "$owner" "$target"
		else
			install -D -m "$(stat -c %a "$source")" \
			    -o "${owner%:*}" -g "${owner#*:}" -t "$target" "$source"
		fi
	done
}

# Builds the Containerfile's image; $S/user and $S/command say what is run, and as
# whom.
build_image() {
	local word rest
	mkdir "$S/context" "$S/context/journal"
	cp "$STATIC" "$S/context/hookline.fcgi"
	recipe 1 >"$S/context/hookline.conf"
	recipe 2 >"$S/context/Containerfile"
	[ "$(command_of build)" = '--tag hookline .' ]
	while read -r word rest; do
		case $word in
		FROM)
			[ "$rest" = scratch ]
			mkdir "$S/image"
			;;
		COPY) eval "copy_into_image $rest" ;;
		USER) echo "$rest" >"$S/user" ;;
		ENTRYPOINT) jq -r '.[]' <<<"$rest" >"$S/command" ;;
		CMD) jq -r '.[]' <<<"$rest" >>"$S/command" ;;
		*) fail "Containerfile: $word" ;;
		esac
	done <"$S/context/Containerfile"
	echo "$TOKEN" >"$S/verify_token.txt"
	echo "$SECRET" >"$S/app_secret.txt"
}

# secret NAME: makes a file of this name with the input of `podman secret create`.
secret() {
	local file
	file=$(command_of 'secret create' | sed -n "s/^$1 //p")
	mkdir -p "$S/secrets"
	cp "$S/$file" "$S/secrets/$1"
	echo "$S/secrets/$1"
}

# volume NAME:PATH: makes a volume, which begins as a copy of that path in the image.
volume() {
	if [ ! -e "$S/volumes/${1%:*}" ]; then
		mkdir -p "$S/volumes"
		cp -a "$S/image${1#*:}" "$S/volumes/${1%:*}"
	fi
	echo "$S/volumes/$1"
}

# Prints the options of `podman run` that `container` needs, one word a line.
run_options() {
	# shellcheck disable=SC2046 # one word each
	set -- $(command_of run)
	while [ $# -gt 1 ]; do
		case $1 in
		--detach) ;;
		--name | --network) shift ;;
		--stop-timeout)
			echo "$2" >"$S/stop-timeout"
			shift
			;;
		--read-only) echo "$1" ;;
		--cap-drop | --security-opt)
			printf '%s\n' "$1" "$2"
			shift
			;;
		--secret | --volume)
			printf '%s\n' "$1" "$("${1#--}" "$2")"
			shift
			;;
		*) fail "podman run $1" >&2 ;;
		esac
		shift
	done
	[ "$1" = hookline ]
	printf '%s\n' --user "$(<"$S/user")"
}

start_container() {
	local words
	run_options >"$S/options"
	mapfile -t words < <(cat "$S/options" "$S/command")
	rm -f "$S/ended"
	# shellcheck disable=SC2016 # the inner shell expands it
	in_background container bash -c '"${@:2}"; echo $? >"$1"' sh "$S/ended" \
	    unshare --mount --propagation private --net --pid --fork \
	    --kill-child "$HELPERS/container" "$S/image" "${words[@]}"
	within 100 is_up
	of_container
}

# Process 1 of the container has become hookline.
is_up() {
	of_container
	[ -n "$first" ] && grep -qs '^/hookline.fcgi' "/proc/$first/cmdline"
}

# child PID: prints the child, of which there is one.
child() {
	tr -d ' ' 2>/dev/null <"/proc/$1/task/$1/children"
}

# Sets `first` to the pid of the container's process 1, as seen from outside; or to
# nothing.
of_container() {
	first=$(child "$(child "$(<"$S/container.pid")")" || :)
	journal=$S/volumes/hookline
	live=$journal/notifications.jsonl
	PORT=80
	sender_by=(nsenter -t "$first" -n)
}

# Stops it as `podman stop` does.
stop_container() {
	kill -TERM "$first" || return
	within "$(<"$S/stop-timeout")0" test -s "$S/ended"
}

# The file gets the manual's fastcgi_pass line, with an address: there are no host
# names here.
start_nginx_in_front() {
	local line kind
	line=$(sed -n 's/^\.Ql \(fastcgi_pass .*;\) ,$/\1/p' \
	    "$ROOT/cgi/man/hookline.8")
	[ -n "$line" ]
	shipped cgi/nginx/hookline.conf |
	    sed "s|fastcgi_pass .*;|${line/hookline/127.0.0.1}|" >"$S/etc/shipped.conf"
	grep -q 'fastcgi_pass 127.0.0.1:' "$S/etc/shipped.conf"
	{
		echo "user $WORKER $WORKER_GROUP; daemon off; pid $S/run/nginx.file;"
		echo "events { } http { access_log off;"
		for kind in client_body proxy fastcgi uwsgi scgi; do
			echo "${kind}_temp_path $S/run/$kind;"
		done
		echo "include $S/etc/shipped.conf; }"
	} >"$S/etc/nginx.conf"
	in_background server nsenter -t "$first" -n nginx -p "$S" \
	    -e "$S/log/error.log" -c "$S/etc/nginx.conf"
	within 100 answers
	# The sender was in the previous container's network.
	sender_stop
}

curl() {
	nsenter -t "$first" -n curl "$@"
}

#
# What the container does
#

# status_of FIELD: prints that field of process 1's status.
status_of() {
	awk -v name="$1:" '$1 == name { $1 = ""; print substr($0, 2) }' \
	    "/proc/$first/status"
}

@test "hookline is process 1, a plain user without capabilities" {
	[[ $(tr '\0' ' ' <"/proc/$first/cmdline") == '/hookline.fcgi '*' --listen '* ]]
	[[ $(status_of NSpid) == *' 1' ]]
	[ "$(status_of Uid)" = '33 33 33 33' ]
	[ "$(status_of Gid)" = '33 33 33 33' ]
	[ "$(status_of CapEff)" = 0000000000000000 ]
	[ "$(status_of CapBnd)" = 0000000000000000 ]
	[ "$(status_of NoNewPrivs)" = 1 ]
}

@test "its root is read-only, and has only the two files" {
	awk '$5 == "/" { print $6 }' "/proc/$first/mountinfo" | grep -q '^ro\b'
	[ "$(find "$S/image" -type f -printf '/%P\n' | sort | xargs)" = \
	    '/hookline.conf /hookline.fcgi' ]
	run ! grep -qF -e "$TOKEN" -e "$SECRET" "$S/image/hookline.conf"
}

@test "the secrets are where an engine puts them, readable by all" {
	local secret
	for secret in verify_token app_secret; do
		[ "$(stat -c '%a %u' "/proc/$first/root/run/secrets/$secret")" = \
		    '444 0' ]
	done
}

@test "it is ready, verifies, and writes a line to the volume" {
	ask "$WEBHOOK"
	answered 200 ready
	ask "$WEBHOOK?hub.mode=subscribe&hub.challenge=8&hub.verify_token=$TOKEN"
	echoed 8
	before=$(count_lines)
	fresh "$S/body"
	post_stored "$S/body"
	added 1
	post_signature sha256=0 "$S/body"
	answered 401 unauthorized
	[ "$(stat -c %u "$live")" = 33 ]
	grep -q 'event=rejected reason=signature ' "$S/log/container"
}

@test "told to stop while notifications arrive, it ends in time and loses none" {
	local flood
	export WEBHOOK
	nsenter -t "$first" -n "$PEER" flood 80 4 1 2000 "$SECRET" >"$S/flood" 3>&- &
	flood=$!
	within 100 grep -q ' 200 ' "$S/flood"
	stop_container
	[ "$(<"$S/ended")" = 0 ]
	wait $flood || :
	stored_all "$S/flood"
	"$PEER" verify "$journal" "$SECRET"
}

@test "a new container with the same volume knows the stored notifications" {
	local body=$S/body
	stop_pid "$(<"$S/server.pid")"
	fresh "$body" before
	start_container
	start_nginx_in_front
	before=$(count_lines)
	post_stored "$body"
	added 1
	stop_container
	stop_pid "$(<"$S/server.pid")"
	start_container
	start_nginx_in_front
	post "$body"
	answered 200 ok
	added 1
}
