#!/usr/bin/env bats
# update.bats: lines = "update", behind a real lighttpd: every shape of payload, and
# what counts as the same event in a redelivery. `updates` checks the contents of
# the lines; the tests here check their number.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

SETUP=lighttpd-fastcgi
UPDATES=$HELPERS/updates

setup_file() {
	scratch_new "$CHECKED"
	standard_config 'lines = "update"' | configure
	share
}

setup() {
	scratch_use "$SCRATCH"
	standard_config 'lines = "update"' | configure_again
	before=$(count_lines)
	sent=()
}

teardown_file() {
	end_shared
}

# sends FILE [CURL OPTIONS...]: sends the file; it is answered 200.
sends() {
	cp "$1" "$S/sent.${#sent[@]}"
	post "$S/sent.${#sent[@]}" "${@:2}"
	sent+=("$S/sent.${#sent[@]}")
	answered 200 ok
}

# says JSON: sends this text.
says() {
	printf '%s' "$1" >"$S/body"
	sends "$S/body"
}

# batch KIND TIME NUMBERS [PAD]: sends a body that `updates` makes. Each test uses
# its own numbers.
batch() {
	"$UPDATES" batch "$@" >"$S/body"
	sends "$S/body"
}

# adds COUNT: this test has added this many lines, and they are exactly the right
# ones.
adds() {
	added "$1" || return
	lines >"$S/lines"
	"$UPDATES" check "$S/lines" "$before" /webhook "$SECRET" "${sent[@]}"
}

# Prints the last COUNT lines.
latest() {
	lines | tail -n "$1"
}

@test "the line of an update: its keys, in this order" {
	says '{"object": "page", "entry": [ {"uid" : "u\/1", "id": "77", "time": 1520383571, "more":[1, 2], "changes": [ {"field": "feed", "value": {"n": 1.50e+0, "t": "\ud83d\ude00 \/"} } ] } ]}'
	adds 1
	local id delivery want
	local update='{"field": "feed", "value": {"n": 1.50e+0, "t": "\ud83d\ude00 \/"} }'
	delivery=$(sha256sum <"$S/body")
	id=$(printf '%s' '8:/webhook6:"page"2:77' 7:changes 10:1520383571 \
	    "${#update}:$update" | sha256sum)
	want="\"id\":\"${id%% *}\",\"delivery_id\":\"${delivery%% *}\","
	want+='"update_index":0,"update_count":1,"endpoint":"/webhook",'
	want+='"object":"page","entry_id":"77","entry_time":1520383571,'
	want+='"array":"changes","field":"feed",'
	want+='"entry":{"uid" : "u\/1","more":[1, 2]},'
	want+="\"update\":$update}"
	latest 1 | sed 's/^{"seq":[0-9]*,"received_at":"[^"]*",//' |
	    cmp - <(echo "$want")
}

@test "every kind of payload" {
	local file name count=0
	declare -A more=([graph_batch]=3 [lone_surrogates]=2 [messenger_mixed]=5
	    [pretty]=2 [several_arrays]=4 [whatsapp_messages]=2
	    [whatsapp_statuses]=2)
	for file in "$ROOT"/tests/fixtures/payloads/*.json; do
		name=$(basename "$file" .json)
		sends "$file"
		count=$((count + ${more[$name]:-1}))
	done
	adds $count
	[ "${#sent[@]}" -ge 20 ]
	# One body has a top-level array of changes, one an entry without updates.
	[ "$(latest $count | grep -c '"signature":"')" = 2 ]
	# If all are sent again, nothing is added. (The sample is a new event each
	# time.)
	for file in "$ROOT"/tests/fixtures/payloads/*.json; do
		[[ $file == */test_button.json ]] || sends "$file"
	done
	adds $count
}

@test "1000 updates, then again in 10 batches with 50 new ones: 1050 lines" {
	local i
	batch photos 1520383000 0-999
	adds 1000
	for i in 0 1 2 3 4 5 6 7 8 9; do
		batch photos 1520383000 \
		    "$((1000 + 5 * i))-$((1004 + 5 * i)),$((100 * i))-$((100 * i + 99))"
	done
	adds 1050
}

