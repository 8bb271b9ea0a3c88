# shellcheck shell=bash
# texts.bash: prints the examples in the manuals and pages as a reader would copy
# them.

MAN=$ROOT/cgi/man

# typed: prints standard input without the escapes for characters that groff would
# change.
typed() {
	sed -e "s/\\\\(aq/'/g" -e 's/\\(ga/`/g' -e 's/\\(ha/^/g' \
	    -e 's/\\(ti/~/g' -e 's/\\-/-/g' -e 's/\\e/\\/g'
}

# display MANUAL HEADING [NUMBER]: prints a literal display below this heading (.Sh
# or .Ss).
display() {
	awk -v heading="$2" -v want="${3:-1}" '
		/^\.S[hs] / { name = substr($0, 5); count = 0 }
		/^\.Ed/ { inside = 0 }
		inside && name == heading && count == want { print; found = 1 }
		/^\.Bd -literal/ { inside = 1; count += name == heading }
		END { exit !found }' "$MAN/$1" >"$S/display" ||
	    { echo "$1 has no display ${3:-1} below '$2'"; return 1; }
	typed <"$S/display"
}

# plain_displays MANUAL: prints lines of its literal displays in which man(1), which
# runs groff, would show a different character from the one that is meant.
plain_displays() {
	awk '/^\.Ed/ { inside = 0 }
		inside && !/^\./ {
			text = $0
			gsub(/\\-|\\e|\\\(aq|\\\(ga|\\\(ha|\\\(ti|\\\(dq/, "", text)
			if (text ~ /[-\\`^~]|'\''/)
				print FILENAME ":" FNR ": " $0
		}
		/^\.Bd -literal/ { inside = 1 }' "$MAN/$1"
}

# block PAGE HEADING [NUMBER]: prints a fenced block below this heading of the file,
# without its fences.
block() {
	awk -v heading="$2" -v want="${3:-1}" '
		!inside && /^#/ { name = $0; sub(/^#+ /, "", name) }
		/^```/ {
			inside = !inside
			count += inside && name == heading
			next
		}
		inside && name == heading && count == want { print; found = 1 }
		END { exit !found }' "$1" ||
	    { echo "$1 has no block ${3:-1} below '$2'"; return 1; }
}
