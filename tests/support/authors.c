/* SPDX-License-Identifier: Apache-2.0
 * authors.c: see authors.h. */
#include "support/authors.h"

#include <stdlib.h>
#include <string.h>

#include "support/random.h"

#define TIME_FIRST_MS 1700000000000u

static struct secret_keys author_keys(uint64_t seed, uint32_t feed)
{
	struct seed s = {{0}};
	struct secret_keys keys;
	memcpy(s.bytes, &seed, sizeof seed);
	memcpy(s.bytes + 8, &feed, sizeof feed);
	keys_derive(&s, &keys);
	return keys;
}

static struct short_text text(const char *s)
{
	struct short_text t;
	must(short_text_of(bytes_text(s), NAME_BYTES_MAX, &t) == ERR_OK);
	return t;
}

void authors_init(struct authors *a, uint64_t seed)
{
	memset(a, 0, sizeof *a);
	a->random = seed;
	a->recovery = author_keys(seed, UINT32_MAX);
	for (uint32_t i = 0; i < AUTHORS_FEEDS_MAX; i++) {
		a->feeds[i].keys = author_keys(seed, i);
		a->feeds[i].time_ms = TIME_FIRST_MS;
		tree_init(&a->feeds[i].tree);
	}
	struct roster_found f = {.network = {.name = text("Kabupaten Contoh"),
	                                 .dinas = text("Dinas Koperasi"),
	                                 .currency = "IDR",
	                                 .zone_minutes = 480},
	        .alias = text("dinas"),
	        .keys = a->feeds[0].keys.public};
	memcpy(f.network.recovery, a->recovery.public.feed.bytes, 32);
	roster_body_found_pack(authors_body(a), &f);
	authors_say(a, 0, KIND_NETWORK_FOUND);
	memcpy(a->network.bytes, a->feeds[0].entries[0].id.bytes, 32);
	authors_sign(a, 0);
}

void authors_deinit(struct authors *a)
{
	for (uint32_t i = 0; i < AUTHORS_FEEDS_MAX; i++) {
		struct author *f = &a->feeds[i];
		for (uint64_t seq = 0; seq < f->entries_count; seq++)
			free(f->entries[seq].bytes);
		free(f->entries);
		free(f->ends);
		free(f->signatures);
	}
}

struct mp_out *authors_body(struct authors *a)
{
	a->body = mp_out(a->scratch, ENTRY_PAYLOAD_BYTES_MAX);
	return &a->body;
}

static void *twice(void *old, uint64_t count, uint64_t *cap, size_t bytes)
{
	if (count < *cap)
		return old;
	*cap = *cap == 0 ? 16 : *cap * 2;
	void *moved = realloc(old, *cap * bytes);
	must(moved != NULL);
	return moved;
}

static struct reference put(struct authors *a, uint32_t feed, const struct run_item *item)
{
	struct author *f = &a->feeds[feed];
	struct hash unused;
	f->entries = twice(f->entries, f->entries_count, &f->entries_cap, sizeof *f->entries);
	struct written *w = &f->entries[f->entries_count];
	f->time_ms = item->time_ms;
	a->bytes += item->payload.len;
	w->bytes = malloc(item->payload.len + 1);
	must(w->bytes != NULL);
	if (item->payload.len > 0)
		memcpy(w->bytes, item->payload.data, item->payload.len);
	w->true_kind = item->kind;
	w->item = *item;
	w->item.payload = BYTES(w->bytes, item->payload.len);
	struct entry_header h = {.audience = item->audience,
	        .kind = item->kind,
	        .seq = f->entries_count,
	        .time_ms = item->time_ms,
	        .payload_bytes = (uint32_t)item->payload.len,
	        .feed = f->keys.public.feed,
	        .payload = hash_of(item->payload)};
	w->id = entry_id(&h);
	(void)tree_append(&f->tree, &w->id, &unused);
	return authors_reference(a, feed, f->entries_count++);
}

struct reference authors_say_raw(
        struct authors *a, uint32_t feed, enum audience audience, uint16_t kind, struct bytes payload)
{
	uint64_t time_ms = a->feeds[feed].time_ms;
	if (!a->clock_ms)
		time_ms += random_below(&a->random, 3) == 0 ? 0 : random_below(&a->random, 86400000);
	else if (time_ms < a->clock_ms)
		time_ms = a->clock_ms;
	const struct run_item item = {
	        .audience = audience, .kind = kind, .time_ms = time_ms, .payload = payload};
	return put(a, feed, &item);
}

