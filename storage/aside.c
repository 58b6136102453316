/* SPDX-License-Identifier: Apache-2.0 */
/* aside.c: runs set aside overlap: a cutoff inside a run sets the whole of it aside, and the same entries may have come
 * in other runs. So all are put side by side, sorted, and each is there once; what is held is not there at all. */
#include "storage/aside.h"

#include <stdlib.h>
#include <string.h>

#include "aside_int.h"
#include "channel_int.h"
#include "db_int.h"
#include "entries_int.h"
#include "kept_int.h"
#include "log/kinds.h"
#include "own_int.h"
#include "packed_int.h"
#include "refold_int.h"
#include "storage/own.h"
#include "txn_int.h"
#include "unseal_int.h"

#define OBJECTS_MAX (RAT_REPLACES_MAX + 2u)

struct secret_key {
	uint8_t bytes[4 + 8 + REFERENCE_ID_BYTES];
};

static struct bytes secret_key(struct place place, const uint8_t *id, struct secret_key *out)
{
	struct bytes_out o = bytes_out(out->bytes, sizeof out->bytes);
	bytes_put_u32(&o, place.feed.n);
	bytes_put_u64(&o, place.seq);
	bytes_put(&o, id, REFERENCE_ID_BYTES);
	must(bytes_out_end(&o) == ERR_OK);
	return bytes_written(&o);
}

void aside_keep_channel(struct txn *t, const struct entry_ref *entry)
{
	struct channel_secret secret;
	struct secret_key key;
	if (entry->kind != KIND_CHANNEL_OPEN || channel_secret(t, entry->place, &secret) != ERR_OK)
		return;
	own_put(t, OWN_ASIDE, secret_key(entry->place, entry->id, &key), BYTES_OF(secret.bytes));
	bytes_wipe(&secret, sizeof secret);
}

void aside_drop_channels(struct txn *t, struct feed_no no)
{
	struct key feed = keys_feed(no), prefix = keys_drawer(OWN_ASIDE, keys_bytes(&feed));
	db_remove_under(t, TABLE_DRAWER, &prefix);
}

static bool is_held(struct txn *t, const struct entry_ref *entry)
{
	struct entry_ref held;
	return entries_get(t, entry->place, &held) && memcmp(held.id, entry->id, sizeof held.id) == 0;
}

static bool read_run(struct txn *t, const struct row *row, struct run_item *items, struct run *out)
{
	if (!packed_read(t, row->value, items, out))
		return false;
	out->from = keys_get_u64(row->key, 4);
	return true;
}

static struct entry_ref entry_of(const struct run *run, struct feed_no no, uint32_t i)
{
	struct entry_ref entry = entries_of_run(run, no, i);
	struct hash id = entries_id(&run->feed, &entry);
	memcpy(entry.id, id.bytes, sizeof entry.id);
	return entry;
}

/* All of it, and the signature at its end: another branch may go on from there, and what is held without one (up to a
 * cutoff) is not set aside a second time. */
static bool is_run_held(struct txn *t, const struct run *run, struct feed_no no)
{
	struct checkpoint end;
	if (!kept_from(t, no, run->from + run->count, &end) || !kept_is_signed(&end) ||
	        end.head.size != run->from + run->count)
		return false;
	for (uint32_t i = 0; i < run->count; i++) {
		struct entry_ref entry = entry_of(run, no, i);
		if (!is_held(t, &entry))
			return false;
	}
	return true;
}

/* The run's payloads are gone with the first write; what is held is the same. */
static void drop_run(struct txn *t, struct feed_no no, const struct run *run, const struct key *at)
{
	struct secret_key key;
	struct entry_ref held;
	db_remove(t, TABLE_ASIDE, at);
	for (uint32_t i = 0; i < run->count; i++) {
		struct place place = {.feed = no, .seq = run->from + i};
		if (entries_get(t, place, &held) && held.kind == KIND_CHANNEL_OPEN)
			own_remove(t, OWN_ASIDE, secret_key(place, held.id, &key));
	}
}

