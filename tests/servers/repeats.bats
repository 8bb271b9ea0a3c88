#!/usr/bin/env bats
# repeats.bats: what the receiver takes for the same event, what the log says about
# repeats, and what happens to unsigned notifications and to those from the relay of
# another hookline.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

UNSIGNED=/webhook/Zq4T7bVx0KcW9rEm2NfY81hL
RELAY=0123456789abcdef0123456789abcdef
SAMPLE='{"object":"user","entry":[{"id":"0","time":1520383571,"changed_fields":["photos"]}]}'

setup() {
	scratch_new "$CHECKED"
	LOG_FILE=$S/log/own.log
	configure <<-END
		directory = "$journal"
		log_file = "$LOG_FILE"
		endpoint "$WEBHOOK" {
			name = "shop"
			verify_token = "$TOKEN"
			app_secret = "$SECRET"
		}
		endpoint "$UNSIGNED" {
			name = "audit"
			unsigned = "accept"
			verify_token = "$TOKEN"
		}
	END
}

# said SEQ COUNT: the log now has this many repeats of this record.
said() {
	[ "$(grep -c "level=info pid=[0-9]* event=repeat seq=$1 endpoint=shop\$" "$LOG_FILE")" = "$2" ]
}

# sends CURL-OPTIONS...: sends $S/body, which is answered 200, with the same bytes
# whether or not it is a repeat.
sends() {
	post "$S/body" "$@"
	answered 200 ok
	own_headers >"$S/head"
	[ -e "$S/first.head" ] || cp "$S/head" "$S/first.head"
	cmp "$S/first.head" "$S/head"
}

repeats() {
	start_server
	fresh "$S/body" other
	sends
	fresh "$S/body"
	sends
	sends
	sends
	added 2
	within 50 said 2 2
	# Each press of the Test button is a new event.
	printf %s "$SAMPLE" >"$S/body"
	sends
	sends
	added 4
	tail -n 1 "$live" | grep -q '"distinct":false,"payload"'
	# If a relay sends it again, it is the same event.
	sends -H "X-Hookline-Origin: $RELAY/7"
	sends -H "X-Hookline-Origin: $RELAY/7"
	added 5
	tail -n 1 "$live" |
	    grep -q "\"distinct\":false,\"relayed\":\"$RELAY/7\",\"payload\""
	within 50 said 5 1
	# No other sender can claim that.
	post_signature "$(sign "$S/body" wrong)" "$S/body" \
	    -H "X-Hookline-Origin: $RELAY/8"
	answered 401 unauthorized
	added 5
}

@test "repeats: lighttpd and FastCGI" {
	SETUP=lighttpd-fastcgi
	repeats
}

@test "repeats: Apache and mod_fcgid" {
	SETUP=apache-fcgid
	repeats
}

@test "repeats: lighttpd and CGI" {
	SETUP=lighttpd-cgi
	repeats
}

@test "at most ten repeats a second get a line, from all processes together" {
	local i most
	SETUP=lighttpd-fastcgi
	start_server
	fresh "$S/body"
	post "$S/body"
	answered 200 ok
	for i in $(seq 200); do
		echo "url = \"http://127.0.0.1:$PORT$WEBHOOK\""
		echo "output = \"$S/got.$i\""
	done >"$S/urls"
	curl -sS -m 60 -Z --parallel-max 20 -H 'Expect:' \
	    -H "X-Hub-Signature-256: $(sign "$S/body")" \
	    --data-binary "@$S/body" -K "$S/urls"
	[ "$(cat "$S"/got.* | sort | uniq -c | xargs)" = '200 ok' ]
	added 1
	most=$(grep -h 'event=repeat ' "$LOG_FILE" | cut -c6-24 | sort |
	    uniq -c | sort -rn | awk 'NR == 1 { print $1 }')
	# A line gets its time a moment after it was counted, so two more are
	# allowed.
	[ "${most:-0}" -ge 1 ]
	[ "$most" -le 12 ] || fail "$most lines in a second"
	within 50 rest_was_counted
}

