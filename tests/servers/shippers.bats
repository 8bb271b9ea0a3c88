#!/usr/bin/env bats
# shippers.bats: what hookline-journal(5) and shipping.md say about reading the
# files. Commands and settings are taken from these texts and tried on files that a
# real receiver wrote.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"
# shellcheck source=tests/servers/lib/texts.bash
source "$BATS_TEST_DIRNAME/lib/texts.bash"

SETUP=lighttpd-fastcgi
JOURNAL=hookline-journal.5
SHIPPING=$MAN/shipping.md
FIXTURES=$ROOT/tests/fixtures/payloads
PATH=$PATH:/usr/sbin:/sbin
# This is Debian's Python, which has pandas and yaml.
PYTHON=/usr/bin/python3

setup() {
	scratch_new "$CHECKED"
}

# receive [LINES OF THE CONFIGURATION]: starts a server.
receive() {
	standard_config "${1:-}" | configure
	start_server
}

# sent NAME...: sends these fixtures, in this order.
sent() {
	local name
	for name; do
		post "$FIXTURES/$name.json"
		answered 200 ok
	done
}

# sent_text TEXT...: sends these notifications.
sent_text() {
	local text
	for text; do
		printf %s "$text" >"$S/body"
		post "$S/body"
		answered 200 ok
	done
}

# commands: prints the commands on standard input, each with a NUL at its end. A
# command begins in the first column, and continues in indented lines or after a
# pipe.
commands() {
	awk 'NR > 1 && /^[^ ]/ && last !~ /\|$/ { printf "%c", 0 }
		{ print; last = $0 }
		END { printf "%c", 0 }'
}

# run_display HEADING [EDIT]: prints each command of the display, and its output in
# the journal's folder. No command may fail, or print anything to standard error.
# EDIT is an edit for sed.
run_display() {
	local command
	display "$JOURNAL" "$1" | sed "${2:-}" >"$S/block"
	while IFS= read -r -d '' command; do
		echo "\$ ${command%% *}"
		(cd "$journal" && bash -euo pipefail -c "$command")
	done < <(commands <"$S/block") >"$S/output" 2>"$S/errors"
	cat "$S/errors"
	[ ! -s "$S/errors" ]
}

# printed: the output equals standard input, in which \t stands for a tab.
printed() {
	diff -u <(sed 's/\\t/\t/g') "$S/output"
}

kinds=(graph_batch whatsapp_messages messenger_mixed messenger_message
    unknown_object)

# Careless commands fail on these: a WhatsApp message without a phone number, values
# that are not objects, and members of unexpected types.
no_number='{"object":"whatsapp_business_account","entry":[{"id":"7","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","contacts":[{"user_id":"US.1349"}],"messages":[{"from_user_id":"US.1349","id":"wamid.N","timestamp":"1603059203","text":{"body":"no number"}}]}}]}]}'
odd=('"a string"' null 42 '[]' '[1,null,"x",[]]'
    '{"object":"user","entry":"none"}'
    '{"object":"user","entry":[null,"x",{"changes":"y","messaging":7}]}'
    '{"object":"user","entry":[{"id":"3","changes":[null,"z",{"field":7,"value":"A"},{"field":"about","value":[]}],"messaging":[null,"m",{"message":"text"}]}]}'
    '{"object":"user","entry":[{"id":"3","changes":[{"field":"messages","value":{"messages":[null,"m"]}}]}]}')

@test "the two kinds of lines: hookline writes lines like both samples" {
	local lines heading=('A notification line' 'Update lines') number=0
	printf '%s' '{"object":"page","entry":[{"id":"123","time":1520383571,' \
	    '"changes":[{"field":"feed","value":{"verb":"add"}},' \
	    '{"field":"name","value":"A"}]}]}' >"$S/body"
	for lines in notification update; do
		receive "lines = \"$lines\""
		post "$S/body"
		answered 200 ok
		stop_server
		sed -E -e 's/"received_at":"[^"]*"/"received_at":"T"/' \
		    -e 's/"(id|delivery_id)":"[0-9a-f]{64}"/"\1":"H"/g' \
		    -e 's/sha256=[0-9a-f]{64}/sha256=H/' "$live" >"$S/real"
		display "$JOURNAL" "${heading[number]}" | jq -c . |
		    sed -E -e 's/"received_at":"[^"]*"/"received_at":"T"/' \
		    -e 's/"(id|delivery_id)":"<sha256[^"]*"/"\1":"H"/g' \
		    -e 's/sha256=<hex>/sha256=H/' | diff -u - "$S/real"
		rm -r "$journal"
		number=$((number + 1))
	done
}

