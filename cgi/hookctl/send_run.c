#include "hookctl/send_run.h"

#include "base/clock.h"
#include "hookctl/output.h"

#include <signal.h>
#include <stdlib.h>

#define BAR_LEAST 20		/* requests that are worth a bar */
#define LONGEST_WAIT 1000	/* milliseconds */

/* A request on its way, or a place for one. */
struct job {
	struct send_request made;
	struct job *next;	/* of those that are free */
};

/* A run under way. Times are clock_monotonic_us(). */
struct sending {
	struct send_run *run;
	struct client_pool *pool;
	struct job *jobs, *free;
	struct progress bar;
	int64_t began, last;	/* when the first and the last one began */
	uint64_t begun, done;
	bool connected;		/* at least once */
	bool short_of;		/* connections: a request had to wait for one */
	enum status status;
};

static volatile sig_atomic_t stopped;

static void
stop(int number)
{
	(void)number;
	stopped = 1;
}

/* A second signal ends the program, as usual. A signal that was ignored when
 * the program was started is still ignored. */
static void
catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM };
	const struct sigaction action = { .sa_handler = stop,
	    .sa_flags = (int)SA_RESETHAND };
	struct sigaction old;
	size_t i;

	for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		if (sigaction(numbers[i], NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN)
			(void)sigaction(numbers[i], &action, NULL);
}

/* How many microseconds from now the next request is due; at most 0: now. */
static int64_t
due_in(const struct sending *sending, int64_t now)
{
	const struct send_run *run = sending->run;

	if (run->rate == 0)
		return 0;
	return sending->began + (int64_t)(sending->begun *
	    (uint64_t)CLOCK_SECOND / run->rate) - now;
}

static bool
can_begin(const struct sending *sending)
{
	return sending->begun < sending->run->total && sending->free != NULL;
}

static bool
begin_due(struct sending *sending)
{
	int64_t now = clock_monotonic_us();

	while (can_begin(sending) && due_in(sending, now) <= 0) {
		struct job *job = sending->free;

		if (!send_make(sending->run->maker, &job->made) ||
		    !client_pool_begin(sending->pool, &job->made.request,
		    job))
			return false;
		sending->free = job->next;
		sending->begun++;
		sending->last = now;
	}
	if (sending->begun < sending->run->total && sending->free == NULL &&
	    due_in(sending, now) < 0)
		sending->short_of = true;
	return true;
}

/* How long to wait for an answer: until the next request is due. */
static int
wait_ms(const struct sending *sending)
{
	int64_t wait;

	if (!can_begin(sending))
		return LONGEST_WAIT;
	wait = (due_in(sending, clock_monotonic_us()) + 999) / 1000;
	return wait < 0 ? 0 : wait > LONGEST_WAIT ? LONGEST_WAIT : (int)wait;
}

/* There is no point in going on if not even a first connection could be
 * made. */
static bool
reaches(struct sending *sending, const struct client_answer *answer)
{
	const char *advice = client_advice(answer);

	if (answer->status != 0 || answer->connected)
		sending->connected = true;
	if (!sending->connected)
		sending->status = fail(STATUS_FAILED, "nothing could be sent: "
		    "%s%s%s", answer->error, *advice != '\0' ? "; " : "",
		    advice);
	return sending->connected;
}

static bool
take_one(struct sending *sending)
{
	void *context;
	const struct client_answer *answer = client_pool_take(sending->pool,
	    wait_ms(sending), &context);
	struct job *job;

	if (answer == NULL)
		return true;
	job = context;
	if (!reaches(sending, answer) || !tally_add(sending->run->tally,
	    &job->made.request, answer))
		return false;
	job->next = sending->free;
	sending->free = job;
	sending->done++;
	progress_step(&sending->bar, sending->done);
	return true;
}

static void
send_all(struct sending *sending)
{
	bool good = true;

	while (good && !stopped && sending->done < sending->run->total)
		good = begin_due(sending) && take_one(sending);
}

/* Says what differs from what was asked for. */
static enum status
judge(const struct sending *sending)
{
	const struct send_run *run = sending->run;
	double reached, took = (double)(sending->last - sending->began) / 1e6;
	char done[32], total[32];

	if (sending->status != STATUS_DONE)
		return sending->status;
	if (stopped) {
		note("stopped after %s of %s answers",
		    number_text(sending->done, done),
		    number_text(run->total, total));
		return STATUS_WRONG;
	}
	if (sending->done < run->total)
		return fail(STATUS_FAILED, "out of memory");
	if (run->rate == 0 || run->total < BAR_LEAST || took <= 0)
		return STATUS_DONE;
	reached = (double)(run->total - 1) / took;
	if (reached < 0.95 * (double)run->rate)
		note("%.0f/s were sent in place of %llu/s: %s", reached,
		    (unsigned long long)run->rate, sending->short_of ?
		    "all connections were waiting for answers, see "
		    "--connections" : "this machine was too busy");
	return STATUS_DONE;
}

static bool
prepare(struct sending *sending)
{
	size_t count = sending->run->connections, i;

	sending->pool = client_pool_new(count);
	sending->jobs = calloc(count, sizeof *sending->jobs);
	if (sending->pool == NULL || sending->jobs == NULL)
		return false;
	for (i = 0; i < count; i++) {
		sending->jobs[i].next = sending->free;
		sending->free = &sending->jobs[i];
	}
	return true;
}

static void
clean_up(struct sending *sending)
{
	size_t i;

	client_pool_free(sending->pool);
	for (i = 0; sending->jobs != NULL && i < sending->run->connections;
	    i++)
		buffer_free(&sending->jobs[i].made.body);
	free(sending->jobs);
}

enum status
send_run(struct send_run *run)
{
	struct sending sending = { .run = run };
	bool bar = run->total >= BAR_LEAST;

	catch_signals();
	if (prepare(&sending)) {
		if (bar)
			progress_begin(&sending.bar, run->total);
		sending.began = clock_monotonic_us();
		send_all(&sending);
		run->seconds = (double)(clock_monotonic_us() -
		    sending.began) / 1e6;
		progress_end(&sending.bar);
	}
	sending.status = judge(&sending);
	clean_up(&sending);
	return sending.status;
}