void authors_take(struct authors *a, struct txn *txn, uint32_t feed)
{
	struct entry_ref entry;
	struct place place = {.feed = {feed}, .seq = a->feeds[feed].entries_count};
	for (; feed_entry(txn, place, &entry); place.seq++) {
		const struct run_item item = {.audience = entry.audience,
		        .kind = entry.kind,
		        .time_ms = entry.time_ms,
		        .payload = entry.payload};
		(void)put(a, feed, &item);
		authors_sign(a, feed);
	}
}

void authors_branch(struct authors *a, uint32_t from, uint32_t to, uint64_t size)
{
	const struct author *f = &a->feeds[from];
	struct author *second = &a->feeds[to];
	must(second->entries_count == 0 && size <= f->entries_count);
	second->keys = f->keys;
	for (uint64_t seq = 0; seq < size; seq++) {
		(void)put(a, to, &f->entries[seq].item);
		authors_sign(a, to);
	}
	for (uint32_t i = 0; i < f->channels_count && f->channel_seqs[i] < size; i++) {
		second->channels[i] = f->channels[i];
		second->channel_seqs[i] = f->channel_seqs[i];
		second->channels_count++;
	}
}

struct reference authors_say(struct authors *a, uint32_t feed, uint16_t kind)
{
	must(mp_out_end(&a->body) == ERR_OK);
	return authors_say_raw(a, feed, AUDIENCE_NETWORK, kind, mp_written(&a->body));
}

uint32_t authors_channel(
        struct authors *a, uint32_t feed, uint64_t registrar_size, const uint32_t *readers, uint32_t count)
{
	struct author *f = &a->feeds[feed];
	const uint8_t *keys[AUTHORS_FEEDS_MAX + 1] = {f->keys.public.seal};
	uint8_t random[SEAL_RANDOM_BYTES];
	must(f->channels_count < AUTHORS_CHANNELS_MAX);
	struct channel_secret *secret = &f->channels[f->channels_count];
	for (uint32_t i = 0; i < count; i++)
		keys[i + 1] = a->feeds[readers[i]].keys.public.seal;
	for (size_t i = 0; i < sizeof random; i++)
		random[i] = (uint8_t)random_next(&a->random);
	for (size_t i = 0; i < sizeof secret->bytes; i++)
		secret->bytes[i] = (uint8_t)random_next(&a->random);
	struct seal_channel c = {.feed = &f->keys.public.feed,
	        .seq = f->entries_count,
	        .registrar_size = registrar_size,
	        .secret = secret,
	        .readers = keys,
	        .readers_count = count + 1,
	        .random = random};
	seal_channel_pack(authors_body(a), &c);
	f->channel_seqs[f->channels_count] = authors_say(a, feed, KIND_CHANNEL_OPEN).place.seq;
	return f->channels_count++;
}

struct reference authors_seal(struct authors *a, uint32_t feed, uint32_t channel, uint16_t kind)
{
	struct author *f = &a->feeds[feed];
	uint8_t salt[SEAL_SALT_BYTES];
	for (size_t i = 0; i < sizeof salt; i++)
		salt[i] = (uint8_t)random_next(&a->random);
	must(mp_out_end(&a->body) == ERR_OK && channel < f->channels_count);
	struct seal_plain plain = {.kind = kind, .body = mp_written(&a->body)};
	struct seal_context context = {
	        .feed = &f->keys.public.feed, .seq = f->entries_count, .secret = &f->channels[channel]};
	struct mp_out m = mp_out(a->scratch + ENTRY_PAYLOAD_BYTES_MAX, ENTRY_PAYLOAD_BYTES_MAX);
	must(seal_payload_pack(&m, &context, f->channel_seqs[channel], salt, &plain) == ERR_OK);
	struct reference r = authors_say_raw(a, feed, AUDIENCE_SEALED, KIND_SEALED, mp_written(&m));
	f->entries[r.place.seq].true_kind = kind;
	return r;
}

void authors_sign(struct authors *a, uint32_t feed)
{
	struct author *f = &a->feeds[feed];
	if (f->tree.size == (f->ends_count > 0 ? f->ends[f->ends_count - 1] : 0))
		return;
	uint64_t cap = f->ends_cap, again = f->ends_cap;
	f->ends = twice(f->ends, f->ends_count, &cap, sizeof *f->ends);
	f->signatures = twice(f->signatures, f->ends_count, &again, sizeof *f->signatures);
	f->ends_cap = (uint32_t)cap;
	struct head head = {.size = f->tree.size, .root = tree_root(&f->tree)};
	f->ends[f->ends_count] = f->tree.size;
	checkpoint_sign(&a->network, &f->keys.public.feed, f->keys.feed, &head, f->signatures[f->ends_count]);
	f->ends_count++;
}

