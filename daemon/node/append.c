/* SPDX-License-Identifier: Apache-2.0
 * append.c: see append.h. Drafts become entries one by one and are gathered into runs; each run is hashed, signed and
 * handed to the store as a stranger's would be, so the rules judge own entries by the same code. Its twist: readers
 * follow from the object alone, and a channel is used again as long as the readers that are due stay the same. */
#include "node/append.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/kinds.h"
#include "log/key_share.h"
#include "log/kinds.h"
#include "log/seal.h"
#include "storage/own.h"
#include "storage/view.h"

#define PARTIES 2u
#define READERS_MAX (CHANNEL_WRAPS_MAX)
#define CHANNEL_BODY_BYTES_MAX 4096u

struct work {
	const struct append *append;
	struct feed_no feed;
	uint64_t next_seq; /* of the next entry pushed */
	uint64_t time_ms;
	uint32_t count; /* entries gathered and not yet in the store */
	size_t used;
	size_t bytes; /* by which a run is bounded */
	struct run_item items[RUN_ENTRIES_MAX];
	struct reference references[RUN_ENTRIES_MAX]; /* of the run flushed last */
	struct tree tree;
	struct run_effect effect;
	uint8_t payloads[RUN_BYTES_MAX + ENTRY_PAYLOAD_BYTES_MAX];
	uint8_t plain[ENTRY_PAYLOAD_BYTES_MAX]; /* an opened statement */
	uint8_t sealed[ENTRY_PAYLOAD_BYTES_MAX];
	struct object_view view;
	max_align_t fold[OBJECT_FOLD_BYTES / sizeof(max_align_t)];
};

/* The gathered entries become a run in the store. */
static enum err flush(struct work *w)
{
	const struct append *a = w->append;
	uint64_t last_ms = 0;
	if (w->count == 0)
		return ERR_OK;
	if (!feed_base(a->txn, w->feed, &w->tree, &last_ms))
		return ERR_UNKNOWN_FEED;
	struct run run = {
	        .feed = a->keys->public.feed, .from = w->tree.size, .count = w->count, .items = w->items};
	const struct run_base base = {.tree = &w->tree, .last_time_ms = last_ms};
	enum err e = run_extend(&run, &base, &w->effect);
	if (e)
		return e;
	struct network_id network;
	must(own_network(a->txn, &network));
	const struct head head = {.size = w->effect.tree.size, .root = w->effect.root};
	checkpoint_sign(&network, &run.feed, a->keys->feed, &head, run.signature);
	for (uint32_t i = 0; i < w->count; i++) {
		const struct place place = {.feed = w->feed, .seq = run.from + i};
		w->references[i] = reference_of(place, &w->effect.ids[i]);
	}
	w->count = 0;
	w->used = 0;
	w->bytes = 0;
	return feed_accept(a->txn, w->feed, &run, &w->effect);
}

static bool is_full(const struct work *w, size_t payload_bytes)
{
	size_t more = ENTRY_HEADER_BYTES + payload_bytes;
	return w->count == RUN_ENTRIES_MAX || (w->count > 0 && w->bytes + more > RUN_BYTES_MAX);
}

/* Gather one entry; the caller flushed when is_full(). */
static void push(struct work *w, enum audience audience, uint16_t kind, struct bytes payload)
{
	must(!is_full(w, payload.len) && payload.len <= ENTRY_PAYLOAD_BYTES_MAX);
	uint8_t *at = w->payloads + w->used;
	memcpy(at, payload.data, payload.len);
	w->items[w->count++] = (struct run_item){
	        .audience = audience, .kind = kind, .time_ms = w->time_ms, .payload = BYTES(at, payload.len)};
	w->used += payload.len;
	w->bytes += ENTRY_HEADER_BYTES + payload.len;
	w->next_seq++;
}

struct readers {
	struct member_no parties[PARTIES];
	uint64_t at; /* registrar's size */
	uint32_t count;
	struct feed_no feeds[READERS_MAX];
	struct hash key; /* names the set, for finding its channel again */
};

