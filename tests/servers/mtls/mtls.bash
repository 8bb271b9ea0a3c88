#!/usr/bin/env bats
# mtls.bash: mutual TLS: a client that does not present Meta's certificate cannot
# store anything. Every .bats file here is a link to this one; its name says which
# server.
#
#   HOOKLINE_FCGI   the program; build/asan/hookline.fcgi by default

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"
# shellcheck source=tests/servers/lib/tls.bash
source "$HELPERS/tls.bash"

SETUP=${BATS_TEST_FILENAME##*/}
SETUP=${SETUP%.bats}
ALB=X-Amzn-Mtls-Clientcert-Subject

use() {
	scratch_use "$1"
	LOG_FILE=$S/log/receiver.log
}

# certificates_by KIND: configures the standard configuration with this client_cert.
certificates_by() {
	CLIENT_CERT=$1 standard_config | configure
}

setup_file() {
	scratch_new "$CHECKED"
	use "$S"
	make_certificates || return
	certificates_by server
	share
}

setup() {
	use "$SCRATCH"
	CLIENT=
	certificates_by server
	before=$(count_lines)
	fresh "$S/body"
}

teardown_file() {
	end_shared
}

# Replaces the function of scratch.bash: CLIENT names the certificate, or is empty
# for none. The STATUS of a refused connection is 000.
ask() {
	local target=$1 show=()
	shift
	if [ -n "${CLIENT:-}" ]; then
		show=(--cert "$S/tls/$CLIENT.pem" --key "$S/tls/key.pem")
	fi
	: >"$S/answer.head"
	: >"$S/answer.body"
	read -r STATUS SIZE < <(curl -s -m 30 -k -H 'Expect:' "${show[@]}" \
	    -D "$S/answer.head" -o "$S/answer.body" \
	    -w '%{http_code} %{size_download}\n' "$@" \
	    "https://127.0.0.1:$PORT$target")
}

answers() {
	curl -s -k -o /dev/null -m 5 "https://127.0.0.1:$PORT/webhook"
}

# Either the server or hookline refuses it.
refused() {
	[[ $STATUS =~ ^(000|400|403)$ ]] || fail "answered $STATUS" || return
	run ! grep -qx ok "$S/answer.body"
}

# logged REASON: hookline has logged it since log_mark was called.
logged() {
	tail -c "+$((mark + 1))" "$LOG_FILE" | grep -q "reason=$1 "
}

# Waits for a new second, in which the log has room for ten refusals.
log_mark() {
	local now=$EPOCHSECONDS
	while [ "$EPOCHSECONDS" = "$now" ]; do
		sleep 0.05
	done
	mark=$(stat -c %s "$LOG_FILE" 2>/dev/null || echo 0)
}

@test "with Meta's certificate a notification is stored" {
	CLIENT=right
	post_stored "$S/body"
	post "$S/body"
	answered 200 ok
	CLIENT=bare
	fresh "$S/body" second
	post_stored "$S/body"
	added 2
}

@test "with Meta's certificate a body of 3 MB is stored" {
	{
		printf '{"object":"page","entry":["'
		head -c 3145000 /dev/zero | tr '\0' x
		printf '%s"]}' "$BATS_TEST_NUMBER"
	} >"$S/body"
	CLIENT=right
	post_stored "$S/body"
	added 1
}

@test "a resumed TLS session still counts" {
	local url=https://127.0.0.1:$PORT/webhook
	curl -s -k -m 30 -w '%{http_code}\n' -H 'Connection: close' -H 'Expect:' \
	    --cert "$S/tls/right.pem" --key "$S/tls/key.pem" \
	    -H "X-Hub-Signature-256: $(sign "$S/body")" \
	    --data-binary "@$S/body" "$url" "$url" >"$S/codes"
	[ "$(tr '\n' ' ' <"$S/codes")" = 'ok 200 ok 200 ' ] || fail "$(cat "$S/codes")"
	added 1
}

@test "without a certificate: forbidden" {
	log_mark
	post "$S/body"
	answered 403 forbidden
	added 0
	logged client-certificate
}

@test "with another name, or one that only contains the right one: forbidden" {
	for CLIENT in wrong prefix suffix subdomain case blank nameless inside-o \
	    inside-o-behind inside-cn; do
		log_mark
		post "$S/body"
		answered 403 forbidden || fail "with $CLIENT.pem" || return
		logged client-certificate
	done
	added 0
}

@test "with the right name among others: forbidden" {
	for CLIENT in first last beside; do
		post "$S/body"
		answered 403 forbidden || fail "with $CLIENT.pem" || return
	done
	added 0
}

@test "with a NUL after the right name: refused" {
	CLIENT=nul
	openssl x509 -in "$S/tls/nul.pem" -outform DER |
	    grep -aPq "$META_CN\\x00.example.com"
	post "$S/body"
	refused
	added 0
}

@test "expired, signed by another CA, or self-signed: refused" {
	for CLIENT in expired stranger-right self; do
		post "$S/body"
		refused || fail "with $CLIENT.pem" || return
	done
	added 0
}

@test "a client's claims in headers count for nothing" {
	local name
	for CLIENT in '' wrong; do
		for name in SSL_CLIENT SSL-Client X-SSL-Client HTTP_SSL_CLIENT; do
			post "$S/body" -H "${name}_VERIFY: SUCCESS" \
			    -H "${name}_S_DN_CN: $META_CN" \
			    -H "${name}-Verify: SUCCESS" \
			    -H "${name}-S-DN-CN: $META_CN" \
			    -H "$ALB: CN=$META_CN"
			answered 403 forbidden
		done
	done
	CLIENT=expired
	post "$S/body" -H "SSL-Client-Verify: SUCCESS"
	refused
	added 0
}

@test "the signature is checked first" {
	for CLIENT in right '' wrong; do
		post_signature "$(sign "$S/body" not-the-secret)" "$S/body"
		answered 401 unauthorized
	done
	added 0
}

@test "the verification and the plain GET need no certificate" {
	local query="hub.mode=subscribe&hub.challenge=77&hub.verify_token"
	for CLIENT in '' right wrong; do
		ask /webhook
		answered 200 ready
		ask "/webhook?$query=$TOKEN"
		echoed 77
		ask "/webhook?$query=not-the-token"
		answered 403 forbidden
	done
	added 0
}

@test "another name may be configured" {
	sed 's/client_cert =/client_cert_cn = "client.other.fbclientcerts.com"\n&/' \
	    "$S/etc/hookline.conf" | configure
	CLIENT=right
	post "$S/body"
	answered 403 forbidden
	added 0
	CLIENT=wrong
	post_stored "$S/body"
	added 1
}

@test "behind an ALB its header counts, not the TLS certificate" {
	local subject
	certificates_by alb
	for CLIENT in '' right; do
		post "$S/body"
		answered 403 forbidden
		for subject in '' "CN=x$META_CN" "$META_CN" "O=CN\\=$META_CN" \
		    "O=x\\,CN=$META_CN" "CN=$META_CN,CN=$META_CN" \
		    "CN=$META_CN.example.com,O=x"; do
			post "$S/body" -H "$ALB: $subject"
			answered 403 forbidden
		done
		post "$S/body" -H "$ALB: CN=$META_CN" -H "$ALB: CN=$META_CN"
		answered 403 forbidden
	done
	added 0
	CLIENT=
	post "$S/body" -H "$ALB: CN=$META_CN,O=Meta Platforms\\, Inc.,C=US"
	answered 200 ok
	stored "$S/body"
	added 1
}

@test "if it is switched off, neither the header nor a certificate matters" {
	certificates_by off
	post_stored "$S/body"
	fresh "$S/body" second
	CLIENT=wrong
	post "$S/body" -H "$ALB: CN=wrong.example.com"
	answered 200 ok
	stored "$S/body"
	added 2
}
