/* SPDX-License-Identifier: Apache-2.0
 * toy.c: see toy.h. */
#include "support/toy.h"

#include <string.h>

#include "log/cosignature.h"
#include "log/kinds.h"
#include "support/naive.h"
#include "support/registrar.h"

#define REGISTRAR_ENTRIES 300u
#define REGISTRAR_STANDS 200u
#define MEMBER_ENTRIES 520u

static void append(struct toy_feed *f, enum audience audience, uint16_t kind, struct bytes payload)
{
	must(f->count < TOY_ENTRIES_MAX && payload.len <= TOY_PAYLOAD_BYTES_MAX);
	memcpy(f->payloads[f->count], payload.data, payload.len);
	struct entry_header *h = &f->headers[f->count];
	*h = (struct entry_header){.audience = audience,
	        .kind = kind,
	        .seq = f->count,
	        .time_ms = 1749000000000 + f->count,
	        .payload_bytes = (uint32_t)payload.len,
	        .feed = f->keys.public.feed,
	        .payload = hash_of(payload)};
	f->ids[f->count++] = entry_id(h);
}

static void append_packed(struct toy_feed *f, enum audience audience, uint16_t kind, const struct mp_out *m)
{
	must(mp_out_end(m) == ERR_OK);
	append(f, audience, kind, mp_written(m));
}

static void append_small(struct toy_feed *f, uint16_t kind, uint64_t until)
{
	uint8_t room[32];
	while (f->count < until) {
		struct mp_out m = mp_out(room, sizeof room);
		mp_put_map(&m, 1);
		mp_put_uint(&m, 0);
		mp_put_uint(&m, f->count);
		append_packed(f, AUDIENCE_NETWORK, kind, &m);
	}
}

static void append_feed_add(struct toy *t, struct toy_feed *f)
{
	uint8_t room[TOY_PAYLOAD_BYTES_MAX];
	struct roster_add add = {
	        .member = {TOY_MEMBER}, .keys = t->member.keys.public, .roles = ROLE_OFFICER};
	struct mp_out m = mp_out(room, sizeof room);
	roster_body_add_pack(&m, &add);
	append_packed(f, AUDIENCE_NETWORK, KIND_FEED_ADD, &m);
}

static void make_registrar(struct toy *t)
{
	uint8_t room[TOY_PAYLOAD_BYTES_MAX];
	struct roster_found found = registrar_founding();
	struct profile profile = registrar_profile("Koperasi Contoh", "contoh");
	struct mp_out m = mp_out(room, sizeof room);
	roster_body_found_pack(&m, &found);
	append_packed(&t->registrar, AUDIENCE_NETWORK, KIND_NETWORK_FOUND, &m);
	memcpy(t->network.bytes, t->registrar.ids[0].bytes, sizeof t->network.bytes);
	m = mp_out(room, sizeof room);
	roster_body_admit_pack(&m, &profile);
	append_packed(&t->registrar, AUDIENCE_NETWORK, KIND_MEMBER_ADMIT, &m);
	append_feed_add(t, &t->registrar);
	append_small(&t->registrar, 32, REGISTRAR_ENTRIES);
}

static void append_sealed(struct toy *t)
{
	static const uint8_t salt[SEAL_SALT_BYTES] = {1, 2, 3};
	static const uint8_t body[] = {0x81, 0x00, 0xcd, 0x03, 0xe8}; /* {0: 1000} */
	uint8_t room[TOY_PAYLOAD_BYTES_MAX];
	struct seal_context context = {
	        .feed = &t->member.keys.public.feed, .seq = t->member.count, .secret = &t->channel};
	struct seal_plain plain = {.kind = TOY_SEALED_KIND, .body = BYTES_OF(body)};
	struct mp_out m = mp_out(room, sizeof room);
	must(seal_payload_pack(&m, &context, 5, salt, &plain) == ERR_OK);
	append_packed(&t->member, AUDIENCE_SEALED, KIND_SEALED, &m);
	t->key = seal_entry_key(&context, salt);
}

void toy_make(struct toy *t)
{
	memset(t, 0, sizeof *t);
	t->registrar.keys = registrar_keys(0, 0);
	t->member.keys = registrar_keys(1, 0);
	t->successor.keys = registrar_keys(2, 0);
	memset(t->channel.bytes, 0xc0, sizeof t->channel.bytes);
	make_registrar(t);
	append_small(&t->member, TOY_OPEN_KIND, TOY_SEALED_SEQ);
	append_sealed(t);
	append_small(&t->member, TOY_OPEN_KIND, MEMBER_ENTRIES);
	append_small(&t->successor, 32, TOY_FEED_ADD_SEQ);
	append_feed_add(t, &t->successor);
}

/* --- notes and proofs --- */

static struct bytes name_of(
        const struct toy *t, const struct toy_feed *f, uint8_t room[CHECKPOINT_TEXT_BYTES_MAX])
{
	struct bytes_out o = bytes_out(room, CHECKPOINT_TEXT_BYTES_MAX);
	cosignature_put_name(&o, &t->network, &f->keys.public.feed);
	must(bytes_out_end(&o) == ERR_OK);
	return bytes_written(&o);
}

