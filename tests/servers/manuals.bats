#!/usr/bin/env bats
# manuals.bats: compares the manuals and the example with the sources that they
# describe, and checks the pages for a browser and what `make install` installs.

bats_require_minimum_version 1.5.0

# shellcheck source=tests/servers/lib/scratch.bash
source "$BATS_TEST_DIRNAME/lib/scratch.bash"
# shellcheck source=tests/servers/lib/texts.bash
source "$BATS_TEST_DIRNAME/lib/texts.bash"

setup() {
	cd "$ROOT" || return
	program=cgi/man/hookline.8
	file=cgi/man/hookline.conf.5
	S=$BATS_TEST_TMPDIR
	example=cgi/hookline.conf.example
}

#
# What the sources say. The patterns read tables in the sources; found() notices if
# a table has been restructured.
#

# found LEAST: passes on standard input, sorted, if it has at least this many lines.
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

# Prints a line "KEY DEFAULT" for each key that has a default.
known_defaults() {
	perl -0777 -ne 'print "$1 $2\n" while
	    /\.name = "(\w+)"[^}]*?\.standard =\s+"([^"]+)"/g' \
	    lib/config/keys.c | found 17
}

# Prints a line "STATUS WORD" for each answer.
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

# table PREFIX: prints the words of a table [PREFIX_...] = "word".
table() {
	perl -ne 'print "$1\n" if /\['"$1"'_\w+\] = "([a-z-]+)"/' lib/*/*.c
}

#
# What the texts say
#

manual_keys() {
	sed -n 's/^\.It Ic \([a-z0-9_]*\) .*/\1/p' "$file" |
	    grep -vxE 'endpoint|relay' | sort
}

example_keys() {
	sed -n 's/^[[:blank:]]*\(# \)\{0,1\}\([a-z0-9_]*\)[[:blank:]]*= .*/\2/p' \
	    "$example" | sort
}

listing() {
	display hookline.conf.5 'All keys'
}

listed_keys() {
	listing | perl -ne 'print "$1\n" if /^\s*(?:# )?([a-z0-9_]+)\s+=/' | sort -u
}

# in_list WORD: one of the lists in hookline(8) has an item for this word, perhaps
# together with others.
in_list() {
	grep -Eq "^\.It Ql ([a-z-]+ , )*$1( ,|$)" "$program"
}

# same KNOWN DESCRIBED: prints the lines that differ.
same() {
	diff <(echo "$1") <(echo "$2")
}

@test "mandoc has no complaints about the manuals" {
	run mandoc -T lint -W warning cgi/man/*.[1-9]
	echo "$output"
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "man(1) shows the examples as they are to be typed" {
	local name
	for name in "$MAN"/*.[1-9]; do
		run plain_displays "${name##*/}"
		echo "$output"
		[ -z "$output" ] || {
			printf '%s %s\n' "in displays write \\- \\(aq \\(ga \\(ha \\(ti \\e for" \
			    "- ' \` ^ ~ \\"
			return 1
		}
	done
	# plain_displays finds a line of this kind.
	mkdir "$S/man"
	printf '%s\n' '.Bd -literal' "jq -r '.seq'" '.Ed' >"$S/man/wrong"
	MAN=$S/man
	[ "$(plain_displays wrong)" = "$MAN/wrong:2: jq -r '.seq'" ]
}

@test "hookline.conf(5) has every key, and no other" {
	same "$(known_keys)" "$(manual_keys)"
}

@test "hookline.conf(5) has the default of every key" {
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
		grep -Eq "^[[:blank:]]*(# )?$key += \"?$default\"?( |$)" "$example" ||
		    { echo "$key: not $default"; return 1; }
	done <<<"$defaults"
}

@test "the listing in hookline.conf(5) has every key, and no other" {
	same "$(known_keys)" "$(listed_keys)"
	[ "$(listed_keys | wc -l)" -ge 20 ]
}

@test "the listing in hookline.conf(5) gives every key its default" {
	local key default defaults
	defaults=$(known_defaults)
	while read -r key default; do
		listing | grep -Eq "^[[:blank:]]*$key += \"?$default\"?( |$)" ||
		    { echo "$key: not $default"; return 1; }
	done <<<"$defaults"
}