@test "jq: notification lines" {
	receive
	sent "${kinds[@]}" graph_changed_fields
	sent_text "$no_number"
	run_display 'jq: notification lines'
	sed -i -E 's/20[0-9-]{8}T[0-9:.]{15}Z/TIME/' "$S/output"
	printed <<-'OUT'
		$ jq
		1\tTIME\tuser
		2\tTIME\twhatsapp_business_account
		3\tTIME\tpage
		4\tTIME\tpage
		5\tTIME\tsomething_new
		6\tTIME\tuser
		7\tTIME\twhatsapp_business_account
		$ jq
		photos
		photos
		photos
		photos
		birthday
		$ jq
		15550002222\tone 😀
		15550002222\ttwo
		US.1349\tno number
		$ jq
		m_one\thello 😀
	OUT
}

@test "jq: update lines" {
	receive 'lines = "update"'
	sent "${kinds[@]}" graph_changed_fields
	sent_text "$no_number"
	run_display 'jq: update lines'
	printed <<-'OUT'
		$ jq
		1\tuser\t1\tphotos
		2\tuser\t1\tphotos
		3\tuser\t2\tphotos
		4\twhatsapp_business_account\t600000000000006\tmessages
		5\twhatsapp_business_account\t600000000000006\tmessages
		6\tpage\t200000000000002\tmessaging
		7\tpage\t200000000000002\tmessaging
		8\tpage\t200000000000002\tmessaging
		9\tpage\t200000000000002\tmessaging
		10\tpage\t200000000000002\tmessaging
		11\tpage\t200000000000002\tmessaging
		12\tsomething_new\t\t
		13\tuser\t120000000000001\t
		14\twhatsapp_business_account\t7\tmessages
		$ jq
		photos
		photos
		photos
		photos
		birthday
		$ jq
		15550002222\tone 😀
		15550002222\ttwo
		US.1349\tno number
		$ jq
		m_one\thello 😀
		$ jq
		{"object":"something_new","entry":[{"id":"9","happened":{"at":[1,2.5,-3e-07],"why":null,"sure":true,"more":false}}],"version":2}
	OUT
}

# mixed_and_odd: writes both kinds of lines to one file, and unusual but valid JSON.
mixed_and_odd() {
	local lines
	receive
	for lines in notification update; do
		standard_config "lines = \"$lines\"" | configure
		sent lone_surrogates ad_account_array threads messenger_message
		sent_text "${odd[@]}" "$no_number"
	done
}

@test "jq: no command stops or complains, whatever the file contains" {
	local heading
	mixed_and_odd
	for heading in 'jq: notification lines' 'jq: update lines' jq 'All files'; do
		run_display "$heading"
		cat "$S/output"
		# Lines after one that jq cannot read are printed, too.
		case $heading in
		jq:*)
			grep -qxF "$(printf 'US.1349\tno number')" "$S/output"
			grep -qxF "$(printf 'm_one\thello 😀')" "$S/output"
			;;
		esac
	done
	# For comparison, a careless command fails.
	run ! jq -r .object "$live"
	[[ $output == *surrogate* ]]
}

# In jq 1.6, fromjson? hides every later error; later versions of jq do not.
@test "jq: no command depends on an error being hidden" {
	local heading
	mixed_and_odd
	for heading in 'jq: notification lines' 'jq: update lines'; do
		run_display "$heading" "s/ -\([rc]\)R '/ -\1 '/; s/fromjson? | //
		    s/notifications.jsonl/<(grep -vE 'cut|ude00 and' &)/"
		grep -qxF "$(printf 'US.1349\tno number')" "$S/output"
	done
}

@test "jq: lines that it cannot read are shown" {
	mixed_and_odd
	run_display jq
	[ "$(head -n 2 "$S/output" | cut -c 1-9)" = "$(printf '$ jq\n{"seq":1,')" ]
	# The command, then one notification line and two update lines.
	[ "$(wc -l <"$S/output")" = 4 ]
}

