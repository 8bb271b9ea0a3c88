#!/usr/bin/env bats
# subscriptions.bats: hookctl subscriptions, against a server with TLS that answers as the
# Graph API does, and that verifies callback URLs with a real lighttpd and hookline.

# stderr is set by bats.
# shellcheck disable=SC2154 # run sets them

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"
# shellcheck source=tests/servers/lib/hookctl.bash
source "$HELPERS/hookctl.bash"
# shellcheck source=tests/servers/lib/tls.bash
source "$HELPERS/tls.bash"
# shellcheck source=tests/servers/lib/texts.bash
source "$HELPERS/texts.bash"

SETUP=lighttpd-fastcgi
STATIC=${HOOKCTL_STATIC:-$ROOT/build/static/hookctl}
APP=123456789012345
PAGE=1015402
WABA=1029771
PAGE_TOKEN=EAAGm0PX4ZCpsBAKx7qYw2LVtJdR9uHfNc3
WABA_TOKEN=EAAJx2WQ9rTzUBOyP4kSm8DvEhLgCn5XbFa
OLD=https://old.example.com/webhook
ADVICE='Meta has just asked the callback URL, and did not get the challenge back: run "hookctl check", which asks the same way'

# The standard configuration, with what this command needs. LINES are for the endpoint.
our_config() {
	standard_config | sed '$d'
	cat <<-END
		app_id = "$APP"
		callback_url = "$URL"
		${1:-}
		}
	END
}

setup_file() {
	scratch_new "$CHECKED"
	standard_config | configure
	mkdir -p "$S/tls" "$S/home" "$S/graph"
	{
		openssl ecparam -name prime256v1 -genkey -noout -out "$S/tls/key.pem"
		make_issuers
		issue graph between 2 /CN=127.0.0.1 subjectAltName=IP:127.0.0.1
	} 2>"$S/tls/log" || { cat "$S/tls/log"; return 1; }
	cat "$S/tls/between.pem" >>"$S/tls/graph.pem"
	share
	in_background graph python3 "$HELPERS/graph.py" "$S/tls/graph.pem" \
	    "$S/tls/key.pem" "$APP" "$SECRET" "$S/graph"
	within 100 test -e "$S/graph/port"
}

setup() {
	scratch_use "$SCRATCH"
	URL=http://127.0.0.1:$PORT$WEBHOOK
	our_config | configure_again
	G=$S/graph
	GRAPH=https://127.0.0.1:$(<"$G/port")
	export HOOKLINE_CONFIG=$conf
	umask 077
	rm -f "$G/answer" "$G/hold" "$S/page-token" "$S/waba-token" "$G/requests"
	printf '%s\n' "$PAGE_TOKEN" "$WABA_TOKEN" >"$G/tokens"
	echo '{"success": true}' >"$G/success"
	printf '# for tests\n\n%s\n' "$PAGE_TOKEN" >"$S/page-token"
	printf '%s\n' "$WABA_TOKEN" >"$S/waba-token"
	subscribed '[]'
}

teardown_file() {
	end_shared
}

# subscribed APP [PAGE-FIELDS [WABA]]: what there is at Meta, in JSON.
subscribed() {
	printf '{"app": %s, "pages": {"%s": %s}, "wabas": {"%s": %s}}\n' "$1" "$PAGE" \
	    "${2:-null}" "$WABA" "${3:-{\"subscribed\": false\}}" >"$G/state.json"
}

# object NAME URL FIELDS [ACTIVE]: a subscription of the app. NAME and URL are the insides
# of strings.
object() {
	local fields="{\"name\": \"${3//,/\", \"version\": \"v26.0\"\}, {\"name\": \"}\""
	printf '{"object": "%s", "callback_url": "%s", "active": %s, "fields": [%s, "version": "v26.0"}]}' \
	    "$1" "$2" "${4:-true}" "$fields"
}

# asks STATUS WORDS...: hookctl subscriptions ends with this status; its output is in
# $output, what it says otherwise in $stderr.
asks() {
	run --separate-stderr ctl subscriptions "${@:2}" --graph-url "$GRAPH" \
	    --ca-file "$S/tls/root.pem" </dev/null
	printf '%s\n' "$output" "--- $stderr"
	[ "$status" = "$1" ] || fail "status $status, not $1" || return
	no_secrets "$output$stderr"
}