@test "hookline(8) has every answer, and no other" {
	same "$(known_answers)" \
	    "$(sed -n 's/^\.It \([0-9]*\) Ql \([a-z-]*\)$/\1 \2/p' "$program" |
	    sort -u)"
}

@test "hookline(8) has every event of the log, and no other" {
	same "$(known_events)" \
	    "$(sed -n 's/^\.It Cm \([a-z-]*\)$/\1/p' "$program" | sort -u)"
}

@test "hookline(8) has every reason for a refusal" {
	local word words
	words=$(table REFUSAL | grep -vx none | found 13)
	for word in $words; do
		in_list "$word" || grep -Eq "^\.Ql $word( |$)" "$program" ||
		    { echo "$word"; return 1; }
	done
}

@test "hookline(8) has every reason why nothing could be stored" {
	local word words
	# Three are never given in an answer: no error, bad input, and a damaged
	# table.
	words=$(table ERR | grep -Evx 'none|input|damaged' | found 7)
	for word in $words; do
		sed -n '/^\.Ss When notifications/,/^\.Ss /p' "$program" |
		    grep -qx ".It Ql $word" || { echo "$word"; return 1; }
	done
}

@test "hookline(8) has every reason why a state is discarded" {
	local word words
	words=$({
		perl -ne 'print "$1\n" if /return .*"([a-z-]+)";/' lib/journal/agree.c
		sed -n 's/.*const char \*why = "\([a-z-]*\)";/\1/p' \
		    lib/journal/recover.c
		grep -ho 'state_discard([a-z, ]*"[a-z-]*"' lib/journal/*.c |
		    grep -o '"[a-z-]*"' | tr -d '"'
	} | found 6)
	for word in $words; do
		sed -n '/^\.It Cm state-discarded/,/^\.It Cm state-rebuild/p' \
		    "$program" | grep -Eq "Ql $word( |$)" ||
		    { echo "$word"; return 1; }
	done
}

@test "hookline(8) has every state from which a journal recovers" {
	local word words
	words=$(perl -0777 -ne 'print "$1\n" while /\{ \w+, "([a-z-]+)",/g' \
	    lib/journal/recover.c | found 7)
	for word in $words; do
		in_list "$word" || { echo "$word"; return 1; }
	done
}

@test "hookline(8) and --help have the same options" {
	"$(built)" --help >"$BATS_TEST_TMPDIR/help"
	same "$(grep -o -- '--[a-z-]*' "$BATS_TEST_TMPDIR/help" | sort -u)" \
	    "$(sed -n 's/^\.It Fl \(-[a-z-]*\).*/-\1/p' "$program" | sort -u)"
}

# ctl_commands: the commands of hookctl.
ctl_commands() {
	build/hookctl help | sed -n 's/^  \([a-z]\{1,\}\)  .*/\1/p' | found 4
}

# ctl_section COMMAND: its part of hookctl(1).
ctl_section() {
	sed -n "/^\.Ss hookctl $1\b/,/^\.S[sh] /p" cgi/man/hookctl.1
}

@test "hookctl(1) has every command, and no other" {
	same "$(ctl_commands)" \
	    "$(sed -n 's/^\.Ss hookctl \([a-z]*\).*/\1/p' cgi/man/hookctl.1 | sort)"
}

@test "hookctl(1) and hookctl help COMMAND have the same options" {
	local command
	for command in $(ctl_commands); do
		same "$(build/hookctl help "$command" |
		    sed -nE 's/^  (-., )? *--([a-z0-9-]+)( .*)?$/\2/p' | sort -u)" \
		    "$(ctl_section "$command" | grep '^\.It Fl ' |
		    grep -oE ' -[a-z0-9-]+' | sed 's/ -//' | sort -u)" ||
		    { echo "hookctl $command"; return 1; }
	done
}

#
# make html
#

# made: makes the pages in $S/html, as `make html` does.
made() {
	VERSION=1.2.3 cgi/man/html "$S/html"
}

@test "make html makes a page for each manual, and all links have a target" {
	made
	same "$(cd cgi/man && printf '%s.html\n' *.[1-9] | sort)" \
	    "$(cd "$S/html" && printf '%s\n' *.[1-9].html | sort)"
	[ -s "$S/html/shipping.html" ]
	[ -s "$S/html/NEWS.html" ]
	# Every link within these pages has a target, every page can be reached, and
	# references to our own manuals stay within these pages.
	python3 - "$S/html" <<-'END'
		import html.parser, os, sys

		class Page(html.parser.HTMLParser):
		    def __init__(self, path):
		        super().__init__()
		        self.ids, self.links = set(), []
		        with open(path, encoding="utf-8") as file:
		            self.feed(file.read())
		    def handle_starttag(self, tag, attributes):
		        for name, value in attributes:
		            if name == "id":
		                self.ids.add(value)
		            elif name in ("href", "src"):
		                self.links.append(value)

		os.chdir(sys.argv[1])
		pages = {name: Page(name) for name in os.listdir(".")
		         if name.endswith(".html")}
		reached, wrong, kept = {"index.html"}, [], 0
		for name, page in pages.items():
		    for link in page.links:
		        if link.startswith("https://manpages.debian.org/"):
		            if "hookline" in link:
		                wrong.append(f"{name}: {link}")
		            continue
		        file, _, part = link.partition("#")
		        file = file or name
		        if not os.path.isfile(file) or (part and
		                part not in pages[file].ids):
		            wrong.append(f"{name}: {link}")
		        if file != name:
		            reached.add(file)
		            kept += file in pages
		print(*wrong, sep="\n")
		assert not wrong
		assert reached >= set(pages), set(pages) - reached
		assert kept > 20, kept
	END
	grep -q '<h1>hookline 1.2.3</h1>' "$S/html/index.html"
}

@test "make html: name(section) in a page becomes a link" {
	made
	grep -qF 'in <a href="hookline-journal.5.html">hookline-journal(5)</a>' \
	    "$S/html/shipping.html"
	# Tables become tables, and blocks become blocks.
	grep -q '<pre><code class="language-sql">' "$S/html/shipping.html"
	grep -q '<table class="Bl-column' "$S/html/hookline-journal.5.html"
}

#
# make install
#

built() {
	echo "${HOOKLINE_FCGI:-$ROOT/build/hookline.fcgi}"
}

# install_below DESTDIR: installs there, with a prefix that is not the default.
install_below() {
	make -s install DESTDIR="$1" PREFIX=/opt/hookline >/dev/null
}

expected_files() {
	cat <<-END
		644 lib/systemd/system/hookline-inbox.service
		644 lib/systemd/system/hookline-inbox.socket
		644 lib/systemd/system/hookline-relay.service
		644 lib/systemd/system/hookline.service
		644 lib/systemd/system/hookline.socket
		644 share/bash-completion/completions/hookctl
		644 share/doc/hookline/caddy-conf/Caddyfile
		644 share/doc/hookline/hookline.conf.example
		644 share/doc/hookline/NEWS.md
		644 share/doc/hookline/shipping.md
		644 share/man/man1/hookctl.1
		644 share/man/man5/hookline-journal.5
		644 share/man/man5/hookline.conf.5
		644 share/man/man8/hookline-inbox.8
		644 share/man/man8/hookline-relay.8
		644 share/man/man8/hookline.8
		755 bin/hookctl
		755 bin/hookline-relay
		755 lib/hookline/hookline-inbox.fcgi
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

@test "all that is installed is readable by everybody, whatever the umask" {
	umask 077
	install_below "$BATS_TEST_TMPDIR"
	run find "$BATS_TEST_TMPDIR/opt" -type d ! -perm 0755
	echo "$output"
	[ -z "$output" ]
}

@test "the installed programs print their version" {
	local version
	version=$(sed -n 's/^VERSION := //p' Makefile)
	install_below "$BATS_TEST_TMPDIR"
	run "$BATS_TEST_TMPDIR/opt/hookline/lib/hookline/hookline.fcgi" --version
	[ "$status" = 0 ]
	[ "$output" = "hookline $version" ]
	run "$BATS_TEST_TMPDIR/opt/hookline/lib/hookline/hookline-inbox.fcgi" --version
	[ "$status" = 0 ]
	[ "$output" = "hookline-inbox $version" ]
	run "$BATS_TEST_TMPDIR/opt/hookline/bin/hookctl" --version
	[ "$status" = 0 ]
	[ "$output" = "hookctl $version" ]
}

@test "installed texts name the installed program" {
	install_below "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR/opt/hookline"
	run grep -r /usr/local .
	echo "$output"
	[ "$status" = 1 ]
	grep -q '^ExecStart=/opt/hookline/lib/hookline/hookline.fcgi ' \
	    lib/systemd/system/hookline.service
	grep -q '"/opt/hookline/lib/hookline/hookline.fcgi"' \
	    share/doc/hookline/apache-conf/hookline-mod_fcgid.conf
}

@test "NEWS.md begins with this version" {
	[ "$(grep -m 1 '^## ' cgi/man/NEWS.md)" = \
	    "## $(sed -n 's/^VERSION := //p' Makefile)" ]
}

@test "make install replaces a running program" {
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

@test "make uninstall removes everything that was installed, and nothing else" {
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

# Makes a folder F, whose files will belong to the user that root checks as.
setup_folder() {
	F=$(mktemp -d "${TMPDIR:-/tmp}/hookline-manuals.XXXXXX")
}

teardown() {
	rm -rf "${F:-}"
}

# check: runs --check-config on hookline.conf in F.
check() {
	chown -R "$WORKER:" "$F"
	run --separate-stderr "$(built)" --check-config \
	    --config "$F/hookline.conf"
}

# fill_in FILE: writes the example to FILE, with values filled in.
fill_in() {
	install -m 0600 /dev/null "$1"
	sed -e "s/^\(\tverify_token *= \)\"\"/\1\"$TOKEN\"/" \
	    -e "s/^\(\tapp_secret *= \)\"\"/\1\"$SECRET\"/" "$example" >"$1"
}

@test "the example needs only a token and a secret" {
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

# Prints the tokens and secrets that the texts show, one on each line.
shown_secrets() {
	local text
	for text in README.md "$file" "$example" cgi/dist/hookline.conf; do
		typed <"$text"
	done | perl -CSD -ne 'next unless /\b(?:verify_token|app_secret)\s+=(.*)/;
	    my $values = $1 =~ s/#.*//r;
	    print "$1\n" while $values =~ /"([^"]+)"/g' | found 4
}

@test "a token or secret copied from the texts gets a warning" {
	local value values
	setup_folder
	values=$(shown_secrets)
	while IFS= read -r value; do
		install -m 0600 /dev/stdin "$F/hookline.conf" <<-END
			endpoint "/a" { verify_token = "$value" app_secret = "$value" }
		END
		check
		[ "$(grep -c "^warning: .* is an example from hookline's own" \
		    <<<"$output")" = 2 ] || { echo "$value: $output"; return 1; }
	done <<<"$values"
}

@test "the unchanged example has no secret" {
	setup_folder
	install -m 0600 "$example" "$F/hookline.conf"
	check
	[ "$status" = 1 ]
	[[ $stderr == *"no-secret: "*"verify_token: is empty"* ]]
}

# configuration NUMBER: prints one of the manual's examples.
configuration() {
	display hookline.conf.5 EXAMPLES "$1"
}

@test "the examples of hookline.conf(5) are valid" {
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

@test "the example of hookline.conf(5) without a secret needs a path that the user makes up" {
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

@test "hookline(8) lists no state of a recovery twice" {
	local twice
	twice=$(sed -n '/^\.It Cm recovery/,/^\.It Cm rejected/s/^\.It Ql \([^ ]*\).*/\1/p' \
	    "$program" | sort | uniq -d)
	echo "twice: $twice"
	[ -z "$twice" ]
	# The pattern still matches something.
	grep -q '^\.It Cm recovery' "$program"
}
