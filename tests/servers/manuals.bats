#!/usr/bin/env bats
# Manuals, README and the example against the sources that they describe, and what
# `make install` installs.

bats_require_minimum_version 1.5.0

# shellcheck source=tests/servers/lib/scratch.bash
source "$BATS_TEST_DIRNAME/lib/scratch.bash"

setup() {
	cd "$ROOT" || return
	program=cgi/man/hookline.8
	file=cgi/man/hookline.conf.5
	example=cgi/hookline.conf.example
}

#
# What the sources say. The patterns read their tables; found() notices when a table
# has got another shape.
#

# found LEAST: hands on standard input, sorted, if it has so many lines.
found() {
	local text
	text=$(sort -u)
	[ "$(wc -l <<<"$text")" -ge "$1" ] || {
		echo "only: $text" >&2
		return 1
	}
	echo "$text"
}

known_keys() {
	sed -n 's/.*\.name = "\([a-z0-9_]*\)".*/\1/p' lib/config/keys.c |
	    found 24
}

# A line "KEY DEFAULT" for each that has one.
known_defaults() {
	perl -0777 -ne 'print "$1 $2\n" while
	    /\.name = "(\w+)"[^}]*?\.standard =\s+"([^"]+)"/g' \
	    lib/config/keys.c | found 17
}

# "STATUS WORD"
known_answers() {
	{
		perl -ne 'print "$1 $2\n" if /^\t\{ (\d+), "([a-z-]+)"/' \
		    lib/receiver/answers.c
		perl -ne 'print "503 $1\n" if /\[CONFIG_\w+\] = "([a-z-]+)"/' \
		    lib/config/settings.c
		perl -0777 -ne 'if (/\nfind_hindrance\(.*?\n}/s) {
			my $body = $&;
			print "503 $1\n" while $body =~ /"([a-z-]+)"/g;
		}
		print "200 $1\n" if /hindrance == NULL \? "([a-z]+)"/' \
		    lib/receiver/get.c
	} | found 15
}

known_events() {
	perl -0777 -ne 'while (/\b(?:LOG|log_event)\([^,"]+,\s*([^,]+),/g) {
		my $event = $1;
		print "$1\n" while $event =~ /"([a-z-]+)"/g;
	}' lib/*/*.c cgi/*.c | found 18
}

# table PREFIX: the words of a table [PREFIX_...] = "word"
table() {
	perl -ne 'print "$1\n" if /\['"$1"'_\w+\] = "([a-z-]+)"/' lib/*/*.c
}

#
# What the texts say
#

manual_keys() {
	sed -n 's/^\.It Ic \([a-z0-9_]*\) .*/\1/p' "$file" | grep -vx endpoint | sort
}

example_keys() {
	sed -n 's/^[[:blank:]]*\(# \)\{0,1\}\([a-z0-9_]*\)[[:blank:]]*= .*/\2/p' \
	    "$example" | sort
}

readme_configuration() {
	sed -n '/^## Configuration/,/^## [^C]/p' README.md
}

# Those at the beginning of a line, and names with an underscore between backticks.
readme_keys() {
	readme_configuration | perl -ne 'print "$1\n" if /^\s*([a-z0-9_]+)\s+=/;
	    print "$1\n" while /`([a-z0-9]+_[a-z0-9_]*)`/g' | sort -u
}

# same KNOWN DESCRIBED: shows the lines by which they differ.
same() {
	diff <(echo "$1") <(echo "$2")
}

@test "mandoc has nothing to say about the manuals" {
	run mandoc -T lint -W warning "$program" "$file"
	echo "$output"
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "hookline.conf(5) has every key, and no other" {
	same "$(known_keys)" "$(manual_keys)"
}

@test "hookline.conf(5) has every key's default" {
	local key default defaults
	defaults=$(known_defaults)
	while read -r key default; do
		sed -n "/^\.It Ic $key /,/^\.It Ic /p" "$file" |
		    tr '\n' ' ' |
		    grep -Eq "default is (\.Ql )?$default( |\.)" ||
		    { echo "$key: not $default"; return 1; }
	done <<<"$defaults"
}

@test "the example has every key, and no other" {
	same "$(known_keys)" "$(example_keys)"
}

@test "the example gives every key its default" {
	local key default defaults
	defaults=$(known_defaults)
	while read -r key default; do
		grep -Eq "^[[:blank:]]*$key += \"?$default\"?( |$)" "$example" ||
		    { echo "$key: not $default"; return 1; }
	done <<<"$defaults"
}

@test "README has every key" {
	local key keys
	keys=$(known_keys)
	for key in $keys; do
		readme_configuration | grep -qw -- "$key" ||
		    { echo "$key"; return 1; }
	done
}

@test "README has no other key" {
	local others
	others=$(comm -13 <(known_keys) <(readme_keys))
	echo "$others"
	[ -z "$others" ]
	[ "$(readme_keys | wc -l)" -ge 20 ]
}

@test "hookline(8) has every answer, and no other" {
	same "$(known_answers)" \
	    "$(sed -n 's/^\.It \([0-9]*\) Ql \([a-z-]*\)$/\1 \2/p' "$program" |
	    sort -u)"
}

