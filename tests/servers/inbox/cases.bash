#!/usr/bin/env bats
# cases.bash: the inbox behind a web server that uses the shipped files: the same cases
# for every server. Each .bats file here that is a link to this file says by its name
# which setup of lib/setups.bash to use.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"
# shellcheck source=tests/servers/lib/inbox.bash
source "$HELPERS/inbox.bash"

SETUP=${BATS_TEST_FILENAME##*/}
SETUP=inbox-${SETUP%.bats}

setup_file() {
	# One setup has the sanitizers, which switch the sandbox off.
	if [ "$SETUP" = inbox-lighttpd ]; then
		inbox_new "$INBOX_CHECKED"
	else
		inbox_new "$INBOX_SHIPPED"
	fi
	share
}

setup() {
	inbox_use "$SCRATCH"
}

teardown_file() {
	end_shared
}

@test "without the password the server says 401" {
	local user
	ask /inbox
	[ "$STATUS" = 401 ]
	for user in ZGVtbzp3cm9uZw== eDp0cTctbXprLTQyZg== ZGVtbzo=; do
		ask /inbox -H "Authorization: Basic $user"
		[ "$STATUS" = 401 ]
	done
	run ! grep -q 'seq' "$S/answer.body"
}

@test "with the password the answer is the page, with a strict policy" {
	look
	[ "$STATUS" = 200 ]
	header_is Content-Type 'text/html; charset=utf-8'
	header_is X-Content-Type-Options nosniff
	header_is Cache-Control no-store
	header_is Referrer-Policy no-referrer
	header_is Content-Security-Policy "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	look '?q=nothing-like-this'
	[ "$STATUS" = 200 ]
}

@test "HEAD is answered like GET, without a body" {
	local length
	look '?get=line&seq=1'
	header Content-Length
	length=$VALUE
	look '?get=line&seq=1' --head
	[ "$STATUS" = 200 ]
	header_is Content-Type application/octet-stream
	[ "$SIZE" = 0 ] || [ "$SIZE" = "$(wc -c <"$S/answer.head")" ]
	header Content-Length
	# Apache leaves it out if the program sends no body.
	[ -z "$VALUE" ] || [ "$VALUE" = "$length" ]
}

@test "other methods are not allowed, and unknown parameters refused" {
	local method
	for method in POST PUT DELETE; do
		look '' -X "$method" --data-binary "@$S/one"
		word_is 405 method-not-allowed
		header_is Allow 'GET, HEAD'
	done
	look '?nonsense=1'
	word_is 400 bad-request
}

@test "what is saved is what was stored, byte for byte" {
	look '?get=payload&seq=2'
	[ "$STATUS" = 200 ]
	cmp "$S/two" "$S/answer.body"
	header_is Content-Type application/octet-stream
	header_is Content-Disposition 'attachment; filename="notification-2.json"'
	look '?get=line&seq=2'
	sed -n 2p "$live" | cmp - "$S/answer.body"
	header_is Content-Disposition 'attachment; filename="notification-2.jsonl"'
	look '?get=payload&seq=3'
	[ "$(cat "$S/answer.body")" = '{"field":"feed","value":{"item":"post"}}' ]
	look '?get=line&seq=4'
	word_is 404 not-found
}

@test "news have a tag, and nothing new is 304" {
	local tag
	look '?after=1'
	[ "$STATUS" = 200 ]
	header_is Content-Type application/json
	[ "$(cat "$S/answer.body")" = '{"count":2,"latest":3}' ]
	header ETag
	tag=$VALUE
	[[ $tag == \"*\" ]]
	look '?after=1' -H "If-None-Match: $tag"
	[ "$STATUS $SIZE" = '304 0' ]
	look '?after=1' -H "If-None-Match: \"other\", W/$tag"
	[ "$STATUS" = 304 ]
	look '?after=2' -H "If-None-Match: $tag"
	[ "$STATUS" = 200 ]
	[ "$(cat "$S/answer.body")" = '{"count":1,"latest":3}' ]
}

# Prints the files that the page asks for.
assets() {
	look
	grep -oE 'file=[a-z]+-[0-9a-f]{32}\.(css|js|svg)' "$S/answer.body" | sort -u
}

@test "style, script and icon are kept by browsers, under names with their hashes" {
	local name count=0
	for name in $(assets); do
		name=${name#file=}
		look "?file=$name"
		[ "$STATUS" = 200 ]
		[[ $name == *"-$(sha256sum <"$S/answer.body" | cut -c 1-32)."* ]]
		header_is Cache-Control 'private, max-age=31536000, immutable'
		header_is X-Content-Type-Options nosniff
		header Content-Type
		case "${name##*.} $VALUE" in
		'css text/css; charset=utf-8') ;;
		'js text/javascript; charset=utf-8') ;;
		'svg image/svg+xml') ;;
		*) fail "$name is $VALUE" ;;
		esac
		look "?file=x$name"
		word_is 404 not-found
		ask "/inbox?file=$name"
		[ "$STATUS" = 401 ]
		count=$((count + 1))
	done
	[ $count = 3 ]
}

@test "headers cannot act as variables" {
	ask /inbox -H 'Auth-Type: Basic' -H 'Remote-User: demo' -H 'AUTH_TYPE: Basic' \
	    -H 'REMOTE_USER: demo'
	[ "$STATUS" = 401 ]
	look '?get=line&seq=1' -H 'Hookline-Directory: /nowhere'
	[ "$STATUS" = 200 ]
}

@test "nothing in the journal changes" {
	local before
	before=$(find "$journal" -exec stat -c '%n %i %s %Y %Z %a' {} + | sort)
	look
	look '?q=page&seq=2'
	look '?after=0'
	[ "$(find "$journal" -exec stat -c '%n %i %s %Y %Z %a' {} + | sort)" = "$before" ]
}

@test "nginx without a password: nobody has logged in, whatever the header says" {
	local authorization
	[ "$SETUP" = inbox-nginx ] || skip 'only nginx believes the header'
	for authorization in "Basic $DEMO" 'Basic cm9vdDo=' 'Bearer x' x; do
		ask /open -H "Authorization: $authorization" -H 'Auth-Type: Basic'
		word_is 403 not-protected
	done
	ask /open
	word_is 403 not-protected
	grep -q 'auth_basic' "$S/answer.body"
}