@test "1000 messages, then again at other times and in other batches: 1050 lines" {
	local i
	batch messages 1458692750000 10000-10999
	adds 1000
	# Each batch has 105 messages, the new ones among the old.
	for i in 0 1 2 3 4 5 6 7 8 9; do
		batch messages $((1458692760000 + i)) \
		    "$((10000 + 100 * i))-$((10049 + 100 * i)),$((11000 + 5 * i))-$((11004 + 5 * i)),$((10050 + 100 * i))-$((10099 + 100 * i))"
	done
	adds 1050
}

@test "if a part was stored before, only the rest is added" {
	batch photos 1520383001 2000-2009
	adds 10
	batch photos 1520383001 1995-2004,2008-2012
	adds 18
	# The missing indexes are those of the repeats.
	[ "$(latest 8 | jq -c .update_index | sort -n | uniq | wc -l)" = 8 ]
	[ "$(latest 1 | jq .update_count)" = 15 ]
}

@test "an identical redelivery adds nothing" {
	local kind answer
	for kind in photos messages whatsapp; do
		batch $kind 1520383002 3000-3020
		answer=$(cat "$S/answer.body")
		batch $kind 1520383002 3000-3020
		[ "$(cat "$S/answer.body")" = "$answer" ]
	done
	adds 63
}

@test "an entry with a different time: Meta's own id shows that it is the same event" {
	batch whatsapp 1520383003 4000
	batch whatsapp 1520383004 4000
	batch messages 1520383003 4001
	batch messages 1520383004 4001
	adds 2
}

@test "an entry with a different time: without an id it is a new event" {
	local time file=$ROOT/tests/fixtures/payloads/security_log.json
	batch photos 1520383003 4002
	batch photos 1520383004 4002
	for time in 1547590501 1547590502; do
		sed "s/\"time\":[0-9]*/\"time\":$time/" "$file" >"$S/body"
		sends "$S/body"
		sends "$S/body"
	done
	for time in 5 6; do
		says '{"object":"user","entry":[{"id":"43","time":'$time',"changed_fields":["photos"]}]}'
	done
	adds 6
}

@test "equal items of one body are all kept, and a redelivery of them adds none" {
	local photo='{"field":"photos","value":{"verb":"add"}}'
	local mid='{"message":{"mid":"m_equal"}}'
	says '{"object":"user","entry":[{"id":"5","time":9,"changes":['"$photo,$photo,$photo"']}]}'
	says '{"object":"page","entry":[{"id":"5","time":9,"messaging":['"$mid,$mid"']}]}'
	adds 5
	says '{"object":"user","entry":[{"id":"5","time":9,"changes":['"$photo,$photo,$photo"']}]}'
	says '{"object":"page","entry":[{"id":"5","time":10,"messaging":['"$mid"']}]}'
	adds 5
	# One more than before: that one is new.
	says '{"object":"page","entry":[{"id":"5","time":11,"messaging":['"$mid,$mid,$mid"']}]}'
	adds 6
	# In two entries with the same id they are equal, too.
	says '{"object":"page","entry":[{"id":"6","messaging":['"$mid"']},{"id":"6","messaging":['"$mid"']}]}'
	adds 8
}

@test "an unsend and a reaction are stored as well as their message" {
	local head='{"object":"page","entry":[{"id":"8","time":1,"messaging":['
	says "$head"'{"message":{"mid":"m_8","text":"a"}}]}]}'
	says "$head"'{"message":{"mid":"m_8","is_deleted":true}}]}]}'
	says "$head"'{"reaction":{"mid":"m_8","action":"react","emoji":"\u2764"}}]}]}'
	says "$head"'{"reaction":{"mid":"m_8","action":"unreact"}}]}]}'
	adds 4
}

@test "each status of a message, and each verb of a comment" {
	local status verb
	for status in sent delivered read; do
		says '{"object":"whatsapp_business_account","entry":[{"id":"9","changes":[{"value":{"statuses":[{"id":"wamid.9","status":"'$status'"}]},"field":"messages"}]}]}'
	done
	for verb in add edited remove; do
		says '{"object":"page","entry":[{"id":"9","time":1,"changes":[{"field":"feed","value":{"item":"comment","comment_id":"9_9","verb":"'$verb'"}}]}]}'
	done
	adds 6
	# An edit with the same bytes may be a new one; a comment is added or
	# removed once.
	for verb in add edited remove; do
		says '{"object":"page","entry":[{"id":"9","time":2,"changes":[{"field":"feed","value":{"item":"comment","comment_id":"9_9","verb":"'$verb'"}}]}]}'
	done
	adds 7
}

