#!/usr/bin/env bats
# missed-logs.bats: hookctl missed with logs that are made here: formats, hours, counts,
# what it says. missed.bats has those of real servers.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"
# shellcheck source=tests/servers/lib/hookctl.bash
source "$HELPERS/hookctl.bash"

HIDDEN=/hook/fQ81wXz5bT0cRk39mVnH2Lsy

setup_file() {
	SCRATCH_NAME=missed-logs scratch_new "$CHECKED"
	export SCRATCH=$S
	mkdir -p "$S/home" "$journal/.state"
}

setup() {
	scratch_use "$SCRATCH"
	here=$S/test/$BATS_TEST_NUMBER
	# The name of the folder tells whose log it is.
	mkdir -p "$here/apache2"
	log=$here/apache2/access.log
	standard_config | configure_again
	counters "$((24 * 8))"
	export TZ=UTC
}

teardown() {
	no_reports
}

teardown_file() {
	rm -rf "$SCRATCH"
}

# counters HOURS: hookline has counted for so long, and nothing came.
counters() {
	HOURS=$1 perl -e 'print pack("a8LLq", "hookcnt", 1, 2199552,
	    (int(time / 3600) - $ENV{HOURS}) * 3600e6), "\0" x (2199552 - 24)' \
	    >"$journal/.state/counters"
}

# made [combined|common|lighttpd|vhost] <LINES: prints lines of a log. Each line of the
# input has hours ago, second in that hour, status, size and count, and perhaps the
# User-Agent and the path.
made() {
	FORMAT=${1:-combined} perl -MPOSIX -lne '
		my ($ago, $second, $status, $size, $count, $agent, $path) = split;
		my $time = (int(time / 3600) - $ago) * 3600 + $second;
		$agent //= "facebookexternalua";
		$path //= "/webhook";
		my $user = $ENV{FORMAT} eq "lighttpd" ? "hooks.example.com -" : "- -";
		my $before = $ENV{FORMAT} eq "vhost" ? "hooks.example.com:443 " : "";
		my $after = $ENV{FORMAT} eq "common" ? "" : " \"-\" \"$agent\"";
		for (1 .. $count) {
			print $before, "31.13.24.5 $user [", strftime(
			    "%d/%b/%Y:%H:%M:%S +0000", gmtime $time),
			    "] \"POST $path HTTP/1.1\" $status $size$after";
		}'
}

# missed STATUS [OPTION...] LOG...
missed() {
	run ctl missed --config "$conf" "${@:2}"
	echo "$output"
	[ "$status" = "$1" ] || fail "the exit status is $status, not $1"
}

# has LINE: a pattern.
has() {
	local line
	for line in "${lines[@]}"; do
		# shellcheck disable=SC2053 # it is a pattern
		[[ $line != $1 ]] || return 0
	done
	fail "no line $1"
}

# has_no TEXT
has_no() {
	[[ $output != *"$1"* ]] || fail "there is: $1"
}

# is_said TEXT...: these are all the lines; times are masked.
is_said() {
	sed -E 's/[0-9]{2} [A-Z][a-z]{2}( 20[0-9]{2})? [0-9]{2}:[0-9]{2}/DAY-TIME/g
	    s/[0-9]{2} [A-Z][a-z]{2}/DAY/g; s/^hour +Meta/hour      Meta/' \
	    <<<"$output" | diff - <(printf '%s\n' "$@")
}

@test "the transcript" {
	made >"$log" <<-'END'
		4 100 200 3 180
		4 420 403 199 32
		3 100 200 3 195
		3 200 500 527 3
		2 100 200 3 4401
		2 100 200 3 1204 curl/8
	END
	missed 1 "$log"
	is_said 'hour      Meta sent  stored  hookline refused  stopped before it' \
	    'DAY-TIME        212     180                 0  32  403  ModSecurity; Meta retries until DAY-TIME (WhatsApp DAY)' \
	    'DAY-TIME        198     195                 0   3  500  over 131,072 bytes: FcgidMaxRequestLen' \
	    '35 of 4,811 were stopped, all after DAY-TIME. Others than Meta: 1,204 POSTs, not counted.' \
	    "403, and not hookline's: ModSecurity, as a rule" \
	    '     switch it off for this domain (panel), or SecRuleRemoveById with the ids in its log' \
	    '500, over 131,072 bytes: FcgidMaxRequestLen 8388608' \
	    "     in the server's configuration; if you have only .htaccess, run hookline as CGI"
	# The hours are those of the log.
	[[ ${lines[1]} == "$(date -d '4 hours ago' '+%d %b %H:00')"* ]]
	[[ ${lines[1]} == *"until $(date -d '32 hours' '+%d %b %H:00') "* ]]
	[[ ${lines[3]} == *"after $(date -d '4 hours ago' '+%d %b %H:07')."* ]]
}

