#!/usr/bin/env bats
# send.bats: hookctl send, which acts as Meta: against a real lighttpd with the
# receiver, and against servers that are not hookline's.

# stderr_lines is set by bats.
# shellcheck disable=SC2154 # run sets them

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"
# shellcheck source=tests/servers/lib/hookctl.bash
source "$HELPERS/hookctl.bash"
# shellcheck source=tests/servers/lib/tls.bash
source "$HELPERS/tls.bash"

SETUP=lighttpd-fastcgi
STATIC=${HOOKCTL_STATIC:-$ROOT/build/static/hookctl}
SAMPLES=(photos changed-fields whatsapp whatsapp-status messenger instagram threads feed
    leadgen security test-button)
TIME='[0-9.,]+ ms'

setup_file() {
	scratch_new "$CHECKED"
	standard_config | configure
	share
	mkdir "$S/others"
	others "$S/others"
}

setup() {
	scratch_use "$SCRATCH"
	standard_config | configure_again
	before=$(count_lines)
	URL=http://127.0.0.1:$PORT$WEBHOOK
	export TMPDIR=$BATS_TEST_TMPDIR HOOKLINE_CONFIG=$conf
}

teardown_file() {
	stop_pid "$(<"$SCRATCH/others.pid")" || true
	rm "$SCRATCH/others.pid"
	end_shared
}

# others FOLDER [CERTIFICATE KEY]: starts such a server; its port is in FOLDER/port.
others() {
	in_background "${1##*/}" "$HELPERS/others.py" "$@"
	within 100 test -e "$1/port"
}

# elsewhere PATH: a URL of the server that is not hookline's.
elsewhere() {
	echo "http://127.0.0.1:$(<"$S/others/port")$1"
}

# sends STATUS WORDS...: hookctl send ends with this status; its output is in $output,
# what it says otherwise in $stderr.
sends() {
	run --separate-stderr ctl send "${@:2}"
	printf '%s\n' "$output" "--- $stderr"
	[ "$status" = "$1" ] || fail "status $status, not $1"
}

# said TEXT: hookctl says exactly this, on standard error.
said() {
	[ "$stderr" = "hookctl: $1" ] || fail "it does not say: $1"
}