void aside_drop_held(struct txn *t, struct feed_no no)
{
	struct key prefix = keys_feed(no), at = {.len = 0};
	struct run_item *items = calloc(RUN_ENTRIES_MAX, sizeof *items);
	struct row row;
	struct run run;
	if (items == NULL)
		txn_fail(t, ERR_NO_MEMORY);
	while (items != NULL && db_next_under(t, TABLE_ASIDE, &prefix, &at, &row) &&
	        read_run(t, &row, items, &run))
		if (is_run_held(t, &run, no))
			drop_run(t, no, &run, &at);
	free(items);
}

/* What is being collected. */
struct collection {
	struct txn *txn;
	struct aside *aside;
	size_t cap;
	struct run_item items[RUN_ENTRIES_MAX];
	struct bytes_out scratch;
	uint8_t opened[ENTRY_PAYLOAD_BYTES_MAX];
};

static struct aside_item *push(struct collection *c)
{
	struct aside *a = c->aside;
	if (a->count == c->cap) {
		size_t cap = c->cap * 2 + 64;
		struct aside_item *more = realloc(a->items, cap * sizeof *more);
		if (more == NULL)
			return NULL;
		a->items = more;
		c->cap = cap;
	}
	a->items[a->count] = (struct aside_item){.opened = ERR_OK};
	return &a->items[a->count++];
}

static enum err put(struct collection *c, const struct entry_ref *entry)
{
	if (is_held(c->txn, entry))
		return ERR_OK;
	struct aside_item *new = push(c);
	if (new == NULL)
		return ERR_NO_MEMORY;
	new->statement = (struct statement){.ref = feed_reference(entry),
	        .author = roster_feed(txn_roster(c->txn), entry->place.feed)->member,
	        .time_ms = entry->time_ms,
	        .audience = entry->audience,
	        .kind = entry->kind,
	        .body = entry->payload};
	return ERR_OK;
}

static enum err put_run(struct collection *c, const struct row *row)
{
	struct run run;
	struct feed_no no = {.n = keys_get_u32(row->key, 0)};
	const struct roster_feed *feed = roster_feed(txn_roster(c->txn), no);
	enum err e = ERR_OK;
	if (feed == NULL || feed->is_void || !read_run(c->txn, row, c->items, &run))
		return ERR_OK; /* of a feed that has no number now */
	for (uint32_t i = 0; i < run.count && e == ERR_OK; i++) {
		struct entry_ref entry = entry_of(&run, no, i);
		e = put(c, &entry);
	}
	return e;
}

static int compare_references(const struct reference *a, const struct reference *b)
{
	int order = place_compare(a->place, b->place);
	return order != 0 ? order : memcmp(a->id, b->id, sizeof a->id);
}

static int compare(const void *x, const void *y)
{
	const struct aside_item *a = x, *b = y;
	return compare_references(&a->statement.ref, &b->statement.ref);
}

struct aside_link {
	struct reference object;
	size_t item;
};

static int compare_links(const void *x, const void *y)
{
	const struct aside_link *a = x, *b = y;
	int order = compare_references(&a->object, &b->object);
	return order != 0 ? order : a->item < b->item ? -1 : a->item > b->item;
}

static void sort(struct aside *a)
{
	size_t kept = 0;
	if (a->count > 1)
		qsort(a->items, a->count, sizeof a->items[0], compare);
	for (size_t i = 0; i < a->count; i++)
		if (kept == 0 || compare(&a->items[kept - 1], &a->items[i]) != 0)
			a->items[kept++] = a->items[i];
	a->count = kept;
}

static enum err try_secret(struct collection *c, const struct sealed *sealed, struct seal_context *context,
        struct seal_plain *plain)
{
	c->scratch = bytes_out(c->opened, sizeof c->opened);
	return seal_payload_open(sealed, context, &c->scratch, plain);
}

/* The channel may be held, or set aside as well, and then there may be several of that seq. */
static enum err open_sealed(struct collection *c, const struct statement *s, struct seal_plain *plain)
{
	struct channel_secret secret;
	struct sealed sealed;
	enum err e = seal_payload_unpack(s->body, &sealed);
	if (e != ERR_OK)
		return e;
	struct place channel = {.feed = s->ref.place.feed, .seq = sealed.channel_seq};
	struct seal_context context = {.feed = &roster_feed(txn_roster(c->txn), channel.feed)->keys.feed,
	        .seq = s->ref.place.seq,
	        .secret = &secret};
	e = channel_secret(c->txn, channel, &secret);
	if (e == ERR_OK)
		e = try_secret(c, &sealed, &context, plain);
	struct key place = keys_place(channel), at = {.len = 0},
	           prefix = keys_drawer(OWN_ASIDE, keys_bytes(&place));
	struct row row;
	while (e != ERR_OK && db_next_under(c->txn, TABLE_DRAWER, &prefix, &at, &row)) {
		if (row.value.len == sizeof secret.bytes) {
			memcpy(secret.bytes, row.value.data, sizeof secret.bytes);
			e = try_secret(c, &sealed, &context, plain);
		}
	}
	bytes_wipe(&secret, sizeof secret);
	return e == ERR_OK ? ERR_OK : ERR_NOT_FOR_US;
}