@test "several changes with several WhatsApp messages each" {
	local a='{"value":{"messages":[{"id":"wamid.10"},{"id":"wamid.11"}]},"field":"messages"}'
	local b='{"value":{"messages":[{"id":"wamid.10"},{"id":"wamid.12"}]},"field":"messages"}'
	says '{"object":"whatsapp_business_account","entry":[{"id":"10","changes":['"$a,$b"']}]}'
	# The second of two equal ones counts as a different event.
	adds 4
	says '{"object":"whatsapp_business_account","entry":[{"id":"10","changes":['"$b"']},{"id":"10","changes":['"$a"']}]}'
	adds 4
}

# whatsapp VALUE-MEMBERS: a change of phone number 61.
whatsapp() {
	says '{"object":"whatsapp_business_account","entry":[{"id":"19","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"phone_number_id":"'"${2:-61}"'"},'"$1"'}}]}]}'
}

@test "statuses that come again in other batches add nothing" {
	local s1='{"id":"wamid.19","status":"sent","timestamp":"1"}'
	local s2='{"id":"wamid.19","status":"delivered","timestamp":"2"}'
	whatsapp '"statuses":['"$s1"']'
	whatsapp '"statuses":['"$s2"']'
	adds 2
	whatsapp '"statuses":['"$s1,$s2"']'
	adds 2
	latest 1 | grep -q '"array":"statuses","field":"messages","meta_id":"wamid.19","value":{"messaging_product":"whatsapp","metadata":{"phone_number_id":"61"}},"update":{'
}

@test "a message, then the same one with errors beside it: nothing is lost" {
	local m1='{"id":"wamid.20","timestamp":"1","text":{"body":"a"}}'
	whatsapp '"messages":['"$m1"']'
	whatsapp '"messages":['"$m1"'],"errors":[{"code":131051}]'
	adds 2
	latest 1 | grep -q '"array":"changes".*"errors":\[{"code":131051}\]'
}

@test "WhatsApp items without an id, of two phone numbers" {
	whatsapp '"calls":[{"event":"connect"}]' 61
	whatsapp '"calls":[{"event":"connect"}]' 62
	whatsapp '"calls":[{"event":"connect"}]' 61
	adds 2
	[ "$(latest 2 | grep -c '"distinct":false')" = 2 ]
}

@test "linked, unlinked, linked, unlinked, each at a different time: four events" {
	local time status
	for time in 1 2 3 4; do
		status=linked
		[ $((time % 2)) = 1 ] || status=unlinked
		says '{"object":"page","entry":[{"id":"21","time":'$time',"messaging":[{"sender":{"id":"4"},"account_linking":{"status":"'$status'"}}]}]}'
	done
	adds 4
	says '{"object":"page","entry":[{"id":"21","time":4,"messaging":[{"sender":{"id":"4"},"account_linking":{"status":"unlinked"}}]}]}'
	adds 4
}

@test "a mention, its removal, the mention again: three events" {
	local time verb
	for time in 1 2 3; do
		verb=add
		[ $time != 2 ] || verb=remove
		says '{"object":"page","entry":[{"id":"22","time":'$time',"changes":[{"field":"mention","value":{"item":"post","verb":"'$verb'","post_id":"22_1"}}]}]}'
	done
	adds 3
}

@test "react, unreact, react: by their timestamps, or else by the entry's time" {
	local time action stamp
	for stamp in '' '"timestamp":'; do
		for time in 1 2 3; do
			action=react
			[ $time != 2 ] || action=unreact
			says '{"object":"instagram","entry":[{"id":"23","time":'$time',"messaging":[{'"${stamp:+$stamp$time,}"'"reaction":{"mid":"m_23","action":"'$action'"}}]}]}'
		done
	done
	adds 6
	# If it has a timestamp, it is the same event, whenever it was sent.
	says '{"object":"instagram","entry":[{"id":"23","time":9,"messaging":[{"timestamp":1,"reaction":{"mid":"m_23","action":"react"}}]}]}'
	adds 6
	says '{"object":"instagram","entry":[{"id":"23","time":9,"messaging":[{"reaction":{"mid":"m_23","action":"react"}}]}]}'
	adds 7
}

