#!/usr/bin/env bats
# hints.bats: what the log says if the reason for a wrong signature can be found.
# The sender does not learn of it.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

OTHER=0123456789abcdef0123456789abcdef

setup() {
	scratch_new "$CHECKED"
	LOG_FILE=$S/log/own.log
	configure <<-END
		directory = "$journal"
		log_file = "$LOG_FILE"
		endpoint "$WEBHOOK" {
			verify_token = "$TOKEN"
			app_secret = {"$SECRET", '"quoted-$OTHER"'}
		}
		endpoint "/other" {
			verify_token = "$TOKEN"
			app_secret = "$OTHER"
		}
	END
}

# again HINT CURL-OPTIONS...: sends $S/body again, which is refused with the same
# answer. Only one refusal a second gets a hint; succeeds if this one is in the log
# now.
again() {
	ask "$WEBHOOK" --data-binary "@$S/body" "${@:2}"
	answered 401 unauthorized
	own_headers | cmp - "$S/first.head"
	grep -q "event=rejected reason=signature hint=$1 endpoint=$WEBHOOK bytes=$(wc -c <"$S/body") peer=127.0.0.1\$" "$LOG_FILE"
}

hinted() {
	within 50 again "$@"
}

# signed FILE [SECRET [KIND]]: prints the signature header.
signed() {
	local name=X-Hub-Signature-256
	[ "${3:-}" != sha1 ] || name=X-Hub-Signature
	echo "$name: $(sign "$@")"
}

every_hint() {
	start_server
	ask "$WEBHOOK" --data-binary '{}'
	answered 401 unauthorized
	own_headers >"$S/first.head"
	fresh "$S/body"
	hinted secret-of:/other -H "$(signed "$S/body" "$OTHER")"
	hinted secret-quoted -H "$(signed "$S/body" "quoted-$OTHER")"
	hinted sha1-only -H "$(signed "$S/body" "$SECRET" sha1)"
	cp "$S/body" "$S/longer"
	echo >>"$S/longer"
	hinted newline-lost -H "$(signed "$S/longer")"
	mv "$S/body" "$S/shorter"
	mv "$S/longer" "$S/body"
	hinted newline-added -H "$(signed "$S/shorter")"
	run ! grep -qF -e "$SECRET" -e "$OTHER" -e "$TOKEN" "$LOG_FILE"
	[ ! -e "$live" ]
}

@test "every hint: lighttpd and FastCGI" {
	SETUP=lighttpd-fastcgi
	every_hint
}

@test "every hint: Apache and mod_fcgid" {
	SETUP=apache-fcgid
	every_hint
}

@test "every hint: lighttpd and CGI" {
	SETUP=lighttpd-cgi
	every_hint
}

@test "one hint a second from all processes together" {
	local i most
	SETUP=lighttpd-fastcgi
	# The processes share counters if there is a journal.
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$journal"
	start_server
	fresh "$S/body"
	for i in $(seq 100); do
		echo "url = \"http://127.0.0.1:$PORT$WEBHOOK\""
		echo "output = \"$S/got.$i\""
	done >"$S/urls"
	curl -sS -m 60 -Z --parallel-max 20 -H 'Expect:' --data-binary "@$S/body" \
	    -H "$(signed "$S/body" "$OTHER")" -K "$S/urls"
	[ "$(cat "$S"/got.* | sort | uniq -c | xargs)" = '100 unauthorized' ]
	within 50 grep -q hint= "$LOG_FILE"
	# A line gets its time a moment after it was counted, so one more is
	# allowed.
	most=$(grep hint= "$LOG_FILE" | cut -c6-24 | sort | uniq -c | sort -rn |
	    awk 'NR == 1 { print $1 }')
	[ "$most" -le 2 ] || fail "$most hints in a second"
}

@test "a good notification after a bad one is stored" {
	SETUP=apache-fcgid
	start_server
	fresh "$S/body"
	ask "$WEBHOOK" --data-binary "@$S/body" \
	    -H "$(signed "$S/body" "$OTHER")"
	answered 401 unauthorized
	post "$S/body"
	answered 200 ok
	stored "$S/body"
}