@test "all files: before the first rotation, and with compressed ones" {
	receive
	sent utf8 standby
	run_display 'All files'
	printed <<-'OUT'
		$ find
		      2 page
		$ find
		1
		2
	OUT
	standard_config 'rotate_size = 100 compress = "gzip"' | configure
	# The newest rotated file is not compressed.
	sent graph_batch whatsapp_messages messenger_mixed
	within 300 all_compressed
	# Lines that were set aside after a crash are not read.
	cp "$live" "$journal/archive/notifications-000000000001-20261121T060000Z.jsonl.cut"
	run_display 'All files'
	printed <<-'OUT'
		$ find
		      3 page
		      1 user
		      1 whatsapp_business_account
		$ find
		1
		2
		3
		4
		5
	OUT
}

@test "following the file shows a line at once" {
	receive
	sent messenger_message
	display "$JOURNAL" Following >"$S/follow"
	cd "$journal"
	in_background followed setsid bash -c "$(<"$S/follow")"
	within 100 copied 1 "$S/log/followed"
	sent utf8
	within 100 copied 2 "$S/log/followed"
	kill -- -"$(<"$S/followed.pid")"
	rm "$S/followed.pid"
	grep -q '^{"object":"page",.*"m_one"' "$S/log/followed"
}

# shown_with TEXT: prints the example in hookline(8) that contains this text.
shown_with() {
	local number
	for number in {1..20}; do
		display hookline.8 EXAMPLES "$number" >"$S/shown" || return
		if grep -qF -- "$1" "$S/shown"; then
			cat "$S/shown"
			return
		fi
	done
}

@test "hookline(8): the signed sample is answered ok, and stored each time" {
	local time
	receive
	shown_with X-Hub-Signature | sed -e 's/^\$ //' -e '/^ok$/d' \
	    -e "s/^secret=.*/secret=$SECRET/" \
	    -e "s|https://hooks.example.com|http://127.0.0.1:$PORT|" >"$S/send"
	[ "$(wc -l <"$S/send")" = 5 ]
	for time in 1 2; do
		[ "$(bash -euo pipefail "$S/send" 2>"$S/errors")" = ok ]
		added "$time"
	done
	jq -e .distinct==false "$live"
}

@test "hookline(8): following the file shows a line" {
	receive
	sent messenger_message
	shown_with 'tail -F' | sed -e 's/^\$ //' \
	    -e "s|/var/lib/hookline|$journal|" >"$S/follow"
	in_background followed setsid bash -c "$(<"$S/follow")"
	sent utf8
	within 100 copied 1 "$S/log/followed"
	kill -- -"$(<"$S/followed.pid")"
	rm "$S/followed.pid"
	grep -q '^{"object":"page",' "$S/log/followed"
}

# python NUMBER...: runs these displays and then the code on standard input, in the
# journal's folder.
python() {
	local number
	{
		echo 'import pandas'
		for number; do
			display "$JOURNAL" pandas "$number"
		done
		cat
	} >"$S/code.py"
	(cd "$journal" && "$PYTHON" "$S/code.py")
}

@test "pandas: ids and times are not changed" {
	receive 'lines = "update"'
	sent "${kinds[@]}" big_ids
	python 1 <<-'END'
		assert len(rows) == 13
		assert rows.seq.tolist() == list(range(1, 14))
		assert rows.entry_id[3] == "600000000000006"
		assert rows.meta_id[3] == "wamid.A"
		assert rows.entry_time[0] == 1520383571
		assert rows.entry_time[5] == 1458692753000
		assert rows.entry_id[12] == "92233720368547758079"
		assert rows.entry[12]["uid"] == 18446744073709551617
		assert rows["update"][12]["value"]["parent_id"] == 90071992547409931
		assert rows["update"][0]["value"]["object_id"] == "7"
		assert str(rows.received_at.dtype) == "datetime64[ns, UTC]"
		assert rows.payload[11]["version"] == 2
	END
	# The other call fails on the last one: a number above 2^64.
	run ! python 3 </dev/null
	[[ $output == *'too big'* ]]
	head -n 12 "$live" >"$S/some"
	cp "$S/some" "$live"
	python 3 <<-'END'
		assert len(rows) == 12
		assert rows.entry_id[3] == "600000000000006"
		assert rows.entry_time[0] == 1520383571
		assert rows["update"][0]["value"]["object_id"] == "7"
		assert str(rows.received_at.dtype) == "datetime64[ns, UTC]"
	END
}

