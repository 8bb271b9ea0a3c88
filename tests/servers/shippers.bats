#!/usr/bin/env bats
# shippers.bats: what the README says about reading the files: its commands and
# settings are taken from it, and run on what a real receiver wrote.
#
#   README   the text; README.md unless given

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/lib/test.bash"

SETUP=lighttpd-fastcgi
README=${README:-$ROOT/README.md}
FIXTURES=$ROOT/tests/fixtures/payloads
PATH=$PATH:/usr/sbin:/sbin
# Debian's, which has pandas and yaml.
PYTHON=/usr/bin/python3

setup() {
	scratch_new "$CHECKED"
}

# block HEADING [NUMBER]: a fenced block of the README's section, without its fences.
block() {
	awk -v heading="$1" -v want="${2:-1}" '
		!inside && /^#/ { name = $0; sub(/^#+ /, "", name) }
		/^```/ {
			inside = !inside
			count += inside && name == heading
			next
		}
		inside && name == heading && count == want { print; found = 1 }
		END { exit !found }' "$README" ||
	    fail "the README has no block ${2:-1} below '$1'"
}

# receive [LINES OF THE CONFIGURATION]: a server is up.
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

# run_block HEADING: each command of the block in the journal's folder, its output
# below it.
run_block() {
	local command
	block "$1" >"$S/block"
	while IFS= read -r command; do
		echo "\$ ${command%% *}"
		(cd "$journal" && bash -euo pipefail -c "$command")
	done <"$S/block" >"$S/output"
}

# printed: the output is standard input, in which \t is a tab.
printed() {
	diff -u <(sed 's/\\t/\t/g') "$S/output"
}

kinds=(graph_batch whatsapp_messages messenger_mixed messenger_message
    unknown_object)

@test "the two line formats: both samples are what is written" {
	local lines number=1
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
		block 'The two line formats' $number | jq -c . |
		    sed -E -e 's/"received_at":"[^"]*"/"received_at":"T"/' \
		    -e 's/"(id|delivery_id)":"<sha256[^"]*"/"\1":"H"/g' \
		    -e 's/sha256=<hex>/sha256=H/' | diff -u - "$S/real"
		rm -r "$journal"
		number=$((number + 1))
	done
}

@test "jq: notification lines" {
	receive 'rotate_size = 100 compress = "gzip"'
	# The newest rotated file stays plain.
	sent utf8 standby graph_batch
	within 100 compgen -G "$journal/archive/*.gz" >/dev/null
	standard_config | configure
	sent "${kinds[@]:1}"
	run_block 'jq: notification lines'
	sed -i -E 's/20[0-9-]{8}T[0-9:.]{15}Z/TIME/' "$S/output"
	printed <<-'OUT'
		$ jq
		3\tTIME\tuser
		4\tTIME\twhatsapp_business_account
		5\tTIME\tpage
		6\tTIME\tpage
		7\tTIME\tsomething_new
		$ jq
		photos
		photos
		photos
		$ jq
		15550002222\tone 😀
		15550002222\ttwo
		$ jq
		m_one\thello 😀
		$ zcat
		      4 page
		      1 something_new
		      1 user
		      1 whatsapp_business_account
	OUT
}

@test "jq: update lines" {
	receive 'lines = "update"'
	sent "${kinds[@]}"
	run_block 'jq: update lines'
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
		$ jq
		photos
		photos
		photos
		$ jq
		15550002222\tone 😀
		15550002222\ttwo
		$ jq
		m_one\thello 😀
		$ jq
		{"object":"something_new","entry":[{"id":"9","happened":{"at":[1,2.5,-3e-07],"why":null,"sure":true,"more":false}}],"version":2}
	OUT
}

# python BLOCK CODE: the README's pandas block and then this, in the journal's folder.
python() {
	{
		echo 'import pandas'
		block pandas "$1"
		cat
	} >"$S/code.py"
	(cd "$journal" && "$PYTHON" "$S/code.py")
}

@test "pandas: ids and times stay as they are" {
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
	# The other call cannot read the last: a number above 2^64.
	run ! python 2 </dev/null
	[[ $output == *'too big'* ]]
	head -n 12 "$live" >"$S/some"
	cp "$S/some" "$live"
	python 2 <<-'END'
		assert len(rows) == 12
		assert rows.entry_id[3] == "600000000000006"
		assert rows.entry_time[0] == 1520383571
		assert rows["update"][0]["value"]["object_id"] == "7"
		assert str(rows.received_at.dtype) == "datetime64[ns, UTC]"
	END
}

# The README's settings with the paths of this test.
rsyslog_conf() {
	echo "global(workDirectory=\"$S/rsyslog\")"
	block rsyslog | sed -e "s|/var/lib/hookline/|$journal/|" \
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

# long BYTES: sends a notification of that size.
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
	many 1 150
	long 160000
	many 151 300
	long 3145728
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
}

@test "tail -F: each line once, in order, across rotations" {
	receive 'rotate_size = "300K"'
	long 100
	in_background followed tail -n +1 -F "$live"
	within 100 copied 1 "$S/log/followed"
	many 1 150
	long 160000
	many 151 300
	within 100 copied 302 "$S/log/followed"
	[ "$(rotations)" -ge 3 ]
	# What tail says about the rotation is among the lines.
	grep -av '^tail: ' "$S/log/followed" | cmp - <(lines)
}

# all_keys: prints the keys that lines of either format can have.
all_keys() {
	receive 'lines = "update"' >/dev/null
	sent "${kinds[@]}" pretty several_arrays threads
	standard_config | configure
	sent messenger_message
	jq -r 'keys_unsorted[]' "$live" | sort -u
}

@test "the index template and the table name every key" {
	all_keys >"$S/keys"
	[ "$(wc -l <"$S/keys")" = 22 ]
	block 'Elasticsearch and OpenSearch' 2 >"$S/template.json"
	jq -r '.template.mappings.properties | keys[]' "$S/template.json" |
	    grep -vx @timestamp | sort | diff -u "$S/keys" -
	block ClickHouse 1 | sed -nE 's/^    ([a-z_]+) .*/\1/p' | sort |
	    diff -u "$S/keys" -
	# OpenSearch refuses flattened, and its parameters.
	(cd "$S" && block 'Elasticsearch and OpenSearch' 3 | bash) >"$S/other"
	jq -c '.template.mappings.properties | [.update, .entry, .payload, .seq]' \
	    "$S/other" | grep -qxF '[{"type":"flat_object"},{"type":"flat_object"},{"type":"flat_object"},{"type":"long"}]'
	jq -e '.template.settings["index.default_pipeline"] == "hookline"' \
	    "$S/other"
	block 'Elasticsearch and OpenSearch' 1 | jq -e '.processors | length == 3'
}

# For those that no package of Debian's has: the syntax, and the limits.
@test "Vector, Fluent Bit and Filebeat: settings that parse, with limits raised" {
	local name
	for name in Vector 'Fluent Bit' Filebeat; do
		block "$name" >"$S/${name% *}"
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

# Filebeat and Vector recognise a file by these bytes.
@test "the first 64 bytes of a file contain its first seq and time" {
	receive
	many 1 3
	head -c 64 "$live" | grep -qE '^\{"seq":1,"received_at":"[^"]{27}","id":"'
}