static enum err choose_readers(struct work *w, struct readers *r)
{
	const struct roster *roster = txn_roster(w->append->txn);
	r->at = roster->size;
	const struct roster_readers ask = {
	        .author = w->feed, .parties = r->parties, .parties_count = PARTIES, .at = r->at};
	r->count = roster_readers(roster, &ask, r->feeds, READERS_MAX);
	if (r->count > READERS_MAX)
		return ERR_TOO_MANY;
	uint8_t text[(READERS_MAX + 1) * 4];
	struct bytes_out o = bytes_out(text, sizeof text);
	bytes_put_u32(&o, w->feed.n); /* a store may write several feeds: a district's does */
	for (uint32_t i = 0; i < r->count; i++)
		bytes_put_u32(&o, r->feeds[i].n);
	must(bytes_out_end(&o) == ERR_OK);
	r->key = hash_of(bytes_written(&o));
	return ERR_OK;
}

/* The channel that these readers share already, if its entry is still there. */
static bool find_channel(
        struct work *w, const struct readers *r, uint64_t *seq, struct channel_secret *secret)
{
	struct bytes value;
	struct entry_ref entry;
	struct reference opening = {.place = {.feed = w->feed}};
	if (!own_get(w->append->txn, OWN_NOTES, BYTES_OF(r->key.bytes), &value))
		return false;
	struct bytes_in in = bytes_in(value);
	opening.place.seq = *seq = bytes_get_u64(&in);
	bytes_get(&in, opening.id, sizeof opening.id);
	if (bytes_in_end(&in) || !feed_entry(w->append->txn, opening.place, &entry))
		return false;
	/* an entry that was withdrawn left its place to another, which may be a channel of other readers */
	const struct reference there = feed_reference(&entry);
	return reference_equal(&there, &opening) &&
	       view_channel(w->append->txn, opening.place, secret) == ERR_OK;
}

static enum err pack_channel(
        struct work *w, const struct readers *r, const struct channel_secret *secret, struct mp_out *m)
{
	const uint8_t *keys[READERS_MAX];
	uint8_t random[SEAL_RANDOM_BYTES];
	const struct roster *roster = txn_roster(w->append->txn);
	for (uint32_t i = 0; i < r->count; i++)
		keys[i] = roster_feed(roster, r->feeds[i])->keys.seal;
	drbg_fill(w->append->random, random, sizeof random);
	const struct seal_channel channel = {.feed = &w->append->keys->public.feed,
	        .seq = w->next_seq,
	        .registrar_size = r->at,
	        .secret = secret,
	        .readers = keys,
	        .readers_count = r->count,
	        .random = random};
	seal_channel_pack(m, &channel);
	sodium_memzero(random, sizeof random);
	return mp_out_end(m);
}

static enum err open_channel(
        struct work *w, const struct readers *r, uint64_t *seq, struct channel_secret *secret)
{
	uint8_t body[CHANNEL_BODY_BYTES_MAX], value[8 + REFERENCE_ID_BYTES];
	struct mp_out m = mp_out(body, sizeof body);
	enum err e = flush(w);
	if (e)
		return e;
	drbg_fill(w->append->random, secret, sizeof *secret);
	*seq = w->next_seq;
	e = pack_channel(w, r, secret, &m);
	if (e)
		return e;
	push(w, AUDIENCE_NETWORK, KIND_CHANNEL_OPEN, mp_written(&m));
	e = flush(w);
	if (e)
		return e;
	struct bytes_out o = bytes_out(value, sizeof value);
	bytes_put_u64(&o, *seq);
	bytes_put(&o, w->references[0].id, sizeof w->references[0].id); /* it was flushed alone */
	own_put(w->append->txn, OWN_NOTES, BYTES_OF(r->key.bytes), bytes_written(&o));
	return txn_error(w->append->txn);
}

