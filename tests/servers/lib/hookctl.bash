# shellcheck shell=bash
# hookctl.bash: the operator's command, hookctl, for the tests. See test.bash.
#
#   ctl WORDS...     runs hookctl, built with sanitizers, as the tests' user
#   as_worker WORDS...   runs any command as the user of the journal

CTL=${HOOKCTL:-$ROOT/build/asan/hookctl}

ctl() {
	ASAN_OPTIONS=log_path=$S/sanitizer/ctl:exitcode=99 \
	    UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
	    HOME=$S/home "$CTL" "$@"
}

as_worker() {
	if [ "$EUID" = 0 ]; then
		setpriv --reuid "$WORKER" --regid "$WORKER_GROUP" --clear-groups "$@"
	else
		"$@"
	fi
}
