# shellcheck shell=bash
# hookctl.bash: the operator's command, hookctl, for the tests. See test.bash.
#
#   ctl WORDS...     runs hookctl, built with sanitizers, as the tests' user
#   as_worker WORDS...   runs any command as the user of the journal
#   make_clock       makes $S/lib/clock.so. Preloaded, it says of this machine's clock
#                    what CLOCK_IS says: "secret", any other word for a wrong one, or
#                    without it a right one

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

make_clock() {
	gcc -shared -fPIC -o "$S/lib/clock.so" -x c - <<-'END'
		#include <errno.h>
		#include <stdlib.h>
		#include <string.h>
		#include <sys/timex.h>
		int adjtimex(struct timex *timex)
		{
			const char *said = getenv("CLOCK_IS");

			timex->status = 0;
			if (said == NULL)
				return TIME_OK;
			if (strcmp(said, "secret") == 0) {
				errno = EPERM;
				return -1;
			}
			timex->status = STA_UNSYNC;
			return TIME_ERROR;
		}
	END
}