@test "README has every answer" {
	local status word answers
	answers=$(known_answers)
	while read -r status word; do
		grep -q "^|.*$status.*\`$word\`" README.md ||
		    { echo "$status $word"; return 1; }
	done <<<"$answers"
}

@test "hookline(8) has every event of the log, and no other" {
	same "$(known_events)" \
	    "$(sed -n 's/^\.It Cm \([a-z-]*\)$/\1/p' "$program" | sort -u)"
}

@test "hookline(8) has every reason for a refusal" {
	local word words
	words=$(table REFUSAL | grep -vx none | found 13)
	for word in $words; do
		grep -Eq "^\.Ql $word( |$)" "$program" ||
		    { echo "$word"; return 1; }
	done
}

@test "hookline(8) has every state that a journal recovers from" {
	local word words
	words=$(perl -0777 -ne 'print "$1\n" while /\{ \w+, "([a-z-]+)",/g' \
	    lib/journal/recover.c | found 7)
	for word in $words; do
		grep -Eq "^\.Ql $word( |$)" "$program" ||
		    { echo "$word"; return 1; }
	done
}

@test "hookline(8) and --help have the same options" {
	"$(built)" --help >"$BATS_TEST_TMPDIR/help"
	same "$(grep -o -- '--[a-z-]*' "$BATS_TEST_TMPDIR/help" | sort -u)" \
	    "$(sed -n 's/^\.It Fl \(-[a-z-]*\).*/-\1/p' "$program" | sort -u)"
}

#
# make install
#

built() {
	echo "${HOOKLINE_FCGI:-$ROOT/build/hookline.fcgi}"
}

# install_below DESTDIR: with a prefix that is not the default one.
install_below() {
	make -s install DESTDIR="$1" PREFIX=/opt/hookline >/dev/null
}

expected_files() {
	cat <<-END
		644 lib/systemd/system/hookline.socket
		644 lib/systemd/system/hookline@.service
		644 share/doc/hookline/hookline.conf.example
		644 share/man/man5/hookline.conf.5
		644 share/man/man8/hookline.8
		755 lib/hookline/hookline.fcgi
	END
	for shipped in apache-conf/* lighttpd-conf/*; do
		echo "644 share/doc/hookline/$shipped"
	done
	for shipped in cgi/nginx/*; do
		echo "644 share/doc/hookline/nginx-conf/${shipped##*/}"
	done
}

@test "make install installs these files" {
	umask 077
	install_below "$BATS_TEST_TMPDIR"
	same "$(expected_files | sort)" \
	    "$(find "$BATS_TEST_TMPDIR/opt/hookline" -type f -printf '%m %P\n' |
	    sort)"
}

@test "what is installed can be read by everybody, whatever the umask" {
	umask 077
	install_below "$BATS_TEST_TMPDIR"
	run find "$BATS_TEST_TMPDIR/opt" -type d ! -perm 0755
	echo "$output"
	[ -z "$output" ]
}

@test "the installed program says its version" {
	install_below "$BATS_TEST_TMPDIR"
	run "$BATS_TEST_TMPDIR/opt/hookline/lib/hookline/hookline.fcgi" --version
	[ "$status" = 0 ]
	[ "$output" = "hookline $(sed -n 's/^VERSION := //p' Makefile)" ]
}

@test "installed texts name the program where it is" {
	install_below "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR/opt/hookline"
	run grep -r /usr/local .
	echo "$output"
	[ "$status" = 1 ]
	grep -q '^ExecStart=/opt/hookline/lib/hookline/hookline.fcgi ' \
	    lib/systemd/system/hookline@.service
	grep -q '"/opt/hookline/lib/hookline/hookline.fcgi"' \
	    share/doc/hookline/apache-conf/hookline-mod_fcgid.conf
}

@test "make install replaces a program that runs" {
	local installed=$BATS_TEST_TMPDIR/opt/hookline/lib/hookline/hookline.fcgi
	local pid status=0
	install_below "$BATS_TEST_TMPDIR"
	cp "$(command -v sleep)" "$installed"
	"$installed" 60 3>&- &
	pid=$!
	install_below "$BATS_TEST_TMPDIR" || status=$?
	kill "$pid"
	[ "$status" = 0 ]
	"$installed" --version
}

@test "make uninstall removes all that was installed, and nothing else" {
	local doc=$BATS_TEST_TMPDIR/opt/hookline/share/doc/hookline
	install_below "$BATS_TEST_TMPDIR"
	echo mine >"$doc/notes"
	make -s uninstall DESTDIR="$BATS_TEST_TMPDIR" PREFIX=/opt/hookline
	run find "$BATS_TEST_TMPDIR/opt" -type f
	[ "$output" = "$doc/notes" ]
	rm "$doc/notes"
	make -s uninstall DESTDIR="$BATS_TEST_TMPDIR" PREFIX=/opt/hookline
	[ ! -e "$doc" ]
	[ ! -e "$BATS_TEST_TMPDIR/opt/hookline/lib/hookline" ]
}

