# shellcheck shell=bash
# sender.bash: a client that also checks what became of its requests. It replaces the
# one of scratch.bash, which starts a program for each request, while this one starts
# one for each scratch directory; see sender. SAID is its last output.

# A command that starts it elsewhere, for instance in another network.
sender_by=()

# sender_start: starts it for $S, in the background.
sender_start() {
	mkdir "$S/sender"
	mkfifo "$S/sender/in" "$S/sender/out"
	in_background sender "${sender_by[@]}" "$HELPERS/sender" "$S"
	mv "$S/sender.pid" "$S/sender/pid"
	# Waits for it: what is written before it has opened the pipes would be lost.
	read -t 60 -r _ 0<>"$S/sender/out" || fail 'the sender does not start'
}

sender_stop() {
	if [ -e "$S/sender/pid" ]; then
		stop_pid "$(<"$S/sender/pid")"
		rm -r "$S/sender"
	fi
}

# sender COMMAND WORD...: runs a command of sender's, and shows its message if it
# fails. Both pipes are opened for reading and writing, so that a sender that has
# ended does not keep us waiting.
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

# sign FILE [SECRET [sha256|sha1]]: prints the value of a signature header.
sign() {
	sender sign "$1" "${2:-$SECRET}" "${3:-sha256}"
	echo "$SAID"
}

# ask PATH?QUERY [CURL OPTIONS...]
ask() {
	sender ask "$PORT" "$@"
	read -r STATUS SIZE <<<"$SAID"
}

# post FILE [CURL OPTIONS...]: posts the file, signed.
post() {
	sender sign "$1" "$SECRET" sha256
	post_signature "$SAID" "$@"
}

# Prints the number of the journal's lines; see lines.
count_lines() {
	sender count "$journal"
	echo "$SAID"
}