# no_secrets TEXT: it has none of them, not even a part.
no_secrets() {
	local secret
	for secret in "$SECRET" "$PAGE_TOKEN" "$WABA_TOKEN" "$TOKEN"; do
		[[ $1 != *"${secret:0:16}"* && $1 != *"${secret: -16}"* ]] ||
		    fail "a secret is in it: ${secret:0:4}..." || return
	done
}

# another: standard input is the configuration from here on.
another() {
	install -m 0640 /dev/stdin "$S/etc/another.conf"
	export HOOKLINE_CONFIG=$S/etc/another.conf
}

# printed: standard input is exactly the output.
printed() {
	diff <(echo "$output") -
}

# said: standard input is exactly what it says on standard error.
said() {
	diff <(echo "$stderr") -
}

# answers STATUS [HEADERS]: standard input is the body of all answers from here on.
answers_with() {
	{
		printf '%s\n' "$@" ''
		cat
	} >"$G/answer"
}

# state FILTER: what jq makes of what there is at Meta now.
state() {
	jq -c "$1" "$G/state.json"
}

#
# list
#

@test "list: each object of the app, from all pages of the answer" {
	subscribed "[$(object page "$URL" feed,messages), $(object user "$URL/" photos),
	    $(object whatsapp_business_account "${URL/http:/HTTP:}" messages)]"
	asks 0 list
	printed <<-END
		app $APP, to $URL
		  page                       ok       goes here: feed, messages
		  user                       ok       goes here: photos
		  whatsapp_business_account  ok       goes here: messages
		all is well
	END
	[ -z "$stderr" ]
	[ "$(wc -l <"$G/requests")" = 2 ]
	run ! grep -F access_token "$G/requests"
	[ "$(grep -c 'appsecret_proof=' "$G/requests")" = 2 ]
}

