# shellcheck shell=bash
# completion.bash: what bash offers when TAB is pressed after hookctl. Commands, options
# and names of samples come from hookctl itself.

# The functions share these with _hookctl, which declares them:
#   program  hookctl, as it was typed
#   cur      the word at the cursor; prev: the one before it
#   value    what the help calls the value of the option before the cursor, "" if there is
#            none; about: what it says about the option

# _hookctl_offer COMPGEN-OPTIONS...: those that begin like the word at the cursor.
_hookctl_offer() {
	mapfile -t COMPREPLY < <(compgen "$@" -- "$cur")
}

_hookctl_files() {
	compopt -o filenames 2>/dev/null
	_hookctl_offer "$1"
}

_hookctl_commands() {
	"$program" help 2>/dev/null | sed -n 's/^  \([a-z]\{1,\}\)  .*/\1/p'
}

_hookctl_samples() {
	"$program" send --list 2>/dev/null | sed -n 's/^ *\([a-z][a-z-]*\).*/\1/p'
}

# _hookctl_value OPTION
_hookctl_value() {
	case $1,$value in
	*,FILE) _hookctl_files -f ;;
	*,DIR) _hookctl_files -d ;;
	--sample,*) _hookctl_offer -W "$(_hookctl_samples)" ;;
	--user,*) _hookctl_offer -u ;;
	*)
		# As in "raw, short or pretty".
		if [[ $about =~ ^[a-z]+(,\ [a-z]+)*\ or\ [a-z]+$ ]]; then
			about=${about// or / }
			_hookctl_offer -W "${about//,/}"
		fi
		;;
	esac
}

# _hookctl_after COMMAND: what its help says that there is.
_hookctl_after() {
	local line letter name option='' options=() operand='' actions=''
	# "  -n, --lines NUMBER    how many", or without the letter or the value.
	local row='^  (-[A-Za-z0-9])?,? *(--[a-z0-9-]+)( ([^ ]+))? *(.*)$'
	while IFS= read -r line; do
		if [[ $line =~ $row ]]; then
			letter=${BASH_REMATCH[1]} name=${BASH_REMATCH[2]}
			options+=("$name")
			if [ "$prev" = "$name" ] || [ "$prev" = "${letter:-none}" ]; then
				option=$name value=${BASH_REMATCH[4]}
				about=${BASH_REMATCH[5]}
			fi
		elif [[ $line == usage:* ]]; then
			# As in "list|add|remove".
			[[ ! $line =~ \ ([a-z]+(\|[a-z]+)+)\  ]] ||
			    actions=${BASH_REMATCH[1]//|/ }
			if [[ $line =~ \[([A-Z]+)\]$ ]]; then
				operand=${BASH_REMATCH[1]}
			elif [[ $line == *' ACCESS-LOG'* ]]; then
				operand=FILE
			fi
		fi
	done < <("$program" help "$1" 2>/dev/null)
	if [ -n "$value" ]; then
		_hookctl_value "$option"
	elif [[ $cur != -* ]] && [ -n "$actions" ] && [ "$COMP_CWORD" = 2 ]; then
		_hookctl_offer -W "$actions"
	elif [[ $cur != -* ]]; then
		value=$operand
		_hookctl_value operand
	elif [ ${#options[@]} -gt 0 ]; then
		_hookctl_offer -W "${options[*]} --help"
	fi
}

_hookctl() {
	local program=${COMP_WORDS[0]/#\~/$HOME} value='' about=''
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	COMPREPLY=()
	# --name=value is three words here.
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD-2]}
	fi
	if [ "$COMP_CWORD" = 1 ]; then
		_hookctl_offer -W "$(_hookctl_commands) help --help --version"
	elif [ "${COMP_WORDS[1]}" != help ]; then
		_hookctl_after "${COMP_WORDS[1]}"
	elif [ "$COMP_CWORD" = 2 ]; then
		_hookctl_offer -W "$(_hookctl_commands)"
	fi
}

complete -F _hookctl hookctl