@test "shapes of Instagram Login, Threads and lists of bodies" {
	local threads='{"app_id":"1","topic":"moderate","target_id":"24","time":5,"subscription_id":"2","has_uid_field":false,"values":'
	says '{"object":"instagram","entry":[{"id":"24","time":5,"field":"comments","value":{"id":"c_24","text":"a"}}]}'
	says '{"object":"instagram","entry":[{"id":"24","time":6,"field":"comments","value":{"id":"c_24","text":"a"}}]}'
	says "$threads"'{"value":{"id":"t_24"},"field":"replies"}}'
	says "$threads"'[{"value":{"id":"t_24"},"field":"replies"},{"value":{"id":"t_24"},"field":"mentions"}]}'
	adds 3
	says '[{"object":"page","entry":[{"id":"24","changes":[1]}]},'"$threads"'{"value":7,"field":"x"}}]'
	adds 5
	latest 1 | grep -q '"object":null,"entry_id":"24","entry_time":5,"array":"values","field":"x","envelope":{"app_id":"1","topic":"moderate","subscription_id":"2","has_uid_field":false},"update":7}'
}

@test "unknown members at the top are kept with each update" {
	says '{"version":"v26.0","object":"page","entry":[{"id":"25","messaging":[{"message":{"mid":"m_25"}},{"message":{"mid":"m_26"}}]}],"sent":1}'
	adds 2
	[ "$(latest 2 | grep -c '"envelope":{"version":"v26.0","sent":1},"update":')" = 2 ]
}

@test "a body without updates, or one that would lose something, becomes one notification line" {
	local body
	for body in '[{"object":"page","entry":[{"id":"11","changes":[1]}]},{}]' \
	    '{"object":"page","entry":[{"id":"11","changes":[{"field":"a","field":"b"}]}]}' \
	    '{"object":"page","entry":[{"id":"11","changes":[1]},{"id":"11"}]}' \
	    '{"object":"page","entry":[{"id":"11","changes":[1]}],"more":[]}' \
	    '{"object":"page","entry":[{"id":"11","changes":[1]}],"values":{"value":1}}' \
	    '{"object":"page","entry":[{"id":"11","changes":[]}]}' \
	    '{"object":"page","entry":[{"id":"11","changes":{"a":1}}]}' \
	    '{"object":"page","entry":[{"id":"11","changes":[1],"changes":[2]}]}' \
	    '{"object":"page","object":"user","entry":[{"id":"11","changes":[1]}]}' \
	    '{"object":"page","entry":[{"changes":[1]}]}' \
	    '{"object":"page","entry":[{"id":null,"changes":[1]}]}' \
	    '{"object":"page","entry":[{"id":"11","time":{},"changes":[1]}]}' \
	    '{"object":11,"entry":[{"id":"11","changes":[1]}]}' \
	    '{"object":"page","entry":[]}' '{"object":"page","entry":{}}' \
	    '{"object":"page","entry":[[]]}' '{"object":"page"}' '{}' '[]' \
	    '"11"' 11 null ' true '; do
		says "$body"
		says "$body"
	done
	adds 23
	[ "$(latest 23 | grep -c '"payload":')" = 23 ]
}

@test "odd updates are kept unchanged" {
	says '{"entry":[{"id":12,"changes":[1,"a",null,[],{},{"field":1},{"field":"a","fields":"b"}]}]}'
	adds 7
	says '{"object":"page","entry":[{"id":"a\u0062\"","time":null,"standby":[1]},{"id":1e5,"time":"then","messaging":[1]}]}'
	adds 9
	says '{"object":"page","\u0065ntry":[{"i\u0064":"13","chang\u0065s":[1]}]}'
	adds 10
}

@test "line breaks become blanks, and nothing else changes" {
	says '{"object":"page",
"entry":[{"id":"14","changes":[{"a":1},{"b":
2}]},{"id":"15","u":
3,"changes":[4]}]}'
	adds 3
	[ "$(latest 3 | grep -c '"reformatted":true')" = 2 ]
}

@test "a body of 3 MB of updates" {
	batch messages 1458692753000 20000-20999 3000
	[ "$(wc -c <"$S/body")" -gt 3000000 ]
	adds 1000
	batch messages 1458692754000 20500-20999 3000
	adds 1000
}

