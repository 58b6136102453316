/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c: a second store is filled with the runs of the first, each checked as one that came from a peer, the
 * registrars' feeds first, so that every cutoff is known. Then the tables are walked side by side. The second store opens channels with the
 * secrets that the first one keeps, held against their commitments, so no key is needed. It takes runs of held feeds
 * too, which is why it does not go through feed_accept(). */
#include "storage/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "branch_int.h"
#include "db_int.h"
#include "kept_int.h"
#include "own_int.h"
#include "rebuild_int.h"
#include "storage/view.h"
#include "tip_int.h"
#include "txn_int.h"

struct verify {
	const struct verify_options *options;
	struct verify_report *report;
	struct txn *first, *second;
	struct store *second_store;
	struct network_id network;
	uint64_t all, since_commit;
	struct verify_difference unlisted;
	struct run_item items[RUN_ENTRIES_MAX];
	struct run_effect effect;
};

static bool is_common(enum table table)
{
	switch (table) {
	case TABLE_ENTRY:
	case TABLE_SUBTREE:
	case TABLE_RUN:
		return true;
	case TABLE_FEED: /* says what was staged as well; its heads follow from the runs */
	case TABLE_ASIDE:
	case TABLE_STAGE:
	case TABLE_META:
	case TABLE_DRAWER:
	case TABLE_HOLD:
	case TABLE_CHANNEL:
	case TABLE_SHARE:
	case TABLE_ABOUT:
	case TABLE_OBJECT:
	case TABLE_PAIR:
	case TABLE_YEAR:
	case TABLE_SUM:
	case TABLE_REJECTED:
	case TABLE_WAITING:
	case TABLE_UNKNOWN:
	case TABLE_SAID:
	case TABLE_POLICY:
	case TABLE_SEEN:
	case TABLE_HEARD:
	case TABLE_FORK:
	case TABLE_SEALED:
	case TABLES:
		break;
	}
	return keys_table_class(table) == TABLE_CLASS_VIEW;
}

/* Which signatures end the runs depends on how they came, so of that table verify_rows() shows nothing. */
static bool is_shown(enum table table)
{
	return is_common(table) && table != TABLE_RUN;
}

void verify_rows(struct txn *txn, verify_row *row, void *context)
{
	txn_settle(txn);
	for (enum table table = 0; table < TABLES; table++) {
		struct key all = {.len = 0}, at = {.len = 0};
		struct row next;
		while (is_shown(table) && db_next_under(txn, table, &all, &at, &next))
			if (!row(context, keys_table_name(table), next.key, next.value))
				return;
	}
}

static struct verify_difference *differs(struct verify *v, enum verify_what what)
{
	uint64_t n = v->report->differences++;
	struct verify_difference *d = n < VERIFY_LISTED_MAX ? &v->report->listed[n] : &v->unlisted;
	*d = (struct verify_difference){.what = what};
	return d;
}

static void differs_row(struct verify *v, enum table table, struct bytes key)
{
	struct verify_difference *d = differs(v, VERIFY_ROW);
	d->table = keys_table_name(table);
	d->key_bytes = (uint8_t)key.len;
	memcpy(d->key, key.data, key.len);
}

static void compare_table(struct verify *v, enum table table)
{
	struct key all = {.len = 0}, at[2] = {{.len = 0}, {.len = 0}};
	struct txn *txns[2] = {v->first, v->second};
	struct row rows[2];
	bool there[2];
	for (unsigned i = 0; i < 2; i++)
		there[i] = db_next_under(txns[i], table, &all, &at[i], &rows[i]);
	while (there[0] || there[1]) {
		int order = !there[0] ? 1 : !there[1] ? -1 : bytes_compare(rows[0].key, rows[1].key);
		if (order != 0 || !bytes_equal(rows[0].value, rows[1].value))
			differs_row(v, table, rows[order > 0].key);
		v->report->rows++;
		if (order <= 0)
			there[0] = db_next_under(txns[0], table, &all, &at[0], &rows[0]);
		if (order >= 0)
			there[1] = db_next_under(txns[1], table, &all, &at[1], &rows[1]);
	}
}

static enum err commit(struct verify *v)
{
	struct txn *txn = v->second;
	v->second = NULL;
	v->since_commit = 0;
	return txn != NULL ? txn_commit(txn) : ERR_OK;
}

static enum err writing(struct verify *v)
{
	enum err e = ERR_OK;
	if (v->since_commit >= COMMIT_ENTRIES_MAX)
		e = commit(v);
	if (e == ERR_OK && v->second == NULL)
		e = txn_write(v->second_store, &v->second);
	return e;
}

static enum err progress(const struct verify *v)
{
	const struct verify_options *o = v->options;
	return o->progress == NULL || o->progress(o->context, v->report->entries, v->all) ? ERR_OK
	                                                                                  : ERR_REFUSED;
}

/* Entries that the registrar's own do not account for, once these turned out to be others than were signed. */
static bool is_in_second(struct verify *v, struct feed_no no)
{
	if (no.n == 0 || roster_feed(txn_roster(v->second), no) != NULL)
		return true;
	differs(v, VERIFY_TREE)->place = (struct place){.feed = no, .seq = 0};
	return false;
}

/* One kept run, [from, end): its root, its signature where it has one, and into the second store. False: what follows
 * in this feed cannot be checked. */