@test "list: to another address, switched off, without fields, to another endpoint" {
	our_config >"$S/etc/two"
	cat >>"$S/etc/two" <<-END
		endpoint "/other" {
			name = "shop" verify_token = "x1" app_secret = "$SECRET"
			callback_url = "https://shop.example.com/other"
		}
	END
	configure_again <"$S/etc/two"
	subscribed "[$(object page "$OLD" feed,messages), $(object user "$URL" photos false),
	    $(object instagram https://SHOP.example.com:443/other/ comments),
	    {\"object\": \"permissions\", \"callback_url\": \"$URL\", \"fields\": []}]"
	asks 1 list
	printed <<-END
		app $APP, to $URL
		  page                       FAILURE  goes to $OLD: feed, messages
		                                      hookctl subscriptions add page --fields feed,messages
		  user                       FAILURE  goes nowhere: Meta has switched it off
		                                      hookctl subscriptions add user --fields photos
		  instagram                  ok       goes to the endpoint shop: comments
		  permissions                FAILURE  goes nowhere: it has no fields
		                                      hookctl subscriptions add permissions --fields FIELD,...
		3 failures
	END
	asks 3 list --endpoint shop
	said <<-END
		hookctl: the endpoint "shop" has no app_id: set it in hookline.conf; the App Dashboard shows it under App settings, Basic
	END
}

@test "list: a subscription without fields brings nothing" {
	subscribed "[{\"object\": \"page\", \"callback_url\": \"$URL\", \"fields\": []}]" '["feed"]'
	asks 1 list
	asks 1 list --page "$PAGE" --token-file "$S/page-token"
	[[ $output == *'goes nowhere: the app has no active subscription to page'* ]]
}

@test "list: there is nothing" {
	asks 1 list
	printed <<-END
		app $APP, to $URL
		  no subscription            FAILURE  Meta sends nothing for this app
		                                      hookctl subscriptions add OBJECT --fields FIELD,...
		1 failure
	END
}

@test "list: a Page" {
	local app
	app="[$(object page "$URL" feed,messages)]"
	subscribed "$app" '["feed", "messages"]'
	asks 0 list --page "$PAGE" --token-file "$S/page-token"
	printed <<-END
		app $APP, to $URL
		  page                       ok       goes here: feed, messages
		Page $PAGE
		  subscribed_apps            ok       goes here, as the app's: feed, messages
		all is well
	END
	subscribed "$app" '["feed", "leadgen"]'
	asks 0 list --page "$PAGE" --token-file "$S/page-token"
	[[ $output == *$'\n  fields                     WARNING  the app is not subscribed to: leadgen\n1 warning' ]]
	subscribed "$app"
	asks 1 list --page "$PAGE" --token-file "$S/page-token"
	[[ $output == *'  subscribed_apps            FAILURE  goes nowhere: this app is not among them'$'\n'* ]]
	[ "${lines[4]##*  }" = "hookctl subscriptions add --fields FIELD,... --page $PAGE" ]
	subscribed "[$(object user "$URL" photos)]" '["feed"]'
	asks 1 list --page "$PAGE" --token-file "$S/page-token"
	[[ $output == *'  FAILURE  goes nowhere: the app has no active subscription to page'* ]]
	subscribed "[$(object page "$OLD" feed)]" '["feed"]'
	asks 1 list --page "$PAGE" --token-file "$S/page-token"
	[[ $output == *"  FAILURE  goes to another address, as the app's: feed"* ]]
	# An Instagram account's Page.
	subscribed "[$(object instagram "$URL" comments)]" '["comments"]'
	asks 0 list --page "$PAGE" --token-file "$S/page-token"
}

@test "list: a WhatsApp Business Account and its numbers, with overrides" {
	local app
	app="[$(object whatsapp_business_account "$URL" messages)]"
	subscribed "$app" null '{"subscribed": true, "numbers": [
	    {"id": "7", "display_phone_number": "+1 555-0100"},
	    {"id": "8", "display_phone_number": "+1 555-0101", "webhook_configuration":
	    {"phone_number": "https://other.example.com/"}},
	    {"id": "9", "webhook_configuration": {"phone_number": "'"$URL"'"}}]}'
	asks 1 list --waba "$WABA" --token-file "$S/waba-token"
	printed <<-END
		app $APP, to $URL
		  whatsapp_business_account  ok       goes here: messages
		WhatsApp Business Account $WABA
		  subscribed_apps            ok       goes here, as the app's
		  +1 555-0100                ok       goes here, as the account's
		  +1 555-0101                FAILURE  goes to https://other.example.com/, by its own override
		  9                          ok       goes here, by its own override
		1 failure
	END
	subscribed "[$(object whatsapp_business_account "$URL" messages)]" null \
	    '{"subscribed": true, "override": "'"$OLD"'", "numbers": []}'
	asks 1 list --waba "$WABA" --token-file "$S/waba-token"
	[[ $output == *"  subscribed_apps            FAILURE  goes to $OLD, by its override"* ]]
	subscribed "$app" null '{"subscribed": false, "numbers": [{"id": "7"}]}'
	asks 1 list --waba "$WABA" --token-file "$S/waba-token"
	[[ $output == *'  subscribed_apps            FAILURE  goes nowhere: this app is not among them'$'\n'* ]]
	[ "${lines[4]##*  }" = "hookctl subscriptions add --waba $WABA" ]
	[ "${lines[5]}" = "  7                          FAILURE  goes nowhere, as the account's" ]
	# Whoever may not list the numbers learns the rest.
	subscribed "$app" null '{"subscribed": true}'
	asks 0 list --waba "$WABA" --token-file "$S/waba-token"
	[[ $output == *'  numbers                    WARNING  unknown: they could not be listed'* ]]
	[[ $stderr == *'(#200) You do not have permission to access this field'* ]]
}