static enum err seal(struct work *w, const struct readers *r, const struct draft *d, struct bytes *payload)
{
	struct channel_secret secret;
	uint64_t seq;
	uint8_t salt[SEAL_SALT_BYTES];
	if (!find_channel(w, r, &seq, &secret)) {
		enum err e = open_channel(w, r, &seq, &secret);
		if (e)
			return e;
	}
	drbg_fill(w->append->random, salt, sizeof salt);
	struct mp_out m = mp_out(w->sealed, sizeof w->sealed);
	const struct seal_plain plain = {.kind = d->kind, .body = d->body};
	const struct seal_context ctx = {
	        .feed = &w->append->keys->public.feed, .seq = w->next_seq, .secret = &secret};
	enum err e = seal_payload_pack(&m, &ctx, seq, salt, &plain);
	sodium_memzero(&secret, sizeof secret);
	*payload = mp_written(&m);
	return e;
}

/* The draft as the statement that it will be, all but its id. */
static struct statement as_statement(
        const struct work *w, const struct draft *d, const struct kind_info *info)
{
	const struct roster *roster = txn_roster(w->append->txn);
	const struct roster_feed *feed = roster_feed(roster, w->feed);
	const struct place place = {.feed = w->feed, .seq = w->next_seq};
	return (struct statement){.ref = {.place = place},
	        .author = feed ? feed->member : (struct member_no){0},
	        .roles = roster_roles(roster, place),
	        .time_ms = w->time_ms,
	        .audience = info->audience,
	        .kind = d->kind,
	        .body = d->body};
}

/* Whose object is it? opening: checked. */
static void parties_of(struct work *w, const struct statement *opening, struct readers *r)
{
	const struct ledger_context ctx = {.roster = txn_roster(w->append->txn)};
	object_end(object_begin(w->fold, &ctx, opening), &w->view);
	must(w->view.by_pair);
	r->parties[0] = w->view.a;
	r->parties[1] = w->view.b;
}