# The page's settings, with this test's paths.
rsyslog_conf() {
	echo "global(workDirectory=\"$S/rsyslog\")"
	block "$SHIPPING" rsyslog | sed -e "s|/var/lib/hookline/|$journal/|" \
	    -e "s|/var/log/hookline-copy.jsonl|$S/rsyslog/copy.jsonl|"
}

# copied COUNT FILE: the file has this many lines.
copied() {
	[ -e "$2" ] && [ "$(wc -l <"$2")" -ge "$1" ]
}

# many FIRST LAST: sends these notifications, from four clients at once.
many() {
	"$PEER" flood "$PORT" 4 "$1" "$2" "$SECRET" >"$S/flood.$1"
	[ "$(grep -c ' 200 ' "$S/flood.$1")" = $(($2 - $1 + 1)) ]
}

# long BYTES: sends a notification of this size.
long() {
	{
		printf '{"object":"page","entry":["'
		head -c "$1" /dev/zero | tr '\0' x
		printf '"]}'
	} >"$S/body"
	post_stored "$S/body"
}

rotations() {
	find "$journal/archive" -name '*.jsonl' | wc -l
}

@test "rsyslog: each line once and complete, across rotations" {
	receive 'rotate_size = "300K"'
	long 100
	mkdir "$S/rsyslog"
	rsyslog_conf >"$S/etc/rsyslog.conf"
	rsyslogd -N1 -f "$S/etc/rsyslog.conf"
	in_background rsyslog rsyslogd -n -f "$S/etc/rsyslog.conf" \
	    -i "$S/run/rsyslog.file"
	within 100 copied 1 "$S/rsyslog/copy.jsonl"
	# rsyslogd must have seen each file before the next one.
	many 1 150
	within 200 copied 151 "$S/rsyslog/copy.jsonl"
	long 160000
	within 200 copied 152 "$S/rsyslog/copy.jsonl"
	many 151 300
	within 200 copied 302 "$S/rsyslog/copy.jsonl"
	long 3145728
	within 200 copied 303 "$S/rsyslog/copy.jsonl"
	many 301 400
	within 200 copied 403 "$S/rsyslog/copy.jsonl"
	[ "$(rotations)" -ge 4 ]
	lines | sort >"$S/sorted"
	sort "$S/rsyslog/copy.jsonl" | cmp - "$S/sorted"
}

@test "rsyslog: when stopped and started again, it continues where it was" {
	receive
	mkdir "$S/rsyslog"
	rsyslog_conf >"$S/etc/rsyslog.conf"
	in_background rsyslog rsyslogd -n -f "$S/etc/rsyslog.conf" \
	    -i "$S/run/rsyslog.file"
	many 1 20
	within 100 copied 20 "$S/rsyslog/copy.jsonl"
	stop_pid "$(<"$S/rsyslog.pid")"
	many 21 40
	in_background rsyslog rsyslogd -n -f "$S/etc/rsyslog.conf" \
	    -i "$S/run/rsyslog.file"
	within 100 copied 40 "$S/rsyslog/copy.jsonl"
	cmp "$S/rsyslog/copy.jsonl" "$live"
	# The copy is as private as the original.
	[ "$(stat -c %a "$S/rsyslog/copy.jsonl")" = 640 ]
	[ "$(stat -c %a "$live")" = 640 ]
}

# followed COUNT: tail has shown this many lines, without its own messages.
followed() {
	[ "$(grep -avc '^tail: ' "$S/log/followed")" -ge "$1" ]
}

@test "tail -F: each line once, in order, across rotations" {
	receive 'rotate_size = "300K"'
	long 100
	in_background followed tail -n +1 -F "$live"
	within 100 followed 1
	# tail must have seen each file before the next one.
	many 1 75
	within 200 followed 76
	many 76 150
	within 200 followed 151
	long 160000
	within 200 followed 152
	many 151 225
	within 200 followed 227
	many 226 300
	within 200 followed 302
	[ "$(rotations)" -ge 3 ]
	# The messages of tail about the rotation are among the lines.
	grep -av '^tail: ' "$S/log/followed" | cmp - <(lines)
}

# all_keys: prints all keys that lines of either format can have.
all_keys() {
	receive 'lines = "update"' >/dev/null
	sent "${kinds[@]}" pretty several_arrays threads
	standard_config | configure
	sent messenger_message
	post "$FIXTURES/whatsapp_errors.json" \
	    -H "X-Hookline-Origin: 0123456789abcdef0123456789abcdef/7"
	answered 200 ok
	jq -r 'keys_unsorted[]' "$live" | sort -u
}