@test "list: as JSON" {
	subscribed "[$(object page "$URL" feed), $(object user "$OLD" photos false)]" \
	    '["feed", "leadgen"]' '{"subscribed": true, "override": "'"$URL"'", "numbers":
	    [{"id": "7", "display_phone_number": "+1"}]}'
	echo "$PAGE_TOKEN" >"$G/tokens"
	asks 1 list --json --page "$PAGE" --waba "$WABA" --token-file "$S/page-token"
	jq -c . <<<"$output" | diff - <(jq -c . <<-END
		{"app_id": "$APP", "callback_url": "$URL", "app": [
		{"object": "page", "callback_url": "$URL", "active": true,
		"fields": [{"name": "feed", "version": "v26.0"}], "goes": "here"},
		{"object": "user", "callback_url": "$OLD", "active": false,
		"fields": [{"name": "photos", "version": "v26.0"}], "goes": "nowhere"}],
		"page": {"id": "$PAGE", "subscribed": true, "fields": ["feed", "leadgen"],
		"without_app": ["leadgen"], "goes": "here"},
		"waba": {"id": "$WABA", "subscribed": true, "override": "$URL", "goes": "here",
		"numbers": [{"id": "7", "number": "+1", "override": null, "goes": "here"}]}}
	END
	)
}

@test "list: what Meta says is escaped for the terminal" {
	subscribed "[$(object 'pa\u001b[2Jge' 'https://a.example/\u001b]0;x' feed)]"
	asks 1 list
	[[ $output == *'  pa\u001b[2Jge  '*'goes to https://a.example/\u001b]0;x: feed'* ]]
	[[ $output != *$'\e'* ]]
}

#
# add and remove
#

@test "add: Meta verifies the callback URL, and list shows it" {
	asks 0 add page --fields feed,messages --include-values
	printed <<-END
		subscribing app $APP to page: feed,messages
		notifications go to $URL, which Meta verifies at once
		done
	END
	[ "$(state '.app | map([.object, .callback_url, .include_values])')" = \
	    "[[\"page\",\"$URL\",\"true\"]]" ]
	grep -q '^POST /v26.0/'"$APP"'/subscriptions appsecret_proof=' "$G/requests"
	asks 0 list
	[[ $output == *'  page                       ok       goes here: feed, messages'* ]]
	# Again, with other fields, and whatever form the success has.
	for success in true '"true"' '{"success":"true"}'; do
		echo "$success" >"$G/success"
		asks 0 add page --fields feed
	done
	[ "$(state '.app | map(.include_values, (.fields | map(.name)))')" = '[null,["feed"]]' ]
}