#
# The example
#

# A folder F whose files belong to whom root checks as.
setup_folder() {
	F=$(mktemp -d "${TMPDIR:-/tmp}/hookline-manuals.XXXXXX")
}

teardown() {
	rm -rf "${F:-}"
}

# check: F's hookline.conf, by --check-config.
check() {
	chown -R "$WORKER:" "$F"
	run --separate-stderr "$(built)" --check-config \
	    --config "$F/hookline.conf"
}

# fill_in FILE: the example with values.
fill_in() {
	install -m 0600 /dev/null "$1"
	sed -e "s/^\(\tverify_token *= \)\"\"/\1\"$TOKEN\"/" \
	    -e "s/^\(\tapp_secret *= \)\"\"/\1\"$SECRET\"/" "$example" >"$1"
}

@test "the example needs nothing but a token and a secret" {
	setup_folder
	fill_in "$F/hookline.conf"
	check
	echo "$output"
	echo "$stderr"
	[ "$status" = 0 ]
	[ -z "$stderr" ]
	[[ $output != *warning:* ]]
	[[ $output == *"directory:        $F/journal"* ]]
}

# What the texts show as a token or a secret, one a line.
shown_secrets() {
	perl -CSD -ne 'next unless /\b(?:verify_token|app_secret)\s+=(.*)/;
	    my $values = $1 =~ s/#.*//r;
	    print "$1\n" while $values =~ /"([^"]+)"/g' \
	    README.md "$file" "$example" cgi/dist/hookline.conf | found 5
}

@test "what the texts show as token or secret is warned of" {
	local value values
	setup_folder
	values=$(shown_secrets)
	while IFS= read -r value; do
		install -m 0600 /dev/stdin "$F/hookline.conf" <<-END
			endpoint "/a" { verify_token = "$value" app_secret = "$value" }
		END
		check
		[ "$(grep -c "^warning: .* is one that hookline's own" \
		    <<<"$output")" = 2 ] || { echo "$value: $output"; return 1; }
	done <<<"$values"
}

@test "the example as it is has no secret" {
	setup_folder
	install -m 0600 "$example" "$F/hookline.conf"
	check
	[ "$status" = 1 ]
	[[ $stderr == *"no-secret: "*"verify_token: is empty"* ]]
}

# configuration NUMBER: one of the manual's examples.
configuration() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE ALSO/p' "$file" |
	    awk -v wanted="$1" '/^\.Ed/ { inside = 0 }
	    inside && number == wanted { print }
	    /^\.Bd/ { inside = 1; number++ }'
}

@test "the examples of hookline.conf(5) can be used" {
	local number name
	setup_folder
	for name in facebook whatsapp; do
		install -m 0600 /dev/null "$F/$name.token"
		install -m 0600 /dev/null "$F/$name.secrets"
		echo "$TOKEN" >"$F/$name.token"
		printf '%s\n' "$SECRET" "${SECRET/0/f}" >"$F/$name.secrets"
	done
	install -m 0600 /dev/null "$F/hookline.conf"
	for number in 1 2; do
		configuration $number |
		    sed "s|/var/lib/hookline|$F/journal|" \
		    >"$F/hookline.conf"
		[ -s "$F/hookline.conf" ]
		check
		echo "$output"
		[ "$status" = 0 ]
	done
}

@test "the example of hookline.conf(5) without a secret needs a path of one's own" {
	local word=
	setup_folder
	install -m 0600 /dev/null "$F/hookline.conf"
	configuration 3 | sed "s|/var/lib/hookline|$F/journal|" >"$F/hookline.conf"
	check
	[ "$status" = 1 ]
	[[ $stderr == *"hookline.conf:5: unsigned: \"accept\" needs a path that nobody can guess: "* ]]
	until [[ $word =~ [0-9].*[0-9].*[0-9].*[0-9] ]]; do
		word=$(openssl rand -base64 48 | tr +/ _-)
	done
	sed -i "s|PUT-THE-RANDOM-WORD-HERE|$word|" "$F/hookline.conf"
	check
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *"endpoint:         security-log"* ]]
	[[ $output != *"$word"* ]]
	[ "$(grep -c '^warning: ' <<<"$output")" = 1 ]
}

@test "hookline(8) lists nothing twice that a recovery found" {
	local twice
	twice=$(sed -n '/^\.It Cm recovery/,/^\.It Cm rejected/s/^\.Ql \([^ ]*\).*/\1/p' \
	    "$program" | sort | uniq -d)
	echo "twice: $twice"
	[ -z "$twice" ]
	# The pattern still finds them.
	grep -q '^\.It Cm recovery' "$program"
}
