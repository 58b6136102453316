/* SPDX-License-Identifier: Apache-2.0
 * fence.c: reading and writing the copy of the mark, outside the node's directory. What it means is
 * node/fence.h's to judge. docs/PROTOCOL.md 8. */
#include "daemon_int.h"
#include "node/fence.h"

static enum err see(const struct daemon *d, struct fence_seen *out)
{
	struct home_mark copy = {.generation = 0};
	*out = (struct fence_seen){.copy = FENCE_COPY_OFF};
	if (!d->config.fence)
		return ERR_OK;
	out->place = home_place(&d->home);
	enum err e = home_mark_read(&d->home, &d->config, d->store_id, &copy);
	out->copy = fence_copy_of(e);
	out->generation = copy.generation;
	out->mark = copy.head;
	return e == ERR_NOT_FOUND || e == ERR_BAD_TEXT ? ERR_OK : e;
}

enum err fence_check(struct daemon *d)
{
	struct fence_seen seen;
	struct fence_answer answer;
	enum err e = see(d, &seen);
	if (!e)
		e = fence_judge(d->store, &seen, &answer);
	if (e)
		return e;
	d->mark_copy_size = answer.copy_size;
	if (answer.verdict != FENCE_FITS)
		journal_say(JOURNAL_WARNING,
		        "this store counts as an old copy: %s. It takes entries, and publishes none of its "
		        "own, until that is settled; `lontar status` says so",
		        fence_text(answer.verdict));
	if (!answer.writes)
		return ERR_OK;
	e = fence_copy(d, answer.generation, &answer.mark);
	return e ? e : fence_written(d->store);
}

enum err fence_copy(void *context, uint64_t generation, const struct head *mark)
{
	const struct daemon *d = context;
	const struct home_mark copy = {.generation = generation, .head = *mark};
	return home_mark_write(&d->home, &d->config, d->store_id, &copy);
}