# After one more repeat, in a later second, every repeat has a line or is part of a
# count.
rest_was_counted() {
	post "$S/body"
	more=$((${more:-0} + 1))
	awk -v want=$((200 + more)) '/ event=repeat / { n++ }
	    / event=repeat-more count=/ { sub(/.*count=/, ""); n += $0; any = 1 }
	    END { exit !(any && n == want) }' "$LOG_FILE"
}

unsigned() {
	start_server
	ask "$UNSIGNED"
	answered 200 ready
	ask "$UNSIGNED?hub.mode=subscribe&hub.challenge=7&hub.verify_token=$TOKEN"
	echoed 7
	printf %s '{"object":"application","timestamp":1}' >"$S/body"
	ask "$UNSIGNED" --data-binary "@$S/body"
	answered 200 ok
	TARGET=$UNSIGNED post "$S/body"
	answered 200 ok
	added 1
	tail -n 1 "$live" | grep -q '"signature":null,"endpoint":"audit",'
	# At another endpoint it must be signed.
	ask "$WEBHOOK" --data-binary "@$S/body"
	answered 401 unauthorized
	added 1
	ask "$UNSIGNED?hub.mode=subscribe&hub.challenge=7&hub.verify_token=wrong"
	answered 403 forbidden
	ask "$UNSIGNED/below" --data-binary "@$S/body"
	answered 404 not-found
	grep -q 'reason=verify-token endpoint=audit ' "$LOG_FILE"
	grep -q 'reason=path endpoint=audit ' "$LOG_FILE"
	within 50 grep -q 'event=repeat seq=1 endpoint=audit$' "$LOG_FILE"
	run ! grep -raqF "$UNSIGNED" "$LOG_FILE" "$journal"
}

@test "unsigned notifications: lighttpd and FastCGI" {
	SETUP=lighttpd-fastcgi
	unsigned
}

@test "unsigned notifications: Apache and mod_fcgid" {
	SETUP=apache-fcgid
	unsigned
}

# old_journal MODE: makes a live file as version 0.1.0 wrote it in this mode, with
# the present time; the bodies are in $S/sent/, except for one whose line breaks were
# not kept.
old_journal() {
	local old=$ROOT/tests/fixtures/journal-0.1.0
	standard_config "lines = \"$1\"" | configure
	install -d -m 0750 -o "$WORKER" -g "$WORKER_GROUP" "$journal"
	sed -E "s/(\"received_at\":\")[^\"]+/\1$(date -u +%Y-%m-%dT%H:%M:%S.000000Z)/" \
	    "$old/$1.jsonl" >"$live"
	chown "$WORKER:$WORKER_GROUP" "$live"
	chmod 0640 "$live"
	mkdir "$S/sent"
	TO=$S/sent perl -ne 'next if /"reformatted":true/;
	    open my $file, ">", "$ENV{TO}/$." or die;
	    print $file /"payload":(.*)\}$/' "$old/notification.jsonl"
}

old_bodies_again() {
	local body
	for body in "$S"/sent/*; do
		post "$body"
		answered 200 ok
	done
}

# Only the body with the Test button's id is added, each time.
old_journal_again() {
	old_journal "$1"
	before=$(count_lines)
	start_server
	old_bodies_again
	added 1
	tail -n 1 "$live" | grep -qE '"(entry_)?id":"0"'
	# If the state is lost, relay/id tells which lines are old.
	rm -r "$journal/.state"
	old_bodies_again
	added 2
}

@test "everything in a journal of version 0.1.0 is sent again: notifications" {
	SETUP=lighttpd-fastcgi
	old_journal_again notification
}

@test "everything in a journal of version 0.1.0 is sent again: updates" {
	SETUP=lighttpd-fastcgi
	old_journal_again update
}
