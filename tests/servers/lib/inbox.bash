# shellcheck shell=bash disable=SC2034,SC2094,SC2154 # used, or set, by other files
# inbox.bash: the inbox, for the tests. After test.bash.
#
#   inbox_new PROGRAM   makes $S with the inbox's program, with a receiver that is used
#                       only to store, and with a password; then inbox_use, and
#                       three notifications
#   inbox_use           what a test file has to set in each process
#   look [QUERY] [CURL OPTIONS...]   asks for the inbox, with the password
#   page [QUERY] [NAME=VALUE|-NAME...]   the same of a CGI process that we start ourselves

INBOX_SHIPPED=${HOOKLINE_INBOX:-$ROOT/build/hookline-inbox.fcgi}
INBOX_CHECKED=${HOOKLINE_INBOX:-$ROOT/build/asan/hookline-inbox.fcgi}

DEMO=ZGVtbzp0cTctbXprLTQyZg==	# demo:tq7-mzk-42f

inbox_new() {
	[ -x "$1" ] || fail "there is no program $1" || return
	scratch_new "$SHIPPED"
	install -m 0755 "$1" "$S/lib/hookline-inbox.fcgi"
	inbox_use "$S"
	printf 'demo:%s\n' "$(openssl passwd -6 tq7-mzk-42f)" \
	    >"$S/etc/inbox.htpasswd"
	chown "root:$WORKER_GROUP" "$S/etc/inbox.htpasswd" 2>/dev/null || true
	chmod 0640 "$S/etc/inbox.htpasswd"
	inbox_store
}

# Two notifications and an update of WhatsApp, as a receiver stores them.
inbox_store() {
	WEBHOOK=/webhook
	standard_config | configure
	printf '{"object":"user","entry":[{"id":"1","time":1}]}' >"$S/one"
	printf ' {"object":"page",\t"entry":[{"id":"2","time":2,"t":"\\ud83d</script>"}]} ' >"$S/two"
	printf '{"object":"page","entry":[{"id":"3","time":3,"changes":[{"field":"feed","value":{"item":"post"}}]}]}' >"$S/three"
	by_worker "$S/one"
	by_worker "$S/two"
	standard_config 'lines = "update"' | configure
	by_worker "$S/three"
	WEBHOOK=/inbox
	[ "$(count_lines)" = 3 ] || fail 'not stored'
}

# by_worker FILE: by_cgi, as the user of the journal.
by_worker() {
	as_user env -i REQUEST_METHOD=POST REQUEST_URI=/webhook \
	    GATEWAY_INTERFACE=CGI/1.1 CONTENT_LENGTH="$(stat -c %s "$1")" \
	    HOOKLINE_CONFIG="$conf" HTTP_X_HUB_SIGNATURE_256="$(sign "$1")" \
	    "$S/lib/hookline.fcgi" <"$1" >"$S/answer"
}

as_user() {
	if [ "$EUID" = 0 ]; then
		setpriv --reuid "$WORKER" --regid "$WORKER_GROUP" --clear-groups "$@"
	else
		"$@"
	fi
}

inbox_use() {
	scratch_use "$1"
	WEBHOOK=/inbox
	if [ "${SETUP:-}" = inbox-apache-cgid ]; then
		asan_options+=:detect_leaks=0
	fi
}

look() {
	ask "/inbox${1:-}" -H "Authorization: Basic $DEMO" "${@:2}"
}

# The answer goes to $S/answer.head and $S/answer.body; sets STATUS. -NAME leaves a
# variable out.
page() {
	local query=${1:-} word
	local -A variables=([GATEWAY_INTERFACE]=CGI/1.1
	    [REQUEST_METHOD]=${METHOD:-GET} [REQUEST_URI]=/inbox$query
	    [QUERY_STRING]=${query#\?} [REMOTE_ADDR]=127.0.0.1 [AUTH_TYPE]=Basic
	    [REMOTE_USER]=demo [HOOKLINE_DIRECTORY]=$journal
	    [ASAN_OPTIONS]=$asan_options:detect_leaks=0)
	local settings=()
	for word in "${@:2}"; do
		case $word in
		-*) unset "variables[${word#-}]" ;;
		*) variables[${word%%=*}]=${word#*=} ;;
		esac
	done
	for word in "${!variables[@]}"; do
		settings+=("$word=${variables[$word]}")
	done
	env -i "${settings[@]}" "${INBOX:-$S/lib/hookline-inbox.fcgi}" \
	    </dev/null >"$S/answer" || return
	: >"$S/answer.body"
	LC_ALL=C sed -n -e "1,/^\r\$/w $S/answer.head" -e "1,/^\r\$/!w $S/answer.body" \
	    "$S/answer"
	read -r _ STATUS _ <"$S/answer.head"
}

# word_is STATUS WORD: the answer's first line is this.
word_is() {
	local word
	IFS= read -r word <"$S/answer.body" || true
	[ "$STATUS $word" = "$1 $2" ] || fail "answered $STATUS $word, not $1 $2"
}
