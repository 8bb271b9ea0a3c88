#!/usr/bin/env bats
# habits.bats: make help lists the targets, and files are formatted as
# .editorconfig and .clang-format say.

bats_require_minimum_version 1.5.0

setup() {
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	S=$BATS_TEST_TMPDIR
	cd "$ROOT" || return
}

# The targets that are not files, and not parts of others.
targets() {
	make -pnq help 2>/dev/null | awk '
	    $1 == ".PHONY:" { for (i = 2; i <= NF; i++) target[$i] = 1 }
	    $1 == "PARTS" { for (i = 3; i <= NF; i++) part[$i] = 1 }
	    END { for (name in target) if (!part[name]) print name }' | sort
}

@test "make help lists every target for users once, and no other" {
	make help | awk '{ print $2 }' | sort >"$S/listed"
	targets >"$S/targets"
	grep -qx test "$S/targets"
	diff "$S/targets" "$S/listed"
}

@test "make help describes each target in one line" {
	run ! grep -vE '^make [a-z-]+ {2,}[a-z].{9,64}$' <(make help)
}

@test "files are written as .editorconfig says" {
	run tests/house/blanks
	echo "$output"
	[ "$status" = 0 ]
	[ -z "$output" ]
}

# wrong FILE FORMAT TEXT: such a file is reported, with this text.
wrong() {
	mkdir -p "$S/house/$(dirname "$1")"
	cp .editorconfig "$S/house/"
	# shellcheck disable=SC2059 # it is a format
	printf "$2" >"$S/house/$1"
	run tests/house/blanks "$S/house"
	echo "$output"
	[ "$status" = 1 ] && [ "$output" = "$1$3" ] && rm "$S/house/$1"
}

@test "planted: a breach of each rule" {
	wrong lib/a.c 'int x; \n' ':1: blanks at the end'
	wrong lib/a.c '\n\tint x;' ': no newline at the end'
	wrong tests/lib/run '\n        true\n' ':2: indented by spaces, not tabs'
	wrong lib/a.h '\t  \tx;\n' ':1: indented by spaces, not tabs'
	wrong tests/servers/lib/peer 'if x:\n\ty\n' ':2: indented by tabs, not spaces'
	wrong tests/servers/lib/some.py '\ty\n' ':1: indented by tabs, not spaces'
	wrong README.md 'a\r\n' ':1: a carriage return'
	wrong cgi/man/any.8 'a\377\n' ':1: not UTF-8'
}

@test "files that hold exact bytes may have any format" {
	mkdir -p "$S/house/tests/fixtures/payloads" "$S/house/build"
	cp .editorconfig "$S/house/"
	printf 'a \n\377' | tee "$S/house/build/x" >"$S/house/tests/fixtures/payloads/x"
	tests/house/blanks "$S/house"
}

# clang-format leaves code unchanged that follows what .clang-format can express.
@test "clang-format knows the style of this house" {
	cat >"$S/a.c" <<'END'
static const struct name names[] = { { "a", 1 }, { "b", 2 } };

/* Whether there is one. */
static bool
find(const struct name *name, const char *text, size_t length, enum kind kind,
    bool first)
{
	size_t i;

	if (name == NULL || text == NULL ||
	    (kind != KIND_ANY && name->kind != kind))
		return false;
	for (i = 0; i < length; i++)
		if (text[i] == '\0')
			break;
	switch (kind) {
	case KIND_ANY:
		return i == length ? name->first : name->second;
	default:
		i++;
	}
	log_event(LOG_LEVEL_WARNING, "config", fields,
	    sizeof fields / sizeof fields[0], text + i);
	return compare(text, name->text) == 0;
}
END
	cp .clang-format "$S/"
	clang-format-14 "$S/a.c" | diff "$S/a.c" -
}