@test "nothing was stopped; nothing came; nothing is in the log" {
	made >"$log" <<<'3 100 200 3 5'
	missed 0 "$log"
	is_said '0 of 5 were stopped.'
	made >"$log.1" <<<'3 100 200 3 5 curl/8 /login'
	missed 0 "$log.1"
	is_said "No POST to an endpoint's path from DAY-TIME to DAY-TIME."
	missed 0 --since now "$log.1"
	is_said "No POST to an endpoint's path."
	: >"$log.2"
	missed 0 "$log.2" "$log"
	is_said '0 of 5 were stopped.'
}

@test "an answer 200 that is not hookline's: lost" {
	{
		made <<<'3 100 200 3 5'
		made <<<'3 100 200 14 2'
		made <<<'2 100 200 0 1'
		made <<<'2 100 200 10701 1'
	} >"$log"
	missed 1 "$log"
	has '*   7       5 *  2  200  lost; Meta does not retry'
	has '*   2       0 *  2  200  lost; Meta does not retry'
	has "200, and not hookline's: Meta takes this for stored, and it is lost"
}

@test "each format; rotated and compressed ones in any order; a pipe" {
	local format expected
	made >"$here/one" <<-'END'
		5 100 200 3 5
		5 100 401 381 2
		4 100 200 3 5
		4 100 302 200 3
		3 100 200 3 5
		3 100 401 13 1
		3 100 404 196 4
	END
	sed -n 1,7p "$here/one" | gzip >"$log.10.gz"
	sed -n 8,15p "$here/one" >"$log.1"
	sed -n '16,$p' "$here/one" | head -c -1 >"$log"
	cp "$here/one" "$here/apache2/one"
	missed 1 "$here/apache2/one"
	expected=$output
	has '9 of 25 were stopped, *'
	missed 1 "$log.1" "$log" "$log.10.gz"
	[ "$output" = "$expected" ]
	missed 1 "$log" "$log.1" <(gzip -dc "$log.10.gz")
	[ "$output" = "$expected" ]
	for format in lighttpd vhost; do
		perl -pe 's/^(\S+) -/$1 hooks.example.com/' "$here/one" >"$log.l"
		[ $format = lighttpd ] ||
		    sed 's/^/hooks.example.com:443 /' "$here/one" >"$log.l"
		missed 1 "$log.l"
		[ "$(grep -c stopped <<<"$output")" = 2 ]
		has '9 of 25 were stopped, *'
	done
}

@test "the common format: all POSTs are taken for Meta's, and it says so" {
	made common >"$log" <<-'END'
		3 100 200 3 5
		3 100 403 199 2
		3 100 200 812 3 - /login
	END
	missed 1 "$log"
	has '2 of 7 were stopped, *'
	has "The log names no User-Agent of 7 POSTs: they are taken for Meta's."
}

@test "a log is counted once" {
	made >"$log" <<<'3 100 403 199 2'
	gzip -k "$log"
	missed 1 "$log" "$log" "$log.gz"
	has "hookctl: $log begins like $log: it is taken for a copy, and not counted"
	has "hookctl: $log.gz begins like $log: it is taken for a copy, and not counted"
	has '2 of 2 were stopped, *'
}

@test "of logs that begin alike the longest counts, unless they go apart" {
	made >"$log" <<-'END'
		3 100 200 3 60
		3 100 403 199 2
	END
	head -n 60 "$log" >"$log.1"
	missed 1 "$log.1" "$log"
	has "hookctl: $log.1 begins like $log: it is taken for a copy, and not counted"
	has '2 of 62 were stopped, *'
	# Half a line at the end.
	head -c -30 "$log" | gzip >"$log.2.gz"
	missed 1 "$log.2.gz" "$log.1" "$log"
	has '2 of 62 were stopped, *'
	{
		cat "$log.1"
		made <<<'3 100 404 199 1'
	} >"$log.3"
	missed 1 "$log.3" "$log"
	has_no 'taken for a copy'
	has '3 of 123 were stopped, *'
}