/* What the draft is about must be here, opened, and readable by everybody who must be able to read it. */
static enum err parties_of_target(struct work *w, const struct reference *about, struct readers *r)
{
	struct txn *txn = w->append->txn;
	struct view_object object;
	struct statement opening;
	struct bytes_out scratch = bytes_out(w->plain, sizeof w->plain);
	enum err e = flush(w);
	if (e)
		return e;
	if (!view_object(txn, about->place, &object) || view_statement(txn, about->place, &scratch, &opening))
		return ERR_NO_SUCH_OBJECT;
	if (!reference_equal(&opening.ref, about))
		return ERR_NO_SUCH_OBJECT;
	parties_of(w, &opening, r);
	e = view_readers(txn, about->place, r->parties, PARTIES);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* Of no object: it says for which member it is. */
static enum err readers_of_share(struct work *w, const struct statement *s, struct readers *r)
{
	struct key_share share;
	enum err e = key_share_unpack(s->body, &share);
	if (e)
		return e;
	if (!roster_member(txn_roster(w->append->txn), share.member))
		return ERR_NO_SUCH_MEMBER;
	r->parties[0] = s->author;
	r->parties[1] = share.member;
	return choose_readers(w, r);
}

static enum err readers_of(
        struct work *w, const struct draft *d, const struct kind_info *info, struct readers *r)
{
	const struct ledger_context ctx = {.roster = txn_roster(w->append->txn)};
	const struct statement s = as_statement(w, d, info);
	struct reference about;
	if (d->kind == KIND_KEY_SHARE)
		return readers_of_share(w, &s, r);
	enum err e = object_check(&ctx, &s, &about);
	if (e)
		return e;
	if (info->part == PART_ABOUT)
		e = parties_of_target(w, &about, r);
	else
		parties_of(w, &s, r);
	return e ? e : choose_readers(w, r);
}

static enum err add(struct work *w, const struct draft *d)
{
	const struct kind_info *info = kind_info(d->kind);
	struct readers r;
	struct bytes payload = d->body;
	enum err e = ERR_OK;
	if (!info)
		return ERR_UNKNOWN_KIND;
	if (d->body.len > ENTRY_PAYLOAD_BYTES_MAX)
		return ERR_TOO_LONG;
	if (info->audience == AUDIENCE_SEALED) {
		e = readers_of(w, d, info, &r);
		if (!e)
			e = seal(w, &r, d, &payload);
	}
	/* A sealed payload binds its seq; a flush changes none. */
	if (!e && is_full(w, payload.len))
		e = flush(w);
	if (!e)
		push(w, info->audience, info->audience == AUDIENCE_SEALED ? KIND_SEALED : d->kind, payload);
	return e;
}

static enum err begin(struct work *w, const struct append *a, struct feed_no feed)
{
	uint64_t last_ms = 0;
	w->append = a;
	w->feed = feed;
	w->count = 0;
	w->used = 0;
	w->bytes = 0;
	struct feed_info info;
	if (!feed_info(a->txn, feed, &info) || !feed_base(a->txn, feed, &w->tree, &last_ms))
		return ERR_UNKNOWN_FEED;
	if (info.state == FEED_CUT)
		return ERR_FEED_CUT; /* also where less of it is held than counts */
	w->next_seq = w->tree.size;
	w->time_ms = a->time_ms > last_ms ? a->time_ms : last_ms;
	return ERR_OK;
}

/* References of the drafts, once all are in the store; what a rule rejects is refused. */
static enum err judge(
        struct work *w, const uint64_t *seqs, uint32_t count, struct reference *out, uint32_t *failed)
{
	struct txn *txn = w->append->txn;
	for (uint32_t i = 0; i < count; i++) {
		const struct place place = {.feed = w->feed, .seq = seqs[i]};
		struct entry_ref entry;
		enum err e = view_rejected(txn, place);
		if (!e && !feed_entry(txn, place, &entry))
			e = txn_error(txn) ? txn_error(txn) : ERR_BUG;
		if (e) {
			*failed = i;
			return e;
		}
		out[i] = feed_reference(&entry);
	}
	return ERR_OK;
}

static enum err add_all(
        struct work *w, const struct draft *drafts, uint32_t count, uint64_t *seqs, uint32_t *failed)
{
	for (uint32_t i = 0; i < count; i++) {
		enum err e = add(w, &drafts[i]);
		if (e) {
			*failed = i;
			return e;
		}
		seqs[i] = w->next_seq - 1;
	}
	return flush(w);
}

enum err append_drafts(const struct append *a, const struct draft *drafts, uint32_t count,
        struct reference *out, uint32_t *failed)
{
	uint32_t ignored, *index = failed ? failed : &ignored;
	struct work *w = malloc(sizeof *w);
	uint64_t *seqs = calloc(count ? count : 1, sizeof *seqs);
	enum err e = w && seqs ? begin(w, a, a->feed) : ERR_NO_MEMORY;
	*index = 0;
	if (!e)
		e = add_all(w, drafts, count, seqs, index);
	if (!e)
		e = judge(w, seqs, count, out, index);
	if (w)
		sodium_memzero(w, sizeof *w);
	free(w);
	free(seqs);
	return e;
}

/* Entry 0's id is the network's, and its checkpoint names the network: so the id is made before the run. */
static enum err set_network(const struct append *a, const struct run *run, struct run_effect *effect)
{
	struct tree empty;
	struct network_id id;
	tree_init(&empty);
	const struct run_base base = {.tree = &empty};
	enum err e = run_extend(run, &base, effect);
	if (e)
		return e;
	memcpy(id.bytes, effect->ids[0].bytes, sizeof id.bytes);
	return own_network_set(a->txn, &id);
}

enum err append_found(const struct append *a, struct bytes body, struct network_id *out)
{
	struct run_effect *effect = malloc(sizeof *effect);
	const struct run_item item = {.audience = AUDIENCE_NETWORK,
	        .kind = KIND_NETWORK_FOUND,
	        .time_ms = a->time_ms,
	        .payload = body};
	struct run run = {.feed = a->keys->public.feed, .count = 1, .items = &item};
	struct network_id network;
	enum err e = effect ? set_network(a, &run, effect) : ERR_NO_MEMORY;
	if (!e && own_network(a->txn, &network)) {
		const struct head head = {.size = 1, .root = effect->root};
		checkpoint_sign(&network, &run.feed, a->keys->feed, &head, run.signature);
		e = feed_accept(a->txn, (struct feed_no){0}, &run, effect);
	}
	if (!e)
		e = txn_error(a->txn);
	if (!e)
		*out = network;
	free(effect);
	return e;
}