/* Which objects it speaks of, whoever had which role. */
static enum err find_objects(struct collection *c, struct aside_item *item)
{
	struct ledger_context context = {.roster = txn_roster(c->txn)};
	struct statement s = item->statement;
	struct reference found[OBJECTS_MAX], about = {.id = {0}};
	s.roles = ROLE_ALL;
	if (item->opened != ERR_OK || s.kind < KIND_LOG_END || object_check(&context, &s, &about) != ERR_OK)
		return ERR_OK;
	const struct kind_info *info = kind_info(s.kind);
	uint32_t count = 0;
	if (info->part != PART_NONE)
		found[count++] = info->part == PART_OPENS ? s.ref : about;
	if (info->part == PART_OPENS)
		item->opens = info->object;
	count += object_also(&s, found + count, OBJECTS_MAX - count);
	item->objects = count > 0 ? malloc(count * sizeof found[0]) : NULL;
	if (count > 0 && item->objects == NULL)
		return ERR_NO_MEMORY;
	if (count > 0)
		memcpy(item->objects, found, count * sizeof found[0]);
	item->objects_count = count;
	return ERR_OK;
}

static enum err open_item(struct collection *c, struct aside_item *item)
{
	struct statement *s = &item->statement;
	struct seal_plain plain = {.kind = 0};
	if (s->audience == AUDIENCE_SEALED) {
		item->opened = open_sealed(c, s, &plain);
		s->body = BYTES(NULL, 0);
	}
	if (s->audience == AUDIENCE_SEALED && item->opened == ERR_OK) {
		uint8_t *body = malloc(plain.body.len + 1);
		struct bytes_out copy = bytes_out(body, plain.body.len);
		if (body == NULL)
			return ERR_NO_MEMORY;
		bytes_put(&copy, plain.body.data, plain.body.len);
		s->kind = plain.kind;
		s->body = BYTES(body, plain.body.len);
	}
	return find_objects(c, item);
}

static enum err link_items(struct aside *a)
{
	size_t count = 0;
	for (size_t i = 0; i < a->count; i++)
		count += a->items[i].objects_count;
	a->links = calloc(count + 1, sizeof *a->links);
	if (a->links == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < a->count; i++)
		for (uint32_t k = 0; k < a->items[i].objects_count; k++)
			a->links[a->links_count++] =
			        (struct aside_link){.object = a->items[i].objects[k], .item = i};
	qsort(a->links, a->links_count, sizeof a->links[0], compare_links);
	return ERR_OK;
}

static enum err collect(struct collection *c)
{
	struct key all = {.len = 0}, at = {.len = 0};
	struct row row;
	enum err e = ERR_OK;
	while (e == ERR_OK && db_next_under(c->txn, TABLE_ASIDE, &all, &at, &row))
		e = put_run(c, &row);
	sort(c->aside);
	for (size_t i = 0; i < c->aside->count && e == ERR_OK; i++)
		e = open_item(c, &c->aside->items[i]);
	if (e == ERR_OK)
		e = link_items(c->aside);
	return e != ERR_OK ? e : txn_error(c->txn);
}

enum err aside_open(struct txn *txn, struct aside **out)
{
	struct collection *c = malloc(sizeof *c);
	struct aside *aside = calloc(1, sizeof *aside);
	enum err e = c != NULL && aside != NULL ? ERR_OK : ERR_NO_MEMORY;
	txn_settle(txn);
	if (e == ERR_OK) {
		c->txn = txn;
		c->aside = aside;
		c->cap = 0;
		e = collect(c);
		bytes_wipe(c->opened, sizeof c->opened);
	}
	free(c);
	if (e == ERR_OK)
		*out = aside;
	else
		aside_close(aside);
	return e;
}

