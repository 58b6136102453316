/* SPDX-License-Identifier: Apache-2.0
 * fence.c: is this store an old copy of itself? The mark and a generation number are kept a second time, outside the
 * node's directory; when that copy is missing or ahead, or the machine or the directory is another, the store counts as
 * restored: it takes entries from people and publishes none. docs/PROTOCOL.md 8.
 * Its twist: while the store counts as restored the copy is left alone, since it may know more than the store. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon_int.h"
#include "storage/own.h"

/* Where it runs: the machine and the directory, as one hash. */
static struct hash place_of(const struct daemon *d)
{
	char text[64 + HOME_PATH_BYTES_MAX] = {0};
	char *real = realpath(d->home.dir, NULL);
	int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, 32);
	if (fd >= 0)
		(void)close(fd);
	struct bytes_out o = bytes_out(text + 64, sizeof text - 64);
	bytes_put_text(&o, real ? real : d->home.dir);
	free(real);
	(void)n; /* without one it is zeros */
	return hash_of(BYTES(text, 64 + o.len));
}

static const char *compare_place(struct daemon *d, struct txn *txn)
{
	const struct bytes key = bytes_text("place");
	struct hash here = place_of(d);
	struct bytes before;
	bool known = own_get(txn, OWN_NOTES, key, &before);
	bool same = known && bytes_equal(before, BYTES_OF(here.bytes));
	if (!same)
		own_put(txn, OWN_NOTES, key, BYTES_OF(here.bytes));
	return !known || same ? NULL : "it was moved to another machine or directory";
}

static bool is_ahead(const struct home_mark *copy, uint64_t generation, const struct head *mark)
{
	if (copy->generation > generation || copy->head.size > mark->size)
		return true;
	return copy->head.size == mark->size && mark->size && !hash_equal(&copy->head.root, &mark->root);
}

/* *why: NULL when the copy has nothing against the store. */
static enum err compare_copy(struct daemon *d, struct txn *txn, const char **why)
{
	struct home_mark copy;
	struct head mark;
	uint64_t generation = own_generation(txn);
	own_mark(txn, &mark);
	*why = NULL;
	enum err e = home_mark_read(&d->home, &d->config, d->store_id, &copy);
	if (e == ERR_NOT_FOUND || e == ERR_BAD_TEXT) {
		if (generation > 0)
			*why = e == ERR_NOT_FOUND ? "the copy of its mark is missing"
			                          : "the copy of its mark is damaged";
		return ERR_OK;
	}
	if (!e)
		d->mark_copy_size = copy.head.size;
	if (!e && is_ahead(&copy, generation, &mark))
		*why = "the copy of its mark is ahead of it";
	return e;
}

static enum err judge(struct daemon *d, struct txn *txn, struct home_mark *out, enum own_trust *trust)
{
	const char *why = NULL;
	enum err e = d->config.fence ? compare_copy(d, txn, &why) : ERR_OK;
	if (e)
		return e;
	if (d->config.fence && !why)
		why = compare_place(d, txn);
	if (why) {
		journal_say(JOURNAL_WARNING,
		        "this store counts as an old copy: %s. It takes entries, and publishes none of its "
		        "own, until that is "
		        "settled; `lontar status` says so",
		        why);
		own_trust_set(txn, OWN_RESTORED);
	}
	*trust = own_trust(txn);
	own_mark(txn, &out->head);
	out->generation = own_generation_raise(txn);
	return ERR_OK;
}

enum err fence_check(struct daemon *d)
{
	struct txn *txn;
	struct home_mark mark;
	enum own_trust trust;
	enum err e = txn_write(d->store, &txn);
	if (e)
		return e;
	e = judge(d, txn, &mark, &trust);
	if (e) {
		txn_abort(txn);
		return e;
	}
	e = txn_commit(txn);
	if (!e && d->config.fence && trust == OWN_SETTLED)
		e = home_mark_write(&d->home, &d->config, d->store_id, &mark);
	return e;
}

enum err fence_copy(void *context, uint64_t generation, const struct head *mark)
{
	const struct daemon *d = context;
	const struct home_mark copy = {.generation = generation, .head = *mark};
	return home_mark_write(&d->home, &d->config, d->store_id, &copy);
}
