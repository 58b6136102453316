/* SPDX-License-Identifier: Apache-2.0
 * fence.c: see fence.h. Its twist: the generation is raised beyond the copy's too, so that of two clones that share one
 * copy the other finds it ahead at its next start. While the store counts as restored the copy is left alone, since it
 * may know more than the store. */
#include "node/fence.h"

#include <string.h>

#include "storage/feed.h"

const char *fence_text(enum fence_verdict verdict)
{
	switch (verdict) {
	case FENCE_FITS:
		return "";
	case FENCE_MISSING:
		return "the copy of its mark is missing";
	case FENCE_DAMAGED:
		return "the copy of its mark is damaged";
	case FENCE_AHEAD:
		return "the copy of its mark is ahead of it";
	case FENCE_OTHER:
		return "the copy of its mark is of another history";
	case FENCE_MOVED:
		return "it was moved to another machine or directory";
	}
	return "";
}

/* Kept whatever else is wrong, or it would be found again after that is settled. */
static enum fence_verdict compare_place(struct txn *txn, const struct hash *here)
{
	const struct bytes key = bytes_text("place");
	struct bytes before;
	bool known = own_get(txn, OWN_NOTES, key, &before);
	bool same = known && bytes_equal(before, BYTES_OF(here->bytes));
	if (!same)
		own_put(txn, OWN_NOTES, key, BYTES_OF(here->bytes));
	return !known || same ? FENCE_FITS : FENCE_MOVED;
}

/* What was let out once must be in the own feed still. */
static bool is_of_ours(struct txn *txn, const struct head *out)
{
	struct feed_no own;
	struct head mark;
	own_mark(txn, &mark); /* of a feed that was cut less than that may be left */
	bool is_mark = out->size == mark.size && hash_equal(&out->root, &mark.root);
	return is_mark || out->size == 0 || !own_feed(txn, &own) || feed_has_head(txn, own, out);
}

#define WRITTEN_NOTE "copied"

/* Before the first copy nothing ever left: a first start that was cut short is no old copy. */
static bool was_written(struct txn *txn)
{
	struct bytes value;
	return own_get(txn, OWN_NOTES, bytes_text(WRITTEN_NOTE), &value);
}

enum err fence_written(struct store *store)
{
	struct txn *txn;
	enum err e = txn_write(store, &txn);
	if (e)
		return e;
	if (was_written(txn)) {
		txn_abort(txn);
		return ERR_OK;
	}
	own_put(txn, OWN_NOTES, bytes_text(WRITTEN_NOTE), bytes_text("1"));
	return txn_commit(txn);
}

static enum fence_verdict compare_copy(struct txn *txn, const struct fence_seen *seen)
{
	struct head mark;
	own_mark(txn, &mark);
	switch (seen->copy) {
	case FENCE_COPY_OFF:
		return FENCE_FITS;
	case FENCE_COPY_MISSING:
		return was_written(txn) ? FENCE_MISSING : FENCE_FITS;
	case FENCE_COPY_DAMAGED:
		return was_written(txn) ? FENCE_DAMAGED : FENCE_FITS;
	case FENCE_COPY_READ:
		break;
	}
	if (seen->generation > own_generation(txn) || seen->mark.size > mark.size)
		return FENCE_AHEAD;
	return is_of_ours(txn, &seen->mark) ? FENCE_FITS : FENCE_OTHER;
}

enum fence_copy fence_copy_of(enum err read)
{
	return read == ERR_NOT_FOUND ? FENCE_COPY_MISSING
	       : read == ERR_OK      ? FENCE_COPY_READ
	                             : FENCE_COPY_DAMAGED;
}

/* Raised for what then had to wait for the copy, when the process ended: nothing beyond the copy left. Only by the copy
 * that the last start wrote; an older one says nothing of what a start without one let out. */
static void lower_mark(struct txn *txn, const struct fence_seen *seen)
{
	struct head mark;
	own_mark(txn, &mark);
	if (seen->generation != own_generation(txn) || own_trust(txn) != OWN_SETTLED ||
	        seen->mark.size >= mark.size)
		return;
	enum err e = own_mark_undo(txn, &seen->mark);
	must(e == ERR_OK || e == txn_error(txn));
}

static void judge(struct txn *txn, const struct fence_seen *seen, struct fence_answer *out)
{
	bool read = seen->copy == FENCE_COPY_READ, kept = seen->copy != FENCE_COPY_OFF;
	enum fence_verdict copy = compare_copy(txn, seen);
	enum fence_verdict place = kept ? compare_place(txn, &seen->place) : FENCE_FITS;
	out->verdict = copy != FENCE_FITS ? copy : place;
	if (read && copy == FENCE_FITS)
		lower_mark(txn, seen);
	own_remove(txn, OWN_NOTES, bytes_text(FENCE_TWIN_NOTE)); /* now this one started last */
	if (out->verdict != FENCE_FITS)
		own_trust_set(txn, OWN_RESTORED);
	out->writes = kept && own_trust(txn) == OWN_SETTLED;
	own_mark(txn, &out->mark);
	out->generation = own_generation_raise(txn, read ? seen->generation : 0);
	out->copy_size = read ? seen->mark.size : 0;
}

enum err fence_judge(struct store *store, const struct fence_seen *seen, struct fence_answer *out)
{
	struct txn *txn;
	struct fence_answer answer;
	enum err e = txn_write(store, &txn);
	if (e)
		return e;
	judge(txn, seen, &answer);
	e = txn_commit(txn);
	if (!e)
		*out = answer;
	return e;
}

#define OVERRIDE_NOTE "anyway"

bool fence_override(struct txn *txn, struct fence_override *out)
{
	struct bytes value;
	if (!own_get(txn, OWN_NOTES, bytes_text(OVERRIDE_NOTE), &value))
		return false;
	struct bytes_in in = bytes_in(value);
	struct fence_override o = {.wall_ms = bytes_get_u64(&in)};
	const struct bytes reason = bytes_take(&in, bytes_left(&in));
	if (bytes_in_end(&in) || (reason.len && short_text_of(reason, NAME_BYTES_MAX, &o.reason)))
		return false;
	*out = o;
	return true;
}

void fence_override_put(struct txn *txn, const struct fence_override *override)
{
	uint8_t value[8 + sizeof override->reason.text];
	struct bytes_out o = bytes_out(value, sizeof value);
	bytes_put_u64(&o, override->wall_ms);
	bytes_put(&o, override->reason.text, override->reason.len);
	must(bytes_out_end(&o) == ERR_OK);
	own_put(txn, OWN_NOTES, bytes_text(OVERRIDE_NOTE), bytes_written(&o));
}
