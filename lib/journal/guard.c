#include "journal/guard.h"

#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

static sigjmp_buf back;
static volatile sig_atomic_t active;

static void
give_way(int number)
{
	if (active)
		siglongjmp(back, 1);
	/* Not our signal: let it kill the process, as it would without us. */
	signal(number, SIG_DFL);
	raise(number);
}

void
guard_install(void)
{
	struct sigaction action = { .sa_handler = give_way };

	/* Do not block it: siglongjmp() does not restore the mask here. */
	action.sa_flags = SA_NODEFER;
	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
}

bool
guard_run(void (*function)(void *argument), void *argument)
{
	if (sigsetjmp(back, 0) != 0) {
		active = 0;
		return false;
	}
	active = 1;
	function(argument);
	active = 0;
	return true;
}