@test "10000 updates make that many lines, more make one" {
	"$UPDATES" many messaging 10000 >"$S/body"
	sends "$S/body"
	adds 10000
	"$UPDATES" many messaging 10001 >"$S/body"
	sends "$S/body"
	adds 10001
	# The same limit applies across several entries.
	sed 's/"page"/"user"/; s/"entry":\[\(.*\)\]}$/"entry":[\1,\1]}/' \
	    <(tr -d '\n' <"$S/sent.0") >"$S/body"
	sends "$S/body"
	adds 10002
}

# Prints the processor time of all processes, which other load does not lengthen.
ticks() {
	local pid
	for pid in $(programs); do
		cat "/proc/$pid/stat"
	done | awk '{ sub(/.*\) /, ""); n += $12 + $13 } END { print n + 0 }'
}

# Messenger waits 5 s for an answer.
sends_in_time() {
	local began
	began=$(ticks)
	sends "$1" -m 60
	[ $(($(ticks) - began)) -lt $((5 * $(getconf CLK_TCK))) ]
}

@test "1.5 million tiny items make one line, and are answered in time" {
	local array
	for array in changes messaging; do
		"$UPDATES" many $array 1500000 >"$S/body"
		[ "$(wc -c <"$S/body")" -lt 4194304 ]
		sends_in_time "$S/body"
	done
	adds 2
	sends_in_time "$S/body"
	adds 2
}

# nested COUNT: prints this many nested arrays.
nested() {
	printf '%*s' "$1" '' | tr ' ' '['
	printf '%*s' "$1" '' | tr ' ' ']'
}

@test "200 levels are accepted, 201 are not" {
	local head='{"object":"page","entry":[{"id":"16","changes":[{"value":'
	says "$(nested 200)"
	says "$head$(nested 195)}]}]}"
	adds 2
	latest 1 | grep -q '"update":'
	for body in "$(nested 201)" "$head$(nested 196)}]}]}"; do
		printf '%s' "$body" >"$S/body"
		post "$S/body"
		answered 400 bad-request
	done
	adds 2
}

@test "if the last update is not JSON, none is stored" {
	"$UPDATES" batch photos 1 30000-30100 | sed 's/}]}]}$/}]}]/' >"$S/body"
	post "$S/body"
	answered 400 bad-request
	adds 0
}

@test "at another endpoint the same updates are different events" {
	{
		standard_config 'lines = "update"'
		echo "endpoint \"/webhook/other\" { verify_token = \"$TOKEN\"
		    app_secret = \"$SECRET\" }"
	} | configure
	local body='{"object":"page","entry":[{"id":"17","messaging":[{"message":{"mid":"m_17"}}]}]}'
	says "$body"
	adds 1
	TARGET=/webhook/other says "$body"
	TARGET=/webhook/other says "$body"
	added 2
	[ "$(latest 2 | jq -r .endpoint | tr '\n' ' ')" = '/webhook /webhook/other ' ]
	[ "$(latest 2 | jq -r .id | sort -u | wc -l)" = 2 ]
}

@test "many processes, the same updates at once: each makes one line" {
	local i pids=()
	"$UPDATES" batch messages 1 40000-40199 >"$S/body"
	sent=("$S/body")
	for i in 1 2 3 4 5 6; do
		"$UPDATES" batch messages "$i" 40000-40199 >"$S/body.$i"
		curl -sS -m 30 -o /dev/null -w '%{http_code}\n' -H 'Expect:' \
		    -H "X-Hub-Signature-256: $(sign "$S/body.$i")" \
		    --data-binary "@$S/body.$i" \
		    "http://127.0.0.1:$PORT/webhook" >"$S/status.$i" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	[ "$(cat "$S"/status.? | sort | uniq -c | tr -s ' ')" = ' 6 200' ]
	added 200
	lines | tail -n 200 | jq -r .update.message.mid | sort -u | wc -l |
	    grep -qx 200
}

@test "lines = update and notification alternately" {
	says '{"object":"page","entry":[{"id":"18","time":1,"changes":[1,2]}]}'
	adds 2
	standard_config | configure
	post "$S/body"
	answered 200 ok
	added 3
	latest 1 | grep -q '"payload":'
	standard_config 'lines = "update"' | configure
	post "$S/body"
	answered 200 ok
	added 3
}