void authors_admit(struct authors *a, const char *alias)
{
	struct profile p = {.name = text(alias),
	        .alias = text(alias),
	        .form = FORM_PRIMER,
	        .closing_month = 12,
	        .closing_day = 31};
	roster_body_admit_pack(authors_body(a), &p);
	authors_say(a, a->registrar, KIND_MEMBER_ADMIT);
	authors_sign(a, a->registrar);
}

void authors_add(struct authors *a, uint32_t member, uint32_t feed, uint32_t roles)
{
	struct roster_add add = {.member = {member}, .keys = a->feeds[feed].keys.public, .roles = roles};
	roster_body_add_pack(authors_body(a), &add);
	authors_say(a, a->registrar, KIND_FEED_ADD);
	authors_sign(a, a->registrar);
}

void authors_cut(struct authors *a, uint32_t feed, uint64_t size)
{
	struct roster_cut cut = {.feed = {feed}, .head = authors_head(a, feed, size)};
	roster_body_cut_pack(authors_body(a), &cut);
	authors_say(a, a->registrar, KIND_FEED_CUT);
	authors_sign(a, a->registrar);
}

void authors_resolve(struct authors *a, uint32_t feed)
{
	struct roster_resolve resolve = {.feed = {feed}};
	roster_body_resolve_pack(authors_body(a), &resolve);
	authors_say(a, a->registrar, KIND_FEED_RESOLVE);
	authors_sign(a, a->registrar);
}

void authors_anchor(const struct authors *a, struct anchor *anchor)
{
	anchor_sign(anchor, a->recovery.feed);
	must(anchor_verify(anchor, a->recovery.public.feed.bytes) == ERR_OK);
}

struct reference authors_reference(const struct authors *a, uint32_t feed, uint64_t seq)
{
	return reference_of((struct place){.feed = {feed}, .seq = seq}, &a->feeds[feed].entries[seq].id);
}

struct head authors_head(const struct authors *a, uint32_t feed, uint64_t size)
{
	struct tree tree;
	struct hash unused;
	tree_init(&tree);
	must(size <= a->feeds[feed].entries_count);
	for (uint64_t seq = 0; seq < size; seq++)
		(void)tree_append(&tree, &a->feeds[feed].entries[seq].id, &unused);
	return (struct head){.size = size, .root = tree_root(&tree)};
}

static bool deliver(const struct author *f, struct txn *txn, struct feed_no no, struct run *run)
{
	static struct run_effect effect;
	struct run_item items[RUN_ENTRIES_MAX];
	struct tree tree;
	uint64_t last_time_ms;
	if (!feed_base(txn, no, &tree, &last_time_ms))
		return false;
	must(run->count <= RUN_ENTRIES_MAX);
	for (uint32_t i = 0; i < run->count; i++)
		items[i] = f->entries[run->from + i].item;
	run->items = items;
	struct run_base base = {.tree = &tree, .last_time_ms = last_time_ms};
	must(run_extend(run, &base, &effect) == ERR_OK);
	enum err e = feed_accept(txn, no, run, &effect);
	struct feed_info info;
	if (e == ERR_BAD_ROOT && feed_info(txn, no, &info) && (!info.is_staged || info.next != 0))
		must(feed_restage(txn, no) == ERR_OK);
	must(e == ERR_OK || e == ERR_UNKNOWN_FEED || e == ERR_OUT_OF_RANGE || e == ERR_FORKED ||
	        e == ERR_BAD_ROOT || e == txn_error(txn));
	return e == ERR_OK;
}

bool authors_deliver(const struct authors *a, struct txn *txn, uint32_t feed)
{
	const struct author *f = &a->feeds[feed];
	struct feed_no no = {feed};
	struct feed_info info = {.next = 0};
	uint32_t i = 0;
	bool known = feed_info(txn, no, &info);
	while (i < f->ends_count && f->ends[i] <= info.next)
		i++;
	if (i == f->ends_count || (!known && feed != 0))
		return false;
	struct run run = {.feed = f->keys.public.feed, .from = info.next};
	uint64_t end = f->ends[i];
	if (info.state == FEED_CUT && end > info.cutoff.size)
		end = info.cutoff.size;
	else
		memcpy(run.signature, f->signatures[i], sizeof run.signature);
	if (end <= info.next)
		return false;
	run.count = (uint32_t)(end - info.next);
	return deliver(f, txn, no, &run);
}

void authors_deliver_all(const struct authors *a, struct store *store)
{
	for (uint32_t feed = 0; feed < AUTHORS_FEEDS_MAX; feed++) {
		struct txn *txn;
		must(txn_write(store, &txn) == ERR_OK);
		while (authors_deliver(a, txn, feed))
			;
		must(txn_commit(txn) == ERR_OK);
	}
}