@test "hookline-journal(5) names every key" {
	local key
	all_keys >"$S/keys"
	[ "$(wc -l <"$S/keys")" = 23 ]
	while read -r key; do
		grep -Eq "^\.It Li (.*, )?(\\\\\(dq)?$key([ \\]|\$)" \
		    "$MAN/$JOURNAL" || { echo "$key"; return 1; }
	done <"$S/keys"
}

@test "the index template and the table name every key" {
	all_keys >"$S/keys"
	[ "$(wc -l <"$S/keys")" = 23 ]
	block "$SHIPPING" 'Elasticsearch and OpenSearch' 2 >"$S/template.json"
	jq -r '.template.mappings.properties | keys[]' "$S/template.json" |
	    grep -vx @timestamp | sort | diff -u "$S/keys" -
	block "$SHIPPING" ClickHouse 1 | sed -nE 's/^    `?([a-z_]+)`? .*/\1/p' | sort |
	    diff -u "$S/keys" -
	# OpenSearch does not accept "flattened" and its parameters.
	(cd "$S" && block "$SHIPPING" 'Elasticsearch and OpenSearch' 3 | bash) >"$S/other"
	jq -c '.template.mappings.properties | [.update, .entry, .payload, .seq]' \
	    "$S/other" | grep -qxF '[{"type":"flat_object"},{"type":"flat_object"},{"type":"flat_object"},{"type":"long"}]'
	jq -e '.template.settings["index.default_pipeline"] == "hookline"' \
	    "$S/other"
	block "$SHIPPING" 'Elasticsearch and OpenSearch' 1 | jq -e '.processors | length == 3'
}

# each_twice: sends two samples, a Messenger message and again with a different entry
# time, two rate limits, one body twice, and two events that differ only in their
# entry's time.
each_twice() {
	local changed='{"object":"user","entry":[{"id":"1","time":TIME,"changed_fields":["photos"]}]}'
	sent test_button test_button messenger_message
	sed 's/"time":[0-9]*,"messaging"/"time":1458692799999,"messaging"/' \
	    "$FIXTURES/messenger_message.json" >"$S/body"
	! cmp -s "$FIXTURES/messenger_message.json" "$S/body"
	post "$S/body"
	answered 200 ok
	sent whatsapp_errors whatsapp_errors utf8 utf8
	sent_text "${changed/TIME/1}" "${changed/TIME/2}"
}

# named: for each line on standard input, prints the seq of the first line to which
# the pipeline's script gives the same name.
named() {
	block "$SHIPPING" 'Elasticsearch and OpenSearch' 1 |
	    jq -r '.processors[0].script.source' >"$S/painless"
	perl -MJSON::PP -we '
		# From Painless to Perl: a missing member is null, + joins texts.
		open my $file, "<", shift or die;
		local $/;
		my $rule = <$file>;
		$rule =~ s/ctx\.(\w+) != null/defined \$ctx->{$1}/g;
		$rule =~ s/ctx\.(\w+) == false/(defined \$ctx->{$1} && !\$ctx->{$1})/g;
		$rule =~ s/ctx\.(\w+)/\$ctx->{$1}/g;
		$rule =~ s/ \+ / . /g;
		my %first;
		for (split /\n/, <STDIN>) {
			our $ctx = decode_json($_);
			eval "our \$ctx; $rule; 1" or die "$rule: $@";
			print $first{$ctx->{_id}} //= $ctx->{seq}, "\n";
		}' "$S/painless"
}

