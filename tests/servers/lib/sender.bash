# shellcheck shell=bash
# sender.bash: a sender and looker-on for the tests, in place of the one of scratch.bash,
# which starts a program for each request. This one starts one for each scratch
# directory; see sender. SAID is what it said last.

# A command that starts it elsewhere, such as in another network.
sender_by=()

# sender_start: for $S, in the background.
sender_start() {
	mkdir "$S/sender"
	mkfifo "$S/sender/in" "$S/sender/out"
	in_background sender "${sender_by[@]}" "$HELPERS/sender" "$S"
	mv "$S/sender.pid" "$S/sender/pid"
	# What is written before somebody else has the pipe open would be lost.
	read -t 60 -r _ 0<>"$S/sender/out" || fail 'the sender does not start'
}

sender_stop() {
	if [ -e "$S/sender/pid" ]; then
		stop_pid "$(<"$S/sender/pid")"
		rm -r "$S/sender"
	fi
}

# sender COMMAND WORD...: what is said on failure is shown. Both ends are opened for
# reading and writing, so that a sender that is gone does not keep us waiting.
sender() {
	local status
	[ -e "$S/sender" ] || sender_start || return
	{
		printf '%s\n' $#
		printf '%s\0' "$@"
	} 1<>"$S/sender/in"
	{
		IFS= read -t 60 -rd '' SAID && read -r status
	} 0<>"$S/sender/out" || fail 'sender says nothing' || return
	[ "$status" = 0 ] || fail "$SAID"
}

# sign FILE [SECRET [sha256|sha1]]: the header's value.
sign() {
	sender sign "$1" "${2:-$SECRET}" "${3:-sha256}"
	echo "$SAID"
}

# ask PATH?QUERY [CURL OPTIONS...]
ask() {
	sender ask "$PORT" "$@"
	read -r STATUS SIZE <<<"$SAID"
}

# post FILE [CURL OPTIONS...]: signed.
post() {
	sender sign "$1" "$SECRET" sha256
	post_signature "$SAID" "$@"
}

# All lines of the journal; see lines.
count_lines() {
	sender count "$journal"
	echo "$SAID"
}