@test "the lines before damage count, and the damage is told once" {
	made <<<'3 100 403 199 7' | gzip >"$log.gz"
	cp "$log.gz" "$here/whole.gz"
	printf '\1\2\3\4' | dd of="$log.gz" bs=1 conv=notrunc status=none \
	    seek=$(($(stat -c %s "$log.gz") - 8))
	missed 3 "$log.gz"
	has '7 of 7 were stopped, *'
	[ "$(grep -c damaged <<<"$output")" = 1 ]
	# One after another in one file.
	made <<<'2 100 403 199 1' | gzip >>"$here/whole.gz"
	missed 1 "$here/whole.gz"
	has '8 of 8 were stopped, *'
}

@test "no terminal obeys a path" {
	made >"$log" <<<$'3 100 404 196 1 facebookplatform/1.0 /a\e[31mb\xc2\x9b'
	missed 0 "$log"
	has '*, such as /a\\u001b\[31mb\\u009b.'
}

@test "a log that cannot be read, or is none: status 3, and the others count" {
	made >"$log" <<<'3 100 403 199 2'
	missed 3 "$here/none" "$log"
	has "hookctl: $here/none: No such file or directory"
	has '2 of 2 were stopped, *'
	missed 3 "$here"
	has "hookctl: $here is a folder: name the files in it"
	printf '%s\n' '{"level":"info"}' '{"level":"info"}' >"$here/json"
	missed 3 "$here/json"
	has "hookctl: $here/json: none of its 2 lines is in the common or the combined log format"
	has_no 'were stopped'
	gzip -c "$log" | head -c -9 >"$here/cut.gz"
	missed 3 "$here/cut.gz"
	has "hookctl: $here/cut.gz: it is not whole, or damaged (gzip); the rest is not counted"
	run ctl missed --config "$conf"
	[ "$status" = 2 ]
	missed 2 --since never "$log"
}

@test "lines that are none are counted, also long ones" {
	{
		made <<<'3 100 403 199 2'
		perl -e 'print "x" x 300000, "\n"'
		made <<<'3 100 403 199 1'
		echo broken
		made <<<'3 100 403 199 1' | head -c 90
	} >"$log"
	missed 1 "$log"
	has 'hookctl: 3 of 6 lines are in an unknown format, and do not count'
	has '3 of 3 were stopped, *'
}

@test "without counts" {
	made >"$log" <<<'3 100 403 199 2'
	rm "$journal/.state/counters"
	missed 1 "$log"
	has '*  2       0                 -  2  403  ModSecurity; *'
	has '-: hookline has no counts of that hour.'
	# The sizes have the headers in them.
	made >"$log" <<<'3 100 401 321 2'
	missed 1 "$log"
	has '*  -  2  401  password, or hookline itself; *'
	has '-: hookline has no counts of that hour. What it refused itself is then among the stopped.'
	counters 2
	missed 1 "$log"
	has '-: hookline has no counts of that hour; they begin *, and go back 192 hours. What *'
	# One that was counted.
	made >"$log" <<<'1 100 401 321 2'
	missed 1 "$log"
	has '*  2       0                 0  2  401  password; *'
	has_no '-: '
}

@test "what Meta does about it: said once for each kind" {
	made >"$log" <<-'END'
		200 100 403 199 1
		199 100 403 199 1
		100 100 403 199 1
		99 100 403 199 1
		4 100 403 199 1
		3 100 403 199 1
	END
	missed 1 "$log"
	[ "$(grep -c 'Meta ' <<<"$output")" = 4 ]
	[[ ${lines[1]} == *'ModSecurity; Meta has given up' ]]
	[[ ${lines[2]} == *ModSecurity ]]
	[[ ${lines[3]} == *"; Meta gave up $(date -d '64 hours ago' '+%d %b %H:00') (WhatsApp retries until $(date -d '68 hours' '+%d %b'))" ]]
	[[ ${lines[4]} == *ModSecurity ]]
	[[ ${lines[5]} == *"; Meta retries until $(date -d '32 hours' '+%d %b %H:00') (WhatsApp $(date -d '164 hours' '+%d %b'))" ]]
	[[ ${lines[6]} == *ModSecurity ]]
}

@test "hours are local, or UTC; --since begins with an hour" {
	made >"$log" <<-'END'
		9 100 403 199 1
		4 100 403 199 2
	END
	TZ=IST-5:30 missed 1 "$log"
	[[ ${lines[1]} == "$(TZ=IST-5:30 date -d "$(date -d '9 hours ago' '+%F %H:00Z')" '+%d %b %H:30')"* ]]
	TZ=IST-5:30 missed 1 --utc --since '4 hours ago' "$log"
	[[ ${lines[1]} == "$(date -d '4 hours ago' '+%d %b %H:00')"* ]]
	has '2 of 2 were stopped, *'
}