# replaced: puts the lines on standard input into a table that replaces rows that are
# equal by the rule in ORDER BY, and prints the seqs that are left. The engine is
# SQLite, since Debian does not have ClickHouse.
replaced() {
	block "$SHIPPING" ClickHouse 1 >"$S/table.sql"
	"$PYTHON" -c '
import json, re, sqlite3, sys

text = open(sys.argv[1]).read()
columns = dict(re.findall(r"^    `?(\w+)`? +(\S.*?),?$", text, re.M))
rule = re.search(r"ORDER BY \((.*)\);", text).group(1).replace("`", "")
rule = re.sub(r"\b(" + "|".join(columns) + r")\b", "\"\\1\"", rule)
rule = rule.replace("toString(", "(").replace("if(", "iif(")

def value(name, given):
	kind = columns[name]
	if given is None:
		if kind.endswith("DEFAULT true"):
			return True
		return None if "Nullable" in kind else "" if "String" in kind else 0
	return given if isinstance(given, (str, int)) else json.dumps(given)

base = sqlite3.connect(":memory:")
names = ", ".join(f"\"{name}\"" for name in columns)
base.execute(f"CREATE TABLE hookline ({names})")
base.execute(f"CREATE UNIQUE INDEX rule ON hookline ({rule})")
for line in sys.stdin:
	record = json.loads(line)
	marks = ", ".join("?" * len(columns))
	base.execute(f"INSERT OR REPLACE INTO hookline VALUES ({marks})",
	    [value(name, record.get(name)) for name in columns])
for row in base.execute("SELECT seq FROM hookline ORDER BY seq"):
	print(*row)
' "$S/table.sql"
}

# listed NUMBER...: standard input consists of these numbers, one on each line.
listed() {
	diff -u <(printf '%s\n' "$@") -
}

# one_of_each FIRST LAST NAMED: the seqs that are left if the first of equal lines is
# kept, or the last; and, for each line, the seq of the first line that equals it.
# shellcheck disable=SC2086 # lists of numbers
one_of_each() {
	local first=$1 last=$2 names=$3
	local twice=$S/twice
	cat "$live" "$live" >"$twice"
	named <"$live" | listed $names
	named <"$twice" | sort -nu | listed $first
	replaced <"$twice" | listed $last
	run_display 'All files'
	grep -v '^[$ ]' "$S/output" | listed $first
	printf '%s\n' 'print(*rows["seq"], sep="\n")' | python 1 2 | listed $first
}

@test "one of each event: no two events that hookline stores are equal" {
	local lines seqs='1 2 3 4 5 6 7'
	for lines in notification update; do
		receive "lines = \"$lines\""
		each_twice
		[ "$(count_lines)" = 7 ]
		one_of_each "$seqs" "$seqs" "$seqs"
		stop_server
		rm -r "$journal"
	done
}

@test "one of each event: two samples and two rate limits, and no repeat" {
	local lines
	for lines in notification update; do
		receive "lines = \"$lines\" duplicate_window = 0"
		each_twice
		[ "$(count_lines)" = 10 ]
		one_of_each '1 2 3 5 6 7 9 10' '1 2 4 5 6 8 9 10' \
		    '1 2 3 3 5 6 7 7 9 10'
		stop_server
		rm -r "$journal"
	done
}

# Debian has no packages for these, so only the syntax and the limits are tested.
@test "Vector, Fluent Bit and Filebeat: settings that parse, with limits raised" {
	local name
	for name in Vector 'Fluent Bit' Filebeat; do
		block "$SHIPPING" "$name" >"$S/${name% *}"
	done
	(cd "$S" && "$PYTHON" -) <<-'END'
		import tomllib
		import yaml

		least = (4 << 20) + 16384    # max_body, and the rest of a line
		live = "/var/lib/hookline/notifications.jsonl"

		vector = tomllib.load(open("Vector", "rb"))
		source = vector["sources"]["hookline"]
		assert source["include"][0] == live
		assert source["max_line_bytes"] >= least
		for part in ("transforms", "sinks"):
		    for item in vector[part].values():
		        for name in item["inputs"]:
		            assert name in vector["sources"] | vector["transforms"]

		beat = yaml.safe_load(open("Filebeat"))
		source = beat["filebeat.inputs"][0]
		assert source["paths"][0] == live
		assert source["message_max_bytes"] >= least
		assert source["prospector.scanner.fingerprint"]["length"] == 64

		sections, section = {}, None
		for line in open("Fluent"):
		    if line.startswith("["):
		        section = sections.setdefault(line.strip()[1:-1], {})
		    elif line.strip():
		        key, value = line.split()
		        section[key] = value
		assert sections["INPUT"]["Path"] == live
		size = sections["INPUT"]["Buffer_Max_Size"]
		assert size[-1] == "M" and int(size[:-1]) << 20 >= least
		assert sections["INPUT"]["Tag"] == sections["OUTPUT"]["Match"]
	END
}

# Filebeat and Vector recognize a file by these bytes.
@test "the first 64 bytes of a file contain its first seq and time" {
	receive
	many 1 3
	head -c 64 "$live" | grep -qE '^\{"seq":1,"received_at":"[^"]{27}","id":"'
}
