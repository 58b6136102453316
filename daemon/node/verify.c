/* SPDX-License-Identifier: Apache-2.0
 * verify.c: the check of consecutive runs of one feed, each on the tree that the one before leaves. Pure computing. The
 * first wrong run ends it: what follows stands on nothing. */
#include <stdlib.h>

#include "job_int.h"

/* A run that ends at the cutoff needs its root only: the feed's own signature there may be the liar's. */
static enum err check_after(
        const struct verify *v, const struct intake *i, uint64_t last_time_ms, struct run_effect *out)
{
	const struct run_base base = {.tree = &v->tree, .last_time_ms = last_time_ms};
	if (v->cutoff.size == 0 || i->run.from + i->run.count != v->cutoff.size)
		return run_verify(&v->network, &i->run, &base, out);
	enum err e = run_extend(&i->run, &base, out);
	return !e && !hash_equal(&out->root, &v->cutoff.root) ? ERR_BAD_ROOT : e;
}

/* Its first time is before the last one held: then it is of another branch, whose entries were written earlier, and nobody
 * is at fault for it; unless it does go on from what is held. */
static enum err check(const struct verify *v, const struct intake *i, struct run_effect *out)
{
	enum err e = check_after(v, i, v->last_time_ms, out);
	if (e != ERR_TIME_BACK || i->run.items[0].time_ms >= v->last_time_ms)
		return e;
	return check_after(v, i, 0, out) == ERR_BAD_ROOT ? ERR_BAD_ROOT : e;
}

void verify_run(struct verify *v)
{
	enum err e = ERR_OK;
	for (struct intake *i = v->runs; i; i = i->next) {
		if (!e)
			i->effect = malloc(sizeof *i->effect);
		if (!e && !i->effect)
			e = ERR_NO_MEMORY;
		i->err = e ? e : check(v, i, i->effect);
		e = i->err;
		if (e)
			continue;
		v->tree = i->effect->tree;
		v->last_time_ms = i->effect->last_time_ms;
	}
}