static bool check_run(struct verify *v, struct feed_no no, uint64_t from, const struct checkpoint *end)
{
	struct tip tip;
	struct run run;
	tip_get(v->second, no, &tip);
	struct run_base base = {.tree = &tip.tree, .last_time_ms = tip.last_time_ms};
	bool read =
	        feed_run(v->first, no, from, from + 1, v->items, &run) && from + run.count == end->head.size;
	if (!read || run_extend(&run, &base, &v->effect) != ERR_OK ||
	        !hash_equal(&v->effect.root, &end->head.root)) {
		differs(v, VERIFY_TREE)->place = (struct place){.feed = no, .seq = end->head.size};
		return false;
	}
	v->report->signatures += kept_is_signed(end);
	if (kept_is_signed(end) && checkpoint_verify(&v->network, &run.feed, end) != ERR_OK)
		differs(v, VERIFY_SIGNATURE)->place = (struct place){.feed = no, .seq = end->head.size};
	branch_append(v->second, no, &run, &v->effect);
	v->report->entries += run.count;
	v->since_commit += run.count;
	return true;
}

static enum err check_feed(struct verify *v, struct feed_no no)
{
	struct checkpoint end = {.head = {.size = 0}};
	for (uint64_t from = 0; kept_from(v->first, no, from + 1, &end); from = end.head.size) {
		enum err e = writing(v);
		if (e == ERR_OK)
			e = progress(v);
		if (e != ERR_OK)
			return e;
		if (!is_in_second(v, no) || !check_run(v, no, from, &end))
			break;
		if (txn_error(v->second) != ERR_OK)
			return txn_error(v->second);
	}
	return txn_error(v->first);
}

static void count(struct verify *v)
{
	const struct roster *r = txn_roster(v->first);
	for (struct feed_no no = {.n = 0}; no.n < r->feeds_count; no.n++) {
		struct view_sealed sealed = view_sealed(v->first, no);
		v->all += tip_head(v->first, no).size;
		v->report->not_for_us += sealed.not_for_us;
		v->report->broken += sealed.broken;
		v->report->feeds++;
	}
}

static enum err prepare(struct verify *v)
{
	struct bytes anchor;
	enum err e = txn_write(v->second_store, &v->second);
	if (e != ERR_OK)
		return e;
	e = own_network_set(v->second, &v->network);
	if (e == ERR_OK && own_anchor(v->first, &anchor)) {
		own_anchor_put(v->second, anchor);
		rebuild_all(v->second); /* for a roster that knows of it */
	}
	return e != ERR_OK ? e : txn_error(v->second);
}

static enum err check_all(struct verify *v)
{
	const struct roster *r = txn_roster(v->first);
	enum err e = prepare(v);
	for (uint32_t i = 0; i < r->registrars_count && e == ERR_OK; i++)
		e = check_feed(v, r->registrars[i].feed);
	for (struct feed_no no = {.n = 0}; no.n < r->feeds_count && e == ERR_OK; no.n++)
		if (!muster_is_registrar(v->first->muster, no))
			e = check_feed(v, no);
	if (e == ERR_OK)
		e = commit(v);
	if (e == ERR_OK)
		e = txn_read(v->second_store, &v->second);
	for (enum table table = 0; table < TABLES && e == ERR_OK; table++)
		if (is_common(table))
			compare_table(v, table);
	return e == ERR_OK ? txn_error(v->first) : e;
}

static void remove_scratch(const char *dir)
{
	static const char *const names[] = {"store/data.mdb", "store/lock.mdb", "store", "lock", ""};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char path[4096];
		int len = snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		if (len > 0 && (size_t)len < sizeof path && unlink(path) != 0)
			(void)rmdir(path);
	}
}

static enum err with_second(struct verify *v)
{
	/* The second store is for the same node; it only has no secret key to open anything with. */
	struct secret_keys *keys = calloc(1, sizeof *keys);
	if (keys == NULL)
		return ERR_NO_MEMORY;
	keys->public = *own_keys(v->first->store);
	struct store_options options = {.home = v->options->scratch, .mode = STORE_WRITE, .keys = keys};
	uint8_t id[STORE_ID_BYTES] = {0};
	enum err e = store_create(&options, id);
	if (e == ERR_OK)
		e = store_open(&options, &v->second_store);
	if (e == ERR_OK) {
		v->second_store->keys = NULL;
		v->second_store->secrets = v->first;
		e = check_all(v);
	}
	txn_abort(v->second);
	store_close(v->second_store);
	free(keys);
	return e;
}

static enum err in_scratch(struct verify *v)
{
	if (mkdir(v->options->scratch, 0700) != 0)
		return access(v->options->scratch, F_OK) == 0 ? ERR_EXISTS : ERR_IO;
	enum err e = with_second(v);
	remove_scratch(v->options->scratch);
	return e;
}

enum err verify_store(struct store *store, const struct verify_options *options, struct verify_report *report)
{
	struct verify *v = calloc(1, sizeof *v);
	if (v == NULL)
		return ERR_NO_MEMORY;
	*report = (struct verify_report){.feeds = 0};
	v->options = options;
	v->report = report;
	enum err e = txn_read(store, &v->first);
	if (e == ERR_OK && own_network(v->first, &v->network)) {
		count(v);
		e = in_scratch(v);
	}
	txn_abort(v->first);
	free(v);
	return e;
}