@test "several endpoints; a secret path is never shown" {
	{
		standard_config
		cat <<-END
			endpoint "$HIDDEN" {
				name = "bell"
				unsigned = "accept"
				verify_token = "$TOKEN"
			}
			endpoint "/certified" {
				name = "vault"
				unsigned = "accept"
				client_cert = "server"
				verify_token = "$TOKEN"
			}
			endpoint "/inside" {
				verify_token = "$TOKEN"
				app_secret = "$SECRET"
				callback_url = "https://hooks.example.com/outside?a"
			}
		END
	} | configure_again
	made >"$log" <<-END
		3 100 403 199 1 facebookplatform/1.0 $HIDDEN?x
		3 100 403 199 2 facebookplatform/1.0 $HIDDEN/
		3 100 403 199 4 facebookplatform/1.0 /outside
		3 100 403 199 5 facebookplatform/1.0 https://hooks.example.com/inside
		3 100 404 199 6 facebookplatform/1.0 /cgi$HIDDEN
	END
	missed 1 "$log"
	has 'hour  *  endpoint  Meta sent *'
	has '*  bell  *  3  403 *'
	has '*  /inside  *  9  403 *'
	has '12 of 12 were stopped, *'
	has 'Meta also sent 6 POSTs to paths that no endpoint has.'
	has_no fQ81
	made >"$log" <<<'3 100 404 199 6 facebookplatform/1.0 /cgi/certified'
	missed 0 "$log"
	has 'Meta also sent 6 POSTs to paths that no endpoint has.'
	made >"$log" <<<'3 100 404 199 6 facebookplatform/1.0 /wrong?fQ81'
	missed 0 "$log"
	has 'Meta also sent 6 POSTs to paths that no endpoint has, such as /wrong.'
}

@test "one odd size does not tell what the others are" {
	rm "$journal/.state/counters"
	made >"$log" <<-'END'
		3 100 200 291 150
		3 100 200 45 1 curl/8 /other
	END
	missed 0 "$log"
	has '0 of 150 were stopped.'
	# Where half of them are so small, none has headers.
	made >"$log" <<-'END'
		3 100 200 291 150
		3 100 200 45 150 curl/8 /other
	END
	missed 1 "$log"
	has '150 of 150 were stopped, *'
	# A 304 with a size shows that headers are in it.
	made >>"$log" <<<'3 100 304 180 151 curl/8 /other'
	missed 0 "$log"
}

@test "the examples of hookctl(1)" {
	local number text=''
	# shellcheck source=tests/servers/lib/texts.bash
	source "$HELPERS/texts.bash"
	made >"$log" <<<'3 100 403 199 2'
	mkdir "$here/nginx"
	mv "$log" "$here/nginx/access.log.1"
	made >"$log" <<<'30 100 403 199 1'
	printf '#!/bin/sh\nexec "%s" "$@"\n' "$CTL" >"$here/hookctl"
	printf '#!/bin/sh\nexec "$@"\n' >"$here/sudo"
	chmod +x "$here/hookctl" "$here/sudo"
	for number in {1..40}; do
		display hookctl.1 EXAMPLES "$number" >"$here/example" || break
		grep -q 'hookctl missed' "$here/example" || continue
		sed -i -e "s|/var/log/|$here/|" -e 's/^20 6 \* \* \* //' "$here/example"
		text+=$(PATH=$here:$PATH HOOKLINE_CONFIG=$conf \
		    sh "$here/example" 2>&1 || true)
	done
	echo "$text"
	[[ $text == *'1 of 1 was stopped, after '*'2 of 2 were stopped, all after '* ]]
}

@test "an endpoint for any path" {
	standard_config | sed 's|"/webhook"|"*"|' | configure_again
	made >"$log" <<-'END'
		3 100 403 199 2 facebookplatform/1.0 /one
		3 100 403 199 1 facebookplatform/1.0 /two
		3 100 200 3 5
		3 100 200 812 9 curl/8 /login
	END
	missed 1 "$log"
	has '3 of 8 were stopped, *'
	has_no Others
	made common >"$log" <<<'3 100 200 812 9'
	missed 3 "$log"
	has 'hookctl: 9 POSTs do not count: the log names no User-Agent, and the endpoint "\*" has no path; set callback_url in hookline.conf'
	standard_config | sed 's|"/webhook" {|"*" { callback_url = "https://hooks.example.com/one"|' |
	    configure_again
	made common >"$log" <<-'END'
		3 100 403 199 2 - /one
		3 100 403 199 1 - /two
	END
	missed 1 "$log"
	has '2 of 2 were stopped, *'
}
