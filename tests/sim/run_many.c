/* SPDX-License-Identifier: Apache-2.0
 * run_many.c: seeds in processes of their own, some at once, and the sum of what they did. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

#define SEED_SECONDS 900u /* of real time; who takes longer has hung */
#define SAID_BYTES_MAX 8192u

struct worker {
	pid_t pid; /* 0: free */
	uint64_t seed;
	bool again; /* the second run of the same */
	uint64_t first;
	FILE *said;
	int result; /* a pipe's end */
	char dir[RUN_DIR_BYTES];
};

#define KEPT_MAX 4096u

struct sums {
	uint64_t seeds, failed, nodes, virtual_ms, entries, chunks, looked, slowest_ms;
	uint64_t never; /* seeds whose nodes were never all in step */
	uint64_t tally[SIM_FAULT_KINDS];
};

struct many {
	const struct run_options *o;
	struct worker workers[RUN_JOBS_MAX];
	uint64_t next, left;
	uint64_t kept
	        [KEPT_MAX]; /* read before any child is: its exit would turn back a file that is being read */
	uint32_t kept_count, kept_at;
	struct sums sums;
	bool ending;
};

/* It ends with its parent, whatever ends that. */
static _Noreturn void live(const struct run_options *o, const struct worker *w, pid_t parent, int result)
{
	struct run_result r;
	must(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
	if (getppid() != parent)
		_exit(1);
	must(setenv("NET_DIR", w->dir, 1) == 0);
	must(dup2(fileno(w->said), STDOUT_FILENO) >= 0 && dup2(fileno(w->said), STDERR_FILENO) >= 0);
	(void)alarm(SEED_SECONDS);
	run_seed(o, w->seed, &r);
	must(write(result, &r, sizeof r) == (ssize_t)sizeof r);
	exit(0);
}

static void begin(struct many *m, struct worker *w, uint64_t seed)
{
	int ends[2];
	w->seed = seed;
	w->said = tmpfile();
	must(w->said && pipe(ends) == 0);
	run_dir_make(w->dir);
	(void)fflush(NULL);
	pid_t parent = getpid();
	w->pid = fork();
	must(w->pid >= 0);
	if (w->pid == 0)
		live(m->o, w, parent, ends[1]);
	(void)close(ends[1]);
	w->result = ends[0];
}

static bool next_seed(struct many *m, uint64_t *out)
{
	if (m->ending)
		return false;
	if (m->kept_at < m->kept_count) {
		*out = m->kept[m->kept_at++];
		return true;
	}
	if (m->o->kept || m->left == 0)
		return false;
	m->left--;
	*out = m->next++;
	return true;
}

static void keep(const struct many *m, uint64_t seed)
{
	FILE *f = m->o->keep ? fopen(m->o->keep, "a") : NULL;
	if (!f)
		return;
	must(fprintf(f, "%llu\n", (unsigned long long)seed) > 0 && fclose(f) == 0);
}

static void fail(struct many *m, struct worker *w, const char *how, int number)
{
	char said[SAID_BYTES_MAX + 1];
	long end = ftell(w->said);
	(void)fseek(w->said, end > (long)SAID_BYTES_MAX ? end - (long)SAID_BYTES_MAX : 0, SEEK_SET);
	size_t len = fread(said, 1, SAID_BYTES_MAX, w->said);
	said[len] = 0;
	(void)fprintf(stderr, "%sFAILED: seed %llu: %s %d\n", said, (unsigned long long)w->seed, how, number);
	m->sums.failed++;
	m->ending |= m->o->until_fails;
	keep(m, w->seed);
}

static void add(struct sums *s, const struct run_result *r)
{
	s->nodes += r->nodes;
	s->virtual_ms += r->virtual_ms;
	s->entries += r->entries;
	s->chunks += r->chunks;
	s->looked += r->looked;
	s->never += r->settled_ms == 0;
	for (uint32_t i = 0; i < SIM_FAULT_KINDS; i++)
		s->tally[i] += r->tally[i];
	if (s->slowest_ms < r->settled_ms)
		s->slowest_ms = r->settled_ms;
}

/* True: the same seed is to be run once more. */
static bool judge(struct many *m, struct worker *w, int status)
{
	struct run_result r;
	bool whole = read(w->result, &r, sizeof r) == (ssize_t)sizeof r;
	if (m->o->verbose)
		(void)fprintf(stderr, "seed %llu ended\n", (unsigned long long)w->seed);
	if (WIFSIGNALED(status)) {
		fail(m, w, "ended by signal", WTERMSIG(status));
	} else if (WEXITSTATUS(status) != 0 || !whole) {
		fail(m, w, "exit code", WEXITSTATUS(status));
	} else if (w->again && w->first != r.trace) {
		fail(m, w, "a second run took another course", 0);
	} else if (m->o->same && !w->again) {
		w->first = r.trace;
		return true;
	} else {
		add(&m->sums, &r);
	}
	return false;
}

static void finish(struct many *m, struct worker *w, int status)
{
	bool again = judge(m, w, status);
	(void)close(w->result);
	(void)fclose(w->said);
	run_dir_remove(w->dir);
	w->pid = 0;
	w->again = again;
	m->sums.seeds += !again;
	if (again)
		begin(m, w, w->seed);
	else if (isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\r%llu seeds, %llu failed ", (unsigned long long)m->sums.seeds,
		        (unsigned long long)m->sums.failed);
}

static bool start_some(struct many *m)
{
	bool any = false;
	for (uint32_t i = 0; i < m->o->jobs; i++) {
		struct worker *w = &m->workers[i];
		uint64_t seed;
		if (w->pid == 0 && next_seed(m, &seed))
			begin(m, w, seed);
		any |= w->pid != 0;
	}
	return any;
}

static void wait_one(struct many *m)
{
	int status;
	pid_t pid = wait(&status);
	must(pid > 0);
	for (uint32_t i = 0; i < m->o->jobs; i++)
		if (m->workers[i].pid == pid)
			finish(m, &m->workers[i], status);
}

static void print_json(const struct sums *s)
{
	(void)printf(
	        "{\"seeds\": %llu, \"failed\": %llu, \"nodes\": %llu, \"virtual_ms\": %llu, "
	        "\"entries\": %llu, "
	        "\"chunks\": %llu, \"slowest_ms\": %llu, \"never\": %llu, \"looked\": %llu, \"faults\": {",
	        (unsigned long long)s->seeds, (unsigned long long)s->failed, (unsigned long long)s->nodes,
	        (unsigned long long)s->virtual_ms, (unsigned long long)s->entries,
	        (unsigned long long)s->chunks, (unsigned long long)s->slowest_ms,
	        (unsigned long long)s->never, (unsigned long long)s->looked);
	for (uint32_t i = 0; i < SIM_FAULT_KINDS; i++)
		(void)printf("%s\"%s\": %llu", i ? ", " : "", sim_fault_info((enum sim_fault)i)->name,
		        (unsigned long long)s->tally[i]);
	(void)puts("}}");
}

static void print_sums(const struct many *m)
{
	const struct sums *s = &m->sums;
	uint64_t faults = 0;
	for (uint32_t i = 0; i < SIM_FAULT_KINDS; i++) {
		faults += s->tally[i];
		if (s->tally[i])
			(void)printf("%10llu %s\n", (unsigned long long)s->tally[i],
			        sim_fault_info((enum sim_fault)i)->text);
	}
	(void)printf("%llu seeds, %llu failed: %llu nodes, %.1f virtual days, %llu entries said to people, "
	             "%llu chunks, %llu faults; %llu things compared at the ends; in step again after %llu s "
	             "at most, %llu never\n",
	        (unsigned long long)s->seeds, (unsigned long long)s->failed, (unsigned long long)s->nodes,
	        (double)s->virtual_ms / (double)SIM_DAY_MS, (unsigned long long)s->entries,
	        (unsigned long long)s->chunks, (unsigned long long)faults, (unsigned long long)s->looked,
	        (unsigned long long)(s->slowest_ms / 1000), (unsigned long long)s->never);
}

static bool read_kept(struct many *m, const char *path)
{
	char line[256];
	FILE *f = fopen(path, "r");
	if (!f) {
		perror(path);
		return false;
	}
	while (m->kept_count < KEPT_MAX && fgets(line, sizeof line, f))
		if (line[0] >= '0' && line[0] <= '9')
			m->kept[m->kept_count++] = strtoull(line, NULL, 10);
	must(m->kept_count < KEPT_MAX);
	(void)fclose(f);
	return true;
}

int run_many(const struct run_options *o)
{
	static struct many m;
	m = (struct many){.o = o, .next = o->first, .left = o->alone ? 1 : o->seeds};
	if (o->kept && !read_kept(&m, o->kept))
		return 2;
	run_dir_remove_dead();
	while (start_some(&m))
		wait_one(&m);
	if (o->json)
		print_json(&m.sums);
	else
		print_sums(&m);
	return o->until_fails ? m.sums.failed == 0 : m.sums.failed > 0;
}