# told PATTERN...: each line of the output is like its pattern, and there is no other.
told() {
	local i
	[ "${#lines[@]}" = $# ] || fail "${#lines[@]} lines, not $#" || return
	for ((i = 0; i < $#; i++)); do
		[[ ${lines[i]} =~ ^${*:i+1:1}$ ]] ||
		    fail "'${lines[i]}' is not like '${*:i+1:1}'" || return
	done
}

# field FILTER: what jq makes of the last line.
field() {
	tail -n 1 "$live" | jq -r "$1"
}

#
# Notifications
#

@test "one notification: the guide's photo" {
	sends 0 "$URL"
	told "POST 187 bytes  200 ok  $TIME"
	[ -z "$stderr" ]
	added 1
	[ "$(field .object,.payload.entry[0].changes[0].field)" = $'user\nphotos' ]
}

@test "the samples, in turn, as notifications" {
	sends 0 "$URL" "${SAMPLES[@]/#/--sample=}" --count ${#SAMPLES[@]}
	[ ${#lines[@]} = 11 ]
	run ! grep -vE "^POST [0-9,]+ bytes  200 ok  $TIME$" <<<"$output"
	added 11
	tail -n 11 "$live" | jq -r '.object // .payload.topic' >"$S/objects"
	echo user user whatsapp_business_account{,} page instagram moderate page page \
	    workplace_security page | tr ' ' '\n' | diff - "$S/objects"
	# Each of the first ten can be told from others; the Test button's are samples.
	[ "$(tail -n 11 "$live" | grep -c '"distinct":false')" = 1 ]
	verified
}

@test "the samples as updates: each is split" {
	standard_config 'lines = "update"' | configure_again
	sends 0 "$URL" "${SAMPLES[@]/#/--sample=}" --count ${#SAMPLES[@]}
	added 11
	[ "$(tail -n 11 "$live" | grep -c '"update_index":0,"update_count":1,')" = 11 ]
	tail -n 11 "$live" | jq -r .array >"$S/arrays"
	echo changes changed_fields messages statuses messaging changes values changes \
	    changes changes changes | tr ' ' '\n' | diff - "$S/arrays"
}

@test "a batch of a thousand: a line, or a thousand" {
	local sample
	sends 0 "$URL" --batch 1000 --sample whatsapp
	told "POST [0-9]{3},[0-9]{3} bytes  200 ok  $TIME"
	added 1
	[ "$(field '.payload.entry | length')" = 1000 ]
	standard_config 'lines = "update"' | configure_again
	before=$(count_lines)
	sends 0 "$URL" --batch 1000 --sample whatsapp
	added 1000
	[ "$(field .update_count)" = 1000 ]
	sends 0 "$URL" "${SAMPLES[@]/#/--sample=}" --count ${#SAMPLES[@]} --batch 3
	added 1033
}

@test "no notification is a repeat of another one, now or in the next run" {
	sends 0 "$URL" --count 3
	sends 0 "$URL" --count 3 --sample changed-fields
	sends 0 "$URL" --count 3 --sample changed-fields
	added 9
	[ "$(tail -n 9 "$live" | jq -r .id | sort -u | wc -l)" = 9 ]
}

@test "--repeat: the same bytes again, which are kept once" {
	sends 0 "$URL" --repeat 3 --count 2 --sample photos --sample whatsapp
	[ ${#lines[@]} = 6 ]
	added 2
	sends 0 "$URL" --repeat 3 --sample test-button
	added 5
}

@test "--later: other entry times, which Meta's own ids outlive" {
	local sample
	for sample in messenger instagram feed leadgen; do
		sends 0 "$URL" --later 3 --sample "$sample"
		[ -z "$stderr" ]
	done
	added 4
	sends 0 "$URL" --later 3 --sample whatsapp
	said 'entries of whatsapp have no time: the same bytes are sent again'
	added 5
	# Where there is none, these are three events.
	sends 0 "$URL" --later 3
	added 8
	tail -n 3 "$live" | jq .payload.entry[0].time >"$S/times"
	read -rd '' -a times <"$S/times" || true
	[ $((times[0] + 1)) = "${times[1]}" ] && [ $((times[1] + 1)) = "${times[2]}" ]
	[ "$(tail -n 3 "$live" | jq -c .payload.entry[0].changes | uniq | wc -l)" = 1 ]
}

@test "--file and standard input: the bytes as they are" {
	printf '{"object":"page",\n "it\\u2019s":"\xc3\xbc \\/"}  ' >"$S/body"
	sends 0 "$URL" --file "$S/body" --repeat 2
	added 1
	# The newline between tokens became a blank.
	tr '\n' ' ' <"$S/body" >"$S/kept"
	tail -n 1 "$live" >"$S/line"
	cut_payload "$S/line" | cmp - "$S/kept"
	printf '[1]' >"$S/body"
	sends 0 "$URL" --file - <"$S/body"
	added 2
	[ "$(field .payload[0])" = 1 ]
	printf '{' >"$S/body"
	sends 1 "$URL" --file "$S/body"
	told "POST 1 bytes  400 bad-request  $TIME" \
	    '  the body is not JSON, or a parameter is malformed'
	: >"$S/body"
	sends 1 "$URL" --file "$S/body"
	told "POST 0 bytes  400 bad-request  $TIME" '.*'
	added 2
	sends 3 "$URL" --file "$S/none"
	said "$S/none: No such file or directory"
}

@test "another secret, and none" {
	printf '# of another app\n\n00000000000000000000000000000000\r\nsecond\n' >"$S/secret"
	sends 1 "$URL" --secret-file "$S/secret" --count 2
	told "POST 187 bytes  401 unauthorized  $TIME" \
	    '  the receiver does not have the secret .*' \
	    "POST 187 bytes  401 unauthorized  $TIME"
	sends 1 "$URL" --unsigned
	told "POST 187 bytes  401 unauthorized  $TIME" '.*'
	sends 0 "$URL" --unsigned --expect 401
	told "POST 187 bytes  401 unauthorized  $TIME"
	added 0
	printf '# mine\n%s\n' "$SECRET" >"$S/secret"
	# Nothing of a configuration is needed then.
	HOOKLINE_CONFIG=$S/none sends 0 "$URL" --secret-file "$S/secret"
	added 1
	sends 1 "$URL" --expect 401
	HOOKLINE_CONFIG=$S/none sends 0 "$URL" --unsigned --expect 401
	HOOKLINE_CONFIG=$S/none sends 3 "$URL"
	[[ $stderr == *"$S/none"* ]]
	echo '#' >"$S/secret"
	sends 3 "$URL" --secret-file "$S/secret"
	said "$S/secret: there is no app secret in it"
}

@test "many: a summary" {
	sends 0 "$URL" --count 25 --rate 1000
	told '200 ok 25' "p50 $TIME   p90 $TIME   p99 $TIME   max $TIME"
	added 25
	sends 1 "$URL" --unsigned --repeat 1200 --connections 4
	told '401 unauthorized 1,200' 'p50 .*' '401 unauthorized: the receiver does not .*'
	# The times are in order.
	run ! grep -vE '^p50 ([0-9.]+) ms' <<<"${lines[1]}"
	tr -d , <<<"${lines[1]}" | awk '{ exit !($2 <= $5 && $5 <= $8 && $8 <= $11) }'
}

@test "--json" {
	sends 1 "$URL" --unsigned --json --endpoint /webhook
	[ ${#lines[@]} = 1 ]
	jq -e '.endpoint == "/webhook" and .sent == 1 and .unexpected == 1 and
	    .seconds > 0 and (.answers | length) == 1 and
	    (.answers[0] | .status == 401 and .answer == "unauthorized" and .hookline and
	    .count == 1) and .latency_ms.max >= .latency_ms.p50' <<<"$output"
	sends 1 "$(elsewhere /page)" --json
	jq -e '.answers[0] | .status == 403 and (.hookline | not) and
	    (.about | contains("403 Forbidden"))' <<<"$output"
	sends 1 "$(elsewhere /close)" --json
	jq -e '.answers[0].status == null and .latency_ms == {}' <<<"$output"
	sends 0 --list --json
	[ "$(jq -r '.[].name' <<<"$output" | xargs)" = "${SAMPLES[*]}" ]
}

@test "--list: each sample on a line" {
	sends 0 --list
	[ "$(awk '{ print $1 }' <<<"$output" | xargs)" = "${SAMPLES[*]}" ]
	run ! grep -vE '^[a-z-]+ +[a-zA-Z].{10,}$' <<<"$output"
}

# On a terminal; the bar is drawn once in a tenth of a second.
@test "a bar and colours on a terminal" {
	local said
	cd "$S"
	script -qec "'$CTL' send '$URL' --count 500 --rate 1000" /dev/null \
	    </dev/null >"$S/screen"
	said=$(cat -v "$S/screen")
	grep -qE '\^M\^\[\[K\[#*-*\] +[0-9]+ %  [0-9,]+  [0-9]+/s' <<<"$said"
	grep -qF '^[[32m200 ok^[[0m 500' <<<"$said"
	NO_COLOR=1 script -qec "'$CTL' send '$URL'" /dev/null </dev/null >"$S/screen"
	run ! grep -q $'\e' "$S/screen"
}

#
# The verification request
#

@test "--verify: the challenge alone" {
	sends 0 --verify "$URL"
	told "GET \?hub.mode=subscribe  200 1[0-9]{9}  $TIME"
	sends 0 --verify "$URL?a=1"
	# A token of signs that mean something in a query.
	TOKEN='ä&b=%41 +#' standard_config | configure_again
	sends 0 --verify "$URL"
	sends 1 --verify "$(elsewhere /around)"
	told "GET \?hub.mode=subscribe  200 not hookline's  $TIME" \
	    '  Server: Firewall/1.0 ?; body: 1[0-9]{9}.u000a'
	sends 1 --verify "$(elsewhere /bare)"
	told ".*  200 not hookline's .*" '  Server: .*; no body'
	sed "s/verify_token = .*/verify_token = \"another\"/" "$conf" >"$S/other.conf"
	sends 1 --verify "$URL" --config "$S/other.conf"
	told "GET \?hub.mode=subscribe  403 forbidden  $TIME" '  the verify token .*'
	sends 0 --verify "$URL" --config "$S/other.conf" --expect 403
}

@test "the verify token does not leave this machine in the clear" {
	sends 3 --verify http://192.0.2.1/webhook
	said 'the verify token goes over https or to a loopback address only, and http://192.0.2.1 is neither'
	sends 3 --verify http://127.0.0.1.example/webhook --curl
	[[ $output != *"$TOKEN"* ]]
}

#
# Printed in place of being sent
#

@test "--dry-run prints the request" {
	sends 0 "$URL/?a=%20" --dry-run
	added 0
	told 'POST /webhook/\?a=%20 HTTP/1.1' "Host: 127.0.0.1:$PORT" \
	    'User-Agent: facebookexternalua' 'Accept: \*/\*' \
	    'Content-Type: application/json' 'X-Hub-Signature: sha1=[0-9a-f]{40}' \
	    'X-Hub-Signature-256: sha256=[0-9a-f]{64}' 'Content-Length: 187' \
	    '\{"object":"user".*'
	printf %s "${lines[8]}" >"$S/body"
	[ "${lines[6]#*: }" = "$(sign "$S/body")" ]
	[ "${lines[5]#*: }" = "$(sign "$S/body" "$SECRET" sha1)" ]
	sends 0 'https://[::1]' --unsigned --dry-run
	[ "${lines[0]}" = 'POST / HTTP/1.1' ] && [ "${lines[1]}" = 'Host: [::1]' ]
	[[ $output != *Signature* ]]
	sends 0 "$URL" --verify --dry-run
	told "GET /webhook\?hub.mode=subscribe&hub.challenge=1[0-9]{9}&hub.verify_token=$TOKEN HTTP/1.1" \
	    'Host: .*' 'User-Agent: .*' 'Accept: .*'
	sends 0 "$URL" --dry-run --count 3
	[ "$(grep -c '^POST ' <<<"$output")" = 3 ]
}

# pasted WORDS...: what hookctl send --curl prints is pasted into sh; its output is in
# $output.
pasted() {
	ctl send "$URL" --curl "$@" >"$S/command"
	cat "$S/command"
	added "$expected"
	run --separate-stderr sh "$S/command"
	printf '%s\n' "$output" "--- $stderr"
}

@test "--curl prints a command for sh" {
	local expected=0
	pasted
	[ "$output" = ok ]
	added 1
	expected=1
	# shellcheck disable=SC2016 # sh must not expand this either
	printf '{"a\x27s":"\x27\x27 \\" $HOME `id` \\\\ gr\xc3\xbc\xc3\x9fe \xf0\x9f\x98\x80 !x",\n\t"b":1}' \
	    >"$S/body"
	pasted --file - <"$S/body"
	[ "$output" = ok ]
	added 2
	[ "$(field '.payload["a'\''s"]')" = "'' \" \$HOME \`id\` \\ grüße 😀 !x" ]
	run ! ls "$TMPDIR"/hookctl-body.*
	expected=2
	# curl would read a file of this name.
	printf '@%s' "$S/body" >"$S/at"
	pasted --file "$S/at"
	[ "$output" = bad-request ]
	pasted --verify
	[[ $output =~ ^1[0-9]{9}$ ]]
	pasted --count 2 --sample photos --sample feed
	[ "$output" = $'ok\nok' ]
	added 4
}

@test "--curl: what cannot be pasted is in a file" {
	local expected=0
	sends 0 "$URL" --curl --batch 1000 --sample feed
	[[ $stderr =~ ^'hookctl: the body is in '(.*/hookctl-body\.[a-zA-Z0-9]{6})': remove it when you are done'$ ]]
	[ "$(stat -c %a "${BASH_REMATCH[1]}")" = 600 ]
	[ ${#output} -lt 1000 ]
	printf '%s\n' "$output" >"$S/command"
	[ "$(sh "$S/command")" = ok ]
	added 1
	[ "$(field '.payload.entry | length')" = 1000 ]
	rm "$TMPDIR"/hookctl-body.*
	# A file that has a name is used where it is.
	printf '{"a":"\0"}' >"$S/it's a NUL"
	cd "$S"
	expected=1
	pasted --file "it's a NUL"
	[ "$output" = bad-request ]
	grep -qF "@'$S/it'\\''s a NUL'" "$S/command"
	for bad in '\033' '\r' '\xff' '\u202e'; do
		printf '["%b"]' "$bad" >"$S/it's a NUL"
		ctl send "$URL" --curl --file "it's a NUL" >"$S/command"
		grep -qF "@'$S/it'\\''s a NUL'" "$S/command"
	done
	run ! ls "$TMPDIR"/hookctl-body.*
	TMPDIR=$S/none sends 3 "$URL" --curl --batch 1000
	[[ $stderr == *"$S/none/hookctl-body."*'No such file or directory' ]]
}

#
# Which endpoint
#

@test "without a URL: the callback URL" {
	sends 2
	[ "${stderr_lines[0]}" = 'hookctl send: to which URL? Give one, as in "hookctl send https://hooks.example.com/webhook", or set callback_url in the endpoint "/webhook"' ]
	standard_config | sed "s|^}|callback_url = \"$URL\"\n}|" | configure_again
	sends 0
	[ -z "$stderr" ]
	added 1
	standard_config | sed "s|^}|callback_url = \"https://a.example/#x\"\n}|" >"$S/bad.conf"
	run ctl send --config "$S/bad.conf"
	[ "$status" != 0 ]
}

@test "one of several endpoints" {
	local key
	{
		standard_config
		for key in second third; do
			printf 'endpoint "/%s" {\nverify_token = "%s-token"\n' $key $key
			printf 'app_secret = "%s"\ncallback_url = "%s"\n}\n' \
			    "$(printf %s-secret $key | md5sum | cut -c 1-32)" \
			    "http://127.0.0.1:$PORT/$key"
		done
	} | configure_again
	# By its path, with or without a slash at the end, or its callback URL.
	sends 0 "$URL"
	sends 0 "http://127.0.0.1:$PORT/second/?x" --dry-run
	[ -z "$stderr" ]
	signed_by second
	sends 0 "http://127.0.0.1:$PORT/third" --dry-run
	[ -z "$stderr" ]
	signed_by third
	sends 0 "$URL" --dry-run --endpoint /third
	[ -z "$stderr" ]
	signed_by third
	sends 0 --dry-run
	said 'taking the endpoint "/second" of 3; --endpoint NAME names another one'
	[ "${lines[0]}" = 'POST /second HTTP/1.1' ]
	sends 0 "http://127.0.0.1:$PORT/other" --dry-run
	said 'taking the endpoint "/webhook" of 3; --endpoint NAME names another one'
	sends 3 "$URL" --endpoint /none
	said 'the configuration has no endpoint "/none"'
}

# signed_by KEY: the request that was printed is signed with the secret of that name.
signed_by() {
	printf %s "${lines[-1]}" >"$S/body"
	[ "$(grep '^X-Hub-Signature-256' <<<"$output")" = "X-Hub-Signature-256: $(sign \
	    "$S/body" "$(printf %s-secret "$1" | md5sum | cut -c 1-32)")" ]
}

@test "endpoints without a secret, and with a client certificate" {
	local path=/webhook/Zq4T7bVx0KcW9rEm2NfY81hL
	{
		standard_config
		printf 'endpoint "%s" {\nname = "audit"\nunsigned = "accept"\n' "$path"
		printf 'verify_token = "%s"\n}\n' "$TOKEN"
		printf 'endpoint "/webhook/mutual" {\nverify_token = "%s"\n' "$TOKEN"
		printf 'app_secret = "%s"\nclient_cert = "server"\n}\n' "$SECRET"
	} | configure_again
	sends 0 "http://127.0.0.1:$PORT$path" --sample security --dry-run
	[[ $output != *Signature* ]]
	sends 0 "http://127.0.0.1:$PORT$path" --sample security
	added 1
	[ "$(field .signature,.endpoint)" = $'null\naudit' ]
	sends 0 "http://127.0.0.1:$PORT$path" --json --repeat 2
	[[ $output != *"$path"* ]]
	sends 1 "http://127.0.0.1:$PORT$path/none" --endpoint audit
	told "POST 187 bytes  404 not-found  $TIME" '  no endpoint of the receiver has this path'
	sends 0 "http://127.0.0.1:$PORT/webhook/mutual" --expect 403
	said 'the endpoint "/webhook/mutual" wants Meta'\''s client certificate, which hookctl does not have: expect 403'
	told "POST 187 bytes  403 forbidden  $TIME"
	sends 0 "http://127.0.0.1:$PORT/webhook/mutual" --verify
	[ -z "$stderr" ]
}

#
# What is not hookline's
#

@test "answers of others are shown" {
	sends 1 "$(elsewhere /page)"
	told "POST 187 bytes  403 not hookline's  $TIME" \
	    '  Server: Firewall/1.0 ?; title: 403 Forbidden; body: <html>.u000a<head>.*.u001b\[31mBlocked .u202e by .xff.*'
	sends 1 "$(elsewhere /moved)"
	told "POST 187 bytes  301 not hookline's  $TIME" \
	    '  a redirect, which Meta does not follow, to https://elsewhere.example/webhook'
	sends 1 "$(elsewhere /unavailable)"
	told "POST 187 bytes  503 unavailable  $TIME" '  the receiver could not store it, .*'
	sends 0 "$(elsewhere /unavailable)" --expect 503
	sends 1 "$(elsewhere /bare)"
	told "POST 187 bytes  200 not hookline's  $TIME" '  Server: Firewall/1.0 ?; no body'
	sends 1 "$(elsewhere /close)" --count 2
	told "POST 187 bytes  no answer  $TIME" '  Empty reply from server; .*' \
	    "POST 187 bytes  no answer  $TIME"
	sends 1 "$(elsewhere /refuse)" --batch 10000
	told "POST 1,[0-9]{3},[0-9]{3} bytes  413 not hookline's  $TIME" '.*body: too much'
	sends 1 "$(elsewhere /page)" --count 30
	told "403 not hookline's 30" 'p50 .*' "403 not hookline's: Server: .*"
}

@test "an address where nothing answers" {
	local port
	port=$(free_port)
	sends 3 "http://127.0.0.1:$port/webhook" --count 1000 --connections 3
	[[ $stderr == 'hookctl: nothing could be sent: '*"port $port"*'is the web server running'* ]]
	[ -z "$output" ]
	# This name is reserved: it never has an address (RFC 6761).
	sends 3 http://hooks.invalid/
	[[ $stderr == *'; is the name in the URL right'* ]]
	sends 3 "https://127.0.0.1:$PORT$WEBHOOK"
	[[ $stderr == *'; does the server speak TLS on this port?' ]]
}

# tls NAME: starts a server that shows $S/tls/NAME.pem.
tls() {
	mkdir "$S/tls-$1"
	others "$S/tls-$1" "$S/tls/$1.pem" "$S/tls/key.pem"
	TLS_URL=https://127.0.0.1:$(<"$S/tls-$1/port")
}

@test "certificates" {
	local names=subjectAltName=IP:127.0.0.1
	mkdir -p "$S/tls"
	openssl ecparam -name prime256v1 -genkey -noout -out "$S/tls/key.pem"
	{
		make_issuers
		issue good root 2 /CN=good $names
		issue other root 2 /CN=other subjectAltName=DNS:other.example
		issue old root -1 /CN=old $names
		issue short between 2 /CN=short $names
		openssl req -x509 -new -key "$S/tls/key.pem" -days 2 -subj /CN=self \
		    -addext $names -out "$S/tls/self.pem"
	} 2>"$S/tls/log"
	tls good
	sends 0 "$TLS_URL/unavailable" --ca-file "$S/tls/root.pem" --expect 503
	sends 0 "$TLS_URL/around" --ca-file "$S/tls/root.pem" --curl --verify
	printf '%s\n' "$output" >"$S/command"
	[[ $(sh "$S/command") =~ ^1[0-9]{9}$ ]]
	sends 3 "$TLS_URL/unavailable"
	[[ $stderr == *'not from a public authority: Meta refuses it too' ]]
	sends 3 "$TLS_URL/unavailable" --ca-file "$S/none"
	[[ $stderr == *'; the file must be there, readable, and hold certificates as PEM' ]]
	tls other
	sends 3 "$TLS_URL/unavailable" --ca-file "$S/tls/root.pem"
	[[ $stderr == *'; the certificate is for another name: '* ]]
	tls old
	sends 3 "$TLS_URL/unavailable" --ca-file "$S/tls/root.pem"
	[[ $stderr == *'; the certificate has expired: renew it, '* ]]
	tls short
	sends 3 "$TLS_URL/unavailable" --ca-file "$S/tls/root.pem"
	[[ $stderr == *'; either the web server does not send the intermediate '* ]]
	tls self
	sends 3 "$TLS_URL/unavailable"
	[[ $stderr == *'; no public authority has signed the certificate, '* ]]
}

#
# Rates
#

# log_of PATH: how many requests were there at a time, for each.
log_of() {
	grep " $1 " "$S/others/log" | cut -d ' ' -f 3
}

@test "requests do not wait for answers, up to the number of connections" {
	sends 0 "$(elsewhere /together/7)" --count 20 --rate 5000 --connections 7
	[ "$(log_of /together/7 | sort -n | tail -n 1)" = 7 ]
	sends 0 "$(elsewhere /unavailable)" --expect 503 --count 5
	[ "$(log_of /unavailable | tail -n 5 | sort -u)" = 1 ]
}

@test "a rate that the connections do not allow is said" {
	sends 1 "$(elsewhere /page)" --count 100 --rate 100000 --connections 1
	[[ $stderr =~ ^'hookctl: '[0-9]+'/s were sent in place of 100000/s: all connections were waiting for answers, see --connections'$ ]]
}

@test "a signal ends a long run, with its summary" {
	local pid url
	mkdir "$S/signal"
	others "$S/signal"
	url=http://127.0.0.1:$(<"$S/signal/port")/first/3
	env --default-signal ASAN_OPTIONS="log_path=$S/sanitizer/ctl:exitcode=99" "$CTL" send \
	    "$url" --count 1000 --connections 2 >"$S/out" 2>"$S/err" 3>&- &
	pid=$!
	within 100 eval "[ \"\$(wc -l <\"$S/signal/log\")\" = 5 ]"
	kill -INT $pid
	status=0
	wait $pid || status=$?
	[ "$status" = 1 ]
	[ "$(head -n 1 "$S/out")" = '200 ok 3' ]
	grep -q '^p50 ' "$S/out"
	[ "$(cat "$S/err")" = 'hookctl: stopped after 3 of 1,000 answers' ]
}

#
# The command line
#

@test "a wrong command line is refused by name" {
	local line words
	while IFS='|' read -r line words; do
		# shellcheck disable=SC2086 # words
		sends 2 $words
		[ "${stderr_lines[0]}" = "hookctl send: $line" ]
	done <<-END
		there is no sample "photo"; --list lists them|--sample photo $URL
		--sample does not go with --verify|--verify --sample photos $URL
		--file does not go with --verify|--verify --file - $URL
		--count does not go with --file|--file - --count 2 $URL
		--batch does not go with --file|--file - --batch 2 $URL
		--later does not go with --file|--file - --later 2 $URL
		--later does not go with --repeat|--repeat 2 --later 2 $URL
		--secret-file does not go with --unsigned|--unsigned --secret-file x $URL
		--curl does not go with --dry-run|--dry-run --curl $URL
		--json does not go with --curl|--json --curl $URL
		--batch: "0" is not a number from 1 to 10000|--batch 0 $URL
		--rate: "5/s" is not a number from 1 to 100000|--rate 5/s $URL
		that would be more than 100000000 requests|--count 10000000 --repeat 11 $URL
		"more" is one word too many|$URL more
		"ftp://a.example/" is not an http or https URL without user, password and fragment|ftp://a.example/
		"http://me:pw@a.example/" is not an http or https URL without user, password and fragment|http://me:pw@a.example/
	END
	added 0
}

@test "the static program prints what it cannot send" {
	[ -x "$STATIC" ] || fail "there is no $STATIC: make VARIANT=static $STATIC"
	CTL=$STATIC
	sends 3 "$URL"
	said 'this hookctl was built without network: "hookctl send --curl" prints the request as a curl command'
	sends 3 --verify "$URL"
	sends 0 "$URL" --dry-run
	[ "${lines[0]}" = 'POST /webhook HTTP/1.1' ]
	sends 0 "$URL" --curl --sample messenger
	printf '%s\n' "$output" >"$S/command"
	[ "$(sh "$S/command")" = ok ]
	added 1
	sends 0 --list
}