static void cosign(const struct toy *t, struct bytes_out *o, const struct toy_feed *witness, uint64_t time_s,
        struct bytes text)
{
	uint8_t room[CHECKPOINT_TEXT_BYTES_MAX], blob[NOTE_COSIGNATURE_BYTES];
	struct note_key key = {.name = name_of(t, witness, room), .type = NOTE_COSIGNATURE};
	struct cosignature c;
	memcpy(key.key, witness->keys.public.cosigner, sizeof key.key);
	cosignature_sign(&c, time_s, text, witness->keys.cosigner);
	cosignature_encode(&c, blob);
	note_put_signature(o, &key, BYTES_OF(blob));
}

struct bytes toy_note(struct toy *t, unsigned slot, const struct toy_note *n)
{
	uint8_t text[CHECKPOINT_TEXT_BYTES_MAX];
	const struct feed_id *feed = &n->feed->keys.public.feed;
	struct checkpoint c = {.head = {.size = n->size, .root = naive_root(n->feed->ids, n->size)}};
	checkpoint_sign(&t->network, feed, n->feed->keys.feed, &c.head, c.signature);
	struct bytes_out o = bytes_out(t->notes[slot], TOY_NOTE_BYTES_MAX), to = bytes_out(text, sizeof text);
	checkpoint_put_note(&o, &t->network, feed, &c);
	checkpoint_put_text(&to, &t->network, feed, &c.head);
	if (n->by_registrar)
		cosign(t, &o, &t->registrar, TOY_SEEN_S, bytes_written(&to));
	if (n->by_successor)
		cosign(t, &o, &t->successor, TOY_SEEN_S + 86400, bytes_written(&to));
	must(bytes_out_end(&o) == ERR_OK);
	return bytes_written(&o);
}

static struct prooffile_entry entry_of(struct toy *t, unsigned slot, uint64_t seq, const struct toy_note *n)
{
	struct prooffile_entry e = {.header = n->feed->headers[seq],
	        .payload = BYTES(n->feed->payloads[seq], n->feed->headers[seq].payload_bytes)};
	struct naive_store store = {.leaves = n->feed->ids, .count = n->size};
	struct proof_source source = naive_source(&store);
	e.proof.index = seq;
	must(proof_inclusion(&source, seq, n->size, &e.proof.path) == ERR_OK);
	e.proof.checkpoint = toy_note(t, slot, n);
	return e;
}

static void stand(struct toy *t, struct prooffile_entry *e)
{
	struct naive_store store = {.leaves = t->registrar.ids, .count = REGISTRAR_STANDS};
	struct proof_source source = naive_source(&store);
	e->has_standing = true;
	must(proof_inclusion(&source, e->header.seq, REGISTRAR_STANDS, &e->standing) == ERR_OK);
}

static void anchor(struct toy *t, struct prooffile *out)
{
	struct anchor a = {.number = 1, .feeds_count = 1, .successor = t->successor.keys.public};
	a.feeds[0].keys = t->registrar.keys.public;
	a.feeds[0].head.size = REGISTRAR_STANDS;
	a.feeds[0].head.root = naive_root(t->registrar.ids, REGISTRAR_STANDS);
	anchor_sign(&a, registrar_keys(255, 255).feed);
	struct mp_out m = mp_out(t->anchor, sizeof t->anchor);
	anchor_pack(&m, &a);
	must(mp_out_end(&m) == ERR_OK);
	out->anchor = mp_written(&m);
}

static void add_feed(struct toy *t, const struct toy_feed *registrar, struct prooffile *out)
{
	uint64_t size = registrar->count < 299 ? registrar->count : 299;
	struct toy_note n = {.feed = registrar, .size = size, .by_registrar = registrar == &t->registrar};
	out->has_feed = true;
	out->feed = entry_of(t, 1, TOY_FEED_ADD_SEQ, &n);
}

static bool is_of(enum toy_file which, enum toy_file a, enum toy_file b)
{
	return which == a || which == b;
}

void toy_file(struct toy *t, enum toy_file which, struct prooffile *out)
{
	bool sealed = is_of(which, TOY_SEALED, TOY_OPENED), own = is_of(which, TOY_REGISTRAR, TOY_LOST);
	bool lost = is_of(which, TOY_ANCHORED, TOY_SUCCEEDED) || which == TOY_LOST;
	struct toy_note n = {.feed = own ? &t->registrar : &t->member,
	        .size = own ? 250 : 512,
	        .by_registrar = which != TOY_UNSEEN,
	        .by_successor = lost};
	*out = (struct prooffile){.network = t->network,
	        .found = t->registrar.headers[0],
	        .found_payload = BYTES(t->registrar.payloads[0], t->registrar.headers[0].payload_bytes)};
	out->entry = entry_of(t, 0, own ? 100 : sealed ? TOY_SEALED_SEQ : TOY_OPEN_SEQ, &n);
	out->has_key = which == TOY_OPENED;
	out->key = t->key;
	if (!own)
		add_feed(t, which == TOY_SUCCEEDED ? &t->successor : &t->registrar, out);
	if (lost)
		anchor(t, out);
	if (is_of(which, TOY_ANCHORED, TOY_LOST))
		stand(t, own ? &out->entry : &out->feed);
}