@test "add: the verification fails" {
	another < <(our_config | sed "s/$TOKEN/another-token-of-the-tests/")
	asks 3 add page --fields feed
	said <<-END
		hookctl: Meta refuses, with HTTP 400: (#2200) Callback verification failed with the following errors: HTTP Status Code = 403; HTTP Message = Forbidden
		hookctl: OAuthException, code 2200, fbtrace_id AbC-1_z
		hookctl: $ADVICE
	END
	[[ $output != *done* ]]
	[ "$(state .app)" = '[]' ]
}

@test "add, remove: a Page" {
	subscribed "[$(object page "$URL" feed,messages)]"
	asks 0 add --page "$PAGE" --fields feed,messages --token-file "$S/page-token"
	printed <<-END
		subscribing the app of this token to Page $PAGE: feed,messages
		done
	END
	asks 0 list --page "$PAGE" --token-file "$S/page-token"
	asks 0 remove --page "$PAGE" --token-file "$S/page-token"
	[ "${lines[0]}" = "removing the app of this token from Page $PAGE" ]
	[ "$(state '.pages | map(.)')" = '[null]' ]
}

@test "add, remove: a WhatsApp Business Account, and its override" {
	subscribed "[$(object whatsapp_business_account "$OLD" messages)]" null \
	    '{"subscribed": false, "numbers": []}'
	asks 0 add --waba "$WABA" --override --token-file "$S/waba-token"
	printed <<-END
		subscribing the app of this token to WhatsApp Business Account $WABA
		its notifications go to $URL, which Meta verifies at once
		done
	END
	asks 1 list --waba "$WABA" --token-file "$S/waba-token"
	[[ $output == *'  subscribed_apps            ok       goes here, by its override'* ]]
	asks 0 add --waba "$WABA" --token-file "$S/waba-token"
	[ "${lines[1]}" = 'its notifications go where those of the app go; an override ends' ]
	[ "$(state '.wabas | map(.subscribed, .override)')" = '[true,null]' ]
	asks 0 remove --waba "$WABA" --token-file "$S/waba-token"
	[ "$(state '.wabas | map(.subscribed)')" = '[false]' ]
}

@test "remove: fields, an object, all" {
	subscribed "[$(object page "$URL" feed,messages), $(object user "$URL" photos)]"
	asks 0 remove page --fields messages
	[ "${lines[0]}" = "removing fields from the subscription of app $APP to page: messages" ]
	[ "$(state '.app | map(.fields | length)')" = '[1,1]' ]
	asks 0 remove page
	[ "$(state '.app | map(.object)')" = '["user"]' ]
	: >"$G/requests"
	asks 2 remove
	said <<-'END'
		hookctl subscriptions: remove what? Name an object such as page, or give --all for every subscription of the app
		"hookctl help subscriptions" lists its options.
	END
	[ ! -s "$G/requests" ]
	asks 0 remove --all
	printed <<<"removing all subscriptions of app $APP
done"
	[ "$(state .app)" = '[]' ]
}

#
# Refusals
#

# refusal WORDS... <BODY: Meta's answer to everything, in which hookctl adds.
refused_with() {
	answers_with "$@"
	asks 3 add page --fields feed
}

@test "an error is shown as the API words it" {
	refused_with 400 <<-'END'
		{"error": {"message": "(#100) Param object must be one of {USER, PAGE}", "type":
		"OAuthException", "code": 100, "error_subcode": 1349126, "fbtrace_id": "Dx\u001b[1m",
		"error_user_title": "Invalid object", "error_user_msg": "There is no such \u00e9 object."}}
	END
	said <<-'END'
		hookctl: Meta refuses, with HTTP 400: (#100) Param object must be one of {USER, PAGE}
		hookctl: Invalid object: There is no such é object.
		hookctl: OAuthException, code 100, error_subcode 1349126, fbtrace_id Dx\u001b[1m
	END
}

@test "an error that quotes secrets does not show them" {
	refused_with 400 <<-END
		{"error": {"message": "Malformed access token $APP|$SECRET, ${SECRET:3:20}... for $TOKEN",
		"code": 190, "type": "OAuthException", "fbtrace_id": "$SECRET"}}
	END
	[[ $stderr == *"Malformed access token $APP|***, ***... for ***"* ]]
	answers_with 400 <<<"$PAGE_TOKEN is wrong"
	asks 3 add --page "$PAGE" --fields feed --token-file "$S/page-token"
	[[ $stderr == *'does: *** is wrong'* ]]
}

@test "tokens and secrets of other endpoints are not shown either" {
	local old=cafe1bad2dad3fad4bed5fed6ace7bee
	another < <(our_config; cat <<-END
		endpoint "/other" {
			verify_token = { "of/another", "an old one" }
			app_secret = { "${old//a/0}", "$old" }
		}
	END
	)
	refused_with 400 <<-END
		{"error": {"message": "a of/another b of%2Fanother c an+old+one d $old e"}}
	END
	[[ $stderr == *': a *** b *** c *** d *** e'* ]]
}

@test "what a token lacks" {
	echo another-token-than-this-one >"$G/tokens"
	asks 3 add --page "$PAGE" --fields feed --token-file "$S/page-token"
	[[ $stderr == *'HTTP 400: Malformed access token ***'*'code 190, '*'the token is wrong or has expired: make a new one' ]]
	another < <(our_config |
	    sed "s/app_secret = .*/app_secret = {\"another-secret-of-another-app\", \"$SECRET\"}/")
	asks 3 list
	[[ $stderr == *"Malformed access token $APP|***"*'belong to different apps'* ]]
	echo "$PAGE_TOKEN" >"$G/tokens"
	asks 3 add --page "$PAGE" --fields feed --token-file "$S/page-token"
	[[ $stderr == *'Invalid appsecret_proof'*'the token belongs to another app, or'* ]]
	export HOOKLINE_CONFIG=$conf
	asks 3 add --page 7 --fields feed --token-file "$S/page-token"
	[[ $stderr == *"Object with ID '7' does not exist"*'GraphMethodException, code 100, error_subcode 33, '* ]]
}

@test "rate limits, and what passes by itself" {
	refused_with 400 'X-Business-Use-Case-Usage: {"1": [{"type": "pages"}, {"estimated_time_to_regain_access": 17}]}' <<-'END'
		{"error": {"message": "(#80001) There have been too many calls", "code": 80001}}
	END
	[[ $stderr == *'(#80001) There have been too many calls'*'Meta estimates that it will answer again in 17 minutes' ]]
	refused_with 429 <<<'{"error": {"message": "slow down"}}'
	[[ $stderr == *'HTTP 429: slow down'*'too many requests were made for this app: try again later' ]]
	refused_with 500 <<<'{"error": {"message": "An unknown error", "code": 1, "is_transient": true}}'
	[[ $stderr == *'this may pass by itself: try again later' ]]
}

@test "no error, and no success either" {
	local body
	for body in '{"success": false}' false '{}' '"yes"' '[true]' 1; do
		refused_with 200 <<<"$body"
		[[ $stderr == "hookctl: $GRAPH answers 200, but not as the Graph API does: $body"* ]]
		[[ $output != *done* ]]
	done
}

@test "what is not the Graph API" {
	refused_with 502 <<<'<html>Bad Gateway'
	[[ $stderr == "hookctl: $GRAPH answers 502, but not as the Graph API does: <html>Bad Gateway"* ]]
	# A redirect is not followed.
	refused_with 302 "Location: $GRAPH/elsewhere" <<<true
	[[ $stderr == *' answers 302, but not as '* ]]
	[ "$(wc -l <"$G/requests")" = 2 ]
	answers_with 200 <<<'{"data": {}}'
	asks 3 list
	answers_with 200 <<<'{"data": ["page", null, 1]}'
	asks 3 list
	[[ $stderr == *' answers 200, but not as the Graph API does: {"data": ["page"'* ]]
	answers_with 200 <<<'{"data": [], "paging": {"next": "https://graph.facebook.com/none"}}'
	asks 3 list
	[[ $stderr == *"the address of its list's next page is not a URL with a query" ]]
	answers_with 200 <<<'{"data": [], "paging": {"next": "https://graph.facebook.com/?after=1"}}'
	: >"$G/requests"
	asks 3 list
	[[ $stderr == *'its list has more than 100 pages' ]]
	[ "$(wc -l <"$G/requests")" = 100 ]
	{
		printf '{"data": ["'
		head -c 1048576 /dev/zero | tr '\0' x
		echo '"]}'
	} | answers_with 200
	asks 3 list
	[[ $stderr == "hookctl: $GRAPH does not answer: it has more than 1 MB" ]]
}

@test "a server whose certificate nobody vouches for gets no token" {
	run -3 --separate-stderr ctl subscriptions list --graph-url "$GRAPH"
	[[ $stderr == "hookctl: $GRAPH does not answer: "* ]]
	[ ! -e "$G/requests" ]
	run -3 --separate-stderr ctl subscriptions list --graph-url "${GRAPH/127.0.0.1/localhost}" \
	    --ca-file "$S/tls/root.pem"
	[[ $stderr == "hookctl: https://localhost:"*" does not answer: "* ]]
	[ ! -e "$G/requests" ]
}

#
# Secrets
#

@test "no secret is in the words, the environment, a URL, a log or what is printed" {
	local pid at
	subscribed "[$(object page "$URL" feed)]" '["feed"]'
	: >"$G/hold"
	HOME=$S/home "$CTL" subscriptions list --page "$PAGE" --graph-url "$GRAPH" \
	    --ca-file "$S/tls/root.pem" <<<"$PAGE_TOKEN" >"$S/printed" 2>&1 3>&- &
	pid=$!
	within 100 test -s "$G/requests"
	for at in "/proc/$pid/cmdline" "/proc/$pid/environ"; do
		no_secrets "$(tr '\0' '\n' <"$at")"
	done
	no_secrets "$(ps -ww -o args= -p "$pid")"
	[[ $(ps -ww -o args= -p "$pid") == *' subscriptions list --page '* ]]
	rm "$G/hold"
	wait "$pid"
	grep -q "^Page $PAGE\$" "$S/printed"
	no_secrets "$(<"$S/printed")"
	no_secrets "$(<"$G/requests")"
	no_secrets "$(cat "$S"/log/graph)"
	# A verify token goes out in the body alone.
	asks 0 add page --fields feed
	[ "$(grep -c "verify_token=$TOKEN" "$G/requests")" = 1 ]
	run ! grep -q "verify_token.* \$" "$G/requests"
}

@test "the token comes by standard input" {
	subscribed "[$(object page "$URL" feed)]" '["feed"]'
	run -0 ctl subscriptions list --page "$PAGE" --graph-url "$GRAPH" \
	    --ca-file "$S/tls/root.pem" <<<"  $PAGE_TOKEN "
	asks 3 list --page "$PAGE"
	said <<<'hookctl: standard input: the access token is missing'
	chmod 644 "$S/page-token"
	asks 0 list --page "$PAGE" --token-file "$S/page-token"
	said <<<"hookctl: anyone can read the token in $S/page-token: chmod 600 $S/page-token"
	printf '%s\n' 'a b' >"$S/bad"
	asks 3 list --page "$PAGE" --token-file "$S/bad"
	said <<<"hookctl: $S/bad: the access token has a blank or a character that is not ASCII"
	printf 'abc\rdef\n' >"$S/bad"
	asks 3 list --page "$PAGE" --token-file "$S/bad"
	printf '# nothing\n' >"$S/bad"
	asks 3 list --page "$PAGE" --token-file "$S/bad"
	said <<<"hookctl: $S/bad: there is no access token in it"
	asks 3 list --page "$PAGE" --token-file "$S/none"
	head -c 1001 /dev/zero | tr '\0' x >"$S/bad"
	asks 3 list --page "$PAGE" --token-file "$S/bad"
	said <<<"hookctl: $S/bad: the access token is longer than 1000 bytes"
}

@test "in a terminal the token is asked for, and not shown" {
	local shown=$BATS_TEST_TMPDIR/shown pid
	subscribed "[$(object page "$URL" feed)]" '["feed"]'
	mkfifo "$BATS_TEST_TMPDIR/typed"
	SHELL=/bin/sh script -qfec "HOME='$S/home' '$CTL' subscriptions list --page $PAGE \
	    --graph-url $GRAPH --ca-file '$S/tls/root.pem'" "$shown" \
	    <"$BATS_TEST_TMPDIR/typed" >/dev/null 2>&1 3>&- &
	pid=$!
	exec 8>"$BATS_TEST_TMPDIR/typed"
	within 100 grep -qF "Access token for Page $PAGE: " "$shown"
	printf '%s\n' "$PAGE_TOKEN" >&8
	wait "$pid"
	exec 8>&-
	grep -q "^Page $PAGE" "$shown"
	no_secrets "$(<"$shown")"
}

@test "a path that nobody is to know is not shown" {
	local path=/webhook/fQ81wXz5bT0cRk39mVnH2Lsy
	another < <(our_config 'unsigned = "accept"
	    name = "bell"' | sed "s|$WEBHOOK|$path|")
	subscribed "[$(object page "$URL" feed), $(object user "${URL%/webhook}$path" photos)]"
	asks 1 list
	[[ $output == "app $APP, to http://127.0.0.1:$PORT***"* ]]
	[[ $output == *'  user                       ok       goes here: photos'* ]]
	asks 1 list --json
	[[ $output != *fQ81wXz5* ]]
	asks 3 add page --fields feed
	[[ $output != *fQ81wXz5* && $stderr != *fQ81wXz5* ]]
}

#
# The command line and the configuration
#

@test "wrong command lines" {
	local message words said status
	# The plain program starts much faster.
	CTL=$ROOT/build/hookctl
	while IFS='|' read -r message words; do
		status=0
		# shellcheck disable=SC2086 # words
		said=$("$CTL" subscriptions $words 2>&1 </dev/null) || status=$?
		[ "$status" = 2 ]
		[ "${said%%$'\n'*}" = "hookctl subscriptions: $message" ] || fail "$message"
	done <<-'END'
		list, add or remove?|--json
		"lists" is none of: list, add, remove|lists
		"page" is one word too many|list page
		"page" is one word too many|add page --page 7 --fields feed
		"x" is one word too many|remove page x
		--fields does not go with list of the app's subscriptions|list --fields feed
		--fields does not go with add --waba|add --waba 7 --fields messages
		--fields does not go with remove --page|remove --page 7 --fields feed
		--all does not go with add of the app's subscriptions|add page --fields feed --all
		--all does not go with remove --page|remove --page 7 --all
		--override does not go with add --page|add --page 7 --fields feed --override
		--include-values does not go with remove of the app's subscriptions|remove page --include-values
		--token-file does not go with list of the app's subscriptions|list --token-file x
		--json does not go with remove of the app's subscriptions|remove page --json
		--page does not go with --waba: remove one at a time|remove --page 7 --waba 8
		--all does not go with an object|remove page --all
		--all does not go with --fields|remove --all --fields feed
		add what? Name an object such as page, or give --page or --waba|add --fields feed
		add needs --fields, as in "--fields feed,messages"|add page
		add needs --fields, as in "--fields feed,messages"|add --page 7
		workplace_security needs --include-values|add workplace_security --fields x
		the object "pa/ge" has a character other than letters, digits and _|add pa/ge --fields feed
		--fields: "feed,,x" has an empty field|add page --fields feed,,x
		--fields: "feed," has an empty field|add page --fields feed,
		--fields: "a,b,a" has a field twice|add page --fields a,b,a
		--fields: "a&b" has a character other than letters, digits, _ and the commas between fields|add page --fields a&b
		--page: "me" is not the id of a Page, which is a number|list --page me
		--waba: "7/../8" is not the id of a WhatsApp Business Account, which is a number|list --waba 7/../8
		--graph-version: "26" is not a version such as v26.0|list --graph-version 26
	END
	run -2 --separate-stderr ctl subscriptions list --graph-url http://graph.example.com
	[[ $stderr == *'tokens go over https or to a loopback address only, and http://graph.example.com is neither'* ]]
	run -2 ctl subscriptions list --graph-url https://me:pw@graph.example.com
	[ ! -e "$G/requests" ]
}

@test "what the configuration lacks" {
	another < <(standard_config)
	asks 3 list
	said <<-END
		hookctl: the endpoint "$WEBHOOK" has no app_id: set it in hookline.conf; the App Dashboard shows it under App settings, Basic
	END
	another < <(our_config | grep -v callback_url)
	asks 3 add page --fields feed
	said <<<"hookctl: the endpoint \"$WEBHOOK\" has no callback_url: set it in hookline.conf"
	asks 0 remove page
}

@test "the manual's examples" {
	local heading="hookctl subscriptions Cm list | add | remove Oo Ar options Oc Op Ar object"
	subscribed '[]' null '{"subscribed": false, "numbers": []}'
	mkdir "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/hookctl" <<-END
		#!/bin/sh
		exec "$CTL" "\$@" --graph-url "$GRAPH" --ca-file "$S/tls/root.pem"
	END
	chmod +x "$BATS_TEST_TMPDIR/bin/hookctl"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	cd "$BATS_TEST_TMPDIR"
	cp "$S/page-token" page.token
	display hookctl.1 "$heading" 1 >examples
	run -0 bash -e examples
	[[ $output == *"  subscribed_apps            ok       goes here, as the app's: feed, messages"* ]]
	display hookctl.1 "$heading" 2 >examples
	run -0 bash -e examples <<<"$WABA_TOKEN"
	asks 0 list --waba "$WABA" --token-file "$S/waba-token"
}

@test "the static program says that it has no network" {
	[ -x "$STATIC" ] || fail "there is no $STATIC: make VARIANT=static $STATIC"
	CTL=$STATIC
	asks 3 list
	said <<-'END'
		hookctl: this hookctl was built without network, so it cannot ask Meta; you can see and change an app's subscriptions in the App Dashboard
	END
	asks 2 remove
}
