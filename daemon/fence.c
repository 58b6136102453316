/* SPDX-License-Identifier: Apache-2.0
 * fence.c: reading and writing the copy of the mark, outside the node's directory, and saying where this is. What they
 * mean is node/fence.h's to judge. docs/PROTOCOL.md 8. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon_int.h"
#include "node/fence.h"

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

static enum err see(const struct daemon *d, struct fence_seen *out)
{
	struct home_mark copy = {.generation = 0};
	*out = (struct fence_seen){.copy = FENCE_COPY_OFF};
	if (!d->config.fence)
		return ERR_OK;
	out->place = place_of(d);
	enum err e = home_mark_read(&d->home, &d->config, d->store_id, &copy);
	out->copy = e == ERR_NOT_FOUND  ? FENCE_COPY_MISSING
	            : e == ERR_BAD_TEXT ? FENCE_COPY_DAMAGED
	                                : FENCE_COPY_READ;
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