void aside_close(struct aside *aside)
{
	if (aside == NULL)
		return;
	for (size_t i = 0; i < aside->count; i++) {
		struct statement *s = &aside->items[i].statement;
		free(aside->items[i].objects);
		if (s->audience != AUDIENCE_SEALED || s->body.data == NULL)
			continue;
		void *body = (void *)(uintptr_t)s->body.data;
		bytes_wipe(body, s->body.len);
		free(body);
	}
	free(aside->links);
	free(aside->items);
	free(aside);
}

const struct aside_item *aside_find(const struct aside *aside, const struct reference *ref)
{
	struct aside_item wanted = {.statement = {.ref = *ref}};
	if (aside->count == 0)
		return NULL;
	return bsearch(&wanted, aside->items, aside->count, sizeof wanted, compare);
}

/* Where the links of that object begin. */
static size_t first_link(const struct aside *aside, const struct reference *object)
{
	const struct aside_link wanted = {.object = *object, .item = 0};
	size_t low = 0, high = aside->links_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_links(&aside->links[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct aside_item *aside_about(const struct aside *aside, const struct reference *object, size_t *from)
{
	size_t at = *from == 0 ? first_link(aside, object) : *from;
	if (at >= aside->links_count || !reference_equal(&aside->links[at].object, object))
		return NULL;
	*from = at + 1;
	return &aside->items[aside->links[at].item];
}

/* The fold takes statements in the order of places, and each place once. */
struct merge {
	struct txn *txn;
	const struct aside *aside;
	const struct reference *object;
	size_t from;
	const struct aside_item *item; /* the next void one */
	struct key at;
	struct refold_about about; /* the next one held */
	bool has_about;
	uint8_t scratch[ENTRY_PAYLOAD_BYTES_MAX];
	_Alignas(max_align_t) uint8_t fold[OBJECT_FOLD_BYTES];
};

static void next_item(struct merge *m)
{
	do
		m->item = aside_about(m->aside, m->object, &m->from);
	while (m->item != NULL && reference_equal(&m->item->statement.ref, m->object));
}

static void next_about(struct merge *m)
{
	do
		m->has_about = refold_about_next(m->txn, m->object->place, &m->at, &m->about);
	while (m->has_about && memcmp(m->about.id, m->object->id, sizeof m->about.id) != 0);
}

static void add(struct object_fold *fold, const struct statement *said)
{
	struct statement s = *said;
	s.roles = ROLE_ALL;
	enum err unimportant = object_add(fold, &s);
	(void)unimportant; /* that it has no effect on the object is no trouble */
}

/* One place. */
static void step(struct merge *m, struct object_fold *fold)
{
	struct bytes_out scratch = bytes_out(m->scratch, sizeof m->scratch);
	struct statement s;
	int order = m->item == NULL ? 1 : -1;
	if (m->item != NULL && m->has_about)
		order = place_compare(m->item->statement.ref.place, m->about.statement);
	if (order <= 0)
		add(fold, &m->item->statement);
	else if (unseal_at(m->txn, m->about.statement, &scratch, &s) == ERR_OK)
		add(fold, &s);
	struct place place = order <= 0 ? m->item->statement.ref.place : m->about.statement;
	while (m->item != NULL && place_compare(m->item->statement.ref.place, place) == 0)
		next_item(m);
	if (m->has_about && place_compare(m->about.statement, place) == 0)
		next_about(m);
}

enum err aside_object(
        struct txn *txn, const struct aside *aside, const struct aside_item *opening, struct object_view *out)
{
	struct ledger_context context = {.roster = txn_roster(txn)};
	struct statement s = opening->statement;
	struct merge *m = malloc(sizeof *m);
	must(opening->opens != OBJECT_NONE);
	if (m == NULL)
		return ERR_NO_MEMORY;
	m->txn = txn;
	m->aside = aside;
	m->object = &opening->statement.ref;
	m->from = 0;
	m->at = (struct key){.len = 0};
	s.roles = ROLE_ALL;
	struct object_fold *fold = object_begin(m->fold, &context, &s);
	next_item(m);
	next_about(m);
	while (m->item != NULL || m->has_about)
		step(m, fold);
	object_end(fold, out);
	bytes_wipe(m->scratch, sizeof m->scratch);
	free(m);
	return txn_error(txn);
}

/* Following one branch, run by run. */
struct follow {
	struct txn *txn;
	struct feed_no no;
	struct network_id network;
	uint64_t size, last_time_ms;
	struct tree tree, wanted; /* at the end of the run taken last; at SIZE, when it was passed */
	bool reached;
	struct run_item items[RUN_ENTRIES_MAX];
	struct run_effect effect;
};

static bool take_run(struct follow *f, const struct row *row)
{
	struct run run;
	struct run_base base = {.tree = &f->tree, .last_time_ms = f->last_time_ms};
	struct hash unused;
	if (!read_run(f->txn, row, f->items, &run) ||
	        run_verify(&f->network, &run, &base, &f->effect) != ERR_OK)
		return false;
	f->wanted = f->tree;
	for (uint32_t i = 0; i < run.count && f->wanted.size < f->size; i++)
		(void)tree_append(&f->wanted, &f->effect.ids[i], &unused);
	f->reached = f->wanted.size == f->size;
	f->tree = f->effect.tree;
	f->last_time_ms = f->effect.last_time_ms;
	return true;
}

static bool next_run(struct follow *f)
{
	struct key prefix = keys_feed_n(f->no, f->tree.size), at = {.len = 0};
	struct row row;
	while (db_next_under(f->txn, TABLE_ASIDE, &prefix, &at, &row))
		if (take_run(f, &row))
			return true;
	return false;
}

/* Of the branch that begins with this run. */
static bool root_of(struct follow *f, const struct row *first, struct head *out)
{
	struct entry_ref before;
	uint64_t from = keys_get_u64(first->key, 4);
	if (from > f->size)
		return false; /* its tree is never of that size */
	if (!feed_tree_at(f->txn, f->no, from, &f->tree))
		return false;
	f->last_time_ms = 0;
	if (from > 0 && entries_get(f->txn, (struct place){.feed = f->no, .seq = from - 1}, &before))
		f->last_time_ms = before.time_ms;
	f->reached = false;
	bool more = take_run(f, first);
	while (more && !f->reached)
		more = next_run(f);
	*out = (struct head){.size = f->size, .root = tree_root(&f->wanted)};
	return f->reached;
}

uint32_t aside_heads(struct txn *txn, struct feed_no feed, uint64_t size, struct head *out, uint32_t cap)
{
	struct key prefix = keys_feed(feed), at = {.len = 0};
	struct row row;
	uint32_t count = 0;
	struct follow *f = calloc(1, sizeof *f);
	if (f == NULL)
		return 0;
	f->txn = txn;
	f->no = feed;
	f->size = size;
	bool known = own_network(txn, &f->network);
	while (known && count < cap && db_next_under(txn, TABLE_ASIDE, &prefix, &at, &row)) {
		struct head head;
		bool found = root_of(f, &row, &head);
		for (uint32_t i = 0; found && i < count; i++)
			found = !hash_equal(&out[i].root, &head.root);
		if (found)
			out[count++] = head;
	}
	free(f);
	return count;
}

static bool has_head(struct follow *f, const struct row *first, const struct head *head)
{
	struct head found;
	f->size = head->size;
	return root_of(f, first, &found) && hash_equal(&found.root, &head->root);
}

/* A run that was cut in two begins below the end of what is held, and is of the same branch all the same. */
bool aside_reaches(struct txn *txn, struct feed_no feed, const struct head *head, uint64_t *stay)
{
	struct key prefix = keys_feed(feed), at = {.len = 0};
	struct row row;
	struct feed_info info;
	struct follow *f = calloc(1, sizeof *f);
	if (f == NULL)
		return false;
	f->txn = txn;
	f->no = feed;
	uint64_t most = 0;
	bool reaches = false;
	bool known = own_network(txn, &f->network) && feed_info(txn, feed, &info);
	while (known && db_next_under(txn, TABLE_ASIDE, &prefix, &at, &row)) {
		uint64_t from = keys_get_u64(row.key, 4);
		if (!has_head(f, &row, head))
			continue;
		if (from >= info.head.size || has_head(f, &row, &info.head))
			from = info.head.size;
		most = from > most ? from : most;
		reaches = true;
	}
	free(f);
	if (reaches)
		*stay = most;
	return reaches;
}
