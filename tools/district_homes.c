/* SPDX-License-Identifier: Apache-2.0
 * district_homes.c: a node home for every member, by alias, filled through the accept path in one transaction. As many
 * processes as there are processors share the work; each home is made in a directory of its own and is whole or an
 * error is said. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "district_int.h"
#include "env/home.h"
#include "storage/feed.h"
#include "storage/own.h"
#include "tools/lang.h"
#include "tools/say.h"

struct making {
	struct district *d;
	const struct district_runs *runs;
	enum district_holds holds;
	uint32_t member;
	struct home home;
	struct home_config config;
};

static bool ok(struct making *m, enum err e)
{
	if (e != ERR_OK)
		trouble_set(&m->d->trouble, e, "%s", m->home.dir);
	return e == ERR_OK;
}

static bool write_conf(struct making *m)
{
	char path[HOME_PATH_BYTES_MAX];
	FILE *out;
	bool good;

	home_path(&m->home, "lontar.conf", path);
	out = fopen(path, "w");
	if (!out)
		return ok(m, ERR_IO);
	good = fprintf(out, "mark = %s\nfence = off\n", m->config.mark) > 0;
	return ok(m, fclose(out) == 0 && good ? ERR_OK : ERR_IO);
}

static bool make_home(struct making *m)
{
	const struct district_member *who = &m->d->members[m->member];
	uint8_t salt[16] = {0}; /* the seed is plain */
	char dir[HOME_PATH_BYTES_MAX];

	(void)snprintf(dir, sizeof dir, "%s/%s", m->d->out, who->alias);
	(void)snprintf(m->config.mark, sizeof m->config.mark, "../.marks/%s", who->alias);
	return ok(m, home_choose(dir, &m->home)) && ok(m, home_make(&m->home)) &&
	       ok(m, home_seed_write(&m->home, &who->seed, NULL, salt)) && write_conf(m);
}

static bool is_held(const struct making *m, struct feed_no feed)
{
	return m->holds == DISTRICT_HOLDS_ALL || feed.n == 0 || feed.n == m->member;
}

static bool take_runs(struct making *m, struct txn *txn, struct head *own)
{
	for (size_t i = 0; i < m->runs->count; i++) {
		const struct district_run *r = &m->runs->list[i];
		if (!is_held(m, r->feed))
			continue;
		if (!ok(m, feed_accept(txn, r->feed, &r->run, r->effect)))
			return false;
		if (r->feed.n == m->member)
			*own = (struct head){r->effect->tree.size, r->effect->root};
	}
	return true;
}

/* The own feed is known to others as far as it goes: so says the mark, in the store and in its copy. */
static bool fill(struct making *m, struct store *store)
{
	struct txn *txn;
	struct home_mark mark = {0};
	char id[STORE_ID_TEXT_BYTES];

	if (!ok(m, txn_write(store, &txn)))
		return false;
	if (!ok(m, own_network_set(txn, &m->d->network)) || !take_runs(m, txn, &mark.head) ||
	        (mark.head.size > 0 && !ok(m, own_mark_set(txn, &mark.head)))) {
		txn_abort(txn);
		return false;
	}
	store_id_text(store, id);
	return ok(m, txn_commit(txn)) && ok(m, home_mark_write(&m->home, &m->config, id, &mark));
}

static bool make_one(struct making *m)
{
	const struct secret_keys *keys = &m->d->members[m->member].keys;
	struct store_options options = {.mode = STORE_WRITE, .keys = keys};
	struct store *store = NULL;
	uint8_t id[STORE_ID_BYTES];
	bool good;

	memcpy(id, keys->public.feed.bytes, sizeof id);
	if (!make_home(m))
		return false;
	options.home = m->home.dir;
	good = ok(m, store_create(&options, id)) && ok(m, store_open(&options, &store)) && fill(m, store);
	store_close(store);
	return good;
}

static bool is_listed(const char *list, const char *alias)
{
	struct bytes rest = bytes_text(list ? list : "");

	while (rest.len > 0) {
		if (bytes_equal(text_split(&rest, ','), bytes_text(alias)))
			return true;
	}
	return false;
}

/* In a process of its own: every workers-th home. */
static enum exit_code work(struct district *d, const struct district_runs *runs, enum district_holds holds,
        uint32_t first, uint32_t workers)
{
	for (uint32_t i = first; i < d->members_count; i += workers) {
		struct making m = {.d = d, .runs = runs, .holds = holds, .member = i};
		const char *alias = d->members[i].alias;
		if (d->homes && !is_listed(d->homes, alias))
			continue;
		if (is_listed(d->whole, alias))
			m.holds = DISTRICT_HOLDS_ALL;
		if (!make_one(&m))
			return say_trouble(SAY_WORDS, &d->trouble);
		if (first == 0)
			say_progress(_("filling homes"), i + 1, d->members_count);
	}
	say_progress_end();
	return EXIT_DONE;
}

#define WORKERS_MAX 16

bool district_homes_make(struct district *d, const struct district_runs *runs, enum district_holds holds)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	uint32_t workers = processors < 1 ? 1 : processors > WORKERS_MAX ? WORKERS_MAX : (uint32_t)processors;
	char marks[4200];
	bool good = true;
	int status;

	(void)snprintf(marks, sizeof marks, "%s/.marks", d->out);
	if (mkdir(marks, 0700) != 0 && errno != EEXIST) {
		trouble_set(&d->trouble, ERR_IO, "%s: %s", marks, strerror(errno));
		return false;
	}
	(void)fflush(stdout);
	for (uint32_t i = 0; i < workers; i++) {
		pid_t child = fork();
		if (child == 0)
			_exit((int)work(d, runs, holds, i, workers));
		good = good && child > 0;
	}
	while (waitpid(-1, &status, 0) > 0)
		good = good && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DONE;
	return good;
}
