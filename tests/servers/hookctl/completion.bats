#!/usr/bin/env bats
# completion.bats: what bash offers after hookctl, asked as bash asks it.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"
# shellcheck source=tests/servers/lib/hookctl.bash
source "$HELPERS/hookctl.bash"

setup() {
	S=$BATS_TEST_TMPDIR
	mkdir "$S/bin" "$S/files"
	ln -s "$ROOT/build/hookctl" "$S/bin/hookctl"
	PATH=$S/bin:$PATH
	: >"$S/files/a file"
	mkdir "$S/files/a folder"
}

teardown() {
	:
}

# offered WORDS...: what there is for the last one, one on each line.
offered() {
	# shellcheck disable=SC2016 # for the inner shell
	bash -c 'set -u
		source "$1"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_hookctl
		[ ${#COMPREPLY[@]} = 0 ] || printf "%s\n" "${COMPREPLY[@]}"' \
	    bash "$ROOT/cgi/hookctl/completion.bash" "$@" | sort
}

# offers EXPECTED WORDS...
offers() {
	local expected=$1
	shift
	[ -z "$expected" ] || expected+=$'\n'
	diff <(printf %s "$expected") <(offered "$@")
}

@test "commands, as hookctl help lists them" {
	local commands
	commands=$(hookctl help | sed -n 's/^  \([a-z]\{1,\}\)  .*/\1/p')
	[ "$(wc -l <<<"$commands")" -ge 4 ]
	offers "$({ echo "$commands"; printf '%s\n' help --help --version; } | sort)" hookctl ''
	offers init hookctl in
	offers "$(sort <<<"$commands")" hookctl help ''
	offers '' hookctl help init ''
	offers '' hookctl no-such-command --
}

@test "every option of every command" {
	local command
	for command in $(hookctl help | sed -n 's/^  \([a-z]\{1,\}\)  .*/\1/p'); do
		offers "$({
			hookctl help "$command" |
			    sed -nE 's/^  (-., )? *(--[a-z-]+)( .*)?$/\2/p'
			echo --help
		} | sort)" hookctl "$command" -
	done
	offers $'--unsigned\n--url\n--user' hookctl init --u
}

@test "files, folders, users; nothing where anything may be" {
	cd "$S/files"
	offers $'a file\na folder' hookctl init --secret-file ''
	offers 'a file' hookctl init --secret-file = 'a fi'
	offers 'a folder' hookctl init --secret-file 'a fo'
	offers $'a file\na folder' hookctl init --secret-file =
	offers 'a folder' hookctl init a
	offers 'a file' hookctl missed 'a fi'
	offers root hookctl init --user roo
	offers '' hookctl init --url h
	offers "$S/files/a file" hookctl init --unsigned --secret-file "$S/files/a fi"
}

@test "the names of samples" {
	offers $'whatsapp\nwhatsapp-status' hookctl send --sample what
}

@test "the actions of a command that has some" {
	offers $'add\nlist\nremove' hookctl subscriptions ''
	offers list hookctl subscriptions l
	offers '' hookctl subscriptions add ''
	offers '' hookctl subscriptions --page ''
}

@test "it is bash that is asked" {
	run bash -c 'source "$1"; complete -p hookctl' bash \
	    "$ROOT/cgi/hookctl/completion.bash"
	[ "$output" = 'complete -F _hookctl hookctl' ]
}
